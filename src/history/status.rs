//! How something came to its status: the last change of a contract review's, and all that led to the present one of
//! anything.

use sqlx::PgConnection;
use uuid::Uuid;

use super::author::Author;
use super::details::Details;
use super::timeline::{Entry, Reader, Stored, told};
use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Kind};
use crate::domain::id::AccountId;
use crate::domain::role::Department;

/// The last change of status of a contract review.
#[derive(Clone, Debug)]
pub struct StatusChange {
    /// What led to the status.
    pub kind: Kind,
    /// When.
    pub at: Moment,
    /// Who.
    pub author: Author,
    /// Why, as they typed it.
    pub reason: Option<String>,
    /// What else the entry holds.
    pub details: Details,
}

/// The last change of a row's status by an entry of one of these kinds.
///
/// # Errors
/// When the database fails.
pub async fn last_of(conn: &mut PgConnection, row_id: Uuid, kinds: &[Kind]) -> sqlx::Result<Option<StatusChange>> {
    newest_of(conn, row_id, kinds, true).await
}

/// The last entry of a kind about a row, whether its status changed or not.
///
/// # Errors
/// When the database fails.
pub async fn last_of_kind(conn: &mut PgConnection, row_id: Uuid, kind: Kind) -> sqlx::Result<Option<StatusChange>> {
    newest_of(conn, row_id, &[kind], false).await
}

/// The last change of a contract review's status; every review has one once it was started.
///
/// # Errors
/// When the database fails.
pub async fn last_status_change(conn: &mut PgConnection, review_id: Uuid) -> sqlx::Result<Option<StatusChange>> {
    let kinds = Kind::ALL.map(|(kind, ..)| kind);
    newest_of(conn, review_id, &kinds, true).await
}

async fn newest_of(
    conn: &mut PgConnection,
    row_id: Uuid,
    kinds: &[Kind],
    of_status: bool,
) -> sqlx::Result<Option<StatusChange>> {
    let row = sqlx::query!(
        r#"select e.kind as "kind: Kind", e.at, e.actor_name, e.actor_role, e.actor_department, s.name as "state_name?",
                  e.reason, e.details
             from event e left join state s on s.code = e.actor_state
            where e.row_id = $1 and e.kind = any($2) and (not $3 or e.status_after is distinct from e.status_before)
            order by e.version_after desc limit 1"#,
        row_id,
        kinds as _,
        of_status,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| StatusChange {
        kind: row.kind,
        at: Moment(row.at),
        author: Author {
            name: row.actor_name,
            role: row.actor_role,
            department: row.actor_department,
            state_name: row.state_name,
        },
        reason: row.reason,
        details: Details::read(row.details),
    }))
}

/// The entries that led the subject of a history, or a department's review of it, to its status, the last one first;
/// with that status. None when there is no such review.
///
/// # Errors
/// When the database fails.
pub async fn led_to_status(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    review: Option<Department>,
) -> sqlx::Result<Option<(String, Vec<Entry>)>> {
    let [both, own] = Audience::read_by(reader.side);
    let stored = sqlx::query_as!(
        Stored,
        r#"select e.id, e.seq, e.at, e.kind as "kind: Kind", e.subject_id, r.state_code as "rate_state?", r.number as "rate_number?",
                  e.actor_id as "actor_id: AccountId", e.actor_name, e.actor_role, e.actor_department, s.name as "state_name?", e.row_table, e.row_id, e.status_after,
                  e.version_before, e.version_after, e.reason, e.details, null as said, null::boolean as said_removed,
                  0::bigint as "said_documents!"
             from event e
             left join rate_review r on r.id = e.subject_id
             left join state s on s.code = e.actor_state
            where e.row_id = case when $2::department is null then $1 else
                    (select id from department_review where $1 in (contract_review_id, rate_review_id) and department = $2) end
              and e.subject_id = $1 and e.status_after is distinct from e.status_before and e.audience in ($3, $4)
            order by e.version_after desc"#,
        reader.subject_id,
        review as _,
        both as _,
        own as _,
    )
    .fetch_all(conn)
    .await?;
    let status = stored.first().and_then(|newest| newest.status_after.clone());
    Ok(status.map(|status| (status, stored.into_iter().map(|stored| told(reader, stored)).collect())))
}
