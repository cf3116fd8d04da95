//! What the list can be sorted by: its words, its name in addresses, and how the database holds the order.

use time::{Date, OffsetDateTime};

use crate::domain::lifecycle::ContractReviewStatus;
use crate::domain::role::Side;
use crate::web::paging::Cursor;

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

/// How the rows of a sort lie in the database. Ties are always by key, and blanks last in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By key alone.
    Key,
    /// By the name of the state, which is a rank of each state.
    StateName,
    /// By status, which is a rank of each status.
    Status,
    /// By a column that holds a moment.
    Moment {
        /// The column.
        column: &'static str,
        /// Whether it can be blank.
        blanks: bool,
    },
    /// By a column that holds a day and can be blank.
    Day {
        /// The column.
        column: &'static str,
    },
}

/// A value of a sorted column, as the database compares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of [`Order::Moment`].
    Moment(OffsetDateTime),
    /// Of [`Order::Day`].
    Day(Date),
}

impl SortBy {
    /// Those that a side has, in the order of the columns.
    pub fn of_side(side: Side) -> &'static [Self] {
        match side {
            Side::Cms => {
                &[Self::Submission, Self::State, Self::Status, Self::FirstSent, Self::LastActivity, Self::EffectiveFrom]
            }
            Side::State => &[Self::Submission, Self::Status, Self::FirstSent, Self::LastActivity],
        }
    }

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::State => "state",
            Self::Status => "status",
            Self::FirstSent => "first-sent",
            Self::LastActivity => "last-activity",
            Self::EffectiveFrom => "effective-from",
        }
    }

    /// The header of its column.
    pub fn label(self) -> &'static str {
        match self {
            Self::Submission => "Submission",
            Self::State => "State",
            Self::Status => "Status",
            Self::FirstSent => "First sent",
            Self::LastActivity => "Last activity",
            Self::EffectiveFrom => "Days to effective date",
        }
    }

    /// Whether a first press of the header puts the highest value first: of what happened, the newest matters.
    pub fn descending_at_first(self) -> bool {
        matches!(self, Self::FirstSent | Self::LastActivity)
    }

    /// The direction in words.
    pub fn direction(self, descending: bool) -> &'static str {
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

    /// How the rows lie in the database for a side.
    pub fn order(self, side: Side) -> Order {
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

impl Order {
    /// The column that holds the value, where a value and not a rank is compared.
    pub fn column(self) -> Option<&'static str> {
        match self {
            Self::Moment { column, .. } | Self::Day { column } => Some(column),
            Self::Key | Self::StateName | Self::Status => None,
        }
    }

    /// Whether rows without a value exist.
    pub fn blanks(self) -> bool {
        matches!(self, Self::Moment { blanks: true, .. } | Self::Day { .. })
    }

    /// The value that a cursor holds; none where it is blank or the order has no values.
    pub fn value(self, cursor: &Cursor) -> Option<Value> {
        match self {
            Self::Moment { .. } => cursor.value.and_then(moment).map(Value::Moment),
            Self::Day { .. } => cursor.value.and_then(day).map(Value::Day),
            Self::Key | Self::StateName | Self::Status => None,
        }
    }

    /// Whether a cursor can be one of this order.
    pub fn accepts(self, cursor: &Cursor) -> bool {
        match (self, cursor.value) {
            (Self::Key | Self::StateName, value) => value.is_none(),
            (Self::Status, value) => value.is_some_and(|n| (0..ContractReviewStatus::ALL.len() as i64).contains(&n)),
            (_, None) => self.blanks(),
            (_, Some(_)) => self.value(cursor).is_some(),
        }
    }
}

/// A moment as the number in a cursor: microseconds since 1970, as exact as the database is.
pub fn moment_number(at: OffsetDateTime) -> i64 {
    (at.unix_timestamp_nanos() / 1000) as i64
}

fn moment(number: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(number) * 1000).ok()
}

/// A day as the number in a cursor.
pub fn day_number(date: Date) -> i64 {
    date.to_julian_day().into()
}

fn day(number: i64) -> Option<Date> {
    Date::from_julian_day(number.try_into().ok()?).ok()
}
