//! A list as a file: exactly its rows, all pages of them or those that were ticked, in its order, with its columns. It is
//! read piece by piece as of one moment.

use actix_web::HttpResponse;
use sqlx::{Postgres, Transaction};
use time::Date;

use super::{Asked, Choices, List, ListQuery, Reader, asked, frame, sql, title};
use crate::domain::permission::Person;
use crate::web::cell::Cell;
use crate::web::flash::Flash;
use crate::web::paging::Position;
use crate::web::pieces::Pieces;
use crate::web::xlsx::About;
use crate::web::{Result, SignedIn, begin_reading, see_other};

/// So many rows are read at once.
const PIECE: usize = 1_000;

/// What an address of a list, asked for as a file, leads to.
pub enum Exporting<L: List> {
    /// The list, to be sent whole.
    Whole(Box<Export<L>>),
    /// The answer to an address that asks for what the list does not have.
    Refused(HttpResponse),
}

/// A list that is to be sent whole: its first rows are read.
pub struct Export<L: List> {
    /// The address of the same list as a page: filters, columns and order.
    pub address: String,
    /// How many rows match.
    pub matching: i64,
    /// What a workbook says about it.
    pub about: About,
    tx: Transaction<'static, Postgres>,
    person: Person,
    choices: Choices,
    today: Date,
    query: ListQuery<L>,
    rows: Vec<L::Row>,
    /// Whether these are the last rows.
    last: bool,
}

/// Begins to read the list that the address asks for, whatever page of it the address names.
///
/// # Errors
/// When the database fails.
pub async fn export<L: List>(who: &SignedIn, raw_query: &str) -> Result<Exporting<L>> {
    let side = who.person().side();
    let mut tx = begin_reading(&who.app.exports).await?;
    let Asked { query, choices, .. } = match asked::<L>(who, &mut tx, raw_query).await? {
        Ok(asked) => asked,
        Err(refused) => return Ok(Exporting::Refused(refused.answer)),
    };
    if query.only.as_ref().is_some_and(Vec::is_empty) {
        who.tell(&Flash::news(format!("No {} was ticked, so nothing was exported.", L::THING)))?;
        return Ok(Exporting::Refused(see_other(ListQuery { only: None, ..query }.href(side))));
    }
    let today = who.app.clock.today();
    let reader = Reader::of(who.person(), &choices, today);
    let filters: Vec<String> = frame::chips(&query, reader).into_iter().map(|chip| chip.label).collect();
    let mut export = Export {
        address: query.at(Position::First).href(side),
        matching: 0,
        about: About::of(who, title::<L>(), &filters, &frame::sorted(&query)),
        tx,
        person: who.person().clone(),
        choices,
        today,
        query: ListQuery { size: PIECE, ..query.at(Position::First) },
        rows: Vec::new(),
        last: false,
    };
    export.matching = export.advance().await?;
    export.about.tell("Rows", export.matching);
    export.about.tell("Address", export.address.clone());
    Ok(Exporting::Whole(Box::new(export)))
}

impl<L: List> Export<L> {
    /// Reads the next rows; gives how many match in all.
    async fn advance(&mut self) -> sqlx::Result<i64> {
        let reader = Reader::of(&self.person, &self.choices, self.today);
        let read = sql::page(&mut self.tx, reader, self.query.clone()).await?;
        self.query = read.query;
        self.rows = read.page.rows;
        self.last = read.page.next.is_none();
        if let Some(next) = read.page.next {
            self.query.position = next;
        }
        Ok(read.total)
    }
}

impl<L: List> Pieces for Box<Export<L>> {
    fn headings(&self) -> Vec<String> {
        L::file_headings(&self.query).into_iter().map(str::to_owned).collect()
    }

    async fn next(&mut self) -> sqlx::Result<Option<Vec<Vec<Cell>>>> {
        if self.rows.is_empty() && !self.last {
            self.advance().await?;
        }
        let rows = std::mem::take(&mut self.rows);
        let reader = Reader::of(&self.person, &self.choices, self.today);
        let cells = |row| L::cells(row, &self.query, reader);
        Ok((!rows.is_empty()).then(|| rows.into_iter().map(cells).collect()))
    }
}
