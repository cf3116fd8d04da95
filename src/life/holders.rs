//! Locking a submission together with every other that holds one of its rates, so that a rate can leave or join them.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::id::{ContractReviewId, RateReviewId};
use crate::web::Result;

/// Locks a submission, every other that ever held one of these rates in a package, and the rates: contract reviews in
/// the order of their keys, rates after them in the order of theirs. Gives `false` when somebody put one of the rates
/// into yet another package meanwhile: then the transaction is to be begun again.
///
/// # Errors
/// When the database fails.
pub async fn lock(conn: &mut PgConnection, submission: ContractReviewId, rates: &[RateReviewId]) -> Result<bool> {
    let rates: Vec<Uuid> = rates.iter().map(|rate| rate.0).collect();
    let locked: Vec<Uuid> = sqlx::query_scalar!(
        "select id from contract_review
          where id = $1 or id in (select contract_review_id from package_rate where rate_review_id = any($2))
          order by id for update",
        submission as _,
        &rates,
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query!("select id from rate_review where id = any($1) order by id for update", &rates)
        .fetch_all(&mut *conn)
        .await?;
    let others = sqlx::query_scalar!(
        r#"select exists (select from package_rate where rate_review_id = any($1) and contract_review_id <> all($2)) as "others!""#,
        &rates,
        &locked,
    )
    .fetch_one(conn)
    .await?;
    Ok(!others)
}
