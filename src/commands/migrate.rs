//! `mc-review migrate`

use sqlx::PgPool;

use super::say;
use crate::db::schema;

/// Applies what is missing and says what that was.
pub async fn migrate(db: &PgPool) -> anyhow::Result<()> {
    let applied = schema::migrate(db).await?;
    for migration in &applied {
        say(format_args!("Applied migration {:04}: {}.", migration.version, migration.description));
    }
    if applied.is_empty() {
        say("The database is up to date.");
    }
    Ok(())
}
