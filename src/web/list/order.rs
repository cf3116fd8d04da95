//! How the rows of a sort lie in the database, and the values that it compares.

use time::{Date, OffsetDateTime};

use crate::web::paging::{Cursor, day, moment};

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
    pub fn value<Key>(self, cursor: &Cursor<Key>) -> Option<Value> {
        match self {
            Self::Moment { .. } => cursor.value.and_then(moment).map(Value::Moment),
            Self::Day { .. } => cursor.value.and_then(day).map(Value::Day),
            Self::Key | Self::StateName | Self::Status => None,
        }
    }

    /// Whether a cursor can be one of this order, in a list of so many statuses.
    pub fn accepts<Key>(self, cursor: &Cursor<Key>, statuses: usize) -> bool {
        match (self, cursor.value) {
            (Self::Key | Self::StateName, value) => value.is_none(),
            (Self::Status, value) => value.is_some_and(|n| (0..statuses as i64).contains(&n)),
            (_, None) => self.blanks(),
            (_, Some(_)) => self.value(cursor).is_some(),
        }
    }
}
