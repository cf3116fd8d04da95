//! The rates that belong to a submission, as far as its life moves theirs.

use sqlx::PgConnection;

use super::queries::Rate;
use crate::domain::id::{ContractReviewId, RateReviewId};
use crate::domain::key::RateKey;
use crate::domain::lifecycle::RateReviewStatus;
use crate::web::Result;

/// A rate, and where it stands.
#[derive(Clone, Debug)]
pub struct ChildRate {
    /// The rate review.
    pub id: RateReviewId,
    /// Its address.
    pub key: RateKey,
    /// Its full name.
    pub name: String,
    /// Where it stands.
    pub status: RateReviewStatus,
    /// The version of its row.
    pub version: i32,
    /// Whether it was withdrawn with its parent.
    pub withdrawn_with_parent: bool,
    /// How many of its versions were sent.
    pub versions: i64,
}

impl ChildRate {
    /// Whether it was sent and is not withdrawn, nor written anew.
    pub fn in_review(&self) -> bool {
        matches!(self.status, RateReviewStatus::Submitted | RateReviewStatus::Resubmitted)
    }

    /// Where it stood before it was unlocked or withdrawn.
    pub fn status_before(&self) -> RateReviewStatus {
        RateReviewStatus::sent(self.versions)
    }
}

/// The rates of a submission that were not deleted, by number: those it drafts too.
///
/// # Errors
/// When the database fails.
pub async fn children(conn: &mut PgConnection, parent: ContractReviewId) -> Result<Vec<ChildRate>> {
    let rates = sqlx::query!(
        r#"select r.id as "id: RateReviewId", r.state_code, r.number, r.name, r.status, r.version, r.withdrawn_with_parent,
                  (select count(*) from rate_submission s
                    where s.rate_review_id = r.id and s.submitted_at is not null) as "versions!"
             from rate_review r where r.parent_id = $1 and r.deleted_at is null order by r.number"#,
        parent as _,
    )
    .map(|row| ChildRate {
        id: row.id,
        key: RateKey { state_code: row.state_code, number: row.number },
        name: row.name,
        status: row.status,
        version: row.version,
        withdrawn_with_parent: row.withdrawn_with_parent,
        versions: row.versions,
    })
    .fetch_all(conn)
    .await?;
    Ok(rates)
}

/// One rate, as its submission has it.
///
/// # Errors
/// When the database fails.
pub async fn child(conn: &mut PgConnection, rate: &Rate) -> Result<ChildRate> {
    let rates = children(conn, rate.parent.id).await?;
    let found = rates.into_iter().find(|child| child.id == rate.id);
    found.ok_or_else(|| anyhow::anyhow!("a rate that was sent is not among those of its parent").into())
}

/// The latest version of a rate that was sent.
///
/// # Errors
/// When the database fails.
pub async fn sent_revision(conn: &mut PgConnection, rate: RateReviewId) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!("select sent_revision from rate_review where id = $1", rate as _).fetch_one(conn).await?)
}

/// A rate that CMS has withdrawn.
#[derive(Clone, Debug)]
pub struct WithdrawnRate {
    /// Its address.
    pub key: RateKey,
    /// Its full name.
    pub name: String,
}

/// The rates that were sent with a version and that CMS has withdrawn since, in their order.
///
/// # Errors
/// When the database fails.
pub async fn withdrawn_from(
    conn: &mut PgConnection,
    review: ContractReviewId,
    revision: i32,
) -> Result<Vec<WithdrawnRate>> {
    let rates = sqlx::query!(
        "select r.state_code, r.number, r.name
           from contract_submission s join package_rate p on p.contract_submission_id = s.id join rate_review r on r.id = p.rate_review_id
          where s.contract_review_id = $1 and s.revision = $2 and r.status = 'withdrawn' order by p.position",
        review as _,
        revision,
    )
    .map(|row| WithdrawnRate { key: RateKey { state_code: row.state_code, number: row.number }, name: row.name })
    .fetch_all(conn)
    .await?;
    Ok(rates)
}

/// Locks the rates of a submission, in the order of their keys. The submission is locked before.
///
/// # Errors
/// When the database fails.
pub async fn lock_children(conn: &mut PgConnection, parent: ContractReviewId) -> Result<()> {
    sqlx::query!("select id from rate_review where parent_id = $1 order by id for update", parent as _)
        .fetch_all(conn)
        .await?;
    Ok(())
}

/// Moves a rate on to a status; gives the version of its row. The caller has locked it, and tells of it.
///
/// # Errors
/// When the database fails.
pub async fn set_status(
    conn: &mut PgConnection,
    rate: &ChildRate,
    to: RateReviewStatus,
    withdrawn_with_parent: bool,
) -> Result<i32> {
    let version = sqlx::query_scalar!(
        "update rate_review set status = $3, withdrawn_with_parent = $4 where id = $1 and version = $2 returning version",
        rate.id as _,
        rate.version,
        to as _,
        withdrawn_with_parent,
    )
    .fetch_one(conn)
    .await?;
    Ok(version)
}
