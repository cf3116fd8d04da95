//! PostgreSQL: the pool, the private cluster of development and tests, and what is kept there for sessions.

pub mod private_cluster;
pub mod schema;
pub mod session_store;

use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// The migrations, compiled in.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// What every connection is set to. Every statement finds its rows by key whatever the values are, so it is planned once per
/// connection; to compile one would take longer than the longest of them runs. All that a search finds among 100,000, which is
/// read once to be counted and put in order, has room in the memory of one step.
pub const SETTINGS: [(&str, &str); 4] =
    [("timezone", "UTC"), ("plan_cache_mode", "force_generic_plan"), ("jit", "off"), ("work_mem", "16MB")];

/// A pool of at most `connections`. It connects when first used; a request waits at most five seconds for one.
///
/// # Errors
/// When `url` is no PostgreSQL URL.
pub fn pool(url: &str, connections: u32) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    Ok(lazily(options.application_name("mc-review").options(SETTINGS), connections))
}

/// A pool of at most `connections` to the same database as another.
pub fn pool_beside(other: &PgPool, connections: u32) -> PgPool {
    lazily(other.connect_options().as_ref().clone(), connections)
}

fn lazily(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// The name of the constraint or trigger rule that refused a statement, if that was why it failed.
pub fn broken_rule(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
