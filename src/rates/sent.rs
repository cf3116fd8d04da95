//! The rates of versions that were sent: what each package had, and every version of one rate.

use serde_json::Value;
use sqlx::PgConnection;

use super::package::read_rate;
use super::queries::Rate;
use crate::documents::{self, Document};
use crate::domain::forms::RateForm;
use crate::domain::forms::compare::RateVersion;
use crate::domain::id::{ContractSubmissionId, RateReviewId, RateSubmissionId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::RateReviewStatus;
use crate::web::{Error, Result};

/// A rate as it went with a version that was sent.
#[derive(Clone, Debug)]
pub struct SentRate {
    /// The rate review.
    pub id: RateReviewId,
    /// Its address.
    pub key: RateKey,
    /// The name that it has now.
    pub name: String,
    /// Where it stands now.
    pub status: RateReviewStatus,
    /// The submission that it belongs to, where that is another one.
    pub linked_from: Option<SubmissionKey>,
    /// The version of it that was sent.
    pub submission: RateSubmissionId,
    /// The number of that version.
    pub revision: i32,
    /// Of a linked rate, the version that was sent since with another submission.
    pub newer: Option<NewerVersion>,
    /// The answers.
    pub form: RateForm,
    /// Its documents.
    pub documents: Vec<Document>,
}

/// A version of a rate that was sent after the one that a package has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewerVersion {
    /// Its number.
    pub revision: i32,
    /// The submission that it was sent with.
    pub sent_with: SubmissionKey,
}

impl SentRate {
    /// The same, as comparing sees it.
    pub fn compared(&self) -> RateVersion {
        RateVersion {
            id: self.id,
            key: self.key.clone(),
            name: self.name.clone(),
            revision: self.revision,
            form: self.form.clone(),
            files: self.documents.iter().map(Document::compared).collect(),
            linked: self.linked_from.is_some(),
            withdrawn: self.status == RateReviewStatus::Withdrawn,
        }
    }
}

/// The rates of a version, in their order. Of an open draft, its own as they are drafted and the others as they were
/// sent last.
///
/// # Errors
/// When the database fails, or a rate was written by a newer program than this one.
pub async fn of_version(conn: &mut PgConnection, contract_submission: ContractSubmissionId) -> Result<Vec<SentRate>> {
    let rows = sqlx::query!(
        r#"select r.id as "id: RateReviewId", r.state_code, r.number, r.name, r.status, r.parent_id <> p.contract_review_id as "linked!",
                  c.number as parent_number, s.id as "submission: RateSubmissionId", s.revision, s.rate_data, s.form_version,
                  newest.revision as "newest_revision?", newest.sent_with as "newest_sent_with?"
             from package_rate p
             join rate_review r on r.id = p.rate_review_id
             join contract_review c on c.id = r.parent_id
             join rate_submission s on s.id = coalesce(p.rate_submission_id,
               (select d.id from rate_submission d
                 where d.rate_review_id = r.id and d.contract_submission_id = p.contract_submission_id
                   and d.submitted_at is null and d.discarded_at is null),
               (select l.id from rate_submission l where l.rate_review_id = r.id and l.revision = r.sent_revision))
             left join lateral (
               select n.revision, w.number as sent_with
                 from rate_submission n
                 join contract_submission v on v.id = n.contract_submission_id
                 join contract_review w on w.id = v.contract_review_id
                where n.rate_review_id = r.id and n.revision = r.sent_revision
                  and r.sent_revision > s.revision and r.parent_id <> p.contract_review_id) newest on true
            where p.contract_submission_id = $1 order by p.position"#,
        contract_submission as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    let submissions: Vec<RateSubmissionId> = rows.iter().map(|row| row.submission).collect();
    let mut documents = documents::of_rates(conn, &submissions).await?;
    let mut rates = Vec::new();
    for row in rows {
        let of_state = |number| SubmissionKey { state_code: row.state_code.clone(), number };
        let parent = of_state(row.parent_number);
        let newest = row.newest_revision.zip(row.newest_sent_with);
        let newer = newest.map(|(revision, number)| NewerVersion { revision, sent_with: of_state(number) });
        rates.push(SentRate {
            id: row.id,
            key: RateKey { state_code: row.state_code, number: row.number },
            name: row.name,
            status: row.status,
            linked_from: row.linked.then_some(parent),
            submission: row.submission,
            revision: row.revision,
            newer,
            form: read_sent(row.rate_data, row.form_version)?,
            documents: documents.remove(&row.submission).unwrap_or_default(),
        });
    }
    Ok(rates)
}

/// As [`of_version`], with each rate linked or not as it was when that version was sent: since then a rate may have
/// moved from one submission to another.
///
/// # Errors
/// As [`of_version`].
pub async fn of_version_then(
    conn: &mut PgConnection,
    contract_submission: ContractSubmissionId,
) -> Result<Vec<SentRate>> {
    let mut rates = of_version(conn, contract_submission).await?;
    let moved = sqlx::query!(
        r#"select distinct on (e.subject_id) e.subject_id as "rate: RateReviewId", e.details -> 'moved' ->> 0 as "parent!",
                  c.state_code, c.number
             from package_rate p
             join contract_submission s on s.id = p.contract_submission_id
             join contract_review c on c.id = s.contract_review_id
             join event e on e.subject_id = p.rate_review_id and e.kind = 'rate_moved' and e.at >= s.submitted_at
            where p.contract_submission_id = $1 and e.details -> 'moved' ->> 0 is not null
            order by e.subject_id, e.seq"#,
        contract_submission as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in moved {
        let own = SubmissionKey { state_code: row.state_code, number: row.number };
        let parent: Option<SubmissionKey> = row.parent.parse().ok();
        for rate in rates.iter_mut().filter(|rate| rate.id == row.rate) {
            rate.linked_from = parent.clone().filter(|parent| *parent != own);
        }
    }
    Ok(rates)
}

/// The version of a rate that was sent last.
///
/// # Errors
/// [`Error::NotFound`] when none was; when the database fails.
pub async fn latest(conn: &mut PgConnection, rate: &Rate) -> Result<SentRate> {
    of_revision(conn, rate, rate.sent_revision.ok_or(Error::NotFound)?).await
}

/// A version of a rate that was sent.
///
/// # Errors
/// As [`latest`].
pub async fn of_revision(conn: &mut PgConnection, rate: &Rate, revision: i32) -> Result<SentRate> {
    let row = sqlx::query!(
        r#"select id as "id: RateSubmissionId", revision, rate_data, form_version
             from rate_submission where rate_review_id = $1 and revision = $2 and submitted_at is not null"#,
        rate.id as _,
        revision,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?;
    let documents = documents::of_rates(conn, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    Ok(SentRate {
        id: rate.id,
        key: rate.key.clone(),
        name: rate.name.clone(),
        status: rate.status,
        linked_from: None,
        submission: row.id,
        revision: row.revision,
        newer: None,
        form: read_sent(row.rate_data, row.form_version)?,
        documents,
    })
}

/// A rate as it was sent: what it was not asked for then is not shown now.
///
/// # Errors
/// As [`read_rate`].
pub fn read_sent(rate_data: Value, form_version: i32) -> Result<RateForm> {
    let mut form = read_rate(rate_data, form_version, true)?;
    form.tied_to_dsnp = !form.answers.rate_medicaid_populations.is_empty();
    Ok(form)
}
