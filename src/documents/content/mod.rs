//! What a file is, told by its content alone.

mod ole;
mod open_xml;
mod stored_file;
mod text;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    OpenXml,
    Ole,
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

/// The type of the file stored at `place`; `None` when it is none of those known, or can't be read.
///
/// # Errors
/// When the file store is away.
pub(super) async fn file_type(files: &Arc<dyn ObjectStore>, place: &Path, seen: &Seen) -> Result<Option<FileType>> {
    match container(&seen.start) {
        Some(container) => look_into(container, files.clone(), place.clone(), seen.size).await,
        None if is_pdf(&seen.start) => Ok(Some(FileType::Pdf)),
        None => Ok(seen.text.then_some(FileType::Csv)),
    }
}

fn container(start: &[u8]) -> Option<Container> {
    if start.starts_with(b"PK\x03\x04") {
        Some(Container::OpenXml)
    } else if start.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Some(Container::Ole)
    } else {
        None
    }
}

fn is_pdf(start: &[u8]) -> bool {
    start.windows(5).any(|window| window == b"%PDF-")
}

async fn look_into(
    container: Container,
    files: Arc<dyn ObjectStore>,
    place: Path,
    size: u64,
) -> Result<Option<FileType>> {
    let _turn = CONTAINERS.acquire().await.map_err(|error| Error::Internal(error.into()))?;
    let mut file = StoredFile::new(files, place, size, Handle::current());
    let (tell, looked) = oneshot::channel();
    // A thread of its own: the file store reads on threads that are shared, and this one waits for it.
    let thread = std::thread::Builder::new().name("containers".to_owned()).spawn(move || {
        let found = match container {
            Container::OpenXml => open_xml::file_type(&mut file),
            Container::Ole => ole::file_type(&mut file),
        };
        let _ = tell.send(file.failure().map_or(Ok(found), Err));
    });
    thread.map_err(|error| Error::Unavailable(error.into()))?;
    match looked.await {
        Ok(found) => Ok(found?),
        // What makes the reader of a format give up is not readable.
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_may_begin_after_other_bytes() {
        let mut start = vec![b'\n'; START - 5];
        start.extend_from_slice(b"%PDF-");
        assert!(is_pdf(&start));
        assert!(!is_pdf(&start[..START - 1]));
        assert!(!is_pdf(b"\x89PNG\r\n\x1a\n"));
    }

    #[test]
    fn containers_are_known_by_their_first_bytes() {
        assert_eq!(container(b"PK\x03\x04 and more"), Some(Container::OpenXml));
        assert_eq!(container(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), Some(Container::Ole));
        assert_eq!(container(b"PK"), None);
        assert_eq!(container(b""), None);
    }
}
