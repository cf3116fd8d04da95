//! The list of versions as a page, of a submission or of a rate.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::domain::clock::Moment;
use crate::domain::lifecycle::Tag;
use crate::submissions::{Head, SideItem};
use crate::web::chrome::Chrome;
use crate::web::{Result, SignedIn, html};

/// The list of versions of a submission or rate.
#[derive(Template)]
#[template(path = "versions/list.html")]
struct VersionsPage<'a> {
    chrome: Chrome,
    of: &'a VersionsOf,
}

/// Whose versions they are.
#[derive(Debug)]
pub struct VersionsOf {
    /// What names it above the heading.
    pub head: Head,
    /// The pages beside this one.
    pub side: Vec<SideItem>,
    /// What it is: `Submission` or `Rate`.
    pub what: &'static str,
    /// The address of its page.
    pub address: String,
    /// The versions, newest first.
    pub rows: Vec<VersionRow>,
    /// The version that the state is writing, for its own people: which, and where.
    pub open: Option<(i32, String)>,
}

/// A number of a version.
#[derive(Debug)]
pub enum VersionRow {
    /// It was sent.
    Sent(Box<Sent>),
    /// It was set aside before it was sent.
    Skipped(i32),
}

/// A version that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Which.
    pub revision: i32,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// The status that it led to, of a submission.
    pub led_to: Option<Tag>,
    /// Why it was unlocked before.
    pub unlock: Option<Unlock>,
    /// What its state said of its changes.
    pub summary: Option<String>,
    /// How many rates went with it, of a submission.
    pub rates: Option<i64>,
    /// The version of a submission that it went with, of a rate: address and words.
    pub went_with: Option<(String, String)>,
}

/// An unlock.
#[derive(Clone, Debug)]
pub struct Unlock {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl VersionRow {
    /// The version, where it was sent.
    pub fn sent(self) -> Option<Sent> {
        if let Self::Sent(sent) = self { Some(*sent) } else { None }
    }
}

impl VersionsOf {
    /// Only those that were sent, newest first.
    pub fn sent(&self) -> impl Iterator<Item = &Sent> {
        sent(&self.rows)
    }

    /// The version sent before this one.
    fn before(&self, revision: &i32) -> Option<i32> {
        self.sent().map(|sent| sent.revision).find(|other| other < revision)
    }

    fn newest(&self) -> i32 {
        self.sent().next().map_or(0, |sent| sent.revision)
    }
}

/// Only those that were sent, newest first.
pub fn sent(rows: &[VersionRow]) -> impl Iterator<Item = &Sent> {
    rows.iter().filter_map(|row| if let VersionRow::Sent(sent) = row { Some(&**sent) } else { None })
}

/// Draws the list.
///
/// # Errors
/// When the template can't be drawn.
pub fn draw(who: &SignedIn, of: &VersionsOf) -> Result<HttpResponse> {
    let chrome = who.chrome(format!("Versions – {}", of.head.key));
    html(StatusCode::OK, &VersionsPage { chrome, of })
}
