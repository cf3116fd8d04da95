//! What is done to a department review, each with its entry in the history. The caller has locked the submission and
//! the review, and commits.

use serde_json::{Value, json};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::queries;
use super::review::{DepartmentReview, Reviewer};
use super::waiting::{self, Cause};
use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::id::{AccountId, ContractReviewId, DepartmentReviewId, RateReviewId};
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{Closing, Decision, DepartmentReviewStatus};
use crate::domain::permission::{DepartmentMember, Person};
use crate::domain::role::Department;
use crate::history::{Actor, Happening, Row, record};
use crate::questions;
use crate::web::Error;

/// The row had another version than the one it was to be changed from; nothing was written.
#[derive(Debug)]
pub enum Unwritten {
    /// Somebody changed it meanwhile.
    Stale,
    /// The database failed or refused.
    Failed(sqlx::Error),
}

/// For deeds of which the review is only a part: whoever holds the locks finds every row as they read it.
impl From<Unwritten> for Error {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Failed(error) => error.into(),
            Unwritten::Stale => Self::Internal(anyhow::anyhow!("a locked row changed under its lock")),
        }
    }
}

impl From<sqlx::Error> for Unwritten {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error)
    }
}

/// A department's decision on a version.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// What it is.
    pub decision: Decision,
    /// The words with it; an objection needs them.
    pub note: Option<&'a str>,
    /// The version that was on the screen.
    pub revision: i32,
}

/// What a department is to review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reviewed<'a> {
    /// A contract.
    Contract(ContractReviewId),
    /// A rate.
    Rate(RateReviewId, &'a RateKey),
}

/// Makes the review of a department when a package is found subject to review, unless it is there.
///
/// # Errors
/// When the database fails.
pub async fn make(
    conn: &mut PgConnection,
    clock: &Clock,
    reviewed: Reviewed<'_>,
    department: Department,
) -> Result<(), Unwritten> {
    let mut details = json!({ "department": department });
    let (contract, rate, subject, subject_id) = match reviewed {
        Reviewed::Contract(id) => (Some(id), None, Subject::ContractReview, id.0),
        Reviewed::Rate(id, key) => {
            details["rate"] = json!(key.to_string());
            (None, Some(id), Subject::RateReview, id.0)
        }
    };
    let made = sqlx::query!(
        r#"insert into department_review as made (id, contract_review_id, rate_review_id, department, status_since)
           values ($1, $2, $3, $4, $5) on conflict do nothing
           returning id as "id: DepartmentReviewId",
             exists (select from question q
                      where coalesce(q.contract_review_id, q.rate_review_id) = coalesce(made.contract_review_id, made.rate_review_id)
                        and q.department = made.department and q.status = 'open') as "asked!""#,
        clock.new_id::<DepartmentReviewId>() as _,
        contract as _,
        rate as _,
        department as _,
        clock.now(),
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(made) = made else { return Ok(()) };
    let happening = Happening {
        kind: Kind::ReviewMade,
        subject,
        subject_id,
        row: Row {
            table: "department_review",
            id: made.id.0,
            status: (None, Some(DepartmentReviewStatus::NotStarted.as_str())),
            version: (None, 1),
        },
        reason: None,
        details,
    };
    record(conn, clock, &Actor::product(), happening).await?;
    if !made.asked {
        return Ok(());
    }
    // The department has asked before it had a review.
    match queries::of_subject(conn, subject_id, department).await? {
        Some(review) => waiting::wait(conn, clock, Actor::product(), &review, Cause::Question).await,
        None => Ok(()),
    }
}

/// Makes the reviews that a package lacks which is subject to review: DMCO's of the contract, DMCP's and OACT's of each
/// of these rates, which are its own.
///
/// # Errors
/// When the database fails.
pub async fn make_missing(
    conn: &mut PgConnection,
    clock: &Clock,
    contract: ContractReviewId,
    rates: &[(RateReviewId, RateKey)],
) -> Result<(), Unwritten> {
    make(conn, clock, Reviewed::Contract(contract), Department::Dmco).await?;
    for (rate, key) in rates {
        for department in [Department::Dmcp, Department::Oact] {
            make(conn, clock, Reviewed::Rate(*rate, key), department).await?;
        }
    }
    Ok(())
}

/// What changed about a review, for its entry.
pub(super) struct Change<'a> {
    pub kind: Kind,
    pub to: DepartmentReviewStatus,
    pub version: i32,
    pub reason: Option<&'a str>,
    pub details: Value,
}

/// Writes the entry of a change.
pub(super) async fn tell(
    conn: &mut PgConnection,
    clock: &Clock,
    by: impl Into<Actor>,
    review: &DepartmentReview,
    change: Change<'_>,
) -> sqlx::Result<()> {
    let mut details = change.details;
    details["department"] = json!(review.department);
    if review.subject.rate().is_some() {
        details["rate"] = json!(review.subject.key());
    }
    let (subject, subject_id) = review.subject.history();
    let happening = Happening {
        kind: change.kind,
        subject,
        subject_id,
        row: Row {
            table: "department_review",
            id: review.id.0,
            status: (Some(review.status.as_str()), Some(change.to.as_str())),
            version: (Some(review.version), change.version),
        },
        reason: change.reason,
        details,
    };
    record(conn, clock, &by.into(), happening).await
}

fn named(reviewer: Option<&Reviewer>) -> Value {
    reviewer.map_or(Value::Null, |reviewer| json!({ "id": reviewer.id, "name": reviewer.name }))
}

/// The department begins its review. `become_primary` puts the person on it when nobody is.
///
/// # Errors
/// [`Unwritten`].
pub async fn start(
    conn: &mut PgConnection,
    clock: &Clock,
    by: DepartmentMember<'_>,
    review: &DepartmentReview,
    revision: i32,
    become_primary: bool,
) -> Result<i32, Unwritten> {
    let becomes = become_primary && review.primary.is_none();
    let me = Reviewer { id: by.person.id, name: by.person.name.clone(), email: by.person.email.clone() };
    let was_secondary = review.secondary.as_ref().is_some_and(|secondary| secondary.id == me.id);
    let version = sqlx::query_scalar!(
        "update department_review
            set status = 'in_review', status_since = $3,
                primary_reviewer_id = case when $4 then $5 else primary_reviewer_id end,
                secondary_reviewer_id = case when $4 and secondary_reviewer_id = $5 then null else secondary_reviewer_id end
          where id = $1 and version = $2 returning version",
        review.id as _,
        review.version,
        clock.now(),
        becomes,
        me.id as _,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    let mut details = json!({ "revision": revision });
    if becomes {
        details["primary"] = json!([Value::Null, named(Some(&me))]);
        if was_secondary {
            details["secondary"] = json!([named(Some(&me)), Value::Null]);
        }
    }
    let change =
        Change { kind: Kind::ReviewStarted, to: DepartmentReviewStatus::InReview, version, reason: None, details };
    tell(conn, clock, by.person, review, change).await?;
    Ok(version)
}

/// The department signs off or objects. Signing off closes its round that was answered.
///
/// # Errors
/// [`Unwritten`].
pub async fn decide(
    conn: &mut PgConnection,
    clock: &Clock,
    by: DepartmentMember<'_>,
    review: &DepartmentReview,
    decided: Decided<'_>,
) -> Result<i32, Unwritten> {
    let (to, kind) = match decided.decision {
        Decision::SignedOff => (DepartmentReviewStatus::SignedOff, Kind::ReviewSignedOff),
        Decision::Objection => (DepartmentReviewStatus::Objection, Kind::ReviewObjected),
    };
    let version = sqlx::query_scalar!(
        "update department_review
            set status = $3, status_since = $4, decision = $5, decision_note = $6, decided_revision = $7,
                decided_by = $8, decided_at = $4
          where id = $1 and version = $2 returning version",
        review.id as _,
        review.version,
        to as _,
        clock.now(),
        decided.decision as _,
        decided.note,
        decided.revision,
        by.person.id as _,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    let details = json!({ "revision": decided.revision });
    tell(conn, clock, by.person, review, Change { kind, to, version, reason: decided.note, details }).await?;
    if decided.decision == Decision::SignedOff {
        let about = review.subject.asked();
        questions::close_answered(conn, clock, by.person, about, review.department, Closing::SignOff).await?;
    }
    Ok(version)
}

/// The department takes its decision back; the decision stays readable until the next one.
///
/// # Errors
/// [`Unwritten`].
pub async fn reopen(
    conn: &mut PgConnection,
    clock: &Clock,
    by: DepartmentMember<'_>,
    review: &DepartmentReview,
    reason: &str,
) -> Result<i32, Unwritten> {
    let version = sqlx::query_scalar!(
        "update department_review set status = 'in_review', status_since = $3 where id = $1 and version = $2 returning version",
        review.id as _,
        review.version,
        clock.now(),
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    let to = DepartmentReviewStatus::InReview;
    let change = Change { kind: Kind::ReviewReopened, to, version, reason: Some(reason), details: json!({}) };
    tell(conn, clock, by.person, review, change).await?;
    Ok(version)
}

/// How reviewers came to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Somebody took the review.
    Take,
    /// Somebody took the next one, by the press of this key.
    TakeNext(Uuid),
    /// Somebody handed it back.
    HandBack,
    /// Somebody else put them on or took them off.
    Set,
}

impl How {
    fn as_str(self) -> &'static str {
        match self {
            Self::Take | Self::TakeNext(_) => "take",
            Self::HandBack => "hand_back",
            Self::Set => "set",
        }
    }
}

/// Puts people on a review and takes them off. Whether `by` may, the caller has proven for this way of doing it.
///
/// # Errors
/// [`Unwritten`].
pub async fn set_reviewers(
    conn: &mut PgConnection,
    clock: &Clock,
    by: &Person,
    review: &DepartmentReview,
    (primary, secondary): (Option<&Reviewer>, Option<&Reviewer>),
    how: How,
) -> Result<i32, Unwritten> {
    let version = sqlx::query_scalar!(
        "update department_review set primary_reviewer_id = $3, secondary_reviewer_id = $4
          where id = $1 and version = $2 returning version",
        review.id as _,
        review.version,
        primary.map(|reviewer| reviewer.id) as Option<AccountId>,
        secondary.map(|reviewer| reviewer.id) as Option<AccountId>,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Unwritten::Stale)?;
    let mut details = json!({
        "primary": [named(review.primary.as_ref()), named(primary)],
        "secondary": [named(review.secondary.as_ref()), named(secondary)],
        "how": how.as_str(),
    });
    if let How::TakeNext(press) = how {
        details["press"] = json!(press);
    }
    let change = Change { kind: Kind::ReviewersChanged, to: review.status, version, reason: None, details };
    tell(conn, clock, by, review, change).await?;
    Ok(version)
}

/// Whole days since the status last changed, in US Eastern.
pub fn days_in_status(review: &DepartmentReview, now: OffsetDateTime) -> i64 {
    use crate::domain::clock::{days_between, eastern_date};
    days_between(eastern_date(review.status_since), eastern_date(now))
}
