//! Finding the rate that an address names, for those who may know of it.

use sqlx::{Connection, PgConnection};
use time::{Date, OffsetDateTime};

use crate::domain::id::{ContractReviewId, RateReviewId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewStatus};
use crate::domain::permission::Person;
use crate::questions::Rounds;
use crate::submissions;
use crate::web::{Error, Result, SignedIn};

/// How often a rate is looked up again because it moved to another submission meanwhile.
const TRIES: usize = 5;

/// A rate review, as its columns say: once it was sent, what was sent last.
#[derive(Clone, Debug)]
pub struct Rate {
    /// Its key.
    pub id: RateReviewId,
    /// Its address.
    pub key: RateKey,
    /// The name of its state.
    pub state_name: String,
    /// Its full name.
    pub name: String,
    /// Where it stands.
    pub status: RateReviewStatus,
    /// Grows with every change of the review itself.
    pub version: i32,
    /// The contract review whose draft edits it.
    pub parent: Parent,
    /// The latest version that was sent.
    pub sent_revision: Option<i32>,
    /// How many were.
    pub versions: i64,
    /// First day of the rating period.
    pub rating_from: Option<Date>,
    /// Last day of the rating period.
    pub rating_to: Option<Date>,
    /// When it was certified.
    pub certified_on: Option<Date>,
    /// When the latest version was sent.
    pub last_submitted_at: Option<OffsetDateTime>,
    /// How many rounds on it go on.
    pub rounds: Rounds,
}

/// The contract review that a rate belongs to.
#[derive(Clone, Debug)]
pub struct Parent {
    /// Its key.
    pub id: ContractReviewId,
    /// Its address.
    pub key: SubmissionKey,
    /// Its full name.
    pub name: String,
    /// Where it stands.
    pub status: ContractReviewStatus,
}

/// The rate that `given`, in any spelling, names, if it was ever sent and the person may know of it: a state user
/// those of their state, everybody else all.
///
/// # Errors
/// [`Error::NotFound`], whether there is none or it may not be known.
pub async fn visible(conn: &mut PgConnection, person: &Person, given: &str) -> Result<Rate> {
    let key: RateKey = given.parse().map_err(|_| Error::NotFound)?;
    let row = sqlx::query!(
        r#"select r.id as "id: RateReviewId", r.name, r.status, r.version, r.sent_revision, r.rating_from, r.rating_to,
                  r.certified_on, r.last_submitted_at, s.name as state_name,
                  (select count(*) from rate_submission v where v.rate_review_id = r.id and v.submitted_at is not null) as "versions!",
                  (select count(*) from question where rate_review_id = r.id and status = 'open') as "open!",
                  (select count(*) from question where rate_review_id = r.id and status = 'answered') as "answered!",
                  p.id as "parent_id: ContractReviewId", p.number as parent_number, p.name as parent_name, p.status as parent_status
             from rate_review r join state s on s.code = r.state_code join contract_review p on p.id = r.parent_id
            where r.state_code = $1 and r.number = $2 and r.status <> 'draft' and ($3::text is null or r.state_code = $3)"#,
        key.state_code,
        key.number,
        person.state_code,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    let parent_key = SubmissionKey { state_code: key.state_code.clone(), number: row.parent_number };
    Ok(Rate {
        id: row.id,
        key,
        state_name: row.state_name,
        name: row.name,
        status: row.status,
        version: row.version,
        parent: Parent { id: row.parent_id, key: parent_key, name: row.parent_name, status: row.parent_status },
        sent_revision: row.sent_revision,
        versions: row.versions,
        rating_from: row.rating_from,
        rating_to: row.rating_to,
        certified_on: row.certified_on,
        last_submitted_at: row.last_submitted_at,
        rounds: Rounds { open: row.open, answered: row.answered },
    })
}

/// As [`visible`], for drawing a page: another spelling of the key is sent on to the right one.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Moved`] for another spelling.
pub async fn open(conn: &mut PgConnection, who: &SignedIn, given: &str) -> Result<Rate> {
    let rate = visible(conn, who.person(), given).await?;
    let right = rate.key.to_string();
    if given == right { Ok(rate) } else { Err(Error::Moved(who.here().replacen(given, &right, 1))) }
}

/// As [`visible`], for changing it or anything of it: its submission and then its own row are locked until the
/// transaction ends. A submission that it moved away from meanwhile is let go before the next is waited for.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn lock_one(conn: &mut PgConnection, person: &Person, given: &str) -> Result<Rate> {
    for _ in 0..TRIES {
        let mut attempt = conn.begin().await?;
        let found = visible(&mut attempt, person, given).await?;
        submissions::lock(&mut attempt, person, &found.parent.key.to_string()).await?;
        sqlx::query!("select id from rate_review where id = $1 for update", found.id as _)
            .fetch_one(&mut *attempt)
            .await?;
        let rate = visible(&mut attempt, person, given).await?;
        if rate.parent.id == found.parent.id {
            attempt.commit().await?;
            return Ok(rate);
        }
        attempt.rollback().await?;
    }
    Err(Error::Unavailable(anyhow::anyhow!("the rate kept moving to other submissions")))
}

/// The submissions whose latest sent version holds a rate, by number: its parent, if it still does, and others.
///
/// # Errors
/// When the database fails.
pub async fn holding(conn: &mut PgConnection, rate: &Rate) -> sqlx::Result<Vec<Parent>> {
    sqlx::query!(
        r#"select c.id as "id: ContractReviewId", c.number, c.name, c.status
             from package_rate p
             join contract_submission v on v.id = p.contract_submission_id
             join contract_review c on c.id = v.contract_review_id and c.sent_revision = v.revision
            where p.rate_review_id = $1 order by c.number"#,
        rate.id as _,
    )
    .map(|row| Parent {
        id: row.id,
        key: SubmissionKey { state_code: rate.key.state_code.clone(), number: row.number },
        name: row.name,
        status: row.status,
    })
    .fetch_all(conn)
    .await
}
