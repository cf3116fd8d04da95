//! Reading department reviews and the people who can be put on them.

use sqlx::PgConnection;

use super::review::{DepartmentReview, Reviewer, Subject};
use crate::domain::id::{AccountId, ContractReviewId, DepartmentReviewId, RateReviewId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::domain::permission::Person;
use crate::domain::role::{Department, Side};
use crate::submissions::{self, Submission};
use crate::web::{Error, Result};

/// The department reviews of a package.
#[derive(Debug, Default)]
pub struct PackageReviews {
    /// Those of the contract and of its own rates, in the order of the package: they decide about its approval.
    pub own: Vec<DepartmentReview>,
    /// Those of the rates that it links, which are reviewed with their own submissions.
    pub linked: Vec<DepartmentReview>,
}

/// The department reviews of a submission and of its own rates, in the order of the package and of departments.
///
/// # Errors
/// When the database fails.
pub async fn of_submission(
    conn: &mut PgConnection,
    submission: ContractReviewId,
) -> sqlx::Result<Vec<DepartmentReview>> {
    Ok(of_package(conn, submission).await?.own)
}

/// The department reviews of a rate, in the order of departments.
///
/// # Errors
/// When the database fails.
pub async fn of_rate(
    conn: &mut PgConnection,
    parent: ContractReviewId,
    rate: RateReviewId,
) -> sqlx::Result<Vec<DepartmentReview>> {
    let mut reviews = of_package(conn, parent).await?.own;
    reviews.retain(|review| matches!(review.subject, Subject::Rate { id, .. } if id == rate));
    Ok(reviews)
}

/// The review of a department on a contract or a rate, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn of_subject(
    conn: &mut PgConnection,
    subject: uuid::Uuid,
    department: Department,
) -> sqlx::Result<Option<DepartmentReview>> {
    let home = sqlx::query_scalar!(
        r#"select coalesce((select parent_id from rate_review where id = $1), $1) as "home!: ContractReviewId""#,
        subject,
    )
    .fetch_one(&mut *conn)
    .await?;
    let own = of_package(conn, home).await?.own.into_iter();
    Ok(own.into_iter().find(|review| review.department == department && review.subject.history().1 == subject))
}

/// The department reviews of a submission's current package, those of linked rates apart.
///
/// # Errors
/// When the database fails.
pub async fn of_package(conn: &mut PgConnection, submission: ContractReviewId) -> sqlx::Result<PackageReviews> {
    let rows = sqlx::query!(
        r#"with package as (
             select p.rate_review_id, p.position
               from contract_review c
               join contract_submission v on v.contract_review_id = c.id and v.revision = c.sent_revision
               join package_rate p on p.contract_submission_id = v.id
              where c.id = $1)
           select d.id as "id: DepartmentReviewId", d.department, d.status, d.status_since,
                  d.status_before as "status_before: DepartmentReviewStatus", d.decision, d.decision_note,
                  d.decided_revision, d.decided_at, d.version,
                  by.given_name || ' ' || by.family_name as decided_by,
                  p.id as "primary_id?: AccountId", p.given_name || ' ' || p.family_name as primary_name, p.email as "primary_email?",
                  s.id as "secondary_id?: AccountId", s.given_name || ' ' || s.family_name as secondary_name, s.email as "secondary_email?",
                  c.id as "contract_id: ContractReviewId", c.state_code, c.number, c.sent_revision,
                  r.id as "rate_id?: RateReviewId", r.number as "rate_number?", r.name as "rate_name?", r.sent_revision as rate_revision,
                  coalesce(r.status = 'withdrawn', false) as "withdrawn!"
             from department_review d
             left join rate_review r on r.id = d.rate_review_id
             join contract_review c on c.id = coalesce(d.contract_review_id, r.parent_id)
             left join package on package.rate_review_id = r.id
             left join account by on by.id = d.decided_by
             left join account p on p.id = d.primary_reviewer_id
             left join account s on s.id = d.secondary_reviewer_id
            where d.contract_review_id = $1
               or d.rate_review_id = any (array(select rate_review_id from package
                                                union select id from rate_review where parent_id = $1))
            order by package.position nulls first, d.department"#,
        submission as _,
    )
    .fetch_all(conn)
    .await?;
    let reviewer = |id: Option<AccountId>, name: Option<String>, email: Option<String>| {
        Some(Reviewer { id: id?, name: name?, email: email? })
    };
    let mut reviews = PackageReviews::default();
    for row in rows {
        let home = SubmissionKey { state_code: row.state_code.clone(), number: row.number };
        let (subject, current_revision) = match (row.rate_id, row.rate_number, row.rate_name) {
            (Some(id), Some(number), Some(name)) => {
                let key = RateKey { state_code: row.state_code, number };
                (Subject::Rate { id, key, name, parent: home }, row.rate_revision)
            }
            _ => (Subject::Contract { id: row.contract_id, key: home }, row.sent_revision),
        };
        let list = if row.contract_id == submission { &mut reviews.own } else { &mut reviews.linked };
        list.push(DepartmentReview {
            id: row.id,
            subject,
            current_revision,
            withdrawn: row.withdrawn,
            department: row.department,
            status: row.status,
            status_since: row.status_since,
            status_before: row.status_before,
            primary: reviewer(row.primary_id, row.primary_name, row.primary_email),
            secondary: reviewer(row.secondary_id, row.secondary_name, row.secondary_email),
            decision: row.decision,
            decision_note: row.decision_note,
            decided_revision: row.decided_revision,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            version: row.version,
        });
    }
    Ok(reviews)
}

/// The key of the submission that a department review belongs to, if CMS's people ask.
async fn key_of(conn: &mut PgConnection, person: &Person, given: &str) -> Result<(DepartmentReviewId, String)> {
    let id: DepartmentReviewId = given.parse().map_err(|_| Error::NotFound)?;
    if person.side() == Side::State {
        return Err(Error::NotFound);
    }
    let row = sqlx::query!(
        "select c.state_code, c.number
           from department_review d
           left join rate_review r on r.id = d.rate_review_id
           join contract_review c on c.id = coalesce(d.contract_review_id, r.parent_id)
          where d.id = $1",
        id as _,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    Ok((id, SubmissionKey { state_code: row.state_code, number: row.number }.to_string()))
}

async fn with_reviews(
    conn: &mut PgConnection,
    submission: Submission,
    id: DepartmentReviewId,
) -> Result<(Submission, DepartmentReview)> {
    let reviews = of_submission(conn, submission.id).await?;
    let review = reviews.into_iter().find(|review| review.id == id).ok_or(Error::NotFound)?;
    Ok((submission, review))
}

/// The department review that `given` names, with its submission, if the person may know of it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn visible(conn: &mut PgConnection, person: &Person, given: &str) -> Result<(Submission, DepartmentReview)> {
    let (id, key) = key_of(conn, person, given).await?;
    let submission = submissions::visible(conn, person, &key).await?;
    with_reviews(conn, submission, id).await
}

/// As [`visible`], for changing it: the submission and all its department reviews are locked until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn lock(conn: &mut PgConnection, person: &Person, given: &str) -> Result<(Submission, DepartmentReview)> {
    let (id, key) = key_of(conn, person, given).await?;
    let submission = submissions::lock(conn, person, &key).await?;
    lock_all(conn, submission.id).await?;
    with_reviews(conn, submission, id).await
}

/// Locks the department reviews of a submission and of its rates in the order of their keys. The submission is locked
/// before.
///
/// # Errors
/// When the database fails.
pub async fn lock_all(conn: &mut PgConnection, submission: ContractReviewId) -> sqlx::Result<()> {
    sqlx::query!(
        "select id from department_review
          where contract_review_id = $1 or rate_review_id = any (array(select id from rate_review where parent_id = $1))
          order by id for update",
        submission as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}
