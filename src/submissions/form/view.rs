//! What a form page draws: its questions in order, each with its control.

use super::files::{FileList, file_list};
use crate::documents::Document;
use crate::domain::document::Category;
use crate::domain::forms::{
    Field, Form, HealthPlan, Kind, MOST_CONTACTS, Offer, Page, Posted, Programs, Provision, offers,
};

/// What a page draws, from top to bottom.
pub enum Block {
    /// A question.
    Question(Question),
    /// A question that is asked only for some answers of another one on the page.
    Conditional(Conditional),
    /// Two dates under one legend.
    Dates(Dates),
    /// A list of files.
    Files(FileList),
    /// What is asked about provisions, or why nothing is.
    Provisions(Vec<Question>, Option<&'static str>),
    /// People with the same questions each, and whether there can be one more.
    Contacts(Vec<Contact>, bool),
}

/// The kind of control that a question has.
pub enum Control {
    /// Radios.
    Radios,
    /// Check boxes.
    Checkboxes,
    /// Radios yes and no.
    YesNo,
    /// A line of text; the type of the input.
    Line(&'static str),
    /// A text area that takes so many characters.
    Area(usize),
    /// A date.
    Date,
}

/// A question with its control.
pub struct Question {
    /// Its name, which is the path of its answer.
    pub name: String,
    /// The question.
    pub label: String,
    /// A hint below it.
    pub hint: String,
    /// The anchor of its part of the help page, or nothing.
    pub help: &'static str,
    /// Whether it has to be answered.
    pub required: bool,
    /// Its control.
    pub control: Control,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// Pages elsewhere that explain it: address and words.
    pub links: &'static [(&'static str, &'static str)],
}

/// A radio or check box.
pub struct Choice {
    /// What it posts.
    pub value: String,
    /// Its label.
    pub label: String,
    /// A hint below it.
    pub hint: Option<String>,
    /// Whether it can't be chosen.
    pub disabled: bool,
}

/// A question with its condition.
pub struct Conditional {
    /// The question.
    pub question: Question,
    /// The line that says when to answer it.
    pub when: &'static str,
    /// The control that it depends on.
    pub asked_by: &'static str,
    /// The values of that control for which it is asked, split by blanks.
    pub values: &'static str,
    /// Whether it is asked now.
    pub applies: bool,
}

/// Two dates.
pub struct Dates {
    /// Their legend.
    pub legend: &'static str,
    /// The first and the last day.
    pub dates: Vec<Question>,
}

/// One person of a list.
pub struct Contact {
    /// The path of the entry.
    pub name: String,
    /// Its place, counted from 0.
    pub place: usize,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// What a page is drawn from.
pub struct Source<'a> {
    /// The answers.
    pub data: &'a HealthPlan,
    /// The programs of the state.
    pub programs: &'a Programs,
    /// What stands in the fields.
    pub shown: &'a Posted,
    /// The documents of the draft.
    pub documents: &'a [Document],
    /// Files that were not taken, and why.
    pub refused: &'a [(Category, String)],
}

/// The blocks of a page.
pub fn blocks(page: Page, source: &Source<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut provisions = Vec::new();
    for field in source.data.drawn(page) {
        match (field.kind, field.key) {
            (Kind::Files(category), _) => {
                blocks.push(Block::Files(file_list(field, category, source.documents, source.refused)));
            }
            (Kind::Entries { parts, .. }, key) => blocks.push(contacts(source, key, parts)),
            (_, "contract_date_start") => blocks
                .push(Block::Dates(Dates { legend: source.data.dates_legend(), dates: vec![question(source, field)] })),
            (_, "contract_date_end") => {
                if let Some(Block::Dates(pair)) = blocks.last_mut() {
                    pair.dates.push(question(source, field));
                }
            }
            (_, key) if Provision::from_key(key).is_some() => provisions.push(question(source, field)),
            _ => blocks.push(question_or_conditional(source, field)),
        }
    }
    if page == Page::Contract {
        blocks.push(Block::Provisions(provisions, source.data.why_no_provisions()));
    }
    blocks
}

fn question_or_conditional(source: &Source<'_>, field: &Field) -> Block {
    let question = question(source, field);
    let (asked_by, values) = match field.key {
        "statutory_regulatory_attestation_description" => ("statutory_regulatory_attestation", "NO"),
        "dsnp_contract" => ("federal_authorities", "STATE_PLAN WAIVER_1915B WAIVER_1115 VOLUNTARY"),
        _ => return Block::Question(question),
    };
    let when = field.when.unwrap_or_default();
    Block::Conditional(Conditional { question, when, asked_by, values, applies: source.data.asks(field) })
}

fn question(source: &Source<'_>, field: &Field) -> Question {
    let mut question = named(field, field.key.to_owned(), source.data.question(field));
    let of = |offer: Offer| Choice { value: offer.value, label: offer.label, hint: None, disabled: false };
    question.options = offers(source.data, field, source.programs).into_iter().map(of).collect();
    if let (Some(provision), Some(variant)) = (Provision::from_key(field.key), source.data.provision_variant()) {
        question.hint = variant.citation(provision).unwrap_or_default();
    }
    question
}

fn named(field: &Field, name: String, label: String) -> Question {
    let control = match field.kind {
        Kind::Text { most, long: true } => Control::Area(most),
        Kind::Text { .. } => Control::Line("text"),
        Kind::Email => Control::Line("email"),
        Kind::Date => Control::Date,
        Kind::YesNo => Control::YesNo,
        Kind::One(_) => Control::Radios,
        Kind::Several(_) | Kind::Programs | Kind::Entries { .. } | Kind::Files(_) => Control::Checkboxes,
    };
    Question {
        name,
        label,
        hint: field.hint.unwrap_or_default().to_owned(),
        help: if field.help { field.key } else { "" },
        required: field.required.is_some(),
        control,
        options: Vec::new(),
        links: links(field.key),
    }
}

fn links(key: &str) -> &'static [(&'static str, &'static str)] {
    match key {
        "statutory_regulatory_attestation" => &[
            (
                "https://www.medicaid.gov/medicaid/downloads/mce-checklist-state-user-guide.pdf",
                "Medicaid contract review guide",
            ),
            (
                "https://www.medicaid.gov/sites/default/files/2022-04/chip-managed-care-contract-guide_0.pdf",
                "CHIP contract review guide",
            ),
        ],
        "managed_care_entities" => {
            &[("https://www.ecfr.gov/current/title-42/section-438.2", "Definitions in 42 CFR 438.2")]
        }
        _ => &[],
    }
}

fn contacts(source: &Source<'_>, key: &str, parts: &[Field]) -> Block {
    let mut numbers = source.shown.entries(key);
    if numbers.is_empty() {
        numbers.push(0);
    }
    let full = numbers.len() >= MOST_CONTACTS;
    let contact = |(place, number): (usize, usize)| {
        let name = format!("{key}.{number}");
        let question = |part: &Field| named(part, format!("{name}.{}", part.key), part.question.to_owned());
        let questions = parts.iter().map(question).collect();
        Contact { name, place, questions }
    };
    Block::Contacts(numbers.into_iter().enumerate().map(contact).collect(), full)
}
