//! The package is approved, and now and then that is taken back.

use anyhow::Context;
use rand::seq::IndexedRandom;
use sqlx::PgConnection;
use time::Duration;

use super::Scene;
use super::reviewing::checked;
use crate::demo::answers::one_of;
use crate::domain::clock::eastern_date;
use crate::domain::lifecycle::ContractReviewAction;
use crate::life;
use crate::reviews::{self, Approval, DepartmentReview};

/// Why a package is approved although a department has not signed off.
const APPROVED_WITHOUT: &[&str] = &[
    "The contract is effective in three days; the open point is minor and the state has promised to mend it.",
    "Cleared by the director after a call with the state; a written confirmation is on file.",
];

/// Why an approval is taken back.
const APPROVAL_UNDONE: &[&str] = &[
    "Approved a day early: the letter to the state is not signed yet.",
    "The approval was meant for the amendment that came on the same day.",
    "The release date in the letter is another one; it is approved again with that date.",
];

impl Scene<'_> {
    pub(super) async fn approve(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let by = self.stage.cast.approver(&mut self.rng).context("nobody approves")?;
        let submission = self.lock(conn, by.0).await?;
        let reviews = reviews::of_submission(conn, submission.id).await?;
        let missing = reviews.iter().any(DepartmentReview::missing);
        let reason = missing.then(|| one_of(&mut self.rng, APPROVED_WITHOUT));
        let back = Duration::days([0, 0, 0, 1, 3].choose(&mut self.rng).copied().unwrap_or_default());
        let released_on = eastern_date(self.clock.now() - back);
        let approval = Approval { released_on, reason };
        checked(reviews::approve(conn, &self.clock, by, &submission, &reviews, approval).await)
    }

    pub(super) async fn undo_approval(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let by = self.stage.cast.may(&mut self.rng, &self.key.state_code, ContractReviewAction::UndoApproval);
        let by = by.context("nobody undoes approvals")?;
        let submission = self.lock(conn, by.person).await?;
        let reason = one_of(&mut self.rng, APPROVAL_UNDONE);
        Ok(life::undo_approval(conn, &self.clock, by, &submission, reason).await?)
    }
}
