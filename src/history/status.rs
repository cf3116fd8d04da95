//! How something came to its status: the last change of a contract review's, and all that led to the present one of
//! anything.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::author::Author;
use super::details::Details;
use super::timeline::{Entry, Reader, Stored, told};
use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Kind};
use crate::domain::id::AccountId;
use crate::domain::role::{Department, Role};

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
    let found = sqlx::query_as!(
        Found,
        r#"select e.kind as "kind: Kind", e.at, e.actor_name, e.actor_role, e.actor_department, s.name as "state_name?",
                  e.reason, e.details, true as "of_status!"
             from event e left join state s on s.code = e.actor_state
            where e.row_id = $1 and e.kind = any($2) and e.status_after is distinct from e.status_before
            order by e.version_after desc limit 1"#,
        row_id,
        kinds as _,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(StatusChange::from))
}

/// The last change of a contract review's status; every review has one once it was started.
///
/// # Errors
/// When the database fails.
pub async fn last_status_change(conn: &mut PgConnection, review_id: Uuid) -> sqlx::Result<Option<StatusChange>> {
    last_of(conn, review_id, &Kind::ALL.map(|(kind, ..)| kind)).await
}

/// The last change of a row's status, and the last entry of a kind about it, whether the status changed with that or not.
///
/// # Errors
/// When the database fails.
pub async fn last_status_change_and_last(
    conn: &mut PgConnection,
    row_id: Uuid,
    kind: Kind,
) -> sqlx::Result<(Option<StatusChange>, Option<StatusChange>)> {
    let found = sqlx::query_as!(
        Found,
        r#"with newest as (
             select max(version_after) filter (where status_after is distinct from status_before) as of_status,
                    max(version_after) filter (where kind = $2) as of_kind
               from event where row_id = $1)
           select e.kind as "kind: Kind", e.at, e.actor_name, e.actor_role, e.actor_department, s.name as "state_name?",
                  e.reason, e.details, e.version_after is not distinct from newest.of_status as "of_status!"
             from newest join event e on e.row_id = $1 and e.version_after in (newest.of_status, newest.of_kind)
             left join state s on s.code = e.actor_state"#,
        row_id,
        kind as _,
    )
    .fetch_all(conn)
    .await?;
    let (mut of_status, mut of_kind) = (None, None);
    for found in found {
        let (changed, fits) = (found.of_status, found.kind == kind);
        let change = StatusChange::from(found);
        if fits {
            of_kind = Some(change.clone());
        }
        if changed {
            of_status = Some(change);
        }
    }
    Ok((of_status, of_kind))
}

/// An entry, as it was found.
struct Found {
    kind: Kind,
    at: OffsetDateTime,
    actor_name: String,
    actor_role: Option<Role>,
    actor_department: Option<Department>,
    state_name: Option<String>,
    reason: Option<String>,
    details: Value,
    of_status: bool,
}

impl From<Found> for StatusChange {
    fn from(found: Found) -> Self {
        Self {
            kind: found.kind,
            at: Moment(found.at),
            author: Author {
                name: found.actor_name,
                role: found.actor_role,
                department: found.actor_department,
                state_name: found.state_name,
            },
            reason: found.reason,
            details: Details::read(found.details),
        }
    }
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
