//! The latest version that was sent.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::domain::forms::{HealthPlan, ProgramFacts, Programs, ReadError, read};
use crate::domain::id::{ContractSubmissionId, ProgramId};
use crate::web::{Error, Result};

use super::queries::Submission;

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
    pub data: HealthPlan,
}

/// The latest version of a submission that was sent.
///
/// # Errors
/// [`Error::NotFound`] when none was; [`Error::Unavailable`] when a newer program than this one wrote it.
pub async fn latest(conn: &mut PgConnection, submission: &Submission) -> Result<SentVersion> {
    let row = sqlx::query!(
        r#"select id as "id: ContractSubmissionId", revision, submitted_at as "submitted_at!", contract_data, form_version
             from contract_submission where contract_review_id = $1 and revision = $2"#,
        submission.id as _,
        submission.sent_revision,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    let data = read(row.contract_data, row.form_version).map_err(|error| match error {
        ReadError::Newer { .. } => Error::Unavailable(error.into()),
        _ => Error::Internal(error.into()),
    })?;
    Ok(SentVersion { id: row.id, revision: row.revision, at: row.submitted_at, data })
}

/// All programs of a state.
///
/// # Errors
/// When the database fails.
pub async fn programs(conn: &mut PgConnection, state_code: &str) -> Result<Programs> {
    let programs = sqlx::query!(
        r#"select p.id as "id: ProgramId", p.name, p.full_name, p.rate_only, p.retired_on is not null as "retired!"
             from program p where p.state_code = $1"#,
        state_code,
    )
    .map(|row| ProgramFacts {
        id: row.id,
        name: row.name,
        full_name: row.full_name,
        rate_only: row.rate_only,
        retired: row.retired,
        replaced_by_name: None,
    })
    .fetch_all(conn)
    .await?;
    Ok(Programs::new(programs))
}
