//! Documents, and texts made for the occasion, as one ZIP file that is made while it is sent: neither memory nor disk
//! ever holds the whole of it. The ZIP writer writes into memory, a piece at a time, between reads that wait for the file
//! store without a thread: a store that reads with threads of its own always finds them.

use std::io::{self, Write};
use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::archive_name::Names;
use super::document::Document;
use super::intake::place_of;
use crate::domain::clock::Moment;
use crate::domain::document::ScanResult;
use crate::web::cell::Cell;
use crate::web::csv::Table;
use crate::web::pipe::{Pipe, Written, piped};

/// A file, and the folder that it goes into.
#[derive(Clone, Debug)]
pub struct ArchiveEntry {
    /// The folder; empty for none.
    pub folder: String,
    /// The file.
    pub content: Content,
}

/// What a file of an archive holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A document, from the file store.
    Document(Document),
    /// A text under its name.
    Text(String, Vec<u8>),
}

impl ArchiveEntry {
    /// A document.
    pub fn document(folder: impl Into<String>, document: Document) -> Self {
        Self { folder: folder.into(), content: Content::Document(document) }
    }

    /// A text made for the occasion.
    pub fn text(folder: impl Into<String>, name: &str, text: impl Into<Vec<u8>>) -> Self {
        Self { folder: folder.into(), content: Content::Text(name.to_owned(), text.into()) }
    }

    fn name(&self) -> &str {
        match &self.content {
            Content::Document(document) => &document.file_name,
            Content::Text(name, _) => name,
        }
    }
}

/// A row of the list of contents.
struct Listed<'a> {
    entry: &'a ArchiveEntry,
    /// Where it is, or why it is not there.
    path: Result<String, String>,
}

/// The bytes of a ZIP file with these files in their folders and, last, `manifest.csv`. What is not clean is left out,
/// which the manifest says, as it says what each file is really called.
pub fn archive(files: Arc<dyn ObjectStore>, entries: Vec<ArchiveEntry>) -> impl Stream<Item = io::Result<Bytes>> {
    piped(async move |pipe| write(&files, &entries, pipe).await)
}

type Zip = ZipWriter<StreamWriter<Written>>;

/// The name of the list of contents.
const MANIFEST: &str = "manifest.csv";

async fn write(files: &Arc<dyn ObjectStore>, entries: &[ArchiveEntry], pipe: &Pipe) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(pipe.writer());
    let mut listed = Vec::with_capacity(entries.len());
    let mut names = Names::with(&[MANIFEST]);
    for entry in entries {
        let path = put_entry(files, (&mut zip, pipe), &mut names, entry).await?;
        listed.push(Listed { entry, path });
    }
    zip.start_file(MANIFEST, options(None))?;
    zip.write_all(&manifest(&listed))?;
    zip.finish()?;
    Ok(())
}

/// Puts a file in; its path in the archive, or why it is left out.
async fn put_entry(
    files: &Arc<dyn ObjectStore>,
    (zip, pipe): (&mut Zip, &Pipe),
    names: &mut Names,
    entry: &ArchiveEntry,
) -> io::Result<Result<String, String>> {
    match &entry.content {
        Content::Document(document) => {
            if let Some(why) = held_back(document) {
                return Ok(Err(why));
            }
            let path = names.path(&entry.folder, entry.name());
            let there = put(files, (zip, pipe), &path, document).await?;
            Ok(if there { Ok(path) } else { Err("Its content could not be read".to_owned()) })
        }
        Content::Text(name, text) => {
            let path = names.path(&entry.folder, name);
            zip.start_file(&path, options(None))?;
            zip.write_all(text)?;
            pipe.hand_on().await?;
            Ok(Ok(path))
        }
    }
}

/// Puts a content in; `false` when it is not in the file store.
async fn put(
    files: &Arc<dyn ObjectStore>,
    (zip, pipe): (&mut Zip, &Pipe),
    path: &str,
    document: &Document,
) -> io::Result<bool> {
    let stored = match files.get(&place_of(&document.sha256)).await {
        Ok(stored) if i64::try_from(stored.meta.size) == Ok(document.size) => stored,
        Ok(_) | Err(object_store::Error::NotFound { .. }) => {
            tracing::error!(sha256 = document.sha256, "a content is missing from the file store");
            return Ok(false);
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    zip.start_file(path, options(Some(document.uploaded_at)))?;
    let mut content = stored.into_stream();
    while let Some(piece) = content.next().await {
        zip.write_all(&piece.map_err(io::Error::other)?)?;
        pipe.hand_on().await?;
    }
    Ok(true)
}

/// Stored as it is: documents are compressed already, and time is worth more than what is left to gain.
fn options(uploaded_at: Option<OffsetDateTime>) -> SimpleFileOptions {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let at = uploaded_at.and_then(|at| {
        let year = u16::try_from(at.year()).ok()?;
        zip::DateTime::from_date_and_time(year, at.month().into(), at.day(), at.hour(), at.minute(), at.second()).ok()
    });
    at.map_or(options, |at| options.last_modified_time(at))
}

fn held_back(document: &Document) -> Option<String> {
    if let Some(withdrawn) = document.withdrawn() {
        return Some(format!("Withdrawn from view on {}: {}", Moment(withdrawn.at), withdrawn.reason));
    }
    let why = match document.scan {
        ScanResult::Clean => return None,
        ScanResult::Pending => "It is still being checked for viruses",
        ScanResult::Infected => "A virus was found in it",
        ScanResult::Failed => "It could not be checked for viruses",
    };
    Some(why.to_owned())
}

/// The list of contents.
fn manifest(listed: &[Listed<'_>]) -> Vec<u8> {
    let headings =
        ["Name", "Folder", "File in this archive", "SHA-256", "Size in bytes", "Date added", "Left out because"];
    let mut table = Table::new(headings);
    for Listed { entry, path } in listed {
        let (sha256, size, added): (String, Cell, Cell) = match &entry.content {
            Content::Document(document) => {
                (document.sha256.clone(), document.size.into(), document.date_added().into())
            }
            Content::Text(_, text) => (sha256_of(text), text.len().into(), Cell::from("")),
        };
        let (path, left_out) = match path {
            Ok(path) => (path.as_str(), ""),
            Err(why) => ("", why.as_str()),
        };
        let (name, folder) = (entry.name().into(), entry.folder.as_str().into());
        table.row([name, folder, path.into(), sha256.into(), size, added, left_out.into()]);
    }
    table.finish()
}

fn sha256_of(text: &[u8]) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
