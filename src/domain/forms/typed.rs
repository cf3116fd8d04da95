//! What a filled-in page shows: stored answers as people type them.

use serde_json::Value;

use super::answers::{NO, YES};
use super::dates::{parse_date, show_date};
use super::field::{Field, Kind};
use super::form::{Form, at};
use super::page::Page;
use super::posted::Posted;

/// The values of a page as [`read_page`](super::read_page) would read them back, and the marks of what it draws.
pub fn typed<F: Form>(page: Page, data: &F) -> Posted {
    let document = data.document();
    let mut shown = Posted::new();
    for field in answers(page, data) {
        show_question(&mut shown, field, &document);
    }
    shown
}

/// The same with what was posted in place of what is stored: a refused page never loses what was typed.
pub fn typed_again<F: Form>(page: Page, data: &F, posted: &Posted) -> Posted {
    let document = data.document();
    let mut shown = Posted::new();
    for field in answers(page, data) {
        if posted.touches(field.key) {
            shown.take_over(posted, field.key);
        } else {
            show_question(&mut shown, field, &document);
        }
    }
    shown
}

fn answers<F: Form>(page: Page, data: &F) -> impl Iterator<Item = &'static Field> {
    data.drawn(page).into_iter().filter(|field| field.is_answer())
}

fn show_question(shown: &mut Posted, field: &Field, document: &Value) {
    shown.draw(field.key);
    show(shown, field, field.key, at(document, field.key).unwrap_or(&Value::Null));
}

fn show(shown: &mut Posted, field: &Field, path: &str, value: &Value) {
    match (field.kind, value) {
        (Kind::Entries { parts, .. }, Value::Array(entries)) => {
            // The page always shows a first entry.
            for place in 0..entries.len().max(1) {
                for part in parts {
                    let value = entries.get(place).and_then(|entry| entry.get(part.key)).unwrap_or(&Value::Null);
                    show(shown, part, &format!("{path}.{place}.{}", part.key), value);
                }
            }
        }
        (_, Value::Array(values)) => values.iter().for_each(|value| show(shown, field, path, value)),
        (_, Value::Bool(yes)) => shown.push(path, if *yes { YES.value } else { NO.value }),
        (Kind::Date, Value::String(date)) => shown.push(path, parse_date(date).map_or(date.clone(), show_date)),
        (_, Value::String(text)) => shown.push(path, text.clone()),
        (Kind::Text { .. } | Kind::Email | Kind::Date, _) => shown.push(path, ""),
        _ => {}
    }
}
