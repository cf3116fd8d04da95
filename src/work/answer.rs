//! Coming back to the page of one's work after a deed that was done from it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use askama::Template;
use serde::Deserialize;

use super::address::{Address, PATH, Tab};
use super::filters::Choices;
use super::page::{self, refused};
use super::view::{Done, WorkRow};
use super::{rows, worker};
use crate::domain::id::DepartmentReviewId;
use crate::domain::role::Department;
use crate::web::flash::Flash;
use crate::web::list::{Drawn, counted, newest};
use crate::web::posted::Posted;
use crate::web::tabs::TabLink;
use crate::web::{Result, SignedIn, html, see_other};

/// From where on the page of one's work a form was sent.
#[derive(Debug, Deserialize)]
pub struct Back {
    /// The address of the page.
    from: String,
    /// What its button does with the reviewers; none where it starts the review.
    #[serde(rename = "do")]
    deed: Option<String>,
}

/// The row of a review after a deed, in the place where it stood, and the numbers around it.
#[derive(Template)]
#[template(path = "work/row_answer.html")]
struct RowAnswer {
    /// None where the review is nothing that the person has to do with any more.
    row: Option<WorkRow>,
    review: DepartmentReviewId,
    /// Whether the rows have boxes to be ticked.
    ticks: bool,
    department: Department,
    /// What is announced.
    announce: String,
    /// When it was drawn.
    drawn: Drawn,
    tabs: Vec<TabLink>,
    count: String,
    ordered: &'static str,
    here: String,
    csrf: String,
}

impl Back {
    /// Reads it from a form that was sent from there; other forms have none.
    pub fn of(posted: &Posted) -> Option<Self> {
        posted.read::<Self>().ok().filter(|back| back.query().is_some())
    }

    /// The query of the page's address.
    pub(super) fn query(&self) -> Option<&str> {
        if !self.from.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        match self.from.split_once('?') {
            None => (self.from == PATH).then_some(""),
            Some((path, query)) => (path == PATH).then_some(query),
        }
    }

    /// What was done.
    fn done(&self) -> Done {
        match self.deed.as_deref() {
            Some("take") => Done { words: "Taken by you", taken: true },
            Some("hand_back") => Done { words: "Unassigned", taken: false },
            _ => Done { words: "Started", taken: false },
        }
    }

    /// The address to go back to.
    pub(super) fn href(&self) -> &str {
        self.from.as_str()
    }
}

/// Answers a deed that was done to a review from there: for htmx with its row as it is now, in its place, so that no other
/// row comes under the pointer; else with the way back.
///
/// # Errors
/// When the database fails.
pub async fn answer(who: &SignedIn, back: &Back, review: DepartmentReviewId, flash: Flash) -> Result<HttpResponse> {
    if !who.htmx {
        who.tell(&flash)?;
        return Ok(see_other(back.href()));
    }
    let member = worker(who.person())?;
    let mut conn = who.app.db.acquire().await?;
    let choices = Choices::read(&mut conn).await?;
    let asked = match Address::read(back.query().unwrap_or_default(), &choices) {
        Ok(asked) => asked,
        Err(refusal) => return refused(who, refusal.unknown, refusal.without.href()),
    };
    let drawn = Drawn { seq: newest(&mut conn, None).await?, at: who.app.clock.now() };
    let (row, counts) = rows::of_review(&mut conn, member, &asked, review).await?;
    drop(conn);
    let today = who.app.clock.today();
    let row = row.map(|row| {
        let mut row = WorkRow::of(row, member.person.id, member.department, today);
        let done = back.done();
        // Where the button was that was pressed is none that goes on.
        row.start_review = row.start_review.filter(|_| !done.taken);
        row.done = Some(done);
        row
    });
    let answer = RowAnswer {
        row,
        review,
        ticks: asked.tab == Tab::Unassigned,
        department: member.department,
        announce: flash.text,
        drawn,
        tabs: page::tabs(&asked, counts),
        count: counted(counts.of(asked.tab), page::thing(asked.tab)),
        ordered: asked.order().label(),
        here: asked.href(),
        csrf: who.csrf(),
    };
    let mut response = html(StatusCode::OK, &answer)?;
    let headers = response.headers_mut();
    let place = HeaderValue::from_str(&format!("#row-{review}")).map_err(anyhow::Error::from)?;
    headers.insert(HeaderName::from_static("hx-retarget"), place.clone());
    headers.insert(HeaderName::from_static("hx-reselect"), place);
    headers.insert(HeaderName::from_static("hx-reswap"), HeaderValue::from_static("outerHTML"));
    Ok(response)
}
