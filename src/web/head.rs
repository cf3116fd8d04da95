//! `HEAD`: the answer that `GET` would have, without its body. Asking for it does nothing and is noted nowhere.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Bytes;

/// Kept with a request for the head of an answer.
struct HeadAlone;

/// Whether the head of the answer is asked for alone. What a page notes of its being looked at is not to be noted then.
pub fn is_head(req: &impl HttpMessage) -> bool {
    req.extensions().contains::<HeadAlone>()
}

/// The outermost middleware: answers `HEAD` as `GET`. The body is dropped before anything of it is read, so that nothing
/// is sent for nobody; only its length is told, where that is known.
///
/// # Errors
/// None of its own.
pub async fn heads<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, Unsent>>, actix_web::Error> {
    if req.method() != Method::HEAD {
        return Ok(next.call(req).await?.map_into_left_body());
    }
    req.head_mut().method = Method::GET;
    req.extensions_mut().insert(HeadAlone);
    let answer = next.call(req).await?;
    Ok(answer.map_body(|_, body| EitherBody::right(Unsent(body.size()))))
}

/// The middleware just within sessions: of a session in which the head of an answer was asked for nothing is written. So
/// the message that waits for the next page goes on waiting.
///
/// # Errors
/// None of its own.
pub async fn session_stays<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let head = is_head(&req);
    let answer = next.call(req).await?;
    if head {
        // The session lies among these; where it finds none, its middleware has nothing to write.
        answer.request().extensions_mut().clear();
    }
    Ok(answer)
}

/// A body of this size, of which nothing is sent.
#[derive(Debug)]
pub struct Unsent(BodySize);

impl MessageBody for Unsent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}
