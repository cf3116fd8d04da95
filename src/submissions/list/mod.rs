//! `GET /submissions`: what CMS was sent, or what a state has written, as a table with filters, sort and pages.

mod columns;
mod filters;
mod rows;
mod view;

#[cfg(test)]
mod tests;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::accounts;
use crate::domain::role::Department;
use crate::live::Region;
use crate::rates::Rates;
use crate::web::chrome::Chrome;
use crate::web::list::{Frame, Opened, answer, chrome, open, open_called, remember};
use crate::web::pieces::Format;
use crate::web::posted::Posted;
use crate::web::{Result, SignedIn};
use crate::work::{Taken, taken};
pub use rows::Submissions;
use view::ListRow;

/// The list as it is drawn.
#[derive(Template)]
#[template(path = "submissions/list.html", blocks = ["results"])]
pub struct ListPage {
    chrome: Chrome,
    live: Region,
    /// What became of the reviews of rows that were ticked.
    taken: Option<Taken>,
    list: Frame,
    rows: Vec<ListRow>,
    departments: Vec<Department>,
}

/// What an address of the list leads to: its page, or the answer to one that asks for what the list does not have.
///
/// # Errors
/// When the database fails.
pub async fn page(who: &SignedIn, raw_query: &str) -> Result<std::result::Result<ListPage, HttpResponse>> {
    let (list, rows) = match open::<Submissions>(who, raw_query).await? {
        Opened::Page(list, rows) => (*list, rows),
        Opened::Refused(answer) => return Ok(Err(answer)),
    };
    let (side, today) = (who.person().side(), who.app.clock.today());
    let rows: Vec<ListRow> = rows.into_iter().map(|row| ListRow::of(row, side, today)).collect();
    let shown = |department: &Department| {
        rows.iter().flat_map(|row| &row.departments).any(|work| work.department == *department)
    };
    let departments = Department::ALL.into_iter().filter(shown).collect();
    let live = Region::of_list("submissions");
    let taken = if who.htmx { None } else { taken(who) };
    Ok(Ok(ListPage { chrome: chrome(who, "Submissions").searched_below(), live, taken, list, rows, departments }))
}

/// `GET /submissions`
///
/// # Errors
/// When the database fails.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    if let Some(elsewhere) = open_called::<Submissions, Rates>(&who, request.query_string()).await? {
        return Ok(elsewhere);
    }
    match page(&who, request.query_string()).await? {
        Ok(page) => answer(&page.list, &page, &page.as_results()),
        Err(refused) => Ok(refused),
    }
}

/// `GET /submissions.csv`: all of the list that the same query shows page by page.
///
/// # Errors
/// When the database fails.
pub async fn get_csv(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    accounts::list_file::<Submissions>(&who, request.query_string(), Format::Csv).await
}

/// `GET /submissions.xlsx`: the same as a workbook.
///
/// # Errors
/// When the database fails, or no temporary file can be written.
pub async fn get_xlsx(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    accounts::list_file::<Submissions>(&who, request.query_string(), Format::Xlsx).await
}

/// `POST /submissions`: the columns that somebody wants to see.
///
/// # Errors
/// When the form is not one of the page's, or the database fails.
pub async fn post(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    remember::<Submissions>(&who, &posted).await
}
