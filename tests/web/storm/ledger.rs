//! The reckoning after the storm: what people were told, held against what the history says.

use std::collections::{BTreeMap, HashSet};

use mc_review::domain::id::AccountId;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

/// What somebody wanted.
#[derive(Clone, Debug)]
pub enum Wish {
    /// A status, with words that nobody else types.
    Status { to: String, words: Option<String> },
    /// Other reviewers: `take`, `hand_back` or `set`.
    Reviewers { how: String },
    /// An answer in a draft, with words that nobody else types.
    Answer { words: String },
    /// Nothing any more: the person keeps what somebody else saved.
    Nothing,
}

/// What the product answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is as wished; what htmx announces.
    Done { news: Option<String> },
    /// Somebody came first: the names in the order of their changes.
    Refused { names: Vec<String> },
}

/// A form that was sent, and its answer.
#[derive(Clone, Debug)]
pub struct Post {
    pub by: AccountId,
    pub row: Uuid,
    /// The version that the person began from.
    pub opened: i32,
    /// The version that the form was drawn from.
    pub version: i32,
    pub wish: Wish,
    pub answer: Answer,
}

/// How it went.
#[derive(Debug, Default)]
pub struct Counts {
    pub accepted: usize,
    pub refused: usize,
    pub already_so: usize,
}

/// An entry about a department review, or a save of a draft.
#[derive(Debug, sqlx::FromRow)]
struct Entry {
    row_id: Uuid,
    version_before: Option<i32>,
    version_after: i32,
    status_before: Option<String>,
    status_after: Option<String>,
    actor_id: Option<AccountId>,
    actor_name: String,
    kind: String,
    reason: Option<String>,
    details: Value,
}

impl Entry {
    /// The questions that a save of a draft changed; of a review, the entry itself.
    fn changed(&self) -> Vec<String> {
        let key = |change: &Value| change["key"].as_str().expect("a change names its question").to_owned();
        match self.details.as_array() {
            Some(changes) if self.kind == "saved" => changes.iter().map(key).collect(),
            _ => vec![self.version_after.to_string()],
        }
    }
}

const REVIEWS_TOLD: &str =
    "select row_id, version_before, version_after, status_before, status_after, actor_id, actor_name, kind, reason, details
       from event where row_table = 'department_review' order by row_id, version_after";

/// A draft begins at version 1, without a save.
const DRAFTS_TOLD: &str =
    "select s.contract_submission_id as row_id, s.version - 1 as version_before, s.version as version_after,
            null as status_before, null as status_after, a.id as actor_id, a.given_name || ' ' || a.family_name as actor_name,
            'saved' as kind, null as reason, s.changes as details
       from draft_save s join account a on a.id = s.saved_by order by row_id, s.version";

const STANDING: &str = "select id, version, status::text from department_review
     union all select id, version, null from contract_submission where submitted_at is null and version > 1";

/// Every department review and every draft, with the entries about it.
pub struct Ledger {
    rows: BTreeMap<Uuid, Vec<Entry>>,
}

impl Ledger {
    /// Reads it, and checks that each row's entries are an unbroken chain that ends at the row.
    pub async fn read(db: &PgPool) -> Self {
        let mut rows: BTreeMap<Uuid, Vec<Entry>> = BTreeMap::new();
        for statement in [REVIEWS_TOLD, DRAFTS_TOLD] {
            let entries: Vec<Entry> = sqlx::query_as(statement).fetch_all(db).await.expect("the record can be read");
            for entry in entries {
                rows.entry(entry.row_id).or_default().push(entry);
            }
        }
        let standing: Vec<(Uuid, i32, Option<String>)> =
            sqlx::query_as(STANDING).fetch_all(db).await.expect("the rows can be read");
        assert_eq!(rows.len(), standing.len(), "every row has a record");
        for (id, version, status) in standing {
            unbroken(&rows[&id], version, status.as_deref());
        }
        Self { rows }
    }

    /// Holds every answer against the history: what was accepted stands in it, once, by that person, right after the
    /// version that the form showed; and nothing stands in it that nobody was told of.
    pub fn check(&self, posts: &[Post]) -> Counts {
        let mut counts = Counts::default();
        let mut claimed = HashSet::new();
        for post in posts {
            match &post.answer {
                Answer::Refused { names } => {
                    self.names_are_true(post, names);
                    counts.refused += 1;
                }
                Answer::Done { .. }
                    if self.entry(post.row, post.version + 1).is_some_and(|entry| is_of(entry, post)) =>
                {
                    // The same form sent twice has one effect.
                    let first = claimed.insert((post.row, post.version + 1));
                    *(if first { &mut counts.accepted } else { &mut counts.already_so }) += 1;
                }
                Answer::Done { news } => {
                    self.had_come_true(post, news.as_deref());
                    counts.already_so += 1;
                }
            }
        }
        for entry in self.rows.values().flatten().filter(|entry| entry.actor_id.is_some()) {
            let place = (entry.row_id, entry.version_after);
            let by = |post: &&Post| Some(post.by) == entry.actor_id && post.row == entry.row_id;
            assert!(claimed.contains(&place), "nobody was told of {entry:?}:\n{:#?}", {
                let near = |post: &&Post| (place.1 - 3..place.1 + 3).contains(&post.version);
                posts.iter().filter(by).filter(near).collect::<Vec<_>>()
            });
        }
        counts
    }

    fn entry(&self, row: Uuid, version: i32) -> Option<&Entry> {
        let entries = self.rows.get(&row)?;
        entries.binary_search_by_key(&version, |entry| entry.version_after).ok().map(|at| &entries[at])
    }

    /// The changes that a refusal names are those right after the version that the person began from. What one person did
    /// to a question time after time, with nobody else in between, is named once, where they did it last.
    fn names_are_true(&self, post: &Post, names: &[String]) {
        let mut changes: Vec<(&Entry, String)> = Vec::new();
        for entry in (post.opened + 1..).map_while(|version| self.entry(post.row, version)) {
            for key in entry.changed() {
                let last = changes.iter().rposition(|(_, other)| *other == key);
                if let Some(place) = last.filter(|place| changes[*place].0.actor_id == entry.actor_id) {
                    changes.remove(place);
                }
                changes.push((entry, key));
            }
            if changes.len() > names.len() {
                break;
            }
            let named = || changes.iter().zip(names).all(|((entry, _), name)| name.starts_with(&entry.actor_name));
            if changes.len() == names.len() && named() {
                return;
            }
        }
        panic!("the history does not hold these changes, in this order: {post:?}");
    }

    /// What was answered as done, without an entry of its own, somebody had done since the form was opened.
    fn had_come_true(&self, post: &Post, news: Option<&str>) {
        if matches!(post.wish, Wish::Nothing) {
            return;
        }
        let since = self.rows.get(&post.row).into_iter().flatten().filter(|entry| entry.version_after > post.opened);
        let same: Vec<&Entry> = since.filter(|entry| leads_to(entry, &post.wish)).collect();
        assert!(!same.is_empty(), "lost: {post:?} has no entry, and nobody else did it");
        if let Some(who) = news.and_then(|news| news.strip_prefix("Already ")) {
            assert!(same.iter().any(|entry| who.contains(&entry.actor_name)), "{post:?} names somebody else");
        }
    }
}

/// Versions and statuses follow each other to what the row says.
fn unbroken(entries: &[Entry], version: i32, status: Option<&str>) {
    let mut expected = entries[0].version_after;
    assert!(expected == 1 || (expected == 2 && entries[0].kind == "saved"), "{:?}", entries[0]);
    let mut stood = None;
    for entry in entries {
        assert_eq!((entry.version_after, entry.version_before.unwrap_or(0)), (expected, expected - 1), "{entry:?}");
        assert_eq!(entry.status_before.as_deref(), stood, "{entry:?}");
        (expected, stood) = (expected + 1, entry.status_after.as_deref());
    }
    assert_eq!((expected - 1, stood), (version, status), "the newest entry is how the row stands");
}

/// Whether an entry is what this post asked for, by the person who sent it.
fn is_of(entry: &Entry, post: &Post) -> bool {
    entry.actor_id == Some(post.by)
        && match &post.wish {
            Wish::Status { to, words } => {
                entry.kind != "reviewers_changed" && entry.status_after.as_ref() == Some(to) && entry.reason == *words
            }
            Wish::Reviewers { how } => entry.kind == "reviewers_changed" && entry.details["how"] == how.as_str(),
            Wish::Answer { words } => has_words(entry, words),
            Wish::Nothing => false,
        }
}

/// Whether an entry, by whomever, left the review as this wish would have.
fn leads_to(entry: &Entry, wish: &Wish) -> bool {
    match wish {
        // Words differ from post to post, so a decision that needs them is never somebody else's.
        Wish::Status { to, words } => {
            entry.status_after.as_ref() == Some(to) && (to == "in_review" || entry.reason == *words)
        }
        Wish::Reviewers { .. } => entry.details.get("primary").is_some(),
        Wish::Answer { words } => has_words(entry, words),
        Wish::Nothing => true,
    }
}

/// Whether a save put these words into the draft.
fn has_words(entry: &Entry, words: &str) -> bool {
    let changes = entry.details.as_array().into_iter().flatten();
    entry.kind == "saved" && changes.into_iter().any(|change| change["new"].to_string().contains(words))
}
