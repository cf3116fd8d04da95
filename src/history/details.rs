//! What an entry holds beside its columns, as far as pages read it.

use serde::Deserialize;
use serde_json::Value;
use time::Date;

use crate::domain::id::AccountId;
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
