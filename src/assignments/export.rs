//! `GET /assignments.csv` and `/assignments.xlsx`: all of the tab on view, under its filters, in its order.

use actix_web::{HttpRequest, HttpResponse};
use sqlx::{Postgres, Transaction};
use time::Date;

use super::address::{Address, Tab};
use super::choices::Choices;
use super::rows::Row;
use super::view::{HEADINGS, cells};
use super::workload::{self, FILE_NUMBERS, Workload};
use super::{Reach, page, rows};
use crate::accounts;
use crate::reviews::Place;
use crate::web::cell::Cell;
use crate::web::paging::Page;
use crate::web::pieces::{Format, Pieces, Sending};
use crate::web::tabs::Titled;
use crate::web::xlsx::About;
use crate::web::{Result, SignedIn, begin_reading};

/// So many reviews are read at once.
const PIECE: usize = 500;

/// A tab, to be sent whole as it is at one moment.
struct Export {
    headings: Vec<&'static str>,
    /// Those that are sent next.
    rows: Vec<Vec<Cell>>,
    /// Where the reviews after them are read; the workload is read at once.
    further: Option<Further>,
}

struct Further {
    tx: Transaction<'static, Postgres>,
    reach: Reach,
    asked: Address,
    today: Date,
}

/// `GET /assignments.csv`
///
/// # Errors
/// 403 for those who assign nobody.
pub async fn csv(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    file(&who, request.query_string(), Format::Csv).await
}

/// `GET /assignments.xlsx`
///
/// # Errors
/// 403 for those who assign nobody.
pub async fn xlsx(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    file(&who, request.query_string(), Format::Xlsx).await
}

async fn file(who: &SignedIn, raw: &str, format: Format) -> Result<HttpResponse> {
    let reach = Reach::of(who.person())?;
    let place = who.app.limits.export(who.person().id)?;
    let mut tx = begin_reading(&who.app.exports).await?;
    let choices = Choices::read(&mut tx, &reach).await?;
    let asked = match Address::read(raw, &choices) {
        Ok(asked) => asked.at_the_beginning(),
        Err(refusal) => return page::not_there(who, refusal.unknown, refusal.without.href()),
    };
    reach.allows(&asked)?;
    let today = who.app.clock.today();
    let chips = asked.filters.chips(&choices, |filters| asked.under(filters).href());
    let filters: Vec<String> = chips.into_iter().map(|chip| chip.label).collect();
    let (address, tab, order) = (asked.href(), asked.tab, asked.order().label());
    let (export, matching, order) = if tab == Tab::Workload {
        let load = workload::read(&mut tx, &reach, &asked, today).await?;
        let people = load.number();
        (Export::of_workload(&load, &asked, today), people, "by department and name")
    } else {
        let (page, counts) = rows::read(&mut tx, &reach, &asked, today, PIECE).await?;
        let further = Further { tx, reach, asked, today };
        (Export::of_reviews(page, further), counts.of(tab).unwrap_or_default(), order)
    };
    accounts::exports(who, &address, matching).await?;
    let mut about = About::of(who, "Assignments".to_owned(), &filters, order);
    about.tell("Part", tab.label());
    about.tell("Rows", matching);
    about.tell("Address", address);
    export.file("assignments", Sending { format, about, place, background: who.app.background.clone() })
}

impl Export {
    fn of_workload(load: &Workload, asked: &Address, today: Date) -> Self {
        let (people, together) = load.rows(asked, today);
        let row = |row: workload::WorkloadRow| {
            let begin = [row.name.into(), row.department.into(), row.follows.into()];
            begin.into_iter().chain(row.cells.into_iter().map(|cell| cell.number.into())).collect()
        };
        Self {
            headings: ["Person", "Department", "States followed"].into_iter().chain(FILE_NUMBERS).collect(),
            rows: people.into_iter().chain([together]).map(row).collect(),
            further: None,
        }
    }

    fn of_reviews(page: Page<Row, Place>, further: Further) -> Self {
        let mut export = Self { headings: HEADINGS.into(), rows: Vec::new(), further: None };
        export.take(page, further);
        export
    }

    fn take(&mut self, page: Page<Row, Place>, mut further: Further) {
        self.rows = page.rows.into_iter().map(|row| cells(row, further.today).into()).collect();
        self.further = page.next.map(|next| {
            further.asked.position = next;
            further
        });
    }
}

impl Pieces for Export {
    fn headings(&self) -> Vec<String> {
        self.headings.iter().map(|heading| (*heading).to_owned()).collect()
    }

    async fn next(&mut self) -> sqlx::Result<Option<Vec<Vec<Cell>>>> {
        if self.rows.is_empty()
            && let Some(mut further) = self.further.take()
        {
            let Further { tx, reach, asked, today } = &mut further;
            let (page, _) = rows::read(tx, reach, asked, *today, PIECE).await?;
            self.take(page, further);
        }
        let rows = std::mem::take(&mut self.rows);
        Ok((!rows.is_empty()).then_some(rows))
    }
}
