//! CMS gives a package back to the state, which is told what to change, and now and then takes that back.

use anyhow::Context;
use rand::RngExt;
use rand::seq::IndexedRandom;
use sqlx::PgConnection;

use super::Scene;
use super::errands::Errand;
use crate::demo::answers::one_of;
use crate::domain::lifecycle::ContractReviewAction;
use crate::life;
use crate::rates;
use crate::reviews;
use crate::submissions;

/// Why an unlock is taken back.
const UNLOCK_UNDONE: &[&str] = &[
    "The state has sent the page by mail and need not send the package again.",
    "Unlocked by mistake: the question was about another submission of the state.",
    "After the call with the state the contract reads right as it is.",
];

impl Scene<'_> {
    pub(super) async fn unlock(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let by = self.stage.cast.may(&mut self.rng, &self.key.state_code, ContractReviewAction::Unlock);
        let by = by.context("nobody unlocks")?;
        let submission = self.lock(conn, by.person).await?;
        rates::lock_children(conn, submission.id).await?;
        reviews::lock_all(conn, submission.id).await?;
        let sent = submissions::latest_version(conn, &submission).await?;
        let children = rates::children(conn, submission.id).await?;
        let offered = Errand::offered(&mut self.rng, &sent.data, &children);
        let how_many = self.rng.random_range(1..=2);
        self.errands = offered.sample(&mut self.rng, how_many).cloned().collect();
        // A rate that is added is for the period that the contract has by then.
        self.errands.sort_by_key(|errand| matches!(errand, Errand::Rate));
        let reasons: Vec<String> = self.errands.iter().map(|errand| errand.reason(&sent.data)).collect();
        Ok(life::unlock(conn, &self.clock, by, &submission, &reasons.join(" ")).await?)
    }

    pub(super) async fn undo_unlock(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let by = self.stage.cast.may(&mut self.rng, &self.key.state_code, ContractReviewAction::UndoUnlock);
        let by = by.context("nobody undoes unlocks")?;
        let submission = self.lock(conn, by.person).await?;
        rates::lock_children(conn, submission.id).await?;
        reviews::lock_all(conn, submission.id).await?;
        let reason = one_of(&mut self.rng, UNLOCK_UNDONE);
        Ok(life::undo_unlock(conn, &self.clock, by, &submission, reason).await?)
    }
}
