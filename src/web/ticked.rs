//! What became of the rows that somebody ticked: left by the deed, told once on the next page.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Error, Result, SignedIn};

/// "3 reviews: 2 taken, 1 taken meanwhile.", from what became of each; `all` is what can, in order.
pub fn line<Outcome: Copy + PartialEq>(
    all: &[Outcome],
    label: fn(Outcome) -> &'static str,
    rows: &[Outcome],
) -> String {
    let number = |outcome: Outcome| rows.iter().filter(|row| **row == outcome).count();
    let parts: Vec<String> = all
        .iter()
        .filter(|outcome| number(**outcome) > 0)
        .map(|outcome| format!("{} {}", number(*outcome), label(*outcome).to_lowercase()))
        .collect();
    let things = if rows.len() == 1 { "review" } else { "reviews" };
    format!("{} {things}: {}.", rows.len(), parts.join(", "))
}

/// Leaves something for the next page.
///
/// # Errors
/// When it can't be kept.
pub fn leave(who: &SignedIn, entry: &str, left: impl Serialize) -> Result<()> {
    who.session.insert(entry, left).map_err(|error| Error::Internal(error.into()))
}

/// What was left, once.
pub fn left<T: DeserializeOwned>(who: &SignedIn, entry: &str) -> Option<T> {
    // Taking nothing out would write the session all the same.
    who.session.contains_key(entry).then(|| who.session.remove_as(entry))??.ok()
}
