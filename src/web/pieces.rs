//! Tables that are read piece by piece, so that their length costs no memory, and sent as a file of either format while
//! they are read.

use std::io::{self, Write};

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::csv::Table;
use super::pipe::{Pipe, piped, wait};
use super::xlsx::{About, Workbook};

/// A format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
}

/// A table that is read piece by piece.
pub trait Pieces: Sized + Send + 'static {
    /// Its headings.
    fn headings(&self) -> Vec<String>;

    /// The cells of the next rows; nothing after the last of them.
    fn next(&mut self) -> impl Future<Output = sqlx::Result<Option<Vec<Vec<String>>>>>;

    /// The table as a file of either format; a workbook says something about it too.
    fn file(self, name: &str, about: About, format: Format) -> HttpResponse {
        let (ending, content_type) = match format {
            Format::Csv => ("csv", "text/csv; charset=utf-8"),
            Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        };
        let body = piped(move |pipe| match format {
            Format::Csv => csv(self, pipe),
            Format::Xlsx => xlsx(self, about, pipe),
        });
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, content_type))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")))
            .streaming(body)
    }
}

fn next(pieces: &mut impl Pieces) -> io::Result<Option<Vec<Vec<String>>>> {
    wait(pieces.next()).map_err(io::Error::other)
}

fn csv(mut pieces: impl Pieces, pipe: &mut Pipe) -> io::Result<()> {
    let headings = pieces.headings();
    let mut table = Table::new(headings.iter().map(String::as_str));
    while let Some(rows) = next(&mut pieces)? {
        rows.iter().for_each(|row| table.row(row.iter().map(String::as_str)));
        pipe.write_all(&table.finish())?;
        pipe.flush()?;
        table = Table::continued();
    }
    pipe.write_all(&table.finish())
}

fn xlsx(mut pieces: impl Pieces, about: About, pipe: &mut Pipe) -> io::Result<()> {
    let mut workbook = Workbook::begin(&mut *pipe, about, pieces.headings())?;
    while let Some(rows) = next(&mut pieces)? {
        workbook.write(&rows)?;
    }
    drop(pieces);
    workbook.finish()
}
