//! Draws the page of every error, and logs what was our fault, once, here at the edge.

use std::future::Future;
use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ContentType, RETRY_AFTER};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, web};
use askama::Template;
use uuid::Uuid;

use super::chrome::Chrome;
use super::not_saved;
use super::receive::ReceivedFields;
use super::security_log::{self, SecurityEvent};
use super::visit::{Visit, is_htmx, is_looked_up};
use super::{App, Error, sound};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    chrome: Chrome,
    status_title: &'static str,
    sentences: Vec<String>,
    next: Vec<Link>,
    reference: String,
}

/// A way on from the page of an error.
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: String,
}

/// The way back to what an address is about, for those who may see it. Only features know that: startup hands it in.
#[derive(Clone, Copy)]
pub struct FindSubject(pub fn(Visit, String) -> FoundSubject);

/// What [`FindSubject`] answers with.
pub type FoundSubject = Pin<Box<dyn Future<Output = Option<Link>>>>;

/// The middleware around sessions: when the database that holds them is away, nothing is known of who asks.
///
/// # Errors
/// With the page as its response.
pub async fn without_session(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = req.app_data::<web::Data<App>>().cloned();
    next.call(req).await.map(ServiceResponse::map_into_boxed_body).map_err(|error| {
        tracing::error!("the session can't be read or written: {error}");
        let away = Error::Unavailable(anyhow::anyhow!("{error}")).into();
        let page = draw_bare(app.as_deref().map(|app| &**app), &described(&away), error.error_response());
        InternalError::from_response(error, page).into()
    })
}

/// The middleware within sessions: lets answers through, and gives errors their page. The forms on it carry the token
/// of the session, so the session must not have been put away yet.
///
/// # Errors
/// Never of its own; errors of handlers become pages.
pub async fn error_pages(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (request, bare) = next.call(req).await?.map_into_boxed_body().into_parts();
    let Some(error) = bare.error().map(described) else {
        return Ok(ServiceResponse::new(request, bare));
    };
    if bare.status().is_redirection() || bare.status() == StatusCode::UNAUTHORIZED {
        return Ok(ServiceResponse::new(request, bare));
    }
    if let Some(event) = error.security {
        note(&request, event).await;
    }
    let page = draw(&request, &error, bare).await;
    Ok(ServiceResponse::new(request, page))
}

/// The page for a request that is refused before anything is known of who asks.
pub async fn refusal(request: &HttpRequest, error: Error) -> HttpResponse {
    let error = actix_web::Error::from(error);
    draw(request, &described(&error), error.error_response()).await
}

/// Has the security log say that somebody was refused; of people not signed in only how often, and of those whom nobody has
/// looked up yet, since whoever asks for too much must not cost a look each time.
async fn note(request: &HttpRequest, event: SecurityEvent) {
    if event == SecurityEvent::Limited && !is_looked_up(request) {
        return security_log::count_anonymous();
    }
    match Visit::extract(request).await {
        Ok(visit) if visit.person().is_some() => {
            visit.log_security(event, &format!("{} {}", request.method(), request.path()));
        }
        _ => security_log::count_anonymous(),
    }
}

/// The status and words of an error.
struct Described {
    status: StatusCode,
    title: &'static str,
    sentences: Vec<String>,
    next: (String, &'static str),
    log: Option<String>,
    /// Whether the same request may succeed later, and when that is worth trying; then what was typed in it is given back.
    again: Option<String>,
    /// What the security log says of it.
    security: Option<SecurityEvent>,
}

fn described(error: &actix_web::Error) -> Described {
    let ours = error.as_error::<Error>();
    let status = error.as_response_error().status_code();
    let (title, sentences) = ours.and_then(said_of).unwrap_or_else(|| said_of_status(status));
    let log = match ours {
        Some(ours) => ours.is_ours().then(|| ours.to_string()),
        None => status.is_server_error().then(|| error.to_string()),
    };
    let next = match ours {
        Some(Error::Outdated(address)) => (address.clone(), "Open the form with what you typed"),
        _ => ("/".to_owned(), "Go to the start page"),
    };
    let (again, security) = match ours {
        Some(Error::Forbidden(_)) => (None, Some(SecurityEvent::Forbidden)),
        Some(Error::Forged) => (None, Some(SecurityEvent::ForgedForm)),
        Some(Error::TooMany { retry_after, .. }) => {
            (Some(format!("in {}", wait(*retry_after))), Some(SecurityEvent::Limited))
        }
        Some(error) if error.is_ours() => (Some("in a moment".to_owned()), None),
        _ => (None, None),
    };
    Described { status, title, sentences, next, log, again, security }
}

/// Heading and sentences of an error of ours, where its status alone does not say enough.
fn said_of(error: &Error) -> Option<(&'static str, Vec<String>)> {
    let (title, sentences) = match error {
        Error::Forged => (
            "This form is out of date",
            vec!["The form did not come from a page of your present session, so nothing was done. Open the page again and send the form from there.".to_owned()],
        ),
        Error::Outdated(_) => (
            "This form is out of date",
            vec!["The form came from a session of yours that has ended, so nothing was done. What you typed in it is held for 24 hours.".to_owned()],
        ),
        Error::Forbidden(whose) => ("You can't do this", vec![(*whose).to_owned()]),
        Error::TooLarge(limit) => ("Too large", vec![limit.clone(), "Nothing was saved.".to_owned()]),
        Error::Unprocessable(sentence) => {
            ("We can't use what was sent", vec![sentence.clone(), "Nothing was changed.".to_owned()])
        }
        Error::TooMany { retry_after, sentence } => (
            "Too much at once",
            vec![(*sentence).to_owned(), format!("Nothing was done. Try again in {}.", wait(*retry_after))],
        ),
        Error::Unavailable(_) | Error::ReadOnly(_) | Error::Busy(_) | Error::Internal(_) => {
            (title_of_ours(error), said_of_ours(error).iter().map(|&sentence| sentence.to_owned()).collect())
        }
        Error::NotFound | Error::SignIn { .. } | Error::Moved(_) => return None,
    };
    Some((title, sentences))
}

fn said_of_ours(error: &Error) -> &'static [&'static str] {
    match error {
        Error::Unavailable(_) => {
            &["A part of the system is away. Whatever was already saved is safe.", "Try again in half a minute."]
        }
        Error::ReadOnly(_) => {
            &["The database takes no changes for the moment, so nothing was saved. Everything can still be read."]
        }
        Error::Busy(_) => &[
            "Somebody else is changing the same thing, or there is a lot to do. Nothing was saved.",
            "Try again in a few seconds.",
        ],
        _ => &["The history of the submission tells whether your last change was saved."],
    }
}

fn said_of_status(status: StatusCode) -> (&'static str, Vec<String>) {
    let (title, sentence) = match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::SEE_OTHER => (
            "Page not found",
            "There is no such page, or it is not one that you can open. Check the address, or start from the list of submissions.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => ("Too large", "More was sent than this page takes. Nothing was saved."),
        status if status.is_client_error() => (
            "We can't use what was sent",
            "The request was cut off or is not one that our pages send. Nothing was changed.",
        ),
        _ => (
            "Something went wrong on our side",
            "The history of the submission tells whether your last change was saved.",
        ),
    };
    (title, vec![sentence.to_owned()])
}

/// What an error of ours is called.
pub fn title_of_ours(error: &Error) -> &'static str {
    match error {
        Error::Unavailable(_) => "Not available just now",
        Error::ReadOnly(_) => "Only reading is possible just now",
        Error::Busy(_) => "Busy just now",
        _ => "Something went wrong on our side",
    }
}

/// How long to wait: "7 seconds", "3 minutes".
fn wait(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

fn reference(app: &App) -> String {
    app.clock.new_id::<Uuid>().simple().to_string().split_off(20)
}

/// Logs what was our fault; gives the reference under which it is found.
pub fn report(app: &App, method: &str, path: &str, log: &str) -> String {
    let reference = reference(app);
    tracing::error!(reference, path, method, "{log}");
    reference
}

async fn draw(request: &HttpRequest, error: &Described, bare: HttpResponse) -> HttpResponse {
    let app = request.app_data::<web::Data<App>>();
    let reference = app.map(|app| match &error.log {
        Some(log) => report(app, request.method().as_str(), request.path(), log),
        None => reference(app),
    });
    let reference = reference.unwrap_or_default();
    let mut response = HttpResponse::build(bare.status());
    for (name, value) in bare.headers() {
        if name != CONTENT_TYPE {
            response.append_header((name.clone(), value.clone()));
        }
    }
    // An htmx request must never get a whole page into a cell: it gets the sentences, which the script announces.
    if is_htmx(request) {
        let words = format!("{}. {} Reference {reference}.", error.title, error.sentences.join(" "));
        return response.insert_header(ContentType::plaintext()).body(words);
    }
    let typed = app.filter(|_| error.again.is_some()).and_then(|app| ReceivedFields::of(request, app));
    // Whoever asks for too much must not cost a look at their account each time.
    if error.status == StatusCode::TOO_MANY_REQUESTS && typed.is_none() && !is_looked_up(request) {
        return draw_bare(app.map(|app| &***app), error, response.finish());
    }
    match (Visit::extract(request).await, typed) {
        (Ok(visit), Some(typed)) => given_back(response, request, &visit, error, typed, &reference),
        // The message waits for a page that can take it out of the session.
        (Ok(visit), None) => {
            let mut chrome = visit.chrome(error.title);
            chrome.flash = None;
            let subject = subject(request, visit, error).await;
            body(response, chrome, error, subject, reference)
        }
        (Err(_), _) => draw_bare(app.map(|app| &***app), error, response.finish()),
    }
}

/// The way back to what the request was about. Who asks for too much, or while the database is away, waits for no look.
async fn subject(request: &HttpRequest, visit: Visit, error: &Described) -> Option<Link> {
    if matches!(error.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let FindSubject(find) = ***request.app_data::<web::Data<FindSubject>>()?;
    find(visit, request.path().to_owned()).await
}

/// The page for a form that could not be carried out now, with all that was typed.
fn given_back(
    mut response: HttpResponseBuilder,
    request: &HttpRequest,
    visit: &Visit,
    error: &Described,
    typed: ReceivedFields,
    reference: &str,
) -> HttpResponse {
    let mut lead = error.sentences.clone();
    lead.truncate(1);
    lead.push(not_saved::kept(error.again.as_deref().unwrap_or("later")));
    if error.log.is_some() {
        lead.push(not_saved::whom_to_write_to(visit, reference));
    }
    match not_saved::recovered(visit, request, error.title, typed, lead).render() {
        Ok(page) => response.insert_header(ContentType::html()).body(sound(page)),
        Err(_) => response.body(error.title),
    }
}

/// The page for when nothing is known of who asks.
fn draw_bare(app: Option<&App>, error: &Described, bare: HttpResponse) -> HttpResponse {
    let mut response = HttpResponse::build(error.status);
    match bare.headers().get(RETRY_AFTER) {
        Some(wait) => {
            response.insert_header((RETRY_AFTER, wait.clone()));
        }
        None if error.status == StatusCode::SERVICE_UNAVAILABLE => {
            response.insert_header((RETRY_AFTER, "30"));
        }
        None => {}
    }
    match app {
        Some(app) => body(response, Chrome::bare(app, error.title), error, None, String::new()),
        None => bare,
    }
}

fn body(
    mut response: HttpResponseBuilder,
    chrome: Chrome,
    error: &Described,
    subject: Option<Link>,
    reference: String,
) -> HttpResponse {
    let next = (error.status != StatusCode::SERVICE_UNAVAILABLE)
        .then(|| Link { href: error.next.0.clone(), label: error.next.1.to_owned() });
    let page = ErrorPage {
        chrome,
        status_title: error.title,
        sentences: error.sentences.clone(),
        next: subject.into_iter().chain(next).collect(),
        reference,
    };
    match page.render() {
        Ok(body) => response.insert_header(ContentType::html()).body(sound(body)),
        Err(_) => response.body(error.title),
    }
}
