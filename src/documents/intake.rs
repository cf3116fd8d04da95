//! Taking in the content of a file: counted, hashed and stored while it streams, judged, and kept by its hash.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use tokio::time::timeout;
use uuid::Uuid;

use super::content::{self, START, Seen, TextWatch, Verdict};
use super::file_name::cleaned;
use super::file_type::{FileType, accepted};
use super::problem::FileProblem;
use crate::domain::clock::Clock;
use crate::domain::document::{Category, MAX_FILE_BYTES, ScanResult};
use crate::web::{App, Error, Result};

/// How long the file store may take for one step. Then it counts as away, and what was typed comes back.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much is sent to the file store at a time, in bytes; stores in the cloud take no less.
const PART: usize = 5 * 1024 * 1024;

/// A file as it came, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedFile {
    /// The list it is for.
    pub category: Category,
    /// Its name, as it is kept.
    pub file_name: String,
    /// Where its content is, or why it was not taken.
    pub outcome: std::result::Result<StoredBlob, FileProblem>,
}

/// Content that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its hash, in hexadecimal: the key of the content.
    pub sha256: String,
    /// Its length in bytes.
    pub size: i64,
    /// What it is.
    pub media_type: String,
}

/// Where contents are kept and known of.
#[derive(Clone, Copy, Debug)]
pub struct Storage<'a> {
    /// The contents.
    pub files: &'a Arc<dyn ObjectStore>,
    /// What is known of them. A connection is taken only once a content has come whole.
    pub db: &'a PgPool,
    /// The clock.
    pub clock: &'a Clock,
    /// How content that was never seen before begins: clean only where nobody looks for viruses.
    pub beginning: ScanResult,
}

impl<'a> From<&'a App> for Storage<'a> {
    fn from(app: &'a App) -> Self {
        Self { files: &app.files, db: &app.writes, clock: &app.clock, beginning: app.settings.new_content }
    }
}

/// What the file store answers, if it does in time.
async fn patiently<T>(step: impl Future<Output = object_store::Result<T>>) -> Result<T> {
    match timeout(PATIENCE, step).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(Error::Unavailable(anyhow::anyhow!("the file store took longer than {PATIENCE:?}"))),
    }
}

/// Where the content with this hash is kept.
pub(super) fn place_of(sha256: &str) -> Path {
    Path::from(format!("blobs/{sha256}"))
}

/// Takes in one file. The whole of `content` is read, even of a file that is not taken; such a one leaves nothing in
/// the store, nor does one whose `content` fails.
///
/// # Errors
/// Those of `content`, or when file store or database are away.
pub async fn receive(
    storage: Storage<'_>,
    category: Category,
    given_name: &str,
    content: impl Stream<Item = Result<Bytes>> + Unpin,
) -> Result<ReceivedFile> {
    let file_name = cleaned(given_name);
    let outcome = take_in(storage, category, &file_name, content).await?;
    Ok(ReceivedFile { category, file_name, outcome })
}

async fn take_in(
    storage: Storage<'_>,
    category: Category,
    file_name: &str,
    mut content: impl Stream<Item = Result<Bytes>> + Unpin,
) -> Result<std::result::Result<StoredBlob, FileProblem>> {
    let name = || file_name.to_owned();
    let Some(claimed) = FileType::claimed_by(file_name).filter(|claimed| accepted(category).contains(claimed)) else {
        skip(content).await?;
        return Ok(Err(FileProblem::Type { name: name(), category }));
    };
    let mut upload = Upload::begin(storage).await?;
    while let Some(chunk) = content.next().await {
        let chunk = chunk?;
        if upload.size + chunk.len() as u64 > MAX_FILE_BYTES {
            upload.abort().await?;
            skip(content).await?;
            return Ok(Err(FileProblem::TooLarge { name: name() }));
        }
        upload.write(&chunk).await?;
    }
    if upload.size == 0 {
        upload.abort().await?;
        return Ok(Err(FileProblem::Empty { name: name() }));
    }
    let uploaded = upload.complete().await?;
    let problem = match content::judge(storage.files, uploaded.temporary.place(), &uploaded.seen).await? {
        Verdict::Is(found) if found == claimed => None,
        Verdict::Locked => Some(FileProblem::Locked { name: name() }),
        Verdict::Incomplete => Some(FileProblem::Incomplete { name: name() }),
        Verdict::Is(_) | Verdict::Unknown => Some(FileProblem::Content { name: name(), claimed }),
    };
    if let Some(problem) = problem {
        uploaded.temporary.remove().await?;
        return Ok(Err(problem));
    }
    let (blob, scan) = keep(storage, uploaded, claimed).await?;
    Ok(if scan == ScanResult::Infected { Err(FileProblem::Infected { name: name() }) } else { Ok(blob) })
}

/// Reads on to the end of a file that is not taken.
async fn skip(mut content: impl Stream<Item = Result<Bytes>> + Unpin) -> Result<()> {
    while let Some(chunk) = content.next().await {
        chunk?;
    }
    Ok(())
}

/// Moves the content to the place that its hash names and lets the database know of it, in one go: whoever clears away
/// what nothing uses waits. Content that is already there stays as it is, with what was found out about it; only
/// what could not be checked waits for its check again.
async fn keep(storage: Storage<'_>, uploaded: Uploaded, file_type: FileType) -> Result<(StoredBlob, ScanResult)> {
    let Uploaded { temporary, sha256, seen } = uploaded;
    let size = i64::try_from(seen.size).expect("files are at most 100 MiB");
    let now = storage.clock.now();
    let mut tx = storage.db.begin().await?;
    lock_content(&mut tx, &sha256).await?;
    temporary.keep_at(&place_of(&sha256), seen.size).await?;
    let known = sqlx::query!(
        r#"insert into blob as b (sha256, size, media_type, scan, stored_at, scan_due_at)
           values ($1, $2, $3, $4, $5, case when $4 = 'pending'::scan_result then $5::timestamptz end)
           on conflict (sha256) do update
              set stored_at = greatest(b.stored_at, $5),
                  scan = case when b.scan = 'failed' then $4 else b.scan end,
                  scan_tries = case when b.scan = 'failed' then 0 else b.scan_tries end
           returning media_type, scan as "scan: ScanResult""#,
        sha256,
        size,
        file_type.media_type(),
        storage.beginning as _,
        now,
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok((StoredBlob { sha256, size, media_type: known.media_type }, known.scan))
}

/// Holds off others who would keep or clear away this content, until the transaction ends.
pub(super) async fn lock_content(conn: &mut PgConnection, sha256: &str) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", sha256).execute(conn).await?;
    Ok(())
}

/// Content on its way into the store.
struct Upload {
    temporary: Temporary,
    parts: Option<Box<dyn MultipartUpload>>,
    part: Vec<u8>,
    start: Vec<u8>,
    text: TextWatch,
    hash: Sha256,
    size: u64,
}

/// Content in the store, under a name of its own.
struct Uploaded {
    temporary: Temporary,
    sha256: String,
    seen: Seen,
}

impl Upload {
    async fn begin(storage: Storage<'_>) -> Result<Self> {
        let place = Path::from(format!("uploads/{}", storage.clock.new_id::<Uuid>()));
        let parts = patiently(storage.files.put_multipart(&place)).await?;
        Ok(Self {
            temporary: Temporary { files: storage.files.clone(), place, there: false },
            parts: Some(parts),
            part: Vec::new(),
            start: Vec::new(),
            text: TextWatch::new(),
            hash: Sha256::new(),
            size: 0,
        })
    }

    async fn write(&mut self, chunk: &[u8]) -> Result<()> {
        self.hash.update(chunk);
        self.text.see(chunk);
        self.start.extend_from_slice(&chunk[..chunk.len().min(START - self.start.len())]);
        self.size += chunk.len() as u64;
        self.part.extend_from_slice(chunk);
        if self.part.len() >= PART {
            self.send().await?;
        }
        Ok(())
    }

    async fn send(&mut self) -> Result<()> {
        let part = std::mem::take(&mut self.part);
        if let Some(parts) = &mut self.parts {
            patiently(parts.put_part(part.into())).await?;
        }
        Ok(())
    }

    async fn complete(mut self) -> Result<Uploaded> {
        if !self.part.is_empty() {
            self.send().await?;
        }
        self.temporary.there = true;
        if let Some(mut parts) = self.parts.take() {
            patiently(parts.complete()).await?;
        }
        let sha256 = self.hash.finalize_reset().iter().map(|byte| format!("{byte:02x}")).collect();
        let seen = Seen { start: std::mem::take(&mut self.start), text: self.text.is_text(), size: self.size };
        Ok(Uploaded { temporary: self.temporary.take(), sha256, seen })
    }

    async fn abort(mut self) -> Result<()> {
        if let Some(mut parts) = self.parts.take() {
            patiently(parts.abort()).await?;
        }
        Ok(())
    }
}

impl Drop for Upload {
    /// A connection that was cut, or a store that failed: what was sent so far is cleared away.
    fn drop(&mut self) {
        if let Some(mut parts) = self.parts.take() {
            in_background(async move { parts.abort().await });
        }
    }
}

/// An object under a name of its own, removed when it is neither moved nor removed by whoever holds it.
struct Temporary {
    files: Arc<dyn ObjectStore>,
    place: Path,
    there: bool,
}

impl Temporary {
    fn place(&self) -> &Path {
        &self.place
    }

    fn take(&mut self) -> Self {
        let there = std::mem::take(&mut self.there);
        Self { files: self.files.clone(), place: self.place.clone(), there }
    }

    /// Moves it to `place`, unless it is there already.
    async fn keep_at(mut self, place: &Path, size: u64) -> Result<()> {
        let known = patiently(async {
            match self.files.head(place).await {
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                known => known.map(|known| Some(known.size)),
            }
        });
        if known.await? == Some(size) {
            return self.remove().await;
        }
        patiently(self.files.rename(&self.place, place)).await?;
        self.there = false;
        Ok(())
    }

    async fn remove(mut self) -> Result<()> {
        patiently(self.files.delete(&self.place)).await?;
        self.there = false;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.there {
            let (files, place) = (self.files.clone(), self.place.clone());
            in_background(async move { files.delete(&place).await });
        }
    }
}

/// Clears away what a request that ended early left behind.
fn in_background(clearing: impl Future<Output = object_store::Result<()>> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(async move {
            if let Err(error) = clearing.await {
                tracing::warn!("a part of an upload stays behind in the file store: {error}");
            }
        });
    }
}
