//! Answers, question by question. Choices are compared as sets, long texts by their words.

use serde_json::Value;

use super::super::display::{Wording, answers_in_words, capitalized};
use super::super::earlier::fields;
use super::super::field::{Field, Kind as Question};
use super::super::form::{Form, at, is_blank};
use super::super::page::Page;
use super::{Item, Kind, NOT_ASKED, Part, Side, UNANSWERED, people, words};
use crate::domain::text::normalized;

/// The questions of a page that either version asks. Both hold only what applies.
pub(super) fn compare<F: Form>(older: &F, newer: &F, page: Page, wording: Wording<'_>, prefix: &str) -> Vec<Item> {
    let (was, is) = (older.document(), newer.document());
    let mut items = Vec::new();
    for field in newer.fields().iter().filter(|field| field.page == page && field.is_answer()) {
        let value =
            |form: &F, document| form.asks(field).then(|| at(document, field.key).cloned().unwrap_or(Value::Null));
        let sides = (value(older, &was), value(newer, &is));
        if let Question::Entries { .. } = field.kind {
            items.extend(people::compare((older, newer), field, (sides.0, sides.1), wording, prefix));
            continue;
        }
        let label = if sides.1.is_some() { newer.label(field) } else { older.label(field) };
        if let Some((kind, older, newer)) = contrast(field, sides.0.as_ref(), sides.1.as_ref(), wording) {
            let anchor = format!("{prefix}{}", field.key);
            items.push(Item {
                anchor,
                about: String::new(),
                label: capitalized(&label),
                kind,
                older,
                newer,
                corrected: (None, None),
            });
        }
    }
    items
}

/// The questions that either version was sent with and does not ask as corrected: as both were sent. Each version comes
/// as it was sent and as it counts.
pub(super) fn earlier<F: Form>((was, was_now): (&F, &F), (is, is_now): (&F, &F), wording: Wording<'_>) -> Vec<Item> {
    let (left, right) = (fields(was, was_now), fields(is, is_now));
    let has = |fields: &[&Field], key: &str| fields.iter().any(|field| field.key == key);
    let mut items = Vec::new();
    for field in is.fields().iter().filter(|field| has(&left, field.key) || has(&right, field.key)) {
        let value =
            |form: &F| form.asks(field).then(|| at(&form.document(), field.key).cloned().unwrap_or(Value::Null));
        let label = if is.asks(field) { is.label(field) } else { was.label(field) };
        if let Some((kind, older, newer)) = contrast(field, value(was).as_ref(), value(is).as_ref(), wording) {
            let (anchor, label) = (format!("earlier.{}", field.key), capitalized(&label));
            items.push(Item { anchor, about: String::new(), label, kind, older, newer, corrected: (None, None) });
        }
    }
    items
}

/// One question in both versions; none where neither has anything to show.
pub(super) fn contrast(
    field: &Field,
    older: Option<&Value>,
    newer: Option<&Value>,
    wording: Wording<'_>,
) -> Option<(Kind, Side, Side)> {
    let blank = |value: Option<&Value>| value.is_none_or(is_blank);
    let kind = match (blank(older), blank(newer)) {
        (true, true) if older.is_none() || newer.is_none() => return None,
        _ if same(field, older, newer) => Kind::Unchanged,
        (true, _) => Kind::Added,
        (_, true) => Kind::Removed,
        _ => Kind::Changed,
    };
    if field.takes_both()
        && let (Some(Value::String(was)), Some(Value::String(is))) = (older, newer)
    {
        let (was, is) = words::compare(was, is);
        return Some((kind, Side::Text(was), Side::Text(is)));
    }
    let answers = |value: Option<&Value>| value.map(|value| answers_in_words(field, value, wording));
    let (was, is) = (answers(older), answers(newer));
    let side = |own: &Option<Vec<String>>, other: &Option<Vec<String>>| match own {
        None => NOT_ASKED,
        Some(own) if own.is_empty() => UNANSWERED,
        Some(own) => {
            let lacks =
                |answer: &String| kind != Kind::Unchanged && !other.as_ref().is_some_and(|it| it.contains(answer));
            let parts = own.iter().map(|answer| Part::new(answer, lacks(answer))).collect();
            if field.takes_both() { Side::Text(parts) } else { Side::Answers(parts) }
        }
    };
    Some((kind, side(&was, &is), side(&is, &was)))
}

fn same(field: &Field, older: Option<&Value>, newer: Option<&Value>) -> bool {
    match (older, newer) {
        (Some(Value::Array(was)), Some(Value::Array(is))) => {
            was.iter().all(|value| is.contains(value)) && is.iter().all(|value| was.contains(value))
        }
        (Some(Value::String(was)), Some(Value::String(is))) if field.takes_both() => words::equal(was, is),
        (Some(Value::String(was)), Some(Value::String(is))) => normalized(was) == normalized(is),
        _ => older.unwrap_or(&Value::Null) == newer.unwrap_or(&Value::Null),
    }
}
