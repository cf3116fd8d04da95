//! `GET /rates`: every rate that was ever sent, for a state its own, as a table with filters, sort and pages.

mod columns;
mod filters;
mod rows;
mod view;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::accounts;
use crate::domain::role::Department;
use crate::live::Region;
use crate::submissions::Submissions;
use crate::web::chrome::Chrome;
use crate::web::list::{Frame, Opened, answer, chrome, open, open_called, remember};
use crate::web::pieces::Format;
use crate::web::posted::Posted;
use crate::web::{Result, SignedIn};
use crate::work::{Taken, taken};
pub use rows::Rates;
use view::ListRow;

/// Those that review rates, in the order of their columns.
const DEPARTMENTS: [Department; 2] = [Department::Dmcp, Department::Oact];

#[derive(Template)]
#[template(path = "rates/list.html", blocks = ["results"])]
struct ListPage {
    chrome: Chrome,
    live: Region,
    /// What became of the reviews of rows that were ticked.
    taken: Option<Taken>,
    list: Frame,
    rows: Vec<ListRow>,
    departments: [Department; 2],
}

/// `GET /rates`
///
/// # Errors
/// When the database fails.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    if let Some(elsewhere) = open_called::<Rates, Submissions>(&who, request.query_string()).await? {
        return Ok(elsewhere);
    }
    let (list, rows) = match open::<Rates>(&who, request.query_string()).await? {
        Opened::Page(list, rows) => (*list, rows),
        Opened::Refused(answer) => return Ok(answer),
    };
    let (side, today) = (who.person().side(), who.app.clock.today());
    let rows = rows.into_iter().map(|row| ListRow::of(row, side, today)).collect();
    let live = Region::of_list("rates");
    let taken = if who.htmx { None } else { taken(&who) };
    let page =
        ListPage { chrome: chrome(&who, "Rates").searched_below(), live, taken, list, rows, departments: DEPARTMENTS };
    answer(&page.list, &page, &page.as_results())
}

/// `GET /rates.csv`: all of the list that the same query shows page by page.
///
/// # Errors
/// When the database fails.
pub async fn get_csv(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    accounts::list_file::<Rates>(&who, request.query_string(), Format::Csv).await
}

/// `GET /rates.xlsx`: the same as a workbook.
///
/// # Errors
/// When the database fails, or no temporary file can be written.
pub async fn get_xlsx(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    accounts::list_file::<Rates>(&who, request.query_string(), Format::Xlsx).await
}

/// `POST /rates`: the columns that somebody wants to see.
///
/// # Errors
/// When the form is not one of the page's, or the database fails.
pub async fn post(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    remember::<Rates>(&who, &posted).await
}
