//! Adding accounts, changing and deactivating them; each writes its entry into the account's history.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::hand_back::hand_back_all;
use super::refusal::AccountError;
use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::id::AccountId;
use crate::domain::key::SubmissionKey;
use crate::domain::role::{Department, Role};
use crate::domain::text::{BAD_EMAIL, read_email, refused_character};
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

/// An account as it stands.
#[derive(Clone, Debug)]
pub struct KnownAccount {
    /// Its key.
    pub id: AccountId,
    /// Grows with every change.
    pub version: i32,
    /// When the person last signed in.
    pub last_signed_in_at: Option<OffsetDateTime>,
    /// What can be changed.
    pub fields: Fields,
}

/// What can be changed of an account. Its names in JSON are those that its history uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fields {
    /// Unique, upper and lower case alike.
    pub email: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// The role.
    pub role: Role,
    /// The state of a state user.
    pub state: Option<String>,
    /// The department of a reviewer or approver.
    pub department: Option<Department>,
    /// The CMS user id.
    pub eua: Option<String>,
    /// Whether the person may sign in.
    pub active: bool,
}

impl Fields {
    /// Gives another role; the state or department that does not go with it is dropped.
    pub fn take_role(&mut self, role: Role) {
        self.role = role;
        if role != Role::StateUser {
            self.state = None;
        }
        if !role.has_department() {
            self.department = None;
        }
    }

    /// What was typed, as it is kept.
    fn read(mut self) -> Result<Self, AccountError> {
        self.email = read_address(&self.email)?;
        for text in [&mut self.given_name, &mut self.family_name].into_iter().chain(&mut self.eua) {
            *text = read_name(text)?;
        }
        Ok(self)
    }
}

fn read_address(typed: &str) -> Result<String, AccountError> {
    let address = read_email(typed).and_then(|address| address.ok_or(BAD_EMAIL));
    address.map_err(|sentence| AccountError::Refused(sentence.into()))
}

fn read_name(typed: &str) -> Result<String, AccountError> {
    match refused_character(typed) {
        Some(sentence) => Err(AccountError::Refused(format!("“{}”: {sentence}", typed.escape_debug()).into())),
        None => Ok(typed.trim().to_owned()),
    }
}

/// What a change did.
#[derive(Debug, Default)]
pub struct Changed {
    /// Each field that changed, with its old and its new value; empty when all was so already.
    pub fields: Map<String, Value>,
    /// The submissions whose department reviews the person was taken off.
    pub handed_back: Vec<SubmissionKey>,
}

/// Adds an account.
///
/// # Errors
/// [`AccountError::Refused`] when the email is taken, a field is blank, or role, state and department do not fit.
pub async fn add(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    new: &NewAccount<'_>,
) -> Result<AccountId, AccountError> {
    let id: AccountId = clock.new_id();
    sqlx::query!(
        "insert into account (id, email, given_name, family_name, role, state_code, department, eua)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id as _,
        read_address(new.email)?,
        read_name(new.given_name)?,
        read_name(new.family_name)?,
        new.role as _,
        new.state_code,
        new.department as _,
        new.eua.map(read_name).transpose()?,
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

/// Every account, or the one with this email address in any case, ordered by role, place and name.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut PgConnection, email: Option<&str>) -> sqlx::Result<Vec<KnownAccount>> {
    let rows = sqlx::query!(
        r#"select id as "id: AccountId", email, given_name, family_name, role, state_code, department, eua, active, version,
                  last_signed_in_at
             from account where $1::text is null or comparison_key(email) = comparison_key($1)
            order by role, state_code, department, family_name, given_name, email"#,
        email,
    )
    .fetch_all(conn)
    .await?;
    let known = rows.into_iter().map(|row| KnownAccount {
        id: row.id,
        version: row.version,
        last_signed_in_at: row.last_signed_in_at,
        fields: Fields {
            email: row.email,
            given_name: row.given_name,
            family_name: row.family_name,
            role: row.role,
            state: row.state_code,
            department: row.department,
            eua: row.eua,
            active: row.active,
        },
    });
    Ok(known.collect())
}

/// Makes the account be as `wanted`, unless it has changed since `known` was read. Whoever leaves their department or
/// is deactivated is taken off all reviews; deactivating ends all sessions. Run it in a transaction.
///
/// Locks are taken in one order: contract reviews, their department reviews, then accounts by their keys. Who puts
/// somebody on a review holds that review's locks when the database looks at the account, never the other way round.
///
/// # Errors
/// [`AccountError::Changed`] when it changed meanwhile; [`AccountError::Refused`] when a rule forbids it.
pub async fn change(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    known: &KnownAccount,
    wanted: Fields,
) -> Result<Changed, AccountError> {
    let (before, after) = (&known.fields, wanted.read()?);
    let fields = differences(before, &after);
    if fields.is_empty() {
        return Ok(Changed::default());
    }
    let leaves = !after.active || after.department != before.department;
    let handed_back = if leaves { hand_back_all(conn, clock, actor, known.id).await? } else { Vec::new() };
    if before.is_working_admin() && !after.is_working_admin() {
        an_admin_stays(conn, known.id).await?;
    }
    let version = write(conn, known, &after).await?;
    if !after.active {
        sqlx::query!("delete from session where account_id = $1", known.id as _).execute(&mut *conn).await?;
    }
    let deactivated = before.active && !after.active;
    let happening = Happening {
        kind: if deactivated { Kind::AccountDeactivated } else { Kind::AccountChanged },
        subject: Subject::Account,
        subject_id: known.id.0,
        row: Row { table: "account", id: known.id.0, status: (None, None), version: (Some(known.version), version) },
        reason: None,
        details: Value::Object(fields.clone()),
    };
    record(conn, clock, actor, happening).await?;
    Ok(Changed { fields, handed_back })
}

impl Fields {
    fn is_working_admin(&self) -> bool {
        self.active && self.role == Role::Admin
    }
}

/// `{"role": ["admin", "helpdesk"]}` for each field that differs.
fn differences(before: &Fields, after: &Fields) -> Map<String, Value> {
    let object = |fields: &Fields| match json!(fields) {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let mut after = object(after);
    object(before)
        .into_iter()
        .filter_map(|(name, old)| after.remove(&name).filter(|new| *new != old).map(|new| (name, json!([old, new]))))
        .collect()
}

/// Refuses when `leaving` is the last administrator. Two who leave at once queue up here.
async fn an_admin_stays(conn: &mut PgConnection, leaving: AccountId) -> Result<(), AccountError> {
    let admins = sqlx::query_scalar!(
        r#"select id as "id: AccountId" from account where role = 'admin' and active order by id for no key update"#
    )
    .fetch_all(conn)
    .await?;
    if admins.iter().any(|admin| *admin != leaving) {
        return Ok(());
    }
    let sentence = "This is the last active administrator: make somebody else an administrator first.";
    Err(AccountError::Refused(sentence.into()))
}

async fn write(conn: &mut PgConnection, known: &KnownAccount, after: &Fields) -> Result<i32, AccountError> {
    let version = sqlx::query_scalar!(
        "update account
            set email = $3, given_name = $4, family_name = $5, role = $6, state_code = $7, department = $8, eua = $9,
                active = $10
          where id = $1 and version = $2 returning version",
        known.id as _,
        known.version,
        after.email,
        after.given_name,
        after.family_name,
        after.role as _,
        after.state,
        after.department as _,
        after.eua,
        after.active,
    )
    .fetch_optional(conn)
    .await?;
    version.ok_or(AccountError::Changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviewer() -> Fields {
        Fields {
            email: "kim.ode@example.gov".to_owned(),
            given_name: "Kim".to_owned(),
            family_name: "Ode".to_owned(),
            role: Role::CmsReviewer,
            state: None,
            department: Some(Department::Dmco),
            eua: None,
            active: true,
        }
    }

    #[test]
    fn only_what_differs_is_told_with_its_old_and_new_value() {
        let after = Fields { eua: Some("KO12".to_owned()), role: Role::CmsApprover, ..reviewer() };
        let told = Value::Object(differences(&reviewer(), &after));
        assert_eq!(told, json!({ "eua": [null, "KO12"], "role": ["cms_reviewer", "cms_approver"] }));
        assert!(differences(&reviewer(), &reviewer()).is_empty());
    }

    #[test]
    fn another_role_drops_the_place_that_does_not_go_with_it() {
        let mut fields = reviewer();
        fields.take_role(Role::CmsApprover);
        assert_eq!(fields.department, Some(Department::Dmco));
        fields.take_role(Role::Admin);
        assert_eq!(fields.department, None);
    }

    #[test]
    fn blanks_around_what_was_typed_do_not_count() {
        let typed = Fields { given_name: " Kim ".to_owned(), ..reviewer() };
        assert_eq!(typed.read().unwrap(), reviewer());
        let typed = Fields { email: "Kim Ode <kim.ode@example.gov>;".to_owned(), ..reviewer() };
        assert_eq!(typed.read().unwrap(), reviewer());
    }

    #[test]
    fn what_is_no_address_or_can_not_be_kept_is_refused() {
        let refused = |typed: Fields| typed.read().unwrap_err().to_string();
        assert_eq!(refused(Fields { email: "kim".to_owned(), ..reviewer() }), BAD_EMAIL);
        assert_eq!(refused(Fields { email: "\u{200b}".to_owned(), ..reviewer() }), BAD_EMAIL);
        let rung = refused(Fields { family_name: "O\u{7}de".to_owned(), ..reviewer() });
        assert!(rung.starts_with("“O\\u{7}de”: Character 2 is a control character (U+0007)."), "{rung}");
    }
}
