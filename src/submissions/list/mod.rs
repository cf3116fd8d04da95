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
use crate::web::chrome::Chrome;
use crate::web::list::{Frame, Opened, answer, chrome, open, remember};
use crate::web::pieces::Format;
use crate::web::posted::Posted;
use crate::web::{Result, SignedIn};
pub use rows::Submissions;
use view::ListRow;

#[derive(Template)]
#[template(path = "submissions/list.html", blocks = ["results"])]
struct ListPage {
    chrome: Chrome,
    live: Region,
    list: Frame,
    rows: Vec<ListRow>,
    departments: Vec<Department>,
}

/// `GET /submissions`
///
/// # Errors
/// When the database fails.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let (list, rows) = match open::<Submissions>(&who, request.query_string()).await? {
        Opened::Page(list, rows) => (*list, rows),
        Opened::Refused(answer) => return Ok(answer),
    };
    let (side, today) = (who.person().side(), who.app.clock.today());
    let rows: Vec<ListRow> = rows.into_iter().map(|row| ListRow::of(row, side, today)).collect();
    let shown = |department: &Department| {
        rows.iter().flat_map(|row| &row.departments).any(|work| work.department == *department)
    };
    let departments = Department::ALL.into_iter().filter(shown).collect();
    let live = Region::of_list("submissions");
    let page = ListPage { chrome: chrome(&who, "Submissions"), live, list, rows, departments };
    answer(&page.list, &page, &page.as_results())
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
