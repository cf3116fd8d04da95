//! What the departments do, each about what it reviews: they take it, start, decide, and think again.

use anyhow::Context;
use rand::RngExt;
use sqlx::PgConnection;

use super::Scene;
use crate::demo::answers::one_of;
use crate::demo::story::Deed;
use crate::domain::lifecycle::{Decision, DepartmentReviewAction, DepartmentReviewStatus};
use crate::domain::permission::Person;
use crate::domain::role::Department;
use crate::reviews::{self, Decided, DepartmentReview, How, Reviewer, Unwritten};

/// What reviewers write when they sign off; most write nothing.
const SIGNED_OFF: &[&str] = &[
    "All sections of the review guide are met.",
    "The two points we asked about by telephone are settled in the final wording.",
    "Compared with the redline; nothing else changed.",
];

/// What reviewers write when they object.
const OBJECTED: &[&str] = &[
    "Section 4.3 names time and distance standards that differ from those in the attachment. One of the two has to go.",
    "The withhold in section 7.2 may exceed what is reasonably achievable (42 CFR 438.6(b)(3)). Please send the actuary's view.",
    "The signature page of one plan is missing.",
    "The grievance time frames in section 9 are longer than 42 CFR 438.408(b) allows.",
    "The directed payment in exhibit C is not the one of the approved preprint.",
];

/// Why a decision is taken back.
const REOPENED: &[&str] = &[
    "The state sent the missing page by mail; it was overlooked.",
    "The attachment and section 4.3 agree after all; the guide was read wrongly.",
    "The actuary's view arrived and settles the point.",
];

impl Scene<'_> {
    /// What the departments do, as far as each can.
    pub(super) async fn review(&mut self, conn: &mut PgConnection, deed: Deed) -> anyhow::Result<()> {
        for review in reviews::of_submission(conn, self.id).await? {
            // Departments agree more often than not.
            let own = if deed == Deed::Object && review.department != Department::Dmco { Deed::SignOff } else { deed };
            if possible(&review, own) {
                self.review_by_department(conn, &review, own).await.with_context(|| review.title())?;
            }
        }
        Ok(())
    }

    /// A deed of one department: by whoever is on the review, else by a reviewer of the dice's choice.
    async fn review_by_department(
        &mut self,
        conn: &mut PgConnection,
        review: &DepartmentReview,
        deed: Deed,
    ) -> anyhow::Result<()> {
        let cast = &self.stage.cast;
        let chosen = cast.reviewer(&mut self.rng, review.department, &self.key.state_code);
        let chosen = chosen.with_context(|| format!("nobody reviews for {}", review.department.short_name()))?;
        let by = review.primary.as_ref().and_then(|primary| cast.member(primary)).unwrap_or(chosen);
        let revision = review.current_revision.context("nothing was sent")?;
        let clock = &self.clock;
        let written = match deed {
            Deed::Take => {
                let me = reviewer(by.person);
                reviews::set_reviewers(conn, clock, by.person, review, (Some(&me), None), How::Take).await
            }
            Deed::Assign => return self.assign(conn, review, reviewer(by.person)).await,
            Deed::Start => reviews::start(conn, clock, by, review, revision, true).await,
            Deed::Object => {
                let note = Some(one_of(&mut self.rng, OBJECTED));
                let decided = Decided { decision: Decision::Objection, note, revision };
                reviews::decide(conn, clock, by, review, decided).await
            }
            Deed::Reopen => {
                let reason = one_of(&mut self.rng, REOPENED);
                reviews::reopen(conn, clock, by, review, reason).await
            }
            _ => {
                let note = self.rng.random_bool(0.3).then(|| one_of(&mut self.rng, SIGNED_OFF));
                let decided = Decided { decision: Decision::SignedOff, note, revision };
                reviews::decide(conn, clock, by, review, decided).await
            }
        };
        checked(written)
    }

    /// Two people are put on the review.
    async fn assign(
        &mut self,
        conn: &mut PgConnection,
        review: &DepartmentReview,
        primary: Reviewer,
    ) -> anyhow::Result<()> {
        let cast = &self.stage.cast;
        let by = cast.assigner(review.department).context("nobody assigns")?;
        let other = cast.reviewer(&mut self.rng, review.department, &self.key.state_code);
        let secondary = other.map(|member| reviewer(member.person)).filter(|other| other.id != primary.id);
        let people = (Some(&primary), secondary.as_ref());
        checked(reviews::set_reviewers(conn, &self.clock, by, review, people, How::Set).await)
    }
}

/// Whether a department can do this now; what is withdrawn nobody reviews.
fn possible(review: &DepartmentReview, deed: Deed) -> bool {
    let status = review.status;
    !review.withdrawn
        && match deed {
            Deed::Start => DepartmentReviewAction::Start.possible_from(status),
            Deed::SignOff => DepartmentReviewAction::SignOff.possible_from(status),
            Deed::Object => DepartmentReviewAction::Object.possible_from(status),
            Deed::Reopen => status == DepartmentReviewStatus::Objection,
            _ => review.primary.is_none(),
        }
}

fn reviewer(person: &Person) -> Reviewer {
    Reviewer { id: person.id, name: person.name.clone(), email: person.email.clone() }
}

/// What was written, where nobody else can have been there before.
pub(super) fn checked(written: Result<i32, Unwritten>) -> anyhow::Result<()> {
    match written {
        Ok(_) => Ok(()),
        Err(Unwritten::Stale) => anyhow::bail!("the review has another version"),
        Err(Unwritten::Failed(error)) => Err(error.into()),
    }
}
