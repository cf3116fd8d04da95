//! What a form page draws: its questions in order, each with its control.

use super::files::{FileList, file_list};
use crate::documents::Document;
use crate::domain::document::Category;
use crate::domain::forms::{
    ContractForm, Field, Form, Kind, Offer, Page, Posted, Programs, SubmissionType, When, offers,
};

/// Whether a submission can be offered to include rates, which needs their pages.
const RATES_CAN_BE_SENT: bool = false;

/// What a page draws, from top to bottom.
pub enum Block {
    /// A question.
    Question(Asked),
    /// Two dates under one legend.
    Dates(Dates),
    /// A list of files.
    Files(FileList),
    /// What is asked about provisions, or why nothing is.
    Provisions(Vec<Asked>, Option<&'static str>),
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

/// A question, with its condition where it is asked only for some answers of another one on the page.
pub struct Asked {
    /// The question.
    pub question: Question,
    /// The condition.
    pub when: Option<When>,
    /// Whether it is asked now.
    pub applies: bool,
}

impl Asked {
    /// The `id` of the block that is hidden while the condition does not hold.
    pub fn id(&self) -> String {
        format!("when-{}", self.question.name)
    }
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
    pub data: &'a ContractForm,
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
        match (field.kind, source.data.legend(field)) {
            (Kind::Files(category), _) => {
                blocks.push(Block::Files(file_list(field, category, source.documents, source.refused)));
            }
            (Kind::Entries { parts, most, .. }, _) => blocks.push(contacts(source, field.key, parts, most)),
            (_, Some(legend)) => match blocks.last_mut() {
                Some(Block::Dates(pair)) if pair.legend == legend => pair.dates.push(question(source, field)),
                _ => blocks.push(Block::Dates(Dates { legend, dates: vec![question(source, field)] })),
            },
            _ if source.data.is_provision(field) => provisions.push(asked(source, field)),
            _ => blocks.push(Block::Question(asked(source, field))),
        }
    }
    let note = source.data.why_no_provisions().filter(|_| page == Page::Contract);
    if note.is_some() || !provisions.is_empty() {
        blocks.push(Block::Provisions(provisions, note));
    }
    blocks
}

fn asked(source: &Source<'_>, field: &Field) -> Asked {
    Asked { question: question(source, field), when: source.data.when(field), applies: source.data.asks(field) }
}

fn question(source: &Source<'_>, field: &Field) -> Question {
    let mut question = named(field, field.key.to_owned(), source.data.question(field));
    let of = |offer: Offer| Choice { value: offer.value, label: offer.label, hint: None, disabled: false };
    question.options = offers(source.data, field, source.programs).into_iter().map(of).collect();
    if field.key == "submission_type" && !RATES_CAN_BE_SENT {
        question.options.retain(|option| option.value != SubmissionType::ContractAndRates.value());
    }
    if let (true, Some(citation)) = (question.hint.is_empty(), source.data.citation(field)) {
        question.hint = citation;
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

fn contacts(source: &Source<'_>, key: &str, parts: &[Field], most: usize) -> Block {
    let mut numbers = source.shown.entries(key);
    if numbers.is_empty() {
        numbers.push(0);
    }
    let full = numbers.len() >= most;
    let contact = |(place, number): (usize, usize)| {
        let name = format!("{key}.{number}");
        let question = |part: &Field| named(part, format!("{name}.{}", part.key), part.question.to_owned());
        let questions = parts.iter().map(question).collect();
        Contact { name, place, questions }
    };
    Block::Contacts(numbers.into_iter().enumerate().map(contact).collect(), full)
}
