//! Who saved a draft, when and what: what its own people read in conflict panels, and who else is at work.

use sqlx::PgConnection;
use time::Duration;

use crate::domain::clock::{Clock, Moment};
use crate::domain::forms::Change;
use crate::domain::id::{AccountId, ContractSubmissionId};
use crate::web::Result;

/// For how long a colleague's save counts as working on the draft.
const AT_WORK: Duration = Duration::minutes(30);

/// One save of a draft.
#[derive(Clone, Debug)]
pub struct PastSave {
    /// The draft's version after it.
    pub version: i32,
    /// Who saved.
    pub by: AccountId,
    /// Their name.
    pub name: String,
    /// When.
    pub at: Moment,
    /// What changed.
    pub changes: Vec<Change>,
}

/// A colleague who saved the draft a short while ago.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Their name.
    pub name: String,
    /// When they last saved.
    pub at: Moment,
}

/// The saves of a draft after `version`, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn saves_since(conn: &mut PgConnection, draft: ContractSubmissionId, version: i32) -> Result<Vec<PastSave>> {
    let rows = sqlx::query!(
        r#"select s.version, s.saved_by as "saved_by: AccountId", a.given_name || ' ' || a.family_name as "name!", s.saved_at, s.changes
             from draft_save s join account a on a.id = s.saved_by
            where s.contract_submission_id = $1 and s.version > $2 order by s.version"#,
        draft as _,
        version,
    )
    .fetch_all(conn)
    .await?;
    let saves = rows.into_iter().map(|row| {
        let changes = serde_json::from_value(row.changes)?;
        Ok(PastSave { version: row.version, by: row.saved_by, name: row.name, at: Moment(row.saved_at), changes })
    });
    saves.collect()
}

/// The colleagues who saved the draft a short while ago, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn colleagues(
    conn: &mut PgConnection,
    clock: &Clock,
    draft: ContractSubmissionId,
    oneself: AccountId,
) -> Result<Vec<Colleague>> {
    let colleagues = sqlx::query!(
        r#"select a.given_name || ' ' || a.family_name as "name!", max(s.saved_at) as "at!"
             from draft_save s join account a on a.id = s.saved_by
            where s.contract_submission_id = $1 and s.saved_by <> $2 and s.saved_at > $3
            group by a.id order by 2 desc"#,
        draft as _,
        oneself as _,
        clock.now() - AT_WORK,
    )
    .map(|row| Colleague { name: row.name, at: Moment(row.at) })
    .fetch_all(conn)
    .await?;
    Ok(colleagues)
}
