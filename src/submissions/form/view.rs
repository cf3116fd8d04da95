//! What a form page draws: its questions in order, each with its control.

use super::files::{FileList, file_list};
use crate::documents::Document;
use crate::domain::document::Category;
use crate::domain::forms::{Field, Form, Kind, Note, Offer, Page, Posted, Programs, When, offers};

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
    /// People with the same questions each.
    People(People),
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
    /// What is said at it for some answers of another question of the page.
    pub note: Option<ShownNote>,
}

/// A note at a question, with its place on the page.
pub struct ShownNote {
    /// The `id` of its block, which is hidden while the condition does not hold.
    pub id: String,
    /// When it holds.
    pub when: When,
    /// What is said.
    pub text: &'static str,
    /// Whether it holds by what stands in the fields.
    pub applies: bool,
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
    /// The path of the entry that it is a part of, with a dot; empty outside lists.
    pub entry: String,
    /// Whether it is asked now.
    pub applies: bool,
}

impl Asked {
    /// The `id` of the block that is hidden while the condition does not hold.
    pub fn id(&self) -> String {
        format!("when-{}", self.question.name)
    }

    /// The name of the question that decides whether it is asked.
    pub fn asked_by(&self) -> String {
        format!("{}{}", self.entry, self.when.map_or("", |when| when.asked_by))
    }
}

/// Two dates.
pub struct Dates {
    /// Their legend.
    pub legend: &'static str,
    /// The first and the last day.
    pub dates: Vec<Asked>,
}

impl Dates {
    /// The first of them, whose name and condition are those of both.
    pub fn first(&self) -> &Asked {
        &self.dates[0]
    }
}

/// A list of people.
pub struct People {
    /// Its path.
    pub list: &'static str,
    /// What stands above it.
    pub intro: &'static str,
    /// What one is called in the words of buttons: "contact".
    pub one: &'static str,
    /// What one is called in a heading: "State contact".
    pub title: &'static str,
    /// The people.
    pub entries: Vec<Entry>,
    /// Whether there can be no more.
    pub full: bool,
}

/// One person of a list.
pub struct Entry {
    /// The path of the entry.
    pub name: String,
    /// Its place, counted from 0.
    pub place: usize,
    /// Its questions.
    pub questions: Vec<Asked>,
}

/// What a page is drawn from.
pub struct Source<'a, F> {
    /// The answers.
    pub data: &'a F,
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
pub fn blocks<F: Form>(page: Page, source: &Source<'_, F>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut provisions = Vec::new();
    for field in source.data.drawn(page) {
        match (field.kind, source.data.legend(field)) {
            (Kind::Files(category), _) => {
                blocks.push(Block::Files(file_list(field, category, source.documents, source.refused)));
            }
            (Kind::Entries { .. }, _) => blocks.push(Block::People(people(source, field))),
            (_, Some(legend)) => match blocks.last_mut() {
                Some(Block::Dates(pair)) if pair.legend == legend => pair.dates.push(asked(source, field)),
                _ => blocks.push(Block::Dates(Dates { legend, dates: vec![asked(source, field)] })),
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

fn asked<F: Form>(source: &Source<'_, F>, field: &Field) -> Asked {
    let (question, when) = (question(source, field), source.data.when(field));
    Asked { question, when, entry: String::new(), applies: source.data.asks(field) }
}

fn question<F: Form>(source: &Source<'_, F>, field: &Field) -> Question {
    let mut question = named(field, field.key.to_owned(), source.data.question(field));
    let of =
        |offer: Offer| Choice { value: offer.value.into(), label: offer.label.into(), hint: None, disabled: false };
    question.options = offers(source.data, field, source.programs).map(of).collect();
    question.note = field.note.map(|Note { when, text }| ShownNote {
        id: format!("note-{}", field.key),
        when,
        text,
        applies: source.shown.values(when.asked_by).any(|given| when.values.split(' ').any(|value| value == given)),
    });
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
        note: None,
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

fn people<F: Form>(source: &Source<'_, F>, field: &Field) -> People {
    let Kind::Entries { parts, most, title, .. } = field.kind else {
        unreachable!("only lists of people are drawn as such")
    };
    let mut numbers = source.shown.entries(field.key);
    if numbers.is_empty() {
        numbers.push(0);
    }
    let (one, intro) = match field.page {
        Page::Rate => ("actuary", ""),
        _ => ("contact", "These people get all messages of CMS about this submission."),
    };
    let full = numbers.len() >= most;
    let entries = numbers.into_iter().enumerate().map(|(place, number)| {
        let name = format!("{}.{number}", field.key);
        let questions = parts.iter().map(|part| part_of(source, part, &name)).collect();
        Entry { name, place, questions }
    });
    People { list: field.key, intro, one, title, entries: entries.collect(), full }
}

/// A question of an entry, asked by what stands in the entry's fields.
fn part_of<F: Form>(source: &Source<'_, F>, part: &Field, entry: &str) -> Asked {
    let mut question = named(part, format!("{entry}.{}", part.key), part.question.to_owned());
    let of =
        |offer: Offer| Choice { value: offer.value.into(), label: offer.label.into(), hint: None, disabled: false };
    question.options = offers(source.data, part, source.programs).map(of).collect();
    let applies = part.when.is_none_or(|when| {
        let given = source.shown.value(&format!("{entry}.{}", when.asked_by)).unwrap_or_default();
        when.values.split(' ').any(|value| value == given)
    });
    Asked { question, when: part.when, entry: format!("{entry}."), applies }
}
