//! Whether the database has the schema that this program was compiled for, and bringing it there.

use sqlx::migrate::{MigrateError, Migration};
use sqlx::{Connection, PgConnection, PgPool};

use super::MIGRATOR;

/// What PostgreSQL calls a table that is not there.
const NO_SUCH_TABLE: &str = "42P01";

/// Why the program can't work with the schema of a database.
#[derive(Debug, thiserror::Error)]
pub enum SchemaProblem {
    /// No answer.
    #[error("The database can't be used")]
    Away(#[source] sqlx::Error),
    /// There is no schema.
    #[error("The database was never migrated: run `mc-review migrate`.")]
    Empty,
    /// A migration is yet to be applied.
    #[error("The database lacks migration {0:04}: run `mc-review migrate`.")]
    Older(i64),
    /// A migration was applied that this program does not know.
    #[error(
        "The database has migration {0:04}, which this mc-review does not know: use the one that applied it or a newer one."
    )]
    Newer(i64),
    /// A migration reads otherwise than when it was applied.
    #[error(
        "Migration {0:04} was changed after it was applied: use the mc-review that applied it, or begin with an empty database."
    )]
    Changed(i64),
}

/// The migrations that lead up, oldest first.
fn known() -> impl Iterator<Item = &'static Migration> {
    MIGRATOR.iter().filter(|migration| migration.migration_type.is_up_migration())
}

/// The version and checksum of every migration that was applied.
async fn applied(db: &PgPool) -> Result<Vec<(i64, Vec<u8>)>, SchemaProblem> {
    // The table of migrations is not part of the schema that queries are checked against.
    let select = "select version, checksum from _sqlx_migrations where success order by version";
    match sqlx::query_as(select).fetch_all(db).await {
        Ok(rows) => Ok(rows),
        Err(sqlx::Error::PoolTimedOut) => Err(SchemaProblem::Away(why_away(db).await)),
        Err(error) if error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(NO_SUCH_TABLE)) => {
            Err(SchemaProblem::Empty)
        }
        Err(error) => Err(SchemaProblem::Away(error)),
    }
}

/// The pool tries again and again, and says in the end only that it was too long: this asks once.
async fn why_away(db: &PgPool) -> sqlx::Error {
    match PgConnection::connect_with(&db.connect_options()).await {
        Ok(_) => sqlx::Error::PoolTimedOut,
        Err(error) => error,
    }
}

/// Checks that the database has this program's migrations, all of them and no others.
///
/// # Errors
/// The first thing that does not fit.
pub async fn check(db: &PgPool) -> Result<(), SchemaProblem> {
    let applied = applied(db).await?;
    if let Some((version, _)) =
        applied.iter().find(|(version, _)| known().all(|migration| migration.version != *version))
    {
        return Err(SchemaProblem::Newer(*version));
    }
    for migration in known() {
        match applied.iter().find(|(version, _)| *version == migration.version) {
            None if applied.is_empty() => return Err(SchemaProblem::Empty),
            None => return Err(SchemaProblem::Older(migration.version)),
            Some((_, checksum)) if *checksum != *migration.checksum => {
                return Err(SchemaProblem::Changed(migration.version));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Applies the migrations that are missing, each whole or not at all, and returns them.
///
/// # Errors
/// When the database is another program's, or refuses one.
pub async fn migrate(db: &PgPool) -> anyhow::Result<Vec<&'static Migration>> {
    let before = match applied(db).await {
        Err(SchemaProblem::Empty) => Vec::new(),
        other => other?,
    };
    MIGRATOR.run(db).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => SchemaProblem::Newer(version).into(),
        MigrateError::VersionMismatch(version) => SchemaProblem::Changed(version).into(),
        other => anyhow::Error::from(other),
    })?;
    Ok(known().filter(|migration| before.iter().all(|(version, _)| *version != migration.version)).collect())
}
