//! Tables that are read piece by piece, so that their length costs no memory, and sent as a file of either format.

use std::io;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, block};
use futures_util::stream;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc::{self, Sender};
use tokio::time::timeout;

use super::csv::Table;
use super::xlsx::{About, Workbook};
use super::{Error, Result};

/// So many pieces of comma-separated values wait for a slow reader, who may take nothing for so long.
const WAITING: usize = 2;
const PATIENCE: Duration = Duration::from_secs(60);
/// So much of a workbook is read at once, in bytes.
const CHUNK: usize = 65_536;

/// A format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
}

/// A table that is read piece by piece.
pub trait Pieces: Sized + 'static {
    /// Its headings.
    fn headings(&self) -> Vec<String>;

    /// The cells of the next rows; nothing after the last of them.
    fn next(&mut self) -> impl Future<Output = sqlx::Result<Option<Vec<Vec<String>>>>>;

    /// The table as comma-separated values, sent while it is read.
    fn csv(self, name: &str) -> HttpResponse {
        let (sender, receiver) = mpsc::channel(WAITING);
        actix_web::rt::spawn(send(self, sender));
        let pieces = stream::unfold(receiver, async |mut receiver: mpsc::Receiver<io::Result<Bytes>>| {
            receiver.recv().await.map(|piece| (piece, receiver))
        });
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")))
            .streaming(pieces)
    }

    /// The table as a workbook, sent once it is read: its directory stands at its end, and what is said about it too.
    fn xlsx(self, name: &str, about: About) -> impl Future<Output = Result<HttpResponse>> {
        workbook(self, name, about)
    }

    /// The table as a file of either format.
    fn file(self, name: &str, about: About, format: Format) -> impl Future<Output = Result<HttpResponse>> {
        async move {
            match format {
                Format::Csv => Ok(self.csv(name)),
                Format::Xlsx => self.xlsx(name, about).await,
            }
        }
    }
}

async fn send(mut pieces: impl Pieces, sender: Sender<io::Result<Bytes>>) {
    let headings = pieces.headings();
    let mut table = Table::new(headings.iter().map(String::as_str));
    loop {
        let piece = Bytes::from(table.finish());
        // Nobody waits for it any more, or takes it.
        if !matches!(timeout(PATIENCE, sender.send(Ok(piece))).await, Ok(Ok(()))) {
            return;
        }
        table = Table::continued();
        match pieces.next().await {
            Ok(Some(rows)) => rows.iter().for_each(|row| table.row(row.iter().map(String::as_str))),
            Ok(None) => return,
            Err(error) => {
                // The reader sees that the file is cut short.
                tracing::warn!(%error, "a table was not sent to its end");
                let _ = sender.send(Err(io::Error::other(error))).await;
                return;
            }
        }
    }
}

async fn workbook(mut pieces: impl Pieces, name: &str, about: About) -> Result<HttpResponse> {
    let mut workbook = Workbook::new(about, pieces.headings());
    while let Some(rows) = pieces.next().await? {
        workbook = apart(move || workbook.with(&rows)).await?;
    }
    drop(pieces);
    let file = apart(move || workbook.finish()).await?;
    let length = file.metadata().map_err(internal)?.len();
    let chunks = stream::try_unfold(File::from_std(file), async |mut file: File| {
        let mut chunk = Vec::with_capacity(CHUNK);
        file.read_buf(&mut chunk).await?;
        Ok::<_, io::Error>((!chunk.is_empty()).then(|| (Bytes::from(chunk), file)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.xlsx\"")))
        .no_chunking(length)
        .streaming(chunks))
}

/// Does what waits for a disk where no other request waits for it.
async fn apart<T: Send + 'static, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T>
where
    E: Into<anyhow::Error> + Send + 'static,
{
    block(work).await.map_err(internal)?.map_err(internal)
}

fn internal(error: impl Into<anyhow::Error>) -> Error {
    Error::Internal(error.into())
}
