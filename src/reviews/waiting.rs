//! What the product does to department reviews when the state is to write: they wait, go on, or return to what they were.
//! The caller has locked the submission and its department reviews, and commits.

use serde_json::json;
use sqlx::PgConnection;

use super::deeds::{Change, Unwritten, tell};
use super::review::DepartmentReview;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::domain::permission::Person;

/// Why a department review waits, or goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Its subject was unlocked.
    Unlock,
    /// The next version was sent.
    Resubmit,
    /// The unlock was taken back.
    UnlockUndone,
}

impl Cause {
    fn as_str(self) -> &'static str {
        match self {
            Self::Unlock => "unlock",
            Self::Resubmit => "resubmit",
            Self::UnlockUndone => "unlock_undone",
        }
    }
}

/// Has a department wait. One that waits already goes on doing so.
///
/// # Errors
/// [`Unwritten`].
pub async fn wait(
    conn: &mut PgConnection,
    clock: &Clock,
    by: &Person,
    review: &DepartmentReview,
    cause: Cause,
) -> Result<(), Unwritten> {
    if review.status == DepartmentReviewStatus::AwaitingState {
        return Ok(());
    }
    let version = sqlx::query_scalar!(
        "update department_review set status = 'awaiting_state', status_since = $3, status_before = status
          where id = $1 and version = $2 returning version",
        review.id as _,
        review.version,
        clock.now(),
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    let to = DepartmentReviewStatus::AwaitingState;
    let details = json!({ "cause": cause.as_str() });
    Ok(tell(conn, clock, by, review, Change { kind: Kind::ReviewWaiting, to, version, reason: None, details }).await?)
}

/// Has a department go on with the next version: where it had not begun, it still has not; all else is in review, and
/// its decision stays readable as one on the version before.
///
/// # Errors
/// [`Unwritten`].
pub async fn resume(
    conn: &mut PgConnection,
    clock: &Clock,
    by: &Person,
    review: &DepartmentReview,
    cause: Cause,
) -> Result<(), Unwritten> {
    if review.status != DepartmentReviewStatus::AwaitingState {
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
    by: &Person,
    review: &DepartmentReview,
) -> Result<(), Unwritten> {
    if review.status != DepartmentReviewStatus::AwaitingState {
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

async fn went_on(
    conn: &mut PgConnection,
    clock: &Clock,
    by: &Person,
    review: &DepartmentReview,
    (to, version): (DepartmentReviewStatus, i32),
    cause: Cause,
) -> Result<(), Unwritten> {
    let details = json!({ "cause": cause.as_str() });
    Ok(tell(conn, clock, by, review, Change { kind: Kind::ReviewResumed, to, version, reason: None, details }).await?)
}
