//! The mark beside what was corrected: by whom, when and why, and what was there before.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::clock::Moment;
use crate::domain::correction::Correction;
use crate::domain::role::{Role, Side};
use crate::history::Author;

/// The mark beside what was corrected. A page's template writes it as `{{ mark }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "corrections/mark.html")]
pub struct Mark {
    verb: &'static str,
    by: String,
    at: Moment,
    was: Option<Was>,
    reason: String,
}

/// What was there before.
#[derive(Clone, Debug)]
pub enum Was {
    /// Words.
    Words(String),
    /// A moment.
    Moment(Moment),
}

impl HtmlSafe for Mark {}

impl Mark {
    /// The mark of a correction for a reader of this side; `verb` says what was done: "corrected", "added".
    pub fn of(side: Side, correction: &Correction, verb: &'static str, was: Option<Was>) -> Self {
        Self { verb, by: by(side, correction), at: Moment(correction.at), was, reason: correction.reason.clone() }
    }
}

/// Who made a correction, as people of a side read it.
pub fn by(side: Side, correction: &Correction) -> String {
    let author = Author { name: correction.by.clone(), role: Some(Role::Admin), department: None, state_name: None };
    author.seen_by(side)
}
