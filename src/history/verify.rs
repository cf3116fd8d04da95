//! Proving that no history was altered: the chain is computed afresh and held against what is stored.

use std::fmt;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Subject};
use crate::domain::key::SubmissionKey;

/// What was checked and what was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many histories were checked.
    pub subjects: i64,
    /// How many entries they have.
    pub entries: i64,
    /// What is wrong: the histories in the order of their keys, in each the earliest first.
    pub breaks: Vec<Break>,
}

/// A place where a history is not what was written.
#[derive(Clone, Debug)]
pub struct Break {
    /// What the history is about.
    pub subject: Subject,
    /// Its key.
    pub subject_id: Uuid,
    /// What people call it: the key of a submission, the address of an account.
    pub name: Option<String>,
    /// The entry, where the flaw is one of an entry.
    pub entry: Option<BadEntry>,
    /// What is wrong.
    pub flaw: Flaw,
}

/// The entry at which a history breaks, without its content.
#[derive(Clone, Copy, Debug)]
pub struct BadEntry {
    /// Its key.
    pub id: Uuid,
    /// When it says it was written.
    pub at: Moment,
    /// Who may read it.
    pub audience: Audience,
}

/// What can be wrong with a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// An entry's content is not what was written.
    Altered,
    /// Before an entry another one is missing, or was put there.
    Detached,
    /// The history does not end where it did.
    CutOff,
    /// Something is not as its newest entry left it, or the entries about it do not follow each other.
    Untold,
}

impl Flaw {
    fn from_query(name: &str) -> Self {
        match name {
            "altered" => Self::Altered,
            "detached" => Self::Detached,
            "cut_off" => Self::CutOff,
            _ => Self::Untold,
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Altered => "its content is not what was written",
            Self::Detached => "it does not follow the one before it: an entry was removed or put in",
            Self::CutOff => "it does not end where it did: entries were removed or added",
            Self::Untold => {
                "something does not stand as its newest entry says, or its entries do not follow each other"
            }
        })
    }
}

/// "MN-0005, entry of 11/18/2026 2:14 PM ET: its content is not what was written"
impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name}")?,
            None => write!(f, "{:?} {}", self.subject, self.subject_id)?,
        }
        match &self.entry {
            Some(entry) => write!(f, ", entry of {}: {}", entry.at, self.flaw),
            None => write!(f, ": {}", self.flaw),
        }
    }
}

impl Report {
    /// Whether nothing was found.
    pub fn intact(&self) -> bool {
        self.breaks.is_empty()
    }
}

/// Checks every history there is.
///
/// # Errors
/// When the database fails.
pub async fn verify_all(db: &PgPool) -> sqlx::Result<Report> {
    verify(&mut *db.acquire().await?, None).await
}

/// Checks the histories from which that of a submission or rate is told: its own, and those of the rates it sent.
///
/// # Errors
/// When the database fails.
pub async fn verify_page(conn: &mut PgConnection, subject_id: Uuid) -> sqlx::Result<Report> {
    let subjects = sqlx::query_scalar!(r#"select subject_id as "id!" from history_story($1)"#, subject_id);
    let subjects = subjects.fetch_all(&mut *conn).await?;
    verify(conn, Some(&subjects)).await
}

/// One statement, and so one moment: a change that commits meanwhile is seen with its entry or not at all.
async fn verify(conn: &mut PgConnection, subjects: Option<&[Uuid]>) -> sqlx::Result<Report> {
    let rows = sqlx::query!(
        r#"with entry as materialized (
             select e.id, e.seq, e.subject, e.subject_id, e.at, e.audience, e.sha256,
                    e.row_table, e.row_id, e.version_after, e.status_after,
                    e.sha256 <> event_sha256(e) as altered,
                    e.previous_sha256 <> lag(e.sha256, 1, repeat('0', 64))
                      over (partition by e.subject, e.subject_id order by e.seq) as detached,
                    e.status_before is not distinct from lag(e.status_after)
                      over (partition by e.row_id order by e.version_after) as follows
               from event e where $1::uuid[] is null or e.subject_id = any($1)
           ), chain as (
             select subject, subject_id, count(*) as entries, (array_agg(sha256 order by seq desc))[1] as sha256
               from entry group by subject, subject_id
           ), head as (
             select * from event_head where $1::uuid[] is null or subject_id = any($1)
           ), told as (
             select subject, subject_id, row_id, count(*) as times, max(version_after) as version, bool_and(follows) as follows,
                    (array_agg(status_after order by version_after desc))[1] as status
               from entry where row_table in ('contract_review', 'rate_review', 'department_review', 'question', 'note', 'account', 'export', 'program')
              group by subject, subject_id, row_id
           ), living as (
             select * from told_row where $1::uuid[] is null or subject_id = any($1)
           ), found as (
             select subject, subject_id, id, at, audience, seq, case when altered then 'altered' else 'detached' end as flaw
               from entry where altered or detached
             union all
             select subject, subject_id, null, null, null, null, 'cut_off'
               from chain full join head using (subject, subject_id)
              where (chain.entries, chain.sha256) is distinct from (head.entries, head.sha256)
             union
             select subject, subject_id, null, null, null, null, 'untold'
               from living full join told using (subject, subject_id, row_id)
              where (living.version, living.status) is distinct from (told.version, told.status)
                 or told.times <> told.version or not told.follows
           )
           select (select count(*) from chain) as "subjects!", (select count(*) from entry) as "entries!",
                  f.subject as "subject?", f.subject_id as "subject_id?", f.id as "id?", f.at as "at?",
                  f.audience as "audience?", f.flaw as "flaw?", coalesce(r.state_code, p.state_code) as "state_code?",
                  coalesce(r.number, p.number) as "number?", coalesce(a.email, g.state_code || ' ' || g.name) as "name?"
             from (select) always left join found f on true
             left join contract_review r on f.subject = 'contract_review' and r.id = f.subject_id
             left join rate_review p on f.subject = 'rate_review' and p.id = f.subject_id
             left join account a on f.subject = 'account' and a.id = f.subject_id
             left join program g on f.subject = 'program' and g.id = f.subject_id
            order by f.subject, 8, 9, 10, f.subject_id, f.seq, f.flaw"#,
        subjects,
    )
    .fetch_all(conn)
    .await?;
    let (subjects, entries) = rows.first().map_or((0, 0), |row| (row.subjects, row.entries));
    let breaks = rows.into_iter().filter_map(|row| {
        let entry = row.id.zip(row.at).zip(row.audience);
        Some(Break {
            subject: row.subject?,
            subject_id: row.subject_id?,
            name: row.state_code.zip(row.number).map(|key| name(row.subject, key)).or(row.name),
            entry: entry.map(|((id, at), audience)| BadEntry { id, at: Moment(at), audience }),
            flaw: Flaw::from_query(row.flaw.as_deref()?),
        })
    });
    Ok(Report { subjects, entries, breaks: breaks.collect() })
}

/// What people call a subject that has state and number.
pub(super) fn name(subject: Option<Subject>, (state_code, number): (String, i32)) -> String {
    let key = SubmissionKey { state_code, number };
    if subject == Some(Subject::RateReview) { format!("rate {key}") } else { key.to_string() }
}
