//! A document: a named use of a stored content, in a list of one version of a contract or of a rate.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;

use super::file_type::FileType;
use crate::domain::clock::Moment;
use crate::domain::correction::{Correction, What, newest};
use crate::domain::document::{Category, ScanResult};
use crate::domain::forms::DocumentFacts;
use crate::domain::forms::compare::File;
use crate::domain::id::{ContractSubmissionId, DocumentId, RateSubmissionId};
use crate::domain::lifecycle::Tag;
use crate::web::Result;

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its key.
    pub id: DocumentId,
    /// The list it stands in.
    pub category: Category,
    /// The name it was uploaded under.
    pub file_name: String,
    /// Its length in bytes.
    pub size: i64,
    /// What its content is.
    pub media_type: String,
    /// The hash of its content, in hexadecimal.
    pub sha256: String,
    /// What the virus check said of its content.
    pub scan: ScanResult,
    /// When it was uploaded.
    pub uploaded_at: OffsetDateTime,
    /// When its content was first sent on this contract, or with this rate; none until it is.
    pub first_submitted_at: Option<OffsetDateTime>,
    /// Whether the version sent before lacked its content; nothing is new in a first version.
    pub is_new: bool,
    /// What an administrator corrected about it, in their order.
    pub corrections: Json<Vec<Correction>>,
}

impl Document {
    /// Its address.
    pub fn href(&self) -> String {
        format!("/documents/{}", self.id)
    }

    /// Whether it can be downloaded, as far as its content goes.
    pub fn is_clean(&self) -> bool {
        self.scan == ScanResult::Clean
    }

    /// Whether it is there for those who may know of it: nothing holds it back.
    pub fn can_be_had(&self) -> bool {
        self.is_clean() && self.withdrawn().is_none()
    }

    /// That an administrator added it to what was sent.
    pub fn added(&self) -> Option<&Correction> {
        newest(&self.corrections, What::DocumentAdded)
    }

    /// That an administrator withdrew it from view.
    pub fn withdrawn(&self) -> Option<&Correction> {
        newest(&self.corrections, What::DocumentWithdrawn)
    }

    /// That an administrator gave it another date.
    pub fn dated(&self) -> Option<&Correction> {
        newest(&self.corrections, What::DocumentDated)
    }

    /// Its type, as people write it.
    pub fn type_label(&self) -> &'static str {
        FileType::of_media_type(&self.media_type).map_or("File", FileType::label)
    }

    /// Its length in words: `1.4 MB`.
    pub fn size_in_words(&self) -> String {
        size_in_words(self.size)
    }

    /// The first eight digits of its hash.
    pub fn short_fingerprint(&self) -> &str {
        self.sha256.get(..8).unwrap_or(&self.sha256)
    }

    /// When it was uploaded.
    pub fn uploaded(&self) -> Moment {
        Moment(self.uploaded_at)
    }

    /// When its content was first sent on this contract, or with this rate; as corrected, where it was.
    pub fn date_added(&self) -> Option<Moment> {
        self.dated().and_then(|correction| correction.moment).or(self.first_submitted_at).map(Moment)
    }

    /// What the virus check said, unless it found nothing.
    pub fn scan_tag(&self) -> Option<Tag> {
        let (label, colour, bold) = match self.scan {
            ScanResult::Clean => return None,
            ScanResult::Pending => ("Being checked for viruses", "gray-cool-10", false),
            ScanResult::Infected => ("Virus found", "red-warm-50v", true),
            ScanResult::Failed => ("Not checked", "gold-20v", false),
        };
        Some(Tag { label: label.into(), colour, bold })
    }

    /// The same, as comparing sees it.
    pub fn compared(&self) -> File {
        File {
            category: self.category,
            file_name: self.file_name.clone(),
            sha256: self.sha256.clone(),
            href: self.is_clean().then(|| self.href()),
            first_sent: self.first_submitted_at,
            corrections: self.corrections.0.clone(),
        }
    }

    /// What the rules of the form need to know of it.
    pub fn facts(&self) -> DocumentFacts {
        DocumentFacts { id: self.id, category: self.category, file_name: self.file_name.clone(), scan: self.scan }
    }
}

/// What has lists of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A version of a contract.
    Contract(ContractSubmissionId),
    /// A version of a rate.
    Rate(RateSubmissionId),
}

impl Owner {
    /// The contract's version, where it is one.
    pub(super) fn contract(self) -> Option<ContractSubmissionId> {
        if let Self::Contract(id) = self { Some(id) } else { None }
    }

    /// The rate's version, where it is one.
    pub(super) fn rate(self) -> Option<RateSubmissionId> {
        if let Self::Rate(id) = self { Some(id) } else { None }
    }
}

/// A number of bytes in words, in the units of the limits that people are told (1 MB is 1,048,576 bytes).
pub fn size_in_words(bytes: i64) -> String {
    const KB: i64 = 1024;
    const MB: i64 = 1024 * KB;
    if bytes == 1 {
        "1 byte".to_owned()
    } else if bytes < KB {
        format!("{bytes} bytes")
    } else if bytes < MB {
        format!("{} KB", (bytes + KB / 2) / KB)
    } else {
        format!("{:.1} MB", bytes as f64 / MB as f64)
    }
}

/// The documents of a version of a contract, by list and in their order. A connection or a transaction will do.
///
/// # Errors
/// When the database fails.
pub async fn of_submission(
    conn: &mut PgConnection,
    contract_submission: ContractSubmissionId,
) -> Result<Vec<Document>> {
    let documents = sqlx::query_as!(
        Document,
        r#"with before as (
             select s.id from contract_submission s join contract_submission this on this.id = $1
              where s.contract_review_id = this.contract_review_id and s.revision < this.revision
                and s.submitted_at is not null
              order by s.revision desc limit 1)
           select d.id as "id: DocumentId", d.category, d.file_name, b.size, b.media_type, d.sha256, b.scan, d.uploaded_at,
                  d.first_submitted_at,
                  exists (select from before)
                    and not exists (select from document o join before on o.contract_submission_id = before.id
                                     where o.sha256 = d.sha256) as "is_new!",
                  coalesce((select jsonb_agg(told order by seq) from correction_in_force where document_id = d.id), '[]')
                    as "corrections!: Json<Vec<Correction>>"
             from document d join blob b using (sha256)
            where d.contract_submission_id = $1
              and (d.correction_id is null or exists (select from correction_in_force where id = d.correction_id))
            order by d.category, d.position"#,
        contract_submission as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(documents)
}

/// The documents of versions of rates, each version's by list and in their order.
///
/// # Errors
/// When the database fails.
pub async fn of_rates(
    conn: &mut PgConnection,
    rate_submissions: &[RateSubmissionId],
) -> Result<HashMap<RateSubmissionId, Vec<Document>>> {
    let mut found: HashMap<RateSubmissionId, Vec<Document>> = HashMap::new();
    if rate_submissions.is_empty() {
        return Ok(found);
    }
    let ids: Vec<uuid::Uuid> = rate_submissions.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select d.rate_submission_id as "owner!: RateSubmissionId", d.id as "id: DocumentId", d.category, d.file_name, b.size,
                  b.media_type, d.sha256, b.scan, d.uploaded_at, d.first_submitted_at,
                  before.id is not null
                    and not exists (select from document o where o.rate_submission_id = before.id and o.sha256 = d.sha256) as "is_new!",
                  coalesce((select jsonb_agg(told order by seq) from correction_in_force where document_id = d.id), '[]')
                    as "corrections!: Json<Vec<Correction>>"
             from document d
             join blob b using (sha256)
             join rate_submission this on this.id = d.rate_submission_id
             left join lateral (
               select s.id from rate_submission s
                where s.rate_review_id = this.rate_review_id and s.revision < this.revision and s.submitted_at is not null
                order by s.revision desc limit 1) before on true
            where d.rate_submission_id = any($1)
              and (d.correction_id is null or exists (select from correction_in_force where id = d.correction_id))
            order by d.category, d.position"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
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
            is_new: row.is_new,
            corrections: row.corrections,
        });
    }
    Ok(found)
}

/// The documents of a version, by list and in their order.
///
/// # Errors
/// When the database fails.
pub async fn of(conn: &mut PgConnection, owner: Owner) -> Result<Vec<Document>> {
    match owner {
        Owner::Contract(id) => of_submission(conn, id).await,
        Owner::Rate(id) => Ok(of_rates(conn, &[id]).await?.remove(&id).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_in_words() {
        let told = [
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1 KB"),
            (1_500, "1 KB"),
            (1_600, "2 KB"),
            (1_048_576, "1.0 MB"),
            (104_857_600, "100.0 MB"),
        ];
        for (bytes, words) in told {
            assert_eq!(size_in_words(bytes), words);
        }
    }
}
