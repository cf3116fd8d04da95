//! Putting files into the lists of an open draft, taking them out, and dating them when it is sent. Whoever calls has
//! locked the draft.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::document::{Document, Owner, of};
use super::intake::ReceivedFile;
use super::problem::FileProblem;
use crate::domain::clock::Clock;
use crate::domain::document::Category;
use crate::domain::id::{
    ContractReviewId, ContractSubmissionId, CorrectionId, DocumentId, RateReviewId, RateSubmissionId,
};
use crate::domain::permission::Person;
use crate::web::{Error, Result};

/// Puts a file at the end of its list. A file that was not taken stays refused; a content that the list has, and the
/// 51st file, are refused here.
///
/// # Errors
/// When the database fails.
pub async fn attach(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    owner: Owner,
    file: &ReceivedFile,
) -> Result<std::result::Result<DocumentId, FileProblem>> {
    let blob = match &file.outcome {
        Ok(blob) => blob,
        Err(problem) => return Ok(Err(problem.clone())),
    };
    if file.category.most() == 1 {
        // A new file takes the place of the one there.
        sqlx::query!(
            "delete from document where (contract_submission_id = $1 or rate_submission_id = $2) and category = $3 and sha256 <> $4",
            owner.contract() as _,
            owner.rate() as _,
            file.category as _,
            blob.sha256,
        )
        .execute(&mut *conn)
        .await?;
    }
    let list = sqlx::query!(
        r#"select count(*) as "files!", coalesce(max(position), 0) as "last!",
                  min(file_name) filter (where sha256 = $3) as same_content
             from document where (contract_submission_id = $1 or rate_submission_id = $4) and category = $2"#,
        owner.contract() as _,
        file.category as _,
        blob.sha256,
        owner.rate() as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    if let Some(other) = list.same_content {
        return Ok(Err(FileProblem::Duplicate { name: file.file_name.clone(), other }));
    }
    if list.files >= file.category.most() as i64 {
        return Ok(Err(FileProblem::TooMany));
    }
    let id: DocumentId = clock.new_id();
    sqlx::query!(
        "insert into document (id, contract_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by, rate_submission_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id as _,
        owner.contract() as _,
        file.category as _,
        blob.sha256,
        file.file_name,
        list.last + 1,
        clock.now(),
        person.id as _,
        owner.rate() as _,
    )
    .execute(conn)
    .await?;
    Ok(Ok(id))
}

/// Puts a file that was taken beside what was sent, by the correction that names it. Its date is now.
///
/// # Errors
/// When the database fails.
pub async fn add_beside(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    owner: Owner,
    file: &ReceivedFile,
    (id, correction): (DocumentId, CorrectionId),
) -> Result<()> {
    let blob = file.outcome.as_ref().map_err(|problem| Error::Internal(anyhow::anyhow!("{problem}")))?;
    sqlx::query!(
        "insert into document (id, contract_submission_id, rate_submission_id, category, sha256, file_name, position,
                               uploaded_at, uploaded_by, first_submitted_at, correction_id)
         select $1, $2, $3, $4, $5, $6, coalesce(max(position), 0) + 1, $7, $8, $7, $9 from document
          where (contract_submission_id = $2 or rate_submission_id = $3) and category = $4",
        id as _,
        owner.contract() as _,
        owner.rate() as _,
        file.category as _,
        blob.sha256,
        file.file_name,
        clock.now(),
        person.id as _,
        correction as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a document out of its list; `None` when the draft has none of this key. Its content stays in the store.
///
/// # Errors
/// When the database fails.
pub async fn remove(conn: &mut PgConnection, owner: Owner, document: DocumentId) -> Result<Option<Document>> {
    let found = of(conn, owner).await?.into_iter().find(|found| found.id == document);
    if found.is_some() {
        sqlx::query!("delete from document where id = $1", document as _).execute(conn).await?;
    }
    Ok(found)
}

/// Has the content of a document checked once more, if it could not be checked; gives its list, or `None` when the
/// draft has no document of this key.
///
/// # Errors
/// When the database fails.
pub async fn check_again(
    conn: &mut PgConnection,
    clock: &Clock,
    owner: Owner,
    document: DocumentId,
) -> Result<Option<Category>> {
    let found = of(conn, owner).await?.into_iter().find(|found| found.id == document);
    let Some(found) = found else { return Ok(None) };
    sqlx::query!(
        "update blob set scan = 'pending', scan_tries = 0, scan_due_at = $2 where sha256 = $1 and scan = 'failed'",
        found.sha256,
        clock.now(),
    )
    .execute(conn)
    .await?;
    Ok(Some(found.category))
}

/// Copies the lists of one owner to another, which has none: the next version begins with what was sent, as it was
/// corrected.
///
/// # Errors
/// When the database fails.
pub async fn copy(conn: &mut PgConnection, clock: &Clock, from: Owner, to: Owner) -> Result<()> {
    let mut documents = of(&mut *conn, from).await?;
    documents.retain(|document| document.withdrawn().is_none());
    let dates: Vec<Option<OffsetDateTime>> =
        documents.iter().map(|document| document.date_added().map(|added| added.0)).collect();
    let originals: Vec<Uuid> = documents.iter().map(|document| document.id.0).collect();
    let copies: Vec<Uuid> = documents.iter().map(|_| clock.new_id()).collect();
    sqlx::query!(
        "insert into document (id, contract_submission_id, rate_submission_id, category, sha256, file_name, position,
                               uploaded_at, uploaded_by, first_submitted_at)
         select copy.id, $3, $4, d.category, d.sha256, d.file_name, d.position, d.uploaded_at, d.uploaded_by, copy.added
           from unnest($1::uuid[], $2::uuid[], $5::timestamptz[]) as copy (original, id, added) join document d on d.id = copy.original",
        &originals,
        &copies,
        to.contract() as _,
        to.rate() as _,
        &dates as &[Option<OffsetDateTime>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Dates the documents of a draft that is being sent, before it is sealed: what came over from the version before keeps its date;
/// else it is the earliest time at which its content was sent on this contract in any list, or `now`.
///
/// # Errors
/// When the database fails.
pub async fn sealed_at_submit(
    conn: &mut PgConnection,
    contract_review: ContractReviewId,
    contract_submission: ContractSubmissionId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update document d
            set first_submitted_at = coalesce(d.first_submitted_at,
                  (select min(s.submitted_at) from document o join contract_submission s on s.id = o.contract_submission_id
                    where s.contract_review_id = $1 and o.sha256 = d.sha256), $3)
          where d.contract_submission_id = $2",
        contract_review as _,
        contract_submission as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Dates the documents of a rate's draft that is being sent, before it is sealed: what came over from the version before keeps
/// its date; else it is the earliest time at which its content was sent with this rate in any list, or `now`.
///
/// # Errors
/// When the database fails.
pub async fn sealed_with_rate(
    conn: &mut PgConnection,
    rate_review: RateReviewId,
    rate_submission: RateSubmissionId,
    now: OffsetDateTime,
) -> Result<()> {
    sqlx::query!(
        "update document d
            set first_submitted_at = coalesce(d.first_submitted_at,
                  (select min(s.submitted_at) from document o join rate_submission s on s.id = o.rate_submission_id
                    where s.rate_review_id = $1 and o.sha256 = d.sha256), $3)
          where d.rate_submission_id = $2",
        rate_review as _,
        rate_submission as _,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
