//! `GET /assignments.csv`: all of the tab that the same query shows page by page.

use actix_web::{HttpRequest, HttpResponse};

use super::address::{Address, Tab};
use super::choices::Choices;
use super::view::{HEADINGS, cells};
use super::workload::NUMBERS;
use super::{Reach, page, rows, workload};
use crate::accounts;
use crate::web::csv::Table;
use crate::web::{Result, SignedIn};

/// `GET /assignments.csv`
///
/// # Errors
/// 403 for those who assign nobody.
pub async fn get(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    let reach = Reach::of(who.person())?;
    let mut conn = who.app.db.acquire().await?;
    let choices = Choices::read(&mut conn, &reach).await?;
    let asked = match Address::read(request.query_string(), &choices) {
        Ok(asked) => asked.at_the_beginning(),
        Err(refusal) => return page::not_there(&who, refusal.unknown, refusal.without.href()),
    };
    reach.allows(&asked)?;
    let today = who.app.clock.today();
    let (table, matching) = if asked.tab == Tab::Workload {
        let load = workload::read(&mut conn, &reach, &asked, today).await?;
        let mut table = Table::new(["Person", "Department", "States followed"].into_iter().chain(NUMBERS));
        let (people, together) = load.rows(&asked, today);
        for row in people.iter().chain([&together]) {
            let begin = [row.name.as_str(), row.department, row.follows.as_str()];
            table.row(begin.into_iter().chain(row.cells.iter().map(|cell| cell.words.as_str())));
        }
        (table, load.number())
    } else {
        let (all, counts) = rows::whole(&mut conn, &reach, &asked, today, None).await?;
        let mut table = Table::new(HEADINGS);
        for row in all {
            table.row(cells(row, today).iter().map(String::as_str));
        }
        (table, counts.of(asked.tab).unwrap_or_default())
    };
    drop(conn);
    accounts::exports(&who, &asked.href(), matching).await?;
    Ok(table.answer("assignments.csv"))
}
