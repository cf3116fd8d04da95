//! `/submissions/{key}/history` and its `.csv`: everything that happened, newest first, as far as the reader's side may
//! see; or what led to a status.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;
use uuid::Uuid;

use super::head::{Head, SideItem, side_nav};
use super::history_query::{Asked, Pairs};
use super::queries::{Submission, open};
use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Group};
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::domain::role::{Department, Side};
use crate::history::{self, Entry, Line, Reader, Somebody};
use crate::notes::{self, About};
use crate::web::cell::Cell;
use crate::web::chrome::Chrome;
use crate::web::csv::Table;
use crate::web::list::Offer;
use crate::web::{Result, SignedIn, html};

#[derive(Template)]
#[template(path = "history/page.html", blocks = ["results"])]
struct HistoryPage {
    chrome: Chrome,
    side: Vec<SideItem>,
    head: Head,
    /// Whether the record is as it was written; for CMS alone.
    record: Option<Checked>,
    filters: Filters,
    /// What is shown is how something came to its status.
    explained: Option<Explained>,
    entries: Vec<Entry>,
    /// The departments that CMS reads by their short names alone, to be spelled out once.
    departments: Vec<Department>,
    address: String,
    /// The same entries as a file.
    csv: String,
    /// Everything about the submission as one file.
    case_file: Option<String>,
    htmx: bool,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

/// What can be filtered by.
struct Filters {
    groups: Vec<Offer>,
    people: Vec<Offer>,
    /// How many filters are in force.
    number: usize,
}

/// How something came to its status.
struct Explained {
    heading: String,
    /// That the status is another now than the one that was asked about.
    news: Option<String>,
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

/// Whose history is asked for.
pub struct Whose {
    /// What names it above the heading.
    pub head: Head,
    /// The pages beside this one.
    pub side: Vec<SideItem>,
    /// The address of the page.
    pub address: String,
    /// The key of the contract review's or rate review's row.
    pub id: Uuid,
    /// Where everything about it is had as one file.
    pub case_file: Option<String>,
}

impl Whose {
    fn reader(&self, side: Side) -> Reader<'_> {
        Reader { side, subject_id: self.id, key: &self.head.key }
    }
}

async fn of_submission(conn: &mut PgConnection, who: &SignedIn, submission: &Submission) -> Result<Whose> {
    let notes = notes::number(conn, who.person(), About::Contract(submission.id)).await?;
    Ok(Whose {
        head: Head::of(submission, who.person().side()),
        side: side_nav(submission, "History", notes, &[]),
        address: format!("/submissions/{}/history", submission.key),
        id: submission.id.0,
        case_file: submission.sent_revision.map(|_| format!("/submissions/{}/case-file.zip", submission.key)),
    })
}

/// `GET /submissions/{key}/history`
///
/// # Errors
/// [`crate::web::Error::NotFound`] for whom the submission may not exist; 422 when the query asks for what
/// this history does not have.
pub async fn history(who: SignedIn, key: web::Path<String>, query: Pairs) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &key).await?;
    let whose = of_submission(&mut conn, &who, &submission).await?;
    draw_history(&who, &mut conn, whose, &query).await
}

/// `GET /submissions/{key}/history.csv`
///
/// # Errors
/// As [`history`].
pub async fn history_csv(who: SignedIn, key: web::Path<String>, query: Pairs) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &key).await?;
    let whose = of_submission(&mut conn, &who, &submission).await?;
    export_history(&who, &mut conn, whose, &query).await
}

/// A page of a history.
///
/// # Errors
/// 422 when the query asks for what this history does not have.
pub async fn draw_history(
    who: &SignedIn,
    conn: &mut PgConnection,
    whose: Whose,
    query: &Pairs,
) -> Result<HttpResponse> {
    let side = who.person().side();
    let reader = whose.reader(side);
    let people = history::people(conn, &reader).await?;
    let asked = Asked::read(query, side, &people)?;
    let (page, explained) = match &asked.explain {
        Some(_) => {
            let (explained, entries) = explain(conn, &whose, &reader, &asked).await?;
            (history::TimelinePage { entries, newer: false, older: false }, Some(explained))
        }
        None => {
            let place = history::first_place(conn, &reader, &asked.filter, asked.before, asked.after);
            let place = place.await?.ok_or_else(Asked::no_such_entry)?;
            (history::page(conn, &reader, &asked.filter, place).await?, None)
        }
    };
    let record = if side == Side::Cms { Some(checked(conn, who, whose.id).await?) } else { None };
    let address = &whose.address;
    let around =
        |name: &str, entry: Option<&Entry>| entry.map(|entry| asked.address(address, &[(name, entry.id.to_string())]));
    let drawn = HistoryPage {
        chrome: who.chrome(format!("History – {}", whose.head.key)),
        record,
        filters: filters(side, &asked, &people),
        explained,
        first: page.newer.then(|| asked.address(address, &[])),
        previous: around("after", page.entries.first().filter(|_| page.newer)),
        next: around("before", page.entries.last().filter(|_| page.older)),
        departments: if side == Side::Cms { named(&page.entries) } else { Vec::new() },
        entries: page.entries,
        csv: asked.address(&format!("{address}.csv"), &[]),
        case_file: whose.case_file,
        htmx: who.htmx,
        side: whose.side,
        head: whose.head,
        address: whose.address,
    };
    if who.htmx { html(StatusCode::OK, &drawn.as_results()) } else { html(StatusCode::OK, &drawn) }
}

fn filters(side: Side, asked: &Asked, people: &[Somebody]) -> Filters {
    let group = |group: &Group| Offer {
        value: group.as_str().to_owned(),
        label: group.label().to_owned(),
        chosen: asked.filter.groups.contains(group),
    };
    let person = |person: &Somebody| Offer {
        value: person.value.clone(),
        label: person.label.clone(),
        chosen: asked.filter.by.as_ref() == Some(&person.value),
    };
    Filters {
        groups: Group::offered_to(side).iter().map(group).collect(),
        people: people.iter().map(person).collect(),
        number: asked.filter.groups.len() + usize::from(asked.filter.by.is_some()),
    }
}

/// The entries that led to the status of what the address asks about.
async fn explain(
    conn: &mut PgConnection,
    whose: &Whose,
    reader: &Reader<'_>,
    asked: &Asked,
) -> Result<(Explained, Vec<Entry>)> {
    let led = history::led_to_status(conn, reader, asked.review).await?;
    let (status, entries) = led.ok_or_else(Asked::no_such_entry)?;
    let (what, label) = match (asked.review, DepartmentReviewStatus::from_stored(&status)) {
        (Some(department), Some(status)) => {
            (format!("{} review of {}", department.short_name(), whose.head.key), status.label().to_owned())
        }
        _ => (whose.head.key.clone(), whose.head.tag.label.to_string()),
    };
    let changed = asked.explain.as_ref() != Some(&status);
    let explained = Explained {
        heading: format!("How {what} came to “{label}”"),
        news: changed.then(|| format!("The status is another one by now: “{label}”.")),
    };
    Ok((explained, entries))
}

/// The same entries as a file, from all pages.
///
/// # Errors
/// As [`draw_history`].
pub async fn export_history(
    who: &SignedIn,
    conn: &mut PgConnection,
    whose: Whose,
    query: &Pairs,
) -> Result<HttpResponse> {
    let side = who.person().side();
    let reader = whose.reader(side);
    let people = history::people(conn, &reader).await?;
    let asked = Asked::read(query, side, &people)?;
    let entries = match &asked.explain {
        Some(_) => explain(conn, &whose, &reader, &asked).await?.1,
        None => history::all(conn, &reader, &asked.filter).await?,
    };
    Ok(table(side, &entries).answer(&format!("{} history.csv", whose.head.key)))
}

/// Entries as a table, which for a state has no versions of rows.
pub(super) fn table(side: Side, entries: &[Entry]) -> Table {
    let common = ["Time", "What", "Who", "More", "Address"];
    let versions: &[&str] = if side == Side::Cms { &["Record version before", "Record version after"] } else { &[] };
    let mut table = Table::new(common.iter().chain(versions).copied());
    for entry in entries {
        let more: Vec<String> = entry.lines.iter().map(in_one).collect();
        let address = entry.links.first().map(|(address, _)| address.as_str());
        let versions = entry.versions.map(|versions| [versions.before.into(), versions.after.into()]);
        let cells: [Cell; 5] = [
            entry.at.into(),
            entry.title.as_str().into(),
            entry.who.as_str().into(),
            more.join("\n").into(),
            address.into(),
        ];
        table.row(cells.into_iter().chain(versions.into_iter().flatten()));
    }
    table
}

fn in_one(line: &Line) -> String {
    if line.label.is_empty() { line.text.clone() } else { format!("{}: {}", line.label, line.text) }
}

fn named(entries: &[Entry]) -> Vec<Department> {
    let names = |entry: &Entry, name: &str| entry.title.contains(name) || entry.who.contains(name);
    let is_named = |department: &Department| entries.iter().any(|entry| names(entry, department.short_name()));
    Department::ALL.into_iter().filter(is_named).collect()
}

async fn checked(conn: &mut PgConnection, who: &SignedIn, id: Uuid) -> Result<Checked> {
    let report = history::verify_page(conn, id).await?;
    let alarm = report.breaks.first().map(|found| Alarm {
        entry: found.entry.map(|entry| (entry.at, (entry.audience != Audience::State).then_some(entry.id))),
        what: found.flaw.to_string(),
    });
    Ok(Checked { at: Moment(who.app.clock.now()), alarm })
}
