//! The body of an answer that is written while it is sent, where writing may wait: neither memory nor disk ever holds the
//! whole of it.

use std::io::{self, Write};
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How much is handed on at a time, and how many such pieces may wait for a slow reader.
const PIECE: usize = 256 * 1024;
const WAITING: usize = 4;
/// How long a reader may take nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Takes what is written, as fast as the reader does; `flush` hands on what there is.
pub struct Pipe {
    sender: Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

/// What `write` writes on a thread of its own. Where that fails, the reader sees that the file is cut short.
pub fn piped(
    write: impl FnOnce(&mut Pipe) -> io::Result<()> + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let mut pipe = Pipe { sender, piece: Vec::new() };
    spawn_blocking(move || match write(&mut pipe).and_then(|()| pipe.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => {
            tracing::warn!(%error, "a file was not sent to its end");
            let _ = pipe.sender.blocking_send(Err(error));
        }
    });
    stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|piece| (piece, receiver)))
}

/// What comes of `work`, waited for on a thread on which something is [`piped`].
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    Handle::current().block_on(work)
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.reserve_exact(PIECE - self.piece.len());
        let length = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..length]);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece).into();
        let sending = async { timeout(PATIENCE, self.sender.send(Ok(piece))).await };
        match wait(sending) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader has left")),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the reader takes nothing")),
        }
    }
}
