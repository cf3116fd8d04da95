//! A file that is sent while it is still being made, where making it holds something that others need, such as a connection to
//! the database: it is made as fast as that goes, whatever its reader does, into a file on disk without a name, and read from
//! there at the reader's pace. So a slow reader costs some disk and nothing that anybody waits for, memory stays flat, and
//! the first bytes need not wait for the last.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

/// How much is read at a time.
const PIECE: usize = 64 * 1024;

/// How far the file is made.
#[derive(Clone, Copy, Default)]
struct Progress {
    length: u64,
    whole: bool,
}

/// The end of a spool that is written; `flush` lets the reader have what there is. If it is dropped before it is finished,
/// the reader sees that the file is cut short.
pub struct Spool {
    file: Arc<File>,
    length: u64,
    progress: watch::Sender<Progress>,
}

/// A spool, and what is read from it.
///
/// # Errors
/// When no file can be made.
pub fn spool() -> io::Result<(Spool, impl Stream<Item = io::Result<Bytes>>)> {
    let file = Arc::new(tempfile::tempfile()?);
    let (progress, seen) = watch::channel(Progress::default());
    let reader = Reader { file: Arc::clone(&file), at: 0, seen };
    Ok((Spool { file, length: 0, progress }, stream::try_unfold(reader, Reader::next)))
}

impl Spool {
    /// Waits until nobody reads any more.
    pub fn unread(&self) -> impl Future<Output = ()> + use<> {
        let progress = self.progress.clone();
        async move { progress.closed().await }
    }

    /// Says that this was all.
    pub fn finish(self) {
        self.progress.send_replace(Progress { length: self.length, whole: true });
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write_at(bytes, self.length)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.progress.send_replace(Progress { length: self.length, whole: false });
        Ok(())
    }
}

struct Reader {
    file: Arc<File>,
    at: u64,
    seen: watch::Receiver<Progress>,
}

impl Reader {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        loop {
            let Progress { length, whole } = *self.seen.borrow_and_update();
            if self.at < length {
                let piece = self.read(length - self.at).await?;
                self.at += piece.len() as u64;
                return Ok(Some((piece, self)));
            }
            if whole {
                return Ok(None);
            }
            self.seen.changed().await.map_err(|_| io::Error::other("the file was not made to its end"))?;
        }
    }

    async fn read(&self, there: u64) -> io::Result<Bytes> {
        let (file, at) = (Arc::clone(&self.file), self.at);
        let most = usize::try_from(there).map_or(PIECE, |there| there.min(PIECE));
        let reading = spawn_blocking(move || {
            let mut piece = vec![0; most];
            file.read_exact_at(&mut piece, at)?;
            Ok(piece.into())
        });
        reading.await.map_err(io::Error::other)?
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::time::Duration;

    use futures_util::StreamExt;
    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn what_was_flushed_is_read_before_the_rest_is_made() {
        let (mut spool, read) = spool().unwrap();
        let mut read = pin!(read);
        spool.write_all(b"first").unwrap();
        assert!(timeout(SOON, read.next()).await.is_err(), "not yet flushed");
        spool.flush().unwrap();
        assert_eq!(read.next().await.unwrap().unwrap(), "first");
        let rest = vec![7; 3 * PIECE];
        spool.write_all(&rest).unwrap();
        spool.finish();
        let pieces: Vec<_> = read.map(Result::unwrap).collect().await;
        assert_eq!((pieces.len(), pieces.concat()), (3, rest));
    }

    #[tokio::test]
    async fn a_file_that_is_not_finished_is_seen_to_be_cut_short() {
        let (mut spool, read) = spool().unwrap();
        spool.write_all(b"begun").unwrap();
        spool.flush().unwrap();
        drop(spool);
        let read: Vec<_> = read.collect().await;
        assert!(read[0].is_ok() && read[1].is_err() && read.len() == 2);
    }

    #[tokio::test]
    async fn whoever_makes_it_learns_that_nobody_reads() {
        let (spool, read) = spool().unwrap();
        let unread = spool.unread();
        let mut unread = pin!(unread);
        assert!(timeout(SOON, unread.as_mut()).await.is_err());
        drop(read);
        assert!(timeout(SOON, unread).await.is_ok());
    }
}
