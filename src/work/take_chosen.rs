//! `POST /work/take/submissions` and `/work/take/rates`: what a department reviews of the rows of a list that were ticked.

use actix_web::HttpResponse;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::take::{MOST, Shown, take_one};
use super::taken::{self, Outcome, ResultRow};
use super::worker;
use crate::domain::id::DepartmentReviewId;
use crate::domain::permission::DepartmentMember;
use crate::rates::Rates;
use crate::submissions::Submissions;
use crate::web::flash::Flash;
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
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let reviews = reviews_of(&mut *who.app.db.acquire().await?, member, &ids).await?;
    if reviews.len() > MOST {
        who.tell(&Flash::news(format!(
            "These are {} reviews of {}, more than the {MOST} that are taken at once. Nothing was done.",
            reviews.len(),
            member.department.short_name()
        )))?;
        return Ok(see_other(back::<L>(who)));
    }
    let drawn = drawn_at(who);
    let mut results: Vec<ResultRow> = Vec::new();
    for row in rows {
        let mut own = reviews.iter().filter(|(of, _)| *of == row.id).peekable();
        if own.peek().is_none() {
            results.push(nothing_of::<L>(member, &row.key));
        }
        for (_, review) in own {
            results.push(take_one(who, member, *review, Shown::At(drawn)).await?);
        }
    }
    taken::leave(who, &results)?;
    Ok(see_other(back::<L>(who)))
}

/// A parameter of the address that the form was sent to.
fn told(who: &SignedIn, name: &str) -> Option<String> {
    let (_, query) = who.here().split_once('?')?;
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).ok()?;
    pairs.into_iter().find_map(|pair| (pair.0 == name).then_some(pair.1))
}

/// The very page of the list, with its filters, from which the form was sent.
fn back<L: List>(who: &SignedIn) -> String {
    let within = |back: &String| {
        let of_list = back.strip_prefix(L::PATH).is_some_and(|rest| rest.starts_with('?'));
        of_list && back.bytes().all(|byte| byte.is_ascii_graphic())
    };
    told(who, "back").filter(within).unwrap_or_else(|| L::PATH.to_owned())
}

/// When that page was drawn; if it does not say, now.
fn drawn_at(who: &SignedIn) -> OffsetDateTime {
    let seconds = told(who, "drawn").and_then(|seconds| seconds.parse().ok());
    let at = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    at.unwrap_or_else(|| who.app.clock.now())
}

/// What the department reviews of contracts, of rates, or of the rates that belong to contracts: each with the row of which
/// it is.
async fn reviews_of(
    conn: &mut PgConnection,
    member: DepartmentMember<'_>,
    rows: &[Uuid],
) -> sqlx::Result<Vec<(Uuid, DepartmentReviewId)>> {
    let found = sqlx::query!(
        r#"select chosen.id as "row!", review_id as "review: DepartmentReviewId"
             from unnest($2::uuid[]) chosen (id) join review_standing w on w.package_id = chosen.id or w.subject_id = chosen.id
            where w.department = $1 order by w.number"#,
        member.department as _,
        rows,
    );
    Ok(found.fetch_all(conn).await?.into_iter().map(|found| (found.row, found.review)).collect())
}

fn nothing_of<L: List>(member: DepartmentMember<'_>, key: &L::Key) -> ResultRow {
    ResultRow {
        title: key.to_string(),
        href: Some(format!("{}/{key}", L::PATH)),
        outcome: Outcome::NotThere,
        why: format!("{} reviews nothing of it.", member.department.short_name()),
    }
}
