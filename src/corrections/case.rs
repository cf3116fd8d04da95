//! What is corrected: a submission or a rate as it was sent last, with everything that counts about it.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::mark::Mark;
use crate::documents::{self, Document, Owner};
use crate::domain::clock::Moment;
use crate::domain::correction::{Correction, Was, What, newest};
use crate::domain::event::Subject;
use crate::domain::forms::ContractAction;
use crate::domain::id::{CorrectionId, DocumentId, RateReviewId, RateSubmissionId};
use crate::domain::lifecycle::{ContractReviewAction, RateReviewAction, Tag};
use crate::domain::permission::Person;
use crate::domain::role::Side;
use crate::rates::{self, Rate};
use crate::submissions::{self, Submission};
use crate::web::{Error, Result, SignedIn};

/// A submission or a rate, as far as it is corrected.
#[derive(Debug)]
pub struct Case {
    pub(super) subject: Subject,
    pub(super) id: Uuid,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) state_name: String,
    /// Its address.
    pub(super) href: String,
    /// The list it stands in: address and words.
    pub(super) list: (&'static str, &'static str),
    pub(super) status: &'static str,
    pub(super) tag: Tag,
    /// The version of its row.
    pub(super) version: i32,
    /// The latest version of its form that was sent, and when.
    pub(super) revision: i32,
    pub(super) sent: OffsetDateTime,
    /// When it was first sent, as it counts.
    pub first_sent: OffsetDateTime,
    /// And as it was.
    pub(super) first_sent_then: OffsetDateTime,
    /// The contract action, as it counts. A rate has none.
    pub action: Option<ContractAction>,
    /// And as it was sent.
    pub(super) action_then: Option<ContractAction>,
    /// Its documents, those withdrawn from view too.
    pub documents: Vec<Document>,
    pub(super) owner: Owner,
    /// The versions that were sent with the content of each document, this one among them.
    versions_with: HashMap<DocumentId, Vec<i32>>,
    /// What counts of it, those of its documents aside.
    corrections: Vec<Correction>,
    /// Why it is not corrected now, if so.
    pub(super) barred: Option<String>,
}

impl Case {
    /// The submission of this address, for drawing a page.
    pub(super) async fn of_submission(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Self> {
        let submission = submissions::open(conn, who, key).await?;
        Self::submission(conn, submission).await
    }

    /// The same, locked until the transaction ends.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whom it may not exist; when the database fails.
    pub async fn lock_submission(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Self> {
        let submission = submissions::lock(conn, person, key).await?;
        Self::submission(conn, submission).await
    }

    /// The rate of this address, for drawing a page.
    pub(super) async fn of_rate(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Self> {
        let rate = rates::open(conn, who, key).await?;
        Self::rate(conn, rate).await
    }

    /// The same, locked until the transaction ends: its submission before it.
    pub(super) async fn lock_rate(conn: &mut PgConnection, person: &Person, key: &str) -> Result<Self> {
        let rate = rates::lock_one(conn, person, key).await?;
        Self::rate(conn, rate).await
    }

    async fn submission(conn: &mut PgConnection, submission: Submission) -> Result<Self> {
        let version = submissions::latest_version(conn, &submission).await?;
        let documents = documents::of_submission(conn, version.id).await?;
        let key = submission.key.to_string();
        let tag = submission.status.tag(Side::Cms);
        let possible = ContractReviewAction::Correct.possible_from(submission.status);
        Ok(Self {
            subject: Subject::ContractReview,
            id: submission.id.0,
            href: format!("/submissions/{key}"),
            list: ("/submissions", "Submissions"),
            status: submission.status.as_str(),
            barred: (!possible).then(|| barred(&key, &tag)),
            tag,
            version: submission.version,
            revision: version.revision,
            sent: version.at,
            first_sent: submission.first_submitted_at.unwrap_or(version.first_sent),
            first_sent_then: version.first_sent,
            action: version.data.contract_type(),
            action_then: version.as_sent().contract_type(),
            documents,
            owner: Owner::Contract(version.id),
            versions_with: versions_with(conn, Owner::Contract(version.id)).await?,
            corrections: version.corrections,
            key,
            name: submission.name,
            state_name: submission.state_name,
        })
    }

    async fn rate(conn: &mut PgConnection, rate: Rate) -> Result<Self> {
        let sent = sqlx::query!(
            r#"select id as "id: RateSubmissionId", submitted_at as "at!" from rate_submission
                where rate_review_id = $1 and revision = $2 and submitted_at is not null"#,
            rate.id as _,
            rate.sent_revision,
        )
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(Error::NotFound)?;
        let first = first_sent(conn, rate.id).await?;
        let documents = documents::of_rates(conn, &[sent.id]).await?.remove(&sent.id).unwrap_or_default();
        let key = rate.key.to_string();
        let tag = rate.status.tag(Side::Cms);
        let parent = &rate.parent;
        let barred = if !RateReviewAction::Correct.possible_from(rate.status) {
            Some(barred(&key, &tag))
        } else if !ContractReviewAction::Correct.possible_from(parent.status) {
            Some(barred(&parent.key.to_string(), &parent.status.tag(Side::Cms)))
        } else {
            None
        };
        Ok(Self {
            subject: Subject::RateReview,
            id: rate.id.0,
            href: format!("/rates/{key}"),
            list: ("/rates", "Rates"),
            status: rate.status.as_str(),
            barred,
            tag,
            version: rate.version,
            revision: rate.sent_revision.unwrap_or_default(),
            sent: sent.at,
            first_sent: first.now,
            first_sent_then: first.then,
            action: None,
            action_then: None,
            documents,
            owner: Owner::Rate(sent.id),
            versions_with: versions_with(conn, Owner::Rate(sent.id)).await?,
            corrections: first.corrections,
            key,
            name: rate.name,
            state_name: rate.state_name,
        })
    }

    /// Where its corrections are made.
    pub(super) fn address(&self) -> String {
        format!("{}/correct", self.href)
    }

    /// What can be corrected of it.
    pub(super) fn kinds(&self) -> impl Iterator<Item = What> {
        let contract = self.subject == Subject::ContractReview;
        let in_view = self.in_view().next().is_some();
        What::ALL.into_iter().filter(move |what| match what {
            What::FirstSent | What::DocumentAdded => true,
            What::ContractAction => contract,
            What::DocumentWithdrawn | What::DocumentDated => in_view,
        })
    }

    /// The versions that were sent with the content of a document.
    pub fn versions_with(&self, document: &Document) -> &[i32] {
        self.versions_with.get(&document.id).map_or(&[], Vec::as_slice)
    }

    /// The documents that are not withdrawn.
    pub fn in_view(&self) -> impl Iterator<Item = &Document> {
        self.documents.iter().filter(|document| document.withdrawn().is_none())
    }

    /// Everything that counts, in the order in which it is offered, with the document that it is about.
    pub(super) fn standing(&self) -> Vec<(&Correction, Option<&Document>)> {
        let mut standing: Vec<_> = self.corrections.iter().map(|correction| (correction, None)).collect();
        standing.extend(self.documents.iter().flat_map(|document| {
            let of_it = document.corrections.iter();
            of_it.map(move |correction| (correction, Some(document)))
        }));
        standing
    }

    /// A correction that counts.
    pub fn correction(&self, id: CorrectionId) -> Option<(&Correction, Option<&Document>)> {
        self.standing().into_iter().find(|(correction, _)| correction.id == id)
    }

    /// What would count of this kind without a correction: the one before it, none for what was sent.
    pub(super) fn without(&self, undone: &Correction) -> Option<&Correction> {
        self.corrections.iter().rev().find(|other| other.what == undone.what && other.id != undone.id)
    }

    /// The mark of a correction as the page of corrections shows it.
    pub(super) fn mark(&self, correction: &Correction, document: Option<&Document>) -> Mark {
        let was = match correction.what {
            What::FirstSent => Some(Was::Moment(Moment(self.first_sent_then))),
            What::ContractAction => self.action_then.map(|action| Was::Words(action.label().to_owned())),
            What::DocumentDated => {
                document.and_then(|document| document.first_submitted_at).map(|at| Was::Moment(Moment(at)))
            }
            What::DocumentAdded | What::DocumentWithdrawn => None,
        };
        Mark::of(Side::Cms, correction, was)
    }
}

async fn versions_with(conn: &mut PgConnection, latest: Owner) -> Result<HashMap<DocumentId, Vec<i32>>> {
    let (contract, rate) = match latest {
        Owner::Contract(id) => (Some(id.0), None),
        Owner::Rate(id) => (None, Some(id.0)),
    };
    let rows = sqlx::query!(
        r#"with version as (
             select v.id, v.revision from contract_submission latest
               join contract_submission v on v.contract_review_id = latest.contract_review_id
              where latest.id = $1 and v.submitted_at is not null
             union all
             select v.id, v.revision from rate_submission latest
               join rate_submission v on v.rate_review_id = latest.rate_review_id
              where latest.id = $2 and v.submitted_at is not null)
           select own.id as "id: DocumentId", array_agg(distinct version.revision order by version.revision) as "revisions!"
             from document own
             join document other on other.sha256 = own.sha256
              and (other.correction_id is null or exists (select from correction_in_force where id = other.correction_id))
             join version on version.id in (other.contract_submission_id, other.rate_submission_id)
            where own.contract_submission_id = $1 or own.rate_submission_id = $2
            group by own.id"#,
        contract,
        rate,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.revisions)).collect())
}

fn barred(key: &str, tag: &Tag) -> String {
    let possible: Vec<_> = ContractReviewAction::Correct.rule().from.iter().map(|status| status.label()).collect();
    let possible = possible.join(", ").to_lowercase();
    format!("{key} is {}. Only what is {possible} is corrected.", tag.label.to_lowercase())
}

/// When a rate was first sent.
struct First {
    now: OffsetDateTime,
    then: OffsetDateTime,
    corrections: Vec<Correction>,
}

async fn first_sent(conn: &mut PgConnection, rate: RateReviewId) -> Result<First> {
    let row = sqlx::query!(
        r#"select first_submitted_at as "now!",
                  (select min(submitted_at) from rate_submission where rate_review_id = $1) as "then!",
                  coalesce((select jsonb_agg(told order by seq) from correction_in_force
                             where rate_review_id = $1 and what = 'first_sent'), '[]') as "corrections!: Json<Vec<Correction>>"
             from rate_review where id = $1"#,
        rate as _,
    )
    .fetch_one(conn)
    .await?;
    Ok(First { now: row.now, then: row.then, corrections: row.corrections.0 })
}

/// When a rate was first sent, as its page says it.
#[derive(Debug)]
pub struct FirstSent {
    /// When.
    pub at: Moment,
    /// That it was corrected.
    pub mark: Option<Mark>,
}

/// When a rate that was sent was first sent, for a reader of this side.
///
/// # Errors
/// When the database fails.
pub async fn first_sent_of_rate(conn: &mut PgConnection, rate: RateReviewId, side: Side) -> Result<FirstSent> {
    let first = first_sent(conn, rate).await?;
    let was = Was::Moment(Moment(first.then));
    let mark = newest(&first.corrections, What::FirstSent);
    Ok(FirstSent { at: Moment(first.now), mark: mark.map(|correction| Mark::of(side, correction, Some(was))) })
}
