//! The search of the lists: what was typed, as words; which submissions and rates have them all, as far as somebody may
//! see; where in them the words stand; and which words are spelled nearly so, where nothing has them.
//!
//! The database keeps a list of words of each submission and rate for each side (`search_entry`).

mod nearest;
mod places;
mod words;

use sqlx::{Postgres, QueryBuilder};

use crate::domain::role::Side;

pub use nearest::nearest;
pub use places::{Place, places};
pub use words::Words;

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
    /// The value in the database.
    name: &'static str,
    /// What words of this scope begin with there: the state's code in lower case, nothing for CMS.
    before: String,
}

impl Scope {
    /// None for somebody of a state without a state: they find nothing.
    fn of(thing: Thing, side: Side, own_state: Option<&str>) -> Option<Self> {
        let name = match (thing, side) {
            (Thing::Submission, Side::Cms) => "cms_submissions",
            (Thing::Rate, Side::Cms) => "cms_rates",
            (Thing::Submission, Side::State) => "state_submissions",
            (Thing::Rate, Side::State) => "state_rates",
        };
        let before = match (side, own_state) {
            (Side::Cms, _) => String::new(),
            (Side::State, Some(code)) if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                code.to_ascii_lowercase()
            }
            (Side::State, _) => return None,
        };
        Some(Self { name, before })
    }
}

/// Pushes a condition on `r.id`: that the submission or rate has all the words, for somebody of this side, and where that
/// is a state's, of this state. Deleted drafts have none. A draft that was never sent has some for its state, as a
/// submission; as a rate it has not.
///
/// The words stand in the statement itself, since how many rows have them decides which way to them is the shortest:
/// statements are planned once for all values. So each search is a statement of its own.
pub fn push_condition(
    sql: &mut QueryBuilder<Postgres>,
    thing: Thing,
    side: Side,
    own_state: Option<&str>,
    words: &Words,
) {
    match Scope::of(thing, side, own_state) {
        // Letters and digits make words, so the quotes are those of the query.
        Some(Scope { name, before }) => sql.push(format_args!(
            "r.id in (select subject_id from search_entry where scope = '{name}' and words @@ '{}'::tsquery)",
            words.query(&before).replace('\'', "''"),
        )),
        None => sql.push("false"),
    };
}
