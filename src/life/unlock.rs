//! Giving a package back to the state, which then writes the next version: its draft begins as what was sent last.

use serde_json::json;
use sqlx::PgConnection;

use super::deed::{Deed, Prospect};
use super::tell::{changed, changed_rate};
use crate::documents::{self, Owner};
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::id::{ContractSubmissionId, RateSubmissionId};
use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus, RateReviewStatus};
use crate::domain::permission::{PackageDeed, Person};
use crate::rates::{self, ChildRate};
use crate::reviews::{self, Cause};
use crate::submissions::{self, Submission};
use crate::web::{Result, SignedIn};

/// Unlocking.
#[derive(Debug)]
pub struct Unlock;

impl Deed for Unlock {
    type Thing = Submission;
    type Action = ContractReviewAction;
    const SEGMENT: &'static str = "unlock";
    const LABEL: &'static str = "Unlock";
    const DONE: &'static str = "is unlocked";
    const KIND: Kind = Kind::Unlocked;
    const REASON: &'static str = "Say why it is unlocked.";
    const WHOSE: &'static str = "Only reviewers and approvers unlock submissions.";

    fn proof(person: &Person) -> Option<PackageDeed<'_>> {
        person.package_deed(ContractReviewAction::Unlock)
    }

    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Submission> {
        submissions::open(conn, who, key).await
    }

    async fn lock(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Option<Submission>> {
        let submission = submissions::lock(conn, who.person(), key).await?;
        rates::lock_children(conn, submission.id).await?;
        reviews::lock_all(conn, submission.id).await?;
        Ok(Some(submission))
    }

    fn possible(submission: &Submission) -> bool {
        ContractReviewAction::Unlock.possible_from(submission.status)
    }

    async fn prospect(conn: &mut PgConnection, submission: &Submission) -> Result<Prospect> {
        let children = rates::children(conn, submission.id).await?;
        let revision = submission.sent_revision.unwrap_or_default();
        let state = &submission.state_name;
        let mut sentences =
            vec![format!("{state} can change it and send it again. Version {revision} stays as it was sent.")];
        let names: Vec<_> = children.iter().filter(|rate| rate.in_review()).map(|rate| rate.key.to_string()).collect();
        if !names.is_empty() {
            sentences.push(format!("With it, these rates are unlocked: {}.", names.join(", ")));
            sentences.push("Rates that it links from other submissions are not.".to_owned());
        }
        sentences.push("The departments wait until the next version comes.".to_owned());
        if submission.rounds.open + submission.rounds.answered > 0 {
            sentences.push("Questions that go on stay open; the state can respond to them meanwhile.".to_owned());
        }
        Ok(Prospect { sentences, ..Prospect::default() })
    }

    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: PackageDeed<'_>,
        submission: &Submission,
        reason: &str,
    ) -> Result<()> {
        unlock(conn, clock, proof, submission, reason).await
    }
}

/// Unlocks a submission with its rates. The caller has locked all of it, and commits.
///
/// # Errors
/// When the database fails.
pub async fn unlock(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: PackageDeed<'_>,
    submission: &Submission,
    reason: &str,
) -> Result<()> {
    let person = proof.person;
    let draft = begin_next_version(conn, clock, person, submission, reason).await?;
    let children = rates::children(conn, submission.id).await?;
    let unlocked: Vec<&ChildRate> = children.iter().filter(|rate| rate.in_review()).collect();
    for rate in &unlocked {
        begin_next_of_rate(conn, clock, person, (rate, submission), draft, reason).await?;
    }
    take_over_package(conn, submission, draft).await?;
    let version = sqlx::query_scalar!(
        "update contract_review set status = 'unlocked' where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
    )
    .fetch_one(&mut *conn)
    .await?;
    let happening = changed(submission, Kind::Unlocked, (ContractReviewStatus::Unlocked, version), reason);
    happening.with(json!({ "revision": submission.sent_revision })).record(conn, clock, person).await?;
    for review in reviews::of_submission(conn, submission.id).await? {
        if review.subject.rate_id().is_none_or(|id| unlocked.iter().any(|rate| rate.id == id)) {
            reviews::wait(conn, clock, person, &review, Cause::Unlock).await?;
        }
    }
    Ok(())
}

/// The draft of the next version: the answers and documents that were sent last, as corrected. Its own version goes on from those of
/// the drafts before, so that a page that was drawn from one of them is told from its own.
async fn begin_next_version(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    submission: &Submission,
    reason: &str,
) -> Result<ContractSubmissionId> {
    let draft: ContractSubmissionId = clock.new_id();
    let sent = sqlx::query_scalar!(
        r#"with sent as (
             select * from contract_submission where contract_review_id = $2 and revision = $3),
           corrected as (
             select coalesce((select jsonb_build_object('contract_type', contract_action) from correction_in_force
                               where contract_review_id = $2 and revision = $3 and what = 'contract_action'
                               order by seq desc limit 1), '{}') as answers),
           begun as (
             insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at,
                                              created_by, unlocked_at, unlocked_by, unlock_reason, version)
             select $1, $2, last.revision + 1, contract_data || corrected.answers, form_version, $4, $5, $4, $5, $6, last.version + 1
               from sent, corrected, (select max(revision) as revision, max(version) as version
                             from contract_submission where contract_review_id = $2) last)
           select id as "id: ContractSubmissionId" from sent"#,
        draft as _,
        submission.id as _,
        submission.sent_revision,
        clock.now(),
        person.id as _,
        reason,
    )
    .fetch_one(&mut *conn)
    .await?;
    documents::copy(conn, clock, Owner::Contract(sent), Owner::Contract(draft)).await?;
    Ok(draft)
}

/// The draft of a rate's next version, edited in its parent's.
async fn begin_next_of_rate(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    (rate, parent): (&ChildRate, &Submission),
    draft: ContractSubmissionId,
    reason: &str,
) -> Result<()> {
    let next: RateSubmissionId = clock.new_id();
    let sent = sqlx::query_scalar!(
        r#"with sent as (
             select s.* from rate_submission s join rate_review r on r.id = s.rate_review_id and r.sent_revision = s.revision
              where r.id = $2),
           begun as (
             insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version,
                                          created_at, created_by, unlocked_at, unlocked_by, unlock_reason)
             select $1, $2, (select max(revision) + 1 from rate_submission where rate_review_id = $2), $3,
                    rate_data, form_version, $4, $5, $4, $5, $6 from sent)
           select id as "id: RateSubmissionId" from sent"#,
        next as _,
        rate.id as _,
        draft as _,
        clock.now(),
        person.id as _,
        reason,
    )
    .fetch_one(&mut *conn)
    .await?;
    documents::copy(conn, clock, Owner::Rate(sent), Owner::Rate(next)).await?;
    let version = rates::set_status(conn, rate, RateReviewStatus::Unlocked, false).await?;
    let happening = changed_rate(rate, Kind::Unlocked, (RateReviewStatus::Unlocked, version), reason);
    happening.with(json!({ "with": parent.key.to_string() })).record(conn, clock, person).await
}

/// The draft's package is the one that was sent, in its order; rates that CMS has withdrawn stay out.
async fn take_over_package(
    conn: &mut PgConnection,
    submission: &Submission,
    draft: ContractSubmissionId,
) -> Result<()> {
    sqlx::query!(
        "insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
         select $1, p.contract_review_id, p.state_code, p.rate_review_id, row_number() over (order by p.position)
           from package_rate p
           join contract_submission s on s.id = p.contract_submission_id
           join rate_review r on r.id = p.rate_review_id
          where s.contract_review_id = $2 and s.revision = $3 and r.status <> 'withdrawn'",
        draft as _,
        submission.id as _,
        submission.sent_revision,
    )
    .execute(conn)
    .await?;
    Ok(())
}
