//! The steps of a story: every deed by the same function that people's pages call, the clock set to its moment. One file
//! per kind of step, each with the words that people say with it.

mod approving;
mod asking;
mod coming_in;
mod correcting;
mod drafting;
mod errands;
mod noting;
mod rate_withdrawing;
mod rates;
mod reviewing;
mod revising;
mod unlocking;
mod withdrawing;

use anyhow::Context;
use rand::rngs::StdRng;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::answers::first_page;
use super::stage::Stage;
use super::story::Deed;
use crate::domain::clock::Clock;
use crate::domain::forms::Programs;
use crate::domain::id::{ContractReviewId, CorrectionId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::permission::{Person, StateUser};
use crate::submissions::draft::{self, Created};
use crate::submissions::{self, Submission};
use errands::Errand;

pub use coming_in::mccrs_number;

/// One submission while it is lived through.
pub struct Scene<'a> {
    /// Its key.
    pub id: ContractReviewId,
    /// Its address.
    pub key: SubmissionKey,
    stage: &'a Stage,
    clock: Clock,
    rng: StdRng,
    author: StateUser<'a>,
    /// The programs as they were when its open version was begun.
    programs: Programs,
    /// What the state is to change in the version that is open.
    errands: Vec<Errand>,
    /// What can be taken back.
    withdrawn: Option<RateKey>,
    corrected: Option<CorrectionId>,
}

impl<'a> Scene<'a> {
    /// The state starts a draft.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        conn: &mut PgConnection,
        stage: &'a Stage,
        state_code: &str,
        mut rng: StdRng,
        at: OffsetDateTime,
    ) -> anyhow::Result<Self> {
        let author = stage.cast.author(&mut rng, state_code).context("nobody writes for the state")?;
        let clock = Clock::set_to(at);
        let programs = draft::programs(conn, &clock, state_code).await?;
        let first = first_page(&mut rng, &programs, at.date());
        let id = clock.new_id();
        let created = draft::create(conn, &clock, author, id, &first, &programs).await?;
        let (Created::Now(key) | Created::Before(key)) = created;
        Ok(Self { id, key, stage, clock, rng, author, programs, errands: Vec::new(), withdrawn: None, corrected: None })
    }

    /// Somebody does something, if the submission still stands where that can be done.
    ///
    /// # Errors
    /// When the database fails, or the deed is refused.
    pub async fn act(&mut self, conn: &mut PgConnection, at: OffsetDateTime, deed: Deed) -> anyhow::Result<()> {
        self.clock.set(at);
        let submission = self.lock(conn, self.author.person).await?;
        if !deed.possible_from(submission.status) {
            return Ok(());
        }
        match deed {
            Deed::Begin => Ok(()),
            Deed::FillInContract => self.fill_in_contract(conn).await,
            Deed::FillInRates => self.fill_in_rates(conn).await,
            Deed::FillInContacts => self.fill_in_contacts(conn).await,
            Deed::Submit => self.send(conn, None).await,
            Deed::NoteNumber => self.note_number(conn).await,
            Deed::Take | Deed::Assign | Deed::Start | Deed::SignOff | Deed::Object | Deed::Reopen => {
                self.review(conn, deed).await
            }
            Deed::Remark => self.remark(conn).await,
            Deed::Ask => self.ask(conn).await,
            Deed::Answer => self.answer(conn).await,
            Deed::CloseRounds => self.close_rounds(conn).await,
            Deed::Unlock => self.unlock(conn).await,
            Deed::UndoUnlock => self.undo_unlock(conn).await,
            Deed::Revise => self.revise(conn).await,
            Deed::Resubmit => self.resubmit(conn).await,
            Deed::Approve => self.approve(conn).await,
            Deed::UndoApproval => self.undo_approval(conn).await,
            Deed::Withdraw => self.withdraw(conn).await,
            Deed::UndoWithdraw => self.undo_withdraw(conn).await,
            Deed::Replace => self.replace(conn).await,
            Deed::WithdrawRate => self.withdraw_rate(conn).await,
            Deed::BringRateBack => self.bring_rate_back(conn).await,
            Deed::Correct => self.correct(conn).await,
            Deed::UndoCorrection => self.undo_correction(conn).await,
        }
    }

    /// The submission as somebody finds it, locked.
    async fn lock(&self, conn: &mut PgConnection, person: &Person) -> anyhow::Result<Submission> {
        Ok(submissions::lock(conn, person, &self.key.to_string()).await?)
    }
}
