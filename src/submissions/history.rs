//! `/submissions/{key}/history`: everything that happened, newest first, as far as the reader's side may see.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::head::{Head, SideItem, side_nav};
use super::newest_events::rates_of;
use super::queries::open;
use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Subject};
use crate::domain::role::{Department, Side};
use crate::history::{self, Entry, Reader};
use crate::web::chrome::Chrome;
use crate::web::{Error, Result, SignedIn, html};

#[derive(Template)]
#[template(path = "history/page.html")]
struct HistoryPage {
    chrome: Chrome,
    side: Vec<SideItem>,
    head: Head,
    /// Whether the record is as it was written; for CMS alone.
    record: Option<Checked>,
    entries: Vec<Entry>,
    /// The departments that CMS reads by their short names alone, to be spelled out once.
    departments: Vec<Department>,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

/// What the check of the record found.
struct Checked {
    at: Moment,
    alarm: Option<Alarm>,
}

/// Where a record that is not as it was written first breaks.
struct Alarm {
    /// When the bad entry says it was written, and where it stands on the page, unless it is hidden from CMS.
    entry: Option<(Moment, Option<Uuid>)>,
    /// What is wrong.
    what: String,
}

/// The query of the page: entries older than one, or newer than one.
#[derive(Debug, Deserialize)]
pub struct Around {
    before: Option<String>,
    after: Option<String>,
}

/// Whose history a page shows.
pub struct Whose<'a> {
    /// What names it above the heading.
    pub head: Head,
    /// The pages beside this one.
    pub side: Vec<SideItem>,
    /// The address of the page.
    pub address: String,
    /// Whose entries stand in it.
    pub subject: (Subject, Uuid),
    /// What else does; see [`Reader::beside`].
    pub beside: (&'a [Uuid], &'static str),
    /// The other chains of entries that are checked with its own.
    pub chains: Vec<(Subject, Uuid)>,
}

/// `GET /submissions/{key}/history`
///
/// # Errors
/// [`Error::NotFound`] for whom the submission may not exist; [`Error::Unprocessable`] when the query names no entry.
pub async fn history(who: SignedIn, key: web::Path<String>, around: web::Query<Around>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &key).await?;
    let rates = rates_of(&mut conn, submission.id).await?;
    let whose = Whose {
        head: Head::of(&submission, who.person().side()),
        side: side_nav(&submission, "History", &[]),
        address: format!("/submissions/{}/history", submission.key),
        subject: (Subject::ContractReview, submission.id.0),
        beside: (&rates, "department_review"),
        chains: rates.iter().map(|rate| (Subject::RateReview, *rate)).collect(),
    };
    draw_history(&who, &mut conn, whose, &around).await
}

/// A page of a history.
///
/// # Errors
/// [`Error::Unprocessable`] when the query names no entry.
pub async fn draw_history(
    who: &SignedIn,
    conn: &mut PgConnection,
    whose: Whose<'_>,
    around: &Around,
) -> Result<HttpResponse> {
    let side = who.person().side();
    let Whose { head, address, subject, .. } = whose;
    let reader = Reader { side, subject_id: subject.1, beside: whose.beside, key: &head.key };
    let place = history::first_place(conn, &reader, id(&around.before)?, id(&around.after)?);
    let place = place.await?.ok_or_else(no_such_entry)?;
    let page = history::page(conn, &reader, place).await?;
    let record = match side {
        Side::Cms => Some(checked(conn, who, [vec![subject], whose.chains].concat()).await?),
        Side::State => None,
    };
    let around = |name: &str, entry: Option<&Entry>| entry.map(|entry| format!("{address}?{name}={}", entry.id));
    html(
        StatusCode::OK,
        &HistoryPage {
            chrome: who.chrome(format!("History – {}", head.key)),
            side: whose.side,
            record,
            first: page.newer.then(|| address.clone()),
            previous: around("after", page.entries.first().filter(|_| page.newer)),
            next: around("before", page.entries.last().filter(|_| page.older)),
            departments: if side == Side::Cms { named(&page.entries) } else { Vec::new() },
            entries: page.entries,
            head,
        },
    )
}

fn named(entries: &[Entry]) -> Vec<Department> {
    let names = |entry: &Entry, name: &str| entry.title.contains(name) || entry.who.contains(name);
    let is_named = |department: &Department| entries.iter().any(|entry| names(entry, department.short_name()));
    Department::ALL.into_iter().filter(is_named).collect()
}

fn id(text: &Option<String>) -> Result<Option<Uuid>> {
    text.as_deref().map(|text| text.parse().map_err(|_| no_such_entry())).transpose()
}

fn no_such_entry() -> Error {
    Error::unprocessable("The address names an entry that this history does not have.")
}

async fn checked(conn: &mut PgConnection, who: &SignedIn, chains: Vec<(Subject, Uuid)>) -> Result<Checked> {
    let mut breaks = Vec::new();
    for (subject, id) in chains {
        breaks.extend(history::verify_subject(conn, subject, id).await?.breaks);
    }
    let alarm = breaks.first().map(|found| Alarm {
        entry: found.entry.map(|entry| (entry.at, (entry.audience != Audience::State).then_some(entry.id))),
        what: found.flaw.to_string(),
    });
    Ok(Checked { at: Moment(who.app.clock.now()), alarm })
}
