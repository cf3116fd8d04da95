//! What is done with rounds, each with its entry in the history and what follows from it for the department's review.
//! The caller has locked the submission, the rate, and their department reviews, and commits.

use serde_json::{Value, json};
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::About;
use crate::documents::{self, ReceivedFile, Said};
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::id::{AccountId, ContractReviewId, QuestionId, RateReviewId, ResponseId};
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{Closing, RoundStatus};
use crate::domain::permission::{Asker, Person, Remover, Responder};
use crate::domain::role::Department;
use crate::history::{Actor, Happening, Row, record};
use crate::reviews::{self, Cause, Unwritten};
use crate::web::Result;

/// What an administrator records for somebody else.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// Who did it.
    pub who: (AccountId, &'a str),
    /// On which day, in US Eastern.
    pub day: Date,
    /// Why it stands here so late.
    pub reason: &'a str,
}

/// What is said: a text, documents, or both.
#[derive(Clone, Copy, Debug)]
pub struct Unsaid<'a> {
    /// The words.
    pub text: Option<&'a str>,
    /// The files, all of them taken and clean.
    pub files: &'a [ReceivedFile],
    /// Given when it is recorded for somebody else.
    pub recorded: Option<Recorded<'a>>,
}

/// A question to be asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Its key, which its form carried.
    pub id: QuestionId,
    /// What it is about.
    pub about: About,
    /// The address of the rate that it is about.
    pub rate: Option<&'a RateKey>,
    /// The version that was on the screen.
    pub revision: i32,
    /// What it says.
    pub says: Unsaid<'a>,
}

/// A response to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Its key, which its form carried.
    pub id: ResponseId,
    /// What it says.
    pub says: Unsaid<'a>,
}

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

/// What is removed from view.
#[derive(Clone, Copy, Debug)]
pub enum Removed {
    /// The whole round.
    Round,
    /// One response.
    Response(ResponseId),
}

/// What happened to a round, for its entry.
struct Change<'a> {
    kind: Kind,
    to: RoundStatus,
    version: i32,
    reason: Option<&'a str>,
    details: Value,
}

async fn tell(
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

fn said(recorded: Option<Recorded<'_>>) -> (Value, Option<&str>) {
    match recorded {
        Some(Recorded { who: (_, name), day, reason }) => {
            (json!({ "recorded_for": name, "recorded_day": day.to_string() }), Some(reason))
        }
        None => (json!({}), None),
    }
}

/// Asks the next question of a department. An answered round is closed by that. Gives the number of the round.
///
/// # Errors
/// When the database fails, or refuses it.
pub async fn ask(conn: &mut PgConnection, clock: &Clock, by: Asker<'_>, question: Question<'_>) -> Result<i32> {
    let Question { id, about, rate, revision, says } = question;
    close_answered(conn, clock, by.person, about, by.department, Closing::NextRound).await?;
    documents::add_to_round(conn, clock, by.person, Said::Question(id), says.files).await?;
    let recorded = says.recorded;
    let number = sqlx::query_scalar!(
        r#"insert into question (id, contract_review_id, rate_review_id, department, round, text, revision, asked_at, asked_by,
                                 recorded_for, recorded_day, recorded_reason)
           select $1, $2::uuid, $3::uuid, $4, 1 + count(*), $5, $6, $7, $8, $9, $10, $11
             from question where coalesce(contract_review_id, rate_review_id) = coalesce($2::uuid, $3::uuid) and department = $4
           returning round"#,
        id as _,
        about.contract(),
        about.rate(),
        by.department as _,
        says.text,
        revision,
        clock.now(),
        by.person.id as _,
        recorded.map(|recorded| recorded.who.0.0),
        recorded.map(|recorded| recorded.day),
        recorded.map(|recorded| recorded.reason),
    )
    .fetch_one(&mut *conn)
    .await?;
    let round = Standing {
        id,
        about,
        rate: rate.cloned(),
        department: by.department,
        number,
        status: RoundStatus::Open,
        version: 1,
    };
    let (mut details, reason) = said(recorded);
    details["revision"] = json!(revision);
    let change = Change { kind: Kind::QuestionAsked, to: RoundStatus::Open, version: 1, reason, details };
    tell(conn, clock, by.person, &round, None, change).await?;
    if let Some(review) = reviews::of_subject(conn, about.id(), by.department).await? {
        reviews::wait(conn, clock, by.person, &review, Cause::Question).await?;
    }
    Ok(number)
}

/// Sends a response to a round that goes on. The first one answers it.
///
/// # Errors
/// When the database fails, or refuses it.
pub async fn respond(
    conn: &mut PgConnection,
    clock: &Clock,
    by: Responder<'_>,
    round: &Standing,
    answer: Answer<'_>,
) -> Result<()> {
    let Responder(person) = by;
    let Answer { id, says } = answer;
    documents::add_to_round(conn, clock, person, Said::Response(id), says.files).await?;
    let recorded = says.recorded;
    sqlx::query!(
        "insert into response (id, question_id, text, sent_at, sent_by, recorded_for, recorded_day, recorded_reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id as _,
        round.id as _,
        says.text,
        clock.now(),
        person.id as _,
        recorded.map(|recorded| recorded.who.0.0),
        recorded.map(|recorded| recorded.day),
        recorded.map(|recorded| recorded.reason),
    )
    .execute(&mut *conn)
    .await?;
    let version = sqlx::query_scalar!(
        "update question set status = 'answered' where id = $1 and version = $2 returning version",
        round.id as _,
        round.version,
    )
    .fetch_one(&mut *conn)
    .await?;
    let (mut details, reason) = said(recorded);
    details["response"] = json!(id);
    let change = Change { kind: Kind::ResponseSent, to: RoundStatus::Answered, version, reason, details };
    tell(conn, clock, person, round, Some((round.status, round.version)), change).await?;
    Ok(go_on(conn, clock, person, round).await?)
}

/// Closes a round; one without an answer with the reason for that.
///
/// # Errors
/// When the database fails, or refuses it.
pub async fn close(
    conn: &mut PgConnection,
    clock: &Clock,
    by: Asker<'_>,
    round: &Standing,
    reason: Option<&str>,
) -> Result<()> {
    let closing = if round.status == RoundStatus::Open { Closing::Unanswered } else { Closing::Done };
    Ok(close_as(conn, clock, by.person, round, closing, reason).await?)
}

async fn close_as(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    round: &Standing,
    closing: Closing,
    reason: Option<&str>,
) -> Result<(), Unwritten> {
    let version = sqlx::query_scalar!(
        "update question set status = 'closed', closed_at = $3, closed_by = $4, closed_because = $5, close_reason = $6
          where id = $1 and version = $2 returning version",
        round.id as _,
        round.version,
        clock.now(),
        person.id as _,
        closing as _,
        reason,
    )
    .fetch_one(&mut *conn)
    .await?;
    let details = json!({ "because": closing });
    let change = Change { kind: Kind::RoundClosed, to: RoundStatus::Closed, version, reason, details };
    tell(conn, clock, person, round, Some((round.status, round.version)), change).await?;
    go_on(conn, clock, person, round).await
}

/// Has the department go on that waited for this round, unless it waits for something else.
async fn go_on(conn: &mut PgConnection, clock: &Clock, person: &Person, round: &Standing) -> Result<(), Unwritten> {
    if round.status != RoundStatus::Open {
        return Ok(());
    }
    if let Some(review) = reviews::of_subject(conn, round.about.id(), round.department).await? {
        reviews::resume(conn, clock, person, &review, Cause::Answer).await?;
    }
    Ok(())
}

/// Closes the round of a department that was answered, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn close_answered(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    about: About,
    department: Department,
    closing: Closing,
) -> Result<(), Unwritten> {
    let rounds = standing_on(conn, about).await?;
    let own = |round: &&Standing| round.department == department && round.status == RoundStatus::Answered;
    match rounds.iter().find(own) {
        Some(round) => close_as(conn, clock, person, round, closing, None).await,
        None => Ok(()),
    }
}

/// Ends every round on a contract or a rate, since it was approved or withdrawn.
///
/// # Errors
/// When the database fails.
pub async fn end(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    about: About,
    closing: Closing,
) -> Result<(), Unwritten> {
    for round in standing_on(conn, about).await? {
        close_as(conn, clock, person, &round, closing, None).await?;
    }
    Ok(())
}

/// Ends every round on a contract and on the rates that are its own.
///
/// # Errors
/// When the database fails.
pub async fn end_of_package(
    conn: &mut PgConnection,
    clock: &Clock,
    person: &Person,
    contract: ContractReviewId,
    closing: Closing,
) -> Result<(), Unwritten> {
    let rates: Vec<RateReviewId> = sqlx::query_scalar!(
        r#"select id as "id: RateReviewId" from rate_review where parent_id = $1 order by id"#,
        contract as _
    )
    .fetch_all(&mut *conn)
    .await?;
    let subjects = [About::Contract(contract)].into_iter().chain(rates.into_iter().map(About::Rate));
    for about in subjects {
        end(conn, clock, person, about, closing).await?;
    }
    Ok(())
}

/// Takes a round, or a response, from view. A round that goes on ends by that.
///
/// # Errors
/// When the database fails, or refuses it.
pub async fn remove(
    conn: &mut PgConnection,
    clock: &Clock,
    by: Remover<'_>,
    round: &Standing,
    what: Removed,
    reason: &str,
) -> Result<()> {
    let Remover(person) = by;
    let (kind, to, details) = match what {
        Removed::Round => (Kind::RoundRemoved, RoundStatus::Closed, json!({ "because": Closing::Removal })),
        Removed::Response(id) => (Kind::ResponseRemoved, round.status, json!({ "response": id })),
    };
    let version = match what {
        Removed::Round => {
            sqlx::query_scalar!(
                "update question
                    set status = 'closed', removed_at = $3, removed_by = $4, removal_reason = $5,
                        closed_at = coalesce(closed_at, $3), closed_by = coalesce(closed_by, $4),
                        closed_because = coalesce(closed_because, 'removal')
                  where id = $1 and version = $2 returning version",
                round.id as _,
                round.version,
                clock.now(),
                person.id as _,
                reason,
            )
            .fetch_one(&mut *conn)
            .await?
        }
        Removed::Response(id) => {
            sqlx::query!(
                "update response set removed_at = $3, removed_by = $4, removal_reason = $5
                  where id = $1 and question_id = $2 and removed_at is null",
                id as _,
                round.id as _,
                clock.now(),
                person.id as _,
                reason,
            )
            .execute(&mut *conn)
            .await?;
            let version = sqlx::query_scalar!(
                "update question set status = status where id = $1 and version = $2 returning version",
                round.id as _,
                round.version,
            );
            version.fetch_one(&mut *conn).await?
        }
    };
    let change = Change { kind, to, version, reason: Some(reason), details };
    tell(conn, clock, person, round, Some((round.status, round.version)), change).await?;
    if to == RoundStatus::Closed {
        go_on(conn, clock, person, round).await?;
    }
    Ok(())
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
