//! Proving that the history is what was signed: the checkpoints of the table and their copies in the file store are held
//! against each other, against the key, and against the entries that are there.

use std::collections::{BTreeMap, HashMap};

use futures_util::TryStreamExt;
use object_store::ObjectStore;
use object_store::path::Path;
use sqlx::{PgConnection, PgPool};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::checkpoint::{
    Checkpoint, Covered, FOLDER, HistoryKey, StoredCheckpoint, entries, load_copy, lock_signing, sha256_of,
};
use super::verify::name;
use crate::domain::clock::{Clock, Moment};
use crate::domain::event::Subject;

/// What is not signed after so long was kept from being signed, or its checkpoints were removed.
const MAX_UNSIGNED_AGE: Duration = Duration::hours(1);

/// What the checkpoints say of the history.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    /// How many there are.
    pub checkpoints: usize,
    /// How many entries they cover.
    pub entries: i64,
    /// When the newest was made.
    pub newest: Option<Moment>,
    /// How many entries came since, and when the oldest of these says it was written.
    pub since: (i64, Option<Moment>),
    /// What is wrong, in sentences.
    pub findings: Vec<String>,
}

/// The two records of a checkpoint.
struct Pair {
    row: Option<Checkpoint>,
    copy: Option<StoredCheckpoint>,
}

/// Something about an entry that is not as it was signed.
struct Difference {
    subject_id: Uuid,
    sentence: String,
}

/// Holds everything that was signed against what is there; without a key all but the signatures.
///
/// # Errors
/// When database or file store are away.
pub async fn verify_checkpoints(
    db: &PgPool,
    files: &dyn ObjectStore,
    clock: &Clock,
    key: Option<&HistoryKey>,
) -> anyhow::Result<Signatures> {
    let mut found = Signatures::default();
    let (mut rows, newest) = load_rows(db, files).await?;
    let mut conn = db.acquire().await?;
    let mut last: Option<Checkpoint> = None;
    let mut foreign = Vec::new();
    for number in 1..=newest {
        let (copy, readable) = match load_copy(files, number).await {
            Err(error) if error.is::<serde_json::Error>() => (None, false),
            read => (read?, true),
        };
        let pair = Pair { row: rows.remove(&number), copy };
        if readable {
            found.findings.extend(pair.difference(number));
        } else {
            found.findings.push(format!("The copy of checkpoint {number} in the file store can't be read."));
        }
        if key.is_some_and(|key| pair.records().any(|record| !record.is_signed_with(key))) {
            foreign.push(number);
        }
        let Some(checkpoint) = pair.trusted(key).cloned() else { continue };
        if !checkpoint.is_consistent() {
            found.findings.push(format!("Checkpoint {number} was altered: its hash is not that of what it says."));
        }
        if last.as_ref().is_some_and(|last| last.number + 1 == number) && !checkpoint.follows(last.as_ref()) {
            found.findings.push(format!("Checkpoint {number} does not go on where the one before ends."));
        }
        let covered = pair.copy.map(|copy| copy.entries).filter(|list| sha256_of(list) == checkpoint.entries_sha256);
        found.findings.extend(differences(&mut conn, &checkpoint, covered).await?);
        found.checkpoints += 1;
        found.entries += checkpoint.entries;
        found.newest = Some(Moment(checkpoint.made_at));
        last = Some(checkpoint);
    }
    found.findings.extend(wrong_key(&foreign, newest));
    found.since = count_unsigned(&mut conn, last.map_or(0, |last| last.through_seq)).await?;
    found.findings.extend(key.and_then(|_| unsigned_finding(found.since, clock.now())));
    Ok(found)
}

/// The checkpoints of the table, and the highest number that table or file store know. Nobody signs meanwhile.
async fn load_rows(db: &PgPool, files: &dyn ObjectStore) -> anyhow::Result<(BTreeMap<i64, Checkpoint>, i64)> {
    let mut tx = db.begin().await?;
    lock_signing(&mut tx).await?;
    let rows = sqlx::query_as!(Checkpoint, "select * from history_checkpoint").fetch_all(&mut *tx).await?;
    let listed: Vec<_> = files.list(Some(&Path::from(FOLDER))).try_collect().await?;
    tx.commit().await?;
    let numbers = listed.iter().filter_map(|file| file.location.filename()?.strip_suffix(".json")?.parse().ok());
    let newest = numbers.chain(rows.iter().map(|row| row.number)).max().unwrap_or(0);
    Ok((rows.into_iter().map(|row| (row.number, row)).collect(), newest))
}

impl Pair {
    /// What is there of it, that of the file store first.
    fn records(&self) -> impl Iterator<Item = &Checkpoint> {
        self.copy.iter().map(|copy| &copy.checkpoint).chain(&self.row)
    }

    /// What one record has and the other lacks, or says otherwise.
    fn difference(&self, number: i64) -> Option<String> {
        match (&self.row, &self.copy) {
            (None, None) => Some(format!("Checkpoint {number} is missing.")),
            (None, Some(_)) => Some(format!("Checkpoint {number} is missing from the database.")),
            (Some(_), None) => Some(format!("The copy of checkpoint {number} is missing from the file store.")),
            (Some(row), Some(copy)) if *row != copy.checkpoint => {
                Some(format!("Of checkpoint {number} database and file store say different things."))
            }
            (Some(_), Some(copy)) if sha256_of(&copy.entries) != copy.checkpoint.entries_sha256 => {
                Some(format!("The copy of checkpoint {number} in the file store was altered."))
            }
            (Some(_), Some(_)) => None,
        }
    }

    /// The record to hold the entries against: one that the key signed, if there is one.
    fn trusted(&self, key: Option<&HistoryKey>) -> Option<&Checkpoint> {
        let signed = |record: &&Checkpoint| key.is_some_and(|key| record.is_signed_with(key));
        self.records()
            .find(signed)
            .or_else(|| self.records().find(|record| record.is_consistent()))
            .or_else(|| self.records().next())
    }
}

/// What is not as a checkpoint signed it. Without the list of what it covers only that something is not.
async fn differences(
    conn: &mut PgConnection,
    checkpoint: &Checkpoint,
    covered: Option<Vec<Covered>>,
) -> sqlx::Result<Vec<String>> {
    let held = entries(conn, checkpoint.after_seq, checkpoint.through_seq, i64::MAX).await?;
    if sha256_of(&held) == checkpoint.entries_sha256 {
        return Ok(Vec::new());
    }
    let (number, at) = (checkpoint.number, Moment(checkpoint.made_at));
    let Some(covered) = covered else {
        return Ok(vec![format!(
            "Among the entries that checkpoint {number} of {at} covers, places {} to {} of the order, something was changed since.",
            checkpoint.after_seq + 1,
            checkpoint.through_seq
        )]);
    };
    let found = diff(&held, &covered);
    let names = names(conn, &found).await?;
    let sentence = |difference: &Difference| {
        let id = difference.subject_id;
        let name = names.get(&id).cloned().unwrap_or_else(|| format!("subject {id}"));
        format!("{name}: {} since checkpoint {number} of {at}.", difference.sentence)
    };
    Ok(found.iter().map(sentence).collect())
}

fn diff(held: &[Covered], covered: &[Covered]) -> Vec<Difference> {
    let mut left: BTreeMap<i64, &Covered> = held.iter().map(|entry| (entry.seq, entry)).collect();
    let difference = |entry: &Covered, what: &str| Difference {
        subject_id: entry.subject_id,
        sentence: format!("the entry in place {} of the order was {what}", entry.seq),
    };
    let mut found: Vec<Difference> = Vec::new();
    for entry in covered {
        match left.remove(&entry.seq) {
            None => found.push(difference(entry, "removed")),
            Some(now) if now != entry => found.push(difference(entry, "rewritten")),
            Some(_) => {}
        }
    }
    found.extend(left.into_values().map(|entry| difference(entry, "put in")));
    found
}

/// What people call the subjects, where they still are.
async fn names(conn: &mut PgConnection, found: &[Difference]) -> sqlx::Result<HashMap<Uuid, String>> {
    let ids: Vec<Uuid> = found.iter().map(|difference| difference.subject_id).collect();
    let rows = sqlx::query!(
        r#"select id as "id!", 'contract_review'::event_subject as "subject!: Subject", state_code, number, null as name
             from contract_review where id = any($1)
           union all select id, 'rate_review', state_code, number, null from rate_review where id = any($1)
           union all select id, 'account', null, null, email from account where id = any($1)
           union all select id, 'program', null, null, state_code || ' ' || name from program where id = any($1)"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let named = rows.into_iter().filter_map(|row| {
        let key = row.state_code.zip(row.number).map(|key| name(Some(row.subject), key));
        Some((row.id, key.or(row.name)?))
    });
    Ok(named.collect())
}

/// That checkpoints are not signed with the key that is given.
fn wrong_key(foreign: &[i64], newest: i64) -> Vec<String> {
    if !foreign.is_empty() && i64::try_from(foreign.len()) == Ok(newest) {
        return vec![
            "No checkpoint is signed with this HISTORY_KEY: it is another key, or all were made anew.".to_owned(),
        ];
    }
    foreign.iter().map(|number| format!("Checkpoint {number} is not signed with this HISTORY_KEY.")).collect()
}

/// How many entries are behind a place of the order, and when the oldest says it was written.
async fn count_unsigned(conn: &mut PgConnection, through: i64) -> sqlx::Result<(i64, Option<Moment>)> {
    let row = sqlx::query!(r#"select count(*) as "entries!", min(at) as oldest from event where seq > $1"#, through);
    let row = row.fetch_one(conn).await?;
    Ok((row.entries, row.oldest.map(Moment)))
}

/// That entries have waited too long to be signed.
fn unsigned_finding((entries, oldest): (i64, Option<Moment>), now: OffsetDateTime) -> Option<String> {
    let oldest = oldest.filter(|oldest| now - oldest.0 > MAX_UNSIGNED_AGE)?;
    Some(format!(
        "{entries} entries are in no checkpoint, the oldest of {oldest}: no worker signed them, or their checkpoints were removed."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(seq: i64, sha256: &str) -> Covered {
        Covered { seq, subject_id: Uuid::nil(), sha256: sha256.to_owned() }
    }

    #[test]
    fn what_was_removed_rewritten_and_put_in_is_told_apart() {
        let covered = [entry(1, "a"), entry(2, "b"), entry(4, "d")];
        let held = [entry(1, "a"), entry(2, "other"), entry(3, "c")];
        let found: Vec<_> = diff(&held, &covered).into_iter().map(|difference| difference.sentence).collect();
        let of = |seq: i64, what: &str| format!("the entry in place {seq} of the order was {what}");
        assert_eq!(found, [of(2, "rewritten"), of(4, "removed"), of(3, "put in")]);
    }
}
