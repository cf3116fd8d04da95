//! A version that was sent: the latest, or any.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::draft::read_stored;
use super::queries::Submission;
use crate::domain::forms::ContractForm;
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
    /// The answers.
    pub data: ContractForm,
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
        r#"select id as "id: ContractSubmissionId", revision, submitted_at as "submitted_at!", contract_data, form_version
             from contract_submission where contract_review_id = $1 and revision = $2 and submitted_at is not null"#,
        submission.id as _,
        revision,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    let data = read_stored(submission.kind, row.contract_data, row.form_version)?;
    Ok(SentVersion { id: row.id, revision: row.revision, at: row.submitted_at, data })
}
