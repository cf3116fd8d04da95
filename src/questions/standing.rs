//! A round as deeds find it, and what they tell of it.

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::About;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::id::QuestionId;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::RoundStatus;
use crate::domain::permission::Person;
use crate::domain::role::Department;
use crate::history::{Actor, Happening, Row, record};
use crate::reviews::{self, Cause, Unwritten};

/// A round, as far as deeds go by it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The question that it begins with.
    pub id: QuestionId,
    /// What it is about.
    pub about: About,
    /// The address of the rate that it is about.
    pub rate: Option<RateKey>,
    /// Whose it is.
    pub department: Department,
    /// Which of the department's rounds on this subject it is.
    pub number: i32,
    /// Where it stands.
    pub status: RoundStatus,
    /// The version of its row.
    pub version: i32,
}

/// The rounds on a contract or a rate that go on.
///
/// # Errors
/// When the database fails.
pub async fn standing_on(conn: &mut PgConnection, about: About) -> sqlx::Result<Vec<Standing>> {
    standing(conn, about.id(), None).await
}

/// The rounds on a contract or a rate that go on, or the one of this department and number, whether it goes on or not.
pub(super) async fn standing(
    conn: &mut PgConnection,
    subject: Uuid,
    one: Option<(Department, i32)>,
) -> sqlx::Result<Vec<Standing>> {
    let rows = sqlx::query!(
        r#"select q.id as "id: QuestionId", q.contract_review_id, q.rate_review_id, q.department, q.round, q.status, q.version,
                  r.state_code as "rate_state?", r.number as "rate_number?"
             from question q left join rate_review r on r.id = q.rate_review_id
            where coalesce(q.contract_review_id, q.rate_review_id) = $1 and q.removed_at is null
              and case when $3::integer is null then q.status <> 'closed' else (q.department, q.round) = ($2, $3) end
            order by q.id"#,
        subject,
        one.map(|(department, _)| department) as _,
        one.map(|(_, round)| round),
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Standing {
            id: row.id,
            about: About::of(row.contract_review_id, row.rate_review_id),
            rate: row.rate_state.zip(row.rate_number).map(|(state_code, number)| RateKey { state_code, number }),
            department: row.department,
            number: row.round,
            status: row.status,
            version: row.version,
        })
        .collect())
}

/// What happened to a round, for its entry.
pub(super) struct Change<'a> {
    pub(super) kind: Kind,
    pub(super) to: RoundStatus,
    pub(super) version: i32,
    pub(super) reason: Option<&'a str>,
    pub(super) details: Value,
}

/// Writes the entry of a change.
pub(super) async fn tell(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    round: &Standing,
    before: Option<(RoundStatus, i32)>,
    change: Change<'_>,
) -> sqlx::Result<()> {
    let mut details = change.details;
    details["department"] = json!(round.department);
    details["round"] = json!(round.number);
    if let Some(rate) = &round.rate {
        details["rate"] = json!(rate.to_string());
    }
    let (subject, subject_id) = round.about.history();
    let row = Row {
        table: "question",
        id: round.id.0,
        status: (before.map(|(status, _)| status.as_str()), Some(change.to.as_str())),
        version: (before.map(|(_, version)| version), change.version),
    };
    let happening = Happening { kind: change.kind, subject, subject_id, row, reason: change.reason, details };
    record(conn, clock, &Actor::from(person), happening).await
}

/// Has the department go on that waited for this round, unless it waits for something else.
pub(super) async fn go_on(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    round: &Standing,
) -> Result<(), Unwritten> {
    if round.status != RoundStatus::Open {
        return Ok(());
    }
    if let Some(review) = reviews::of_subject(conn, round.about.id(), round.department).await? {
        reviews::resume(conn, clock, person, &review, Cause::Answer).await?;
    }
    Ok(())
}
