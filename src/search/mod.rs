//! The search of the lists: what was typed, as words; which submissions and rates have them all, as far as somebody may
//! see; where in them the words stand; and which words are spelled nearly so, where nothing has them.
//!
//! The database keeps a list of words of each submission and rate for each side (`search_entry`).

mod nearest;
mod places;
mod words;

use sqlx::{Acquire, PgConnection, Postgres, QueryBuilder, Transaction};

use crate::domain::role::Side;

pub use nearest::nearest;
pub use places::{Place, places};
pub use words::{MOST_CHARACTERS, MOST_WORDS, Words};

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// Submissions.
    Submission,
    /// Rates.
    Rate,
}

/// Whose words are looked through: those of CMS, or those of one state.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Scope {
    /// The table of its entries.
    entries: &'static str,
    /// What words of this scope begin with there: the state's code in lower case, nothing for CMS.
    before: String,
}

impl Scope {
    /// None for somebody of a state without a state: they find nothing.
    fn of(thing: Thing, side: Side, own_state: Option<&str>) -> Option<Self> {
        let entries = match (thing, side) {
            (Thing::Submission, Side::Cms) => "search_entry_cms_submissions",
            (Thing::Rate, Side::Cms) => "search_entry_cms_rates",
            (Thing::Submission, Side::State) => "search_entry_state_submissions",
            (Thing::Rate, Side::State) => "search_entry_state_rates",
        };
        let before = match (side, own_state) {
            (Side::Cms, _) => String::new(),
            (Side::State, Some(code)) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                code.to_ascii_lowercase()
            }
            (Side::State, _) => return None,
        };
        Some(Self { entries, before })
    }
}

/// Pushes a condition on `r.id`: that the submission or rate has all the words, for somebody of this side, and where that
/// is a state's, of this state. Deleted drafts have none. A draft that was never sent has some for its state, as a
/// submission; as a rate it has not.
pub fn push_condition(
    sql: &mut QueryBuilder<Postgres>,
    thing: Thing,
    side: Side,
    own_state: Option<&str>,
    words: &Words,
) {
    sql.push("r.id in (select r.subject_id from ");
    push_entries(sql, thing, side, own_state, words, None);
    sql.push(")");
}

/// Pushes the entries `r` that have all the words, for the same person, each with `state_code`, `number`, `status_rank` and
/// `last_activity_at`, up to the end of a condition. With a `subject`, an expression of the statement, only its entry: that is
/// looked up by its key and then asked for the words.
///
/// The words stand in the statement itself, since how many rows have them decides which way to them is the shortest:
/// statements are planned once for all values. So each search is a statement of its own.
pub fn push_entries(
    sql: &mut QueryBuilder<Postgres>,
    thing: Thing,
    side: Side,
    own_state: Option<&str>,
    words: &Words,
    subject: Option<&str>,
) {
    let Some(Scope { entries, before }) = Scope::of(thing, side, own_state) else {
        sql.push("search_entry r where false");
        return;
    };
    match subject {
        None => sql.push(format_args!("{entries} r")),
        // The offset keeps the words from being looked for first, in all entries, once for each subject.
        Some(subject) => {
            sql.push(format_args!("lateral (select * from {entries} where subject_id = {subject} offset 0) r"))
        }
    };
    // Letters and digits make words, so the quotes are those of the query.
    sql.push(format_args!(" where r.words @@ '{}'::tsquery", words.query(&before).replace('\'', "''")));
}

/// A transaction in which entries are found by their index, however many there are: to compare the words of each takes
/// longer, which PostgreSQL does not know.
///
/// # Errors
/// When the database fails.
pub async fn by_index(conn: &mut PgConnection) -> sqlx::Result<Transaction<'_, Postgres>> {
    let mut tx = conn.begin().await?;
    sqlx::raw_sql("set local enable_seqscan = off").execute(&mut *tx).await?;
    Ok(tx)
}
