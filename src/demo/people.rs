//! The demonstration accounts: one of every role and department, and several states.

use sqlx::PgConnection;

use crate::accounts::{AccountError, DEMONSTRATION_DOMAIN, NewAccount, add};
use crate::domain::clock::Clock;
use crate::domain::role::{Department, Role};
use crate::history::Actor;

type Somebody = (&'static str, &'static str, Role, Option<&'static str>, Option<Department>, &'static [&'static str]);

/// Given name, family name, role, state, department, and the states they follow.
const PEOPLE: &[Somebody] = &[
    ("Maya", "Lindqvist", Role::StateUser, Some("MN"), None, &[]),
    ("Robert", "Okafor", Role::StateUser, Some("MN"), None, &[]),
    ("Elena", "Vargas", Role::StateUser, Some("TX"), None, &[]),
    ("Thomas", "Becker", Role::StateUser, Some("WI"), None, &[]),
    ("Grace", "Holloway", Role::StateUser, Some("KY"), None, &[]),
    ("Andre", "Fontaine", Role::StateUser, Some("FL"), None, &[]),
    ("Sam", "Lee", Role::CmsReviewer, None, Some(Department::Dmco), &["MN", "WI"]),
    ("Kim", "Ode", Role::CmsReviewer, None, Some(Department::Dmco), &["MN", "TX"]),
    ("Priscilla", "Nguyen", Role::CmsReviewer, None, Some(Department::Dmco), &["KY", "FL"]),
    ("Dana", "Ruiz", Role::CmsApprover, None, Some(Department::Dmco), &["MN", "TX", "WI", "KY", "FL"]),
    ("Owen", "Park", Role::CmsReviewer, None, Some(Department::Dmcp), &["MN", "TX"]),
    ("Ruth", "Abara", Role::CmsApprover, None, Some(Department::Dmcp), &["WI", "KY", "FL"]),
    ("Ivan", "Petrov", Role::CmsReviewer, None, Some(Department::Oact), &["MN", "TX", "WI"]),
    ("Linda", "Castellanos", Role::CmsApprover, None, Some(Department::Oact), &["KY", "FL"]),
    ("Alex", "Morgan", Role::Admin, None, None, &[]),
    ("Hannah", "Desai", Role::Helpdesk, None, None, &[]),
    ("Bernard", "Owusu", Role::BusinessOwner, None, None, &[]),
    ("Rita", "Olsen", Role::ReadOnly, None, None, &[]),
];

/// Adds the accounts that are not there yet.
///
/// # Errors
/// When the database fails.
pub async fn load(conn: &mut PgConnection, clock: &Clock) -> Result<(), AccountError> {
    for (given_name, family_name, role, state_code, department, follows) in PEOPLE {
        let email = format!("{given_name}.{family_name}{DEMONSTRATION_DOMAIN}").to_lowercase();
        let known =
            sqlx::query_scalar!("select id from account where comparison_key(email) = comparison_key($1)", email)
                .fetch_optional(&mut *conn)
                .await?;
        if known.is_some() {
            continue;
        }
        let new = NewAccount {
            email: &email,
            given_name,
            family_name,
            role: *role,
            state_code: *state_code,
            department: *department,
            eua: None,
        };
        let id = add(conn, clock, &Actor::product(), &new).await?;
        for state in *follows {
            sqlx::query!("insert into state_assignment (state_code, account_id) values ($1, $2)", state, id as _)
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(())
}
