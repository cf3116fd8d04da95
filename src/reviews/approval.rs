//! Approving a package: the deed, apart from its page.

use serde_json::json;
use sqlx::PgConnection;
use time::Date;

use super::deeds::Unwritten;
use super::review::DepartmentReview;
use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::lifecycle::{Closing, ContractReviewStatus};
use crate::domain::permission::PackageApprover;
use crate::history::{Actor, Happening, Row, record};
use crate::questions;
use crate::submissions::Submission;

/// What an approver says with an approval.
#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    /// The day from which the package may be used; not after today.
    pub released_on: Date,
    /// Why it is approved although a department has not signed off.
    pub reason: Option<&'a str>,
}

/// Approves the current package; its rounds end by that. The caller has locked the submission and its department reviews, and commits.
///
/// # Errors
/// [`Unwritten`].
pub async fn approve(
    conn: &mut PgConnection,
    clock: &Clock,
    by: PackageApprover<'_>,
    submission: &Submission,
    reviews: &[DepartmentReview],
    approval: Approval<'_>,
) -> Result<i32, Unwritten> {
    questions::end_of_package(conn, clock, by.0, submission.id, Closing::Approval).await?;
    let to = ContractReviewStatus::Approved;
    let version = sqlx::query_scalar!(
        "update contract_review set status = $3, released_on = $4 where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
        to as _,
        approval.released_on,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    let missing: Vec<_> = missing(reviews).iter().map(|review| review.department).collect();
    let happening = Happening {
        kind: Kind::Approved,
        subject: Subject::ContractReview,
        subject_id: submission.id.0,
        row: Row {
            table: "contract_review",
            id: submission.id.0,
            status: (Some(submission.status.as_str()), Some(to.as_str())),
            version: (Some(submission.version), version),
        },
        reason: approval.reason,
        details: json!({
            "revision": submission.sent_revision,
            "released_on": approval.released_on.to_string(),
            "missing": missing,
        }),
    };
    record(conn, clock, &Actor::from(by.0), happening).await?;
    Ok(version)
}

/// The department reviews that are not signed off on the current version; those of withdrawn rates do not count.
pub fn missing(reviews: &[DepartmentReview]) -> Vec<&DepartmentReview> {
    reviews.iter().filter(|review| review.missing()).collect()
}
