//! Taking an approval back: the package stands where it stood, to be reviewed and approved again.

use serde_json::json;
use sqlx::PgConnection;

use super::deed::{Deed, Prospect};
use super::tell::changed;
use crate::domain::clock::{Clock, date_in_words};
use crate::domain::event::Kind;
use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus};
use crate::domain::permission::{PackageDeed, Person};
use crate::domain::role::Side;
use crate::submissions::{self, Submission};
use crate::web::{Result, SignedIn};

/// Undoing an approval.
#[derive(Debug)]
pub struct UndoApproval;

impl Deed for UndoApproval {
    type Thing = Submission;
    type Action = ContractReviewAction;
    const SEGMENT: &'static str = "undo-approval";
    const LABEL: &'static str = "Undo approval";
    const DONE: &'static str = "is not approved any more";
    const KIND: Kind = Kind::ApprovalUndone;
    const REASON: &'static str = "Say why the approval is undone.";
    const WHOSE: &'static str = "Only admins undo approvals.";

    fn proof(person: &Person) -> Option<PackageDeed<'_>> {
        person.package_deed(ContractReviewAction::UndoApproval)
    }

    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Submission> {
        submissions::open(conn, who, key).await
    }

    async fn lock(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Option<Submission>> {
        Ok(Some(submissions::lock(conn, who.person(), key).await?))
    }

    fn possible(submission: &Submission) -> bool {
        ContractReviewAction::UndoApproval.possible_from(submission.status)
    }

    async fn prospect(conn: &mut PgConnection, submission: &Submission) -> Result<Prospect> {
        let before = status_before(conn, submission).await?;
        let mut sentences = vec![format!("It is {} again.", before.tag(Side::Cms).label.to_lowercase())];
        if let Some(day) = submission.released_on {
            sentences.push(format!("Its release date, {}, is cleared.", date_in_words(day)));
        }
        sentences.push("Department reviews stay as they are, and go on.".to_owned());
        Ok(Prospect { sentences, ..Prospect::default() })
    }

    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: PackageDeed<'_>,
        submission: &Submission,
        reason: &str,
    ) -> Result<()> {
        undo_approval(conn, clock, proof, submission, reason).await
    }
}

/// Takes the approval of a submission back. The caller has locked it, and commits.
///
/// # Errors
/// When the database fails.
pub async fn undo_approval(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: PackageDeed<'_>,
    submission: &Submission,
    reason: &str,
) -> Result<()> {
    let to = status_before(conn, submission).await?;
    let version = sqlx::query_scalar!(
        "update contract_review set status = $3, released_on = null where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
        to as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let details = json!({ "revision": submission.sent_revision, "status": to.label() });
    changed(submission, Kind::ApprovalUndone, (to, version), reason)
        .with(details)
        .record(conn, clock, proof.person)
        .await
}

/// Where a submission stood before it was unlocked or approved: what the version that was sent last led to.
///
/// # Errors
/// When the database fails.
pub async fn status_before(conn: &mut PgConnection, submission: &Submission) -> Result<ContractReviewStatus> {
    let led_to = sqlx::query_scalar!(
        r#"select led_to as "led_to!: ContractReviewStatus" from contract_submission
            where contract_review_id = $1 and revision = $2"#,
        submission.id as _,
        submission.sent_revision,
    )
    .fetch_one(conn)
    .await?;
    Ok(led_to)
}
