//! PostgreSQL: the pool, the private cluster of development and tests, and what is kept there for sessions.

pub mod health;
pub mod private_cluster;
pub mod schema;
pub mod session_store;

use std::time::Duration;

use sqlx::Executor;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};

/// The migrations, compiled in.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// What every connection is set to. Every statement finds its rows by key whatever the values are, so it is planned once per
/// connection; to compile one would take longer than the longest of them runs. All that a search finds among 100,000, which is
/// read once to be counted and put in order, has room in the memory of one step.
pub const SETTINGS: [(&str, &str); 4] =
    [("timezone", "UTC"), ("plan_cache_mode", "force_generic_plan"), ("jit", "off"), ("work_mem", "16MB")];

/// What a pool is for, which decides how long its statements may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Answering requests: nobody waits longer for a page, nor holds up others by a row that somebody has locked.
    Requests,
    /// Exports, which read on while their reader receives.
    Exports,
    /// Work that nobody waits for.
    Background,
    /// Commands that a person starts and watches: migrations, loading data.
    Commands,
}

impl Purpose {
    /// Zero is no limit.
    fn timeouts(self) -> [(&'static str, &'static str); 3] {
        let [statement, lock, idle] = match self {
            Self::Requests => ["15s", "5s", "30s"],
            Self::Exports => ["10min", "5s", "10min"],
            Self::Background => ["5min", "5s", "60s"],
            Self::Commands => ["0", "0", "0"],
        };
        [("statement_timeout", statement), ("lock_timeout", lock), ("idle_in_transaction_session_timeout", idle)]
    }
}

/// A pool of at most `connections`. It connects when first used; a request waits at most five seconds for one.
///
/// # Errors
/// When `url` is no PostgreSQL URL.
pub fn pool(url: &str, connections: u32, purpose: Purpose) -> Result<PgPool, sqlx::Error> {
    let options: PgConnectOptions = url.parse()?;
    Ok(lazily(options.application_name("mc-review").options(SETTINGS), connections, purpose))
}

/// A pool of at most `connections` to the same database as another.
pub fn pool_beside(other: &PgPool, connections: u32, purpose: Purpose) -> PgPool {
    lazily(other.connect_options().as_ref().clone(), connections, purpose)
}

fn lazily(options: PgConnectOptions, connections: u32, purpose: Purpose) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .after_connect(|conn, _| Box::pin(stop_for_lost_clients(conn)))
        .before_acquire(|conn, meta| Box::pin(health::is_usable(conn, meta)))
        .connect_lazy_with(options.options(purpose.timeouts()))
}

/// Has the server stop a statement whose client is gone. A server that can't look (on macOS) refuses the setting, and
/// goes on without it.
async fn stop_for_lost_clients(conn: &mut PgConnection) -> sqlx::Result<()> {
    match conn.execute("set client_connection_check_interval = '5s'").await {
        Ok(_) | Err(sqlx::Error::Database(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The name of the constraint or trigger rule that refused a statement, if that was why it failed.
pub fn broken_rule(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
