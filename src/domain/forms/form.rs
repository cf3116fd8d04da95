//! What every form is: answers that are one JSON document, a table of questions, a condition for each, and a chain of
//! versions.

use serde_json::Value;

use crate::domain::id::ProgramId;

use super::field::{Field, Kind, When};
use super::page::Page;

/// Turns a document of one form version into the next.
pub type Upcast = fn(Value) -> Value;

/// A form whose answers are one JSON document.
pub trait Form: Clone + PartialEq {
    /// All questions in page order, answers and file lists.
    fn fields(&self) -> &'static [Field];

    /// The answers as JSON, every key written.
    fn document(&self) -> Value;

    /// A form like this one with the answers of a document.
    ///
    /// # Errors
    /// When the document does not have the shape of the present version.
    fn with_document(&self, document: Value) -> Result<Self, serde_json::Error>;

    /// Each turns a document of form version n (counted from 1) into n + 1. It never fails on what its version could
    /// write and drops no answer. The present version is one more than their number.
    fn upcasts(&self) -> &'static [Upcast];

    /// The questions that a page draws, in its order. Conditions on answers of other pages hold; those on answers of
    /// the same page are left out, since without a script such questions are always there.
    fn drawn(&self, page: Page) -> Vec<&'static Field>;

    /// Whether the question applies, all conditions taken together.
    fn asks(&self, field: &Field) -> bool;

    /// Whether the question applies in this entry of a list.
    fn asks_part(&self, _part: &Field, _entry: &Value) -> bool {
        true
    }

    /// The condition of the question on an answer of the same page.
    fn when(&self, field: &Field) -> Option<When> {
        field.when
    }

    /// Whether an answer of a list can be chosen.
    fn is_offered(&self, _field: &Field, _value: &str) -> bool {
        true
    }

    /// The programs that are chosen, in natural order of their short names.
    fn program_ids(&self) -> &[ProgramId];

    /// Whether programs that are for rates alone can be chosen.
    fn takes_rate_only_programs(&self) -> bool {
        false
    }

    /// The answers without those that do not apply. Pages, rules, names, compare and determination read through it.
    fn applicable(&self) -> Self;

    /// The answers as a save over `before` stores them, and what to tell the person about what was changed thereby.
    fn settled(self, _before: &Self) -> (Self, Vec<&'static str>) {
        (self, Vec::new())
    }

    /// The questions whose answer in `self` differs from `before` although it can't be changed any more.
    fn locked_changes(&self, _before: &Self, _rates_were_sent: bool) -> Vec<&'static Field> {
        Vec::new()
    }

    /// Whether these answers say that no rates are sent.
    fn bars_rates(&self) -> bool {
        false
    }

    /// The short name of a question.
    fn label(&self, field: &Field) -> String {
        field.label.to_owned()
    }

    /// The question in full, as it stands at its control.
    fn question(&self, field: &Field) -> String {
        field.question.to_owned()
    }

    /// The message while the question is unanswered; none for an optional one.
    fn required_message(&self, field: &Field) -> Option<String> {
        field.required.map(str::to_owned)
    }

    /// The legend of two dates that stand side by side, at either of them.
    fn legend(&self, _field: &Field) -> Option<&'static str> {
        None
    }

    /// Whether the question stands among the provisions, which are shown as lists of what is included and what not.
    fn is_provision(&self, _field: &Field) -> bool {
        false
    }

    /// What stands in place of the provisions while none can be asked: which answer is missing.
    fn why_no_provisions(&self) -> Option<&'static str> {
        None
    }

    /// Where the law speaks of a provision, for example "42 CFR 438.6(c)".
    fn citation(&self, _field: &Field) -> Option<String> {
        None
    }

    /// The question with this key.
    fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.key == key)
    }

    /// The questions of a page that apply, in its order.
    fn asked(&self, page: Page) -> Vec<&'static Field> {
        let mut fields = self.drawn(page);
        fields.retain(|field| self.asks(field));
        fields
    }

    /// The present version of the form.
    fn version(&self) -> i32 {
        present(self.upcasts())
    }
}

/// Why a stored document could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Written by a newer program than this one, while a new one is rolled out.
    #[error(
        "This form was saved by a newer version of MC-Review (form version {found}; this one knows {known}). Try again in a few minutes."
    )]
    Newer {
        /// The version of the row.
        found: i32,
        /// The newest version known.
        known: i32,
    },
    /// No version has this number.
    #[error("form version {0} never existed")]
    NoSuchVersion(i32),
    /// A key that every document has is not there.
    #[error("the form has no key {0}")]
    Missing(&'static str),
    /// The document does not have the shape of its version.
    #[error("the form can't be read: {0}")]
    Shape(#[from] serde_json::Error),
}

/// Reads a stored document of any known version into a form like `blank`.
///
/// # Errors
/// A version this program does not know, and a document that does not have the shape of its version.
pub fn read<F: Form>(blank: &F, document: Value, form_version: i32) -> Result<F, ReadError> {
    let document = upcast(document, form_version, blank.upcasts())?;
    let absent = blank.fields().iter().filter(|field| field.is_answer()).find_map(|field| absent(field, &document));
    match absent {
        Some(key) => Err(ReadError::Missing(key)),
        None => Ok(blank.with_document(document)?),
    }
}

/// The key that is not written, of a question or of a part of one of its entries.
fn absent(field: &Field, document: &Value) -> Option<&'static str> {
    let Some(value) = at(document, field.key) else { return Some(field.key) };
    let (Kind::Entries { parts, .. }, Some(entries)) = (field.kind, value.as_array()) else { return None };
    let lacks = |part: &&Field| entries.iter().any(|entry| entry.get(part.key).is_none());
    parts.iter().find(lacks).map(|part| part.key)
}

/// The document in the present version.
fn upcast(document: Value, form_version: i32, upcasts: &[Upcast]) -> Result<Value, ReadError> {
    let done = form_version.checked_sub(1).and_then(|done| usize::try_from(done).ok());
    let done = done.ok_or(ReadError::NoSuchVersion(form_version))?;
    let missing = upcasts.get(done..).ok_or(ReadError::Newer { found: form_version, known: present(upcasts) })?;
    Ok(missing.iter().fold(document, |document, upcast| upcast(document)))
}

fn present(upcasts: &[Upcast]) -> i32 {
    i32::try_from(upcasts.len()).expect("a form has few versions") + 1
}

/// The document to store and its form version.
pub fn write<F: Form>(data: &F) -> (Value, i32) {
    (data.document(), data.version())
}

/// The answers with some values of the document replaced.
pub(super) fn with_values<F: Form>(
    data: &F,
    values: impl IntoIterator<Item = (&'static str, Value)>,
) -> Result<F, serde_json::Error> {
    let mut document = data.document();
    for (key, value) in values {
        if let Some(place) = document.pointer_mut(&format!("/{}", key.replace('.', "/"))) {
            *place = value;
        }
    }
    data.with_document(document)
}

/// The value at a path such as `provisions.modified_benefits_provided` or `state_contacts.0.email`.
pub(super) fn at<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(document, |value, part| match value {
        Value::Array(entries) => entries.get(part.parse::<usize>().ok()?),
        _ => value.get(part),
    })
}

/// The texts of an array.
pub(super) fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Whether a value is no answer.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(parts) => parts.values().all(is_blank),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CHAIN: &[Upcast] = &[
        |old| json!({ "period": old["dates"], "retired": { "color": old["color"] } }),
        |mut old| {
            old["new_question"] = Value::Null;
            old
        },
    ];

    #[test]
    fn an_old_document_goes_through_every_later_version_and_loses_no_answer() {
        let first = json!({ "dates": "2026", "color": "red" });
        let third = json!({ "period": "2026", "retired": { "color": "red" }, "new_question": null });
        assert_eq!(upcast(first, 1, CHAIN).unwrap(), third);
        assert_eq!(upcast(third.clone(), 3, CHAIN).unwrap(), third);
    }

    #[test]
    fn a_version_from_the_future_or_from_nowhere_is_refused() {
        assert!(matches!(upcast(json!({}), 4, CHAIN), Err(ReadError::Newer { found: 4, known: 3 })));
        for nowhere in [0, -1, i32::MIN] {
            assert!(matches!(upcast(json!({}), nowhere, CHAIN), Err(ReadError::NoSuchVersion(_))));
        }
    }
}
