//! `POST /work/take`: the next review of one's department that nobody has, or those that were ticked.

use actix_web::HttpResponse;
use serde::Deserialize;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::address::{Address, Tab};
use super::answer::Back;
use super::filters::Choices;
use super::taken::{self, Outcome, ResultRow};
use super::{rows, worker};
use crate::domain::clock::Moment;
use crate::domain::id::{ContractReviewId, DepartmentReviewId};
use crate::domain::permission::DepartmentMember;
use crate::history;
use crate::reviews::{self, DepartmentReview, How, Reviewer, Unwritten};
use crate::submissions::Submission;
use crate::web::flash::Flash;
use crate::web::paging::DEFAULT_SIZE;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, see_other};

const NOW_THEIRS: &str = "You are its primary reviewer now.";

/// More rows than this no page shows.
pub(super) const MOST: usize = 100;

#[derive(Debug, Deserialize)]
struct TakeForm {
    /// Asks for the next one.
    next: Option<String>,
    /// The key of the press, so that the same press twice takes one.
    press: Option<Uuid>,
    /// Says that rows were to be ticked, also where none was.
    ticked: Option<String>,
    /// The rows that were: key and version, `…:3`.
    #[serde(default)]
    row: Vec<String>,
}

/// `POST /work/take`
///
/// # Errors
/// 403 for those who work for no department, 422 for a form that no page sends.
pub async fn post(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    let member = worker(who.person())?;
    let form: TakeForm = posted.read()?;
    let back = Back::of(&posted);
    if form.next.is_some() {
        return next(&who, member, back.as_ref(), form.press).await;
    }
    if form.ticked.is_none() && form.row.is_empty() {
        return Err(Error::unprocessable(
            "The form says neither that the next review is wanted nor which were ticked.",
        ));
    }
    ticked(&who, member, back.as_ref(), &form.row).await
}

/// Takes the first review that nobody has, under the filters of the page that was looked at, and leads to it.
async fn next(
    who: &SignedIn,
    member: DepartmentMember<'_>,
    back: Option<&Back>,
    press: Option<Uuid>,
) -> Result<HttpResponse> {
    let press = press.unwrap_or_else(|| who.app.clock.new_id());
    let asked = wanted(who, back).await?;
    let mut wait = false;
    loop {
        // Each try is a transaction of its own: contract reviews are locked in the order of their keys, so what was
        // locked in vain is given back first.
        let mut tx = who.app.writes.begin().await?;
        if let Some(taken) = of_press(&mut tx, member, press).await? {
            let (submission, review) = reviews::lock(&mut tx, member.person, &taken.to_string()).await?;
            return lead_to(who, &submission, &review);
        }
        let (page, _) = rows::read(&mut tx, member, &asked, DEFAULT_SIZE).await?;
        let candidates: Vec<(DepartmentReviewId, ContractReviewId)> =
            page.rows.iter().filter_map(|row| Some((row.review?.id, row.package))).collect();
        if candidates.is_empty() {
            return nothing_left(who, &asked);
        }
        let Some(free) = lock_one(&mut tx, &candidates, wait).await? else {
            // Others hold every package on the page: wait for one of them.
            wait = true;
            continue;
        };
        let (submission, review) = reviews::lock(&mut tx, member.person, &free.to_string()).await?;
        if review.primary.is_some() || !review.open(submission.status) {
            continue;
        }
        put_on(&mut tx, who, member, &review, How::TakeNext(press)).await?;
        tx.commit().await?;
        return lead_to(who, &submission, &review);
    }
}

/// The list that the first is taken of.
async fn wanted(who: &SignedIn, back: Option<&Back>) -> Result<Address> {
    let mut conn = who.app.db.acquire().await?;
    let choices = Choices::read(&mut conn).await?;
    let query = back.and_then(Back::query).unwrap_or_default();
    let asked = Address::read(query, &choices)
        .map_err(|_| Error::unprocessable("The form names filters that the list does not have."))?;
    Ok(asked.on(Tab::Unassigned))
}

/// The review that this very press took before: the answer got lost, or the button was pressed twice. A second press
/// waits here for the first.
async fn of_press(
    conn: &mut PgConnection,
    member: DepartmentMember<'_>,
    press: Uuid,
) -> sqlx::Result<Option<DepartmentReviewId>> {
    let press = press.to_string();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", press).execute(&mut *conn).await?;
    sqlx::query_scalar!(
        r#"select row_id as "id: DepartmentReviewId" from event
            where details ? 'press' and details ->> 'press' = $1 and actor_id = $2"#,
        press,
        member.person.id as _,
    )
    .fetch_optional(conn)
    .await
}

/// Locks the package of the first of these reviews that nobody has. Packages that others hold are passed over, unless
/// it is to be waited for them.
async fn lock_one(
    conn: &mut PgConnection,
    candidates: &[(DepartmentReviewId, ContractReviewId)],
    wait: bool,
) -> sqlx::Result<Option<DepartmentReviewId>> {
    let reviews: Vec<Uuid> = candidates.iter().map(|(review, _)| review.0).collect();
    let packages: Vec<Uuid> = candidates.iter().map(|(_, package)| package.0).collect();
    if wait {
        return sqlx::query_scalar!(
            r#"select d.id as "id: DepartmentReviewId"
                 from unnest($1::uuid[], $2::uuid[]) with ordinality as wish (review, package, place)
                 join department_review d on d.id = wish.review
                 join contract_review c on c.id = wish.package
                where d.primary_reviewer_id is null
                order by wish.place limit 1 for update of c"#,
            &reviews,
            &packages,
        )
        .fetch_optional(conn)
        .await;
    }
    sqlx::query_scalar!(
        r#"select d.id as "id: DepartmentReviewId"
             from unnest($1::uuid[], $2::uuid[]) with ordinality as wish (review, package, place)
             join department_review d on d.id = wish.review
             join contract_review c on c.id = wish.package
            where d.primary_reviewer_id is null
            order by wish.place limit 1 for update of c skip locked"#,
        &reviews,
        &packages,
    )
    .fetch_optional(conn)
    .await
}

/// Puts the person on a review that is locked and that nobody has. A secondary reviewer leaves that slot by it.
async fn put_on(
    conn: &mut PgConnection,
    who: &SignedIn,
    member: DepartmentMember<'_>,
    review: &DepartmentReview,
    how: How,
) -> Result<()> {
    let person = member.person;
    let me = Reviewer { id: person.id, name: person.name.clone(), email: person.email.clone() };
    let secondary = review.secondary.as_ref().filter(|reviewer| reviewer.id != me.id);
    reviews::set_reviewers(conn, &who.app.clock, person, review, (Some(&me), secondary), how)
        .await
        .map(|_| ())
        .map_err(Unwritten::into)
}

fn place_of(review: &DepartmentReview) -> String {
    format!("{}#dr-{}", review.subject.page(), review.id)
}

fn lead_to(who: &SignedIn, submission: &Submission, review: &DepartmentReview) -> Result<HttpResponse> {
    let of = review.subject.parent().map_or_else(String::new, |_| format!(", of {}", submission.key));
    who.tell(&Flash::success(format!("You took the {}{of}.", review.title())))?;
    Ok(see_other(place_of(review)))
}

fn nothing_left(who: &SignedIn, asked: &Address) -> Result<HttpResponse> {
    let under = if asked.filters.is_empty() { "" } else { " under these filters" };
    who.tell(&Flash::news(format!("Nothing is left to take{under}.")))?;
    Ok(see_other(asked.href()))
}

/// Takes each of the reviews that were ticked, in a transaction of its own, and tells what became of each.
async fn ticked(
    who: &SignedIn,
    member: DepartmentMember<'_>,
    back: Option<&Back>,
    ticks: &[String],
) -> Result<HttpResponse> {
    let rows: Option<Vec<(DepartmentReviewId, i32)>> = ticks.iter().map(|tick| read_tick(tick)).collect();
    let rows = rows.filter(|rows| rows.len() <= MOST);
    let rows = rows.ok_or_else(|| Error::unprocessable("The form names rows as this page does not."))?;
    let mut results: Vec<ResultRow> = Vec::new();
    for (id, version) in rows {
        results.push(take_one(who, member, id, Shown::Version(version)).await?);
    }
    if results.is_empty() {
        who.tell(&Flash::news("No review was ticked, so none was taken."))?;
    } else {
        taken::leave(who, &results)?;
    }
    Ok(see_other(back.map_or("/work?tab=unassigned", Back::href)))
}

fn read_tick(tick: &str) -> Option<(DepartmentReviewId, i32)> {
    let (id, version) = tick.split_once(':')?;
    Some((id.parse().ok()?, version.parse().ok()?))
}

/// What the page showed of a review that was ticked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    /// This version of it, which nobody had.
    Version(i32),
    /// Only what it is about, as of this moment.
    At(OffsetDateTime),
}

/// Takes a review that nobody has, in a transaction of its own, if it is of the version that was shown, if one was.
pub(super) async fn take_one(
    who: &SignedIn,
    member: DepartmentMember<'_>,
    id: DepartmentReviewId,
    shown: Shown,
) -> Result<ResultRow> {
    let mut tx = who.app.writes.begin().await?;
    let (submission, review) = match reviews::lock(&mut tx, member.person, &id.to_string()).await {
        Ok(found) if found.1.department == member.department => found,
        Ok(_) | Err(Error::NotFound) => {
            let (title, why) = ("A review".to_owned(), "It is not among those of your department.".to_owned());
            return Ok(ResultRow { title, href: None, outcome: Outcome::NotThere, why });
        }
        Err(error) => return Err(error),
    };
    let (outcome, why) = judged(&mut tx, member, &submission, &review, shown).await?;
    if outcome == Outcome::Taken {
        put_on(&mut tx, who, member, &review, How::Take).await?;
        tx.commit().await?;
    }
    Ok(ResultRow { title: review.title(), href: Some(place_of(&review)), outcome, why })
}

/// What becomes of a review that is locked, as it stands.
async fn judged(
    conn: &mut PgConnection,
    member: DepartmentMember<'_>,
    submission: &Submission,
    review: &DepartmentReview,
    shown: Shown,
) -> Result<(Outcome, String)> {
    if let Some(primary) = &review.primary {
        if primary.id == member.person.id {
            return Ok((Outcome::Already, "You are its primary reviewer.".to_owned()));
        }
        let all = history::since(conn, &[(review.id.0, 0)]).await?;
        // A list that does not say who has what has rows whoever has them.
        if matches!(shown, Shown::At(at) if reviews::taken_at(&all).is_none_or(|taken| taken < at)) {
            return Ok((Outcome::Others, format!("Already assigned to {}.", primary.name)));
        }
        return Ok((Outcome::Meanwhile, format!("{}.", reviews::how_taken(primary, &all))));
    }
    if !review.open(submission.status) {
        return Ok((Outcome::Closed, format!("{}.", review.closed(submission))));
    }
    let Shown::Version(version) = shown else {
        return Ok((Outcome::Taken, NOW_THEIRS.to_owned()));
    };
    if review.version == version {
        return Ok((Outcome::Taken, NOW_THEIRS.to_owned()));
    }
    let told = history::since(conn, &[(review.id.0, version)]).await?;
    let by = told.last().map_or_else(String::new, |entry| format!(" by {}, {}", entry.who(), Moment(entry.at)));
    Ok((Outcome::Changed, format!("Changed{by}. Nobody has it: look at it, and take it then.")))
}
