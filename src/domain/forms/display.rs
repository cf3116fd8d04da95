//! Answers in words: the sections of the review and submission pages, and single values for history and conflicts.

use serde_json::Value;

use crate::domain::id::ProgramId;

use super::answers::{Choice, NO, YES};
use super::contacts::Contact;
use super::dates::{parse_date, show_date};
use super::field::{Field, Kind, control_id};
use super::form::{Form, at};
use super::health_plan::HealthPlan;
use super::page::Page;
use super::programs::Programs;
use super::provisions::{Provision, ProvisionVariant};

/// What stands where an answer is missing.
pub const NOT_ANSWERED: &str = "Not answered yet";

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

/// The sections of a health plan submission, with only what applies.
pub fn sections(data: &HealthPlan, programs: &Programs) -> Vec<Section> {
    let data = data.applicable();
    let section =
        |title, page| Section { title, page, rows: rows(&data, page, programs), groups: Vec::new(), provisions: None };
    let contract = Section { provisions: provisions(&data), ..section("Contract", Page::Contract) };
    let contacts = Section { groups: contacts(&data), ..section("State contacts", Page::Contacts) };
    vec![section("Submission", Page::Type), contract, contacts]
}

fn rows(data: &HealthPlan, page: Page, programs: &Programs) -> Vec<Row> {
    let document = data.document();
    let is_row = |field: &&Field| {
        !matches!(field.kind, Kind::Files(_) | Kind::Entries { .. }) && Provision::from_key(field.key).is_none()
    };
    let row = |field: &Field| Row {
        target: control_id(data, field, field.key, programs),
        label: data.label(field),
        answers: at(&document, field.key).map(|value| answers_in_words(field, value, programs)).unwrap_or_default(),
    };
    data.asked(page).into_iter().filter(is_row).map(row).collect()
}

fn provisions(data: &HealthPlan) -> Option<ProvisionLists> {
    let variant = data.provision_variant().filter(|variant| !variant.provisions().is_empty())?;
    let mut lists = ProvisionLists::default();
    for provision in variant.provisions() {
        let list = match data.provisions.get(*provision) {
            Some(true) => &mut lists.included,
            Some(false) => &mut lists.not_included,
            None => &mut lists.open,
        };
        list.push(listed(variant, *provision));
    }
    Some(lists)
}

fn listed(variant: ProvisionVariant, provision: Provision) -> ListedProvision {
    ListedProvision {
        target: format!("{}-{}", provision.key(), YES.value),
        topic: capitalized(variant.topic(provision)),
        citation: variant.citation(provision),
    }
}

fn contacts(data: &HealthPlan) -> Vec<Group> {
    let nobody = [Contact::default()];
    let all = if data.state_contacts.is_empty() { &nobody[..] } else { &data.state_contacts };
    let filled = all.iter().enumerate().filter(|(place, contact)| *place == 0 || !contact.is_blank());
    filled.map(|(place, contact)| contact_group(place, contact)).collect()
}

fn contact_group(place: usize, contact: &Contact) -> Group {
    let row = |part: &str, label: &str, answer: Option<String>| Row {
        target: format!("state_contacts.{place}.{part}"),
        label: label.to_owned(),
        answers: answer.into_iter().collect(),
    };
    let name = (contact.first_name.is_some() && contact.last_name.is_some()).then(|| contact.full_name());
    let name_part = if contact.first_name.is_some() { "last_name" } else { "first_name" };
    Group {
        title: format!("State contact {}", place + 1),
        rows: vec![
            row(name_part, "Name", name),
            row("title_role", "Title or role", contact.title_role.clone()),
            row("email", "Email", contact.email.clone()),
        ],
    }
}

/// The short name of a question, with a capital; for history, where the answers around it are not at hand.
pub fn field_label<F: Form>(key: &str) -> String {
    F::field(key).map_or_else(|| key.to_owned(), |field| capitalized(field.label))
}

/// A stored value in words, one line for each of several; for history and conflicts.
pub fn in_words<F: Form>(key: &str, value: &Value, programs: &Programs) -> String {
    let words = match F::field(key) {
        Some(field) => answers_in_words(field, value, programs),
        None => texts(value),
    };
    if words.is_empty() { "Not answered".to_owned() } else { words.join("\n") }
}

fn answers_in_words(field: &Field, value: &Value, programs: &Programs) -> Vec<String> {
    match (field.kind, value) {
        (Kind::Entries { .. }, Value::Array(people)) => people.iter().map(person_in_words).collect(),
        (_, Value::Array(values)) => values.iter().flat_map(|value| answers_in_words(field, value, programs)).collect(),
        (_, Value::Bool(yes)) => vec![if *yes { YES.label } else { NO.label }.to_owned()],
        (Kind::Date, Value::String(date)) => vec![parse_date(date).map_or_else(|| date.clone(), show_date)],
        (Kind::One(choices) | Kind::Several(choices), Value::String(chosen)) => vec![label_of(choices, chosen)],
        (Kind::Programs, Value::String(id)) => vec![program_in_words(id, programs)],
        _ => texts(value),
    }
}

fn label_of(choices: &[Choice], value: &str) -> String {
    choices.iter().find(|choice| choice.value == value).map_or(value, |choice| choice.label).to_owned()
}

fn program_in_words(id: &str, programs: &Programs) -> String {
    let program = id.parse::<ProgramId>().ok().and_then(|id| programs.get(id));
    program.map_or_else(
        || "A program of another state".to_owned(),
        |program| format!("{} - {}", program.name, program.full_name),
    )
}

/// A person of a list of people in one line: name, title, email.
fn person_in_words(person: &Value) -> String {
    let part = |key: &str| person.get(key).and_then(Value::as_str);
    let name = ["first_name", "last_name", "suffix"].into_iter().filter_map(part).collect::<Vec<_>>().join(" ");
    let named = (!name.is_empty()).then_some(name.as_str());
    let parts: Vec<&str> = [named, part("title_role"), part("email")].into_iter().flatten().collect();
    if parts.is_empty() { "A blank entry".to_owned() } else { parts.join(", ") }
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

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
