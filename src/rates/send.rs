//! Sending the rates of a draft with it, in the transaction that sends the draft.

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::draft::{DraftPackage, follow};
use super::package::{Content, DraftRate, RateDraft};
use crate::documents;
use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::forms::{Programs, RateForm, for_submit, write};
use crate::domain::id::RateReviewId;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::RateReviewStatus;
use crate::domain::permission::StateUser;
use crate::history::{Actor, Happening, Row, record};
use crate::web::Result;

/// What is sent of a rate, why and when.
struct Sending<'a> {
    form: &'a RateForm,
    reason: &'a str,
    now: OffsetDateTime,
}

/// Seals the own rates of a draft, each in its version, and ties every rate of the package to the version that goes
/// with it. Gives the child rates, which departments review. The rates are locked, and judged complete.
///
/// # Errors
/// When the database fails.
pub async fn send(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    package: DraftPackage<'_>,
    rates: &[DraftRate],
    programs: &Programs,
    reason: &str,
) -> Result<Vec<(RateReviewId, RateKey)>> {
    let mut children = Vec::new();
    for rate in rates {
        if let Content::Own(draft) = &rate.content {
            let form = for_submit(&draft.form);
            let sending = Sending { form: &form, reason, now: clock.now() };
            seal(conn, proof, rate, draft, &sending).await?;
            send_review(conn, clock, proof, rate, draft, &sending, programs).await?;
            children.push((rate.id, rate.key.clone()));
        }
    }
    sqlx::query!(
        "update package_rate p set rate_submission_id = s.id
           from rate_review r join rate_submission s on s.rate_review_id = r.id and s.revision = r.sent_revision
          where p.contract_submission_id = $1 and r.id = p.rate_review_id",
        package.submission as _,
    )
    .execute(conn)
    .await?;
    Ok(children)
}

/// Writes the version as it is sent; from here the database refuses any change to it.
async fn seal(
    conn: &mut PgConnection,
    proof: StateUser<'_>,
    rate: &DraftRate,
    draft: &RateDraft,
    sending: &Sending<'_>,
) -> Result<()> {
    documents::sealed_with_rate(conn, rate.id, draft.id, sending.now).await?;
    let (document, form_version) = write(sending.form);
    sqlx::query!(
        "update rate_submission
            set rate_data = $2, form_version = $3, submitted_at = $4, submitted_by = $5, submit_reason = $6 where id = $1",
        draft.id as _,
        document,
        form_version,
        sending.now,
        proof.person.id as _,
        sending.reason,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes the review what was sent, and tells of it.
async fn send_review(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    rate: &DraftRate,
    draft: &RateDraft,
    sending: &Sending<'_>,
    programs: &Programs,
) -> Result<()> {
    follow(conn, rate.id, &rate.key.state_code, sending.form, programs).await?;
    let status = if rate.was_sent() { RateReviewStatus::Resubmitted } else { RateReviewStatus::Submitted };
    let version = sqlx::query_scalar!(
        "update rate_review
            set status = $3, sent_revision = $4, first_submitted_at = coalesce(first_submitted_at, $5), last_submitted_at = $5,
                last_activity_cms_at = greatest(last_activity_cms_at, $5), last_activity_state_at = greatest(last_activity_state_at, $5)
          where id = $1 and version = $2 returning version",
        rate.id as _,
        rate.version,
        status as _,
        draft.revision,
        sending.now,
    )
    .fetch_one(&mut *conn)
    .await?;
    let happening = Happening {
        kind: if rate.was_sent() { Kind::Resubmitted } else { Kind::Submitted },
        subject: Subject::RateReview,
        subject_id: rate.id.0,
        row: Row {
            table: "rate_review",
            id: rate.id.0,
            status: (Some(rate.status.as_str()), Some(status.as_str())),
            version: (Some(rate.version), version),
        },
        reason: rate.was_sent().then_some(sending.reason),
        details: json!({
            "revision": draft.revision, "rate": rate.key.to_string(), "with": rate.parent.to_string()
        }),
    };
    Ok(record(conn, clock, &Actor::from(proof.person), happening).await?)
}
