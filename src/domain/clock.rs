//! Time: the one place that reads the clock, the ids that carry it, and how it is shown in US Eastern.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use jiff::tz::TimeZone;
use time::{Date, OffsetDateTime};
use uuid::{NoContext, Timestamp, Uuid};

static EASTERN: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("America/New_York").expect("the time zone database is compiled in"));

/// The clock of the product. Tests and invented histories set one of their own.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The clock of the machine.
    #[default]
    System,
    /// A clock that stands where it was set; microseconds since 1970, shared by its clones.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is set again.
    pub fn set_to(at: OffsetDateTime) -> Self {
        let clock = Self::Set(Arc::default());
        clock.set(at);
        clock
    }

    /// Moves a set clock; the machine's own clock stays as it is.
    pub fn set(&self, at: OffsetDateTime) {
        if let Self::Set(micros) = self {
            micros.store((at.unix_timestamp_nanos() / 1000) as i64, Ordering::Relaxed);
        }
    }

    /// The present moment in UTC, in whole microseconds as PostgreSQL stores it.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> OffsetDateTime {
        let micros = match self {
            Self::System => OffsetDateTime::now_utc().unix_timestamp_nanos() / 1000,
            Self::Set(micros) => i128::from(micros.load(Ordering::Relaxed)),
        };
        OffsetDateTime::from_unix_timestamp_nanos(micros * 1000).expect("the clock shows a year people live in")
    }

    /// Today's date in US Eastern.
    pub fn today(&self) -> Date {
        eastern_date(self.now())
    }

    /// A new key of version 7, made of this clock's time and randomness.
    pub fn new_id<Id: From<Uuid>>(&self) -> Id {
        let now = self.now();
        Uuid::new_v7(Timestamp::from_unix(NoContext, now.unix_timestamp() as u64, now.nanosecond())).into()
    }
}

/// The date that US Eastern has at a moment.
pub fn eastern_date(at: OffsetDateTime) -> Date {
    let day = zoned(at).date();
    let month = time::Month::try_from(day.month() as u8).expect("months are 1 to 12");
    Date::from_calendar_date(day.year().into(), month, day.day() as u8).expect("a calendar day is one")
}

/// The moment at which US Eastern has this day and this time of day, typed as `2:14 PM`; none when that is no time.
pub fn eastern_moment(day: Date, time_of_day: &str) -> Option<OffsetDateTime> {
    let text = time_of_day.trim().to_ascii_uppercase();
    let text = text.strip_suffix("ET").unwrap_or(&text).trim_end();
    let (clock, afternoon) = match (text.strip_suffix("AM"), text.strip_suffix("PM")) {
        (Some(clock), _) => (clock, 0),
        (_, Some(clock)) => (clock, 12),
        _ => return None,
    };
    let (hour, minute) = clock.trim_end().split_once(':')?;
    let digits = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) || minute.len() != 2 {
        return None;
    }
    let hour: i8 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let minute = minute.parse().ok()?;
    let date =
        jiff::civil::Date::new(i16::try_from(day.year()).ok()?, u8::from(day.month()) as i8, day.day() as i8).ok()?;
    let time = jiff::civil::Time::new(hour % 12 + afternoon, minute, 0, 0).ok()?;
    let zoned = date.to_datetime(time).to_zoned(EASTERN.clone()).ok()?;
    OffsetDateTime::from_unix_timestamp(zoned.timestamp().as_second()).ok()
}

/// The whole calendar days in US Eastern from `from` until `until`; negative when `until` comes first.
pub fn days_between(from: Date, until: Date) -> i64 {
    (until - from).whole_days()
}

/// How many days something has stood, in US Eastern time: "since today", "1 day", "12 days".
pub fn days_since(since: OffsetDateTime, today: Date) -> String {
    match days_between(eastern_date(since), today) {
        0 => "since today".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// How far away a first day is, as a fact without verdict: "Starts in 41 days", "Started 12 days ago".
pub fn start_in_words(start: Date, today: Date) -> String {
    let days = |count: i64| if count == 1 { "1 day".to_owned() } else { format!("{count} days") };
    match days_between(today, start) {
        0 => "Starts today".to_owned(),
        ahead @ 1.. => format!("Starts in {}", days(ahead)),
        behind => format!("Started {} ago", days(-behind)),
    }
}

/// A typed date as people write it: `07/01/2026`.
pub fn date_in_words(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.month() as u8, date.day(), date.year())
}

/// The last hours of the year 9999, which have no time in every zone, are shown as the moment before them.
fn zoned(at: OffsetDateTime) -> jiff::Zoned {
    jiff::Timestamp::from_nanosecond(at.unix_timestamp_nanos())
        .unwrap_or(if at.year() > 0 { jiff::Timestamp::MAX } else { jiff::Timestamp::MIN })
        .to_zoned(EASTERN.clone())
}

/// A moment as pages show it: `11/18/2026 2:14 PM ET`, with the exact value for `<time datetime>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub OffsetDateTime);

impl Moment {
    /// The moment of so many seconds since 1970, which may come from anywhere; none outside the years 1 to 9998, so that it
    /// can be shown in every zone and written everywhere.
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp(seconds).ok().filter(|at| (1..=9998).contains(&at.year())).map(Self)
    }

    /// The value for `<time datetime>`, in UTC and RFC 3339, to the millisecond: HTML takes no more than three digits.
    pub fn exact(&self) -> String {
        let millis = self.0.replace_millisecond(self.0.millisecond()).expect("a millisecond of a moment is one");
        millis.format(&time::format_description::well_known::Rfc3339).expect("four-digit years format")
    }

    /// The value for files, in US Eastern with its offset: `2026-11-30T19:14:00-05:00`. The day is that of the pages.
    pub fn eastern(&self) -> String {
        zoned(self.0).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The time of day alone: `2:14 PM ET`.
    pub fn time_of_day(&self) -> String {
        zoned(self.0).strftime("%-I:%M %p ET").to_string()
    }

    /// The day in US Eastern, short in the year that it is now and else with its own: `11/18`, `11/18/2025`.
    pub fn short_day(&self, today: Date) -> String {
        let day = self.day();
        if eastern_date(self.0).year() == today.year() { day[..5].to_owned() } else { day }
    }

    /// Since when something has lasted, and for how long: `since 11/10/2025 (386 days)`.
    pub fn since(&self, today: Date) -> String {
        let age = match days_between(eastern_date(self.0), today) {
            0 => "today".to_owned(),
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        format!("since {} ({age})", self.short_day(today))
    }

    /// The day alone, in US Eastern: `11/18/2026`.
    pub fn day(&self) -> String {
        date_in_words(eastern_date(self.0))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day(), self.time_of_day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn a_moment_is_shown_in_us_eastern_in_summer_and_winter() {
        assert_eq!(Moment(datetime!(2026-11-18 19:14 UTC)).to_string(), "11/18/2026 2:14 PM ET");
        assert_eq!(Moment(datetime!(2026-07-01 04:05 UTC)).to_string(), "07/01/2026 12:05 AM ET");
        assert_eq!(Moment(datetime!(2026-07-01 04:05 UTC)).exact(), "2026-07-01T04:05:00Z");
        assert_eq!(Moment(datetime!(2026-07-01 04:05:06.123999 UTC)).exact(), "2026-07-01T04:05:06.123Z");
        assert_eq!(Moment(datetime!(2026-07-01 04:05:06.000999 UTC)).exact(), "2026-07-01T04:05:06Z");
    }

    #[test]
    fn html_gets_at_most_three_digits_of_a_second_and_files_get_the_day_of_the_pages() {
        let at = Moment(datetime!(2026-12-01 00:14:00.999_999 UTC));
        assert_eq!((at.exact(), at.eastern()), ("2026-12-01T00:14:00.999Z".into(), "2026-11-30T19:14:00-05:00".into()));
        assert_eq!(Moment(datetime!(2026-07-01 04:05:09.000_4 UTC)).exact(), "2026-07-01T04:05:09Z");
        assert_eq!(Moment(datetime!(2026-07-01 04:05 UTC)).eastern(), "2026-07-01T00:05:00-04:00");
    }

    #[test]
    fn a_day_of_another_year_says_which_and_what_lasts_says_how_long() {
        let today = date!(2026 - 12 - 01);
        let since = |at| Moment(at).since(today);
        assert_eq!(since(datetime!(2025-11-10 15:00 UTC)), "since 11/10/2025 (386 days)");
        assert_eq!(since(datetime!(2026-11-30 15:00 UTC)), "since 11/30 (1 day)");
        assert_eq!(since(datetime!(2026-12-01 15:00 UTC)), "since 12/01 (today)");
        let new_year = Moment(datetime!(2026-01-01 04:59 UTC));
        assert_eq!(new_year.short_day(today), "12/31/2025", "the year is that of US Eastern");
        assert_eq!(new_year.short_day(date!(2025 - 12 - 31)), "12/31");
    }

    #[test]
    fn whatever_seconds_come_they_are_a_moment_that_can_be_shown_or_none() {
        assert_eq!(Moment::of_seconds(1_773_199_800), Some(Moment(datetime!(2026-03-11 03:30 UTC))));
        let years = [-62_135_596_800, 253_370_764_799];
        assert_eq!(years.map(|seconds| Moment::of_seconds(seconds).map(|at| at.0.year())), [Some(1), Some(9998)]);
        for seconds in [i64::MIN, -62_135_596_801, 253_370_764_800, 253_402_300_799, 253_402_300_800, i64::MAX] {
            assert_eq!(Moment::of_seconds(seconds), None, "{seconds}");
        }
        for at in [datetime!(9999-12-31 23:59:59 UTC), datetime!(-9999-01-01 0:00 UTC), datetime!(0001-01-01 0:00 UTC)]
        {
            assert!(!Moment(at).to_string().is_empty() && !Moment(at).eastern().is_empty(), "{at}");
            assert!(!Moment(at).short_day(date!(2026 - 11 - 18)).is_empty(), "{at}");
        }
    }

    #[test]
    fn today_is_the_day_in_us_eastern_not_in_utc() {
        let clock = Clock::set_to(datetime!(2026-03-11 03:30 UTC));
        assert_eq!(clock.today(), date!(2026 - 03 - 10));
    }

    #[test]
    fn a_typed_day_and_time_of_day_are_a_moment_in_us_eastern() {
        let at = |day, time| eastern_moment(day, time);
        assert_eq!(at(date!(2026 - 11 - 18), "2:14 PM"), Some(datetime!(2026-11-18 19:14 UTC)));
        assert_eq!(at(date!(2026 - 07 - 01), "12:05 am ET"), Some(datetime!(2026-07-01 04:05 UTC)));
        assert_eq!(at(date!(2026 - 07 - 01), "12:00pm"), Some(datetime!(2026-07-01 16:00 UTC)));
        for bad in ["", "14:14", "2 PM", "13:00 PM", "0:10 AM", "2:60 PM", "2:1 PM", "+2:10 PM", "2:10:00 PM"] {
            assert_eq!(at(date!(2026 - 07 - 01), bad), None, "{bad}");
        }
        let typed = Moment(datetime!(2026-11-18 19:14 UTC));
        assert_eq!(at(date!(2026 - 11 - 18), &typed.time_of_day()), Some(typed.0));
    }

    #[test]
    fn the_days_to_a_start_are_said_in_words() {
        let today = date!(2026 - 11 - 18);
        assert_eq!(start_in_words(date!(2026 - 12 - 29), today), "Starts in 41 days");
        assert_eq!(start_in_words(date!(2026 - 11 - 19), today), "Starts in 1 day");
        assert_eq!(start_in_words(today, today), "Starts today");
        assert_eq!(start_in_words(date!(2026 - 11 - 17), today), "Started 1 day ago");
        assert_eq!(start_in_words(date!(2026 - 11 - 06), today), "Started 12 days ago");
    }

    #[test]
    fn ids_of_a_later_moment_sort_later() {
        let clock = Clock::set_to(datetime!(2026-03-11 03:30 UTC));
        let first: Uuid = clock.new_id();
        clock.set(datetime!(2026-03-11 03:31 UTC));
        assert!(first < clock.new_id::<Uuid>());
    }
}
