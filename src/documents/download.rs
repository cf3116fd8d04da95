//! `/documents/{id}`: hands a document out, always as an attachment under its own name.

use actix_web::body::SizedStream;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ContentEncoding};
use actix_web::{HttpResponse, web};
use object_store::ObjectStoreExt;

use super::file_name::attachment;
use super::file_type::FileType;
use super::intake::place_of;
use crate::domain::document::ScanResult;
use crate::domain::id::DocumentId;
use crate::domain::key::SubmissionKey;
use crate::domain::permission::Person;
use crate::web::places::holding;
use crate::web::security_log::SecurityEvent;
use crate::web::{App, Error, Result, SignedIn};

/// What is handed out.
struct Content {
    state_code: String,
    number: i32,
    file_name: String,
    sha256: String,
    size: i64,
    media_type: String,
    scan: ScanResult,
    withdrawn: bool,
}

/// `GET /documents/{id}`
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] while the virus check holds the file back, [`Error::TooMany`] for whoever
/// downloads too much already, or when database or file store are away.
pub async fn download(who: SignedIn, id: web::Path<String>) -> Result<HttpResponse> {
    let place = who.app.limits.downloads_at_once.take(who.person().id)?;
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let content = visible(&who.app, who.person(), id).await?;
    if content.withdrawn && who.person().corrector().is_none() {
        return Err(Error::Forbidden(
            "This file was withdrawn from view: the page that lists it, or the history, says why.",
        ));
    }
    if let Some(why) = held_back(content.scan) {
        return Err(Error::Forbidden(why));
    }
    let stored = match who.app.files.get(&place_of(&content.sha256)).await {
        Err(error @ object_store::Error::NotFound { .. }) => return Err(Error::Internal(error.into())),
        stored => stored?,
    };
    if i64::try_from(stored.meta.size) != Ok(content.size) {
        return Err(Error::Internal(anyhow::anyhow!("the stored content {} has another length", content.sha256)));
    }
    who.log_security(SecurityEvent::Download, who.here());
    let media_type =
        FileType::of_media_type(&content.media_type).map_or("application/octet-stream", FileType::media_type);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, attachment(&content.file_name)))
        // Not to be compressed on the way: then its length could not be told beforehand.
        .insert_header(ContentEncoding::Identity)
        .body(SizedStream::new(stored.meta.size, holding(place, stored.into_stream()))))
}

/// Why a content is not handed out.
fn held_back(scan: ScanResult) -> Option<&'static str> {
    match scan {
        ScanResult::Clean => None,
        ScanResult::Pending => Some("This file is still being checked for viruses. Try again in a moment."),
        ScanResult::Infected => Some("A virus was found in this file, so nobody can open it."),
        ScanResult::Failed => Some("This file could not be checked for viruses, so nobody can open it."),
    }
}

/// The submission that a document belongs to, for those who may know of it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn submission_of(app: &App, person: &Person, given: &str) -> Result<SubmissionKey> {
    let id = given.parse().map_err(|_| Error::NotFound)?;
    let Content { state_code, number, .. } = visible(app, person, id).await?;
    Ok(SubmissionKey { state_code, number })
}

/// The content of a document that the person may know of: one of a version that was sent, of a question or of a response, for
/// all who may see the submission; one of an open draft, for its state alone. The connection goes back before the content is read.
async fn visible(app: &App, person: &Person, id: DocumentId) -> Result<Content> {
    sqlx::query_as!(
        Content,
        r#"select r.state_code, r.number, d.file_name, b.sha256, b.size, b.media_type, b.scan,
                coalesce(q.removed_at, x.removed_at) is not null
                  or exists (select from correction_in_force where document_id = d.id and what = 'document_withdrawn') as "withdrawn!"
           from document d
           join blob b using (sha256)
           left join rate_submission a on a.id = d.rate_submission_id
           left join contract_submission s on s.id = coalesce(d.contract_submission_id, a.contract_submission_id)
           left join response x on x.id = d.response_id
           left join question q on q.id = coalesce(d.question_id, x.question_id)
           left join rate_review asked_of on asked_of.id = q.rate_review_id
           join contract_review r on r.id = coalesce(s.contract_review_id, q.contract_review_id, asked_of.parent_id)
          where d.id = $1 and r.deleted_at is null and s.discarded_at is null
            and (d.correction_id is null or exists (select from correction_in_force where id = d.correction_id))
            and case when $2::text is null then q.id is not null or s.submitted_at is not null else r.state_code = $2 end"#,
        id as _,
        person.state_code,
    )
    .fetch_optional(&app.db)
    .await?
    .ok_or(Error::NotFound)
}
