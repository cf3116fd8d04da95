//! Documents that go with a question or a response: put in with it, never changed after.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::document::Document;
use super::intake::ReceivedFile;
use crate::domain::clock::Clock;
use crate::domain::document::ScanResult;
use crate::domain::id::{DocumentId, QuestionId, ResponseId};
use crate::domain::permission::Person;
use crate::web::{Error, Result};

/// What documents go with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A question.
    Question(QuestionId),
    /// A response.
    Response(ResponseId),
}

impl Said {
    fn question(self) -> Option<Uuid> {
        if let Self::Question(id) = self { Some(id.0) } else { None }
    }

    fn response(self) -> Option<Uuid> {
        if let Self::Response(id) = self { Some(id.0) } else { None }
    }
}

/// Puts files that were taken with a question or response that is about to be written, in their order. They are dated
/// now.
///
/// # Errors
/// When the database fails.
pub async fn add_to_round(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    said: Said,
    files: &[ReceivedFile],
) -> Result<()> {
    for (position, file) in (1..).zip(files) {
        let blob = file.outcome.as_ref().map_err(|problem| Error::Internal(anyhow::anyhow!("{problem}")))?;
        sqlx::query!(
            "insert into document (id, question_id, response_id, category, sha256, file_name, position, uploaded_at, uploaded_by,
                                   first_submitted_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)",
            clock.new_id::<DocumentId>() as _,
            said.question(),
            said.response(),
            file.category as _,
            blob.sha256,
            file.file_name,
            position,
            clock.now(),
            person.id as _,
        )
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Those of these files that the virus check does not let through, or not yet, by their place, with what it said.
///
/// # Errors
/// When the database fails.
pub async fn not_clean(conn: &mut PgConnection, files: &[ReceivedFile]) -> Result<Vec<(usize, ScanResult)>> {
    let hashes: Vec<String> =
        files.iter().filter_map(|file| Some(file.outcome.as_ref().ok()?.sha256.clone())).collect();
    let rows = sqlx::query!("select sha256, scan from blob where sha256 = any($1) and scan <> 'clean'", &hashes)
        .fetch_all(conn)
        .await?;
    let scan = |file: &ReceivedFile| {
        let hash = &file.outcome.as_ref().ok()?.sha256;
        rows.iter().find(|row| row.sha256 == *hash).map(|row| row.scan)
    };
    Ok(files.iter().enumerate().filter_map(|(place, file)| Some((place, scan(file)?))).collect())
}

/// The documents of questions and of the responses to them, by the key of what they go with.
///
/// # Errors
/// When the database fails.
pub async fn of_rounds(conn: &mut PgConnection, questions: &[Uuid]) -> Result<HashMap<Uuid, Vec<Document>>> {
    let rows = sqlx::query!(
        r#"select coalesce(d.question_id, d.response_id) as "owner!", d.id as "id: DocumentId", d.category, d.file_name, b.size,
                  b.media_type, d.sha256, b.scan, d.uploaded_at, d.first_submitted_at
             from document d
             join blob b using (sha256)
            where d.question_id = any($1) or d.response_id = any (array(select id from response where question_id = any($1)))
            order by d.position"#,
        questions,
    )
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<Uuid, Vec<Document>> = HashMap::new();
    for row in rows {
        found.entry(row.owner).or_default().push(Document {
            id: row.id,
            category: row.category,
            file_name: row.file_name,
            size: row.size,
            media_type: row.media_type,
            sha256: row.sha256,
            scan: row.scan,
            uploaded_at: row.uploaded_at,
            first_submitted_at: row.first_submitted_at,
            is_new: false,
            corrections: Json(Vec::new()),
        });
    }
    Ok(found)
}
