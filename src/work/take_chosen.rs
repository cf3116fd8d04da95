//! `POST /work/take/submissions` and `/work/take/rates`: what a department reviews of the rows of a list that were ticked.

use actix_web::HttpResponse;
use sqlx::PgConnection;
use uuid::Uuid;

use super::take::{MOST, take_one};
use super::taken::{self, Outcome, ResultRow};
use super::worker;
use crate::domain::id::DepartmentReviewId;
use crate::domain::permission::DepartmentMember;
use crate::rates::Rates;
use crate::submissions::Submissions;
use crate::web::list::{List, chosen};
use crate::web::posted::Posted;
use crate::web::{Result, SignedIn, address, see_other};

/// `POST /work/take/submissions`: the reviews of the contracts, or of the rates that belong to them.
///
/// # Errors
/// 403 for those who work for no department.
pub async fn of_submissions(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    take::<Submissions>(&who, &posted).await
}

/// `POST /work/take/rates`
///
/// # Errors
/// 403 for those who work for no department.
pub async fn of_rates(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    take::<Rates>(&who, &posted).await
}

async fn take<L: List>(who: &SignedIn, posted: &Posted) -> Result<HttpResponse> {
    let member = worker(who.person())?;
    let asked: Vec<(String, String)> = posted.pairs()?.into_iter().filter(|(name, _)| name != "csrf").collect();
    let rows = match chosen::<L>(who, &address::query(&asked), MOST).await? {
        Ok(rows) => rows,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut results: Vec<ResultRow> = Vec::new();
    for row in rows {
        let reviews = reviews_of(&mut *who.app.db.acquire().await?, member, row.id).await?;
        if reviews.is_empty() {
            results.push(nothing_of::<L>(member, &row.key));
        }
        for review in reviews {
            results.push(take_one(who, member, review, None).await?);
        }
    }
    taken::leave(who, &results)?;
    Ok(see_other("/work?tab=unassigned"))
}

/// What the department reviews of a contract, a rate, or the rates that belong to a contract.
async fn reviews_of(
    conn: &mut PgConnection,
    member: DepartmentMember<'_>,
    row: Uuid,
) -> sqlx::Result<Vec<DepartmentReviewId>> {
    sqlx::query_scalar!(
        r#"select review_id as "review_id: DepartmentReviewId" from review_standing
            where department = $1 and (package_id = $2 or subject_id = $2) order by number"#,
        member.department as _,
        row,
    )
    .fetch_all(conn)
    .await
}

fn nothing_of<L: List>(member: DepartmentMember<'_>, key: &L::Key) -> ResultRow {
    ResultRow {
        title: key.to_string(),
        href: Some(format!("{}/{key}", L::PATH)),
        outcome: Outcome::NotThere,
        why: format!("{} reviews nothing of it.", member.department.short_name()),
    }
}
