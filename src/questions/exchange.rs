//! Asking and responding, each with its entry in the history and what follows from it for the department's review. The
//! caller has locked the submission, the rate, and their department reviews, and commits.

use serde_json::{Value, json};
use sqlx::PgConnection;
use time::Date;

use super::About;
use super::closing::close_answered;
use super::standing::{Change, Standing, go_on, tell};
use crate::documents::{self, ReceivedFile, Said};
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::id::{AccountId, QuestionId, ResponseId};
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{Closing, RoundStatus};
use crate::domain::permission::{Asker, Responder};
use crate::reviews::{self, Cause};
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
