//! Whether file store and tables agree, and clearing away what nothing uses.

use std::collections::HashMap;
use std::fmt;
use std::path::Path as Folder;

use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use super::intake::{Storage, lock_content, place_of};

/// For so long contents that nothing uses are kept: somebody may be about to use them.
const KEPT: Duration = Duration::days(7);

/// A row whose content is not what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The hash in the row.
    pub sha256: String,
    /// How many documents use it.
    pub documents: i64,
    /// What is wrong.
    pub why: &'static str,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.documents == 1 { "document uses" } else { "documents use" };
        write!(f, "{}: {}. {} {noun} it.", self.sha256, self.why, self.documents)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// How many contents the tables know.
    pub contents: usize,
    /// Rows without their content.
    pub lost: Vec<Lost>,
    /// Contents that no document has used for a week.
    pub unused: Vec<String>,
    /// What else has lain in the store for a week without a row.
    pub stray: Vec<Path>,
}

impl Findings {
    /// Whether there is something to be cleared away.
    pub fn has_waste(&self) -> bool {
        !self.unused.is_empty() || !self.stray.is_empty()
    }
}

/// Compares every row with its content: that it is there and as long as the row says and, if `deep`, that its hash is
/// the row's. A file store that is a folder is looked through for parts of uploads that were never finished.
///
/// # Errors
/// When database or file store are away.
pub async fn check_storage(storage: Storage<'_>, folder: Option<&Folder>, deep: bool) -> anyhow::Result<Findings> {
    let since = storage.clock.now() - KEPT;
    let listed: Vec<ObjectMeta> = storage.files.list(Some(&Path::from("blobs"))).try_collect().await?;
    let mut stored: HashMap<Path, ObjectMeta> =
        listed.into_iter().map(|object| (object.location.clone(), object)).collect();
    let mut findings = Findings::default();
    let rows = sqlx::query!(
        r#"select b.sha256, b.size, b.stored_at, (select count(*) from document d where d.sha256 = b.sha256) as "documents!"
             from blob b order by b.sha256"#,
    )
    .fetch_all(storage.db)
    .await?;
    findings.contents = rows.len();
    for row in rows {
        let known = stored.remove(&place_of(&row.sha256));
        if row.documents == 0 && row.stored_at < since {
            findings.unused.push(row.sha256);
        } else if let Some(why) = damage(storage, &row.sha256, row.size.unsigned_abs(), known, deep).await? {
            findings.lost.push(Lost { sha256: row.sha256, documents: row.documents, why });
        }
    }
    findings.stray.extend(stored.into_values().filter(|object| is_before(object, since)).map(|object| object.location));
    let uploads: Vec<ObjectMeta> = storage.files.list(Some(&Path::from("uploads"))).try_collect().await?;
    findings.stray.extend(uploads.into_iter().filter(|object| is_before(object, since)).map(|object| object.location));
    if let Some(folder) = folder {
        findings.stray.extend(unfinished(folder, since)?);
    }
    findings.stray.sort();
    Ok(findings)
}

fn is_before(object: &ObjectMeta, since: OffsetDateTime) -> bool {
    object.last_modified.timestamp() < since.unix_timestamp()
}

/// What is wrong with the content of a row.
async fn damage(
    storage: Storage<'_>,
    sha256: &str,
    size: u64,
    listed: Option<ObjectMeta>,
    deep: bool,
) -> anyhow::Result<Option<&'static str>> {
    let known = match listed {
        Some(known) => known,
        // It may have come after the store was listed.
        None => match storage.files.head(&place_of(sha256)).await {
            Ok(known) => known,
            Err(object_store::Error::NotFound { .. }) => return Ok(Some("its content is missing")),
            Err(error) => return Err(error.into()),
        },
    };
    if known.size != size {
        return Ok(Some("its content has another length"));
    }
    if deep {
        let mut hash = Sha256::new();
        let mut content = storage.files.get(&known.location).await?.into_stream();
        while let Some(piece) = content.next().await {
            hash.update(piece?);
        }
        let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if found != sha256 {
            return Ok(Some("its content is another"));
        }
    }
    Ok(None)
}

/// The parts of uploads that a process left behind when it was killed; the store itself does not list them.
fn unfinished(folder: &Folder, since: OffsetDateTime) -> anyhow::Result<Vec<Path>> {
    let entries = match std::fs::read_dir(folder.join("uploads")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains('#') && OffsetDateTime::from(entry.metadata()?.modified()?) < since {
            found.push(Path::from(format!("uploads/{name}")));
        }
    }
    Ok(found)
}

/// Clears away what is not used; what somebody has begun to use since stays. Gives how many contents and parts went.
///
/// # Errors
/// When database or file store are away.
pub async fn mend(storage: Storage<'_>, folder: Option<&Folder>, findings: &Findings) -> anyhow::Result<usize> {
    let since = storage.clock.now() - KEPT;
    let mut gone = 0;
    for sha256 in &findings.unused {
        gone += usize::from(clear(storage, sha256, since).await?);
    }
    for place in &findings.stray {
        let content = place.as_ref().strip_prefix("blobs/");
        let part = folder.filter(|_| place.as_ref().contains("%23"));
        gone += match (content, part) {
            (Some(sha256), _) => usize::from(clear(storage, sha256, since).await?),
            (None, Some(folder)) => {
                std::fs::remove_file(folder.join(place.as_ref().replace("%23", "#")))?;
                1
            }
            (None, None) => {
                storage.files.delete(place).await?;
                1
            }
        };
    }
    Ok(gone)
}

/// Removes a content with its row, unless a document uses it or it was uploaded again.
async fn clear(storage: Storage<'_>, sha256: &str, since: OffsetDateTime) -> anyhow::Result<bool> {
    let mut tx = storage.db.begin().await?;
    // Whoever is about to keep the same content waits, and then finds it gone.
    lock_content(&mut tx, sha256).await?;
    sqlx::query!(
        "delete from blob b where sha256 = $1 and stored_at < $2
            and not exists (select from document d where d.sha256 = b.sha256)",
        sha256,
        since,
    )
    .execute(&mut *tx)
    .await?;
    let row = sqlx::query_scalar!("select sha256 from blob where sha256 = $1", sha256).fetch_optional(&mut *tx).await?;
    if row.is_some() {
        return Ok(false);
    }
    match storage.files.delete(&place_of(sha256)).await {
        Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    Ok(true)
}
