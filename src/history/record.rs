//! Writing an entry, in the transaction of the change that it tells of.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::id::AccountId;
use crate::domain::permission::Person;
use crate::domain::role::{Department, Role};

/// Who did it, as they are now.
#[derive(Clone, Debug)]
pub struct Actor {
    id: Option<AccountId>,
    name: String,
    role: Option<Role>,
    department: Option<Department>,
    state_code: Option<String>,
}

impl Actor {
    /// The product itself, or somebody at its command line.
    pub fn product() -> Self {
        Self { id: None, name: "MC-Review".to_owned(), role: None, department: None, state_code: None }
    }
}

impl From<&Person> for Actor {
    fn from(person: &Person) -> Self {
        Self {
            id: Some(person.id),
            name: person.name.clone(),
            role: Some(person.role),
            department: person.department,
            state_code: person.state_code.clone(),
        }
    }
}

/// The row that changed, with its status and version before and after.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The name of its table.
    pub table: &'static str,
    /// Its key.
    pub id: Uuid,
    /// The status before and after, where it has one.
    pub status: (Option<&'static str>, Option<&'static str>),
    /// The version before (none for a new row) and after.
    pub version: (Option<i32>, i32),
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happening<'a> {
    /// What.
    pub kind: Kind,
    /// Whose history it stands in: the kind of subject.
    pub subject: Subject,
    /// Whose history it stands in: its key.
    pub subject_id: Uuid,
    /// The row that changed.
    pub row: Row,
    /// Why, as the person typed it.
    pub reason: Option<&'a str>,
    /// What else is to be read back.
    pub details: Value,
}

/// Writes the entry. The database chains it to the one before and checks that the row is as it says.
///
/// # Errors
/// When the database refuses it.
pub async fn record(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    happening: Happening<'_>,
) -> sqlx::Result<()> {
    let Happening { kind, subject, subject_id, row, reason, details } = happening;
    sqlx::query!(
        "insert into event (id, at, actor_id, actor_name, actor_role, actor_department, actor_state, subject, subject_id,
                            kind, audience, row_table, row_id, status_before, status_after, version_before, version_after,
                            reason, details, previous_sha256, sha256)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, '', '')",
        clock.new_id::<Uuid>(),
        clock.now(),
        actor.id as _,
        actor.name,
        actor.role as _,
        actor.department as _,
        actor.state_code,
        subject as _,
        subject_id,
        kind as _,
        kind.audience() as _,
        row.table,
        row.id,
        row.status.0,
        row.status.1,
        row.version.0,
        row.version.1,
        reason,
        details,
    )
    .execute(conn)
    .await?;
    Ok(())
}
