//! What the product does to department reviews when the state is to write or to answer: they wait, go on, or return to
//! what they were.
//! The caller has locked the submission and its department reviews, and commits.

use serde_json::json;
use sqlx::PgConnection;

use super::deeds::{Change, Unwritten, tell};
use super::review::DepartmentReview;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::history::Actor;

/// Why a department review waits, or goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Its subject was unlocked.
    Unlock,
    /// The department asked a question.
    Question,
    /// The last open round was answered or closed.
    Answer,
    /// The next version was sent.
    Resubmit,
    /// The unlock was taken back.
    UnlockUndone,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Unlock => "unlock",
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Resubmit => "resubmit",
            Self::UnlockUndone => "unlock_undone",
        }
    }
}

/// Has a department wait. One that waits already goes on doing so; after a question it goes on in review, whatever the
/// unlock met.
///
/// # Errors
/// [`Unwritten`].
pub async fn wait(
    conn: &mut PgConnection,
    clock: &Clock,
    by: impl Into<Actor>,
    review: &DepartmentReview,
    cause: Cause,
) -> Result<(), Unwritten> {
    let asked = cause == Cause::Question;
    if review.status == DepartmentReviewStatus::AwaitingState
        && (!asked || review.status_before == Some(DepartmentReviewStatus::InReview))
    {
        return Ok(());
    }
    let version = sqlx::query_scalar!(
        "update department_review
            set status = 'awaiting_state', status_since = case status when 'awaiting_state' then status_since else $3 end,
                status_before = case when $4 then 'in_review' else status end
          where id = $1 and version = $2 returning version",
        review.id as _,
        review.version,
        clock.now(),
        asked,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    let to = DepartmentReviewStatus::AwaitingState;
    let details = json!({ "cause": cause.as_str() });
    Ok(tell(conn, clock, by, review, Change { kind: Kind::ReviewWaiting, to, version, reason: None, details }).await?)
}

/// Has a department go on that waits for nothing any more: where it had not begun, it still has not; all else is in
/// review, and its decision stays readable as one on the version before.
///
/// # Errors
/// [`Unwritten`].
pub async fn resume(
    conn: &mut PgConnection,
    clock: &Clock,
    by: impl Into<Actor>,
    review: &DepartmentReview,
    cause: Cause,
) -> Result<(), Unwritten> {
    if review.status != DepartmentReviewStatus::AwaitingState || still_waits(conn, review).await? {
        return Ok(());
    }
    let row = sqlx::query!(
        r#"update department_review
              set status = case status_before when 'not_started' then status_before else 'in_review' end,
                  status_since = $3, status_before = null
            where id = $1 and version = $2 returning version, status as "status: DepartmentReviewStatus""#,
        review.id as _,
        review.version,
        clock.now(),
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    went_on(conn, clock, by, review, (row.status, row.version), cause).await
}

/// Puts a department back where the unlock met it, its decision with it.
///
/// # Errors
/// [`Unwritten`].
pub async fn give_back(
    conn: &mut PgConnection,
    clock: &Clock,
    by: impl Into<Actor>,
    review: &DepartmentReview,
) -> Result<(), Unwritten> {
    if review.status != DepartmentReviewStatus::AwaitingState || still_waits(conn, review).await? {
        return Ok(());
    }
    let row = sqlx::query!(
        r#"update department_review set status = status_before, status_since = $3, status_before = null
            where id = $1 and version = $2 returning version, status as "status: DepartmentReviewStatus""#,
        review.id as _,
        review.version,
        clock.now(),
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    went_on(conn, clock, by, review, (row.status, row.version), Cause::UnlockUndone).await
}

/// Whether there still is something to wait for: an open round, or the next version.
async fn still_waits(conn: &mut PgConnection, review: &DepartmentReview) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from question q
                           where coalesce(q.contract_review_id, q.rate_review_id) = $1 and q.department = $2 and q.status = 'open')
               or exists (select from contract_review where id = $1 and status = 'unlocked')
               or exists (select from rate_review where id = $1 and status = 'unlocked') as "waits!""#,
        review.subject.history().1,
        review.department as _,
    )
    .fetch_one(conn)
    .await
}

async fn went_on(
    conn: &mut PgConnection,
    clock: &Clock,
    by: impl Into<Actor>,
    review: &DepartmentReview,
    (to, version): (DepartmentReviewStatus, i32),
    cause: Cause,
) -> Result<(), Unwritten> {
    let details = json!({ "cause": cause.as_str() });
    Ok(tell(conn, clock, by, review, Change { kind: Kind::ReviewResumed, to, version, reason: None, details }).await?)
}
