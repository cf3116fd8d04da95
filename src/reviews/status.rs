//! `/department-reviews/{id}/status`: start, sign off, object, reopen.

mod clash;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;

use super::deeds::{self, Decided, Unwritten};
use super::queries;
use super::review::DepartmentReview;
use super::{panel, respond};
use crate::domain::clock::{Clock, Moment};
use crate::domain::lifecycle::{Decision, DepartmentReviewAction, DepartmentReviewStatus};
use crate::domain::permission::DepartmentMember;
use crate::domain::text::{Text, is_blank};
use crate::history::{self, Told};
use crate::questions;
use crate::submissions::Submission;
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

const NOT_YOURS: &str = "Only reviewers and approvers of the department that reviews this can do it.";

/// The query of the page.
#[derive(Debug, Deserialize)]
pub struct Wish {
    to: Option<String>,
    held: Option<String>,
}

impl Wish {
    fn status(&self) -> Result<DepartmentReviewStatus> {
        let status = self.to.as_deref().and_then(DepartmentReviewStatus::from_stored);
        status.ok_or_else(|| Error::unprocessable("The address does not say which status to set."))
    }
}

#[derive(Debug, Deserialize)]
struct StatusForm {
    to: DepartmentReviewStatus,
    version: i32,
    revision: i32,
    #[serde(default)]
    note: String,
    /// Only the form to reopen has it, filled or not.
    reason: Option<String>,
    primary: Option<String>,
}

#[derive(Template)]
#[template(path = "reviews/status.html", blocks = ["form"])]
struct StatusPage<'a> {
    chrome: Chrome,
    submission: &'a Submission,
    review: &'a DepartmentReview,
    action: DepartmentReviewAction,
    to: DepartmentReviewStatus,
    /// What else the deed does, and whose review it is, in sentences.
    effects: Vec<String>,
    form: FormState,
    htmx: bool,
}

impl StatusPage<'_> {
    fn button(&self) -> &'static str {
        self.action.rule().label
    }

    fn subject(&self) -> String {
        self.review.title()
    }

    fn tag(&self) -> crate::domain::lifecycle::Tag {
        self.review.status.tag(self.submission.status, self.review.decided_revision)
    }

    fn nobody_on_it(&self) -> bool {
        self.review.primary.is_none()
    }
}

/// `GET /department-reviews/{id}/status?to=…`
///
/// # Errors
/// 403 for others than the department; a deed that the status forbids leads back with the reason as news.
pub async fn get(who: SignedIn, id: web::Path<String>, wish: web::Query<Wish>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let (submission, review) = queries::visible(&mut conn, who.person(), &id).await?;
    who.person().member_of(review.department).ok_or(Error::Forbidden(NOT_YOURS))?;
    let held = held_form(&mut conn, &who, &review, &wish).await?;
    if let Some((form, state)) = held {
        return draw_held(&who, &mut conn, (&submission, review), &form, state).await;
    }
    let to = wish.status()?;
    let Some(action) = possible(&submission, &review, to) else {
        who.tell(&Flash::news(why_not(&submission, &review)))?;
        return Ok(see_other(panel::place_of(&submission, &review)));
    };
    let mut form = FormState::default();
    if let Some(note) = held_note(&who, &review) {
        form = FormState::filled(vec![("note".to_owned(), note)]);
    }
    let effects = effects(&mut conn, &who, &review, action).await?;
    drop(conn);
    draw(&who, StatusCode::OK, (&submission, &review), (action, to), effects, form)
}

/// What a deed does besides setting the status, and that somebody else is the primary reviewer.
async fn effects(
    conn: &mut PgConnection,
    who: &SignedIn,
    review: &DepartmentReview,
    action: DepartmentReviewAction,
) -> Result<Vec<String>> {
    let mut effects = Vec::new();
    if action == DepartmentReviewAction::SignOff {
        let closes = questions::answered(conn, review.subject.asked(), review.department).await?;
        effects.extend(closes.map(|round| format!("This closes question {} (answered).", round.number)));
    }
    let other = review.primary.as_ref().filter(|primary| primary.id != who.person().id);
    effects.extend(other.map(|primary| format!("{} is the primary reviewer.", primary.name)));
    Ok(effects)
}

/// What is held of the form that the address asks for, or of any where it does not say.
async fn held_form(
    conn: &mut PgConnection,
    who: &SignedIn,
    review: &DepartmentReview,
    wish: &Wish,
) -> Result<Option<(StatusForm, FormState)>> {
    if wish.held.as_deref() == Some("no") {
        return Ok(None);
    }
    let held = held::found(conn, who, &address(review)).await?;
    Ok(held.and_then(|held| {
        let form: StatusForm = held.read()?;
        let as_saved = format!("{}?to={}&held=no", address(review), form.to.as_str());
        let state = FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(as_saved)));
        Some((form, state)).filter(|(form, _)| wish.to.as_deref().is_none_or(|to| to == form.to.as_str()))
    }))
}

/// The form as it was typed before the session ended, or why it can't be sent any more.
async fn draw_held(
    who: &SignedIn,
    conn: &mut PgConnection,
    (submission, review): (&Submission, DepartmentReview),
    form: &StatusForm,
    state: FormState,
) -> Result<HttpResponse> {
    match possible(submission, &review, form.to).filter(|_| still_possible(submission, &review, form)) {
        Some(action) => {
            // The form stays that of what was on the screen, so that sending it meets what happened since.
            let review = DepartmentReview { version: form.version, current_revision: Some(form.revision), ..review };
            let effects = effects(conn, who, &review, action).await?;
            draw(who, StatusCode::OK, (submission, &review), (action, form.to), effects, state)
        }
        None => {
            let told = history::since(conn, &[(review.id.0, form.version)]).await?;
            clash::panel(submission, &review, form, &told).answer(who, "Not saved")
        }
    }
}

fn address(review: &DepartmentReview) -> String {
    format!("/department-reviews/{}/status", review.id)
}

fn possible(
    submission: &Submission,
    review: &DepartmentReview,
    to: DepartmentReviewStatus,
) -> Option<DepartmentReviewAction> {
    DepartmentReviewAction::between(review.status, to).filter(|_| review.under_review(submission.status))
}

/// Whether the very deed can still be done: a review is started and reopened to the same status.
fn still_possible(submission: &Submission, review: &DepartmentReview, form: &StatusForm) -> bool {
    Wished::of(form).is_ok_and(|wished| possible(submission, review, form.to) == Some(wished.action))
}

fn why_not(submission: &Submission, review: &DepartmentReview) -> String {
    if review.under_review(submission.status) {
        format!("The {} review is already at “{}”.", review.department.short_name(), review.status.label())
    } else {
        format!("{}: its department reviews are closed.", review.closed(submission))
    }
}

fn draw(
    who: &SignedIn,
    status: StatusCode,
    (submission, review): (&Submission, &DepartmentReview),
    (action, to): (DepartmentReviewAction, DepartmentReviewStatus),
    effects: Vec<String>,
    form: FormState,
) -> Result<HttpResponse> {
    let key = submission.key.to_string();
    let title = format!("{}: {}", action.rule().label, review.title());
    let chrome = who.chrome(format!("{title} – {key}")).failed(form.failed()).crumbs(
        [("/submissions".to_owned(), "Submissions".to_owned()), (format!("/submissions/{key}"), key.clone())],
        &title,
    );
    let page = StatusPage { chrome, submission, review, action, to, effects, form, htmx: who.htmx };
    if who.htmx { html(status, &page.as_form()) } else { html(status, &page) }
}

/// `POST /department-reviews/{id}/status`
///
/// # Errors
/// 403 for others than the department, 422 for a form that no page sends.
pub async fn post(who: SignedIn, id: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    let texts = [("note", "Your note"), ("reason", "Your reason")];
    match set(&who, &id, &posted).await {
        Err(error) => not_saved(&who, error, posted.typed(who.here(), "/submissions", &texts)),
        answered => answered,
    }
}

async fn set(who: &SignedIn, id: &str, posted: &Posted) -> Result<HttpResponse> {
    let app = &who.app;
    let mut tx = app.writes.begin().await?;
    let (submission, review) = queries::lock(&mut tx, who.person(), id).await?;
    let member = who.person().member_of(review.department).ok_or(Error::Forbidden(NOT_YOURS))?;
    let form: StatusForm = posted.read()?;
    let wished = Wished::of(&form)?;
    if let Err(problem) = &wished.text {
        let effects = effects(&mut tx, who, &review, wished.action).await?;
        drop(tx);
        let mut state = FormState::filled(posted.pairs()?);
        state.refuse(wished.field, problem.clone());
        // The form stays that of what was on the screen, so that sending it again meets what happened since.
        let review = DepartmentReview { version: form.version, current_revision: Some(form.revision), ..review };
        let deed = (wished.action, form.to);
        return draw(who, StatusCode::UNPROCESSABLE_ENTITY, (&submission, &review), deed, effects, state);
    }
    let mut seen = vec![(review.id.0, form.version)];
    if !review.under_review(submission.status) {
        // What closed the review was done to the package.
        seen.push((submission.id.0, submission.version - 1));
    }
    let told = history::since(&mut tx, &seen).await?;
    if let Some(news) = already_so(who, &submission, &review, &form, &wished, &told) {
        held::forget(&mut tx, who, &address(&review)).await?;
        tx.commit().await?;
        forget_note(who, &review, form.to);
        return respond(who, posted, &submission, &review, news).await;
    }
    let current = form.version == review.version && review.current_revision == Some(form.revision);
    if !current || possible(&submission, &review, form.to) != Some(wished.action) {
        drop(tx);
        hold_note(who, &review, &form)?;
        return clash::panel(&submission, &review, &form, &told).answer(who, "Not saved");
    }
    match act(&mut tx, &app.clock, member, &review, &form, &wished).await {
        Ok(_) => {}
        Err(Unwritten::Failed(error)) => return Err(error.into()),
        Err(Unwritten::Stale) => return Err(anyhow::anyhow!("a locked review changed under its lock").into()),
    }
    held::forget(&mut tx, who, &address(&review)).await?;
    tx.commit().await?;
    forget_note(who, &review, form.to);
    let label = form.to.tag(submission.status, review.current_revision).label.to_lowercase();
    let words = format!("{}: {label}", review.title());
    respond(who, posted, &submission, &review, Flash::success(words)).await
}

/// What the form asks for, with its text judged.
struct Wished {
    action: DepartmentReviewAction,
    field: &'static str,
    text: Result<Option<String>, String>,
}

impl Wished {
    fn of(form: &StatusForm) -> Result<Self> {
        let no_such = || Error::unprocessable("A department review is not set to this status by hand.");
        Ok(match form.to {
            DepartmentReviewStatus::SignedOff => {
                Self { action: DepartmentReviewAction::SignOff, field: "note", text: Text::NOTE.read(&form.note) }
            }
            DepartmentReviewStatus::Objection => Self {
                action: DepartmentReviewAction::Object,
                field: "note",
                text: Text::NOTE.required("Say what you object to.").read(&form.note),
            },
            DepartmentReviewStatus::InReview => match &form.reason {
                None => Self { action: DepartmentReviewAction::Start, field: "reason", text: Ok(None) },
                Some(reason) => Self {
                    action: DepartmentReviewAction::Reopen,
                    field: "reason",
                    text: Text::REASON.required("Say why the review is reopened.").read(reason),
                },
            },
            DepartmentReviewStatus::NotStarted | DepartmentReviewStatus::AwaitingState => return Err(no_such()),
        })
    }
}

/// The wish has come true, by one's own hand before or by another's.
fn already_so(
    who: &SignedIn,
    submission: &Submission,
    review: &DepartmentReview,
    form: &StatusForm,
    wished: &Wished,
    told: &[Told],
) -> Option<Flash> {
    let decision = matches!(form.to, DepartmentReviewStatus::SignedOff | DepartmentReviewStatus::Objection);
    let same_decision = !decision
        || (review.decided_revision == Some(form.revision) && wished.text.as_ref() == Ok(&review.decision_note));
    if review.status != form.to || !same_decision || told.is_empty() {
        return None;
    }
    let last = told.iter().rev().find(|entry| entry.led_to(form.to.as_str()))?;
    let label = form.to.tag(submission.status, review.decided_revision).label.to_lowercase();
    Some(if last.actor_id == Some(who.person().id) {
        Flash::success(format!("{}: {label}", review.title()))
    } else {
        Flash::news(format!("Already {label}, by {}, {}. Nothing was left to do.", last.who(), Moment(last.at)))
    })
}

async fn act(
    conn: &mut PgConnection,
    clock: &Clock,
    member: DepartmentMember<'_>,
    review: &DepartmentReview,
    form: &StatusForm,
    wished: &Wished,
) -> Result<i32, Unwritten> {
    let text = wished.text.as_ref().ok().and_then(Option::as_deref);
    let decided = |decision| Decided { decision, note: text, revision: form.revision };
    match wished.action {
        DepartmentReviewAction::Start => {
            deeds::start(conn, clock, member, review, form.revision, form.primary.is_some()).await
        }
        DepartmentReviewAction::SignOff => {
            deeds::decide(conn, clock, member, review, decided(Decision::SignedOff)).await
        }
        DepartmentReviewAction::Object => {
            deeds::decide(conn, clock, member, review, decided(Decision::Objection)).await
        }
        DepartmentReviewAction::Reopen => deeds::reopen(conn, clock, member, review, text.unwrap_or_default()).await,
        // What the product does, no form asks for.
        DepartmentReviewAction::Make
        | DepartmentReviewAction::Wait
        | DepartmentReviewAction::Resume
        | DepartmentReviewAction::Return => Err(Unwritten::Stale),
    }
}

/// The typed note waits in the session until the department decides, so that nobody types it twice.
fn note_entry(review: &DepartmentReview) -> String {
    format!("note:{}", review.id)
}

fn held_note(who: &SignedIn, review: &DepartmentReview) -> Option<String> {
    who.session.get::<String>(&note_entry(review)).ok().flatten()
}

fn hold_note(who: &SignedIn, review: &DepartmentReview, form: &StatusForm) -> Result<()> {
    if is_blank(&form.note) {
        return Ok(());
    }
    who.session.insert(note_entry(review), &form.note).map_err(|error| Error::Internal(error.into()))
}

/// Reopening is a step on the way to the decision that the note is for.
fn forget_note(who: &SignedIn, review: &DepartmentReview, to: DepartmentReviewStatus) {
    if to != DepartmentReviewStatus::InReview {
        who.session.remove(&note_entry(review));
    }
}
