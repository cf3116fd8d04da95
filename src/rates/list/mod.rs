//! `GET /rates`: every rate that was ever sent, for a state its own, as a table with filters, sort and pages.

mod columns;
mod rows;
mod view;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::accounts;
use crate::domain::role::Department;
use crate::live::Region;
use crate::web::chrome::Chrome;
use crate::web::list::{Exporting, Frame, Opened, chrome, export, open};
use crate::web::pieces::Pieces;
use crate::web::{Result, SignedIn, html};
use rows::Rates;
use view::ListRow;

/// Those that review rates, in the order of their columns.
const DEPARTMENTS: [Department; 2] = [Department::Dmcp, Department::Oact];

#[derive(Template)]
#[template(path = "rates/list.html", blocks = ["results"])]
struct ListPage {
    chrome: Chrome,
    live: Region,
    list: Frame,
    rows: Vec<ListRow>,
    departments: [Department; 2],
}

/// `GET /rates`
///
/// # Errors
/// When the database fails.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let (list, rows) = match open::<Rates>(&who, request.query_string()).await? {
        Opened::Page(list, rows) => (*list, rows),
        Opened::Refused(answer) => return Ok(answer),
    };
    let side = who.person().side();
    let rows = rows.into_iter().map(|row| ListRow::of(row, side)).collect();
    let live = Region::of_list("rates");
    let page = ListPage { chrome: chrome(&who, "Rates"), live, list, rows, departments: DEPARTMENTS };
    if who.htmx { html(StatusCode::OK, &page.as_results()) } else { html(StatusCode::OK, &page) }
}

/// `GET /rates.csv`: all of the list that the same query shows page by page.
///
/// # Errors
/// When the database fails.
pub async fn get_csv(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    match export::<Rates>(&who, request.query_string()).await? {
        Exporting::Whole(whole) => {
            accounts::exports(&who, &whole.address, whole.matching).await?;
            Ok(whole.csv("rates"))
        }
        Exporting::Refused(answer) => Ok(answer),
    }
}

/// `GET /rates.xlsx`: the same as a workbook.
///
/// # Errors
/// When the database fails, or no temporary file can be written.
pub async fn get_xlsx(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    match export::<Rates>(&who, request.query_string()).await? {
        Exporting::Whole(whole) => {
            accounts::exports(&who, &whole.address, whole.matching).await?;
            let about = whole.about.clone();
            whole.xlsx("rates", about).await
        }
        Exporting::Refused(answer) => Ok(answer),
    }
}
