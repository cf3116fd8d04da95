//! One rate of a package is withdrawn while the package goes on, and that is taken back.

use anyhow::Context;
use rand::seq::IndexedRandom;
use sqlx::PgConnection;

use super::Scene;
use crate::demo::answers::one_of;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewAction};
use crate::life;
use crate::rates::{self, ChildRate, Rate};

/// Why a rate is withdrawn.
const WITHDRAWN: &[&str] = &[
    "The certification is for a rating period that is already certified. The state asked to take it out.",
    "The actuary withdrew the certification; a new one comes with the mid-year amendment.",
    "Sent with the wrong contract. The state sends it again with its own.",
];

/// Why the withdrawal of a rate is taken back.
const BROUGHT_BACK: &[&str] = &[
    "The rating periods do not overlap after all, as the actuary showed on the call.",
    "The state confirms that the certification belongs to this contract.",
];

impl Scene<'_> {
    /// Withdraws one of the rates in review, unless an approved package holds it.
    pub(super) async fn withdraw_rate(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let in_review: Vec<ChildRate> =
            rates::children(conn, self.id).await?.into_iter().filter(ChildRate::in_review).collect();
        let Some(chosen) = in_review.choose(&mut self.rng) else { return Ok(()) };
        let by = self.stage.cast.may_with_rates(&mut self.rng, &self.key.state_code, RateReviewAction::Withdraw);
        let by = by.context("nobody withdraws rates")?;
        let rate = life::lock_rate(conn, by.person, &chosen.key.to_string()).await?;
        let rate = rate.context("somebody else changes the rate")?;
        let holders = rates::holding(conn, &rate).await?;
        if holders.iter().any(|holder| holder.status == ContractReviewStatus::Approved) {
            return Ok(());
        }
        let reason = one_of(&mut self.rng, WITHDRAWN);
        life::withdraw_rate(conn, &self.clock, by, &rate, reason).await?;
        self.withdrawn = Some(rate.key);
        Ok(())
    }

    /// Takes that back, if the package still holds the rate.
    pub(super) async fn bring_rate_back(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let Some(key) = self.withdrawn.take() else { return Ok(()) };
        let by = self.stage.cast.may_with_rates(&mut self.rng, &self.key.state_code, RateReviewAction::UndoWithdraw);
        let by = by.context("nobody brings rates back")?;
        let rate = life::lock_rate(conn, by.person, &key.to_string()).await?;
        let rate = rate.context("somebody else changes the rate")?;
        if self.can_come_back(conn, &rate, &key).await? {
            let reason = one_of(&mut self.rng, BROUGHT_BACK);
            life::undo_withdraw_rate(conn, &self.clock, by, &rate, reason).await?;
        }
        Ok(())
    }

    async fn can_come_back(&self, conn: &mut PgConnection, rate: &Rate, key: &RateKey) -> anyhow::Result<bool> {
        let held = rates::holding(conn, rate).await?.iter().any(|holder| holder.id == self.id);
        let child = rates::children(conn, self.id).await?.into_iter().find(|child| child.key == *key);
        Ok(held
            && child.is_some_and(|child| {
                !child.withdrawn_with_parent && RateReviewAction::UndoWithdraw.possible_from(child.status)
            }))
    }
}
