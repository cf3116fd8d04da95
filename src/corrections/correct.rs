//! Making a correction and taking one back: a row beside what was sent, and the entry that tells of it.

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::case::Case;
use crate::documents::{self, Document, ReceivedFile};
use crate::domain::clock::{Clock, Moment};
use crate::domain::correction::{Correction, What};
use crate::domain::event::{Kind, Subject};
use crate::domain::forms::ContractAction;
use crate::domain::id::{AccountId, CorrectionId, DocumentId};
use crate::domain::permission::Corrector;
use crate::history::{Actor, Happening, Row, record};
use crate::web::{Error, Result};

/// What is corrected, and how.
#[derive(Clone, Copy, Debug)]
pub enum Change<'a> {
    /// It was first sent then.
    FirstSent(OffsetDateTime),
    /// It is this contract action.
    Action(ContractAction),
    /// This file belongs to it.
    Add(&'a ReceivedFile),
    /// This document is shown no more: in the latest version, or in every version that holds its content.
    Withdraw {
        /// The document.
        document: &'a Document,
        /// Whether in every version.
        all_versions: bool,
    },
    /// This document was added then.
    Date(&'a Document, OffsetDateTime),
    /// A correction counts no more; of a document, where it is about one.
    Undo(&'a Correction, Option<&'a Document>),
}

impl Change<'_> {
    /// What it is about.
    pub(super) fn what(&self) -> What {
        match self {
            Self::FirstSent(_) => What::FirstSent,
            Self::Action(_) => What::ContractAction,
            Self::Add(_) => What::DocumentAdded,
            Self::Withdraw { .. } => What::DocumentWithdrawn,
            Self::Date(..) => What::DocumentDated,
            Self::Undo(correction, _) => correction.what,
        }
    }

    /// The document that it is about, where that was there before.
    pub(super) fn document(&self) -> Option<&Document> {
        match self {
            Self::Withdraw { document, .. } | Self::Date(document, _) => Some(document),
            Self::Undo(_, document) => *document,
            Self::FirstSent(_) | Self::Action(_) | Self::Add(_) => None,
        }
    }

    /// Whether it is about every version that holds the document.
    fn all_versions(&self) -> bool {
        match self {
            Self::Withdraw { all_versions, .. } => *all_versions,
            Self::Undo(correction, _) => correction.all_versions,
            Self::FirstSent(_) | Self::Action(_) | Self::Add(_) | Self::Date(..) => false,
        }
    }

    /// The value before and after in words, where it has one.
    pub(super) fn values(&self, case: &Case) -> Option<(String, String)> {
        let moment = |at: OffsetDateTime| Moment(at).to_string();
        let action = |action: Option<ContractAction>| action.map_or("", ContractAction::label).to_owned();
        let dated = |document: &Document| document.date_added().map_or_else(String::new, |at| at.to_string());
        match *self {
            Self::FirstSent(at) => Some((moment(case.first_sent), moment(at))),
            Self::Action(to) => Some((action(case.action), action(Some(to)))),
            Self::Date(document, at) => Some((dated(document), moment(at))),
            Self::Undo(correction, document) => match correction.what {
                What::FirstSent => Some((moment(case.first_sent), moment(first_sent_without(case, correction)))),
                What::ContractAction => {
                    let before = case.without(correction).and_then(|before| before.contract_action);
                    Some((action(case.action), action(before.or(case.action_then))))
                }
                What::DocumentDated => document.map(|document| {
                    let before = document.corrections.iter().rev();
                    let before = before.filter(|other| other.what == correction.what && other.id != correction.id);
                    let before = before.map(|other| other.moment).next().flatten().or(document.first_submitted_at);
                    (dated(document), before.map_or_else(String::new, moment))
                }),
                What::DocumentAdded | What::DocumentWithdrawn => None,
            },
            Self::Add(_) | Self::Withdraw { .. } => None,
        }
    }

    /// When the case was first sent, once this is done.
    fn first_sent(&self, case: &Case) -> OffsetDateTime {
        match *self {
            Self::FirstSent(at) => at,
            Self::Undo(correction, _) if correction.what == What::FirstSent => first_sent_without(case, correction),
            _ => case.first_sent,
        }
    }
}

fn first_sent_without(case: &Case, undone: &Correction) -> OffsetDateTime {
    case.without(undone).and_then(|before| before.moment).unwrap_or(case.first_sent_then)
}

/// Whose a correction of this key is and what it is about, if there is one.
///
/// # Errors
/// When the database fails.
pub(super) async fn made_by(conn: &mut PgConnection, id: CorrectionId) -> Result<Option<(AccountId, Uuid)>> {
    let row = sqlx::query!(
        r#"select made_by as "made_by: AccountId", coalesce(contract_review_id, rate_review_id) as "of!"
             from correction where id = $1"#,
        id as _,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.made_by, row.of)))
}

/// Makes a correction, or takes one back. The caller has locked the case, and commits.
///
/// # Errors
/// When the database fails.
pub async fn correct(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: Corrector<'_>,
    case: &Case,
    id: CorrectionId,
    change: Change<'_>,
    reason: &str,
) -> Result<()> {
    let added: DocumentId = clock.new_id();
    insert(conn, clock, proof, case, (id, added), change, reason).await?;
    if let Change::Add(file) = change {
        documents::add_beside(conn, clock, proof.0, case.owner, file, (added, id)).await?;
    }
    let version = follow(conn, case, change.first_sent(case)).await?;
    tell(conn, clock, proof, case, (id, version), change, reason).await
}

async fn insert(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: Corrector<'_>,
    case: &Case,
    (id, added): (CorrectionId, DocumentId),
    change: Change<'_>,
    reason: &str,
) -> Result<()> {
    let of = |subject| Some(case.id).filter(|_| case.subject == subject);
    let (moment, action, document, undoes) = match change {
        Change::FirstSent(at) => (Some(at), None, None, None),
        Change::Action(action) => (None, Some(action.value()), None, None),
        Change::Add(_) => (None, None, Some(added), None),
        Change::Withdraw { document, .. } => (None, None, Some(document.id), None),
        Change::Date(document, at) => (Some(at), None, Some(document.id), None),
        Change::Undo(correction, _) => (None, None, None, Some(correction.id)),
    };
    sqlx::query!(
        "insert into correction (id, contract_review_id, rate_review_id, revision, what, moment, contract_action, document_id,
                                 reason, made_at, made_by, undoes, all_versions)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id as _,
        of(Subject::ContractReview),
        of(Subject::RateReview),
        case.revision,
        change.what() as _,
        moment,
        action,
        document as _,
        reason,
        clock.now(),
        proof.0.id as _,
        undoes as _,
        matches!(change, Change::Withdraw { all_versions: true, .. }),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The case itself follows, also where none of its columns says another thing now: whoever decides on it is to have
/// seen the correction. Gives its version.
async fn follow(conn: &mut PgConnection, case: &Case, first_sent: OffsetDateTime) -> Result<i32> {
    let version =
        match case.subject {
            Subject::ContractReview => sqlx::query_scalar!(
                "update contract_review set first_submitted_at = $3 where id = $1 and version = $2 returning version",
                case.id,
                case.version,
                first_sent,
            )
            .fetch_one(conn)
            .await?,
            Subject::RateReview => {
                sqlx::query_scalar!(
                    "update rate_review set first_submitted_at = $3 where id = $1 and version = $2 returning version",
                    case.id,
                    case.version,
                    first_sent,
                )
                .fetch_one(conn)
                .await?
            }
            _ => return Err(Error::Internal(anyhow::anyhow!("only submissions and rates are corrected"))),
        };
    Ok(version)
}

async fn tell(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: Corrector<'_>,
    case: &Case,
    (id, version): (CorrectionId, i32),
    change: Change<'_>,
    reason: &str,
) -> Result<()> {
    let mut details = json!({ "correction": id, "corrected": change.what().label(), "revision": case.revision });
    let added = if let Change::Add(file) = change { Some(file.file_name.as_str()) } else { None };
    if let Some(name) = change.document().map(|document| document.file_name.as_str()).or(added) {
        details["document"] = name.into();
    }
    if let Some(document) = change.document() {
        details["document_id"] = document.id.to_string().into();
        if change.all_versions() {
            details["revisions"] = case.versions_with(document).into();
        }
    }
    if let Some((was, now)) = change.values(case) {
        details["was"] = was.into();
        details["now"] = now.into();
    }
    let table = if case.subject == Subject::ContractReview { "contract_review" } else { "rate_review" };
    let status = (Some(case.status), Some(case.status));
    let row = Row { table, id: case.id, status, version: (Some(case.version), version) };
    let kind = if matches!(change, Change::Undo(..)) { Kind::CorrectionUndone } else { Kind::Corrected };
    let subject_id: Uuid = case.id;
    let happening = Happening { kind, subject: case.subject, subject_id, row, reason: Some(reason), details };
    Ok(record(conn, clock, &Actor::from(proof.0), happening).await?)
}
