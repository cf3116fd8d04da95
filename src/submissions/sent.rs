//! A version that was sent: the latest, or any.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;

use super::draft::read_stored;
use super::queries::Submission;
use crate::domain::correction::{Corrected, Correction, Was, What, newest};
use crate::domain::forms::{ContractAction, ContractForm};
use crate::domain::id::ContractSubmissionId;
use crate::web::{Error, Result};

/// A version that was sent.
#[derive(Debug)]
pub struct SentVersion {
    /// Its key.
    pub id: ContractSubmissionId,
    /// Which version.
    pub revision: i32,
    /// When.
    pub at: OffsetDateTime,
    /// The answers, as corrected.
    pub data: ContractForm,
    /// What was corrected of it and of when the case was first sent, in their order.
    pub corrections: Vec<Correction>,
    /// When the first version was sent, whatever was corrected.
    pub first_sent: OffsetDateTime,
    /// The answers as they were sent, where that is something else.
    original: Option<ContractForm>,
}

impl SentVersion {
    /// The answers as they were sent.
    pub fn as_sent(&self) -> &ContractForm {
        self.original.as_ref().unwrap_or(&self.data)
    }

    /// That its contract action was corrected, and what it was.
    pub fn action_corrected(&self) -> Option<Corrected> {
        let correction = newest(&self.corrections, What::ContractAction)?.clone();
        let was = self.as_sent().contract_type().map_or("", ContractAction::label);
        Some(Corrected { correction, was: Some(Was::Words(was.to_owned())) })
    }
}

/// The latest version of a submission that was sent.
///
/// # Errors
/// [`Error::NotFound`] when none was; [`Error::Unavailable`] when a newer program than this one wrote it.
pub async fn latest(conn: &mut PgConnection, submission: &Submission) -> Result<SentVersion> {
    of(conn, submission, submission.sent_revision.ok_or(Error::NotFound)?).await
}

/// A version of a submission that was sent.
///
/// # Errors
/// As [`latest`].
pub async fn of(conn: &mut PgConnection, submission: &Submission, revision: i32) -> Result<SentVersion> {
    let row = sqlx::query!(
        r#"select id as "id: ContractSubmissionId", revision, submitted_at as "submitted_at!", contract_data, form_version,
                  (select min(submitted_at) from contract_submission where contract_review_id = $1) as "first_sent!",
                  coalesce((select jsonb_agg(told order by seq) from correction_in_force
                             where contract_review_id = $1 and document_id is null and (what = 'first_sent' or revision = $2)),
                           '[]') as "corrections!: Json<Vec<Correction>>"
             from contract_submission where contract_review_id = $1 and revision = $2 and submitted_at is not null"#,
        submission.id as _,
        revision,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    let mut stored = row.contract_data;
    let action = newest(&row.corrections, What::ContractAction).and_then(|correction| correction.contract_action);
    let original = match action {
        Some(action) => {
            let original = read_stored(submission.kind, stored.clone(), row.form_version)?;
            stored["contract_type"] = action.value().into();
            Some(original)
        }
        None => None,
    };
    Ok(SentVersion {
        id: row.id,
        revision: row.revision,
        at: row.submitted_at,
        data: read_stored(submission.kind, stored, row.form_version)?,
        corrections: row.corrections.0,
        first_sent: row.first_sent,
        original,
    })
}
