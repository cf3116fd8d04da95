//! Contacts and actuaries, told by their email address, then by their name. Their order does not count.

use serde_json::Value;

use super::super::display::{NAME, Wording, answers_in_words, name_of};
use super::super::field::{Field, Kind as Question};
use super::super::form::{Form, is_blank};
use super::answers::contrast;
use super::{Item, Kind, NOT_THERE, Part, Side};
use crate::domain::text::comparison_key;

/// A list of people in both versions; newer order, those who went last.
pub(super) fn compare<F: Form>(
    forms: (&F, &F),
    list: &Field,
    sides: (Option<Value>, Option<Value>),
    wording: Wording<'_>,
    prefix: &str,
) -> Vec<Item> {
    let Question::Entries { parts, title, .. } = list.kind else { return Vec::new() };
    let (was, is) = (entries(sides.0), entries(sides.1));
    let pairs = pairs(&was, &is);
    let mut found = Vec::new();
    for (place, person) in is.iter().enumerate() {
        match pairs.iter().find(|(_, newer)| *newer == place) {
            Some((older, _)) => found.extend(changed(forms, (parts, title), &was[*older], person, wording)),
            None => found.push(one(title, person, Kind::Added, parts, wording)),
        }
    }
    let gone = was.iter().enumerate().filter(|(place, _)| pairs.iter().all(|(older, _)| older != place));
    found.extend(gone.map(|(_, person)| one(title, person, Kind::Removed, parts, wording)));
    for (number, item) in found.iter_mut().enumerate() {
        item.anchor = format!("{prefix}{}.{}", list.key, number + 1);
    }
    found
}

fn entries(list: Option<Value>) -> Vec<Value> {
    let entries = list.and_then(|list| list.as_array().cloned()).unwrap_or_default();
    entries.into_iter().filter(|entry| !is_blank(entry)).collect()
}

/// Who of the older version is who of the newer: the very same first, then the same address, then the same name.
fn pairs(was: &[Value], is: &[Value]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let ways: [fn(&Value) -> String; 3] = [Value::to_string, address, name];
    for way in ways {
        for (older, person) in was.iter().enumerate() {
            let told = way(person);
            let open = |pairs: &[(usize, usize)], newer: usize| pairs.iter().all(|(_, taken)| *taken != newer);
            if told.is_empty() || pairs.iter().any(|(taken, _)| *taken == older) {
                continue;
            }
            let same = is.iter().enumerate().position(|(newer, other)| open(&pairs, newer) && way(other) == told);
            pairs.extend(same.map(|newer| (older, newer)));
        }
    }
    pairs
}

fn address(person: &Value) -> String {
    comparison_key(person["email"].as_str().unwrap_or_default().trim())
}

fn name(person: &Value) -> String {
    comparison_key(&name_of(person)).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn called(person: &Value) -> String {
    let unnamed = || person["email"].as_str().unwrap_or("without name and email").to_owned();
    Some(name_of(person)).filter(|name| !name.is_empty()).unwrap_or_else(unnamed)
}

/// Each part in which somebody changed; one item if in none.
fn changed<F: Form>(
    forms: (&F, &F),
    (parts, title): (&[Field], &str),
    was: &Value,
    is: &Value,
    wording: Wording<'_>,
) -> Vec<Item> {
    let value = |form: &F, part: &Field, person: &Value| form.asks_part(part, person).then(|| person[part.key].clone());
    let about = format!("{title} {}", called(is));
    let items = parts.iter().filter_map(|part| {
        let sides = (value(forms.0, part, was), value(forms.1, part, is));
        let (kind, older, newer) = contrast(part, sides.0.as_ref(), sides.1.as_ref(), wording)?;
        Some(Item {
            anchor: String::new(),
            about: about.clone(),
            label: part.label.to_owned(),
            kind,
            older,
            newer,
            corrected: (None, None),
        })
    });
    let items: Vec<Item> = items.filter(Item::differs).collect();
    if items.is_empty() { vec![one(title, is, Kind::Unchanged, parts, wording)] } else { items }
}

/// Somebody as a whole.
fn one(title: &str, person: &Value, kind: Kind, parts: &[Field], wording: Wording<'_>) -> Item {
    let others = parts.iter().filter(|part| !NAME.contains(&part.key));
    let words = others.flat_map(|part| answers_in_words(part, &person[part.key], wording));
    let told = [called(person)].into_iter().chain(words);
    let side = Side::Answers(told.map(|words| Part::new(words, kind != Kind::Unchanged)).collect());
    let (older, newer) = match kind {
        Kind::Added => (NOT_THERE, side),
        Kind::Removed => (side, NOT_THERE),
        _ => (side.clone(), side),
    };
    Item {
        anchor: String::new(),
        about: title.to_owned(),
        label: called(person),
        kind,
        older,
        newer,
        corrected: (None, None),
    }
}
