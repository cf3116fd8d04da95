//! How the check of a file in a draft stands: the part of its row that asks again while the check goes on.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;
use serde::Deserialize;

use super::document::{Document, Owner, of};
use crate::domain::document::{MAX_FILES_PER_LIST, ScanResult};
use crate::domain::id::{ContractSubmissionId, DocumentId, RateSubmissionId};
use crate::web::{Error, Result, SignedIn, html};

/// After how many seconds the row asks again, the first times; then each minute for ten minutes.
const FIRST_PAUSES: [u32; 5] = [2, 4, 8, 16, 30];
const MINUTE: u32 = 60;
const MINUTES: usize = 10;

/// A file of a list in a form: its name, and how its check stands. A page's template writes it as `{{ state }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/file_state.html")]
pub struct FileState {
    document: Document,
    /// How often the row has asked.
    asked: usize,
    /// In an answer to such a question: the line of the list anew.
    line: Option<String>,
}

impl HtmlSafe for FileState {}

impl From<Document> for FileState {
    fn from(document: Document) -> Self {
        Self { document, asked: 0, line: None }
    }
}

impl FileState {
    /// Type, size and time of upload.
    fn detail(&self) -> String {
        let document = &self.document;
        format!("{}, {}, uploaded {}", document.type_label(), document.size_in_words(), document.uploaded())
    }

    /// After how many seconds it asks again; none once the check has ended, or has taken too long to wait for.
    fn pause(&self) -> Option<u32> {
        if self.document.scan != ScanResult::Pending {
            return None;
        }
        let later = (self.asked < FIRST_PAUSES.len() + MINUTES).then_some(MINUTE);
        FIRST_PAUSES.get(self.asked).copied().or(later)
    }

    /// What is said when the check has ended since the page was drawn.
    fn news(&self) -> Option<String> {
        let name = &self.document.file_name;
        self.line.as_ref()?;
        match self.document.scan {
            ScanResult::Pending => None,
            ScanResult::Clean => Some(format!("{name} is ready.")),
            ScanResult::Infected => Some(format!("A virus was found in {name}. Remove it.")),
            ScanResult::Failed => Some(format!("{name} could not be checked. Try again or remove it.")),
        }
    }
}

/// How many files a list has and how they stand: "3 files: 2 ready, 1 being checked".
pub fn list_line(scans: &[ScanResult]) -> String {
    if scans.is_empty() {
        return format!("No files yet. This list takes up to {MAX_FILES_PER_LIST}.");
    }
    let states = [
        (ScanResult::Clean, "ready"),
        (ScanResult::Pending, "being checked"),
        (ScanResult::Infected, "with a virus"),
        (ScanResult::Failed, "not checked"),
    ];
    let count = |state: ScanResult| scans.iter().filter(|scan| **scan == state).count();
    let parts = states.map(|(state, words)| (count(state), words)).into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, words)| format!("{number} {words}")).collect();
    let noun = if scans.len() == 1 { "file" } else { "files" };
    format!("{} {noun}: {}", scans.len(), parts.join(", "))
}

/// What a row asks with.
#[derive(Debug, Deserialize)]
pub struct Question {
    #[serde(default)]
    asked: usize,
}

/// `GET /documents/{id}/check`: the part of a row, and the line of its list. Asked by the page, it is no activity.
///
/// # Errors
/// [`Error::NotFound`] unless it stands in an open draft of one's own state.
pub async fn check(who: SignedIn, id: web::Path<String>, question: web::Query<Question>) -> Result<HttpResponse> {
    let id: DocumentId = id.parse().map_err(|_| Error::NotFound)?;
    let proof = who.person().state_user().ok_or(Error::NotFound)?;
    let mut conn = who.app.db.acquire().await?;
    let owner = sqlx::query!(
        r#"select d.contract_submission_id as "contract: ContractSubmissionId", d.rate_submission_id as "rate: RateSubmissionId"
             from document d
             left join rate_submission a on a.id = d.rate_submission_id
             join contract_submission s on s.id = coalesce(d.contract_submission_id, a.contract_submission_id)
             join contract_review r on r.id = s.contract_review_id
            where d.id = $1 and r.state_code = $2 and r.deleted_at is null
              and s.submitted_at is null and s.discarded_at is null"#,
        id as _,
        proof.state_code,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Error::NotFound)?;
    let rate = owner.rate.map(Owner::Rate);
    let owner = rate.or(owner.contract.map(Owner::Contract)).expect("a document has one owner, by a constraint");
    let documents = of(&mut conn, owner).await?;
    drop(conn);
    let document = documents.iter().find(|document| document.id == id).ok_or(Error::NotFound)?.clone();
    let list = documents.iter().filter(|other| other.category == document.category);
    let line = Some(list_line(&list.map(|other| other.scan).collect::<Vec<_>>()));
    html(StatusCode::OK, &FileState { document, asked: question.asked, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_counts_files_by_how_their_check_stands() {
        assert_eq!(
            list_line(&[ScanResult::Clean, ScanResult::Pending, ScanResult::Clean]),
            "3 files: 2 ready, 1 being checked"
        );
        assert_eq!(list_line(&[ScanResult::Clean]), "1 file: 1 ready");
    }
}
