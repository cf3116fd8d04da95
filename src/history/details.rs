//! What an entry holds beside its columns, as far as pages read it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use crate::domain::id::AccountId;
use crate::domain::lifecycle::Closing;
use crate::domain::role::Department;

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// The details of an entry; which of them are there depends on its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Details {
    /// The version of the submission that it is about.
    pub revision: Option<i32>,
    /// `subject_to_review` or `not_subject_to_review`.
    pub determination: Option<String>,
    /// Why it was determined so.
    pub why: Option<String>,
    /// From when an approved package may be used.
    #[serde(with = "day::option")]
    pub released_on: Option<Date>,
    /// The departments that had not signed off when the package was approved.
    pub missing: Vec<Department>,
    /// The rate that it is about, where it stands in the history of one.
    pub rate: Option<String>,
    /// The department whose review it is about.
    pub department: Option<Department>,
    /// The primary reviewer before and after.
    pub primary: Option<[Option<Named>; 2]>,
    /// The secondary reviewer before and after.
    pub secondary: Option<[Option<Named>; 2]>,
    /// The submission that took a rate along, when it was sent, unlocked, withdrawn or brought back with it.
    pub with: Option<String>,
    /// The submission that a rate belonged to, and the one that it belongs to now.
    pub moved: Option<[String; 2]>,
    /// What became of each rate of a submission.
    pub rates: Vec<RateFate>,
    /// The status that something was put back to.
    pub status: Option<String>,
    /// What a department review waits for, or why it goes on: `unlock`, `resubmit`, `unlock_undone`, `question`,
    /// `answer`.
    pub cause: Option<String>,
    /// Which of a department's rounds it is about.
    pub round: Option<i32>,
    /// How a round ended.
    pub because: Option<Closing>,
    /// Of what an administrator recorded: who did it, and on which day.
    pub recorded_for: Option<String>,
    /// The day on which it was done.
    #[serde(with = "day::option")]
    pub recorded_day: Option<Date>,
    /// The number of CMS's contract review system before and after.
    pub number: Option<[Option<String>; 2]>,
    /// What an administrator corrected, in words; with it the document, and what was there before and is now.
    pub corrected: Option<String>,
    /// The name of the document that was corrected.
    pub document: Option<String>,
    /// The versions from which a document was withdrawn, where these are all that hold it.
    pub revisions: Vec<i32>,
    /// What stood there before.
    pub was: Option<String>,
    /// What stands there now.
    pub now: Option<String>,
    /// How reviewers came to change: `take`, `hand_back`, `set` or `account_closed`.
    pub how: Option<String>,
}

/// A person as an entry remembers them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Named {
    /// Their account.
    pub id: AccountId,
    /// Their name then.
    pub name: String,
}

/// What became of a rate when its submission was withdrawn, or when that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateFate {
    /// Its key.
    pub rate: String,
    /// What became of it.
    pub fate: Fate,
    /// The submission that it moved to, or belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// What becomes of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is withdrawn with its submission.
    Withdrawn,
    /// It moves to another submission that holds it.
    Moves,
    /// It stays as it is: it belongs to another submission.
    Stays,
    /// It was withdrawn before.
    AlreadyWithdrawn,
    /// It comes back with its submission.
    ComesBack,
}

impl RateFate {
    /// The fate in words.
    pub fn in_words(&self) -> String {
        let other = self.other.as_deref().unwrap_or("another submission");
        match self.fate {
            Fate::Withdrawn => "withdrawn with it".to_owned(),
            Fate::Moves => format!("moves to {other}, its new parent"),
            Fate::Stays => format!("stays, belongs to {other}"),
            Fate::AlreadyWithdrawn => "already withdrawn".to_owned(),
            Fate::ComesBack => "comes back with it".to_owned(),
        }
    }
}

impl Details {
    /// Reads them; an entry that somebody damaged is still shown, without its details, beside the alarm.
    pub fn read(stored: Value) -> Self {
        serde_json::from_value(stored).unwrap_or_default()
    }

    /// The departments that had not signed off, in words.
    pub fn missing_in_words(&self) -> String {
        self.missing.iter().map(|department| department.short_name()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::date;

    use super::*;

    #[test]
    fn details_are_read_by_name_and_damaged_ones_are_left_out() {
        let details = Details::read(json!({ "revision": 2, "released_on": "2026-07-01", "missing": ["DMCO", "OACT"] }));
        assert_eq!((details.revision, details.released_on), (Some(2), Some(date!(2026 - 07 - 01))));
        assert_eq!(details.missing_in_words(), "DMCO, OACT");
        assert_eq!(Details::read(json!({ "revision": "two" })), Details::default());
    }
}
