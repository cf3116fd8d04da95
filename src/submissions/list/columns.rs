//! The columns of the list and what it can be sorted by: words, names in addresses, and how the database holds the order.

use crate::domain::role::Side;
use crate::web::list::{self as web, Column, Order, QUESTIONS, Shown};

/// A column that the list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// State and number.
    Submission,
    /// The name of the state.
    State,
    /// The status, in order of life.
    Status,
    /// When the first version was sent.
    FirstSent,
    /// When the latest version was sent.
    LastSent,
    /// The last thing that happened as far as the reader's side may see.
    LastActivity,
    /// The first day of the contract or amendment.
    EffectiveFrom,
}

/// What a file has of the departments, as [`Department::ALL`] has them: their statuses, then how many reviews each has and how
/// many of these are signed off on the current version.
const DEPARTMENTS: [&str; 9] = [
    "DMCO",
    "DMCP",
    "OACT",
    "DMCO reviews",
    "DMCO signed off",
    "DMCP reviews",
    "DMCP signed off",
    "OACT reviews",
    "OACT signed off",
];
const PRIMARIES: [&str; 3] = ["DMCO primary reviewer", "DMCP primary reviewers", "OACT primary reviewers"];

/// Every column, in order.
pub const COLUMNS: &[Column<SortBy>] = {
    use Shown::{Always, Chosen, Never, Usually};
    use SortBy as By;
    &[
        Column::new("submission", "Submission", Always, Always, Some(By::Submission)).in_files(&["Submission", "Name"]),
        Column::new("state", "State", Usually, Never, Some(By::State)),
        Column::new("kind", "Kind", Usually, Usually, None),
        Column::new("action", "Contract action", Chosen, Chosen, None),
        Column::new("type", "Submission type", Usually, Chosen, None),
        Column::new("programs", "Programs", Usually, Usually, None),
        Column::new("population", "Population", Chosen, Chosen, None),
        Column::new("status", "Status", Usually, Usually, Some(By::Status)),
        Column::new("turn", "Turn", Usually, Usually, None),
        Column::new("questions", "Questions", Usually, Usually, None).in_files(&QUESTIONS),
        Column::new("departments", "Departments", Usually, Never, None).in_files(&DEPARTMENTS),
        Column::new("primaries", "Primary reviewers", Chosen, Never, None).in_files(&PRIMARIES),
        Column::new("version", "Version", Chosen, Chosen, None),
        Column::new("first-sent", "First sent", Usually, Usually, Some(By::FirstSent)),
        Column::new("last-sent", "Last sent", Chosen, Chosen, Some(By::LastSent)),
        Column::new("last-activity", "Last activity", Usually, Usually, Some(By::LastActivity)),
        Column::new("effective", "Effective from", Chosen, Chosen, Some(By::EffectiveFrom)),
        Column::new("days", "Days to effective date", Usually, Never, Some(By::EffectiveFrom)),
        Column::new("rates", "Rates", Chosen, Chosen, None),
        Column::new("dsnp", "D-SNP", Chosen, Chosen, None),
        Column::new("execution", "Contract status", Chosen, Chosen, None),
        Column::new("mccrs", "MC-CRS number", Chosen, Never, None),
    ]
};

impl web::SortBy for SortBy {
    const DEFAULT: Self = Self::LastActivity;

    fn name(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::State => "state",
            Self::Status => "status",
            Self::FirstSent => "first-sent",
            Self::LastSent => "last-sent",
            Self::LastActivity => "last-activity",
            Self::EffectiveFrom => "effective-from",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Submission => "Submission",
            Self::State => "State",
            Self::Status => "Status",
            Self::FirstSent => "First sent",
            Self::LastSent => "Last sent",
            Self::LastActivity => "Last activity",
            Self::EffectiveFrom => "Effective date",
        }
    }

    fn descending_at_first(self) -> bool {
        matches!(self, Self::FirstSent | Self::LastSent | Self::LastActivity)
    }

    fn direction(self, descending: bool) -> &'static str {
        match (self, descending) {
            (Self::Submission | Self::State, false) => "A to Z",
            (Self::Submission | Self::State, true) => "Z to A",
            (Self::Status, false) => "earliest step first",
            (Self::Status, true) => "latest step first",
            (Self::FirstSent | Self::LastSent | Self::LastActivity, false) => "oldest first",
            (Self::FirstSent | Self::LastSent | Self::LastActivity, true) => "newest first",
            (Self::EffectiveFrom, false) => "earliest first",
            (Self::EffectiveFrom, true) => "latest first",
        }
    }

    fn order(self, side: Side) -> Order {
        match (self, side) {
            (Self::Submission, _) => Order::Key,
            (Self::State, _) => Order::StateName,
            (Self::Status, _) => Order::Status,
            (Self::FirstSent, _) => Order::Moment { column: "first_submitted_at", blanks: side == Side::State },
            (Self::LastSent, _) => Order::Moment { column: "last_submitted_at", blanks: side == Side::State },
            (Self::LastActivity, Side::Cms) => Order::Moment { column: "last_activity_cms_at", blanks: false },
            (Self::LastActivity, Side::State) => Order::Moment { column: "last_activity_state_at", blanks: false },
            (Self::EffectiveFrom, _) => Order::Day { column: "effective_from" },
        }
    }
}
