//! Queries that were kept under names, read again for whoever looks at them: what they ask for and how much that is.

use actix_web::HttpResponse;
use sqlx::PgConnection;
use time::Date;

use super::frame::{chips, counted};
use super::sql::counts;
use super::{Choices, List, ListQuery, Reader, SortBy, asked, column};
use crate::domain::permission::Person;
use crate::web::paging::{DEFAULT_SIZE, Position};
use crate::web::{Error, Result, SignedIn};

/// A query that was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The list with it.
    pub href: String,
    /// What it asks for, in words.
    pub words: Vec<String>,
    /// How many rows the list shows with it: `1 submission`; none when it asks for what the list does not have.
    pub count: Option<String>,
    /// What the list does not have.
    pub unknown: Vec<String>,
}

/// Reads kept queries of a list for a person, and counts what each shows with one statement.
///
/// # Errors
/// When the database fails.
pub async fn kept<L: List>(
    conn: &mut PgConnection,
    person: &Person,
    today: Date,
    queries: &[&str],
) -> sqlx::Result<Vec<Kept>> {
    let choices = Choices::read::<L>(conn, person, None).await?;
    let reader = Reader::of(person, &choices, today);
    let read: Vec<_> = queries.iter().map(|raw| ListQuery::<L>::read(raw, reader.side, &choices)).collect();
    let possible: Vec<ListQuery<L>> = read.iter().filter_map(|read| read.as_ref().ok().cloned()).collect();
    let mut totals = counts(conn, reader, &possible).await?.into_iter();
    let known = read.into_iter().zip(queries).map(|(read, raw)| {
        let href = format!("{}?{raw}", L::PATH);
        match read {
            Ok(query) => Kept {
                href,
                words: in_words(&query, reader),
                count: totals.next().map(|total| counted(total, L::THING)),
                unknown: Vec::new(),
            },
            Err(refusal) => {
                Kept { href, words: in_words(&refusal.without, reader), count: None, unknown: refusal.unknown }
            }
        }
    });
    Ok(known.collect())
}

/// A query of a person's as the list writes it, from the first page, to be kept; or the answer to one that asks for what
/// the list does not have.
///
/// # Errors
/// [`Error::Unprocessable`] without any query, and when the database fails.
pub async fn settled<L: List>(
    who: &SignedIn,
    conn: &mut PgConnection,
    raw: &str,
) -> Result<Result<String, HttpResponse>> {
    if raw.is_empty() {
        return Err(Error::unprocessable("The form does not say what the list shows."));
    }
    let asked = asked::<L>(who, conn, raw).await?;
    let settled = asked.map(|asked| asked.query.at(Position::First).in_address(who.person().side()));
    Ok(settled.map_err(|refused| refused.answer))
}

/// The filters and the search, then what else is not as it is when nobody asks for it.
fn in_words<L: List>(query: &ListQuery<L>, reader: Reader<'_>) -> Vec<String> {
    let mut words: Vec<String> = chips(query, reader).into_iter().map(|chip| chip.label).collect();
    if words.is_empty() {
        words.push(format!("All {}s", L::THING));
    }
    if (query.sort, query.descending) != (L::SortBy::DEFAULT, true) {
        words.push(format!("Sorted by {}, {}", query.sort.label(), query.sort.direction(query.descending)));
    }
    if query.columns_named {
        let shown = column::of_side::<L>(reader.side).filter(|column| query.shows(column.name));
        words.push(format!("Columns: {}", shown.map(|column| column.label).collect::<Vec<_>>().join(", ")));
    }
    if query.size != DEFAULT_SIZE {
        words.push(format!("{} rows on a page", query.size));
    }
    words
}
