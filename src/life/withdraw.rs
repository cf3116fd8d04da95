//! Taking a package out of review, its own rates with it, except those that another package holds: they move there.

use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::deed::{Deed, Prospect};
use super::fates::{self, Fated};
use super::holders;
use super::tell::changed;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::lifecycle::{Closing, ContractReviewAction, ContractReviewStatus};
use crate::domain::permission::{PackageDeed, Person};
use crate::history::Fate;
use crate::questions::{self, About};
use crate::rates;
use crate::reviews;
use crate::submissions::{self, Submission};
use crate::web::{Result, SignedIn};

/// Withdrawing.
#[derive(Debug)]
pub struct Withdraw;

impl Deed for Withdraw {
    type Thing = Submission;
    type Action = ContractReviewAction;
    const SEGMENT: &'static str = "withdraw";
    const LABEL: &'static str = "Withdraw";
    const DONE: &'static str = "is withdrawn";
    const KIND: Kind = Kind::Withdrawn;
    const REASON: &'static str = "Say why it is withdrawn.";
    const WHOSE: &'static str = "Only reviewers and approvers withdraw submissions.";

    fn proof(person: &Person) -> Option<PackageDeed<'_>> {
        person.package_deed(ContractReviewAction::Withdraw)
    }

    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Submission> {
        submissions::open(conn, who, key).await
    }

    async fn lock(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Option<Submission>> {
        lock(conn, who.person(), key).await
    }

    fn possible(submission: &Submission) -> bool {
        ContractReviewAction::Withdraw.possible_from(submission.status)
    }

    async fn prospect(conn: &mut PgConnection, submission: &Submission) -> Result<Prospect> {
        let rates = fates::of_withdrawal(conn, submission).await?;
        let mut sentences = vec![
            format!("{} and CMS keep reading it; nobody reviews or changes it any more.", submission.state_name),
            "A reviewer or an approver can undo the withdrawal.".to_owned(),
        ];
        if !rates.is_empty() {
            sentences.push("Each of its rates goes as the table says.".to_owned());
        }
        let ends = |subject: Uuid| {
            let of_rate = |fated: &Fated| fated.rate.id.0 == subject && fated.ends_rounds();
            subject == submission.id.0 || rates.iter().any(of_rate)
        };
        let rounds = questions::going_on(conn, submission.id.0).await?;
        let ending = rounds.iter().filter(|round| ends(round.subject));
        sentences.extend(ending.map(|round| format!("This question ends with it: {}.", round.sentence())));
        Ok(Prospect { sentences, rates: rates.iter().map(Fated::prospect).collect(), barred: None })
    }

    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: PackageDeed<'_>,
        submission: &Submission,
        reason: &str,
    ) -> Result<()> {
        withdraw(conn, clock, proof, submission, reason).await
    }
}

/// A submission locked with its rates and every other submission that holds one of them; nothing when that is to be
/// tried again from the beginning of a transaction.
///
/// # Errors
/// [`crate::web::Error::NotFound`].
pub async fn lock(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Option<Submission>> {
    let found = submissions::visible(conn, person, key).await?;
    let own = |rates: Vec<rates::ChildRate>| rates.into_iter().map(|rate| rate.id).collect::<Vec<_>>();
    let before = own(rates::children(conn, found.id).await?);
    if !holders::lock(conn, found.id, &before).await? {
        return Ok(None);
    }
    // A rate may have moved here, or away, before the lock was had.
    if own(rates::children(conn, found.id).await?) != before {
        return Ok(None);
    }
    reviews::lock_all(conn, found.id).await?;
    Ok(Some(submissions::visible(conn, person, key).await?))
}

/// Withdraws a submission. The caller has locked it with [`lock`], and commits.
///
/// # Errors
/// When the database fails.
pub async fn withdraw(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: PackageDeed<'_>,
    submission: &Submission,
    reason: &str,
) -> Result<()> {
    let person = proof.person;
    let rates = fates::of_withdrawal(conn, submission).await?;
    for Fated { rate, fate, other } in &rates {
        match (fate, other) {
            (Fate::Moves, Some(to)) => fates::move_rate(conn, clock, person, (&submission.key, to), rate).await?,
            (Fate::Withdrawn, _) => {
                fates::withdraw_rate(conn, clock, person, rate, Some(&submission.key), reason).await?;
            }
            _ => {}
        }
    }
    questions::end(conn, clock, person, About::Contract(submission.id), Closing::Withdrawal).await?;
    let to = ContractReviewStatus::Withdrawn;
    let version = sqlx::query_scalar!(
        "update contract_review set status = 'withdrawn' where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
    )
    .fetch_one(&mut *conn)
    .await?;
    let remembered: Vec<_> = rates.iter().map(Fated::remembered).collect();
    let details = json!({ "revision": submission.sent_revision, "rates": remembered });
    changed(submission, Kind::Withdrawn, (to, version), reason).with(details).record(conn, clock, person).await
}
