//! The entries that the deeds write about contracts and rates.

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewStatus};
use crate::domain::permission::Person;
use crate::history::{Actor, Happening, Row, record};
use crate::rates::ChildRate;
use crate::submissions::Submission;
use crate::web::Result;

/// A change, with what is to be told of it.
pub struct Told<'a> {
    kind: Kind,
    subject: Subject,
    row: Row,
    reason: Option<&'a str>,
    details: Value,
}

/// A submission came to a status, at this version of its row.
pub fn changed<'a>(
    submission: &Submission,
    kind: Kind,
    (to, version): (ContractReviewStatus, i32),
    reason: &'a str,
) -> Told<'a> {
    let status = (Some(submission.status.as_str()), Some(to.as_str()));
    let row =
        Row { table: "contract_review", id: submission.id.0, status, version: (Some(submission.version), version) };
    Told { kind, subject: Subject::ContractReview, row, reason: Some(reason), details: json!({}) }
}

/// A rate came to a status, at this version of its row.
pub fn changed_rate<'a>(
    rate: &ChildRate,
    kind: Kind,
    (to, version): (RateReviewStatus, i32),
    reason: &'a str,
) -> Told<'a> {
    let status = (Some(rate.status.as_str()), Some(to.as_str()));
    let row = Row { table: "rate_review", id: rate.id.0, status, version: (Some(rate.version), version) };
    let details = json!({ "rate": rate.key.to_string() });
    Told { kind, subject: Subject::RateReview, row, reason: Some(reason), details }
}

impl Told<'_> {
    /// The same, with more details.
    pub fn with(mut self, details: Value) -> Self {
        if let (Value::Object(own), Value::Object(more)) = (&mut self.details, details) {
            own.extend(more);
        }
        self
    }

    /// The same, where nobody gave a reason.
    pub fn without_reason(self) -> Self {
        Self { reason: None, ..self }
    }

    /// Writes it.
    ///
    /// # Errors
    /// When the database refuses it.
    pub async fn record(self, conn: &mut PgConnection, clock: &Clock, person: &Person) -> Result<()> {
        let Self { kind, subject, row, reason, details } = self;
        let subject_id: Uuid = row.id;
        let happening = Happening { kind, subject, subject_id, row, reason, details };
        Ok(record(conn, clock, &Actor::from(person), happening).await?)
    }
}
