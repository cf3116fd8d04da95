//! The people who can be put on the reviews of a department.

use sqlx::PgConnection;
use time::{Date, Duration};

use super::review::Reviewer;
use crate::domain::id::AccountId;
use crate::domain::role::Department;

/// So far back decisions are recent.
const DAYS: Duration = Duration::days(30);

/// Somebody who can be put on a review.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who.
    pub reviewer: Reviewer,
    /// For whom they work.
    pub department: Department,
    /// How many open reviews they are primary on.
    pub open: i64,
    /// How many reviews they decided in the last 30 days.
    pub decided: i64,
    /// Whether they approve packages as well.
    pub approves: bool,
    /// The codes of the states that they follow.
    pub follows: Vec<String>,
}

impl Candidate {
    /// Whether they follow a state.
    pub fn follows(&self, state_code: &str) -> bool {
        self.follows.iter().any(|followed| followed == state_code)
    }
}

/// The active reviewers and approvers of these departments, by name.
///
/// # Errors
/// When the database fails.
pub async fn candidates(
    conn: &mut PgConnection,
    departments: &[Department],
    today: Date,
) -> sqlx::Result<Vec<Candidate>> {
    let rows = sqlx::query!(
        r#"with open as (
             select d.primary_reviewer_id as id, count(*) as reviews
               from department_review d
               left join rate_review r on r.id = d.rate_review_id
               join contract_review c on c.id = coalesce(d.contract_review_id, r.parent_id)
              where d.primary_reviewer_id is not null and d.department = any($1)
                and c.status in ('submitted', 'resubmitted', 'unlocked') and r.status is distinct from 'withdrawn'
              group by d.primary_reviewer_id)
           select a.id as "id: AccountId", a.given_name || ' ' || a.family_name as "name!", a.email,
                  a.department as "department!: Department", coalesce(open.reviews, 0) as "open!",
                  (select coalesce(sum(t.reviews), 0)::bigint from decision_tally t
                    where t.decided_by = a.id and t.department = a.department and t.decided_on >= $2) as "decided!",
                  a.role = 'cms_approver' as "approves!",
                  array(select f.state_code from state_assignment f where f.account_id = a.id order by f.state_code) as "follows!"
             from account a
             left join open on open.id = a.id
            where a.active and a.department = any($1) and a.role in ('cms_reviewer', 'cms_approver')
            order by a.family_name, a.given_name, a.id"#,
        departments as _,
        today - DAYS,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Candidate {
            reviewer: Reviewer { id: row.id, name: row.name, email: row.email },
            department: row.department,
            open: row.open,
            decided: row.decided,
            approves: row.approves,
            follows: row.follows,
        })
        .collect())
}
