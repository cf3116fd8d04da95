//! `/submissions/{key}/versions/{n}/documents.zip`: all documents of a version that was sent, as one file.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ContentEncoding};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::queries::open;
use crate::documents::{self, ArchiveEntry, Document, archive, attachment, size_in_words};
use crate::domain::id::ContractSubmissionId;
use crate::rates::{self, SentRate};
use crate::web::places::{Place, holding};
use crate::web::security_log::SecurityEvent;
use crate::web::{Error, Result, SignedIn};

/// What `only` names the contract's own documents by.
const CONTRACT: &str = "contract";

/// What is wanted of it.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    only: Option<String>,
}

/// Where all documents of a version are had.
#[derive(Debug)]
pub struct DownloadAll {
    /// The address.
    pub href: String,
    /// "Download all (12 files, 34.0 MB)".
    pub words: String,
}

impl DownloadAll {
    /// The link to the documents of a version of what has its page there; none when nothing can be had.
    pub fn of<'a>(page: &str, revision: i32, documents: impl Iterator<Item = &'a Document>) -> Option<Self> {
        let clean: Vec<_> = documents.filter(|document| document.can_be_had()).collect();
        let size = size_in_words(clean.iter().map(|document| document.size).sum());
        let files = match clean.len() {
            0 => return None,
            1 => "1 file".to_owned(),
            number => format!("{number} files"),
        };
        let href = format!("{page}/versions/{revision}/documents.zip");
        Some(Self { href, words: format!("Download all ({files}, {size})") })
    }
}

/// `GET /submissions/{key}/versions/{n}/documents.zip`
///
/// # Errors
/// [`Error::NotFound`] unless the version was sent and may be known of, or for a part that it does not have;
/// [`Error::TooMany`] for whoever downloads too much already.
pub async fn get(who: SignedIn, path: web::Path<(String, String)>, wanted: web::Query<Wanted>) -> Result<HttpResponse> {
    let place = who.app.limits.archive(who.person().id)?;
    let (given, revision) = path.into_inner();
    let revision: i32 = revision.parse().map_err(|_| Error::NotFound)?;
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &given).await?;
    let version = sqlx::query_scalar!(
        r#"select id as "id: ContractSubmissionId" from contract_submission
            where contract_review_id = $1 and revision = $2 and submitted_at is not null and discarded_at is null"#,
        submission.id as _,
        revision,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?;
    let only = wanted.only.as_deref();
    let rates = rates::of_version(&mut conn, version).await?;
    if only.is_some_and(|only| only != CONTRACT && rates.iter().all(|rate| rate.key.to_string() != only)) {
        return Err(Error::NotFound);
    }
    let mut entries = Vec::new();
    if only.is_none_or(|only| only == CONTRACT) {
        entries.extend(of_contract("", documents::of_submission(&mut conn, version).await?));
    }
    drop(conn);
    for rate in rates.into_iter().filter(|rate| only.is_none_or(|only| rate.key.to_string() == only)) {
        entries.extend(of_rate("", rate));
    }
    Ok(download(&who, place, &format!("{} version {revision}.zip", submission.key), entries))
}

/// The documents of a contract, a folder for each list, below another folder.
pub(super) fn of_contract(below: &str, documents: Vec<Document>) -> impl Iterator<Item = ArchiveEntry> {
    documents
        .into_iter()
        .map(move |document| ArchiveEntry::document(format!("{below}{}", document.category.label()), document))
}

/// The documents of a rate, a folder for each list, below another folder.
pub fn of_rate(below: &str, rate: SentRate) -> impl Iterator<Item = ArchiveEntry> {
    let folder = move |document: &Document| format!("{below}{} {}", rate.key, document.category.label());
    rate.documents.into_iter().map(move |document| ArchiveEntry::document(folder(&document), document))
}

/// An archive as a download, which keeps its place among them until it is sent.
pub fn download(who: &SignedIn, place: Place, file_name: &str, entries: Vec<ArchiveEntry>) -> HttpResponse {
    who.log_security(SecurityEvent::Download, who.here());
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/zip"))
        .insert_header((CONTENT_DISPOSITION, attachment(file_name)))
        .insert_header(ContentEncoding::Identity)
        .streaming(holding(place, archive(who.app.files.clone(), entries)))
}
