//! An administrator corrects what was sent, in an addition beside it, and now and then takes that back.

use anyhow::Context;
use rand::RngExt;
use sqlx::PgConnection;
use time::Duration;

use super::Scene;
use crate::corrections::{self, Case, Change};
use crate::documents::ReceivedFile;
use crate::domain::document::Category;
use crate::domain::forms::ContractAction;
use crate::domain::id::CorrectionId;

/// What there is to correct, and why.
const EARLIER: &str = "The portal was down: the state sent the package by email first, and its date counts.";
const ACTION: &str = "The state chose the wrong contract action; its letter of transmittal names the right one.";
const ADDED: &str = "Sent by email because the upload failed; the state asked to put it with the package.";
const WITHDRAWN: &str = "The document names enrollees. The state has sent one without names by email.";
const UNDONE: &str = "The correction was meant for another submission of the state.";

impl Scene<'_> {
    pub(super) async fn correct(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let by = self.stage.cast.corrector(&mut self.rng).context("nobody corrects")?;
        let case = Case::lock_submission(conn, by.0, &self.key.to_string()).await?;
        let id: CorrectionId = self.clock.new_id();
        let added = self.late_document(&case);
        let supporting = case.in_view().find(|document| document.category == Category::ContractSupporting);
        let (change, reason) = match (self.rng.random_range(0..4), supporting, case.action, &added) {
            (0, Some(document), ..) => (Change::Withdraw { document, all_versions: false }, WITHDRAWN),
            (1, _, _, Some(file)) => (Change::Add(file), ADDED),
            (2, _, Some(action), _) => (Change::Action(other(action)), ACTION),
            _ => (Change::FirstSent(case.first_sent - Duration::hours(self.rng.random_range(2..20))), EARLIER),
        };
        corrections::correct(conn, &self.clock, by, &case, id, change, reason).await?;
        self.corrected = Some(id);
        Ok(())
    }

    /// Takes it back, unless a further version was sent since.
    pub(super) async fn undo_correction(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let Some(corrected) = self.corrected.take() else { return Ok(()) };
        let by = self.stage.cast.corrector(&mut self.rng).context("nobody corrects")?;
        let case = Case::lock_submission(conn, by.0, &self.key.to_string()).await?;
        let Some((correction, document)) = case.correction(corrected) else { return Ok(()) };
        let (id, undo) = (self.clock.new_id(), Change::Undo(correction, document));
        Ok(corrections::correct(conn, &self.clock, by, &case, id, undo, UNDONE).await?)
    }

    fn late_document(&mut self, case: &Case) -> Option<ReceivedFile> {
        let name = format!("{} letter of transmittal.pdf", self.key);
        self.stage.library.another(&mut self.rng, Category::ContractSupporting, name, &case.documents)
    }
}

fn other(action: ContractAction) -> ContractAction {
    match action {
        ContractAction::Base => ContractAction::Amendment,
        ContractAction::Amendment => ContractAction::Base,
    }
}
