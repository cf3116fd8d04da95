//! What a save changed, question by question; and taking it back, to see the draft as it was.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::form::{Form, ReadError, at, with_values};

/// One changed answer, as a row of `draft_save` keeps it. A list of contacts is one answer, each provision its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The key of the question.
    pub key: String,
    /// The value before.
    pub old: Value,
    /// The value after.
    pub new: Value,
}

/// What differs between two states of a draft, in the order of the form.
pub fn changes<F: Form>(old: &F, new: &F) -> Vec<Change> {
    let fields = new.fields();
    let (old, new) = (old.document(), new.document());
    let value = |document, key| at(document, key).cloned().unwrap_or(Value::Null);
    fields
        .iter()
        .filter(|field| field.is_answer())
        .map(|field| Change { key: field.key.to_owned(), old: value(&old, field.key), new: value(&new, field.key) })
        .filter(|change| change.old != change.new)
        .collect()
}

/// The draft before these changes, given oldest first. What they say of other things than answers (documents, rates)
/// is passed over.
///
/// # Errors
/// A change whose old value the form can't hold.
pub fn revert<F: Form>(now: &F, changes: &[Change]) -> Result<F, ReadError> {
    let newest_first = changes.iter().rev();
    let old = newest_first.filter_map(|change| Some((now.field(&change.key)?.key, change.old.clone())));
    Ok(with_values(now, old)?)
}
