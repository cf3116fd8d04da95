//! `GET /live`: the stream on which an open page hears that something happened. It says where, and nothing of what.

use actix_web::http::header::{ContentEncoding, HeaderName};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;

use super::hub::{Hub, message};
use super::listening::newest;
use super::place::{Place, came, open};
use super::presence;
use crate::domain::role::Side;
use crate::web::places::holding;
use crate::web::{Error, Result, SignedIn};

/// How long a browser waits before it comes back, in milliseconds.
const RETRY: &str = "retry: 5000\n\n";
/// So many messages that were missed are sent at most: a page needs one to ask what came.
const MISSED: i64 = 100;

/// The query of a stream.
#[derive(Debug, Deserialize)]
pub struct Asked {
    on: Option<String>,
    since: Option<String>,
}

impl Asked {
    /// The page; nothing is no page.
    pub fn on(&self) -> &str {
        self.on.as_deref().unwrap_or_default()
    }
}

/// `GET /live?on=submission:MN-0005&since=17`: the entries after the 17th that concern the page, and all that come,
/// until the session ends. A browser that comes back says in `Last-Event-ID` what it had last. Reading is no activity.
///
/// # Errors
/// 401 without a session, as whoever asks is a script; [`Error::NotFound`] for whom the page may not exist;
/// [`Error::TooMany`] for whoever has that many pages open.
pub async fn get(
    who: Result<SignedIn, Error>,
    request: HttpRequest,
    hub: web::Data<Hub>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse> {
    let who = who.map_err(|error| match error {
        Error::SignIn { next, ended, .. } => Error::SignIn { next, htmx: true, ended },
        other => other,
    })?;
    let place = who.app.limits.streams_at_once.take(who.person().id)?;
    let mut conn = who.app.db.acquire().await?;
    let opened = open(&mut conn, who.person(), asked.on()).await?;
    if who.head {
        return Ok(answer(stream::empty()));
    }
    let last = request.headers().get("last-event-id").and_then(|last| last.to_str().ok());
    let since = match last.or(asked.since.as_deref()).and_then(|since| since.parse().ok()) {
        Some(since) => since,
        None => newest(&mut conn).await?,
    };
    // First the reader, then what was missed: nothing falls between them.
    let Some(joined) = hub.join(&who, asked.on(), &opened, since) else {
        return Ok(HttpResponse::ServiceUnavailable().finish());
    };
    let mut first = RETRY.to_owned();
    let missed = came(&mut conn, who.person(), &opened, since, MISSED).await?;
    first.extend(missed.into_iter().map(|seq| message(seq, asked.on())));
    drop(conn);
    if let (Place::Page(page), Side::Cms) = (opened.place, who.person().side()) {
        let noted = presence::note(&who.app.db, &[(page, who.person().id)], who.app.clock.now()).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "who has a page open could not be noted");
        }
    }
    let later = stream::unfold(joined, |mut joined| async {
        let message = joined.messages.recv().await?;
        Some((message, joined))
    });
    Ok(answer(holding(place, stream::once(async { Bytes::from(first) }).chain(later))))
}

fn answer(messages: impl Stream<Item = Bytes> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        // Compression, and proxies that collect, would keep back what is to arrive now.
        .insert_header(ContentEncoding::Identity)
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(messages.map(Ok::<_, Error>))
}
