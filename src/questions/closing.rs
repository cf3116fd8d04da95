//! Ending rounds: by their department, by what is done to their package, and by removing them from view. The caller has
//! locked the submission, the rate, and their department reviews, and commits.

use serde_json::json;
use sqlx::PgConnection;

use super::About;
use super::standing::{Change, Standing, go_on, standing_on, tell};
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::id::{ContractReviewId, RateReviewId, ResponseId};
use crate::domain::lifecycle::{Closing, RoundStatus};
use crate::domain::permission::{Asker, Person, Remover};
use crate::domain::role::Department;
use crate::reviews::Unwritten;
use crate::web::Result;

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

/// The round of a department that was answered and not closed yet, if there is one: signing off closes it.
///
/// # Errors
/// When the database fails.
pub async fn answered(conn: &mut PgConnection, about: About, department: Department) -> sqlx::Result<Option<Standing>> {
    let own = |round: &Standing| round.department == department && round.status == RoundStatus::Answered;
    Ok(standing_on(conn, about).await?.into_iter().find(own))
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
    match answered(conn, about, department).await? {
        Some(round) => close_as(conn, clock, person, &round, closing, None).await,
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

/// What is removed from view.
#[derive(Clone, Copy, Debug)]
pub enum Removed {
    /// The whole round.
    Round,
    /// One response.
    Response(ResponseId),
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
