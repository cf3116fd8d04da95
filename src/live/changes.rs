//! What came since a page was drawn, in the words of its history: the banner above its heading, and the rows of the
//! department reviews that changed.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::place::{Opened, Place, came};
use crate::domain::clock::{Moment, eastern_date};
use crate::domain::role::Side;
use crate::history::{News, Reader, news};
use crate::reviews::{self, Panel};
use crate::web::{Error, Result, SignedIn, html};
use crate::{rates, submissions};

/// So many changes are counted.
const MOST: i64 = 100;

/// What the page shows: the query.
#[derive(Debug, Deserialize)]
pub struct Shown {
    /// The newest entry that was there when it was drawn.
    since: Option<String>,
    /// The newest entry when a deed of one's own last redrew a part of it.
    seen: Option<String>,
    /// When a list was drawn, in seconds since 1970.
    at: Option<String>,
}

impl Shown {
    /// The newest entry that was there when the page was drawn.
    ///
    /// # Errors
    /// When it is not said.
    pub fn since(&self) -> Result<i64> {
        let since = self.since.as_deref().and_then(|since| since.parse().ok());
        since.ok_or_else(|| Error::unprocessable("The address does not say since when changes are wanted."))
    }

    /// The newest entry when a deed of one's own last redrew a part of it.
    pub fn seen(&self) -> i64 {
        self.seen.as_deref().and_then(|seen| seen.parse().ok()).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "live/changes.html")]
struct Changes {
    /// What came last, before and after its time; nothing on lists.
    newest: Option<(String, Moment, String)>,
    /// "2 changes since you opened this page."
    count: String,
    /// The page, and the words of the link that draws it anew.
    page: String,
    link: &'static str,
    rows: Vec<ChangedRow>,
    panel: Option<Panel>,
    /// The subjects of rows of the work, which the page counts if it does not show them.
    subjects: Vec<Uuid>,
}

/// A department review that changed.
struct ChangedRow {
    id: Uuid,
    seq: i64,
    words: String,
}

/// `GET /submissions/{key}/changes?since=17`: nothing (204) where nothing came.
///
/// # Errors
/// [`Error::NotFound`] for whom the submission may not exist.
pub async fn of_submission(who: SignedIn, key: web::Path<String>, shown: web::Query<Shown>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let submission = submissions::open(&mut conn, &who, &key).await?;
    let mut changes = match since(&mut conn, &who, submission.id.0, &submission.key.to_string(), &shown).await? {
        Some(changes) => changes,
        None => return Ok(HttpResponse::NoContent().finish()),
    };
    if !changes.rows.is_empty() {
        changes.panel = Some(reviews::panel(&mut conn, &who, &submission).await?);
    }
    html(StatusCode::OK, &changes)
}

/// `GET /rates/{key}/changes?since=17`
///
/// # Errors
/// [`Error::NotFound`] for whom the rate may not exist.
pub async fn of_rate(who: SignedIn, key: web::Path<String>, shown: web::Query<Shown>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let rate = rates::open(&mut conn, &who, &key).await?;
    let mut changes = match since(&mut conn, &who, rate.id.0, &rate.key.to_string(), &shown).await? {
        Some(changes) => changes,
        None => return Ok(HttpResponse::NoContent().finish()),
    };
    if !changes.rows.is_empty() {
        let parent = submissions::visible(&mut conn, who.person(), &rate.parent.key.to_string()).await?;
        changes.panel = Some(reviews::rate_panel(&mut conn, &who, &parent, rate.id).await?);
    }
    html(StatusCode::OK, &changes)
}

/// `GET /submissions/changes?since=17&at=1773200000`
///
/// # Errors
/// When the query does not say since when.
pub async fn of_submissions(who: SignedIn, shown: web::Query<Shown>) -> Result<HttpResponse> {
    of_list(&who, Place::Submissions, "/submissions", &shown).await
}

/// `GET /rates/changes?since=17&at=1773200000`
///
/// # Errors
/// When the query does not say since when.
pub async fn of_rates(who: SignedIn, shown: web::Query<Shown>) -> Result<HttpResponse> {
    of_list(&who, Place::Rates, "/rates", &shown).await
}

async fn of_list(who: &SignedIn, place: Place, page: &str, shown: &Shown) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let opened = Opened { place, key: String::new() };
    let seqs = came(&mut conn, who.person(), &opened, shown.since()?, MOST).await?;
    drop(conn);
    if seqs.is_empty() {
        return Ok(HttpResponse::NoContent().finish());
    }
    to_rows(who, page, shown, seqs.len(), Vec::new())
}

/// What came to a page of rows: how many entries, and of work about which subjects that stand in its list now.
///
/// # Errors
/// When the template can't be drawn.
pub fn to_rows(who: &SignedIn, page: &str, shown: &Shown, came: usize, subjects: Vec<Uuid>) -> Result<HttpResponse> {
    let at = shown.at.as_deref().and_then(|at| at.parse().ok()).and_then(Moment::of_seconds);
    let since = at.map_or_else(|| "you opened this page".to_owned(), |at| when(who, at));
    let count = format!("{} since {since}.", counted(came));
    let page = page.to_owned();
    let rows = Vec::new();
    html(StatusCode::OK, &Changes { newest: None, count, page, link: "Show", rows, panel: None, subjects })
}

/// What came to a page that somebody may open; nothing where only they themselves did it, and on this very page.
async fn since(
    conn: &mut PgConnection,
    who: &SignedIn,
    subject_id: Uuid,
    key: &str,
    shown: &Shown,
) -> Result<Option<Changes>> {
    let side = who.person().side();
    let mut came = news(conn, &Reader { side, subject_id, key }, shown.since()?, MOST).await?;
    came.retain(|news| !(is_own(who, news) && news.seq <= shown.seen()));
    let page = who.here().split("/changes").next().unwrap_or_default();
    Ok(in_words(who, page, &came))
}

fn is_own(who: &SignedIn, news: &News) -> bool {
    news.by == Some(who.person().id)
}

fn in_words(who: &SignedIn, page: &str, came: &[News]) -> Option<Changes> {
    let told: Vec<&News> = came.iter().filter(|news| !news.follows).collect();
    // What follows from a deed is told only where the deed itself stands elsewhere.
    let told = if told.is_empty() { came.iter().collect() } else { told };
    let version = told.iter().find_map(|news| news.version.map(|version| (version, news.at)));
    let (newest, link) = match version {
        Some((version, at)) => ((format!("Version {version} came"), at), "Reload"),
        None => told.first().map(|news| ((sentence(who, news), news.at), "Show them"))?,
    };
    let (words, at) = newest;
    let link = if told.len() == 1 && version.is_none() { "Show it" } else { link };
    Some(Changes {
        newest: Some((format!("{words} {}", before(who, at)), at, when(who, at))),
        count: format!("{} since you opened this page.", counted(told.len())),
        page: page.to_owned(),
        link,
        rows: if version.is_none() && who.person().side() == Side::Cms { rows(who, came) } else { Vec::new() },
        panel: None,
        subjects: Vec::new(),
    })
}

fn sentence(who: &SignedIn, news: &News) -> String {
    if is_own(who, news) {
        return format!("You, in another tab, {}", news.did);
    }
    format!("{} {}", news.name, news.did)
}

/// The reviews that changed, each by the last who changed it.
fn rows(who: &SignedIn, came: &[News]) -> Vec<ChangedRow> {
    let mut rows: Vec<ChangedRow> = Vec::new();
    for news in came {
        let Some(id) = news.review.filter(|id| rows.iter().all(|row| row.id != *id)) else { continue };
        let whose = if is_own(who, news) { "you, in another tab," } else { &news.name };
        let words = format!("Changed by {whose} {} {}", before(who, news.at), when(who, news.at));
        rows.push(ChangedRow { id, seq: news.seq, words });
    }
    rows
}

fn counted(number: usize) -> String {
    match number {
        1 => "1 change".to_owned(),
        many if many as i64 == MOST => format!("{many} changes or more"),
        several => format!("{several} changes"),
    }
}

fn today(who: &SignedIn, at: Moment) -> bool {
    eastern_date(at.0) == who.app.clock.today()
}

fn before(who: &SignedIn, at: Moment) -> &'static str {
    if today(who, at) { "at" } else { "on" }
}

/// The time of day, of another day with its date.
fn when(who: &SignedIn, at: Moment) -> String {
    if today(who, at) { at.time_of_day() } else { at.to_string() }
}
