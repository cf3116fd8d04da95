//! Finding the submission that an address names, for those who may know of it.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::domain::id::ContractReviewId;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, SubmissionKind, Turn};
use crate::domain::permission::Person;
use crate::questions::Rounds;
use crate::web::{Error, Result, SignedIn};

/// A contract review, as its columns say.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its key.
    pub id: ContractReviewId,
    /// Its address.
    pub key: SubmissionKey,
    /// The name of its state.
    pub state_name: String,
    /// What is sent.
    pub kind: SubmissionKind,
    /// Its full name.
    pub name: String,
    /// Where it stands.
    pub status: ContractReviewStatus,
    /// Grows with every change of the review itself.
    pub version: i32,
    /// The latest version that was sent.
    pub sent_revision: Option<i32>,
    /// How many were.
    pub versions: i64,
    /// The day from which an approved package may be used.
    pub released_on: Option<Date>,
    /// The first day of the contract or amendment.
    pub effective_from: Option<Date>,
    /// When the first version was sent.
    pub first_submitted_at: Option<OffsetDateTime>,
    /// When the latest version was sent.
    pub last_submitted_at: Option<OffsetDateTime>,
    /// The number that CMS's contract review system gave it.
    pub mccrs_number: Option<String>,
    /// Whose turn it is, as far as the person's side may know.
    pub turn: Turn,
    /// How many rounds on it and on the rates of its package go on.
    pub rounds: Rounds,
}

/// The submission that `given`, in any spelling, names, if the person may know of it: a state user those of their
/// state, everybody else those that were sent.
///
/// # Errors
/// [`Error::NotFound`], whether there is none or it may not be known.
pub async fn visible(conn: &mut PgConnection, person: &Person, given: &str) -> Result<Submission> {
    let key: SubmissionKey = given.parse().map_err(|_| Error::NotFound)?;
    let row = sqlx::query!(
        r#"select r.id as "id: ContractReviewId", r.kind, r.name, r.status, r.version, r.sent_revision, r.released_on,
                  r.effective_from, r.first_submitted_at, r.last_submitted_at, r.mccrs_number, s.name as state_name,
                  (select count(*) from contract_submission v
                    where v.contract_review_id = r.id and v.submitted_at is not null) as "versions!",
                  (select case when $3::text is null then turn else turn_for_state end
                     from contract_review_turn t where t.contract_review_id = r.id) as "turn!: Turn",
                  (select count(*) from question_page where page_id = r.id and status = 'open') as "open!",
                  (select count(*) from question_page where page_id = r.id and status = 'answered') as "answered!"
             from contract_review r join state s on s.code = r.state_code
            where r.state_code = $1 and r.number = $2 and r.deleted_at is null
              and case when $3::text is null then r.status <> 'draft' else r.state_code = $3 end"#,
        key.state_code,
        key.number,
        person.state_code,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Submission {
        id: row.id,
        key,
        state_name: row.state_name,
        kind: row.kind,
        name: row.name,
        status: row.status,
        version: row.version,
        sent_revision: row.sent_revision,
        versions: row.versions,
        released_on: row.released_on,
        effective_from: row.effective_from,
        first_submitted_at: row.first_submitted_at,
        last_submitted_at: row.last_submitted_at,
        mccrs_number: row.mccrs_number,
        turn: row.turn,
        rounds: Rounds { open: row.open, answered: row.answered },
    })
}

/// As [`visible`], for drawing a page: another spelling of the key is sent on to the right one.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Moved`] for another spelling.
pub async fn open(conn: &mut PgConnection, who: &SignedIn, given: &str) -> Result<Submission> {
    let submission = visible(conn, who.person(), given).await?;
    let right = submission.key.to_string();
    if given == right { Ok(submission) } else { Err(Error::Moved(who.here().replacen(given, &right, 1))) }
}

/// As [`visible`], for changing it or anything of it: its row is locked until the transaction ends. Every deed locks
/// the contract review before anything below it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn lock(conn: &mut PgConnection, person: &Person, given: &str) -> Result<Submission> {
    let key: SubmissionKey = given.parse().map_err(|_| Error::NotFound)?;
    sqlx::query!(
        "select id from contract_review where state_code = $1 and number = $2 for update",
        key.state_code,
        key.number,
    )
    .fetch_optional(&mut *conn)
    .await?;
    visible(conn, person, given).await
}

#[cfg(test)]
pub mod example {
    //! A submission for unit tests.

    use time::macros::date;

    use super::Submission;
    use crate::domain::id::ContractReviewId;
    use crate::domain::key::SubmissionKey;
    use crate::domain::lifecycle::{ContractReviewStatus, Obligations, SubmissionKind, Turn};
    use crate::questions::Rounds;

    /// A submission whose first version was sent.
    pub fn submission(status: ContractReviewStatus) -> Submission {
        Submission {
            id: ContractReviewId(uuid::Uuid::nil()),
            key: SubmissionKey { state_code: "MN".to_owned(), number: 5 },
            state_name: "Minnesota".to_owned(),
            kind: SubmissionKind::HealthPlan,
            name: "MCR-MN-0005-PMAP".to_owned(),
            status,
            version: 2,
            sent_revision: Some(1),
            versions: 1,
            released_on: (status == ContractReviewStatus::Approved).then_some(date!(2026 - 11 - 20)),
            effective_from: None,
            first_submitted_at: None,
            last_submitted_at: None,
            mccrs_number: None,
            turn: Turn::of(status, Obligations::default()),
            rounds: Rounds::default(),
        }
    }
}
