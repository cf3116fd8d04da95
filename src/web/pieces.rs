//! Tables that are read piece by piece, so that their length costs no memory, and sent as a file of either format while
//! they are read.
//!
//! They are read as of one moment, in a transaction that keeps a connection, so they are spooled: the connection is free
//! as soon as the database has given all rows, however slowly the reader takes them. Reading goes on in the background,
//! beside the threads that answer; what is computed, a piece of a workbook, waits for nothing.

use std::io::{self, Write};

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::cell::Cell;
use super::csv::Table;
use super::places::{Place, holding};
use super::spool::{Spool, spool};
use super::xlsx::{About, Workbook};
use super::{Error, Result};

/// A format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
}

/// How a table is sent.
pub struct Sending {
    /// In which format.
    pub format: Format,
    /// What a workbook says about it.
    pub about: About,
    /// The place among the exports, which it has until its last byte is sent.
    pub place: Place,
    /// Where it is read.
    pub background: Handle,
}

/// A table that is read piece by piece.
pub trait Pieces: Sized + Send + 'static {
    /// Its headings.
    fn headings(&self) -> Vec<String>;

    /// The cells of the next rows; nothing after the last of them.
    fn next(&mut self) -> impl Future<Output = sqlx::Result<Option<Vec<Vec<Cell>>>>> + Send;

    /// The table as a file under a name.
    ///
    /// # Errors
    /// When there is no room on the disk.
    fn file(self, name: &str, sending: Sending) -> Result<HttpResponse> {
        let Sending { format, about, place, background } = sending;
        let (ending, content_type) = match format {
            Format::Csv => ("csv", "text/csv; charset=utf-8"),
            Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        };
        let (spool, body) = spool().map_err(|error| Error::Unavailable(error.into()))?;
        background.spawn(async move {
            let unread = spool.unread();
            tokio::select! {
                made = make(self, format, about, spool) => {
                    if let Err(error) = made {
                        tracing::warn!(%error, "a file was not made to its end");
                    }
                }
                () = unread => {}
            }
        });
        Ok(HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, content_type))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")))
            .streaming(holding(place, body)))
    }
}

/// Makes the file as fast as the database gives its rows.
async fn make(mut pieces: impl Pieces, format: Format, about: About, spool: Spool) -> io::Result<()> {
    let headings = pieces.headings();
    let mut file = computed(move || match format {
        Format::Csv => Making::csv(spool, &headings),
        Format::Xlsx => Workbook::begin(spool, about, headings).map(Box::new).map(Making::Xlsx),
    })
    .await?;
    while let Some(rows) = pieces.next().await.map_err(io::Error::other)? {
        file = computed(move || file.with(rows)).await?;
    }
    drop(pieces);
    computed(move || file.finish()).await
}

/// What `compute` comes to, on a thread of those that may take their time.
async fn computed<T: Send + 'static>(compute: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(compute).await.map_err(io::Error::other)?
}

/// A file that is being made.
enum Making {
    Csv(Spool),
    Xlsx(Box<Workbook<Spool>>),
}

impl Making {
    fn csv(mut spool: Spool, headings: &[String]) -> io::Result<Self> {
        spool.write_all(&Table::new(headings.iter().map(String::as_str)).finish())?;
        Ok(Self::Csv(spool))
    }

    fn with(self, rows: Vec<Vec<Cell>>) -> io::Result<Self> {
        match self {
            Self::Csv(mut spool) => {
                let mut table = Table::continued();
                rows.into_iter().for_each(|row| table.row(row));
                spool.write_all(&table.finish())?;
                spool.flush()?;
                Ok(Self::Csv(spool))
            }
            Self::Xlsx(mut workbook) => {
                workbook.write(&rows)?;
                Ok(Self::Xlsx(workbook))
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        let spool = match self {
            Self::Csv(spool) => spool,
            Self::Xlsx(workbook) => workbook.finish()?,
        };
        spool.finish();
        Ok(())
    }
}
