//! The answer when a form could not be saved by our fault, or was one too many: what was typed comes back, to be sent
//! again or copied.

use actix_web::http::Uri;
use actix_web::http::header::{REFERER, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::conflict::{ConflictPage, ConflictPanel};
use super::error::{Error, Result};
use super::error_pages::{report, title_of_ours};
use super::html;
use super::receive::ReceivedFields;
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
    /// The names of files that it brought and that could not be stored.
    pub lost: Vec<String>,
}

/// Fields that a page puts into its form by itself: of no use to who wants to read or copy what was typed.
const OWN_FIELDS: [&str; 7] = ["csrf", "version", "revision", "id", "action", "next", "kept_file"];

/// The answer for a failure of ours to a form of a page that knows its fields; any other error stays what it is. With htmx the form
/// still stands on the page, and the script says what happened.
///
/// # Errors
/// The error, unless it is our fault and a whole page is wanted.
pub fn not_saved(visit: &Visit, error: Error, typed: Typed) -> Result<HttpResponse> {
    if !error.is_ours() || visit.htmx {
        return Err(error);
    }
    let reference = report(&visit.app, "POST", visit.here(), &error.to_string());
    let mut lead = vec![kept("in a moment")];
    lead.extend(not_uploaded(&typed.lost));
    lead.push(whom_to_write_to(visit, &reference));
    let page = page(visit, title_of_ours(&error), typed, lead);
    let mut answer = html(error.status_code(), &page)?;
    if let Some(wait) = error.error_response().headers().get(RETRY_AFTER) {
        answer.headers_mut().insert(RETRY_AFTER, wait.clone());
    }
    Ok(answer)
}

/// Which files have to be chosen again, if any.
fn not_uploaded(files: &[String]) -> Option<String> {
    match files {
        [] => None,
        [file] => Some(format!("This file was not uploaded, choose it again: {file}.")),
        files => Some(format!("These files were not uploaded, choose them again: {}.", files.join(", "))),
    }
}

/// That nothing is lost, and when to try again.
pub(super) fn kept(again: &str) -> String {
    format!("Nothing you typed is lost: it stands below. Try again {again}.")
}

/// Whom to ask about a failure of ours, and how they find it.
pub(super) fn whom_to_write_to(visit: &Visit, reference: &str) -> String {
    let help_desk = &visit.app.settings.help_desk;
    format!("If this keeps happening, write to {help_desk} and name the reference {reference}.")
}

/// The page for any form that could not be carried out now, of which only what was posted is known.
pub(super) fn recovered(
    visit: &Visit,
    req: &HttpRequest,
    title: &str,
    received: ReceivedFields,
    mut lead: Vec<String>,
) -> ConflictPage<'static> {
    let readable = |(name, value): &(String, String)| {
        // No key, no choice, as far as it shows: something that somebody typed.
        let typed = !OWN_FIELDS.contains(&name.as_str()) && value.trim().contains(char::is_whitespace);
        typed.then(|| (label_of(name), value.clone()))
    };
    let texts = received.pairs.iter().filter_map(readable).collect();
    lead.extend(not_uploaded(&received.files));
    let (action, leave_href) = (visit.here().to_owned(), came_from(req));
    let typed = Typed { action, pairs: received.pairs, texts, leave_href, lost: received.files };
    page(visit, title, typed, lead)
}

/// A field's name as words: `submission_description` as "Submission description".
fn label_of(name: &str) -> String {
    let words = name.rsplit('.').next().unwrap_or(name).replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The page of ours that the form stood on.
fn came_from(req: &HttpRequest) -> String {
    let page = req.headers().get(REFERER).and_then(|page| page.to_str().ok()).and_then(|page| page.parse::<Uri>().ok());
    let path = page.as_ref().and_then(Uri::path_and_query).map(ToString::to_string);
    path.filter(|path| path.starts_with('/') && !path.starts_with("//")).unwrap_or_else(|| "/".to_owned())
}

fn page(visit: &Visit, title: &str, typed: Typed, lead: Vec<String>) -> ConflictPage<'static> {
    // Who could not be looked up may still be signed in: the form goes on with the token that it came with.
    let (token, hidden) = typed.pairs.into_iter().partition::<Vec<_>, _>(|(name, _)| name == "csrf");
    let token = token.into_iter().next().map(|(_, token)| token).filter(|_| visit.person().is_none());
    let panel = ConflictPanel {
        heading: format!("Not saved: {}", title.to_lowercase()),
        lead,
        action: typed.action,
        hidden,
        save_label: Some("Try again".to_owned()),
        leave_href: typed.leave_href,
        copy: typed.texts.into_iter().filter(|(_, text)| !text.is_empty()).collect(),
        csrf: token.unwrap_or_else(|| visit.csrf()),
        ..ConflictPanel::default()
    };
    panel.page(visit, "Not saved")
}
