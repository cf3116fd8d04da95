//! The sections of a sent version: definition lists with the answers in words.

use std::mem::take;

use crate::documents::{Document, DocumentTable};
use crate::domain::clock::Moment;
use crate::domain::forms::{ContractForm, Group, Page, Programs, ProvisionLists, Row, determination, sections};
use crate::domain::lifecycle::SubmissionKind;

use super::queries::Submission;

/// A section as the page shows it.
#[derive(Debug)]
pub struct SectionView {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its answers.
    pub facts: Vec<Fact>,
    /// Entries with answers of their own.
    pub groups: Vec<Group>,
    /// The provisions, where any was asked.
    pub provisions: Option<ProvisionLists>,
    /// Its documents, a table for each list.
    pub documents: Vec<DocumentTable>,
}

/// A label and what stands beside it.
#[derive(Debug)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// What stands beside it.
    pub value: FactValue,
}

/// What stands beside a label.
#[derive(Debug)]
pub enum FactValue {
    /// Answers in words, one for each chosen value.
    Answers(Vec<String>),
    /// A moment.
    Moment(Moment),
}

/// The sections of the version that `data` and `documents` are, in the order of the page.
pub fn section_views(
    submission: &Submission,
    data: &ContractForm,
    programs: &Programs,
    documents: Vec<Document>,
) -> Vec<SectionView> {
    let mut tables = DocumentTable::per_category(documents);
    sections(data, programs)
        .into_iter()
        .map(|section| {
            let own = if section.page == Page::Type { of_the_case(submission, data) } else { Vec::new() };
            SectionView {
                id: anchor(section.page),
                title: section.title,
                facts: own.into_iter().chain(section.rows.into_iter().map(Fact::from)).collect(),
                groups: section.groups,
                provisions: section.provisions,
                documents: if section.page == Page::Contract { take(&mut tables) } else { Vec::new() },
            }
        })
        .collect()
}

impl From<Row> for Fact {
    fn from(row: Row) -> Self {
        Self { label: row.label, value: FactValue::Answers(row.answers) }
    }
}

fn anchor(page: Page) -> &'static str {
    if page == Page::Type { "submission" } else { page.segment() }
}

/// What the first section says of the case before its answers.
fn of_the_case(submission: &Submission, data: &ContractForm) -> Vec<Fact> {
    let words =
        |label: &str, text: &str| Fact { label: label.to_owned(), value: FactValue::Answers(vec![text.to_owned()]) };
    let moment = |label: &str, at| Fact { label: label.to_owned(), value: FactValue::Moment(Moment(at)) };
    let mut facts = Vec::new();
    let decided = determination(data);
    if !decided.is_subject() || data.kind() == SubmissionKind::Eqro {
        facts.push(words("Determination", &format!("{}. {}", decided.decision(), decided.why())));
    }
    facts.extend(submission.first_submitted_at.map(|at| moment("First sent", at)));
    facts.extend(submission.last_submitted_at.map(|at| moment("Last sent", at)));
    facts.push(words("Kind", submission.kind.label()));
    facts
}
