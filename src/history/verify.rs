//! Proving that the history is whole: every hash, every chain, and every row as its newest entry left it.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::event::Subject;
use crate::domain::key::SubmissionKey;

/// At most so many findings of each sort are named.
const NAMED: i64 = 100;

/// What was looked at, and what does not hold.
#[derive(Debug)]
pub struct Verified {
    /// The number of entries.
    pub entries: i64,
    /// The number of subjects that they are about.
    pub subjects: i64,
    /// What does not hold, a sentence each; at most a hundred of each sort.
    pub findings: Vec<String>,
}

/// Reads the whole history as of one moment and checks it.
///
/// # Errors
/// When the database fails.
pub async fn verify(db: &PgPool) -> sqlx::Result<Verified> {
    let mut tx = db.begin_with("begin isolation level repeatable read, read only").await?;
    let counted =
        sqlx::query!(r#"select count(*) as "entries!", count(distinct subject_id) as "subjects!" from event"#)
            .fetch_one(&mut *tx)
            .await?;
    let mut findings = Vec::new();
    entries(&mut tx, &mut findings).await?;
    ends(&mut tx, &mut findings).await?;
    rows(&mut tx, &mut findings).await?;
    Ok(Verified { entries: counted.entries, subjects: counted.subjects, findings })
}

/// Each entry has the hash of what it says, and names the hash of the one before it.
async fn entries(conn: &mut PgConnection, findings: &mut Vec<String>) -> sqlx::Result<()> {
    let broken = sqlx::query!(
        r#"select subject, subject_id, at, kind, sha256 <> computed as "altered!"
             from (select e.seq, e.subject, e.subject_id, e.at, e.kind, e.sha256, e.previous_sha256,
                          event_sha256(e) as computed,
                          lag(e.sha256, 1, repeat('0', 64)) over (partition by e.subject, e.subject_id order by e.seq) as before
                     from event e) chained
            where sha256 <> computed or previous_sha256 <> before
            order by seq limit $1"#,
        NAMED,
    )
    .fetch_all(&mut *conn)
    .await?;
    for entry in broken {
        let name = name(conn, entry.subject, entry.subject_id).await?;
        let entry_name = format!("\"{}\" of {}", entry.kind.replace('_', " "), Moment(entry.at));
        findings.push(if entry.altered {
            format!("{name}: the entry {entry_name} was altered; its hash does not hold.")
        } else {
            format!("{name}: the entry {entry_name} does not follow the one before it; entries were removed or put in.")
        });
    }
    Ok(())
}

/// Each history ends where its head says, so that an end cut off is found.
async fn ends(conn: &mut PgConnection, findings: &mut Vec<String>) -> sqlx::Result<()> {
    let broken = sqlx::query!(
        r#"select coalesce(h.subject, e.subject) as "subject!", coalesce(h.subject_id, e.subject_id) as "subject_id!",
                  coalesce(h.entries, 0) as "expected!", coalesce(e.entries, 0) as "found!"
             from event_head h
             full join (select subject, subject_id, count(*) as entries, (array_agg(sha256 order by seq desc))[1] as sha256
                          from event group by subject, subject_id) e
               on e.subject = h.subject and e.subject_id = h.subject_id
            where (e.entries, e.sha256) is distinct from (h.entries, h.sha256)
            order by 2 limit $1"#,
        NAMED,
    )
    .fetch_all(&mut *conn)
    .await?;
    for head in broken {
        let name = name(conn, head.subject, head.subject_id).await?;
        findings.push(format!(
            "{name}: the history has {} entries and should end with entry {}; its end was cut off, put on or altered.",
            head.found, head.expected,
        ));
    }
    Ok(())
}

/// Each row stands at the version and status of its newest entry, and no version or status is missing before it.
async fn rows(conn: &mut PgConnection, findings: &mut Vec<String>) -> sqlx::Result<()> {
    let broken = sqlx::query!(
        r#"with standing as (
             select 'contract_review' as row_table, id as row_id, 'contract_review'::event_subject as subject, id as subject_id,
                    version, status::text from contract_review
             union all select 'department_review', id, 'contract_review', contract_review_id, version, status::text
                         from department_review
             union all select 'account', id, 'account', id, version, null from account
           ), told as (
             select row_table, row_id, max(subject) as subject, (array_agg(subject_id))[1] as subject_id,
                    count(*) as entries, max(version_after) as version,
                    (array_agg(status_after order by version_after desc))[1] as status, bool_and(follows) as follows
               from (select *, status_before is not distinct from lag(status_after)
                                 over (partition by row_table, row_id order by version_after) as follows from event) e
              group by row_table, row_id
           )
           select coalesce(s.row_table, t.row_table) as "row_table!", coalesce(s.subject, t.subject) as "subject!",
                  coalesce(s.subject_id, t.subject_id) as "subject_id!",
                  coalesce(t.entries = t.version and t.follows, true) as "unbroken!"
             from standing s full join told t on t.row_table = s.row_table and t.row_id = s.row_id
            where (s.version, s.status) is distinct from (t.version, t.status) or t.entries <> t.version or not t.follows
            order by 3, 1 limit $1"#,
        NAMED,
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in broken {
        let name = name(conn, row.subject, row.subject_id).await?;
        let what = row.row_table.replace('_', " ");
        findings.push(if row.unbroken {
            format!("{name}: the {what} does not stand as its newest entry says.")
        } else {
            format!("{name}: the versions or statuses that the history tells of the {what} do not follow each other.")
        });
    }
    Ok(())
}

/// What people call a subject.
async fn name(conn: &mut PgConnection, subject: Subject, id: Uuid) -> sqlx::Result<String> {
    let found = match subject {
        Subject::ContractReview => sqlx::query!("select state_code, number from contract_review where id = $1", id)
            .fetch_optional(conn)
            .await?
            .map(|row| SubmissionKey { state_code: row.state_code, number: row.number }.to_string()),
        Subject::Account => {
            sqlx::query_scalar!("select email from account where id = $1", id).fetch_optional(conn).await?
        }
        Subject::RateReview | Subject::State | Subject::Program | Subject::Setting => None,
    };
    Ok(found.unwrap_or_else(|| id.to_string()))
}
