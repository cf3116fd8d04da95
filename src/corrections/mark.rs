//! The mark beside what was corrected: by whom, when and why, and what was there before.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::clock::Moment;
use crate::domain::correction::{Corrected, Correction, Was};
use crate::domain::role::{Role, Side};
use crate::history::Author;

/// The mark beside what was corrected. A page's template writes it as `{{ mark }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "corrections/mark.html")]
pub struct Mark {
    done: &'static str,
    by: String,
    at: Moment,
    was: Option<Was>,
    reason: String,
}

impl HtmlSafe for Mark {}

impl Mark {
    /// The mark of a correction for a reader of this side.
    pub fn of(side: Side, correction: &Correction, was: Option<Was>) -> Self {
        let (done, at) = (correction.what.done(), Moment(correction.at));
        Self { done, by: by(side, correction), at, was, reason: correction.reason.clone() }
    }

    /// The mark of what is compared, for a reader of this side.
    pub fn beside(side: Side, corrected: &Corrected) -> Self {
        Self::of(side, &corrected.correction, corrected.was.clone())
    }

    /// The same in one line of plain text.
    pub fn in_words(&self) -> String {
        let Self { done, by, at, reason, .. } = self;
        let was = match &self.was {
            Some(Was::Words(words)) => format!(", was {words}"),
            Some(Was::Moment(moment)) => format!(", was {moment}"),
            None => String::new(),
        };
        format!("{done} by {by} on {at}{was}. Reason: {reason}")
    }
}

/// Who made a correction, as people of a side read it.
pub fn by(side: Side, correction: &Correction) -> String {
    let author = Author { name: correction.by.clone(), role: Some(Role::Admin), department: None, state_name: None };
    author.seen_by(side)
}
