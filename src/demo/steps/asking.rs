//! Departments ask the state about the contract or a rate, the state answers, and they read the answer.

use anyhow::Context;
use rand::RngExt;
use rand::seq::IndexedRandom;
use sqlx::PgConnection;

use super::Scene;
use crate::demo::answers::one_of;
use crate::domain::document::Category;
use crate::domain::id::{QuestionId, ResponseId};
use crate::domain::lifecycle::RoundStatus;
use crate::domain::role::Department;
use crate::questions::{self, About, Answer, Question, Standing, Unsaid};
use crate::rates::{self, ChildRate};
use crate::reviews;

/// What is asked about contracts.
const ABOUT_CONTRACTS: &[&str] = &[
    "Section 4.3 names the 2024 time and distance standards. Which ones apply from the effective date on?",
    "The quality withhold in section 7.2 leaves open when it is paid back. Please describe the schedule.",
    "Exhibit C refers to a directed payment. Which approved preprint is it?",
    "The amendment replaces attachment F, but attachment F is not among the documents. Please send it.",
    "Does the change of the service area also change the enrollment process described in section 2?",
];

/// What is asked about rates.
const ABOUT_RATES: &[&str] = &[
    "Please describe the data and the method behind the outpatient trend in table 4.",
    "The managed care adjustment is 1.5 points above that of the previous period. What is it based on?",
    "How do the rate cells of the certification map to those in the contract?",
    "Please explain the completion factors for the last three months of the base period.",
    "Which part of the non-benefit load is for care management, and how was it developed?",
];

/// What states answer.
const ANSWERS: &[&str] = &[
    "The document attached answers this; see the second page.",
    "The wording will be made clearer in the next amendment. What applies is the standard published in January.",
    "The actuary has described the development in the memo attached.",
    "This did not change from the contract approved last year; section 4.1 there has it in full.",
    "We have checked this with the plans: the schedule is quarterly, within 60 days of the end of each quarter.",
];

impl Scene<'_> {
    /// A department with no open round on it asks about the contract or a rate.
    pub(super) async fn ask(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let submission = self.lock_for_rounds(conn).await?;
        let children = rates::children(conn, self.id).await?;
        let reviewed: Vec<&ChildRate> = children.iter().filter(|rate| rate.in_review()).collect();
        let rate = reviewed.choose(&mut self.rng).copied().filter(|_| self.rng.random_bool(0.6));
        let department = match rate {
            Some(_) if self.rng.random_bool(0.4) => Department::Dmcp,
            Some(_) => Department::Oact,
            None => Department::Dmco,
        };
        let about = rate.map_or(About::Contract(self.id), |rate| About::Rate(rate.id));
        let going_on = questions::standing_on(conn, about).await?;
        if going_on.iter().any(|round| round.department == department && round.status == RoundStatus::Open) {
            return Ok(());
        }
        let revision = match rate {
            Some(rate) => rates::sent_revision(conn, rate.id).await?,
            None => submission.sent_revision,
        };
        let by = self.stage.cast.reviewer(&mut self.rng, department, &self.key.state_code);
        let by = by.context("nobody reviews")?.person.asker_for(department).context("reviewers ask")?;
        let text = one_of(&mut self.rng, if rate.is_some() { ABOUT_RATES } else { ABOUT_CONTRACTS });
        let id: QuestionId = self.clock.new_id();
        let says = Unsaid { text: Some(text), files: &[], recorded: None };
        let revision = revision.context("it was sent")?;
        let question = Question { id, about, rate: rate.map(|rate| &rate.key), revision, says };
        questions::ask(conn, &self.clock, by, question).await?;
        Ok(())
    }

    /// The state answers what is open, now and then with a document.
    pub(super) async fn answer(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        self.lock_for_rounds(conn).await?;
        let by = self.author.person.responder_for(&self.key.state_code).context("the state responds")?;
        for round in self.rounds(conn, RoundStatus::Open).await? {
            let text = one_of(&mut self.rng, ANSWERS);
            let name = format!("Answer to {}, round {}.pdf", round.department.short_name(), round.number);
            let file = self.stage.library.another(&mut self.rng, Category::Response, name, &[]);
            let files: Vec<_> = file.filter(|_| text.contains("attached")).into_iter().collect();
            let id: ResponseId = self.clock.new_id();
            let says = Unsaid { text: Some(text), files: &files, recorded: None };
            questions::respond(conn, &self.clock, by, &round, Answer { id, says }).await?;
        }
        Ok(())
    }

    /// The departments are done with what was answered.
    pub(super) async fn close_rounds(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        self.lock_for_rounds(conn).await?;
        for round in self.rounds(conn, RoundStatus::Answered).await? {
            let by = self.stage.cast.reviewer(&mut self.rng, round.department, &self.key.state_code);
            let by = by.context("nobody reviews")?.person.asker_for(round.department).context("reviewers close")?;
            questions::close(conn, &self.clock, by, &round, None).await?;
        }
        Ok(())
    }

    async fn lock_for_rounds(&mut self, conn: &mut PgConnection) -> anyhow::Result<crate::submissions::Submission> {
        let submission = self.lock(conn, self.author.person).await?;
        rates::lock_children(conn, self.id).await?;
        reviews::lock_all(conn, self.id).await?;
        Ok(submission)
    }

    /// The rounds on the contract and its own rates that stand so; what is withdrawn has none.
    async fn rounds(&self, conn: &mut PgConnection, status: RoundStatus) -> anyhow::Result<Vec<Standing>> {
        let mut rounds = questions::standing_on(conn, About::Contract(self.id)).await?;
        for rate in rates::children(conn, self.id).await? {
            rounds.extend(questions::standing_on(conn, About::Rate(rate.id)).await?);
        }
        rounds.retain(|round| round.status == status);
        Ok(rounds)
    }
}
