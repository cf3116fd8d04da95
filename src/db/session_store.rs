//! Sessions in PostgreSQL, so that they can be ended from elsewhere and hold no secrets in cookies.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use rand::distr::{Alphanumeric, SampleString};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::health::{classify, read_again};
use crate::domain::clock::Clock;

/// A session ends when nothing a person caused came for this long.
pub const IDLE: Duration = Duration::minutes(30);
/// A session ends this long after signing in, whatever happens.
pub const ABSOLUTE: Duration = Duration::hours(12);

/// Times of a session may be so far ahead of a clock: servers differ a little. Beyond that the clock was wrong when they
/// were written, nobody can say how long the session has been idle, and it has ended.
const AHEAD: Duration = Duration::minutes(1);
/// The most characters of a browser's name for itself that are kept.
pub const MOST_OF_USER_AGENT: usize = 255;

/// Between which times a session goes on: one that has ended lies outside of them.
#[derive(Clone, Copy, Debug)]
pub struct GoesOn {
    /// It was used after this.
    pub seen_after: OffsetDateTime,
    /// It began after this.
    pub signed_in_after: OffsetDateTime,
    /// It was used, and began, no later than this.
    pub until: OffsetDateTime,
}

impl GoesOn {
    /// What is so at a moment.
    pub fn at(now: OffsetDateTime) -> Self {
        Self { seen_after: now - IDLE, signed_in_after: now - ABSOLUTE, until: now + AHEAD }
    }
}

/// For so long it stays known whose an ended session was, so that a form that comes late can be held for that account.
pub const REMEMBERED: Duration = Duration::hours(24);

/// Names of entries of a session's state that the store itself reads or adds.
pub mod entry {
    /// The account signed in; absent before signing in.
    pub const ACCOUNT: &str = "account";
    /// The key of the session's own row.
    pub const SESSION: &str = "session";
    /// When the account signed in before this time, in seconds since 1970.
    pub const SIGNED_IN_BEFORE: &str = "signed_in_before";
    /// The browser, as it calls itself.
    pub const USER_AGENT: &str = "user_agent";
    /// The token that forms of the session carry.
    pub const CSRF: &str = "csrf";
    /// Stands alone, and is never stored: the database that holds the session could not be asked. It says why.
    pub const UNAVAILABLE: &str = "unavailable";
}

/// The store that `actix-session` is given.
#[derive(Clone)]
pub struct PgSessionStore {
    db: PgPool,
    clock: Clock,
}

type State = HashMap<String, String>;

impl PgSessionStore {
    /// A store on `db` that measures time by `clock`.
    pub fn new(db: PgPool, clock: Clock) -> Self {
        Self { db, clock }
    }
}

fn digest(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parsed<T: serde::de::DeserializeOwned>(state: &State, entry: &str) -> Option<T> {
    state.get(entry).and_then(|json| serde_json::from_str(json).ok())
}

impl SessionStore for PgSessionStore {
    /// Of a session that can't be read no error is made: pages that need no session are shown without one, and a form that
    /// was posted is read and given back.
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let goes_on = GoesOn::at(self.clock.now());
        let digest = digest(key.as_ref());
        let row = read_again(async || {
            sqlx::query!(
                "select id, state from session
                  where key_sha256 = $1 and last_seen_at > $2 and signed_in_at > $3 and greatest(last_seen_at, signed_in_at) <= $4",
                digest,
                goes_on.seen_after,
                goes_on.signed_in_after,
                goes_on.until,
            )
            .fetch_optional(&self.db)
            .await
        })
        .await;
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let why = serde_json::Value::from(error.to_string()).to_string();
                return Ok(Some(State::from([(entry::UNAVAILABLE.to_owned(), why)])));
            }
        };
        row.map(|row| {
            let mut state: State =
                serde_json::from_value(row.state).map_err(|error| LoadError::Deserialization(error.into()))?;
            state.insert(entry::SESSION.to_owned(), format!("\"{}\"", row.id));
            Ok(state)
        })
        .transpose()
    }

    async fn save(&self, state: State, _ttl: &Duration) -> Result<SessionKey, SaveError> {
        // Only a session that somebody has signed in to is worth a row; what else is anonymous needs none.
        if parsed::<Uuid>(&state, entry::ACCOUNT).is_none() {
            return Err(SaveError::Other(anyhow::anyhow!("a session without an account is not stored")));
        }
        let key = Alphanumeric.sample_string(&mut rand::rng(), 64);
        let now = self.clock.now();
        let id: Uuid = self.clock.new_id();
        let json = serde_json::to_value(&state).map_err(|error| SaveError::Serialization(error.into()))?;
        sqlx::query!(
            "insert into session (id, key_sha256, account_id, state, signed_in_at, last_seen_at, user_agent)
             values ($1, $2, $3, $4, $5, $5, $6)",
            id,
            digest(&key),
            parsed::<Uuid>(&state, entry::ACCOUNT),
            json,
            now,
            parsed::<String>(&state, entry::USER_AGENT),
        )
        .execute(&self.db)
        .await
        .map_err(|error| SaveError::Other(error.into()))?;
        key.try_into().map_err(|_| SaveError::Other(anyhow::anyhow!("a key of 64 letters is a session key")))
    }

    async fn update(&self, key: SessionKey, state: State, _ttl: &Duration) -> Result<SessionKey, UpdateError> {
        let json = serde_json::to_value(&state).map_err(|error| UpdateError::Serialization(error.into()))?;
        let updated = sqlx::query!(
            "update session set state = $2 where key_sha256 = $1 and account_id = $3",
            digest(key.as_ref()),
            json,
            parsed::<Uuid>(&state, entry::ACCOUNT),
        )
        .execute(&self.db)
        .await;
        // What changes in a session that goes on is its message for the next page. What the request did is done: its answer
        // does not fail by that. Nor does it when the session was ended meanwhile, which the next request finds.
        if let Err(error) = updated {
            classify(&error);
            tracing::warn!(%error, "the state of a session was not kept");
        }
        Ok(key)
    }

    /// Time is kept by [`touch`], which knows whether a person caused the request.
    async fn update_ttl(&self, _key: &SessionKey, _ttl: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        sqlx::query!("delete from session where key_sha256 = $1", digest(key.as_ref())).execute(&self.db).await?;
        Ok(())
    }
}

/// Notes that a person did something in a session just now.
///
/// # Errors
/// When the database fails.
pub async fn touch(db: &PgPool, session: Uuid, now: OffsetDateTime) -> sqlx::Result<()> {
    sqlx::query!("update session set last_seen_at = $2 where id = $1", session, now).execute(db).await?;
    Ok(())
}

/// The account of a session that ended by time alone, told by the token that its forms carried. Sessions that somebody
/// ended are not there any more.
///
/// # Errors
/// When the database fails.
pub async fn ended(db: &PgPool, csrf: &str, now: OffsetDateTime) -> sqlx::Result<Option<Uuid>> {
    let entry = serde_json::Value::from(csrf).to_string();
    let goes_on = GoesOn::at(now);
    sqlx::query_scalar!(
        r#"select a.id from session s join account a on a.id = s.account_id
            where s.account_id is not null and s.state ->> 'csrf' = $1 and a.active
              and (s.last_seen_at <= $2 or s.signed_in_at <= $3 or greatest(s.last_seen_at, s.signed_in_at) > $4)"#,
        entry,
        goes_on.seen_after,
        goes_on.signed_in_after,
        goes_on.until,
    )
    .fetch_optional(db)
    .await
}

/// Removes the rows of sessions that have ended; those of accounts once nobody need know any more whose they were. When one
/// with a time ahead of the clock ended nobody can say: it counts from now.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &PgPool, now: OffsetDateTime) -> sqlx::Result<u64> {
    sqlx::query!(
        "update session set last_seen_at = least(last_seen_at, $1), signed_in_at = least(signed_in_at, $1)
          where greatest(last_seen_at, signed_in_at) > $2",
        now - IDLE,
        GoesOn::at(now).until,
    )
    .execute(db)
    .await?;
    let swept = sqlx::query!(
        "delete from session
          where last_seen_at < $1 or signed_in_at < $2
             or account_id is null and (last_seen_at < $3 or signed_in_at < $4)",
        now - IDLE - REMEMBERED,
        now - ABSOLUTE - REMEMBERED,
        now - IDLE,
        now - ABSOLUTE,
    )
    .execute(db)
    .await?;
    Ok(swept.rows_affected())
}
