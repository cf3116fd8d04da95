//! What the list can be sorted by: its words, its name in addresses, and how the database holds the order.

use crate::domain::role::Side;
use crate::web::list::{self as web, Order};

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
    /// The last thing that happened as far as the reader's side may see.
    LastActivity,
    /// The first day of the contract or amendment, as days from today.
    EffectiveFrom,
}

impl web::SortBy for SortBy {
    const DEFAULT: Self = Self::LastActivity;

    fn of_side(side: Side) -> &'static [Self] {
        match side {
            Side::Cms => {
                &[Self::Submission, Self::State, Self::Status, Self::FirstSent, Self::LastActivity, Self::EffectiveFrom]
            }
            Side::State => &[Self::Submission, Self::Status, Self::FirstSent, Self::LastActivity],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::State => "state",
            Self::Status => "status",
            Self::FirstSent => "first-sent",
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
            Self::LastActivity => "Last activity",
            Self::EffectiveFrom => "Days to effective date",
        }
    }

    fn descending_at_first(self) -> bool {
        matches!(self, Self::FirstSent | Self::LastActivity)
    }

    fn direction(self, descending: bool) -> &'static str {
        match (self, descending) {
            (Self::Submission | Self::State, false) => "A to Z",
            (Self::Submission | Self::State, true) => "Z to A",
            (Self::Status, false) => "earliest step first",
            (Self::Status, true) => "latest step first",
            (Self::FirstSent | Self::LastActivity, false) => "oldest first",
            (Self::FirstSent | Self::LastActivity, true) => "newest first",
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
            (Self::LastActivity, Side::Cms) => Order::Moment { column: "last_activity_cms_at", blanks: false },
            (Self::LastActivity, Side::State) => Order::Moment { column: "last_activity_state_at", blanks: false },
            (Self::EffectiveFrom, _) => Order::Day { column: "effective_from" },
        }
    }
}
