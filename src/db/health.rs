//! Connections that were cut: none of them is handed to a request once one was found to be dead.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use sqlx::Connection;
use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::PgConnection;

/// A connection idle for longer is asked whether it is still there before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(30);
/// How long an answer to that may take.
const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// A database that is read-only refuses every write: connections are not made anew for each of them.
const READ_ONLY_PAUSE: Duration = Duration::from_secs(10);

/// When a connection was last found broken. One for the process, which works with one database: a restart or a failover
/// ends all connections of all pools, so the first that is found dead speaks for every one that is as old.
static LAST_BREAK: Mutex<Option<Instant>> = Mutex::new(None);

/// What an error says about the connection that it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The connection is dead, or the server behind it is going away or out of resources.
    Lost,
    /// The server takes no writes: a standby, or one that somebody set so.
    ReadOnly,
    /// A lock was not had in time, or the statement took too long: somebody else is in the way.
    Busy,
    /// The statement itself is wrong, or was refused by a rule.
    Statement,
}

impl Failure {
    /// Reads it from an error.
    pub fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => Self::Lost,
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some("25006") => Self::ReadOnly,
                // Lock timeout; statement timeout, or cancelled by an operator.
                Some("55P03" | "57014") => Self::Busy,
                // 08: connection; 25P03: idle too long in a transaction; 53: out of resources; 55000: takes no connections;
                // 57P: shutting down or starting up.
                Some(code)
                    if ["25P03", "55000"].contains(&code)
                        || ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) =>
                {
                    Self::Lost
                }
                _ => Self::Statement,
            },
            _ => Self::Statement,
        }
    }
}

/// Looks at an error of the database, and remembers that connections are broken if it says so.
pub fn classify(error: &sqlx::Error) -> Failure {
    let failure = Failure::of(error);
    // That no connection came free in time says nothing of those there are.
    let waited = matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
    let mut last = LAST_BREAK.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match failure {
        Failure::Lost if !waited => *last = Some(Instant::now()),
        // After a failover the old server may go on as a standby: other connections may lead to the new one.
        Failure::ReadOnly if last.is_none_or(|at| at.elapsed() > READ_ONLY_PAUSE) => *last = Some(Instant::now()),
        _ => {}
    }
    failure
}

/// Whether an idle connection may be handed out. Costs a round trip only after a long rest.
///
/// # Errors
/// Never: a connection that can't answer is not usable.
pub(super) async fn is_usable(conn: &mut PgConnection, meta: PoolConnectionMetadata) -> sqlx::Result<bool> {
    let last = *LAST_BREAK.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if last.is_some_and(|last| meta.age >= last.elapsed()) {
        return Ok(false);
    }
    if meta.idle_for < TRUSTED_IDLE {
        return Ok(true);
    }
    Ok(tokio::time::timeout(PING_TIMEOUT, conn.ping()).await.is_ok_and(|answer| answer.is_ok()))
}

/// Does a read, and once more on another connection when the first one turns out to be dead: an idle connection that was
/// cut is noticed only by using it. Reads alone: of a write nobody knows whether it was carried out.
///
/// # Errors
/// Those of the read.
pub async fn read_again<T>(mut read: impl AsyncFnMut() -> sqlx::Result<T>) -> sqlx::Result<T> {
    match read().await {
        Err(error) if classify(&error) == Failure::Lost && !matches!(error, sqlx::Error::PoolTimedOut) => read().await,
        done => done,
    }
}
