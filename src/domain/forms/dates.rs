//! Dates as people type them (MM/DD/YYYY) and as they are stored (YYYY-MM-DD). A typed date has no zone.

use std::ops::RangeInclusive;

use time::{Date, Month};

/// Dates in stored documents: `YYYY-MM-DD` and nothing else, so that what is read is written as it was.
pub(super) mod stored {
    /// A date or null.
    pub(in crate::domain::forms) mod option {
        use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
        use time::Date;

        use crate::domain::forms::dates::{parse_date, store_date};

        pub(in crate::domain::forms) fn serialize<S: Serializer>(
            date: &Option<Date>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            date.map(store_date).serialize(serializer)
        }

        pub(in crate::domain::forms) fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<Date>, D::Error> {
            let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
            let date = parse_date(&text).filter(|date| store_date(*date) == text);
            date.map(Some).ok_or_else(|| de::Error::custom(format!("{text:?} is not a date as YYYY-MM-DD")))
        }
    }
}

/// The years that a form accepts.
const YEARS: RangeInclusive<i32> = 1965..=2099;

/// Reads `M/D/YYYY`, `MM/DD/YYYY` or `YYYY-MM-DD`. Anything else is none, and so is a day that does not exist or a
/// year outside 1965 to 2099.
pub fn parse_date(text: &str) -> Option<Date> {
    let (year, month, day) = if text.contains('/') {
        let [month, day, year] = three(text, '/')?;
        (year, number(month, 1..=2)?, number(day, 1..=2)?)
    } else {
        let [year, month, day] = three(text, '-')?;
        (year, number(month, 2..=2)?, number(day, 2..=2)?)
    };
    let year = i32::from(number(year, 4..=4)?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let day = u8::try_from(day).ok()?;
    YEARS.contains(&year).then(|| Date::from_calendar_date(year, month, day).ok()).flatten()
}

fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    text.split(separator).collect::<Vec<_>>().try_into().ok()
}

/// A number of so many ASCII digits; `parse` alone would let a sign through.
fn number(text: &str, length: RangeInclusive<usize>) -> Option<u16> {
    let digits = length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The date as shown: `MM/DD/YYYY`.
pub fn show_date(date: Date) -> String {
    crate::domain::clock::date_in_words(date)
}

/// The date as stored: `YYYY-MM-DD`.
pub(super) fn store_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn dates_are_read_in_three_ways_and_shown_in_one() {
        for text in ["7/1/2026", "07/01/2026", "2026-07-01"] {
            assert_eq!(parse_date(text), Some(date!(2026 - 07 - 01)), "{text}");
        }
        assert_eq!(parse_date("2/29/2028"), Some(date!(2028 - 02 - 29)));
        assert_eq!(show_date(date!(2026 - 07 - 01)), "07/01/2026");
        assert_eq!(store_date(date!(2026 - 07 - 01)), "2026-07-01");
    }

    #[test]
    fn what_is_no_day_of_the_years_1965_to_2099_is_no_date() {
        let bad = [
            "02/29/2027",
            "13/01/2026",
            "07-01-2026",
            "07/2026",
            "07/01/26",
            "2026-7-01",
            "2026-07-1",
            "+7/01/2026",
            "7/ 1/2026",
            "00/10/2026",
            "1/0/2026",
            "07/01/02026",
            "007/01/2026",
            "12/31/1964",
            "01/01/2100",
            "2026/07/01",
            "7/1/2026/",
            "July 1, 2026",
            "\u{661}/1/2026",
        ];
        for text in bad {
            assert_eq!(parse_date(text), None, "{text}");
        }
        assert_eq!(parse_date("01/01/1965"), Some(date!(1965 - 01 - 01)));
        assert_eq!(parse_date("12/31/2099"), Some(date!(2099 - 12 - 31)));
    }
}
