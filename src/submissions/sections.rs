//! The sections of a sent version: definition lists with the answers in words.

use std::mem::take;

use crate::corrections::Mark;
use crate::documents::{Document, DocumentTable};
use crate::domain::clock::Moment;
use crate::domain::correction::{Was, What, newest};
use crate::domain::document::Category;
use crate::domain::forms::{
    Group, Page, Programs, ProvisionLists, Row, Wording, determination, earlier, rate_section, sections,
};
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewStatus, SubmissionKind, Tag};
use crate::domain::role::Side;
use crate::rates::SentRate;

use super::queries::Submission;
use super::sent::SentVersion;

/// How the ids of the controls begin that answer what the contract action is.
const ACTION: &str = "contract_type";

/// A section as the page shows it.
#[derive(Debug)]
pub struct SectionView {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it is, where its heading alone does not say.
    pub lead: Option<&'static str>,
    /// Its answers.
    pub facts: Vec<Fact>,
    /// Entries with answers of their own.
    pub groups: Vec<Group>,
    /// The provisions, where any was asked.
    pub provisions: Option<ProvisionLists>,
    /// Its documents, a table for each list.
    pub documents: Vec<DocumentTable>,
}

/// A rate as the page of its submission shows it.
#[derive(Debug)]
pub struct RateCard {
    /// Its key.
    pub key: String,
    /// Its address, or that of the version shown.
    pub href: String,
    /// Its full name.
    pub name: String,
    /// The submission that it belongs to, where that is another one.
    pub linked_from: Option<String>,
    /// Its status, where it says something of its own.
    pub tag: Option<Tag>,
    /// The version of it that went with the package.
    pub revision: i32,
    /// Its answers.
    pub facts: Vec<Fact>,
    /// The actuaries.
    pub groups: Vec<Group>,
    /// Its documents, a table for each list.
    pub documents: Vec<DocumentTable>,
}

impl RateCard {
    /// A rate that was sent, for a reader of this side.
    pub fn of(rate: SentRate, programs: &Programs, side: Side) -> Self {
        let section = rate_section(&rate.form, programs.read_by(side));
        let withdrawn = rate.status == RateReviewStatus::Withdrawn;
        Self {
            key: rate.key.to_string(),
            href: format!("/rates/{}", rate.key),
            name: rate.name,
            linked_from: rate.linked_from.map(|key| key.to_string()),
            tag: withdrawn.then(|| rate.status.tag(side)),
            revision: rate.revision,
            facts: section.rows.into_iter().map(Fact::from).collect(),
            groups: section.groups,
            documents: DocumentTable::of_lists(rate.documents, &Category::RATE, side),
        }
    }

    /// The same with the way to this version of it.
    #[must_use]
    pub fn in_its_version(self) -> Self {
        Self { href: format!("/rates/{}/versions/{}", self.key, self.revision), ..self }
    }
}

/// A label and what stands beside it.
#[derive(Debug)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// What stands beside it.
    pub value: FactValue,
    /// That it was corrected.
    pub mark: Option<Mark>,
}

/// What stands beside a label.
#[derive(Debug)]
pub enum FactValue {
    /// Answers in words, one for each chosen value.
    Answers(Vec<String>),
    /// A moment.
    Moment(Moment),
}

/// The sections of a version with its documents, in the order of the page, for a reader of this side.
pub fn section_views(
    submission: &Submission,
    version: &SentVersion,
    programs: &Programs,
    documents: Vec<Document>,
    side: Side,
) -> Vec<SectionView> {
    let mut tables = DocumentTable::of_lists(documents, &Category::CONTRACT, side);
    let mut views: Vec<SectionView> = sections(&version.data, programs.read_by(side))
        .into_iter()
        .map(|section| {
            let own = if section.page == Page::Type { of_the_case(submission, version, side) } else { Vec::new() };
            let fact = |row: Row| Fact { mark: action_mark(&row, version, side), ..Fact::from(row) };
            SectionView {
                id: anchor(section.page),
                title: section.title,
                lead: None,
                facts: own.into_iter().chain(section.rows.into_iter().map(fact)).collect(),
                groups: section.groups,
                provisions: section.provisions,
                documents: if section.page == Page::Contract { take(&mut tables) } else { Vec::new() },
            }
        })
        .collect();
    views.extend(earlier_questions(version, programs.read_by(side)));
    views
}

/// What was answered to questions that are not asked of the version as it was corrected.
fn earlier_questions(version: &SentVersion, wording: Wording<'_>) -> Option<SectionView> {
    let rows = earlier(version.as_sent(), &version.data, wording);
    (!rows.is_empty()).then(|| SectionView {
        id: "earlier-questions",
        title: "Earlier questions",
        lead: Some(
            "These were answered when this version was sent. By the corrected contract action they are not asked, and \
             do not count.",
        ),
        facts: rows.into_iter().map(Fact::from).collect(),
        groups: Vec::new(),
        provisions: None,
        documents: Vec::new(),
    })
}

impl From<Row> for Fact {
    fn from(row: Row) -> Self {
        Self { label: row.label, value: FactValue::Answers(row.answers), mark: None }
    }
}

fn anchor(page: Page) -> &'static str {
    if page == Page::Type { "submission" } else { page.segment() }
}

/// That the contract action was corrected, beside the row that says it.
fn action_mark(row: &Row, version: &SentVersion, side: Side) -> Option<Mark> {
    let corrected = version.action_corrected().filter(|_| row.target.starts_with(ACTION))?;
    Some(Mark::beside(side, &corrected))
}

/// What the first section says of the case before its answers.
fn of_the_case(submission: &Submission, version: &SentVersion, side: Side) -> Vec<Fact> {
    let words = |label: &str, text: &str| Fact {
        label: label.to_owned(),
        value: FactValue::Answers(vec![text.to_owned()]),
        mark: None,
    };
    let moment = |label: &str, at, mark| Fact { label: label.to_owned(), value: FactValue::Moment(Moment(at)), mark };
    let mut facts = Vec::new();
    // A correction changes no status: what was determined stands until it is determined afresh.
    let afresh = submission.status == ContractReviewStatus::NotSubjectToReview;
    let decided = determination(if afresh { &version.data } else { version.as_sent() });
    if !decided.is_subject() || version.data.kind() == SubmissionKind::Eqro {
        facts.push(words("Determination", &format!("{}. {}", decided.decision(), decided.why())));
    }
    let corrected = newest(&version.corrections, What::FirstSent);
    let was = Was::Moment(Moment(version.first_sent));
    let mark = corrected.map(|correction| Mark::of(side, correction, Some(was)));
    facts.extend(submission.first_submitted_at.map(|at| moment("First sent", at, mark)));
    let latest = submission.sent_revision == Some(version.revision);
    facts.push(moment(if latest { "Last sent" } else { "This version sent" }, version.at, None));
    facts.push(words("Kind", submission.kind.label()));
    facts
}
