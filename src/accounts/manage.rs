//! Adding accounts, changing and deactivating them; each writes its entry into the account's history.

use serde_json::json;
use sqlx::PgConnection;

use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::id::AccountId;
use crate::domain::role::{Department, Role};
use crate::history::{Actor, Happening, Row, record};

/// What is known of somebody who gets an account.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Unique, upper and lower case alike.
    pub email: &'a str,
    /// Given name.
    pub given_name: &'a str,
    /// Family name.
    pub family_name: &'a str,
    /// The role.
    pub role: Role,
    /// The state of a state user.
    pub state_code: Option<&'a str>,
    /// The department of a reviewer or approver.
    pub department: Option<Department>,
    /// The CMS user id.
    pub eua: Option<&'a str>,
}

/// Adds an account.
///
/// # Errors
/// When the database refuses it: the email is taken, or role, state and department do not fit.
pub async fn add(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    new: &NewAccount<'_>,
) -> sqlx::Result<AccountId> {
    let id: AccountId = clock.new_id();
    sqlx::query!(
        "insert into account (id, email, given_name, family_name, role, state_code, department, eua)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id as _,
        new.email,
        new.given_name,
        new.family_name,
        new.role as _,
        new.state_code,
        new.department as _,
        new.eua,
    )
    .execute(&mut *conn)
    .await?;
    let happening = Happening {
        kind: Kind::AccountAdded,
        subject: Subject::Account,
        subject_id: id.0,
        row: Row { table: "account", id: id.0, status: (None, None), version: (None, 1) },
        reason: None,
        details: json!({ "role": new.role, "state": new.state_code, "department": new.department }),
    };
    record(conn, clock, actor, happening).await?;
    Ok(id)
}
