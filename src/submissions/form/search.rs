//! The rates of other submissions that a draft can link, as the page for a new rate offers them.

use sqlx::PgConnection;

use crate::rates::{self, Linkable};
use crate::search::MOST_CHARACTERS;
use crate::submissions::draft::Draft;

/// The rates to choose from.
pub struct Search {
    /// What is looked for.
    pub words: String,
    /// A page of what was found.
    pub found: Vec<Linkable>,
    /// Which page, from 0.
    pub page: i64,
    /// Whether there are more.
    pub more: bool,
    /// The rate that is chosen.
    pub chosen: String,
}

impl Search {
    /// Whether these words are more than is looked for.
    pub fn too_long(words: &str) -> bool {
        words.trim().chars().count() > MOST_CHARACTERS
    }

    /// A page of what these words find. What is too long is not looked for, and stays to be shortened.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn at(
        conn: &mut PgConnection,
        draft: &Draft,
        words: &str,
        chosen: &str,
        page: i64,
    ) -> sqlx::Result<Self> {
        let looked_for = if Self::too_long(words) { "" } else { words };
        let (found, more) = rates::linkable(conn, draft.package(), looked_for, page).await?;
        Ok(Self { words: words.to_owned(), found, page, more, chosen: chosen.to_owned() })
    }

    /// The page on which the chosen rate stands; the first where it can't be linked any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn showing(conn: &mut PgConnection, draft: &Draft, words: &str, chosen: &str) -> sqlx::Result<Self> {
        let mut search = Self::at(conn, draft, words, chosen, 0).await?;
        while !chosen.is_empty() && !search.shows_the_chosen() {
            let page = if search.more { search.page + 1 } else { 0 };
            search = Self::at(conn, draft, words, chosen, page).await?;
            if page == 0 {
                break;
            }
        }
        Ok(search)
    }

    fn shows_the_chosen(&self) -> bool {
        self.found.iter().any(|rate| rate.id.to_string() == self.chosen)
    }
}
