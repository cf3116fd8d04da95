//! Paging by key: a page is found by the row that it follows or precedes, so page 1000 costs what page 1 costs, and
//! no row that did not move is repeated or skipped.

use std::fmt;
use std::str::FromStr;

use time::{Date, OffsetDateTime};

/// How many rows a page may have.
pub const SIZES: [usize; 3] = [25, 50, 100];
/// How many it has if nobody asks.
pub const DEFAULT_SIZE: usize = 50;
/// What there is not where an address asks for a page that no list has.
pub const NO_SUCH_PAGE: &str = "page at that place";

/// The place of a row in an order: the value it is sorted by, as a number (none: blank, or sorted by key alone), and
/// its key. How it is written is nobody's business but this module's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor<Key> {
    /// What the row is sorted by.
    pub value: Option<i64>,
    /// What ties are sorted by.
    pub key: Key,
}

impl<Key: fmt::Display> fmt::Display for Cursor<Key> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            Some(value) => write!(f, "{value}.{}", self.key),
            None => write!(f, "{}", self.key),
        }
    }
}

/// The text is no cursor.
#[derive(Debug, PartialEq, Eq)]
pub struct NotACursor;

impl<Key: FromStr> FromStr for Cursor<Key> {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (value, key) = match text.split_once('.') {
            Some((value, key)) => (Some(value.parse().map_err(|_| NotACursor)?), key),
            None => (None, text),
        };
        Ok(Self { value, key: key.parse().map_err(|_| NotACursor)? })
    }
}

/// A moment as the number in a cursor: microseconds since 1970, as exact as the database is.
pub fn moment_number(at: OffsetDateTime) -> i64 {
    (at.unix_timestamp_nanos() / 1000) as i64
}

/// The moment of such a number; none for one before our era, which no list has.
pub fn moment(number: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(number) * 1000).ok().filter(|at| at.year() > 0)
}

/// A day as the number in a cursor.
pub fn day_number(date: Date) -> i64 {
    date.to_julian_day().into()
}

/// The day of such a number; none for one before our era, which no list has.
pub fn day(number: i64) -> Option<Date> {
    Date::from_julian_day(number.try_into().ok()?).ok().filter(|date| date.year() > 0)
}

/// Which page is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Position<Key> {
    /// The first.
    #[default]
    First,
    /// The one that begins after this row.
    After(Cursor<Key>),
    /// The one that ends before this row.
    Before(Cursor<Key>),
}

impl<Key> Position<Key> {
    /// The row that the page follows or precedes.
    pub fn cursor(&self) -> Option<&Cursor<Key>> {
        match self {
            Self::First => None,
            Self::After(cursor) | Self::Before(cursor) => Some(cursor),
        }
    }

    /// Whether the rows are read from the cursor towards the beginning.
    pub fn backward(&self) -> bool {
        matches!(self, Self::Before(_))
    }

    /// As the address has it; nothing for the first.
    pub fn pair(&self) -> Option<(&'static str, String)>
    where
        Key: fmt::Display,
    {
        let name = if self.backward() { "before" } else { "after" };
        self.cursor().map(|cursor| (name, cursor.to_string()))
    }
}

/// A page of rows in the order of the list, and the places of its neighbours.
#[derive(Debug)]
pub struct Page<Row, Key> {
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether this is not the first page.
    pub beyond_first: bool,
    /// The page before.
    pub previous: Option<Position<Key>>,
    /// The page after.
    pub next: Option<Position<Key>>,
}

impl<Row, Key> Page<Row, Key> {
    /// Makes the page of what was read from `position` in reading direction: at most one row more than `size`,
    /// which tells whether there are more.
    pub fn of(mut rows: Vec<Row>, size: usize, position: &Position<Key>, cursor: impl Fn(&Row) -> Cursor<Key>) -> Self {
        let more = rows.len() > size;
        rows.truncate(size);
        let (before, after) = match position {
            Position::First => (false, more),
            Position::After(_) => (true, more),
            Position::Before(_) => {
                rows.reverse();
                (more, true)
            }
        };
        Self {
            beyond_first: before || rows.is_empty() && position.cursor().is_some(),
            previous: rows.first().filter(|_| before).map(|row| Position::Before(cursor(row))),
            next: rows.last().filter(|_| after).map(|row| Position::After(cursor(row))),
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::key::SubmissionKey;

    fn cursor(number: i32) -> Cursor<SubmissionKey> {
        Cursor { value: None, key: SubmissionKey { state_code: "MN".to_owned(), number } }
    }

    fn page(rows: &[i32], position: &Position<SubmissionKey>) -> Page<i32, SubmissionKey> {
        Page::of(rows.to_vec(), 2, position, |number| cursor(*number))
    }

    #[test]
    fn a_cursor_reads_as_it_was_written() {
        for value in [None, Some(0), Some(-20_000), Some(1_796_000_000_123_456)] {
            let written = Cursor { value, ..cursor(12_345) };
            assert_eq!(written.to_string().parse(), Ok(written));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", ".", "x.MN-0005", "5.", "5", "MN", "5.MN-0", "99999999999999999999.MN-0005", "1.2.MN-0005"] {
            assert_eq!(text.parse::<Cursor<SubmissionKey>>(), Err(NotACursor), "{text}");
        }
    }

    #[test]
    fn the_first_page_leads_on_only_when_there_is_more() {
        let all = page(&[1, 2], &Position::First);
        assert_eq!((all.beyond_first, all.previous, all.next), (false, None, None));
        let first = page(&[1, 2, 3], &Position::First);
        assert_eq!(first.rows, [1, 2]);
        assert_eq!((first.previous, first.next), (None, Some(Position::After(cursor(2)))));
    }

    #[test]
    fn a_page_read_backward_stands_in_the_order_of_the_list() {
        let middle = page(&[6, 5, 4], &Position::Before(cursor(7)));
        assert_eq!(middle.rows, [5, 6]);
        assert_eq!(middle.previous, Some(Position::Before(cursor(5))));
        assert_eq!(middle.next, Some(Position::After(cursor(6))));
        let first = page(&[2, 1], &Position::Before(cursor(3)));
        assert_eq!((first.beyond_first, first.previous), (false, None));
    }

    #[test]
    fn a_page_that_has_emptied_leads_back_to_the_first() {
        let gone = page(&[], &Position::After(cursor(9)));
        assert_eq!((gone.beyond_first, gone.previous, gone.next), (true, None, None));
    }
}
