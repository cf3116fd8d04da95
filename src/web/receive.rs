//! What happens to a posted form before its page sees it: it has to keep coming, whoever sends it is looked up first, and what
//! was typed is read even where that fails, so that every answer can give it back.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, Sleep, sleep_until};

use super::posted::{BadBody, MAX_ANONYMOUS_BYTES, MAX_FORM_BYTES, MAX_REQUEST_BYTES, decoded};
use super::visit::Visit;
use super::{App, csrf, held};

/// How slowly a body may come.
#[derive(Clone, Copy)]
struct Pace {
    /// How long a sender may be silent.
    silence: Duration,
    /// How long a body may take,
    head_start: Duration,
    /// and the bytes that every further second must bring.
    bytes_a_second: u64,
}

/// Slower than any line that people work on.
const SLOWEST: Pace =
    Pace { silence: Duration::from_secs(30), head_start: Duration::from_secs(60), bytes_a_second: 4 * 1024 };

/// The body of a form without files.
#[derive(Clone, Debug)]
pub struct ReceivedBody {
    /// What was kept of it.
    pub(super) read: Bytes,
    /// Why that is no form.
    pub(super) bad: Option<BadBody>,
}

/// What was typed into a form with files, as far as it was read, and the names of the files that have to be chosen again.
#[derive(Clone, Debug, Default)]
pub struct ReceivedFields {
    /// The fields in the order they were posted.
    pub pairs: Vec<(String, String)>,
    /// Names of files that came and were not kept.
    pub files: Vec<String>,
}

impl ReceivedFields {
    /// What a request has brought so far; nothing where it is not from a page of ours.
    pub fn of(req: &HttpRequest, app: &App) -> Option<Self> {
        csrf::check_origin(req, &app.settings).ok()?;
        let extensions = req.extensions();
        if let Some(fields) = extensions.get::<Self>() {
            return Some(fields.clone());
        }
        let body = extensions.get::<ReceivedBody>().filter(|body| body.bad.is_none())?;
        Some(Self { pairs: decoded(&body.read)?, files: Vec::new() })
    }
}

/// The middleware within sessions and error pages.
///
/// # Errors
/// Those of the inner service.
pub async fn receive(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if req.method() != Method::POST {
        return next.call(req).await.map(ServiceResponse::map_into_boxed_body);
    }
    let paced: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> =
        Box::pin(Paced::new(req.take_payload(), SLOWEST));
    req.set_payload(Payload::Stream { payload: paced });
    let who = Visit::extract(req.request()).await;
    let failure = match &who {
        Ok(visit) => visit.require_session().err(),
        Err(_) => who.as_ref().err().map(|error| super::Error::Internal(anyhow::anyhow!("{error}"))),
    };
    if let Some(failure) = failure {
        keep(&mut req).await;
        return Ok(req.error_response(failure).map_into_boxed_body());
    }
    let mut place = None;
    match who.as_ref().ok().and_then(|visit| Some((visit, visit.person()?.id))) {
        Some((visit, account)) if is_urlencoded(req.request()) => {
            let mut payload = req.take_payload();
            let body = read_body(req.request(), &mut payload, MAX_FORM_BYTES).await;
            req.extensions_mut().insert(body);
            // It has its place while it is carried out, not while it comes.
            match visit.app.limits.posts_at_once.take(account) {
                Ok(taken) => place = Some(taken),
                Err(too_many) => return Ok(req.error_response(too_many).map_into_boxed_body()),
            }
        }
        Some(_) => {}
        None => held::late(&mut req).await,
    }
    let answer = next.call(req).await.map(ServiceResponse::map_into_boxed_body);
    drop(place);
    answer
}

/// Reads a form that can't be carried out now, so that it can be given back.
async fn keep(req: &mut ServiceRequest) {
    let Some(app) = req.app_data::<Data<App>>().cloned() else { return };
    if csrf::check_origin(req.request(), &app.settings).is_err() {
        return;
    }
    let mut payload = req.take_payload();
    if is_urlencoded(req.request()) {
        let body = read_body(req.request(), &mut payload, MAX_FORM_BYTES).await;
        req.extensions_mut().insert(body);
    } else if let Some(fields) = held::read_parts(req.request(), payload, async |_| true).await {
        req.extensions_mut().insert(fields);
    }
}

fn is_urlencoded(req: &HttpRequest) -> bool {
    let content_type = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded"))
}

/// The body of a form without files that was read before its page asked for it.
///
/// # Errors
/// What was wrong with it.
pub fn received_body(req: &HttpRequest) -> Option<super::Result<Bytes>> {
    let extensions = req.extensions();
    let body = extensions.get::<ReceivedBody>()?;
    Some(body.bad.map_or_else(|| Ok(body.read.clone()), |bad| Err(bad.error())))
}

/// The body of a form without files: what was read before, or what comes now from somebody who is not signed in.
pub(super) async fn body(req: &HttpRequest, mut payload: Payload) -> ReceivedBody {
    let received = req.extensions().get::<ReceivedBody>().cloned();
    match received {
        Some(body) => body,
        None => read_body(req, &mut payload, MAX_ANONYMOUS_BYTES).await,
    }
}

/// Reads a form without files. What is too long is read on to its end and forgotten, so that the browser gets to see the answer.
async fn read_body(req: &HttpRequest, payload: &mut Payload, most: usize) -> ReceivedBody {
    let (mut body, mut length, mut bad) = (BytesMut::new(), 0, None);
    while let Some(chunk) = payload.next().await {
        let Ok(chunk) = chunk else {
            bad = Some(BadBody::CutOff);
            break;
        };
        length += chunk.len() as u64;
        if length > MAX_REQUEST_BYTES {
            break;
        }
        let left = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(left)]);
    }
    if length > 0 && !is_urlencoded(req) {
        return ReceivedBody { read: Bytes::new(), bad: Some(BadBody::NotAForm) };
    }
    let bad = bad.or_else(|| (length > most as u64).then_some(BadBody::TooLarge(most)));
    ReceivedBody { read: body.freeze(), bad }
}

/// A body that ends when it stops coming, or comes so slowly that it only occupies us.
struct Paced {
    payload: Payload,
    pace: Pace,
    begun: Instant,
    received: u64,
    patience: Pin<Box<Sleep>>,
}

impl Paced {
    fn new(payload: Payload, pace: Pace) -> Self {
        let begun = Instant::now();
        Self { payload, pace, begun, received: 0, patience: Box::pin(sleep_until(begun + pace.silence)) }
    }

    /// By when the next piece must be there.
    fn deadline(&self) -> Instant {
        let earned = Duration::from_millis(self.received * 1_000 / self.pace.bytes_a_second);
        let allowed = self.pace.head_start + earned;
        (Instant::now() + self.pace.silence).min(self.begun + allowed)
    }
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(next) = self.payload.poll_next_unpin(cx) {
            if let Some(Ok(chunk)) = &next {
                self.received += chunk.len() as u64;
                let deadline = self.deadline();
                self.patience.as_mut().reset(deadline);
            }
            return Poll::Ready(next);
        }
        ready!(self.patience.as_mut().poll(cx));
        Poll::Ready(Some(Err(PayloadError::Incomplete(None))))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    const PACE: Pace =
        Pace { silence: Duration::from_millis(200), head_start: Duration::from_millis(500), bytes_a_second: 1_000 };

    /// How long a body is read, two seconds at most, that comes in pieces with pauses between them.
    async fn read_for(pause: u64, piece: &'static [u8]) -> Duration {
        let drops = stream::unfold((), move |()| async move {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            Some((Ok(Bytes::from_static(piece)), ()))
        });
        let drops: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(drops);
        let mut body = Paced::new(Payload::Stream { payload: drops }, PACE);
        let begun = Instant::now();
        while let Some(Ok(_)) = body.next().await {
            if begun.elapsed() > Duration::from_secs(2) {
                break;
            }
        }
        begun.elapsed()
    }

    #[tokio::test]
    async fn a_body_that_only_drips_is_cut_off_after_its_head_start() {
        let millis = read_for(20, b"a").await.as_millis();
        assert!((500..1_500).contains(&millis), "{millis}");
    }

    #[tokio::test]
    async fn a_silent_sender_is_cut_off_before_that() {
        let millis = read_for(10_000, b"a").await.as_millis();
        assert!((200..490).contains(&millis), "{millis}");
    }

    #[tokio::test]
    async fn a_slow_line_may_take_as_long_as_it_needs() {
        assert!(read_for(20, &[b'a'; 200]).await >= Duration::from_secs(2));
    }
}
