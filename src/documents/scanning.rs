//! Checking stored contents for viruses. Any number of processes share the work: whoever takes a content has it on
//! lease, and what one of them leaves behind another takes up.

use std::time::Duration as Pause;

use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use tokio::sync::watch;
use tokio::time::sleep;

use super::intake::{Storage, place_of};
use super::scanner::{Finding, Scanner};
use crate::domain::document::ScanResult;

/// For how long whoever takes a content has it to themselves.
const LEASE: Duration = Duration::minutes(5);
/// After so many checks that began and did not end, a content counts as not checked.
const MOST_TRIES: i32 = 5;
/// How long a content rests while scanner or file store are away.
const REST: Duration = Duration::seconds(10);
/// How long to wait when nothing is to be done, and when something is away.
const IDLE: Pause = Pause::from_secs(1);
const AWAY: Pause = Pause::from_secs(10);

/// What one turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing waits.
    Nothing,
    /// A content was checked, or will be tried again later.
    Checked,
    /// The scanner or the file store is away; the content goes on waiting.
    Away,
}

/// A content that was taken.
struct Taken {
    sha256: String,
    size: u64,
    tries: i32,
}

/// Checks one content after the other until told to stop; what is under way then is finished.
pub async fn keep_scanning(storage: Storage<'_>, scanner: &Scanner, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow_and_update() {
        let pause = match scan_next(storage, scanner).await {
            Ok(Turn::Checked) => continue,
            Ok(Turn::Nothing) => IDLE,
            Ok(Turn::Away) => AWAY,
            Err(error) => {
                tracing::warn!(%error, "the virus check does not reach the database");
                AWAY
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// Takes the content that has waited longest, and checks it.
///
/// # Errors
/// When the database fails; the content is then taken up again once its lease has ended.
pub async fn scan_next(storage: Storage<'_>, scanner: &Scanner) -> sqlx::Result<Turn> {
    let Some(taken) = take(storage.db, storage.clock.now()).await? else { return Ok(Turn::Nothing) };
    let finding = if taken.tries > MOST_TRIES {
        Finding::Refused("whoever checked it never came to an end".to_owned())
    } else {
        scanner.check(storage.files, &place_of(&taken.sha256), taken.size).await
    };
    settle(storage.db, storage.clock.now(), &taken, finding).await
}

async fn take(db: &PgPool, now: OffsetDateTime) -> sqlx::Result<Option<Taken>> {
    let taken = sqlx::query!(
        "update blob set scan_tries = scan_tries + 1, scan_due_at = $2
          where sha256 = (select sha256 from blob where scan = 'pending' and (scan_due_at is null or scan_due_at <= $1)
                           order by scan_due_at nulls first limit 1 for update skip locked)
         returning sha256, size, scan_tries",
        now,
        now + LEASE,
    )
    .fetch_optional(db)
    .await?;
    Ok(taken.map(|row| Taken { sha256: row.sha256, size: row.size.unsigned_abs(), tries: row.scan_tries }))
}

async fn settle(db: &PgPool, now: OffsetDateTime, taken: &Taken, finding: Finding) -> sqlx::Result<Turn> {
    let sha256 = &taken.sha256;
    match finding {
        Finding::Clean => say(db, taken, ScanResult::Clean, None).await?,
        Finding::Infected(virus) => {
            tracing::warn!(sha256, virus, "a virus was found");
            say(db, taken, ScanResult::Infected, Some(virus)).await?;
        }
        Finding::Refused(why) => {
            tracing::warn!(sha256, why, "a content could not be checked for viruses");
            say(db, taken, ScanResult::Failed, Some(why)).await?;
        }
        Finding::Broken(why) => {
            tracing::warn!(sha256, why, tries = taken.tries, "a virus check did not come to its end");
            if taken.tries >= MOST_TRIES {
                say(db, taken, ScanResult::Failed, Some(why)).await?;
            } else {
                wait(db, taken, taken.tries, now + Duration::seconds(1 << taken.tries), why).await?;
            }
        }
        Finding::Away(why) => {
            tracing::warn!(why, "files wait for their virus check");
            wait(db, taken, taken.tries - 1, now + REST, why).await?;
            return Ok(Turn::Away);
        }
    }
    Ok(Turn::Checked)
}

/// Writes what was found out, unless somebody else has done so: a check may outlive its lease.
async fn say(db: &PgPool, taken: &Taken, scan: ScanResult, note: Option<String>) -> sqlx::Result<()> {
    // A failure of an earlier try says nothing about the one that is under way now.
    sqlx::query!(
        "update blob set scan = $2, scan_due_at = null, scan_note = $3
          where sha256 = $1 and scan = 'pending' and ($2 <> 'failed'::scan_result or scan_tries = $4)",
        taken.sha256,
        scan as _,
        note,
        taken.tries,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Gives the content back, to be taken again at `due`.
async fn wait(db: &PgPool, taken: &Taken, tries: i32, due: OffsetDateTime, why: String) -> sqlx::Result<()> {
    sqlx::query!(
        "update blob set scan_tries = $3, scan_due_at = $4, scan_note = $5
          where sha256 = $1 and scan = 'pending' and scan_tries = $2",
        taken.sha256,
        taken.tries,
        tries,
        due,
        why,
    )
    .execute(db)
    .await?;
    Ok(())
}
