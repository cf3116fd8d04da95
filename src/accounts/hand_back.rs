//! Taking somebody off every department review, because they leave their department or the product.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::id::{AccountId, ContractReviewId, DepartmentReviewId, RateReviewId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::history::{Actor, Happening, Row, record};

/// Empties the slots that `account` has on department reviews, of open packages and of closed ones, and returns the
/// submissions in the order of their keys.
///
/// Like every other deed it locks the contract reviews first and what is below them after, so that none waits for
/// another in a circle. A review that the account is put on meanwhile is left alone; the database then refuses to
/// let the account go.
///
/// # Errors
/// When the database fails.
pub async fn hand_back_all(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    account: AccountId,
) -> sqlx::Result<Vec<SubmissionKey>> {
    let contract_reviews = sqlx::query_scalar!(
        "select id from contract_review
          where id in (select coalesce(d.contract_review_id, r.parent_id)
                         from department_review d left join rate_review r on r.id = d.rate_review_id
                        where $1 in (d.primary_reviewer_id, d.secondary_reviewer_id))
          order by id for update",
        account as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    let reviews = sqlx::query!(
        r#"select d.id as "id: DepartmentReviewId", d.contract_review_id as "contract_review_id: ContractReviewId",
                  d.rate_review_id as "rate_review_id: RateReviewId", r.number as "rate_number?",
                  d.department, d.status, d.version, c.state_code, c.number,
                  p.id as "primary_id?", p.given_name || ' ' || p.family_name as primary_name,
                  s.id as "secondary_id?", s.given_name || ' ' || s.family_name as secondary_name
             from department_review d
             left join rate_review r on r.id = d.rate_review_id
             join contract_review c on c.id = coalesce(d.contract_review_id, r.parent_id)
             left join account p on p.id = d.primary_reviewer_id
             left join account s on s.id = d.secondary_reviewer_id
            where c.id = any($1) and $2 in (d.primary_reviewer_id, d.secondary_reviewer_id)
            order by d.id for update of d"#,
        &contract_reviews,
        account as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut keys = BTreeSet::new();
    for review in reviews {
        let version = sqlx::query_scalar!(
            "update department_review
                set primary_reviewer_id = nullif(primary_reviewer_id, $3),
                    secondary_reviewer_id = nullif(secondary_reviewer_id, $3)
              where id = $1 and version = $2 returning version",
            review.id as _,
            review.version,
            account as _,
        )
        .fetch_one(&mut *conn)
        .await?;
        let state_code = review.state_code;
        let rate = review.rate_number.map(|number| RateKey { state_code: state_code.clone(), number }.to_string());
        let mut details = json!({ "department": review.department, "how": "account_closed", "rate": rate });
        let slots = [
            ("primary", review.primary_id, review.primary_name),
            ("secondary", review.secondary_id, review.secondary_name),
        ];
        for (slot, id, name) in slots {
            let before = id.map_or(Value::Null, |id| json!({ "id": id, "name": name }));
            let after = if id == Some(account.0) { Value::Null } else { before.clone() };
            details[slot] = json!([before, after]);
        }
        let (subject, subject_id) = subject(review.contract_review_id, review.rate_review_id);
        let status = Some(review.status.as_str());
        let happening = Happening {
            kind: Kind::ReviewersChanged,
            subject,
            subject_id,
            row: Row {
                table: "department_review",
                id: review.id.0,
                status: (status, status),
                version: (Some(review.version), version),
            },
            reason: None,
            details,
        };
        record(conn, clock, actor, happening).await?;
        keys.insert(SubmissionKey { state_code, number: review.number });
    }
    Ok(keys.into_iter().collect())
}

/// Whose history tells of a review.
fn subject(contract: Option<ContractReviewId>, rate: Option<RateReviewId>) -> (Subject, Uuid) {
    let rate = rate.map(|id| (Subject::RateReview, id.0));
    let contract = contract.map(|id| (Subject::ContractReview, id.0));
    rate.or(contract).expect("a review has one subject, by a constraint")
}
