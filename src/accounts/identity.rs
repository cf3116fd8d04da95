//! Who says who somebody is. An identity provider will stand here beside the demonstration accounts: it answers
//! with an account, and everything after that is the same.

use sqlx::PgPool;

use crate::db::health::read_again;
use crate::domain::id::AccountId;
use crate::domain::role::Role;
use crate::web::Settings;

/// The email domain of demonstration accounts; no other account can be signed in to by pressing its name.
pub const DEMONSTRATION_DOMAIN: &str = "@demo.example.gov";

/// The ways of signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityProvider {
    /// A list of demonstration accounts; pressing a name signs in.
    Demonstration,
    /// Nothing is set up: nobody can sign in.
    NotConfigured,
}

impl IdentityProvider {
    /// The provider that these settings give. Demonstration accounts never sign in to the real thing.
    pub fn of(settings: &Settings) -> Self {
        if settings.production { Self::NotConfigured } else { Self::Demonstration }
    }
}

/// An account that the sign-in page offers.
#[derive(Debug)]
pub struct Offered {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its role in words.
    pub role: &'static str,
    /// Its state or department, or nothing.
    pub place: String,
    /// Whether it is on the side of a state.
    pub of_state: bool,
}

/// The demonstration accounts that can sign in.
///
/// # Errors
/// When the database fails.
pub async fn demonstration_accounts(db: &PgPool) -> sqlx::Result<Vec<Offered>> {
    let rows = read_again(async || {
        sqlx::query!(
            r#"select a.id as "id: AccountId", a.given_name || ' ' || a.family_name as "name!", a.role, a.department,
                  s.name as "state_name?"
             from account a left join state s on s.code = a.state_code
            where a.active and a.email like '%' || $1
            order by a.role, a.department, s.name, a.family_name, a.given_name limit 60"#,
            DEMONSTRATION_DOMAIN,
        )
        .fetch_all(db)
        .await
    })
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Offered {
            id: row.id,
            name: row.name,
            role: row.role.label(),
            place: row
                .state_name
                .or(row.department.map(|department| department.short_name().to_owned()))
                .unwrap_or_default(),
            of_state: row.role == Role::StateUser,
        })
        .collect())
}
