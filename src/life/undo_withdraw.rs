//! Taking a withdrawal back: the package stands where it stood, determined afresh, and the rates that were withdrawn with
//! it come back. Those that moved stay where they are.

use serde_json::json;
use sqlx::PgConnection;

use super::deed::{Deed, Prospect, RateProspect};
use super::fates;
use super::tell::changed;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::forms::determination;
use crate::domain::id::RateReviewId;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus};
use crate::domain::permission::{PackageDeed, Person};
use crate::domain::role::Side;
use crate::history::{self, Fate, RateFate};
use crate::rates::{self, ChildRate};
use crate::reviews;
use crate::submissions::{self, Submission};
use crate::web::{Result, SignedIn};

/// Undoing a withdrawal.
#[derive(Debug)]
pub struct UndoWithdraw;

impl Deed for UndoWithdraw {
    type Thing = Submission;
    type Action = ContractReviewAction;
    const SEGMENT: &'static str = "undo-withdraw";
    const LABEL: &'static str = "Undo withdrawal";
    const DONE: &'static str = "is not withdrawn any more";
    const KIND: Kind = Kind::WithdrawalUndone;
    const REASON: &'static str = "Say why the withdrawal is undone.";
    const WHOSE: &'static str = "Only reviewers and approvers undo withdrawals.";

    fn proof(person: &Person) -> Option<PackageDeed<'_>> {
        person.package_deed(ContractReviewAction::UndoWithdraw)
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
        ContractReviewAction::UndoWithdraw.possible_from(submission.status)
    }

    async fn prospect(conn: &mut PgConnection, submission: &Submission) -> Result<Prospect> {
        let (to, _) = determined_afresh(conn, submission).await?;
        let sentences = vec![
            format!("It is {} again, determined afresh.", to.tag(Side::Cms).label.to_lowercase()),
            "Department reviews go on where they stood.".to_owned(),
        ];
        let back = coming_back(conn, submission).await?;
        let back = back.into_iter().map(|rate| RateProspect {
            key: rate.key.to_string(),
            seen: format!("{}:{}", rate.id, rate.version),
            fate: RateFate { rate: String::new(), fate: Fate::ComesBack, other: None }.in_words(),
            name: rate.name,
        });
        let moved = history::last_status_change(conn, submission.id.0).await?;
        let moved = moved.into_iter().flat_map(|last| last.details.rates).filter(|rate| rate.fate == Fate::Moves);
        let moved = moved.map(|rate| RateProspect {
            fate: format!("stays with {}", rate.other.unwrap_or_default()),
            seen: rate.rate.clone(),
            key: rate.rate,
            name: String::new(),
        });
        Ok(Prospect { sentences, rates: back.chain(moved).collect(), barred: None })
    }

    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: PackageDeed<'_>,
        submission: &Submission,
        reason: &str,
    ) -> Result<()> {
        undo_withdraw(conn, clock, proof, submission, reason).await
    }
}

/// Takes the withdrawal of a submission back. The caller has locked all of it, and commits.
///
/// # Errors
/// When the database fails.
pub async fn undo_withdraw(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: PackageDeed<'_>,
    submission: &Submission,
    reason: &str,
) -> Result<()> {
    let person = proof.person;
    let (to, subject) = determined_afresh(conn, submission).await?;
    let version = sqlx::query_scalar!(
        "update contract_review set status = $3 where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
        to as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let back = coming_back(conn, submission).await?;
    let remembered: Vec<_> =
        back.iter().map(|rate| RateFate { rate: rate.key.to_string(), fate: Fate::ComesBack, other: None }).collect();
    let details = json!({ "revision": submission.sent_revision, "status": to.label(), "rates": remembered });
    changed(submission, Kind::WithdrawalUndone, (to, version), reason)
        .with(details)
        .record(conn, clock, person)
        .await?;
    for rate in &back {
        fates::bring_rate_back(conn, clock, person, rate, Some(&submission.key), reason).await?;
    }
    if subject {
        let in_review: Vec<(RateReviewId, RateKey)> = rates::children(conn, submission.id)
            .await?
            .into_iter()
            .filter(ChildRate::in_review)
            .map(|rate| (rate.id, rate.key))
            .collect();
        reviews::make_missing(conn, clock, submission.id, &in_review).await?;
    }
    Ok(())
}

/// Where the package stands by what was sent last, and whether it is subject to review.
async fn determined_afresh(conn: &mut PgConnection, submission: &Submission) -> Result<(ContractReviewStatus, bool)> {
    let sent = submissions::latest_version(conn, submission).await?;
    let versions = sqlx::query_scalar!(
        r#"select count(*) as "versions!" from contract_submission where contract_review_id = $1 and submitted_at is not null"#,
        submission.id as _,
    )
    .fetch_one(conn)
    .await?;
    let subject = determination(&sent.data).is_subject();
    Ok((ContractReviewStatus::sent(versions, subject), subject))
}

/// The rates that were withdrawn with it.
async fn coming_back(conn: &mut PgConnection, submission: &Submission) -> Result<Vec<ChildRate>> {
    let mut rates = rates::children(conn, submission.id).await?;
    rates.retain(|rate| rate.withdrawn_with_parent);
    Ok(rates)
}
