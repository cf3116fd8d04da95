//! What a page of a list says of its search: what was looked for, where it stands in each row, and what there is when
//! nothing matched.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::frame::counted;
use super::sql::{Read, count, exactly};
use super::{List, ListQuery, Reader};
use crate::search::MOST_WORDS;

/// A search, as `macros/list.html` draws it.
#[derive(Debug, Default)]
pub struct Searched {
    /// What was typed.
    pub typed: String,
    /// The sentences above the results: near spellings, and what was left out.
    pub sentences: Vec<String>,
    /// Where nothing matched: how many rows there are without the search, and their address.
    pub without: Option<(String, String)>,
    /// Where nothing matched under the filters: `3 submissions match in other statuses.`, and their address.
    pub elsewhere: Option<(String, String)>,
    /// By row, where the words stand that are not in its key or name.
    found: HashMap<Uuid, String>,
}

impl Searched {
    /// What is said of a page that was read.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of<L: List>(
        conn: &mut PgConnection,
        reader: Reader<'_>,
        read: &Read<L>,
        found: HashMap<Uuid, String>,
    ) -> sqlx::Result<Self> {
        let elsewhere = elsewhere(conn, reader, read).await?;
        let Some(words) = &read.query.words else { return Ok(Self { elsewhere, ..Self::default() }) };
        let near = words.near_spellings();
        let mut sentences = Vec::new();
        if !near.is_empty() {
            sentences.push(format!("Nothing matches “{}”. Shown is what matches {}.", words.asked(), in_words(&near)));
        }
        if words.left_out() {
            sentences.push(format!("Only the first {MOST_WORDS} words were looked for."));
        }
        let mut without = None;
        if read.total == 0 {
            let query = read.query.without_words(reader.side);
            let rows = count(conn, reader, &query).await?;
            without = Some((counted(rows, L::THING), query.href(reader.side)));
        }
        Ok(Self { typed: words.asked().to_owned(), sentences, without, elsewhere, found })
    }

    /// What is said where nothing was looked for.
    pub(super) fn said<L: List>(query: &ListQuery<L>) -> Self {
        let typed = query.words.as_ref().map(|words| words.asked().to_owned()).unwrap_or_default();
        Self { typed, ..Self::default() }
    }

    /// Where in a row the words stand, if not in its key or name.
    pub fn found(&self, row: &Uuid) -> Option<&str> {
        self.found.get(row).map(String::as_str)
    }
}

/// Every word must match, in any of its spellings: `“rate” and (“capitation” or “captain”)`.
fn in_words(near: &[Vec<&str>]) -> String {
    let word = |spellings: &Vec<&str>| {
        let quoted: Vec<String> = spellings.iter().map(|word| format!("“{word}”")).collect();
        if near.len() > 1 && quoted.len() > 1 { format!("({})", quoted.join(" or ")) } else { quoted.join(" or ") }
    };
    near.iter().map(word).collect::<Vec<_>>().join(" and ")
}

/// Of a page without rows: how many rows the same has in other statuses, or else without any filter.
async fn elsewhere<L: List>(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    read: &Read<L>,
) -> sqlx::Result<Option<(String, String)>> {
    let query = &read.query;
    if read.total > 0 || query.only.is_some() {
        return Ok(None);
    }
    let wider = [
        (query.in_all_statuses(), "in other statuses", !query.chosen_statuses(reader.side).is_empty()),
        (query.without_filters(), "without these filters", !query.states.is_empty() || !query.given.is_empty()),
    ];
    for (query, place, _) in wider.into_iter().filter(|(.., wider)| *wider) {
        let rows = exactly(conn, reader, &query).await?;
        if rows > 0 {
            let matches = if rows == 1 { "matches" } else { "match" };
            let sentence = format!("{} {matches} {place}.", counted(rows, L::THING));
            return Ok(Some((sentence, query.href(reader.side))));
        }
    }
    Ok(None)
}
