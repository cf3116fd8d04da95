//! Documents, and texts made for the occasion, as one ZIP file that is made while it is sent: neither memory nor disk
//! ever holds the whole of it. The ZIP writer writes into memory, a piece at a time, between reads that wait for the file
//! store without a thread: a store that reads with threads of its own always finds them.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

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
    name: String,
    left_out: Option<String>,
}

/// The bytes of a ZIP file with these files in their folders and, last, `manifest.csv`. What is not clean is left out,
/// which the manifest says. Equal names of a folder are told apart.
pub fn archive(files: Arc<dyn ObjectStore>, entries: Vec<ArchiveEntry>) -> impl Stream<Item = io::Result<Bytes>> {
    piped(async move |pipe| write(&files, &entries, pipe).await)
}

type Zip = ZipWriter<StreamWriter<Written>>;

async fn write(files: &Arc<dyn ObjectStore>, entries: &[ArchiveEntry], pipe: &Pipe) -> io::Result<()> {
    let mut zip = ZipWriter::new_stream(pipe.writer());
    let mut listed = Vec::with_capacity(entries.len());
    let mut taken = HashSet::new();
    for entry in entries {
        let mut left_out = match &entry.content {
            Content::Document(document) => held_back(document),
            Content::Text(..) => None,
        };
        let mut name = entry.name().to_owned();
        if left_out.is_none() {
            name = unique(&mut taken, &entry.folder, &name);
            let path = if entry.folder.is_empty() { name.clone() } else { format!("{}/{name}", entry.folder) };
            match &entry.content {
                Content::Document(document) => {
                    if !put(files, (&mut zip, pipe), &path, document).await? {
                        left_out = Some("Its content could not be read".to_owned());
                    }
                }
                Content::Text(_, text) => {
                    zip.start_file(&path, options(None))?;
                    zip.write_all(text)?;
                    pipe.hand_on().await?;
                }
            }
        }
        listed.push(Listed { entry, name, left_out });
    }
    zip.start_file("manifest.csv", options(None))?;
    zip.write_all(&manifest(&listed))?;
    zip.finish()?;
    Ok(())
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

/// The name under which a file goes into its folder: the second `a.pdf` is `a (2).pdf`. Some systems do not tell upper
/// from lower case.
fn unique(taken: &mut HashSet<String>, folder: &str, name: &str) -> String {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) => (stem, format!(".{extension}")),
        None => (name, String::new()),
    };
    let mut candidate = name.to_owned();
    let mut number = 1;
    while !taken.insert(format!("{folder}/{candidate}").to_lowercase()) {
        number += 1;
        candidate = format!("{stem} ({number}){extension}");
    }
    candidate
}

/// The list of contents.
fn manifest(listed: &[Listed<'_>]) -> Vec<u8> {
    let mut table = Table::new(["Name", "Folder", "SHA-256", "Size in bytes", "Date added", "Left out because"]);
    for Listed { entry, name, left_out } in listed {
        let (sha256, size, added): (String, Cell, Cell) = match &entry.content {
            Content::Document(document) => {
                (document.sha256.clone(), document.size.into(), document.date_added().into())
            }
            Content::Text(_, text) => (sha256_of(text), text.len().into(), Cell::from("")),
        };
        let (name, folder) = (name.as_str().into(), entry.folder.as_str().into());
        table.row([name, folder, sha256.into(), size, added, left_out.as_deref().into()]);
    }
    table.finish()
}

fn sha256_of(text: &[u8]) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_of_a_folder_are_told_apart() {
        let mut taken = HashSet::new();
        let mut name = |folder: &str, name: &str| unique(&mut taken, folder, name);
        assert_eq!(name("Contract", "a.pdf"), "a.pdf");
        assert_eq!(name("Contract", "A.PDF"), "A (2).PDF");
        assert_eq!(name("Contract", "a (2).pdf"), "a (2) (2).pdf");
        assert_eq!(name("Contract", "a.pdf"), "a (3).pdf");
        assert_eq!(name("Contract supporting", "a.pdf"), "a.pdf");
    }
}
