//! `/submissions/{k}/approve`

mod clash;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use self::clash::{Seen, as_it_was, as_seen, same_statuses, seen};
use super::approval::{self, Approval, missing};
use super::queries;
use super::review::DepartmentReview;
use crate::domain::clock::Moment;
use crate::domain::event::Kind;
use crate::domain::forms::parse_date;
use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus, Tag};
use crate::domain::text::Text;
use crate::history::{self, Told};
use crate::questions::{self, GoingOn};
use crate::submissions::{self, Submission};
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::held::{self, Held};
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, not_saved, see_other};

const NOT_YOURS: &str = "Only approvers and admins approve packages.";

/// How the page is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Given when what was held is not wanted.
    held: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ApproveForm {
    version: i32,
    revision: i32,
    /// Each department review as the page showed it: key, version, status.
    #[serde(default)]
    review: Vec<String>,
    #[serde(default)]
    released_on: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "reviews/approve.html")]
struct ApprovePage<'a> {
    chrome: Chrome,
    submission: &'a Submission,
    reviews: Vec<Row<'a>>,
    /// The rounds that end with the approval, in words.
    rounds: Vec<String>,
    /// How many of them are not signed off on the current version: then a reason is needed, and the button says so.
    missing: usize,
    /// The last day that the calendar offers, as YYYY-MM-DD.
    today: String,
    sent: Option<Moment>,
    form: FormState,
}

impl ApprovePage<'_> {
    /// What the button says: with what the package is approved without.
    fn button(&self) -> String {
        match self.missing {
            0 => "Approve".to_owned(),
            1 => "Approve without 1 sign-off".to_owned(),
            missing => format!("Approve without {missing} sign-offs"),
        }
    }
}

struct Row<'a> {
    review: &'a DepartmentReview,
    tag: Tag,
    missing: bool,
    seen: String,
}

/// `GET /submissions/{k}/approve`
///
/// # Errors
/// 403 for others than approvers and admins; leads back with the reason as news when it can't be approved now.
pub async fn get(who: SignedIn, key: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let submission = submissions::open(&mut conn, &who, &key).await?;
    guard(&who)?;
    if !ContractReviewAction::Approve.possible_from(submission.status) {
        let told = history::since(&mut conn, &[(submission.id.0, 0)]).await?;
        who.tell(&Flash::news(why_not(&submission, &told)))?;
        return Ok(see_other(format!("/submissions/{}", submission.key)));
    }
    let reviews = counted(&mut conn, &submission).await?;
    let rounds = ending(&mut conn, &submission, &reviews).await?;
    let held = held::found(&mut conn, &who, &address(&submission)).await?.filter(|_| asked.held.is_none());
    drop(conn);
    if let Some((held, form, seen)) = held.and_then(as_typed) {
        let as_saved = format!("{}?held=no", address(&submission));
        let state = FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(as_saved)));
        let (submission, reviews) = as_it_was(submission, reviews, &form, &seen);
        return draw(&who, StatusCode::OK, &submission, (&reviews, rounds), state);
    }
    draw(&who, StatusCode::OK, &submission, (&reviews, rounds), FormState::default())
}

/// Where the form is posted.
fn address(submission: &Submission) -> String {
    format!("/submissions/{}/approve", submission.key)
}

/// What is held, with what it was drawn from; none of what is no form of this page.
fn as_typed(held: Held) -> Option<(Held, ApproveForm, Vec<Seen>)> {
    let form: ApproveForm = held.read()?;
    let seen = seen(&form).ok()?;
    Some((held, form, seen))
}

/// A state knows nothing of this page; others may see that it is not theirs.
fn guard(who: &SignedIn) -> Result<crate::domain::permission::PackageApprover<'_>> {
    if who.person().side() == crate::domain::role::Side::State {
        return Err(Error::NotFound);
    }
    who.person().package_approver().ok_or(Error::Forbidden(NOT_YOURS))
}

/// The department reviews that count for the approval: not those of withdrawn rates.
async fn counted(conn: &mut PgConnection, submission: &Submission) -> Result<Vec<DepartmentReview>> {
    let mut reviews = queries::of_submission(conn, submission.id).await?;
    reviews.retain(|review| !review.withdrawn);
    Ok(reviews)
}

/// The rounds that end with the approval: those on the contract and on its own rates.
async fn ending(conn: &mut PgConnection, submission: &Submission, reviews: &[DepartmentReview]) -> Result<Vec<String>> {
    let own = |round: &GoingOn| {
        let mut subjects = reviews.iter().map(|review| review.subject.history().1).chain([submission.id.0]);
        subjects.any(|subject| subject == round.subject)
    };
    let rounds = questions::going_on(conn, submission.id.0).await?;
    Ok(rounds.iter().filter(|round| own(round)).map(GoingOn::sentence).collect())
}

fn why_not(submission: &Submission, told: &[Told]) -> String {
    let status = submission.status.tag(crate::domain::role::Side::Cms).label.to_lowercase();
    match told.iter().rev().find(|entry| entry.led_to(submission.status.as_str())) {
        Some(entry) => format!("Already {status}, by {}, {}.", entry.who(), Moment(entry.at)),
        None => format!("{} is {status} and can't be approved.", submission.key),
    }
}

fn draw(
    who: &SignedIn,
    status: StatusCode,
    submission: &Submission,
    (reviews, rounds): (&[DepartmentReview], Vec<String>),
    form: FormState,
) -> Result<HttpResponse> {
    let key = submission.key.to_string();
    let chrome = who.chrome(format!("Approve – {key}")).failed(form.failed()).crumbs(
        [("/submissions".to_owned(), "Submissions".to_owned()), (format!("/submissions/{key}"), key.clone())],
        "Approve",
    );
    let lacking = missing(reviews);
    let is_missing = |review: &DepartmentReview| lacking.iter().any(|lacking| lacking.id == review.id);
    let mut rows: Vec<Row<'_>> = reviews
        .iter()
        .map(|review| Row {
            review,
            tag: review.status.tag(submission.status, review.decided_revision),
            missing: is_missing(review),
            seen: as_seen(review),
        })
        .collect();
    rows.sort_by_key(|row| !row.missing);
    let page = ApprovePage {
        chrome,
        submission,
        reviews: rows,
        rounds,
        missing: lacking.len(),
        today: who.app.clock.today().to_string(),
        sent: submission.last_submitted_at.map(Moment),
        form,
    };
    html(status, &page)
}

/// `POST /submissions/{k}/approve`
///
/// # Errors
/// 403 for others than approvers and admins, 422 for a form that no page sends.
pub async fn post(who: SignedIn, key: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    let texts = [("released_on", "Release date"), ("reason", "Your reason")];
    match approve(&who, &key, &posted).await {
        Err(error) => not_saved(&who, error, posted.typed(who.here(), "/submissions", &texts)),
        answered => answered,
    }
}

async fn approve(who: &SignedIn, key: &str, posted: &Posted) -> Result<HttpResponse> {
    let app = &who.app;
    let mut tx = app.writes.begin().await?;
    let submission = submissions::lock(&mut tx, who.person(), key).await?;
    let approver = guard(who)?;
    let form: ApproveForm = posted.read()?;
    let seen = seen(&form)?;
    queries::lock_all(&mut tx, submission.id).await?;
    let reviews = counted(&mut tx, &submission).await?;
    let read = read(&form, app.clock.today());
    let rows: Vec<(Uuid, i32)> =
        seen.iter().map(|seen| (seen.id, seen.version)).chain([(submission.id.0, form.version)]).collect();
    let told = history::since(&mut tx, &rows).await?;
    let here = format!("/submissions/{}", submission.key);
    if let Some(flash) = already(who, &submission, &read, &told) {
        held::forget(&mut tx, who, &address(&submission)).await?;
        tx.commit().await?;
        who.tell(&flash)?;
        return Ok(see_other(here));
    }
    if let Err(problems) = &read {
        let rounds = ending(&mut tx, &submission, &reviews).await?;
        drop(tx);
        let (submission, reviews) = as_it_was(submission, reviews, &form, &seen);
        return refused(who, &submission, (&reviews, rounds), posted, problems);
    }
    let moved_on = form.version != submission.version
        || Some(form.revision) != submission.sent_revision
        || !ContractReviewAction::Approve.possible_from(submission.status)
        || !same_statuses(&seen, &reviews);
    if moved_on {
        drop(tx);
        return clash::panel(&submission, &reviews, &form, &seen, &told).answer(who, "Not approved");
    }
    let (released_on, reason) = read.unwrap_or_else(|_| unreachable!("refused above"));
    if reason.is_none() && !missing(&reviews).is_empty() {
        let rounds = ending(&mut tx, &submission, &reviews).await?;
        drop(tx);
        let problem =
            ("reason", "Say why the package is approved although a department has not signed off.".to_owned());
        return refused(who, &submission, (&reviews, rounds), posted, &[problem]);
    }
    let approval = Approval { released_on, reason: reason.as_deref() };
    approval::approve(&mut tx, &app.clock, approver, &submission, &reviews, approval).await?;
    held::forget(&mut tx, who, &address(&submission)).await?;
    tx.commit().await?;
    who.tell(&Flash::success(done(&submission)))?;
    Ok(see_other(here))
}

/// The answer when it is approved from that day already: one's own second press is answered like the first.
fn already(
    who: &SignedIn,
    submission: &Submission,
    read: &Result<(Date, Option<String>), Problems>,
    told: &[Told],
) -> Option<Flash> {
    let (released_on, _) = read.as_ref().ok()?;
    if submission.status != ContractReviewStatus::Approved || submission.released_on != Some(*released_on) {
        return None;
    }
    let by_me = told.iter().any(|entry| entry.kind == Kind::Approved && entry.actor_id == Some(who.person().id));
    Some(if by_me { Flash::success(done(submission)) } else { Flash::news(why_not(submission, told)) })
}

fn done(submission: &Submission) -> String {
    format!("{} is approved.", submission.key)
}

type Problems = Vec<(&'static str, String)>;

/// The release date and the reason, as far as they can be judged without the record.
fn read(form: &ApproveForm, today: Date) -> Result<(Date, Option<String>), Problems> {
    let typed = form.released_on.trim();
    let date = match parse_date(typed) {
        Some(date) if date > today => Err("The release date can't be after today.".to_owned()),
        Some(date) => Ok(date),
        None if typed.is_empty() => Err("Enter the release date.".to_owned()),
        None => Err("Enter Release date as MM/DD/YYYY, for example 07/01/2026.".to_owned()),
    };
    match (date, Text::REASON.read(&form.reason)) {
        (Ok(date), Ok(reason)) => Ok((date, reason)),
        (date, reason) => Err([
            date.err().map(|sentence| ("released_on", sentence)),
            reason.err().map(|sentence| ("reason", sentence)),
        ]
        .into_iter()
        .flatten()
        .collect()),
    }
}

fn refused(
    who: &SignedIn,
    submission: &Submission,
    package: (&[DepartmentReview], Vec<String>),
    posted: &Posted,
    problems: &[(&'static str, String)],
) -> Result<HttpResponse> {
    let mut state = FormState::filled(posted.pairs()?);
    for (field, sentence) in problems {
        state.refuse(*field, sentence.clone());
    }
    draw(who, StatusCode::UNPROCESSABLE_ENTITY, submission, package, state)
}
