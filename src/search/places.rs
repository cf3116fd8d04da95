//! Where in submissions and rates the words stand that are not in their names.

use std::collections::HashMap;

use sqlx::{PgConnection, QueryBuilder};
use uuid::Uuid;

use super::{Scope, Thing, Words};
use crate::domain::role::Side;

/// A place that is not shown in every list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(type_name = "search_place", rename_all = "snake_case")]
pub enum Place {
    /// The short or full name of a program.
    Program,
    /// The key of the submission that a rate belongs to.
    Submission,
    /// What the submission is about.
    Description,
    /// The number that CMS keeps of it elsewhere.
    MccrsNumber,
    /// Name or key of a rate of the package.
    Rate,
    /// A contact of the state.
    Contact,
    /// An actuary of a rate.
    Actuary,
    /// The name of a file of the package.
    Document,
    /// What a department asked, with the names of its files.
    Question,
    /// What the state responded, with the names of its files.
    Response,
    /// A remark inside CMS.
    Note,
}

impl Place {
    /// As in: Found in: the description, a note.
    pub fn words(self) -> &'static str {
        match self {
            Self::Program => "a program",
            Self::Submission => "its submission",
            Self::Description => "the description",
            Self::MccrsNumber => "the MC-CRS number",
            Self::Rate => "a rate",
            Self::Contact => "a contact",
            Self::Actuary => "an actuary",
            Self::Document => "a document name",
            Self::Question => "a question",
            Self::Response => "a response",
            Self::Note => "a note",
        }
    }
}

/// Where the words stand in each of these submissions or rates, in order: the places of every word that is not in its
/// key or name. What has all of them there is not in the map. `ids` are those of a page, which this person sees.
///
/// # Errors
/// When the database fails.
pub async fn places(
    conn: &mut PgConnection,
    thing: Thing,
    side: Side,
    own_state: Option<&str>,
    ids: &[Uuid],
    words: &Words,
) -> sqlx::Result<HashMap<Uuid, Vec<Place>>> {
    let mut found: HashMap<Uuid, Vec<Place>> = HashMap::new();
    let Some(Scope { before, .. }) = Scope::of(thing, side, own_state) else { return Ok(found) };
    let queries: Vec<String> = words.terms().iter().map(|term| term.query("")).collect();
    let mut sql = QueryBuilder::new(
        "with piece as materialized (
           select subject_id, place, search_words(words, array_remove(array[key], null)) as words from search_pieces(",
    );
    sql.push_bind(ids).push(") where is_rate = ").push_bind(thing == Thing::Rate);
    match side {
        Side::Cms => sql.push(" and for_cms"),
        Side::State => sql.push(" and for_state and lower(state_code) = ").push_bind(before),
    };
    sql.push("), term as (select query::tsquery from unnest(").push_bind(queries);
    sql.push(
        ") query)
         select distinct subject_id, place from piece join term on words @@ query
          where place <> 'name' and not exists (
                select from piece named
                 where named.subject_id = piece.subject_id and named.place = 'name' and named.words @@ query)
          order by subject_id, place",
    );
    let rows: Vec<(Uuid, Place)> = sql.build_query_as().fetch_all(conn).await?;
    for (id, place) in rows {
        found.entry(id).or_default().push(place);
    }
    Ok(found)
}
