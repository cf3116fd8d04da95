//! The body of a request: counted while it is read, and read on to its end after whoever parsed it has given up.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt};
use tokio::time::timeout;

use crate::web::{Error, Result};

/// How long a sender may be silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much is read, and for how long, of a body that is not wanted any more: browsers show an answer only once they
/// have sent everything.
const DRAINED_BYTES: u64 = 1024 * 1024 * 1024;
const DRAINED_FOR: Duration = Duration::from_secs(60);

/// The body; clones read the same one.
#[derive(Clone)]
pub(super) struct Body(Rc<RefCell<Inner>>);

struct Inner {
    payload: Payload,
    read: u64,
    most: u64,
    ended: bool,
}

impl Body {
    /// The body of a request that may have at most `most` bytes.
    pub(super) fn new(payload: Payload, most: u64) -> Self {
        Self(Rc::new(RefCell::new(Inner { payload, read: 0, most, ended: false })))
    }

    /// Whether more came than may.
    pub(super) fn too_large(&self) -> bool {
        let inner = self.0.borrow();
        inner.read > inner.most
    }

    /// Reads what is left and forgets it, within limits.
    pub(super) async fn drain(&self) {
        let drain = async {
            let mut drained = 0;
            while drained <= DRAINED_BYTES {
                match std::future::poll_fn(|cx| self.0.borrow_mut().poll(cx)).await {
                    Some(Ok(chunk)) => drained += chunk.len() as u64,
                    Some(Err(_)) | None => break,
                }
            }
        };
        // Whoever sends for longer finds the connection closed.
        let _ = timeout(DRAINED_FOR, drain).await;
    }
}

impl Inner {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let polled = self.payload.poll_next_unpin(cx);
        match &polled {
            Poll::Ready(Some(Ok(chunk))) => self.read += chunk.len() as u64,
            Poll::Ready(Some(Err(_)) | None) => self.ended = true,
            Poll::Pending => {}
        }
        polled
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut inner = self.0.borrow_mut();
        let polled = inner.poll(cx);
        if inner.read > inner.most { Poll::Ready(Some(Err(PayloadError::Overflow))) } else { polled }
    }
}

/// What comes next, if it comes within a minute.
///
/// # Errors
/// [`Error::Unprocessable`] when the request is cut off, or is none that a page of ours sends.
pub(super) async fn next<T, E>(stream: &mut (impl Stream<Item = Result<T, E>> + Unpin)) -> Result<Option<T>> {
    match timeout(PATIENCE, stream.next()).await {
        Ok(next) => next.transpose().map_err(|_| cut_off()),
        Err(_) => Err(cut_off()),
    }
}

fn cut_off() -> Error {
    Error::unprocessable("The request was cut off or is not one that our pages send.")
}
