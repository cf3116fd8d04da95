//! A posted form that may carry files, already proven to come from a page of this session.

use std::collections::HashSet;
use std::sync::Arc;

use actix_multipart::{Field, Multipart};
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpMessage, HttpRequest};
use futures_util::StreamExt;
use futures_util::stream::{self, Fuse, Stream};
use uuid::Uuid;

use super::body::{self, Body};
use super::file_name;
use super::intake::{ReceivedFile, Storage, StoredBlob, receive};
use super::kept::KeptFile;
use super::problem::FileProblem;
use crate::domain::document::{Category, MAX_FILES_PER_LIST, ScanResult};
use crate::domain::permission::{Person, Uploader};
use crate::web::held::{self, Typing};
use crate::web::places::Place;
use crate::web::posted::{MAX_FORM_BYTES, MAX_REQUEST_BYTES, counted, decoded};
use crate::web::receive::{ReceivedFields, received_body};
use crate::web::{Error, Result, Settings, SignedIn, csrf};

/// The most parts that a form may have.
const MOST_PARTS: usize = 2_000;
/// The hidden field that carries on a file already stored.
const KEPT_FILE: &str = "kept_file";
/// The hidden field with the token of the session.
const TOKEN: &str = "csrf";

/// A form that was posted: its fields, and its files, each stored or refused.
#[derive(Debug)]
pub struct PostedForm {
    pairs: Vec<(String, String)>,
    files: Vec<ReceivedFile>,
    /// What the form carried on, where it could not be looked up.
    tokens: Vec<String>,
    /// The files that could not be stored by our fault.
    lost: Vec<String>,
    settings: Arc<Settings>,
}

impl PostedForm {
    /// Reads the form, and takes in the files of its lists. The token is checked before the first file; whatever is
    /// refused, the body is read on, so that the browser gets to see the answer. Where files could not be stored by our
    /// fault, the fields are there all the same, beside the error: with that nothing may be saved, and what was typed
    /// comes back.
    ///
    /// # Errors
    /// [`Error::Forged`]; [`Error::TooMany`]; [`Error::TooLarge`] for more than 500 MiB altogether or 512 KiB of text;
    /// [`Error::Unprocessable`] when it was cut off or is not what a page of ours sends.
    pub async fn read(
        who: &SignedIn,
        req: &HttpRequest,
        payload: Payload,
        categories: &[Category],
        proof: impl Into<Uploader<'_>>,
    ) -> Result<(Self, Result<()>)> {
        let body = Body::new(payload, MAX_REQUEST_BYTES);
        let mut reading = Reading {
            who,
            req,
            categories,
            proven: false,
            late: None,
            refused: counted(req).err(),
            place: None,
            passed_over: Vec::new(),
            text_left: MAX_FORM_BYTES,
            pairs: Vec::new(),
            kept: Vec::new(),
            files: Vec::new(),
            lost: Vec::new(),
            failure: None,
        };
        let read = reading.read(&body).await;
        if let (Ok(()), Some(late)) = (&read, reading.late.take()) {
            let typing = Typing::new(std::mem::take(&mut reading.pairs), reading.passed_over);
            return Err(held::outdated(req, late, typing).await?);
        }
        let too_large = body.too_large();
        body.drain().await;
        match read {
            Err(Error::Unprocessable(_)) if too_large => return Err(request_too_large()),
            read => read?,
        }
        let Reading { mut pairs, kept, files: received, refused, passed_over, lost, mut failure, .. } = reading;
        if let Some(too_many) = refused {
            pairs.extend(kept.into_iter().map(|token| (KEPT_FILE.to_owned(), token)));
            req.extensions_mut().insert(ReceivedFields { pairs, files: passed_over });
            return Err(too_many);
        }
        let (mut files, mut tokens) = (Vec::new(), Vec::new());
        match kept_files(who, categories, proof.into(), &kept).await {
            Ok(kept) => files = kept,
            Err(error) => {
                tokens = kept;
                failure.get_or_insert(ours(error)?);
            }
        }
        files.extend(received);
        let form = Self { pairs, files, tokens, lost, settings: who.app.settings.clone() };
        Ok((form, failure.map_or(Ok(()), Err)))
    }

    /// The names of the files that could not be stored by our fault.
    pub fn lost(&self) -> &[String] {
        &self.lost
    }

    /// The fields in the order they were posted; names may repeat.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// The files: first those that the form carried on, then those it brought.
    pub fn files(&self) -> &[ReceivedFile] {
        &self.files
    }

    /// The values of the hidden fields `kept_file` with which a form drawn again carries on the files that were
    /// stored.
    pub fn kept_tokens(&self, person: &Person) -> Vec<String> {
        let stored = self.files.iter().filter_map(|file| file.outcome.as_ref().ok().map(|blob| (file, blob)));
        let kept = stored.map(|(file, blob)| KeptFile {
            category: file.category,
            file_name: file.file_name.clone(),
            sha256: blob.sha256.clone(),
            size: blob.size,
        });
        kept.map(|kept| kept.token(&self.settings.secret, person.id)).chain(self.tokens.iter().cloned()).collect()
    }
}

/// A form while it is read.
struct Reading<'a> {
    who: &'a SignedIn,
    req: &'a HttpRequest,
    categories: &'a [Category],
    proven: bool,
    /// Whose the form is, when the token is that of a session that has ended: then nothing is taken in.
    late: Option<Uuid>,
    /// Why it is one too many: then nothing is taken in either.
    refused: Option<Error>,
    /// The place among the uploads, once there is a file.
    place: Option<Place>,
    /// The files that were not taken in.
    passed_over: Vec<String>,
    text_left: usize,
    pairs: Vec<(String, String)>,
    kept: Vec<String>,
    files: Vec<ReceivedFile>,
    lost: Vec<String>,
    /// Why a file could not be stored by our fault. After the first no other is tried.
    failure: Option<Error>,
}

impl Reading<'_> {
    async fn read(&mut self, body: &Body) -> Result<()> {
        csrf::check_origin(self.req, &self.who.app.settings)?;
        if self.header(CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok()) > Some(MAX_REQUEST_BYTES) {
            return Err(request_too_large());
        }
        let content_type = self.header(CONTENT_TYPE.as_str()).unwrap_or_default().to_ascii_lowercase();
        if content_type.starts_with("multipart/form-data") {
            self.read_parts(body).await?;
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            self.read_pairs(body).await?;
        }
        self.prove()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.req.headers().get(name).and_then(|value| value.to_str().ok())
    }

    async fn read_pairs(&mut self, body: &Body) -> Result<()> {
        let text = match received_body(self.req) {
            Some(received) => received?.to_vec(),
            None => text(body.clone(), self.text_left).await?,
        };
        for (name, value) in decoded(&text).ok_or_else(no_text)? {
            self.pair(name, value).await?;
        }
        Ok(())
    }

    async fn read_parts(&mut self, body: &Body) -> Result<()> {
        let mut parts = Multipart::new(self.req.headers(), body.clone());
        let mut count = 0;
        while let Some(part) = body::next(&mut parts).await? {
            count += 1;
            if count > MOST_PARTS {
                return Err(Error::unprocessable("The form has more fields than any page of ours."));
            }
            let name = part.name().unwrap_or_default().to_owned();
            match part.headers().get(CONTENT_DISPOSITION).and_then(file_name::given) {
                Some(given_name) => self.file(&name, &given_name, part).await?,
                None => self.text(name, part).await?,
            }
        }
        Ok(())
    }

    async fn text(&mut self, name: String, part: Field) -> Result<()> {
        // A name costs too, so that many empty fields are as limited as one long one.
        self.text_left = self.text_left.checked_sub(name.len()).ok_or_else(texts_too_large)?;
        let value = text(part, self.text_left).await?;
        self.text_left -= value.len();
        self.pair(name, String::from_utf8(value).map_err(|_| no_text())?).await
    }

    async fn pair(&mut self, name: String, value: String) -> Result<()> {
        match name.as_str() {
            TOKEN => match csrf::check_token(self.req, &self.who.session, &self.who.app.settings, Some(&value)) {
                Ok(()) => self.proven = true,
                Err(forged) => {
                    self.late = Some(held::owner(&self.who.app, &value).await?.ok_or(forged)?);
                }
            },
            KEPT_FILE => {
                self.kept.push(value);
                return Ok(());
            }
            _ => {}
        }
        self.pairs.push((name, value));
        Ok(())
    }

    /// Goes on only when the form has carried its token.
    fn prove(&self) -> Result<()> {
        if self.proven || self.late.is_some() { Ok(()) } else { Err(Error::Forged) }
    }

    async fn file(&mut self, control: &str, given_name: &str, part: Field) -> Result<()> {
        self.prove()?;
        let named = |category: &&Category| control.strip_prefix("documents.") == Some(category.as_str());
        let category = *self.categories.iter().find(named).ok_or_else(|| not_ours("The form"))?;
        let mut part = part.fuse();
        let first = body::next(&mut part).await?;
        if given_name.is_empty() && first.is_none() {
            return Ok(());
        }
        self.find_place();
        if self.late.is_some() || self.refused.is_some() {
            while body::next(&mut part).await?.is_some() {}
            self.passed_over.push(file_name::cleaned(given_name));
            return Ok(());
        }
        let mut content = std::pin::pin!(content(first, part));
        let full = self.is_full(category);
        if full || self.failure.is_some() {
            while body::next(&mut content).await?.is_some() {}
            let file_name = file_name::cleaned(given_name);
            match full {
                true => self.files.push(ReceivedFile { category, file_name, outcome: Err(FileProblem::TooMany) }),
                false => self.lost.push(file_name),
            }
            return Ok(());
        }
        match receive(Storage::from(&**self.who.app), category, given_name, &mut content).await {
            Ok(file) => self.files.push(file),
            Err(error) => {
                self.failure = Some(ours(error)?);
                self.lost.push(file_name::cleaned(given_name));
                while body::next(&mut content).await?.is_some() {}
            }
        }
        Ok(())
    }

    /// Takes a place among the uploads, once; of a request that does not say how long it is, the longest is counted.
    fn find_place(&mut self) {
        if self.place.is_some() || self.late.is_some() || self.refused.is_some() {
            return;
        }
        let length = self.header(CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok());
        match self.who.app.limits.upload(self.who.person().id, length.unwrap_or(MAX_REQUEST_BYTES)) {
            Ok(place) => self.place = Some(place),
            Err(too_many) => self.refused = Some(too_many),
        }
    }

    /// Whether the request has brought as many contents as the list can hold: more are not stored at all.
    fn is_full(&self, category: Category) -> bool {
        let stored = self.files.iter().filter(|file| file.category == category);
        let contents: HashSet<_> =
            stored.filter_map(|file| file.outcome.as_ref().ok()).map(|blob| &blob.sha256).collect();
        contents.len() >= MAX_FILES_PER_LIST
    }
}

/// The content of a file whose first chunk was already read.
fn content(first: Option<Bytes>, part: Fuse<Field>) -> impl Stream<Item = Result<Bytes>> {
    stream::try_unfold((first, part), |(first, mut part)| async move {
        let next = match first {
            Some(first) => Some(first),
            None => body::next(&mut part).await?,
        };
        Ok(next.map(|chunk| (chunk, (None, part))))
    })
}

/// A text of at most `most` bytes.
async fn text<E>(mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin, most: usize) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    while let Some(chunk) = body::next(&mut chunks).await? {
        if text.len() + chunk.len() > most {
            return Err(texts_too_large());
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

/// The files that signed tokens name, if their contents are still there.
async fn kept_files(
    who: &SignedIn,
    categories: &[Category],
    proof: Uploader<'_>,
    tokens: &[String],
) -> Result<Vec<ReceivedFile>> {
    if tokens.is_empty() {
        return Ok(Vec::new());
    }
    let read = |token: &String| {
        KeptFile::read(token, &who.app.settings.secret, proof.person().id)
            .filter(|kept| categories.contains(&kept.category))
            .ok_or_else(|| not_ours("A file that the form carried on"))
    };
    let kept = tokens.iter().map(read).collect::<Result<Vec<_>>>()?;
    let keys: Vec<_> = kept.iter().map(|kept| kept.sha256.clone()).collect();
    let blobs = sqlx::query!("select sha256, size, media_type, scan from blob where sha256 = any($1)", &keys)
        .fetch_all(&who.app.db)
        .await?;
    let received = kept.into_iter().map(|kept| {
        let blob = blobs.iter().find(|blob| blob.sha256 == kept.sha256 && blob.size == kept.size);
        let blob = blob.ok_or_else(|| not_ours("A file that the form carried on"))?;
        let outcome = if blob.scan == ScanResult::Infected {
            Err(FileProblem::Infected { name: kept.file_name.clone() })
        } else {
            Ok(StoredBlob { sha256: kept.sha256, size: kept.size, media_type: blob.media_type.clone() })
        };
        Ok(ReceivedFile { category: kept.category, file_name: kept.file_name, outcome })
    });
    received.collect()
}

/// A failure of ours; what is wrong with the request is not.
fn ours(error: Error) -> Result<Error> {
    if matches!(error, Error::Unavailable(_) | Error::Internal(_)) { Ok(error) } else { Err(error) }
}

fn request_too_large() -> Error {
    Error::TooLarge("One request may have 500 MiB altogether. Send the files in several steps.".to_owned())
}

fn texts_too_large() -> Error {
    Error::TooLarge("The texts of a form may have 512 KiB altogether.".to_owned())
}

fn no_text() -> Error {
    Error::unprocessable("The form holds bytes that are no text.")
}

fn not_ours(what: &str) -> Error {
    Error::unprocessable(format!("{what} is not what our pages send."))
}
