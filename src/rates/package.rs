//! The rates of one version of a contract, in their order: what its package is.

use serde_json::Value;
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::documents::{self, Document};
use crate::domain::clock::date_in_words;
use crate::domain::forms::{DocumentFacts, PackageRate, RateForm, RateKind, ReadError, read};
use crate::domain::id::{ContractReviewId, ContractSubmissionId, RateReviewId, RateSubmissionId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::RateReviewStatus;
use crate::web::{Error, Result};

/// A rate in the package of a draft.
#[derive(Clone, Debug)]
pub struct DraftRate {
    /// The rate review.
    pub id: RateReviewId,
    /// Its address.
    pub key: RateKey,
    /// Its name: as drafted until it is sent, as sent afterwards.
    pub name: String,
    /// Where it stands.
    pub status: RateReviewStatus,
    /// Its version.
    pub version: i32,
    /// The latest version that was sent.
    pub sent_revision: Option<i32>,
    /// Its place, from 1.
    pub position: i32,
    /// The submission that it belongs to.
    pub parent: SubmissionKey,
    /// What the draft has of it.
    pub content: Content,
}

/// What a draft has of a rate.
#[derive(Clone, Debug)]
pub enum Content {
    /// A draft of its own, edited here.
    Own(RateDraft),
    /// The version that was sent last: of a rate of another submission, or of one that moved here and is not unlocked.
    Sent(SentFacts),
}

/// The open draft of a rate.
#[derive(Clone, Debug)]
pub struct RateDraft {
    /// Its key.
    pub id: RateSubmissionId,
    /// Which version it will be.
    pub revision: i32,
    /// The answers.
    pub form: RateForm,
    /// Its documents.
    pub documents: Vec<Document>,
    facts: Vec<DocumentFacts>,
}

impl RateDraft {
    /// What the rules of the form need to know of its documents.
    pub fn facts(&self) -> &[DocumentFacts] {
        &self.facts
    }
}

/// What is told of a rate that was sent before.
#[derive(Clone, Debug)]
pub struct SentFacts {
    /// Its programs, by short name.
    pub programs: Vec<String>,
    /// First day of the rating period.
    pub rating_from: Option<Date>,
    /// Last day of the rating period.
    pub rating_to: Option<Date>,
    /// When it was certified.
    pub certified_on: Option<Date>,
    /// When it was sent last.
    pub sent_at: Option<OffsetDateTime>,
}

impl SentFacts {
    /// The rating period in words.
    pub fn period(&self) -> String {
        period(self.rating_from, self.rating_to)
    }

    /// The day of certification in words.
    pub fn certified(&self) -> String {
        self.certified_on.map_or_else(String::new, date_in_words)
    }
}

/// A rating period in words; what is missing is left out.
pub fn period(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{} to {}", date_in_words(from), date_in_words(to)),
        (Some(from), None) => format!("from {}", date_in_words(from)),
        (None, Some(to)) => format!("to {}", date_in_words(to)),
        (None, None) => String::new(),
    }
}

impl DraftRate {
    /// Its open draft, where this draft has it.
    pub fn own(&self) -> Option<&RateDraft> {
        match &self.content {
            Content::Own(draft) => Some(draft),
            Content::Sent(_) => None,
        }
    }

    /// Whether it was ever sent.
    pub fn was_sent(&self) -> bool {
        self.sent_revision.is_some()
    }

    /// What the rules of the form need to know of it.
    pub fn in_package(&self) -> PackageRate<'_> {
        let kind = match &self.content {
            Content::Own(draft) => RateKind::Own { form: &draft.form, documents: &draft.facts },
            Content::Sent(_) => RateKind::Linked { linkable: self.status.linkable() },
        };
        PackageRate { key: &self.key, name: &self.name, kind }
    }
}

/// The rates of an open draft, in their order. `tied_to_dsnp` says whether the draft's contract is.
///
/// # Errors
/// When the database fails, or a rate was written by a newer program than this one.
pub async fn of_draft(
    conn: &mut PgConnection,
    contract_submission: ContractSubmissionId,
    tied_to_dsnp: bool,
) -> Result<Vec<DraftRate>> {
    let rows = sqlx::query!(
        r#"select p.position, r.id as "id: RateReviewId", r.state_code, r.number, r.name, r.status, r.version, r.sent_revision,
                  r.rating_from, r.rating_to, r.certified_on, r.last_submitted_at, c.number as parent_number,
                  array(select g.name from rate_review_program rp join program g on g.id = rp.program_id
                         where rp.rate_review_id = r.id) as "programs!",
                  s.id as "draft_id?: RateSubmissionId", s.revision as "revision?", s.rate_data as "rate_data?", s.form_version as "form_version?"
             from package_rate p
             join rate_review r on r.id = p.rate_review_id
             join contract_review c on c.id = r.parent_id
             left join rate_submission s on s.rate_review_id = r.id and s.contract_submission_id = p.contract_submission_id
              and s.submitted_at is null and s.discarded_at is null
            where p.contract_submission_id = $1 order by p.position"#,
        contract_submission as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    let drafts: Vec<RateSubmissionId> = rows.iter().filter_map(|row| row.draft_id).collect();
    let mut documents = documents::of_rates(conn, &drafts).await?;
    let mut rates = Vec::new();
    for row in rows {
        let content = match (row.draft_id, row.revision, row.rate_data, row.form_version) {
            (Some(id), Some(revision), Some(data), Some(form_version)) => {
                let documents = documents.remove(&id).unwrap_or_default();
                let facts = documents.iter().map(Document::facts).collect();
                Content::Own(RateDraft {
                    id,
                    revision,
                    form: read_rate(data, form_version, tied_to_dsnp)?,
                    documents,
                    facts,
                })
            }
            _ => Content::Sent(SentFacts {
                programs: sorted(row.programs),
                rating_from: row.rating_from,
                rating_to: row.rating_to,
                certified_on: row.certified_on,
                sent_at: row.last_submitted_at,
            }),
        };
        let parent = SubmissionKey { state_code: row.state_code.clone(), number: row.parent_number };
        rates.push(DraftRate {
            id: row.id,
            key: RateKey { state_code: row.state_code, number: row.number },
            name: row.name,
            status: row.status,
            version: row.version,
            sent_revision: row.sent_revision,
            position: row.position,
            parent,
            content,
        });
    }
    Ok(rates)
}

/// Whether a rate of this contract review was ever sent: some answers of its form can't change any more then.
///
/// # Errors
/// When the database fails.
pub async fn were_sent(conn: &mut PgConnection, review: ContractReviewId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from rate_review where parent_id = $1 and sent_revision is not null) as "sent!""#,
        review as _,
    )
    .fetch_one(conn)
    .await
}

/// A stored rate in the present version.
///
/// # Errors
/// [`Error::Unavailable`] when a newer program wrote it, which happens only while one is rolled out.
pub fn read_rate(rate_data: Value, form_version: i32, tied_to_dsnp: bool) -> Result<RateForm> {
    read(&RateForm::blank(tied_to_dsnp), rate_data, form_version).map_err(|error| match error {
        ReadError::Newer { .. } => Error::Unavailable(error.into()),
        _ => Error::Internal(error.into()),
    })
}

/// Short names in natural order.
pub fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_by(|a, b| crate::domain::naming::natural_order(a, b));
    names
}
