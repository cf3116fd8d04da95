//! What a page of a list says of its search: what was looked for, where it stands in each row, and what there is when
//! nothing matched.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::frame::counted;
use super::sql::{Read, count};
use super::{List, Reader};
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
        let Some(words) = &read.query.words else { return Ok(Self::default()) };
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
            let query = read.query.without_words();
            let rows = count(conn, reader, &query).await?;
            without = Some((counted(rows, L::THING), query.href(reader.side)));
        }
        Ok(Self { typed: words.asked().to_owned(), sentences, without, found })
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
