//! A list as comma-separated values: exactly its rows, all pages of them, in its order, with its columns. It is read
//! piece by piece as of one moment and sent as it is read, so that its length costs no memory.

use std::io;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use futures_util::stream;
use sqlx::{Postgres, Transaction};
use time::Date;
use tokio::sync::mpsc::{self, Sender};
use tokio::time::timeout;

use super::{Asked, Choices, List, ListQuery, Reader, asked, sql};
use crate::domain::permission::Person;
use crate::web::csv::Table;
use crate::web::paging::Position;
use crate::web::{Result, SignedIn};

/// So many rows are read at once.
const PIECE: usize = 1_000;
/// So many pieces wait for a slow reader, who may take nothing for so long.
const WAITING: usize = 2;
const PATIENCE: Duration = Duration::from_secs(60);

/// What an address of a list, asked for as a file, leads to.
pub enum Exporting<L: List> {
    /// The list, to be sent whole.
    Whole(Box<Export<L>>),
    /// The answer to an address that asks for what the list does not have.
    Refused(HttpResponse),
}

/// A list that is to be sent whole: its first rows are read.
pub struct Export<L: List> {
    /// The address of the same list as a page: filters and order.
    pub address: String,
    /// How many rows match.
    pub matching: i64,
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
    let mut tx = who.app.db.begin_with("begin isolation level repeatable read, read only").await?;
    let Asked { query, choices, .. } = match asked::<L>(who, &mut tx, raw_query).await? {
        Ok(asked) => asked,
        Err(refused) => return Ok(Exporting::Refused(refused)),
    };
    let mut export = Export {
        address: query.at(Position::First).href(side),
        matching: 0,
        tx,
        person: who.person().clone(),
        choices,
        today: who.app.clock.today(),
        query: ListQuery { size: PIECE, ..query.at(Position::First) },
        rows: Vec::new(),
        last: false,
    };
    export.matching = export.advance().await?;
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

    /// The file, sent while it is read.
    pub fn answer(self: Box<Self>, file_name: &str) -> HttpResponse
    where
        L::Row: 'static,
    {
        let (sender, receiver) = mpsc::channel(WAITING);
        actix_web::rt::spawn(self.send(sender));
        let pieces = stream::unfold(receiver, async |mut receiver: mpsc::Receiver<io::Result<Bytes>>| {
            receiver.recv().await.map(|piece| (piece, receiver))
        });
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
            .streaming(pieces)
    }

    async fn send(mut self: Box<Self>, sender: Sender<io::Result<Bytes>>) {
        let mut table = Table::new(L::file_headings(&self.query));
        loop {
            for row in std::mem::take(&mut self.rows) {
                let cells = L::cells(row, &self.query, Reader::of(&self.person, &self.choices, self.today));
                table.row(cells.iter().map(String::as_str));
            }
            let piece = Bytes::from(table.finish());
            // Nobody waits for it any more, or takes it.
            if !matches!(timeout(PATIENCE, sender.send(Ok(piece))).await, Ok(Ok(()))) || self.last {
                return;
            }
            if let Err(error) = self.advance().await {
                // The reader sees that the file is cut short.
                tracing::warn!(%error, "a list was not sent to its end");
                let _ = sender.send(Err(io::Error::other(error))).await;
                return;
            }
            table = Table::continued();
        }
    }
}
