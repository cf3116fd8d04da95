//! What the list can be sorted by: its words, its name in addresses, and how the database holds the order.

use crate::domain::role::Side;
use crate::web::list::{self as web, Order};

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
    /// When the first version was sent.
    FirstSent,
    /// The last thing that happened as far as the reader's side may see.
    LastActivity,
}

impl web::SortBy for SortBy {
    const DEFAULT: Self = Self::LastActivity;

    fn of_side(side: Side) -> &'static [Self] {
        use SortBy::{FirstSent, LastActivity, Rate, RatingFrom, RatingTo, State, Status};
        match side {
            Side::Cms => &[Rate, State, RatingFrom, RatingTo, Status, FirstSent, LastActivity],
            Side::State => &[Rate, RatingFrom, RatingTo, Status, FirstSent, LastActivity],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::State => "state",
            Self::RatingFrom => "rating-from",
            Self::RatingTo => "rating-to",
            Self::Status => "status",
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
            (Self::RatingFrom | Self::RatingTo, false) => "earliest first",
            (Self::RatingFrom | Self::RatingTo, true) => "latest first",
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
            (Self::FirstSent, _) => Order::Moment { column: "first_submitted_at", blanks: false },
            (Self::LastActivity, Side::Cms) => Order::Moment { column: "last_activity_cms_at", blanks: false },
            (Self::LastActivity, Side::State) => Order::Moment { column: "last_activity_state_at", blanks: false },
        }
    }
}
