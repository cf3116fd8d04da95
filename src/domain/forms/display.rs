//! Answers in words: the sections of the review and submission pages, and single values for history and conflicts.

use serde_json::Value;

use crate::domain::id::ProgramId;
use crate::domain::role::Side;

use super::answers::{Choice, NO, YES};
use super::contract::ContractForm;
use super::dates::{parse_date, show_date};
use super::field::{Field, Kind, control_id};
use super::form::{Form, at, is_blank};
use super::page::Page;
use super::programs::Programs;
use super::rate::RateForm;

/// What stands where an answer is missing.
pub const NOT_ANSWERED: &str = "Not answered yet";

/// What answers are put into words with.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    /// The programs of the state.
    pub programs: &'a Programs,
    /// Who reads: some answers were written by the state about itself.
    pub side: Side,
}

/// A part of the review or submission page.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// The page that edits it.
    pub page: Page,
    /// Its answers.
    pub rows: Vec<Row>,
    /// Entries with answers of their own, such as contacts.
    pub groups: Vec<Group>,
    /// The provisions, where any is asked.
    pub provisions: Option<ProvisionLists>,
}

/// One entry of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its heading, for example "State contact 1".
    pub title: String,
    /// Its answers.
    pub rows: Vec<Row>,
}

/// One question and its answer in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The `id` of the control that answers it, or the missing part of it.
    pub target: String,
    /// The short name of the question.
    pub label: String,
    /// The answer, one item for each chosen value; none while it is unanswered.
    pub answers: Vec<String>,
}

/// The provisions of a contract or amendment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProvisionLists {
    /// Answered yes.
    pub included: Vec<ListedProvision>,
    /// Answered no.
    pub not_included: Vec<ListedProvision>,
    /// Not answered yet.
    pub open: Vec<ListedProvision>,
}

/// One provision in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedProvision {
    /// The `id` of the control that answers it.
    pub target: String,
    /// What it is about.
    pub topic: String,
    /// Its citation, for example "42 CFR 438.6(c)".
    pub citation: Option<String>,
}

/// The sections of a contract form, with only what applies.
pub fn sections(data: &ContractForm, wording: Wording<'_>) -> Vec<Section> {
    let data = data.applicable();
    [("Submission", Page::Type), ("Contract", Page::Contract), ("State contacts", Page::Contacts)]
        .map(|(title, page)| section(&data, title, page, wording))
        .into()
}

/// What a rate certification says, with only what applies.
pub fn rate_section(data: &RateForm, wording: Wording<'_>) -> Section {
    section(&data.applicable(), "Rate certification", Page::Rate, wording)
}

fn section<F: Form>(data: &F, title: &'static str, page: Page, wording: Wording<'_>) -> Section {
    let document = data.document();
    let mut section = Section { title, page, rows: Vec::new(), groups: Vec::new(), provisions: None };
    for field in data.asked(page) {
        let value = at(&document, field.key).unwrap_or(&Value::Null);
        match field.kind {
            Kind::Files(_) => {}
            Kind::Entries { parts, title, .. } => {
                section.groups = groups(data, field, (parts, title), value, wording);
            }
            _ if data.is_provision(field) => {
                let lists = section.provisions.get_or_insert_default();
                let list = match value.as_bool() {
                    Some(true) => &mut lists.included,
                    Some(false) => &mut lists.not_included,
                    None => &mut lists.open,
                };
                list.push(ListedProvision {
                    target: control_id(data, field, field.key, wording.programs),
                    topic: capitalized(&data.label(field)),
                    citation: data.citation(field),
                });
            }
            _ => section.rows.push(Row {
                target: control_id(data, field, field.key, wording.programs),
                label: capitalized(&data.label(field)),
                answers: answers_in_words(field, value, wording),
            }),
        }
    }
    section
}

/// The entries of a list; of an empty list, a blank one.
fn groups<F: Form>(
    data: &F,
    field: &Field,
    (parts, title): (&[Field], &str),
    value: &Value,
    wording: Wording<'_>,
) -> Vec<Group> {
    let nobody = [Value::Null];
    let entries = value.as_array().filter(|entries| !entries.is_empty()).map_or(&nobody[..], Vec::as_slice);
    let filled = entries.iter().enumerate().filter(|(place, entry)| *place == 0 || !is_blank(entry));
    let group = |(place, entry): (usize, &Value)| {
        let path = |part: &str| format!("{}.{place}.{part}", field.key);
        let row = |part: &Field| Row {
            target: control_id(data, part, &path(part.key), wording.programs),
            label: part.label.to_owned(),
            answers: answers_in_words(part, entry.get(part.key).unwrap_or(&Value::Null), wording),
        };
        let (first, last) = (text_of(entry, "first_name"), text_of(entry, "last_name"));
        let name = Row {
            target: path(if first.is_some() { "last_name" } else { "first_name" }),
            label: "Name".to_owned(),
            answers: first.and(last).map(|_| name_of(entry)).into_iter().collect(),
        };
        let others = parts.iter().filter(|part| !NAME.contains(&part.key) && data.asks_part(part, entry));
        Group { title: format!("{title} {}", place + 1), rows: [name].into_iter().chain(others.map(row)).collect() }
    };
    filled.map(group).collect()
}

/// The parts of a person that make up their name.
pub(super) const NAME: [&str; 3] = ["first_name", "last_name", "suffix"];

fn text_of<'a>(entry: &'a Value, part: &str) -> Option<&'a str> {
    entry.get(part).and_then(Value::as_str)
}

pub(super) fn name_of(entry: &Value) -> String {
    NAME.into_iter().filter_map(|part| text_of(entry, part)).collect::<Vec<_>>().join(" ")
}

/// The short name of a question, with a capital; for history, where the answers around it are not at hand.
pub fn field_label<F: Form>(data: &F, key: &str) -> String {
    data.field(key).map_or_else(|| key.to_owned(), |field| capitalized(field.label))
}

/// A stored value in words, one line for each of several; for history and conflicts.
pub fn in_words<F: Form>(data: &F, key: &str, value: &Value, wording: Wording<'_>) -> String {
    let words = match data.field(key) {
        Some(field) => answers_in_words(field, value, wording),
        None => texts(value),
    };
    if words.is_empty() { "Not answered".to_owned() } else { words.join("\n") }
}

pub(super) fn answers_in_words(field: &Field, value: &Value, wording: Wording<'_>) -> Vec<String> {
    match (field.kind, value) {
        (Kind::Entries { parts, .. }, Value::Array(people)) => {
            people.iter().map(|person| person_in_words(parts, person, wording)).collect()
        }
        (_, Value::Array(values)) => values.iter().flat_map(|value| answers_in_words(field, value, wording)).collect(),
        (_, Value::Bool(yes)) => vec![if *yes { YES.label } else { NO.label }.to_owned()],
        (Kind::Date, Value::String(date)) => vec![parse_date(date).map_or_else(|| date.clone(), show_date)],
        (Kind::One(choices) | Kind::Several(choices), Value::String(chosen)) => {
            vec![label_of(choices, chosen, wording.side)]
        }
        (Kind::Programs, Value::String(id)) => vec![program_in_words(id, wording.programs)],
        _ => texts(value),
    }
}

fn label_of(choices: &[Choice], value: &str, side: Side) -> String {
    choices.iter().find(|choice| choice.value == value).map_or(value, |choice| choice.label_for(side)).to_owned()
}

fn program_in_words(id: &str, programs: &Programs) -> String {
    let program = id.parse::<ProgramId>().ok().and_then(|id| programs.get(id));
    program.map_or_else(
        || "A program of another state".to_owned(),
        |program| format!("{} - {}", program.name, program.full_name),
    )
}

/// A person of a list of people in one line: name, title, email and what else is known.
fn person_in_words(parts: &[Field], person: &Value, wording: Wording<'_>) -> String {
    let name = Some(name_of(person)).filter(|name| !name.is_empty());
    let others = parts.iter().filter(|part| !NAME.contains(&part.key));
    let others = others.flat_map(|part| answers_in_words(part, &person[part.key], wording));
    let told: Vec<String> = name.into_iter().chain(others).collect();
    if told.is_empty() { "A blank entry".to_owned() } else { told.join(", ") }
}

/// Plain texts, such as names of files, or values of a question that is no longer asked.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

pub(super) fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
