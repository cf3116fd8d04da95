//! How lists of department reviews lie: the orders of `review_standing`, in which what is open, taken or decided is found by
//! an index, and the place of a review in one.

use std::fmt;
use std::str::FromStr;

use sqlx::{Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::domain::key::{Key, NotAKey, SubjectKey};
use crate::domain::role::Department;
use crate::web::paging::{Cursor, Position, day, day_number, moment, moment_number};

/// What ties are sorted by at last.
const KEY: &str = "state_code, number, is_rate, department";

/// How the rows lie. Rows without the day or the decision that they are sorted by come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By the first day of the contract or rating period, and of one day the longest in status first.
    Nearest,
    /// The other way round.
    Latest,
    /// By the moment since which they stand as they do.
    Longest,
    /// The other way round.
    Shortest,
    /// By when the subject was first sent.
    Oldest,
    /// The other way round.
    Newest,
    /// By when they were decided, the newest decision first.
    Decision,
}

/// What a row is sorted by.
#[derive(Clone, Copy, Debug)]
pub struct Sorted {
    /// First day of the contract or rating period.
    pub starts_on: Option<Date>,
    /// Since when it stands as it does.
    pub since: OffsetDateTime,
    /// When the subject was first sent.
    pub first_sent: OffsetDateTime,
    /// When it was decided.
    pub decided_at: Option<OffsetDateTime>,
}

/// The place of a row in an order, beside the number that it is sorted by first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether it lacks what it would be sorted by.
    pub blank: bool,
    /// What it is sorted by next, as a number.
    pub second: i64,
    /// The key of its subject; contracts come before rates.
    pub key: SubjectKey,
    /// Whose review it is.
    pub department: Department,
}

impl Order {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Nearest => "nearest effective date first",
            Self::Latest => "latest effective date first",
            Self::Longest => "longest in status first",
            Self::Shortest => "shortest in status first",
            Self::Oldest => "oldest first",
            Self::Newest => "newest first",
            Self::Decision => "newest decision first",
        }
    }

    fn descending(self) -> bool {
        matches!(self, Self::Latest | Self::Shortest | Self::Newest | Self::Decision)
    }

    /// What it sorts by before the key, as the indexes have it.
    fn by(self) -> &'static [&'static str] {
        match self {
            Self::Nearest => &["coalesce(starts_on, 'infinity')", "status_since"],
            Self::Latest => &["coalesce(starts_on, '-infinity')", "status_since"],
            Self::Longest | Self::Shortest => &["status_since"],
            Self::Oldest | Self::Newest => &["first_sent_at"],
            Self::Decision => &["coalesce(decided_at, '-infinity')"],
        }
    }

    /// The place of a row.
    pub fn cursor(self, row: Sorted, key: SubjectKey, department: Department) -> Cursor<Place> {
        let (value, second) = match self {
            Self::Nearest | Self::Latest => (row.starts_on.map(day_number), moment_number(row.since)),
            Self::Longest | Self::Shortest => (Some(moment_number(row.since)), 0),
            Self::Oldest | Self::Newest => (Some(moment_number(row.first_sent)), 0),
            Self::Decision => (row.decided_at.map(moment_number), 0),
        };
        let place = Place { blank: value.is_none(), second, key, department };
        Cursor { value: Some(value.unwrap_or_default()), key: place }
    }

    /// Adds that rows lie beyond the row that a page follows or precedes, after ` where` or ` and`.
    pub fn push_beyond(self, sql: &mut QueryBuilder<Postgres>, position: &Position<Place>) {
        let Some(Cursor { value, key: place }) = position.cursor() else {
            sql.push(" true");
            return;
        };
        let beyond = if self.descending() == position.backward() { '>' } else { '<' };
        sql.push(format_args!(" ({}, {KEY}) {beyond} (", self.by().join(", ")));
        let value = value.filter(|_| !place.blank);
        match self {
            Self::Nearest | Self::Latest => {
                push_limit(sql, value.map(day), self.blank());
                sql.push(", ");
                push_limit(sql, Some(moment(place.second)), self.blank());
            }
            _ => push_limit(sql, value.map(moment), self.blank()),
        }
        sql.push(", ").push_bind(place.key.state_code().to_owned()).push(", ").push_bind(place.key.number());
        sql.push(", ").push_bind(place.key.is_rate()).push(", ").push_bind(place.department).push(")");
    }

    /// Adds the order in which a page is read.
    pub fn push_order(self, sql: &mut QueryBuilder<Postgres>, position: &Position<Place>) {
        let direction = if self.descending() == position.backward() { "asc" } else { "desc" };
        let columns = self.by().iter().copied().chain(KEY.split(", "));
        let columns: Vec<String> = columns.map(|column| format!("{column} {direction}")).collect();
        sql.push(format_args!(" order by {}", columns.join(", ")));
    }

    /// What stands for what a row lacks.
    fn blank(self) -> &'static str {
        if self.descending() { "'-infinity'" } else { "'infinity'" }
    }
}

/// Adds that a row of `review_standing` is about one of these programs, as a further condition.
pub fn push_programs(sql: &mut QueryBuilder<Postgres>, programs: &[Uuid]) {
    sql.push(
        " and exists (select from contract_review_program p where not is_rate and p.contract_review_id = subject_id and p.program_id = any(",
    );
    sql.push_bind(programs.to_vec());
    sql.push(
        ") union all select from rate_review_program p where p.rate_review_id = subject_id and p.program_id = any(",
    );
    sql.push_bind(programs.to_vec()).push("))");
}

/// Adds a value to compare with: one that is lacking, or that no database has, lies at the end.
fn push_limit<T>(sql: &mut QueryBuilder<Postgres>, value: Option<Option<T>>, blank: &str)
where
    T: for<'q> sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres>,
{
    match value.flatten() {
        Some(value) => sql.push_bind(value),
        None => sql.push(blank),
    };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.{}", u8::from(self.blank), self.second, self.key, self.department.short_name())
    }
}

impl FromStr for Place {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let parts: Vec<&str> = text.split('.').collect();
        let &[blank @ ("0" | "1"), second, key, of] = parts.as_slice() else { return Err(NotAKey) };
        let second = second.parse().map_err(|_| NotAKey)?;
        let department = Department::ALL.into_iter().find(|one| one.short_name() == of).ok_or(NotAKey)?;
        Ok(Self { blank: blank == "1", second, key: key.parse()?, department })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    const ROW: Sorted = Sorted {
        starts_on: Some(date!(2027 - 01 - 01)),
        since: datetime!(2026-11-10 15:00 UTC),
        first_sent: datetime!(2026-10-01 15:00 UTC),
        decided_at: None,
    };

    fn cursor(order: Order) -> Cursor<Place> {
        order.cursor(ROW, SubjectKey::new(true, "MN".to_owned(), 5), Department::Oact)
    }

    fn beyond(order: Order, position: &Position<Place>) -> String {
        let mut sql = QueryBuilder::new("");
        order.push_beyond(&mut sql, position);
        sql.into_string()
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        for order in [Order::Nearest, Order::Longest, Order::Newest, Order::Decision] {
            let written = cursor(order);
            assert_eq!(written.to_string().parse(), Ok(written));
        }
        for text in
            ["", "5", "0.1.MN-5", "2.1.MN-5.DMCO", "0.1.MN-X5.DMCO", "0.x.MN-5.DMCO", "0.1.MN-5.CMS", "0.1.MN-5.c.DMCO"]
        {
            assert_eq!(text.parse::<Place>(), Err(NotAKey), "{text}");
        }
    }

    #[test]
    fn a_page_lies_beyond_the_row_that_it_follows_or_precedes() {
        let key = "state_code, number, is_rate, department";
        assert_eq!(beyond(Order::Longest, &Position::First), " true");
        assert_eq!(
            beyond(Order::Nearest, &Position::After(cursor(Order::Nearest))),
            format!(" (coalesce(starts_on, 'infinity'), status_since, {key}) > ($1, $2, $3, $4, $5, $6)")
        );
        assert_eq!(
            beyond(Order::Decision, &Position::After(cursor(Order::Decision))),
            format!(" (coalesce(decided_at, '-infinity'), {key}) < ('-infinity', $1, $2, $3, $4)"),
            "what nobody decided comes last"
        );
        assert!(beyond(Order::Shortest, &Position::Before(cursor(Order::Shortest))).contains(" > "));
        let mut sql = QueryBuilder::new("");
        Order::Longest.push_order(&mut sql, &Position::Before(cursor(Order::Longest)));
        assert!(sql.into_string().starts_with(" order by status_since desc, state_code desc, "));
    }

    #[test]
    fn numbers_that_no_database_has_lie_at_the_end() {
        let mut far = cursor(Order::Longest);
        far.value = Some(i64::MAX);
        assert!(beyond(Order::Longest, &Position::After(far)).contains("> ('infinity', "));
    }
}
