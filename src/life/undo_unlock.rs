//! Taking an unlock back: the state's edits since are set aside for good, and everything stands where the unlock met it.

use serde_json::json;
use sqlx::PgConnection;

use super::deed::{Deed, Prospect};
use super::tell::{changed, changed_rate};
use super::undo_approval::status_before;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::id::ContractSubmissionId;
use crate::domain::lifecycle::{ContractReviewAction, RateReviewStatus};
use crate::domain::permission::{PackageDeed, Person};
use crate::domain::role::Side;
use crate::rates::{self, ChildRate};
use crate::reviews;
use crate::submissions::{self, Submission};
use crate::web::{Result, SignedIn};

/// Undoing an unlock.
#[derive(Debug)]
pub struct UndoUnlock;

impl Deed for UndoUnlock {
    type Thing = Submission;
    type Action = ContractReviewAction;
    const SEGMENT: &'static str = "undo-unlock";
    const LABEL: &'static str = "Undo unlock";
    const DONE: &'static str = "is not unlocked any more";
    const KIND: Kind = Kind::UnlockUndone;
    const REASON: &'static str = "Say why the unlock is undone.";
    const WHOSE: &'static str = "Only admins undo unlocks.";

    fn proof(person: &Person) -> Option<PackageDeed<'_>> {
        person.package_deed(ContractReviewAction::UndoUnlock)
    }

    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Submission> {
        submissions::open(conn, who, key).await
    }

    async fn lock(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Option<Submission>> {
        let submission = submissions::lock(conn, who.person(), key).await?;
        rates::lock_children(conn, submission.id).await?;
        reviews::lock_all(conn, submission.id).await?;
        Ok(Some(submission))
    }

    fn possible(submission: &Submission) -> bool {
        ContractReviewAction::UndoUnlock.possible_from(submission.status)
    }

    async fn prospect(conn: &mut PgConnection, submission: &Submission) -> Result<Prospect> {
        let before = status_before(conn, submission).await?;
        let revision = submission.sent_revision.unwrap_or_default();
        let sentences = vec![
            format!("It is {} again, as version {revision}.", before.tag(Side::Cms).label.to_lowercase()),
            format!(
                "What {} has changed since the unlock is set aside for good, rates that it has added since too.",
                submission.state_name
            ),
            "Department reviews return to what they were, decisions and all.".to_owned(),
        ];
        Ok(Prospect { sentences, ..Prospect::default() })
    }

    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: PackageDeed<'_>,
        submission: &Submission,
        reason: &str,
    ) -> Result<()> {
        undo_unlock(conn, clock, proof, submission, reason).await
    }
}

/// Takes the unlock of a submission back. The caller has locked all of it, and commits.
///
/// # Errors
/// When the database fails.
pub async fn undo_unlock(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: PackageDeed<'_>,
    submission: &Submission,
    reason: &str,
) -> Result<()> {
    let person = proof.person;
    let to = status_before(conn, submission).await?;
    let children = rates::children(conn, submission.id).await?;
    leave_package(conn, submission, &children).await?;
    set_drafts_aside(conn, clock, person, submission, reason).await?;
    for rate in &children {
        match rate.status {
            RateReviewStatus::Unlocked => {
                let back = rate.status_before();
                let version = rates::set_status(conn, rate, back, false).await?;
                let told = changed_rate(rate, Kind::UnlockUndone, (back, version), reason);
                told.with(json!({ "with": submission.key.to_string() })).record(conn, clock, person).await?;
            }
            RateReviewStatus::Draft => go_with_the_draft(conn, clock, person, rate).await?,
            _ => {}
        }
    }
    let version = sqlx::query_scalar!(
        "update contract_review set status = $3 where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
        to as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let details = json!({ "revision": submission.sent_revision, "status": to.label() });
    changed(submission, Kind::UnlockUndone, (to, version), reason).with(details).record(conn, clock, person).await?;
    let unlocked = |rate: &ChildRate| rate.status == RateReviewStatus::Unlocked;
    for review in reviews::of_submission(conn, submission.id).await? {
        let of_rate = review.subject.rate_id();
        if of_rate.is_none_or(|id| children.iter().any(|rate| rate.id == id && unlocked(rate))) {
            reviews::give_back(conn, clock, person, &review).await?;
        }
    }
    Ok(())
}

/// Rates that were never sent leave the draft before it is sealed.
async fn leave_package(conn: &mut PgConnection, submission: &Submission, children: &[ChildRate]) -> Result<()> {
    let never_sent = children.iter().filter(|rate| rate.status == RateReviewStatus::Draft);
    let rates: Vec<_> = never_sent.map(|rate| rate.id.0).collect();
    sqlx::query!(
        "delete from package_rate p using contract_submission s
          where s.id = p.contract_submission_id and s.contract_review_id = $1 and s.submitted_at is null and s.discarded_at is null
            and p.rate_review_id = any($2)",
        submission.id as _,
        &rates,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Seals the draft, and those of rates that were edited in it, as set aside.
async fn set_drafts_aside(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    submission: &Submission,
    reason: &str,
) -> Result<()> {
    let draft = sqlx::query_scalar!(
        r#"update contract_submission set discarded_at = $2, discarded_by = $3, discard_reason = $4
            where contract_review_id = $1 and submitted_at is null and discarded_at is null
            returning id as "id: ContractSubmissionId""#,
        submission.id as _,
        clock.now(),
        person.id as _,
        reason,
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "update rate_submission set discarded_at = $2, discarded_by = $3, discard_reason = $4
          where contract_submission_id = $1 and submitted_at is null and discarded_at is null",
        draft as _,
        clock.now(),
        person.id as _,
        reason,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("delete from draft_save where contract_submission_id = $1", draft as _).execute(conn).await?;
    Ok(())
}

/// A rate that was never sent is deleted; the state reads of it, CMS never knew of it.
async fn go_with_the_draft(conn: &mut PgConnection, clock: &Clock, person: &Person, rate: &ChildRate) -> Result<()> {
    sqlx::query!("delete from rate_review_program where rate_review_id = $1", rate.id as _).execute(&mut *conn).await?;
    let version = sqlx::query_scalar!(
        "update rate_review
            set deleted_at = $3, name = $4, rating_from = null, rating_to = null, certified_on = null, amendment_from = null
          where id = $1 and version = $2 returning version",
        rate.id as _,
        rate.version,
        clock.now(),
        format!("MCR-{}", rate.key),
    )
    .fetch_one(&mut *conn)
    .await?;
    let told = changed_rate(rate, Kind::DraftDeleted, (RateReviewStatus::Draft, version), "");
    told.without_reason().record(conn, clock, person).await
}
