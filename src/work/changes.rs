//! `GET /work/changes`: what came to the work of a department since its page was drawn, and to which rows of the tab on
//! view.

use actix_web::{HttpRequest, HttpResponse, web};

use super::address::{Address, PATH};
use super::filters::Choices;
use super::page::refused;
use super::{rows, worker};
use crate::live::{self, Shown};
use crate::web::{Error, Result, SignedIn, see_other};

/// So many rows of the tab are looked at.
const MOST: usize = 1_000;
/// What the address says of the page that asks, beside what the page shows.
const OF_THE_PAGE: [&str; 3] = ["since", "seen", "at"];

/// `GET /work/changes?since=17&at=1773200000&tab=unassigned`: nothing (204) where nothing came.
///
/// # Errors
/// [`Error::NotFound`] for people of a state; 422 when the address does not say since when.
pub async fn changes(who: SignedIn, request: HttpRequest, shown: web::Query<Shown>) -> Result<HttpResponse> {
    let member = match worker(who.person()) {
        Ok(member) => member,
        Err(Error::Forbidden(_)) => return Ok(see_other("/")),
        Err(error) => return Err(error),
    };
    let mut conn = who.app.db.acquire().await?;
    let came = live::came_to_work(&mut conn, member, shown.since()?, shown.seen()).await?;
    if came.is_empty() {
        return Ok(HttpResponse::NoContent().finish());
    }
    let choices = Choices::read(&mut conn).await?;
    let asked = match Address::read(&query(request.query_string()), &choices) {
        Ok(asked) => asked.at_the_beginning(),
        Err(refusal) => return refused(&who, refusal.unknown, refusal.without.href()),
    };
    let (page, _) = rows::read(&mut conn, member, &asked, MOST).await?;
    drop(conn);
    let of_subject = |row: &rows::Row| came.iter().any(|entry| entry.subject_id == row.subject);
    let rows = page.rows.iter().filter(|row| of_subject(row)).map(|row| row.subject).collect();
    live::to_rows(&who, PATH, &shown, came.len(), rows)
}

/// The query of the page itself.
fn query(raw: &str) -> String {
    let own = |part: &&str| !OF_THE_PAGE.contains(&part.split('=').next().unwrap_or_default());
    raw.split('&').filter(own).collect::<Vec<_>>().join("&")
}
