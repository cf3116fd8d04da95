//! Sending a draft to CMS: everything or nothing, in the transaction of the caller, who has locked the review.

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::draft::{Draft, name, set_programs};
use crate::documents::{self, Document};
use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::forms::{
    ContractForm, Determination, Package, Problem, Programs, check, determination, for_submit, write,
};
use crate::domain::lifecycle::{ContractReviewStatus, SubmissionKind};
use crate::domain::permission::StateUser;
use crate::history::{Actor, Happening, Row, record};
use crate::rates::{self, DraftRate};
use crate::reviews::{self, Cause};
use crate::web::{Error, Result};

/// What stands as the reason of a first version.
const INITIAL: &str = "Initial submission";

/// A submission that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its name as sent.
    pub name: String,
    /// Whether CMS reviews it.
    pub determination: Determination,
    /// Where it stands.
    pub status: ContractReviewStatus,
}

/// Sends a draft, or says what is still open. After open points the transaction is to be rolled back. A version after
/// the first comes with a summary of its changes.
///
/// # Errors
/// When the database fails.
pub async fn submit(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    draft: &Draft,
    programs: &Programs,
    summary: Option<&str>,
) -> Result<Result<Sent, Vec<Problem>>> {
    let documents = documents::of_submission(conn, draft.id).await?.iter().map(Document::facts).collect::<Vec<_>>();
    let in_package: Vec<_> = draft.rates.iter().map(DraftRate::in_package).collect();
    let package = Package { contract: &draft.data, programs, documents: &documents, rates: &in_package };
    let problems = check(&package, clock.today());
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    let data = for_submit(&draft.data);
    let determination = determination(&data);
    let versions = if draft.is_first() { 1 } else { 2 };
    let status = ContractReviewStatus::sent(versions, determination.is_subject());
    let why = summary.filter(|_| !draft.is_first()).unwrap_or(INITIAL);
    let now = clock.now();
    documents::sealed_at_submit(conn, draft.submission.id, draft.id, now).await?;
    let children = rates::send(conn, clock, proof, draft.package(), &draft.rates, programs, why).await?;
    seal(conn, proof, draft, &data, (status, why), now).await?;
    let sent = Sent { name: name(&draft.submission.key, &data, programs), determination, status };
    let version = send_review(conn, draft, &data, &sent, now).await?;
    tell(conn, clock, proof, draft, version, &sent, why).await?;
    if !draft.is_first() {
        for review in reviews::of_submission(conn, draft.submission.id).await? {
            if review.subject.rate_id().is_none_or(|id| children.iter().any(|(child, _)| *child == id)) {
                reviews::resume(conn, clock, proof.person, &review, Cause::Resubmit).await?;
            }
        }
    }
    if sent.determination.is_subject() {
        reviews::make_missing(conn, clock, draft.submission.id, &children).await?;
    }
    Ok(Ok(sent))
}

/// Writes the version as it is sent; from here the database refuses any change to it.
async fn seal(
    conn: &mut PgConnection,
    proof: StateUser<'_>,
    draft: &Draft,
    data: &ContractForm,
    (led_to, why): (ContractReviewStatus, &str),
    now: OffsetDateTime,
) -> Result<()> {
    let (document, form_version) = write(data);
    let sealed = sqlx::query_scalar!(
        "update contract_submission
            set contract_data = $3, form_version = $4, submitted_at = $5, submitted_by = $6, submit_reason = $7, led_to = $8
          where id = $1 and version = $2 returning version",
        draft.id as _,
        draft.version,
        document,
        form_version,
        now,
        proof.person.id as _,
        why,
        led_to as _,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if sealed.is_none() {
        return Err(Error::Internal(anyhow::anyhow!("the draft changed under the lock of its review")));
    }
    sqlx::query!("delete from draft_save where contract_submission_id = $1", draft.id as _).execute(conn).await?;
    Ok(())
}

/// Makes the review what was sent; gives its version.
async fn send_review(
    conn: &mut PgConnection,
    draft: &Draft,
    data: &ContractForm,
    sent: &Sent,
    now: OffsetDateTime,
) -> Result<i32> {
    let submission = &draft.submission;
    set_programs(conn, submission.id, data).await?;
    let version = sqlx::query_scalar!(
        "update contract_review
            set status = $3, name = $4, effective_from = $5, sent_revision = $6,
                first_submitted_at = coalesce(first_submitted_at, $7), last_submitted_at = $7,
                last_activity_cms_at = greatest(last_activity_cms_at, $7), last_activity_state_at = greatest(last_activity_state_at, $7)
          where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
        sent.status as _,
        sent.name,
        data.contract_date_start(),
        draft.revision,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(version)
}

async fn tell(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    draft: &Draft,
    version: i32,
    sent: &Sent,
    why: &str,
) -> Result<()> {
    let submission = &draft.submission;
    let decided = &sent.determination;
    let determination = if decided.is_subject() { "subject_to_review" } else { "not_subject_to_review" };
    let mut details = json!({ "revision": draft.revision, "determination": determination });
    // That a contract with health plans is reviewed goes without saying.
    if !decided.is_subject() || submission.kind == SubmissionKind::Eqro {
        details["why"] = decided.why().into();
    }
    let row = Row {
        table: "contract_review",
        id: submission.id.0,
        status: (Some(submission.status.as_str()), Some(sent.status.as_str())),
        version: (Some(submission.version), version),
    };
    let happening = Happening {
        kind: if draft.is_first() { Kind::Submitted } else { Kind::Resubmitted },
        subject: Subject::ContractReview,
        subject_id: submission.id.0,
        row,
        reason: (!draft.is_first()).then_some(why),
        details,
    };
    Ok(record(conn, clock, &Actor::from(proof.person), happening).await?)
}
