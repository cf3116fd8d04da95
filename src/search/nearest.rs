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
    let said = words.terms().iter().map(|term| (term.kind == Kind::Word).then(|| term.said.clone()));
    let said: Vec<Option<String>> = said.collect();
    // The word of a key or a number is null and nothing is near it.
    let mut sql = QueryBuilder::new("select place::int, array_agg(near.word order by near.likeness desc, near.word)");
    sql.push(", array_agg(near.likeness order by near.likeness desc, near.word) from unnest(").push_bind(&queries);
    sql.push(", ").push_bind(&said).push(") with ordinality as asked (query, said, place) left join lateral (");
    sql.push("select word, likeness from (select word, similarity(word, asked.said) as likeness from search_word");
    sql.push(" where side = ").push_bind(&before).push(
        " and word % asked.said group by word order by likeness desc, word limit 20) near
         where exists (select from ",
    );
    sql.push(entries).push(" where words @@ ('''' || ").push_bind(&before);
    sql.push(" || near.word || '''')::tsquery) order by likeness desc, word limit ").push_bind(MOST_SPELLINGS);
    sql.push(") near on true where not exists (select from ").push(entries);
    sql.push(" where words @@ asked.query::tsquery) group by place order by place");
    let missing: Vec<Missing> = sql.build_query_as().fetch_all(conn).await?;
    let near = missing.into_iter().map(|(place, spellings, likenesses)| Near {
        place: usize::try_from(place - 1).unwrap_or_default(),
        spellings: spellings.into_iter().flatten().zip(likenesses.into_iter().flatten()).collect(),
    });
    let near: Vec<Near> = near.collect();
    if near.is_empty() || near.iter().any(|near| near.spellings.is_empty()) {
        return Ok(None);
    }
    Ok(Some(words.with_near(shared_out(words, &near))))
}

/// The place of a word that nothing has, what is spelled nearly so, and how like it each is; where nothing is, a null.
type Missing = (i32, Vec<Option<String>>, Vec<Option<f32>>);

/// What is spelled nearly as a word that nothing has, each with how like it is.
struct Near {
    place: usize,
    spellings: Vec<(String, f32)>,
}

impl Near {
    /// Whether one of its spellings is this one, and it has the better claim to it.
    fn claims(&self, spelling: &str, likeness: f32, from: &Self) -> bool {
        let better = |more: f32| more > likeness || more == likeness && self.place < from.place;
        self.place != from.place && self.spellings.iter().any(|(own, more)| own == spelling && better(*more))
    }
}

/// Every word must match, each by something of its own: a spelling that is near to several stands in for the one that it is
/// most like, and what a word that was typed right finds already stands in for no other; unless a word were left with none.
fn shared_out(words: &Words, missing: &[Near]) -> Vec<(usize, Vec<String>)> {
    let terms = words.terms().iter().enumerate();
    let typed_right: Vec<&str> = terms
        .filter(|(at, term)| term.kind == Kind::Word && missing.iter().all(|near| near.place != *at))
        .map(|(_, term)| term.said.as_str())
        .collect();
    let kept = missing.iter().map(|own| {
        let alone = own.spellings.iter().filter(|(spelling, likeness)| {
            !typed_right.iter().any(|word| spelling.starts_with(word))
                && !missing.iter().any(|other| other.claims(spelling, *likeness, own))
        });
        let alone: Vec<String> = alone.map(|(spelling, _)| spelling.clone()).collect();
        let all = || own.spellings.iter().map(|(spelling, _)| spelling.clone()).collect();
        (own.place, if alone.is_empty() { all() } else { alone })
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(place: usize, spellings: &[(&str, f32)]) -> Near {
        let spellings = spellings.iter().map(|(word, likeness)| ((*word).to_owned(), *likeness)).collect();
        Near { place, spellings }
    }

    fn shared(typed: &str, missing: &[Near]) -> Vec<(usize, Vec<String>)> {
        shared_out(&Words::parse(typed).unwrap(), missing)
    }

    #[test]
    fn a_spelling_stands_in_for_the_word_that_it_is_most_like() {
        let missing = [
            near(0, &[("prevention", 0.7), ("preventive", 0.5)]),
            near(1, &[("preventive", 0.7), ("prevention", 0.5)]),
        ];
        let expected = [(0, vec!["prevention".to_owned()]), (1, vec!["preventive".to_owned()])];
        assert_eq!(shared("prevntion prevntive", &missing), expected);
    }

    #[test]
    fn what_a_right_word_finds_stands_in_for_no_other_unless_there_is_nothing_else() {
        let missing = [near(1, &[("rates", 0.6), ("range", 0.4)])];
        assert_eq!(shared("rate raete", &missing), [(1, vec!["range".to_owned()])]);
        let missing = [near(1, &[("rates", 0.6)])];
        assert_eq!(shared("rate raete", &missing), [(1, vec!["rates".to_owned()])]);
    }
}
