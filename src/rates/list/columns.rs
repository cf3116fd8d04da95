//! The columns of the list and what it can be sorted by: words, names in addresses, and how the database holds the order.

use crate::domain::role::Side;
use crate::web::list::{self as web, Column, Order, QUESTIONS, Shown};

/// A column that the list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortBy {
    /// State and number.
    Rate,
    /// The name of the state.
    State,
    /// The first day of the rating period.
    RatingFrom,
    /// The last day of the rating period.
    RatingTo,
    /// The status, in order of life.
    Status,
    /// The day on which the actuaries certified it.
    Certified,
    /// The first day of the amendment.
    AmendmentFrom,
    /// When the first version was sent.
    FirstSent,
    /// The last thing that happened as far as the reader's side may see.
    LastActivity,
}

/// What a file has of the primary reviewers.
const PRIMARIES: [&str; 2] = ["DMCP primary reviewer", "OACT primary reviewer"];

/// Every column, in order.
pub const COLUMNS: &[Column<SortBy>] = {
    use Shown::{Always, Chosen, Never, Usually};
    use SortBy as By;
    &[
        Column::new("rate", "Rate", Always, Always, Some(By::Rate)).in_files(&["Rate", "Name"]),
        Column::new("state", "State", Usually, Never, Some(By::State)),
        Column::new("programs", "Programs", Usually, Usually, None),
        Column::new("type", "Type", Usually, Usually, None),
        Column::new("rating-from", "Rating period from", Usually, Usually, Some(By::RatingFrom)),
        Column::new("rating-to", "Rating period to", Usually, Usually, Some(By::RatingTo)),
        Column::new("days", "Days to rating period", Chosen, Never, Some(By::RatingFrom)),
        Column::new("submission", "Submission", Usually, Usually, None),
        Column::new("also", "Also in", Chosen, Chosen, None),
        Column::new("status", "Status", Usually, Usually, Some(By::Status)),
        Column::new("dmcp", "DMCP", Usually, Never, None),
        Column::new("oact", "OACT", Usually, Never, None),
        Column::new("primaries", "Primary reviewers", Chosen, Never, None).in_files(&PRIMARIES),
        Column::new("questions", "Questions", Usually, Usually, None).in_files(&QUESTIONS),
        Column::new("certified", "Certified", Chosen, Chosen, Some(By::Certified)),
        Column::new("amendment", "Amendment effective from", Chosen, Chosen, Some(By::AmendmentFrom)),
        Column::new("capitation", "Capitation", Chosen, Chosen, None),
        Column::new("firm", "Actuarial firm", Chosen, Chosen, None),
        Column::new("version", "Version", Chosen, Chosen, None),
        Column::new("first-sent", "First sent", Usually, Usually, Some(By::FirstSent)),
        Column::new("last-activity", "Last activity", Usually, Usually, Some(By::LastActivity)),
    ]
};

impl web::SortBy for SortBy {
    const DEFAULT: Self = Self::LastActivity;

    fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::State => "state",
            Self::RatingFrom => "rating-from",
            Self::RatingTo => "rating-to",
            Self::Status => "status",
            Self::Certified => "certified",
            Self::AmendmentFrom => "amendment",
            Self::FirstSent => "first-sent",
            Self::LastActivity => "last-activity",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Rate => "Rate",
            Self::State => "State",
            Self::RatingFrom => "Rating period from",
            Self::RatingTo => "Rating period to",
            Self::Status => "Status",
            Self::Certified => "Certified",
            Self::AmendmentFrom => "Amendment effective from",
            Self::FirstSent => "First sent",
            Self::LastActivity => "Last activity",
        }
    }

    fn descending_at_first(self) -> bool {
        matches!(self, Self::FirstSent | Self::LastActivity)
    }

    fn direction(self, descending: bool) -> &'static str {
        match (self, descending) {
            (Self::Rate | Self::State, false) => "A to Z",
            (Self::Rate | Self::State, true) => "Z to A",
            (Self::RatingFrom | Self::RatingTo | Self::Certified | Self::AmendmentFrom, false) => "earliest first",
            (Self::RatingFrom | Self::RatingTo | Self::Certified | Self::AmendmentFrom, true) => "latest first",
            (Self::Status, false) => "earliest step first",
            (Self::Status, true) => "latest step first",
            (Self::FirstSent | Self::LastActivity, false) => "oldest first",
            (Self::FirstSent | Self::LastActivity, true) => "newest first",
        }
    }

    fn order(self, side: Side) -> Order {
        match (self, side) {
            (Self::Rate, _) => Order::Key,
            (Self::State, _) => Order::StateName,
            (Self::RatingFrom, _) => Order::Day { column: "rating_from" },
            (Self::RatingTo, _) => Order::Day { column: "rating_to" },
            (Self::Status, _) => Order::Status,
            (Self::Certified, _) => Order::Day { column: "certified_on" },
            (Self::AmendmentFrom, _) => Order::Day { column: "amendment_from" },
            (Self::FirstSent, _) => Order::Moment { column: "first_submitted_at", blanks: false },
            (Self::LastActivity, Side::Cms) => Order::Moment { column: "last_activity_cms_at", blanks: false },
            (Self::LastActivity, Side::State) => Order::Moment { column: "last_activity_state_at", blanks: false },
        }
    }
}
