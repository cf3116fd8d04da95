//! Earlier questions: those that were answered when a version was sent, and that its answers as corrected do not ask.

use serde_json::Value;

use super::display::{Row, Wording, answers_in_words, capitalized};
use super::field::Field;
use super::form::{Form, at, is_blank};

/// What was answered in `sent` and is not asked in `now`, in the order of the form and in words.
pub fn earlier<F: Form>(sent: &F, now: &F, wording: Wording<'_>) -> Vec<Row> {
    let document = sent.document();
    let row = |field: &Field| Row {
        target: field.key.to_owned(),
        label: capitalized(&sent.question(field)),
        answers: answers_in_words(field, at(&document, field.key).unwrap_or(&Value::Null), wording),
    };
    fields(sent, now).into_iter().map(row).collect()
}

/// The questions that were answered in `sent` and are not asked in `now`.
pub(super) fn fields<F: Form>(sent: &F, now: &F) -> Vec<&'static Field> {
    let document = sent.document();
    let answered = |field: &Field| at(&document, field.key).is_some_and(|value| !is_blank(value));
    let fields = sent.fields().iter().filter(|field| field.is_answer());
    fields.filter(|field| sent.asks(field) && !now.asks(field) && answered(field)).collect()
}
