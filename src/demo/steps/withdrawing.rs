//! A package is withdrawn, alone or because another replaces it, and that is taken back.

use anyhow::Context;
use sqlx::PgConnection;

use super::Scene;
use crate::demo::answers::one_of;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::ContractReviewAction;
use crate::life;
use crate::rates;
use crate::submissions;

/// Why a package is withdrawn.
const WITHDRAWN: &[&str] = &[
    "Withdrawn at the state's request: the legislature did not fund the expansion.",
    "The state sent this contract twice; review goes on with the other submission.",
    "The plan left the program before the contract began. The state's letter is on file.",
    "Not a contract action: the document is a letter of agreement that needs no approval.",
];

/// Why a withdrawal is taken back.
const WITHDRAWAL_UNDONE: &[&str] = &[
    "The state asks us to go on: the appropriation passed in the special session.",
    "The two submissions were not the same; this one is about the other region.",
    "Withdrawn by mistake, the request was about another amendment.",
];

impl Scene<'_> {
    pub(super) async fn withdraw(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let reason = one_of(&mut self.rng, WITHDRAWN);
        let key = self.key.clone();
        self.withdraw_package(conn, &key, reason).await
    }

    /// The submission whose rate this one links is withdrawn, if it is still under review: the rate moves here.
    pub(super) async fn replace(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let submission = self.lock(conn, self.author.person).await?;
        let version = submissions::latest_version(conn, &submission).await?;
        let rates = rates::of_version(conn, version.id).await?;
        let Some(other) = rates.into_iter().find_map(|rate| rate.linked_from) else { return Ok(()) };
        let replaced = submissions::lock(conn, self.author.person, &other.to_string()).await?;
        if !replaced.status.under_review() {
            return Ok(());
        }
        let reason = format!("Replaced by {}, which the state has sent with the same rates.", self.key);
        self.withdraw_package(conn, &other, &reason).await
    }

    async fn withdraw_package(
        &mut self,
        conn: &mut PgConnection,
        key: &SubmissionKey,
        reason: &str,
    ) -> anyhow::Result<()> {
        let by = self.stage.cast.may(&mut self.rng, &key.state_code, ContractReviewAction::Withdraw);
        let by = by.context("nobody withdraws")?;
        let locked = life::lock_package(conn, by.person, &key.to_string()).await?;
        let submission = locked.context("somebody else changes the package")?;
        Ok(life::withdraw(conn, &self.clock, by, &submission, reason).await?)
    }

    pub(super) async fn undo_withdraw(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let by = self.stage.cast.may(&mut self.rng, &self.key.state_code, ContractReviewAction::UndoWithdraw);
        let by = by.context("nobody undoes withdrawals")?;
        let submission = self.lock(conn, by.person).await?;
        rates::lock_children(conn, submission.id).await?;
        let reason = one_of(&mut self.rng, WITHDRAWAL_UNDONE);
        Ok(life::undo_withdraw(conn, &self.clock, by, &submission, reason).await?)
    }
}
