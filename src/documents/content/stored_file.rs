//! A stored file that the readers of formats can move about in.

use std::io::{Error, Read, Result, Seek, SeekFrom};
use std::sync::Arc;

use actix_web::web::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;

/// How much is fetched at a time, in bytes.
const BLOCK: u64 = 1024 * 1024;
/// How much a reader may read altogether, in bytes. The tables of the largest honest file need less than two million;
/// a forged file is given up before its tables fill the memory.
const BUDGET: u64 = 8 * 1024 * 1024;

/// Reads a stored file from a thread that may block and is none of the runtime's: the file store may need those.
pub(super) struct StoredFile {
    files: Arc<dyn ObjectStore>,
    place: Path,
    size: u64,
    runtime: Handle,
    position: u64,
    block_start: u64,
    block: Bytes,
    left: u64,
    failure: Option<object_store::Error>,
}

impl StoredFile {
    pub(super) fn new(files: Arc<dyn ObjectStore>, place: Path, size: u64, runtime: Handle) -> Self {
        Self {
            files,
            place,
            size,
            runtime,
            position: 0,
            block_start: 0,
            block: Bytes::new(),
            left: BUDGET,
            failure: None,
        }
    }

    /// What the file store failed with, if it did: then nothing can be said of the file.
    pub(super) fn failure(self) -> Option<object_store::Error> {
        self.failure
    }

    fn ahead(&self) -> &[u8] {
        let within = self.position.checked_sub(self.block_start).and_then(|at| usize::try_from(at).ok());
        within.and_then(|at| self.block.get(at..)).unwrap_or_default()
    }

    fn fetch(&mut self) -> Result<()> {
        let start = self.position - self.position % BLOCK;
        let range = start..(start + BLOCK).min(self.size);
        #[expect(clippy::disallowed_methods, reason = "the thread that waits is none of those that it waits for")]
        let fetched = self.runtime.block_on(self.files.get_range(&self.place, range));
        match fetched {
            Ok(block) => {
                self.block_start = start;
                self.block = block;
                Ok(())
            }
            Err(error) => {
                self.failure = Some(error);
                Err(Error::other("the file store is away"))
            }
        }
    }
}

impl Read for StoredFile {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        if self.position >= self.size || into.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            return Err(Error::other("more is read than such a file can need"));
        }
        if self.ahead().is_empty() {
            self.fetch()?;
        }
        let ahead = self.ahead();
        let length = ahead.len().min(into.len()).min(self.left as usize);
        into[..length].copy_from_slice(&ahead[..length]);
        self.position += length as u64;
        self.left -= length as u64;
        Ok(length)
    }
}

impl Seek for StoredFile {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = target.ok_or_else(|| Error::other("before the start of the file"))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    async fn stored(size: u64) -> StoredFile {
        let files: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let place = Path::from("file");
        let content: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        files.put(&place, content.into()).await.unwrap();
        StoredFile::new(files, place, size, Handle::current())
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn reads_go_on_across_blocks() {
        let mut file = stored(2 * BLOCK + 10).await;
        tokio::task::spawn_blocking(move || {
            file.seek(SeekFrom::Start(BLOCK - 5)).unwrap();
            let mut bytes = [0; 10];
            file.read_exact(&mut bytes).unwrap();
            assert!(bytes.iter().zip(BLOCK - 5..).all(|(&byte, at)| u64::from(byte) == at % 251));
            file.seek(SeekFrom::End(-3)).unwrap();
            let mut rest = Vec::new();
            assert_eq!(file.read_to_end(&mut rest).unwrap(), 3);
            assert!(file.failure().is_none());
        })
        .await
        .unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn no_more_is_read_than_the_budget() {
        let mut file = stored(BUDGET + 1).await;
        let read = tokio::task::spawn_blocking(move || file.read_to_end(&mut Vec::new()));
        assert!(read.await.unwrap().is_err());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_store_that_fails_is_told_from_a_file_that_is_not_readable() {
        let mut file = stored(10).await;
        file.place = Path::from("another");
        let failure = tokio::task::spawn_blocking(move || {
            assert!(file.read(&mut [0; 4]).is_err());
            file.failure()
        });
        assert!(failure.await.unwrap().is_some());
    }
}
