//! What happened to rows since a version of theirs: the record that conflict panels speak from.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::event::Kind;
use crate::domain::id::AccountId;
use crate::domain::role::{Department, Role};

/// An entry about a row.
#[derive(Clone, Debug)]
pub struct Told {
    /// When.
    pub at: OffsetDateTime,
    /// Whose doing it was.
    pub actor_id: Option<AccountId>,
    /// Their name then.
    pub actor_name: String,
    /// Their role then.
    pub actor_role: Option<Role>,
    /// Their department then.
    pub actor_department: Option<Department>,
    /// What happened.
    pub kind: Kind,
    /// The row.
    pub row_id: Uuid,
    /// Its status before.
    pub status_before: Option<String>,
    /// Its status after.
    pub status_after: Option<String>,
    /// Its version after.
    pub version_after: i32,
    /// Why.
    pub reason: Option<String>,
    /// What else was written down.
    pub details: Value,
}

impl Told {
    /// Whether it brought the row to this status; who only changed something else about it did not.
    pub fn led_to(&self, status: &str) -> bool {
        self.status_after.as_deref() == Some(status) && self.status_before != self.status_after
    }

    /// The name with department or role: `Dana Ruiz (OACT)`.
    pub fn who(&self) -> String {
        match (self.actor_department, self.actor_role) {
            (Some(department), _) => format!("{} ({})", self.actor_name, department.short_name()),
            (None, Some(role)) => format!("{} ({})", self.actor_name, role.label()),
            (None, None) => self.actor_name.clone(),
        }
    }
}

/// The entries about rows after the versions given with them, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn since(conn: &mut PgConnection, rows: &[(Uuid, i32)]) -> sqlx::Result<Vec<Told>> {
    let (ids, versions): (Vec<Uuid>, Vec<i32>) = rows.iter().copied().unzip();
    sqlx::query_as!(
        Told,
        r#"select e.at, e.actor_id as "actor_id: AccountId", e.actor_name, e.actor_role, e.actor_department,
                  e.kind as "kind: Kind", e.row_id, e.status_before, e.status_after, e.version_after, e.reason, e.details
             from unnest($1::uuid[], $2::integer[]) as seen (row_id, version)
             join event e on e.row_id = seen.row_id and e.version_after > seen.version
            order by e.seq"#,
        &ids,
        &versions,
    )
    .fetch_all(conn)
    .await
}
