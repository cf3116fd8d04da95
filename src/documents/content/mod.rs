//! What a file is, told by its content alone, and whether anybody can open it.

mod ole;
mod open_xml;
mod pdf;
mod stored_file;
mod text;

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use super::file_type::FileType;
use crate::web::{Error, Result};
use stored_file::StoredFile;
pub(super) use text::TextWatch;

/// How many bytes of the start of a file are looked at.
pub(super) const START: usize = 1024;

/// Looking into containers takes threads and memory, so only so many at once in the whole process.
static CONTAINERS: Semaphore = Semaphore::const_new(4);

/// What came of looking at a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A file of this type, which can be opened.
    Is(FileType),
    /// One that opens with a password alone.
    Locked,
    /// One that lacks a part, or is damaged: nobody can open it.
    Incomplete,
    /// None of the types that are known.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    OpenXml,
    Ole,
    /// With so many bytes before it.
    Pdf(u64),
}

/// What can be told while a file streams in.
pub(super) struct Seen {
    /// Its first bytes, at most [`START`].
    pub(super) start: Vec<u8>,
    /// Whether the whole of it is text.
    pub(super) text: bool,
    /// Its length in bytes.
    pub(super) size: u64,
}

/// What the file stored at `place` is.
///
/// # Errors
/// When the file store is away.
pub(super) async fn judge(files: &Arc<dyn ObjectStore>, place: &Path, seen: &Seen) -> Result<Verdict> {
    match container(&seen.start) {
        Some(container) => look_into(container, files.clone(), place.clone(), seen).await,
        None if seen.text => Ok(Verdict::Is(FileType::Csv)),
        None => Ok(Verdict::Unknown),
    }
}

fn container(start: &[u8]) -> Option<Container> {
    if start.starts_with(b"PK\x03\x04") {
        Some(Container::OpenXml)
    } else if start.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Some(Container::Ole)
    } else {
        pdf::begins(start).map(Container::Pdf)
    }
}

async fn look_into(container: Container, files: Arc<dyn ObjectStore>, place: Path, seen: &Seen) -> Result<Verdict> {
    let _turn = CONTAINERS.acquire().await.map_err(|error| Error::Internal(error.into()))?;
    let (start, size) = (seen.start.clone(), seen.size);
    let mut file = StoredFile::new(files, place, size, Handle::current());
    let (tell, looked) = oneshot::channel();
    // A thread of its own: the file store reads on threads that are shared, and this one waits for it.
    let thread = std::thread::Builder::new().name("containers".to_owned()).spawn(move || {
        let found = match container {
            Container::OpenXml => open_xml::judge(&mut file),
            Container::Ole => ole::judge(&mut file),
            Container::Pdf(header) => pdf::judge(&mut file, &start, header, size),
        };
        let _ = tell.send(file.failure().map_or(Ok(found), Err));
    });
    thread.map_err(|error| Error::Unavailable(error.into()))?;
    match looked.await {
        Ok(found) => Ok(found?),
        // What makes the reader of a format give up is not readable.
        Err(_) => Ok(Verdict::Unknown),
    }
}

fn read_at(file: &mut (impl Read + Seek), start: u64, length: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length).then_some(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(u16::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_may_begin_after_other_bytes() {
        let mut start = vec![b'\n'; START - 5];
        start.extend_from_slice(b"%PDF-");
        assert_eq!(container(&start), Some(Container::Pdf(START as u64 - 5)));
        assert_eq!(container(&start[..START - 1]), None);
        assert_eq!(container(b"\x89PNG\r\n\x1a\n"), None);
    }

    #[test]
    fn containers_are_known_by_their_first_bytes() {
        assert_eq!(container(b"PK\x03\x04 and more"), Some(Container::OpenXml));
        assert_eq!(container(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), Some(Container::Ole));
        assert_eq!(container(b"PK"), None);
        assert_eq!(container(b""), None);
    }
}
