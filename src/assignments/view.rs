//! A review of the list in words.

use time::Date;

use super::rows::Row;
use crate::domain::clock::{Moment, date_in_words, days_between, days_since, eastern_date, start_in_words};
use crate::domain::id::DepartmentReviewId;
use crate::domain::lifecycle::Tag;
use crate::domain::role::Department;
use crate::web::cell::Cell;
use crate::web::list::programs_in_words;

/// A row as the template draws it.
#[derive(Debug)]
pub struct ListRow {
    /// The review.
    pub review: DepartmentReviewId,
    /// "MN-0005", or of a rate "MN-R0012".
    pub key: String,
    /// Its full name.
    pub name: String,
    /// Its review's place on its page.
    pub href: String,
    /// Whether it is a rate.
    pub is_rate: bool,
    /// The state.
    pub state_name: String,
    /// The short names of its programs.
    pub programs: String,
    /// Whose review it is.
    pub department: Department,
    /// Where that stands.
    pub tag: Tag,
    /// Where what led to that is told.
    pub explain: String,
    /// "OACT review of MN-R0012"
    pub title: String,
    /// Its primary reviewer, or "nobody".
    pub primary: String,
    /// Its secondary reviewer, or "nobody".
    pub secondary: String,
    /// Who of the department follows the state, or "nobody".
    pub followers: String,
    /// How long it has stood so.
    pub days: String,
    /// First day of the contract or of the rating period, and how far that is.
    pub start: Option<(Date, String)>,
    /// When its subject was first sent.
    pub first_sent: Moment,
}

impl ListRow {
    /// Puts a row in words.
    pub fn of(row: Row, today: Date) -> Self {
        let (key, page) = (row.key.to_string(), row.key.page());
        let department = row.department.short_name();
        let or_nobody = |name: Option<String>| name.unwrap_or_else(|| "nobody".to_owned());
        Self {
            review: row.review,
            href: format!("{page}#dr-{}", row.review),
            is_rate: row.key.is_rate(),
            state_name: row.state_name,
            programs: programs_in_words(Some(&row.programs.0), Some(&row.programs.1)),
            department: row.department,
            tag: row.status.tag(row.package, row.decided_revision),
            explain: format!("{page}/history?explain={}&review={department}", row.status.as_str()),
            title: format!("{department} review of {key}"),
            primary: or_nobody(row.primary),
            secondary: or_nobody(row.secondary),
            followers: if row.followers.is_empty() { "nobody".to_owned() } else { row.followers.join(", ") },
            days: days_since(row.since, today),
            start: row.starts_on.map(|date| (date, start_in_words(date, today))),
            first_sent: Moment(row.first_sent),
            name: row.name,
            key,
        }
    }
}

/// The headings of the list as a file.
pub const HEADINGS: [&str; 13] = [
    "Subject",
    "Kind",
    "Name",
    "State",
    "Programs",
    "Department",
    "Status",
    "Primary",
    "Secondary",
    "Follows the state",
    "Days in status",
    "Effective from",
    "First sent",
];

/// A row under those headings.
pub fn cells(row: Row, today: Date) -> [Cell; 13] {
    let days = days_between(eastern_date(row.since), today);
    let starts_on = row.starts_on.map(date_in_words);
    let row = ListRow::of(row, today);
    [
        row.key.into(),
        if row.is_rate { "Rate" } else { "Contract" }.into(),
        row.name.into(),
        row.state_name.into(),
        row.programs.into(),
        row.department.short_name().into(),
        row.tag.label.into(),
        row.primary.into(),
        row.secondary.into(),
        row.followers.into(),
        days.into(),
        starts_on.into(),
        row.first_sent.into(),
    ]
}
