//! The panel for "somebody changed this after you opened it": one shape and one template for every kind of form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::error::Result;
use super::html;
use super::visit::Visit;
use crate::domain::clock::Moment;

/// What the panel says and offers.
#[derive(Debug, Default)]
pub struct ConflictPanel {
    /// "Not saved: … changed this … after you opened it".
    pub heading: String,
    /// What this means for the person, in sentences.
    pub lead: Vec<String>,
    /// When the person opened the form, as far as the record tells.
    pub opened: Option<Moment>,
    /// Every change since, oldest first.
    pub changes: Vec<ConflictChange>,
    /// The fields, each with its three values.
    pub rows: Vec<ConflictRow>,
    /// Where the panel's form is posted.
    pub action: String,
    /// What the form carries along: the new versions, and what was typed.
    pub hidden: Vec<(String, String)>,
    /// The words on the button; without them there is nothing to save.
    pub save_label: Option<String>,
    /// Where "Leave it as it is now" leads.
    pub leave_href: String,
    /// The next sensible step when the wish is no longer possible.
    pub next_step: Option<(String, String)>,
    /// What was typed, to copy when nothing can be saved: label and text.
    pub copy: Vec<(String, String)>,
    csrf: String,
}

/// One change since the form was opened.
#[derive(Debug)]
pub struct ConflictChange {
    /// When.
    pub at: Moment,
    /// Who, with role or department.
    pub who: String,
    /// What changed, from what to what.
    pub what: String,
}

/// One field in the panel.
#[derive(Debug, Default)]
pub struct ConflictRow {
    /// The field's name; its choice is posted as `choose.{name}`.
    pub name: String,
    /// The field in words.
    pub label: String,
    /// Its value when the form was opened.
    pub then: Vec<Segment>,
    /// Its value now.
    pub now: Vec<Segment>,
    /// The value that the person wanted.
    pub wanted: Vec<Segment>,
    /// Why there is nothing to choose.
    pub note: String,
    /// What can be chosen; nothing is chosen beforehand.
    pub choices: Vec<Choice>,
    /// That nothing was chosen.
    pub error: Option<String>,
    /// Whether the values are long texts.
    pub long: bool,
}

/// A piece of a value; the marked ones differ between now and wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The words.
    pub text: String,
    /// Whether they stand out.
    pub mark: bool,
}

/// A choice for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is posted: `keep`, `mine` or `both`.
    pub value: &'static str,
    /// The words.
    pub label: &'static str,
}

/// Keep what stands there now.
pub const KEEP: Choice = Choice { value: "keep", label: "Keep what is there now" };
/// Put what the person wanted.
pub const MINE: Choice = Choice { value: "mine", label: "Put mine" };
/// One text after the other.
pub const BOTH: Choice = Choice { value: "both", label: "Both, one after the other" };

/// A value without marks; an empty one is a dash.
pub fn plain(text: impl Into<String>) -> Vec<Segment> {
    let text = text.into();
    vec![Segment { text: if text.is_empty() { "–".to_owned() } else { text }, mark: false }]
}

/// The panel as a part of a page, for htmx.
#[derive(Template)]
#[template(path = "macros/conflict.html")]
struct Panel<'a> {
    conflict: &'a ConflictPanel,
}

/// The panel as a page of its own.
#[derive(Template)]
#[template(path = "conflict_page.html")]
struct Page<'a> {
    chrome: super::chrome::Chrome,
    title: &'a str,
    conflict: &'a ConflictPanel,
}

impl ConflictPanel {
    /// The answer 409: a part for htmx, else a whole page, drawn from the same template.
    ///
    /// # Errors
    /// When the template can't be drawn.
    pub fn answer(mut self, visit: &Visit, title: &str) -> Result<HttpResponse> {
        self.csrf = visit.csrf();
        if visit.htmx {
            html(StatusCode::CONFLICT, &Panel { conflict: &self })
        } else {
            html(StatusCode::CONFLICT, &Page { chrome: visit.chrome(title).failed(true), title, conflict: &self })
        }
    }
}
