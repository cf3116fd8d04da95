//! Withdrawing one rate of a package that goes on, and taking that back.

use sqlx::PgConnection;

use super::deed::{Deed, Prospect};
use super::{fates, holders};
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewAction};
use crate::domain::permission::{Person, RateDeed};
use crate::domain::role::Side;
use crate::questions;
use crate::rates::{self, Parent, Rate};
use crate::web::{Result, SignedIn};

/// Withdrawing a rate.
#[derive(Debug)]
pub struct WithdrawRate;

/// Undoing the withdrawal of a rate.
#[derive(Debug)]
pub struct UndoWithdrawRate;

impl Deed for WithdrawRate {
    type Thing = Rate;
    type Action = RateReviewAction;
    const SEGMENT: &'static str = "withdraw";
    const LABEL: &'static str = "Withdraw rate";
    const DONE: &'static str = "is withdrawn";
    const KIND: Kind = Kind::RateWithdrawn;
    const REASON: &'static str = "Say why it is withdrawn.";
    const WHOSE: &'static str = "Only reviewers and approvers withdraw rates.";

    fn proof(person: &Person) -> Option<RateDeed<'_>> {
        person.rate_deed(RateReviewAction::Withdraw)
    }

    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Rate> {
        rates::open(conn, who, key).await
    }

    async fn lock(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Option<Rate>> {
        lock(conn, who.person(), key).await
    }

    fn possible(rate: &Rate) -> bool {
        RateReviewAction::Withdraw.possible_from(rate.status)
    }

    async fn prospect(conn: &mut PgConnection, rate: &Rate) -> Result<Prospect> {
        let holders = rates::holding(conn, rate).await?;
        let approved: Vec<&Parent> =
            holders.iter().filter(|holder| holder.status == ContractReviewStatus::Approved).collect();
        let barred = approved.first().map(|first| {
            let keys: Vec<_> = approved.iter().map(|holder| holder.key.to_string()).collect();
            let step = (format!("/submissions/{}", first.key), format!("Open {}", first.key));
            (
                format!("{} can't be withdrawn: it is part of an approved package, {}.", rate.key, keys.join(", ")),
                Some(step),
            )
        });
        let mut sentences: Vec<String> = holders
            .iter()
            .map(|holder| format!("It stays in the versions of {} and is marked as withdrawn there.", holder.key))
            .collect();
        let rounds = questions::going_on(conn, rate.id.0).await?;
        sentences.extend(rounds.iter().map(|round| format!("This question ends with it: {}.", round.sentence())));
        sentences
            .push(format!("It leaves what {} is writing, and its departments review it no more.", rate.state_name));
        Ok(Prospect { sentences, rates: Vec::new(), barred })
    }

    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: RateDeed<'_>,
        rate: &Rate,
        reason: &str,
    ) -> Result<()> {
        withdraw_rate(conn, clock, proof, rate, reason).await
    }
}

impl Deed for UndoWithdrawRate {
    type Thing = Rate;
    type Action = RateReviewAction;
    const SEGMENT: &'static str = "undo-withdraw";
    const LABEL: &'static str = "Undo withdrawal";
    const DONE: &'static str = "is not withdrawn any more";
    const KIND: Kind = Kind::RateBroughtBack;
    const REASON: &'static str = "Say why the withdrawal is undone.";
    const WHOSE: &'static str = "Only reviewers and approvers undo withdrawals.";

    fn proof(person: &Person) -> Option<RateDeed<'_>> {
        person.rate_deed(RateReviewAction::UndoWithdraw)
    }

    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Rate> {
        rates::open(conn, who, key).await
    }

    async fn lock(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Option<Rate>> {
        lock(conn, who.person(), key).await
    }

    fn possible(rate: &Rate) -> bool {
        RateReviewAction::UndoWithdraw.possible_from(rate.status)
    }

    async fn prospect(conn: &mut PgConnection, rate: &Rate) -> Result<Prospect> {
        let child = rates::child(conn, rate).await?;
        let holders = rates::holding(conn, rate).await?;
        let parent = &rate.parent;
        let barred = if child.withdrawn_with_parent {
            let step = (
                format!("/submissions/{}/undo-withdraw", parent.key),
                format!("Undo the withdrawal of {}", parent.key),
            );
            Some((format!("{} was withdrawn with {}: it comes back with it.", rate.key, parent.key), Some(step)))
        } else if !parent.status.under_review() {
            let status = parent.status.tag(Side::Cms).label.to_lowercase();
            let step = (format!("/submissions/{}", parent.key), format!("Open {}", parent.key));
            Some((format!("{} can't be brought back while {} is {status}.", rate.key, parent.key), Some(step)))
        } else if holders.iter().all(|holder| holder.id != parent.id) {
            Some((format!("{} was sent again without {}: it can't be brought back.", parent.key, rate.key), None))
        } else {
            None
        };
        let mut sentences = vec![format!("It is {} again.", child.status_before().tag(Side::Cms).label.to_lowercase())];
        let marked = holders.iter().map(|holder| format!("The mark goes from the current version of {}.", holder.key));
        sentences.extend(marked);
        Ok(Prospect { sentences, rates: Vec::new(), barred })
    }

    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: RateDeed<'_>,
        rate: &Rate,
        reason: &str,
    ) -> Result<()> {
        undo_withdraw_rate(conn, clock, proof, rate, reason).await
    }
}

/// A rate locked with its submission and every other that holds it; nothing when that is to be tried again from the
/// beginning of a transaction.
///
/// # Errors
/// [`crate::web::Error::NotFound`].
pub async fn lock(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Option<Rate>> {
    let found = rates::visible(conn, person, key).await?;
    if !holders::lock(conn, found.parent.id, &[found.id]).await? {
        return Ok(None);
    }
    let rate = rates::visible(conn, person, key).await?;
    Ok((rate.parent.id == found.parent.id).then_some(rate))
}

/// Withdraws a rate. The caller has locked it with [`lock`], and commits.
///
/// # Errors
/// When the database fails.
pub async fn withdraw_rate(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: RateDeed<'_>,
    rate: &Rate,
    reason: &str,
) -> Result<()> {
    let child = rates::child(conn, rate).await?;
    fates::withdraw_rate(conn, clock, proof.person, &child, None, reason).await
}

/// Takes the withdrawal of a rate back. The caller has locked it with [`lock`], and commits.
///
/// # Errors
/// When the database fails.
pub async fn undo_withdraw_rate(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: RateDeed<'_>,
    rate: &Rate,
    reason: &str,
) -> Result<()> {
    let child = rates::child(conn, rate).await?;
    fates::bring_rate_back(conn, clock, proof.person, &child, None, reason).await
}
