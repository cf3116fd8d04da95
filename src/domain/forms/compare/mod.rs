//! What differs between two versions: question by question, documents by content, rates by identity, people by email.
//!
//! Both versions are read as the form is now, and through [`Form::applicable`]: an answer that does not apply is none.
//! Comparing the other way round finds the same, the other way round. What an administrator corrected counts as corrected,
//! and says so.

mod answers;
mod documents;
mod found;
mod people;
mod rates;
mod words;

pub use found::{Comparison, Item, Kind, NOT_ASKED, NOT_THERE, Part, Section, Side, UNANSWERED};

use time::OffsetDateTime;

use super::contract::ContractForm;
use super::display::Wording;
use super::form::Form;
use super::page::Page;
use super::rate::RateForm;
use crate::domain::clock::Moment;
use crate::domain::correction::{Corrected, Correction, Was, What, newest};
use crate::domain::document::Category;
use crate::domain::id::RateReviewId;
use crate::domain::key::RateKey;

/// One version of everything that is sent together.
#[derive(Debug, Clone)]
pub struct PackageVersion {
    /// The contract's answers.
    pub contract: ContractForm,
    /// The same as they were sent, whatever was corrected.
    pub as_sent: ContractForm,
    /// That its contract action was corrected.
    pub action_corrected: Option<Corrected>,
    /// The contract's documents.
    pub files: Vec<File>,
    /// The rates, in their order.
    pub rates: Vec<RateVersion>,
}

/// One version of a rate, as a package has it.
#[derive(Debug, Clone)]
pub struct RateVersion {
    /// The rate, which stays the same from version to version.
    pub id: RateReviewId,
    /// Its address.
    pub key: RateKey,
    /// Its name.
    pub name: String,
    /// Which version.
    pub revision: i32,
    /// The answers.
    pub form: RateForm,
    /// Its documents.
    pub files: Vec<File>,
    /// Whether it belonged to another submission then.
    pub linked: bool,
    /// Whether it is withdrawn now.
    pub withdrawn: bool,
}

/// A document, as comparing sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The list it stands in.
    pub category: Category,
    /// Its name.
    pub file_name: String,
    /// The hash of its content.
    pub sha256: String,
    /// Where it can be had.
    pub href: Option<String>,
    /// When its content was first sent; none until it is.
    pub first_sent: Option<OffsetDateTime>,
    /// What was corrected about it, in their order.
    pub corrections: Vec<Correction>,
}

impl File {
    /// That a correction of this kind counts.
    fn corrected(&self, what: What) -> Option<Corrected> {
        let correction = newest(&self.corrections, what)?.clone();
        let was = self.first_sent.filter(|_| what == What::DocumentDated);
        Some(Corrected { correction, was: was.map(|at| Was::Moment(Moment(at))) })
    }

    /// When it was added; as corrected, where it was.
    fn date_added(&self) -> Option<OffsetDateTime> {
        newest(&self.corrections, What::DocumentDated).and_then(|correction| correction.moment).or(self.first_sent)
    }

    /// Whether it is shown no more.
    fn is_withdrawn(&self) -> bool {
        newest(&self.corrections, What::DocumentWithdrawn).is_some()
    }
}

const RATES: &str = "rates";
/// The question whose answer can be corrected.
const ACTION: &str = "contract_type";

/// Compares two versions of a package.
pub fn packages(older: &PackageVersion, newer: &PackageVersion, wording: Wording<'_>) -> Comparison {
    let (was, is) = (older.contract.applicable(), newer.contract.applicable());
    let answers = |page| {
        let mut items = answers::compare(&was, &is, page, wording, "");
        for item in items.iter_mut().filter(|item| item.anchor == ACTION) {
            item.corrected = (older.action_corrected.clone(), newer.action_corrected.clone());
        }
        items
    };
    let mut sections = vec![
        Section::new("submission", "Submission", answers(Page::Type)),
        Section::new("contract", "Contract", answers(Page::Contract)),
    ];
    sections.extend(Category::CONTRACT.into_iter().map(|category| {
        let (id, title) = (format!("{}-documents", category.as_str()), format!("{} documents", category.label()));
        Section::new(id, title, documents::compare(&older.files, &newer.files, &[category], ""))
    }));
    let both =
        newer.rates.iter().filter_map(|rate| Some((older.rates.iter().find(|before| before.id == rate.id)?, rate)));
    let in_both: Vec<(RateReviewId, Section)> =
        both.map(|(before, rate)| (rate.id, rate_section(before, rate, wording))).collect();
    let revised = in_both.iter().filter(|(_, section)| section.changes() > 0).map(|(id, _)| *id).collect::<Vec<_>>();
    sections.push(Section::new(RATES, "Rates", rates::compare(&older.rates, &newer.rates, &revised)));
    sections.extend(in_both.into_iter().map(|(_, section)| section));
    sections.push(Section::new("contacts", "State contacts", answers(Page::Contacts)));
    let (was, is) = ((&older.as_sent, &was), (&newer.as_sent, &is));
    sections.push(Section::new("earlier-questions", "Earlier questions", answers::earlier(was, is, wording)));
    Comparison { sections }.without_empty_sections()
}

/// Compares two versions of one rate.
pub fn rates(older: &RateVersion, newer: &RateVersion, wording: Wording<'_>) -> Comparison {
    let section = rate_section(older, newer, wording);
    Comparison { sections: vec![Section { title: "Rate certification".to_owned(), nested: false, ..section }] }
}

fn rate_section(older: &RateVersion, newer: &RateVersion, wording: Wording<'_>) -> Section {
    let prefix = format!("rate-{}.", newer.key);
    let mut items = answers::compare(&older.form.applicable(), &newer.form.applicable(), Page::Rate, wording, &prefix);
    items.extend(documents::compare(&older.files, &newer.files, &Category::RATE, &prefix));
    let section = Section::new(format!("rate-{}", newer.key), format!("Rate {}", newer.key), items);
    Section { name: newer.name.clone(), nested: true, ..section }
}
