//! Every way in which a request ends without its page, and what is said then.

use crate::db::health::{self, Failure};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sqlx::postgres::PgDatabaseError;

/// The result of a handler.
pub type Result<T = HttpResponse, E = Error> = std::result::Result<T, E>;

/// Why a request ended without its page. [`super::error_pages`] draws it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in: on to the sign-in page, and back to `next` afterwards.
    #[error("sign-in needed")]
    SignIn {
        /// Path and query of the page to come back to.
        next: String,
        /// Whether the request was made by htmx, which must not put a sign-in page into a panel.
        htmx: bool,
        /// Whether a session was there and has ended.
        ended: bool,
    },
    /// The thing stands at another address.
    #[error("moved to {0}")]
    Moved(String),
    /// The form did not come from a page of this session.
    #[error("forged or outdated form")]
    Forged,
    /// The form came from a session of this person that has ended; what was typed is held at this address.
    #[error("outdated form, held at {0}")]
    Outdated(String),
    /// Visible, but not this person's deed; the sentence says whose it is.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// Not there, or not to be known of.
    #[error("not found")]
    NotFound,
    /// More was sent than is taken; the sentence names the limit.
    #[error("too large: {0}")]
    TooLarge(String),
    /// The request lacks something or holds something that no page of ours sends.
    #[error("unprocessable: {0}")]
    Unprocessable(String),
    /// More is asked for at a time than one person or one network is given; the sentence says of what.
    #[error("too many: {sentence}")]
    TooMany {
        /// After so many seconds it is worth trying again.
        retry_after: u64,
        /// Of what there was too much.
        sentence: &'static str,
    },
    /// The database or the file store is away.
    #[error("unavailable: {0}")]
    Unavailable(anyhow::Error),
    /// The database takes no changes just now, but can be read.
    #[error("read only: {0}")]
    ReadOnly(anyhow::Error),
    /// Somebody else holds what the request needs, or it takes too long.
    #[error("busy: {0}")]
    Busy(anyhow::Error),
    /// Our fault.
    #[error("internal error: {0:#}")]
    Internal(anyhow::Error),
}

impl Error {
    /// Whether the request may succeed when it is sent again as it is: what failed is ours, not what was typed.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::ReadOnly(_) | Self::Busy(_) | Self::Internal(_))
    }

    /// A request that no page of ours sends.
    pub fn unprocessable(sentence: impl Into<String>) -> Self {
        Self::Unprocessable(sentence.into())
    }

    /// The answer to a request that needs somebody signed in.
    pub fn sign_in(req: &HttpRequest, ended: bool) -> Self {
        let next = req.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        Self::SignIn { next, htmx: super::visit::is_htmx(req), ended }
    }
}

/// The rules of the database about who does something, and for whom. It was looked at before; that one of them refuses
/// means that the account was changed since.
const WHO_MAY: [&str; 10] = [
    "correction_by_an_admin",
    "department_review_reviewer_fits",
    "mention_of_cms_people",
    "note_written_by_cms",
    "question_by_its_department",
    "question_closed_by_its_department",
    "question_removed_by_an_admin",
    "response_by_its_state",
    "response_removed_by_an_admin",
    "saved_view_changed_by_its_department",
];
const NOT_ANY_MORE: &str =
    "Your account, or that of the person whom you chose, was changed at the same moment. Nothing was saved.";

/// The keys of rows that are made under the key which their form was drawn with. Each is looked for before, so what meets
/// one of these is a key of something else, or of two forms sent at the same moment.
const KEYS_OF_FORMS: [&str; 6] =
    ["contract_review_pkey", "correction_pkey", "note_pkey", "question_pkey", "rate_review_pkey", "response_pkey"];
const KEY_OF_ANOTHER: &str = "The form carries the key of something else. Open the page again.";

/// Whether a row was to be made under a key that something else has: in the history each key begins once.
fn begins_twice(error: &sqlx::Error) -> bool {
    let error = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    error.is_some_and(|error| {
        error.constraint() == Some("event_row_version_once")
            && error.detail().is_some_and(|detail| detail.contains(", 1)"))
    })
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let rule = error.as_database_error().and_then(|error| error.constraint());
        if rule.is_some_and(|rule| WHO_MAY.contains(&rule)) {
            return Self::Forbidden(NOT_ANY_MORE);
        }
        if rule.is_some_and(|rule| KEYS_OF_FORMS.contains(&rule)) || begins_twice(&error) {
            return Self::unprocessable(KEY_OF_ANOTHER);
        }
        // 22021, 22P05: a text with a zero byte, which the database can't hold.
        let code = error.as_database_error().and_then(|error| error.code());
        if code.is_some_and(|code| ["22021", "22P05"].contains(&&*code)) {
            return Self::unprocessable("What was sent holds characters that can't be stored.");
        }
        match health::classify(&error) {
            Failure::Lost => Self::Unavailable(error.into()),
            Failure::ReadOnly => Self::ReadOnly(error.into()),
            Failure::Busy => Self::Busy(error.into()),
            Failure::Statement => Self::Internal(error.into()),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

const NOT_IN_QUERY: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'&').add(b'+').add(b'<').add(b'>').add(b'%');

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn { htmx: true, .. } => StatusCode::UNAUTHORIZED,
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::Moved(_) => StatusCode::MOVED_PERMANENTLY,
            Self::Forged | Self::Outdated(_) | Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) | Self::ReadOnly(_) | Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        match self {
            Self::SignIn { next, htmx, ended } => {
                let reason = if *ended { "reason=ended&" } else { "" };
                let location = format!("/sign-in?{reason}next={}", utf8_percent_encode(next, NOT_IN_QUERY));
                let name = if *htmx { header::HeaderName::from_static("hx-redirect") } else { header::LOCATION };
                if let Ok(location) = HeaderValue::from_str(&location) {
                    response.headers_mut().insert(name, location);
                }
            }
            Self::Moved(location) => {
                if let Ok(location) = HeaderValue::from_str(location) {
                    response.headers_mut().insert(header::LOCATION, location);
                }
            }
            Self::Outdated(address) => {
                if let Ok(address) = HeaderValue::from_str(address) {
                    response.headers_mut().insert(header::HeaderName::from_static("hx-redirect"), address);
                }
            }
            Self::TooMany { retry_after, .. } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
            }
            Self::Unavailable(_) | Self::ReadOnly(_) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            }
            Self::Busy(_) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
