//! Words that are spelled nearly as those that nothing has.

use sqlx::{PgConnection, QueryBuilder};

use super::words::Kind;
use super::{Scope, Thing, Words};
use crate::domain::role::Side;

/// So many spellings are looked for in place of a word, the nearest.
const MOST_SPELLINGS: i32 = 3;

/// For when nothing matched: the same words, with each that nothing has replaced by the nearest spellings that something
/// has, any of which may match. Only what this person finds counts, so that neither these nor their number tell of
/// anything else. None if every word is somewhere, or if one is nowhere and none is near it.
///
/// # Errors
/// When the database fails.
pub async fn nearest(
    conn: &mut PgConnection,
    thing: Thing,
    side: Side,
    own_state: Option<&str>,
    words: &Words,
) -> sqlx::Result<Option<Words>> {
    let Some(Scope { entries, before }) = Scope::of(thing, side, own_state) else { return Ok(None) };
    let queries: Vec<String> = words.terms().iter().map(|term| term.query(&before)).collect();
    let said = words.terms().iter().map(|term| (term.kind == Kind::Word).then(|| term.said.to_lowercase()));
    let said: Vec<Option<String>> = said.collect();
    // The word of a key or a number is null and nothing is near it.
    let mut sql = QueryBuilder::new("select place::int, array(select near.word from (");
    sql.push("select word, similarity(word, asked.said) as likeness from search_word where side = ");
    sql.push_bind(&before).push(
        " and word % asked.said group by word order by likeness desc, word limit 20) near
         where exists (select from ",
    );
    sql.push(entries).push(" where words @@ ('''' || ").push_bind(&before);
    sql.push(" || near.word || '''')::tsquery) order by near.likeness desc, near.word limit ")
        .push_bind(MOST_SPELLINGS);
    sql.push(") from unnest(").push_bind(&queries).push(", ").push_bind(&said);
    sql.push(") with ordinality as asked (query, said, place) where not exists (select from ");
    sql.push(entries).push(" where words @@ asked.query::tsquery)");
    let missing: Vec<(i32, Vec<String>)> = sql.build_query_as().fetch_all(conn).await?;
    if missing.is_empty() || missing.iter().any(|(_, near)| near.is_empty()) {
        return Ok(None);
    }
    let near = missing.into_iter().map(|(place, near)| (usize::try_from(place - 1).unwrap_or_default(), near));
    Ok(Some(words.with_near(near.collect())))
}
