//! Cells of tables that leave the product as files: text, or a number that a spreadsheet can count with.

use std::borrow::Cow;

use crate::domain::clock::Moment;

/// A cell of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text, whatever it looks like.
    Text(String),
    /// A number: digits and a sign, without separators or units.
    Number(i64),
}

impl Cell {
    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_empty())
    }

    /// As comma-separated values have it: text that a spreadsheet would take for a formula begins with an apostrophe, which
    /// makes it text. A workbook has it too, so that text stays text where somebody saves a sheet as such.
    pub fn plain(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}").into(),
            Self::Text(text) => text.into(),
            Self::Number(number) => number.to_string().into(),
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Cow<'_, str>> for Cell {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Moment> for Cell {
    /// In the time of the pages, so that the day is the same in both.
    fn from(at: Moment) -> Self {
        Self::Text(at.eastern())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or_else(|| Self::Text(String::new()), Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn numbers_stay_numbers_and_no_text_is_a_formula() {
        let plain = |cell: Cell| cell.plain().into_owned();
        assert_eq!(plain(Cell::from(-1)), "-1");
        assert_eq!(plain(Cell::from(1_234_567)), "1234567");
        assert_eq!(plain(Cell::from("-1")), "'-1");
        assert_eq!(plain(Cell::from(None::<i64>)), "");
        assert_eq!(plain(Cell::from(Moment(datetime!(2026-12-01 00:14 UTC)))), "2026-11-30T19:14:00-05:00");
    }
}
