//! The answer when a form could not be saved by our fault: what was typed comes back, to be sent again or copied.

use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};

use super::conflict::ConflictPanel;
use super::error::{Error, Result};
use super::error_pages::report;
use super::visit::Visit;

/// A form that was posted.
pub struct Typed {
    /// Where it is posted.
    pub action: String,
    /// Everything it posts but the token.
    pub pairs: Vec<(String, String)>,
    /// The texts in it, to read and to copy: label and text.
    pub texts: Vec<(String, String)>,
    /// Where a person goes who gives up.
    pub leave_href: String,
}

/// The page for a failure of ours; any other error stays what it is. With htmx the form still stands on the page, and
/// the script says what happened.
///
/// # Errors
/// The error, unless it is our fault and a whole page is wanted.
pub fn not_saved(visit: &Visit, error: Error, typed: Typed) -> Result<HttpResponse> {
    if !matches!(error, Error::Unavailable(_) | Error::Internal(_)) || visit.htmx {
        return Err(error);
    }
    let reference = report(&visit.app, "POST", visit.here(), &error.to_string());
    let help_desk = &visit.app.settings.help_desk;
    let panel = ConflictPanel {
        heading: "Not saved: something went wrong on our side".to_owned(),
        lead: vec![
            "Nothing you typed is lost: it stands below. Try again in a moment.".to_owned(),
            format!("If this keeps happening, write to {help_desk} and name the reference {reference}."),
        ],
        action: typed.action,
        hidden: typed.pairs.into_iter().filter(|(name, _)| name != "csrf").collect(),
        save_label: Some("Try again".to_owned()),
        leave_href: typed.leave_href,
        copy: typed.texts.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
        ..ConflictPanel::default()
    };
    let mut answer = panel.answer(visit, "Not saved")?;
    answer.head_mut().status = error.status_code();
    if matches!(error, Error::Unavailable(_)) {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("30"));
    }
    Ok(answer)
}
