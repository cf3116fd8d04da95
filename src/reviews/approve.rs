//! `/submissions/{k}/approve`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::approval::{self, Approval, missing};
use super::conflict;
use super::queries;
use super::review::DepartmentReview;
use crate::domain::clock::{Moment, date_in_words};
use crate::domain::event::Kind;
use crate::domain::forms::parse_date;
use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus, DepartmentReviewStatus, Tag};
use crate::domain::text::Text;
use crate::history::{self, Told};
use crate::questions::{self, GoingOn};
use crate::submissions::{self, Submission};
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, not_saved, see_other};

const NOT_YOURS: &str = "Only approvers and admins approve packages.";

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

/// A department review as the form showed it.
struct Seen {
    id: Uuid,
    version: i32,
    status: String,
}

#[derive(Template)]
#[template(path = "reviews/approve.html")]
struct ApprovePage<'a> {
    chrome: Chrome,
    submission: &'a Submission,
    reviews: Vec<Row<'a>>,
    /// The rounds that end with the approval, in words.
    rounds: Vec<String>,
    needs_reason: bool,
    /// The last day that the calendar offers, as YYYY-MM-DD.
    today: String,
    sent: Option<Moment>,
    form: FormState,
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
pub async fn get(who: SignedIn, key: web::Path<String>) -> Result<HttpResponse> {
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
    drop(conn);
    draw(&who, StatusCode::OK, &submission, (&reviews, rounds), FormState::default())
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
        needs_reason: !lacking.is_empty(),
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
    let mut tx = app.db.begin().await?;
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
    if let (ContractReviewStatus::Approved, Ok((released_on, _))) = (submission.status, &read)
        && submission.released_on == Some(*released_on)
    {
        let by_me = told.iter().any(|entry| entry.kind == Kind::Approved && entry.actor_id == Some(who.person().id));
        let flash = if by_me { Flash::success(done(&submission)) } else { Flash::news(why_not(&submission, &told)) };
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
        return conflict_panel(&submission, &reviews, &form, &seen, &told).answer(who, "Not approved");
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
    tx.commit().await?;
    who.tell(&Flash::success(done(&submission)))?;
    Ok(see_other(here))
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

/// The package as the form showed it: sending the form again meets what happened since.
fn as_it_was(
    submission: Submission,
    reviews: Vec<DepartmentReview>,
    form: &ApproveForm,
    seen: &[Seen],
) -> (Submission, Vec<DepartmentReview>) {
    let review = |review: DepartmentReview| match seen.iter().find(|seen| seen.id == review.id.0) {
        Some(seen) => DepartmentReview {
            version: seen.version,
            status: DepartmentReviewStatus::from_stored(&seen.status).unwrap_or(review.status),
            ..review
        },
        None => review,
    };
    let submission = Submission { version: form.version, sent_revision: Some(form.revision), ..submission };
    (submission, reviews.into_iter().map(review).collect())
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

fn seen(form: &ApproveForm) -> Result<Vec<Seen>> {
    let one = |text: &String| {
        let mut parts = text.splitn(3, ':');
        Some(Seen {
            id: parts.next()?.parse().ok()?,
            version: parts.next()?.parse().ok()?,
            status: parts.next()?.to_owned(),
        })
    };
    let seen: Option<Vec<Seen>> = form.review.iter().map(one).collect();
    seen.ok_or_else(|| Error::unprocessable("The form does not say what it showed of the department reviews."))
}

/// A changed reviewer is no reason to look again; a changed status is.
fn same_statuses(seen: &[Seen], reviews: &[DepartmentReview]) -> bool {
    seen.len() == reviews.len()
        && reviews
            .iter()
            .all(|review| seen.iter().any(|seen| seen.id == review.id.0 && seen.status == review.status.as_str()))
}

fn conflict_panel(
    submission: &Submission,
    reviews: &[DepartmentReview],
    form: &ApproveForm,
    seen: &[Seen],
    told: &[Told],
) -> ConflictPanel {
    let here = format!("/submissions/{}", submission.key);
    let mut panel = conflict::panel(told, "this package", format!("{here}/approve"), here.clone());
    let cms = crate::domain::role::Side::Cms;
    for review in reviews {
        let then = seen.iter().find(|seen| seen.id == review.id.0);
        let then = then
            .and_then(|seen| DepartmentReviewStatus::from_stored(&seen.status))
            .map_or("–", |status| status.label());
        let (name, label) = (format!("review.{}", review.id), format!("{} review", review.department.short_name()));
        let values = [then, review.status.label(), ""];
        panel.rows.push(conflict::row(&name, &label, values, "another person's decision"));
    }
    let possible = ContractReviewAction::Approve.possible_from(submission.status);
    let current = Some(form.revision) == submission.sent_revision;
    if possible && current {
        panel.lead.push("You can still approve it. Look at what changed first.".to_owned());
        panel.hidden = vec![
            ("version".to_owned(), submission.version.to_string()),
            ("revision".to_owned(), form.revision.to_string()),
            ("released_on".to_owned(), form.released_on.clone()),
            ("reason".to_owned(), form.reason.clone()),
        ];
        panel.hidden.extend(reviews.iter().map(|review| ("review".to_owned(), as_seen(review))));
        panel.save_label = Some("Approve all the same".to_owned());
        return panel;
    }
    if possible {
        let newest = submission.sent_revision.unwrap_or_default();
        panel
            .lead
            .push(format!("You decided on version {}. Version {newest} came meanwhile: read it first.", form.revision));
        panel.next_step = Some((here, format!("Read version {newest}")));
    } else {
        panel.lead.push(format!("The package is {} now.", submission.status.tag(cms).label.to_lowercase()));
        if let Some(date) = submission.released_on {
            panel.lead.push(format!("Its release date is {}; you wanted {}.", date_in_words(date), form.released_on));
        }
    }
    if !form.reason.is_empty() {
        panel.copy.push(("Your reason".to_owned(), form.reason.clone()));
    }
    panel
}

/// A department review as the form carries it.
fn as_seen(review: &DepartmentReview) -> String {
    format!("{}:{}:{}", review.id, review.version, review.status.as_str())
}
