//! The body of an answer that is written while it is sent: neither memory nor disk ever holds the whole of it.
//!
//! Whatever writes it is asynchronous and a part of the body: it goes on when the reader takes something, occupies no thread
//! while it waits, and ends with the body, which is dropped when the reader leaves or is cut off for taking nothing.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc::{self, Sender};

/// How much is handed on at a time.
const PIECE: usize = 64 * 1024;

/// What was written and not yet handed on. Clones are the same; writing never waits.
#[derive(Clone, Default)]
pub struct Written(Rc<RefCell<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hands on what was written, as fast as the reader takes it.
pub struct Pipe {
    sender: Sender<Bytes>,
    written: Written,
}

impl Pipe {
    /// Where to write.
    pub fn writer(&self) -> Written {
        self.written.clone()
    }

    /// Hands on what there is once it is a piece; to be called after each writing.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub async fn hand_on(&self) -> io::Result<()> {
        if self.written.0.borrow().len() < PIECE { Ok(()) } else { self.flush().await }
    }

    async fn flush(&self) -> io::Result<()> {
        let piece = self.written.0.take();
        if piece.is_empty() {
            return Ok(());
        }
        self.sender.send(piece.into()).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// What `write` writes. Where that fails, the reader sees that the file is cut short.
pub fn piped(write: impl AsyncFnOnce(&Pipe) -> io::Result<()>) -> impl Stream<Item = io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(1);
    let pieces = stream::unfold(receiver, async |mut receiver| Some((Ok(receiver.recv().await?), receiver)));
    let work = stream::once(async move {
        let pipe = Pipe { sender, written: Written::default() };
        write(&pipe).await?;
        pipe.flush().await
    });
    let failure = work.filter_map(async |done| {
        let error = done.err()?;
        tracing::warn!(%error, "a file was not sent to its end");
        Some(Err(error))
    });
    stream::select(pieces, failure)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn what_is_written_arrives_in_order_and_whole() {
        let body = piped(async |pipe| {
            for number in 0..50_000_u32 {
                pipe.writer().write_all(&number.to_le_bytes())?;
                pipe.hand_on().await?;
            }
            Ok(())
        });
        let pieces: Vec<_> = body.map(Result::unwrap).collect().await;
        assert!(pieces.len() > 2 && pieces.iter().all(|piece| piece.len() <= PIECE), "{}", pieces.len());
        let expected: Vec<u8> = (0..50_000_u32).flat_map(u32::to_le_bytes).collect();
        assert_eq!(pieces.concat(), expected);
    }

    #[tokio::test]
    async fn a_failure_is_the_last_that_is_read() {
        let body = piped(async |pipe| {
            pipe.writer().write_all(b"begun")?;
            Err(io::Error::other("the store is away"))
        });
        let read: Vec<_> = body.collect().await;
        assert!(read.last().unwrap().is_err());
    }

    #[tokio::test]
    async fn nothing_goes_on_for_a_reader_that_takes_nothing_and_all_is_freed_when_it_leaves() {
        let held = Arc::new(());
        let holding = Arc::clone(&held);
        let mut body = Box::pin(piped(async move |pipe| {
            let _holding = holding;
            loop {
                pipe.writer().write_all(&[0; PIECE])?;
                pipe.hand_on().await?;
            }
        }));
        assert_eq!(body.next().await.unwrap().unwrap().len(), PIECE);
        assert_eq!(Arc::strong_count(&held), 2);
        drop(body);
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
