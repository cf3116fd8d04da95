//! `GET /work.csv` and `/work.xlsx`: all rows of the tab on view, under its filters, in its order, with its columns.

use actix_web::{HttpRequest, HttpResponse};
use sqlx::{Postgres, Transaction};
use time::Date;

use super::address::Address;
use super::filters::Choices;
use super::page::refused;
use super::rows::{self, Row};
use super::view::WorkRow;
use super::{NOT_YOURS, worker};
use crate::accounts;
use crate::domain::clock::{date_in_words, days_between, eastern_date};
use crate::domain::permission::Person;
use crate::domain::role::Department;
use crate::reviews::Place;
use crate::web::cell::Cell;
use crate::web::paging::Position;
use crate::web::pieces::{Format, Pieces, Sending};
use crate::web::tabs::Titled;
use crate::web::xlsx::About;
use crate::web::{Error, Result, SignedIn, begin_reading, see_other};

/// So many rows are read at once.
const PIECE: usize = 1_000;

/// The rows of a tab, to be sent whole as they are at one moment.
struct Export {
    tx: Transaction<'static, Postgres>,
    person: Person,
    department: Department,
    today: Date,
    asked: Address,
    rows: Vec<Row>,
    /// Whether these are the last rows.
    last: bool,
}

/// `GET /work.csv`
///
/// # Errors
/// [`Error::NotFound`] for people of a state.
pub async fn csv(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    file(&who, request.query_string(), Format::Csv).await
}

/// `GET /work.xlsx`
///
/// # Errors
/// [`Error::NotFound`] for people of a state.
pub async fn xlsx(who: SignedIn, request: HttpRequest) -> Result<HttpResponse> {
    file(&who, request.query_string(), Format::Xlsx).await
}

async fn file(who: &SignedIn, raw: &str, format: Format) -> Result<HttpResponse> {
    let member = match worker(who.person()) {
        Ok(member) => member,
        Err(Error::Forbidden(_)) => return Ok(see_other("/")),
        Err(error) => return Err(error),
    };
    let place = who.app.limits.export(who.person().id)?;
    let mut tx = begin_reading(&who.app.exports).await?;
    let choices = Choices::read(&mut tx).await?;
    let asked = match Address::read(raw, &choices) {
        Ok(asked) => asked.at_the_beginning(),
        Err(refusal) => return refused(who, refusal.unknown, refusal.without.href()),
    };
    let (page, counts) = rows::read(&mut tx, member, &asked, PIECE).await?;
    let (address, matching) = (asked.href(), counts.of(asked.tab));
    let chips = asked.filters.chips(&choices, |filters| asked.under(filters).href());
    let filters: Vec<String> = chips.into_iter().map(|chip| chip.label).collect();
    let mut about = About::of(who, "My work".to_owned(), &filters, asked.order().label());
    about.tell("Part", asked.tab.label());
    about.tell("Rows", matching);
    about.tell("Address", address.clone());
    accounts::exports(who, &address, matching).await?;
    let mut export = Export {
        tx,
        person: member.person.clone(),
        department: member.department,
        today: who.app.clock.today(),
        asked,
        rows: Vec::new(),
        last: false,
    };
    export.take(page.rows, page.next);
    export.file("work", Sending { format, about, place, background: who.app.background.clone() })
}

impl Export {
    fn take(&mut self, rows: Vec<Row>, next: Option<Position<Place>>) {
        self.rows = rows;
        self.last = next.is_none();
        self.asked.position = next.unwrap_or(Position::First);
    }

    fn cells(&self, row: Row) -> Vec<Cell> {
        let days = days_between(eastern_date(row.since), self.today);
        let to_start = row.starts_on.map(|start| days_between(self.today, start));
        let row = WorkRow::of(row, self.person.id, self.department, self.today);
        let subject = if row.what == "rate" { format!("Rate {}", row.key) } else { row.key };
        vec![
            row.next_step.into(),
            subject.into(),
            row.name.into(),
            row.state_name.into(),
            row.review.map(|review| review.tag.label).into(),
            row.part.into(),
            days.into(),
            row.start.map(|start| date_in_words(start.date)).into(),
            to_start.into(),
        ]
    }
}

impl Pieces for Export {
    fn headings(&self) -> Vec<String> {
        let review = format!("{} review", self.department.short_name());
        let [days, to_start] = super::page::SORTED;
        let start = "Effective date or first day of rating period";
        let headings = ["Next step", "Subject", "Name", "State", &review, "My part", days, start, to_start];
        headings.map(str::to_owned).into()
    }

    async fn next(&mut self) -> sqlx::Result<Option<Vec<Vec<Cell>>>> {
        if self.rows.is_empty() && !self.last {
            let member = self.person.member_of(self.department);
            let member = member.ok_or_else(|| sqlx::Error::Protocol(NOT_YOURS.to_owned()))?;
            let (page, _) = rows::read(&mut self.tx, member, &self.asked, PIECE).await?;
            self.take(page.rows, page.next);
        }
        let rows = std::mem::take(&mut self.rows);
        Ok((!rows.is_empty()).then(|| rows.into_iter().map(|row| self.cells(row)).collect()))
    }
}
