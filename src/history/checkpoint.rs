//! Checkpoints: what the history holds, signed with a key that the database does not know. Whoever can write the tables can
//! make every hash in them fit; the signatures, and the copies in the file store, they can't.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Context;
use hmac::{Hmac, KeyInit, Mac};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::clock::Clock;

/// The folder of the file store with the copies.
pub(super) const FOLDER: &str = "history/checkpoints";
/// The hash before the first.
pub(super) const NO_PREVIOUS: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// The most entries of one checkpoint, so that its copy is of a size to be read at once.
const MAX_ENTRIES: i64 = 10_000;
/// How long, and in which steps, entries are waited for that were being written when signing began.
const MAX_WAIT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// Held by whoever signs: the lock's number is the hash of this.
const LOCK_NAME: &str = "history_checkpoint";

/// The key that checkpoints are signed with.
#[derive(Clone)]
pub struct HistoryKey(Vec<u8>);

impl HistoryKey {
    /// The fewest characters of a key.
    pub const MIN_LENGTH: usize = 64;

    /// A key; none where the text is too short for one.
    pub fn new(text: &str) -> Option<Self> {
        (text.len() >= Self::MIN_LENGTH).then(|| Self(text.as_bytes().to_vec()))
    }

    fn signing(&self, content: &str) -> Hmac<Sha256> {
        let mut signing = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        signing.update(content.as_bytes());
        signing
    }
}

/// A signed statement of what the history holds: the entries behind one place of their order, up to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) number: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub(super) made_at: OffsetDateTime,
    pub(super) after_seq: i64,
    pub(super) through_seq: i64,
    pub(super) entries: i64,
    pub(super) entries_sha256: String,
    pub(super) previous_sha256: String,
    pub(super) sha256: String,
    pub(super) signature: String,
}

impl Checkpoint {
    /// What is hashed and signed, one value a line.
    fn content(&self) -> String {
        let micros = self.made_at.unix_timestamp_nanos() / 1000;
        let Self { number, after_seq, through_seq, entries, entries_sha256, previous_sha256, .. } = self;
        format!(
            "mc-review history checkpoint\n{number}\n{micros}\n{after_seq}\n{through_seq}\n{entries}\n{entries_sha256}\n{previous_sha256}\n"
        )
    }

    fn signed(mut self, key: &HistoryKey) -> Self {
        let content = self.content();
        self.sha256 = hex(&Sha256::digest(&content));
        self.signature = hex(&key.signing(&content).finalize().into_bytes());
        self
    }

    /// Whether its hash is that of its content.
    pub(super) fn is_consistent(&self) -> bool {
        self.sha256 == hex(&Sha256::digest(self.content()))
    }

    /// Whether this key signed it.
    pub(super) fn is_signed_with(&self, key: &HistoryKey) -> bool {
        let signature = unhex(&self.signature);
        signature.is_some_and(|signature| key.signing(&self.content()).verify_slice(&signature).is_ok())
    }

    /// Whether it goes on where another, or none, ends.
    pub(super) fn follows(&self, last: Option<&Self>) -> bool {
        let before = last.map_or((0, 0, NO_PREVIOUS), |last| (last.number, last.through_seq, last.sha256.as_str()));
        (self.number - 1, self.after_seq, self.previous_sha256.as_str()) == before
    }
}

/// An entry as a checkpoint covers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Covered {
    pub(super) seq: i64,
    pub(super) subject_id: Uuid,
    pub(super) sha256: String,
}

/// The copy in the file store: the checkpoint, and what it covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredCheckpoint {
    pub(super) checkpoint: Checkpoint,
    pub(super) entries: Vec<Covered>,
}

/// The hash over entries in their order.
pub(super) fn sha256_of(entries: &[Covered]) -> String {
    let mut hash = Sha256::new();
    for Covered { seq, subject_id, sha256 } in entries {
        hash.update(format!("{seq} {subject_id} {sha256}\n"));
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| text.get(at..at + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok());
    (0..text.len()).step_by(2).map(byte).collect()
}

/// Where the copy of a checkpoint lies.
pub(super) fn object_path(number: i64) -> Path {
    Path::from(format!("{FOLDER}/{number:010}.json"))
}

/// The copy of a checkpoint, if the file store has one.
///
/// # Errors
/// When the file store is away, or has something else there.
pub(super) async fn load_copy(files: &dyn ObjectStore, number: i64) -> anyhow::Result<Option<StoredCheckpoint>> {
    let found = match files.get(&object_path(number)).await {
        Ok(found) => found.bytes().await?,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let copy = serde_json::from_slice(&found);
    Ok(Some(copy.with_context(|| format!("{} is no copy of a checkpoint", object_path(number)))?))
}

/// Has nobody sign until the transaction ends.
///
/// # Errors
/// When the database fails.
pub(super) async fn lock_signing(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", LOCK_NAME).execute(conn).await?;
    Ok(())
}

/// The entries behind a place of their order and up to another, no more than `most`.
///
/// # Errors
/// When the database fails.
pub(super) async fn entries(
    conn: &mut PgConnection,
    after: i64,
    through: i64,
    most: i64,
) -> sqlx::Result<Vec<Covered>> {
    sqlx::query_as!(
        Covered,
        "select seq, subject_id, sha256 from event where seq > $1 and seq <= $2 order by seq limit $3",
        after,
        through,
        most,
    )
    .fetch_all(conn)
    .await
}

/// Signs what came to the history since it was last signed; gives how many checkpoints that took. Of several at once one
/// signs. What fails leaves nothing behind that the next attempt does not go on from.
///
/// # Errors
/// When database or file store are away, or do not hold what was signed before.
pub async fn sign(db: &PgPool, files: &dyn ObjectStore, clock: &Clock, key: &HistoryKey) -> anyhow::Result<usize> {
    let Some(through) = stable_through(db).await? else {
        tracing::info!("entries are still being written; the history is signed later");
        return Ok(0);
    };
    let mut made = 0;
    while sign_next(db, files, clock, key, through).await? {
        made += 1;
    }
    Ok(made)
}

/// The place of the order of entries up to which nothing comes any more. Places are given before the transactions that take
/// them end: whoever was given one holds a lock on the table until then, and is waited for. None where that takes too long.
async fn stable_through(db: &PgPool) -> sqlx::Result<Option<i64>> {
    let mut conn = db.acquire().await?;
    let through =
        sqlx::query_scalar!(r#"select case when is_called then last_value else 0 end as "through!" from event_seq"#);
    let through = through.fetch_one(&mut *conn).await?;
    // Only those who write now: who begins later takes later places.
    let mut writing = writers(&mut conn, None).await?;
    let mut waited = Duration::ZERO;
    while !writing.is_empty() {
        if waited >= MAX_WAIT {
            return Ok(None);
        }
        tokio::time::sleep(POLL_INTERVAL).await;
        waited += POLL_INTERVAL;
        writing = writers(&mut conn, Some(&writing)).await?;
    }
    Ok(Some(through))
}

/// The transactions that write entries, of these or of all.
async fn writers(conn: &mut PgConnection, of: Option<&[String]>) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select distinct virtualtransaction as "transaction!" from pg_locks
            where locktype = 'relation' and relation = 'event'::regclass and mode = 'RowExclusiveLock' and granted
              and database = (select oid from pg_database where datname = current_database())
              and ($1::text[] is null or virtualtransaction = any($1))"#,
        of,
    )
    .fetch_all(conn)
    .await
}

/// Makes the next checkpoint; false when there is none to make, or somebody else is making it.
async fn sign_next(
    db: &PgPool,
    files: &dyn ObjectStore,
    clock: &Clock,
    key: &HistoryKey,
    through: i64,
) -> anyhow::Result<bool> {
    let mut tx = db.begin().await?;
    let free =
        sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as "free!""#, LOCK_NAME);
    if !free.fetch_one(&mut *tx).await? {
        return Ok(false);
    }
    let last = last(&mut tx).await?;
    let after = last.as_ref().map_or(0, |last| last.through_seq);
    let entries = entries(&mut tx, after, through, MAX_ENTRIES).await?;
    let Some(newest) = entries.last().map(|entry| entry.seq) else { return Ok(false) };
    let number = last.as_ref().map_or(1, |last| last.number + 1);
    let checkpoint = match load_copy(files, number).await? {
        // The copy is written first: this one was when its row could not be.
        Some(copy) => adopt(&mut tx, key, last.as_ref(), copy).await?,
        None => {
            let full = i64::try_from(entries.len())? == MAX_ENTRIES;
            let checkpoint = Checkpoint {
                number,
                made_at: clock.now(),
                after_seq: after,
                through_seq: if full { newest } else { through },
                entries: i64::try_from(entries.len())?,
                entries_sha256: sha256_of(&entries),
                previous_sha256: last.map_or_else(|| NO_PREVIOUS.to_owned(), |last| last.sha256),
                sha256: String::new(),
                signature: String::new(),
            };
            let copy = StoredCheckpoint { checkpoint: checkpoint.signed(key), entries };
            files.put(&object_path(number), serde_json::to_vec(&copy)?.into()).await?;
            copy.checkpoint
        }
    };
    insert(&mut tx, &checkpoint).await?;
    tx.commit().await?;
    Ok(true)
}

/// A checkpoint that has its copy and no row yet, if it is ours and tells of the history as it is.
async fn adopt(
    conn: &mut PgConnection,
    key: &HistoryKey,
    last: Option<&Checkpoint>,
    copy: StoredCheckpoint,
) -> anyhow::Result<Checkpoint> {
    let StoredCheckpoint { checkpoint, entries: covered } = copy;
    let held = entries(conn, checkpoint.after_seq, checkpoint.through_seq, i64::MAX).await?;
    let fits = checkpoint.is_signed_with(key) && checkpoint.follows(last) && checkpoint.is_consistent();
    anyhow::ensure!(
        fits && held == covered && checkpoint.entries_sha256 == sha256_of(&held),
        "the file store has a checkpoint {} that does not fit the history; `mc-review verify-history` says more",
        checkpoint.number
    );
    Ok(checkpoint)
}

async fn last(conn: &mut PgConnection) -> sqlx::Result<Option<Checkpoint>> {
    sqlx::query_as!(Checkpoint, "select * from history_checkpoint order by number desc limit 1")
        .fetch_optional(conn)
        .await
}

async fn insert(conn: &mut PgConnection, checkpoint: &Checkpoint) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into history_checkpoint (number, made_at, after_seq, through_seq, entries, entries_sha256, previous_sha256, sha256,
                                         signature)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        checkpoint.number,
        checkpoint.made_at,
        checkpoint.after_seq,
        checkpoint.through_seq,
        checkpoint.entries,
        checkpoint.entries_sha256,
        checkpoint.previous_sha256,
        checkpoint.sha256,
        checkpoint.signature,
    )
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn checkpoint(key: &HistoryKey) -> Checkpoint {
        Checkpoint {
            number: 1,
            made_at: datetime!(2026-03-11 03:30:00.000001 UTC),
            after_seq: 0,
            through_seq: 7,
            entries: 3,
            entries_sha256: sha256_of(&[]),
            previous_sha256: NO_PREVIOUS.to_owned(),
            sha256: String::new(),
            signature: String::new(),
        }
        .signed(key)
    }

    #[test]
    fn a_signature_holds_for_one_key_and_one_content() {
        let (key, other) = (HistoryKey::new(&"k".repeat(64)).unwrap(), HistoryKey::new(&"o".repeat(64)).unwrap());
        assert!(HistoryKey::new(&"k".repeat(63)).is_none());
        let signed = checkpoint(&key);
        assert!(signed.is_consistent() && signed.is_signed_with(&key) && signed.follows(None));
        assert!(!signed.is_signed_with(&other));
        // Whoever has no key can make the hash fit, and nothing else.
        let forged = Checkpoint { entries: 2, ..signed.clone() };
        assert!(!forged.is_consistent());
        let forged = Checkpoint { sha256: hex(&Sha256::digest(forged.content())), ..forged };
        assert!(forged.is_consistent() && !forged.is_signed_with(&key));
        for wrong in ["", "0", "zz", "ääää"] {
            assert!(!Checkpoint { signature: wrong.to_owned(), ..signed.clone() }.is_signed_with(&key), "{wrong}");
        }
    }

    #[test]
    fn a_copy_is_read_as_it_was_written() {
        let key = HistoryKey::new(&"k".repeat(64)).unwrap();
        let entries = vec![Covered { seq: 7, subject_id: Uuid::nil(), sha256: "ab".to_owned() }];
        let copy = StoredCheckpoint { checkpoint: checkpoint(&key), entries };
        let read: StoredCheckpoint = serde_json::from_str(&serde_json::to_string(&copy).unwrap()).unwrap();
        assert!(read == copy && read.checkpoint.is_signed_with(&key));
    }
}
