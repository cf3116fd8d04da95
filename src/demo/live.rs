//! Living through the stories: every deed by the same function that people's pages call, the clock set to its moment.

use anyhow::Context;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use time::{Duration, OffsetDateTime};

use super::answers::{contacts_page, contract_page, first_page, one_of};
use super::cast::Cast;
use super::library::Library;
use super::story::{Deed, life};
use super::words;
use crate::documents;
use crate::domain::clock::{Clock, eastern_date};
use crate::domain::document::Category;
use crate::domain::forms::{Change, ContractForm, Form, Programs};
use crate::domain::id::ContractReviewId;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{Decision, DepartmentReviewStatus};
use crate::domain::permission::{Person, StateUser};
use crate::domain::role::Department;
use crate::reviews::{self, Approval, Decided, DepartmentReview, How, Reviewer, Unwritten};
use crate::submissions::draft::{self, Created, Draft, Save};
use crate::submissions::submit::submit;
use crate::submissions::{self, Submission};

/// What all stories need.
#[derive(Debug)]
pub struct Stage {
    /// Who acts.
    pub cast: Cast,
    /// What is uploaded.
    pub library: Library,
    /// When the world ends.
    pub now: OffsetDateTime,
    /// What the dice begin with.
    pub seed: u64,
}

impl Stage {
    /// Dice of their own for one thing of a state, so that the order of loading does not matter.
    pub fn dice(&self, state_code: &str, thing: u64) -> StdRng {
        let place = state_code.bytes().fold(0_u64, |place, letter| place << 8 | u64::from(letter));
        StdRng::seed_from_u64(self.seed ^ place << 48 ^ thing.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

/// Lives through one submission of a state, in one transaction.
///
/// # Errors
/// When the database fails, or a deed is refused.
pub async fn live(
    conn: &mut PgConnection,
    stage: &Stage,
    (state_code, number): (&str, u64),
    begun: OffsetDateTime,
) -> anyhow::Result<ContractReviewId> {
    let mut rng = stage.dice(state_code, number);
    let author = stage.cast.author(&mut rng, state_code).context("nobody writes for the state")?;
    let clock = Clock::set_to(begun);
    let mut tx = conn.begin().await?;
    let programs = draft::programs(&mut tx, &clock, state_code).await?;
    let first = first_page(&mut rng, &programs, begun.date());
    let id = clock.new_id();
    let (Created::Now(key) | Created::Before(key)) =
        draft::create(&mut tx, &clock, author, id, &first, &programs).await?;
    let steps = life(&mut rng, begun, stage.now);
    let mut scene = Scene { conn: &mut tx, clock, rng, stage, author, programs, key };
    for (at, deed) in steps {
        scene.clock.set(at);
        scene.act(deed).await.with_context(|| format!("{deed:?} of {}", scene.key))?;
        // Nobody reviews what is kept for the record.
        if deed == Deed::Submit && !scene.lock(author.person).await?.status.under_review() {
            break;
        }
    }
    tx.commit().await?;
    Ok(id)
}

/// One submission while it is lived through.
pub(super) struct Scene<'a> {
    pub(super) conn: &'a mut PgConnection,
    pub(super) clock: Clock,
    pub(super) rng: StdRng,
    pub(super) stage: &'a Stage,
    pub(super) author: StateUser<'a>,
    pub(super) programs: Programs,
    pub(super) key: SubmissionKey,
}

impl Scene<'_> {
    async fn act(&mut self, deed: Deed) -> anyhow::Result<()> {
        match deed {
            Deed::FillInContract => self.fill_in_contract().await,
            Deed::FillInRates => self.fill_in_rates().await,
            Deed::FillInContacts => {
                let draft = self.draft().await?;
                let data = contacts_page(&mut self.rng, &draft.data, self.author.person);
                self.save(&draft, &data, Vec::new()).await
            }
            Deed::Submit => {
                let draft = self.draft().await?;
                let sent = submit(self.conn, &self.clock, self.author, &draft, &self.programs, None).await?;
                sent.map(|_| ()).map_err(|problems| anyhow::anyhow!("the form is not complete: {problems:?}"))
            }
            Deed::Approve => self.approve().await,
            _ => self.review(deed).await,
        }
    }

    async fn lock(&mut self, person: &Person) -> anyhow::Result<Submission> {
        Ok(submissions::lock(self.conn, person, &self.key.to_string()).await?)
    }

    pub(super) async fn draft(&mut self) -> anyhow::Result<Draft> {
        let submission = self.lock(self.author.person).await?;
        Ok(draft::load(self.conn, submission).await?)
    }

    pub(super) async fn save(&mut self, draft: &Draft, data: &ContractForm, others: Vec<Change>) -> anyhow::Result<()> {
        let saved =
            draft::save(self.conn, &self.clock, self.author, draft, Save { data, others }, &self.programs).await?;
        saved.map(|_| ()).context("the draft has another version")
    }

    async fn fill_in_contract(&mut self) -> anyhow::Result<()> {
        let draft = self.draft().await?;
        let data = contract_page(&mut self.rng, &draft.data, self.clock.today());
        let program = draft.data.program_ids().first().and_then(|id| self.programs.get(*id));
        let program = program.map_or("Medicaid", |program| program.name.as_str());
        let files = self.stage.library.files(&mut self.rng, &self.key.state_code, program);
        for file in &files {
            let attached = documents::attach(
                self.conn,
                &self.clock,
                self.author.person,
                documents::Owner::Contract(draft.id),
                file,
            )
            .await?;
            attached.map_err(|problem| anyhow::anyhow!("{}: {problem:?}", file.file_name))?;
        }
        let changes = Category::CONTRACT.into_iter().filter_map(|category| {
            let of_category = files.iter().filter(|file| file.category == category);
            let names: Vec<&str> = of_category.map(|file| file.file_name.as_str()).collect();
            let key = format!("documents.{}", category.as_str());
            (!names.is_empty()).then(|| Change { key, old: json!([]), new: json!(names) })
        });
        let changes = changes.collect();
        self.save(&draft, &data, changes).await
    }

    /// What the departments do, each about what it reviews.
    async fn review(&mut self, deed: Deed) -> anyhow::Result<()> {
        let submission = self.lock(self.author.person).await?;
        for review in reviews::of_submission(self.conn, submission.id).await? {
            // Departments agree more often than not.
            let own = if deed == Deed::Object && review.department != Department::Dmco { Deed::SignOff } else { deed };
            let settled = review.status == DepartmentReviewStatus::SignedOff;
            if !(settled && matches!(own, Deed::Reopen | Deed::SignOff)) {
                self.review_by_department(&review, own).await.with_context(|| review.title())?;
            }
        }
        Ok(())
    }

    /// A deed of one department: by whoever is on the review, else by a reviewer of the dice's choice.
    async fn review_by_department(&mut self, review: &DepartmentReview, deed: Deed) -> anyhow::Result<()> {
        let cast = &self.stage.cast;
        let chosen = cast.reviewer(&mut self.rng, review.department, &self.key.state_code);
        let chosen = chosen.with_context(|| format!("nobody reviews for {}", review.department.short_name()))?;
        let by = review.primary.as_ref().and_then(|primary| cast.member(primary)).unwrap_or(chosen);
        let revision = review.current_revision.context("nothing was sent")?;
        let (conn, clock) = (&mut *self.conn, &self.clock);
        let written = match deed {
            Deed::Take => {
                let me = reviewer(by.person);
                reviews::set_reviewers(conn, clock, by.person, review, (Some(&me), None), How::Take).await
            }
            Deed::Assign => return self.assign(review, reviewer(by.person)).await,
            Deed::Start => reviews::start(conn, clock, by, review, revision, true).await,
            Deed::Object => {
                let note = Some(one_of(&mut self.rng, words::OBJECTED));
                let decided = Decided { decision: Decision::Objection, note, revision };
                reviews::decide(conn, clock, by, review, decided).await
            }
            Deed::Reopen => {
                let reason = one_of(&mut self.rng, words::REOPENED);
                reviews::reopen(conn, clock, by, review, reason).await
            }
            _ => {
                let note = self.rng.random_bool(0.3).then(|| one_of(&mut self.rng, words::SIGNED_OFF));
                let decided = Decided { decision: Decision::SignedOff, note, revision };
                reviews::decide(conn, clock, by, review, decided).await
            }
        };
        checked(written)
    }

    /// Two people are put on the review.
    async fn assign(&mut self, review: &DepartmentReview, primary: Reviewer) -> anyhow::Result<()> {
        let cast = &self.stage.cast;
        let by = cast.assigner(review.department).context("nobody assigns")?;
        let other = cast.reviewer(&mut self.rng, review.department, &self.key.state_code);
        let secondary = other.map(|member| reviewer(member.person)).filter(|other| other.id != primary.id);
        let people = (Some(&primary), secondary.as_ref());
        checked(reviews::set_reviewers(self.conn, &self.clock, by, review, people, How::Set).await)
    }

    async fn approve(&mut self) -> anyhow::Result<()> {
        let by = self.stage.cast.approver(&mut self.rng).context("nobody approves")?;
        let submission = self.lock(by.0).await?;
        let reviews = reviews::of_submission(self.conn, submission.id).await?;
        let signed_off = reviews.iter().all(DepartmentReview::signed_off);
        let reason = (!signed_off).then(|| one_of(&mut self.rng, words::APPROVED_WITHOUT));
        let back = Duration::days([0, 0, 0, 1, 3].choose(&mut self.rng).copied().unwrap_or_default());
        let released_on = eastern_date(self.clock.now() - back);
        let approval = Approval { released_on, reason };
        checked(reviews::approve(self.conn, &self.clock, by, &submission, &reviews, approval).await)
    }
}

fn reviewer(person: &Person) -> Reviewer {
    Reviewer { id: person.id, name: person.name.clone(), email: person.email.clone() }
}

fn checked(written: Result<i32, Unwritten>) -> anyhow::Result<()> {
    match written {
        Ok(_) => Ok(()),
        Err(Unwritten::Stale) => anyhow::bail!("the review has another version"),
        Err(Unwritten::Failed(error)) => Err(error.into()),
    }
}
