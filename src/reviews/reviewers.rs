//! `/department-reviews/{id}/reviewers`: take, hand back, and put others on.

mod clash;
mod wish;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use self::wish::Wanted;
use super::conflict;
use super::deeds::{Unwritten, set_reviewers};
use super::people::{Candidate, candidates};
use super::queries;
use super::review::{DepartmentReview, Reviewer};
use super::{panel, respond};
use crate::domain::clock::Moment;
use crate::domain::permission::Person;
use crate::history::{self, Told};
use crate::submissions::Submission;
use crate::web::chrome::Chrome;
use crate::web::conflict::KEEP;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::held::{self, Held};
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, see_other};

const NOT_YOURS: &str = "Reviewers of the department take and hand back their own; its approvers, admins, the help desk and business owners assign others.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Take,
    HandBack,
    Set,
}

#[derive(Debug, Deserialize)]
struct ReviewersForm {
    #[serde(rename = "do")]
    deed: Deed,
    version: i32,
    #[serde(default)]
    primary: String,
    #[serde(default)]
    secondary: String,
    #[serde(rename = "choose.primary")]
    choose_primary: Option<String>,
    #[serde(rename = "choose.secondary")]
    choose_secondary: Option<String>,
    /// The version that the first of several conflicting forms was drawn from.
    opened: Option<i32>,
}

/// The query of the page.
#[derive(Debug, Deserialize)]
pub struct Asked {
    held: Option<String>,
}

/// A choice of the select; "Nobody" is the control's own.
struct Offered {
    value: String,
    label: String,
    disabled: bool,
}

#[derive(Template)]
#[template(path = "reviews/reviewers.html", blocks = ["form"])]
struct ReviewersPage<'a> {
    chrome: Chrome,
    submission: &'a Submission,
    review: &'a DepartmentReview,
    people: Vec<Offered>,
    form: FormState,
    htmx: bool,
}

impl Deed {
    fn as_str(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::HandBack => "hand_back",
            Self::Set => "set",
        }
    }
}

impl ReviewersForm {
    /// The version that the person first saw.
    fn drawn_from(&self) -> i32 {
        self.opened.unwrap_or(self.version)
    }

    /// Whether the person chose to keep what a panel showed, and that has changed since.
    fn keeps_what_is_gone(&self, review: &DepartmentReview) -> bool {
        let keeps = |choice: &Option<String>| choice.as_deref() == Some(KEEP.value);
        self.version != review.version && (keeps(&self.choose_primary) || keeps(&self.choose_secondary))
    }
}

impl ReviewersPage<'_> {
    fn subject(&self) -> String {
        self.review.title()
    }
}

/// `GET /department-reviews/{id}/reviewers`
///
/// # Errors
/// 403 for those who neither work nor assign the reviews of the department.
pub async fn get(who: SignedIn, id: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let (submission, review) = queries::visible(&mut conn, who.person(), &id).await?;
    let person = who.person();
    if person.member_of(review.department).is_none() && person.assigner_for(review.department).is_none() {
        return Err(Error::Forbidden(NOT_YOURS));
    }
    if !review.open(submission.status) {
        who.tell(&Flash::news(closed(&submission, &review)))?;
        return Ok(see_other(panel::place_of(&submission, &review)));
    }
    let people = candidates(&mut conn, &[review.department], who.app.clock.today()).await?;
    let held = held::found(&mut conn, &who, &address(&review)).await?.filter(|_| asked.held.is_none());
    drop(conn);
    let form = held.as_ref().and_then(Held::read::<ReviewersForm>).filter(|form| form.deed == Deed::Set);
    if let (Some(held), Some(form)) = (held, form) {
        let as_saved = format!("{}?held=no", address(&review));
        let state = FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(as_saved)));
        // The form stays that of the version it was drawn from, so that sending it meets what happened since.
        let review = DepartmentReview { version: form.drawn_from(), ..review };
        return draw(&who, StatusCode::OK, &submission, &review, people, state);
    }
    let id = |reviewer: &Option<Reviewer>| reviewer.as_ref().map(|r| r.id.to_string()).unwrap_or_default();
    let form = FormState::filled(vec![
        ("primary".to_owned(), id(&review.primary)),
        ("secondary".to_owned(), id(&review.secondary)),
    ]);
    draw(&who, StatusCode::OK, &submission, &review, people, form)
}

fn address(review: &DepartmentReview) -> String {
    format!("/department-reviews/{}/reviewers", review.id)
}

fn closed(submission: &Submission, review: &DepartmentReview) -> String {
    format!("{}: its reviewers stay as they are.", review.closed(submission))
}

fn draw(
    who: &SignedIn,
    status: StatusCode,
    submission: &Submission,
    review: &DepartmentReview,
    people: Vec<Candidate>,
    form: FormState,
) -> Result<HttpResponse> {
    let key = submission.key.to_string();
    let title = format!("Reviewers: {}", review.title());
    let chrome = who.chrome(format!("{title} – {key}")).failed(form.failed()).crumbs(
        [("/submissions".to_owned(), "Submissions".to_owned()), (format!("/submissions/{key}"), key.clone())],
        &title,
    );
    let people = people
        .into_iter()
        .map(|person| Offered {
            value: person.reviewer.id.to_string(),
            label: format!(
                "{}: {} open{}",
                person.reviewer.name,
                person.open,
                if person.follows(&submission.key.state_code) {
                    format!(", follows {}", submission.state_name)
                } else {
                    String::new()
                }
            ),
            disabled: false,
        })
        .collect();
    let page = ReviewersPage { chrome, submission, review, people, form, htmx: who.htmx };
    if who.htmx { html(status, &page.as_form()) } else { html(status, &page) }
}

/// `POST /department-reviews/{id}/reviewers`
///
/// # Errors
/// 403 for others than those who may, 422 for a form that no page sends.
pub async fn post(who: SignedIn, id: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    let app = &who.app;
    let mut tx = app.writes.begin().await?;
    let (submission, review) = queries::lock(&mut tx, who.person(), &id).await?;
    let person = who.person();
    let (works, assigns) =
        (person.member_of(review.department).is_some(), person.assigner_for(review.department).is_some());
    if !works && !assigns {
        return Err(Error::Forbidden(NOT_YOURS));
    }
    let form: ReviewersForm = posted.read()?;
    if if form.deed == Deed::Set { !assigns } else { !works } {
        return Err(Error::Forbidden(NOT_YOURS));
    }
    let people = candidates(&mut tx, &[review.department], app.clock.today()).await?;
    let told = history::since(&mut tx, &[(review.id.0, form.drawn_from())]).await?;
    let wanted = match wish::wanted(person, &review, &form, &people, &told) {
        Ok(wanted) => wanted,
        Err(problems) => {
            drop(tx);
            let mut state = FormState::filled(posted.pairs()?);
            for (field, sentence) in problems {
                state.refuse(field, sentence);
            }
            // The form stays that of the version it was drawn from, so that sending it again meets what happened since.
            let review = DepartmentReview { version: form.drawn_from(), ..review };
            return draw(&who, StatusCode::UNPROCESSABLE_ENTITY, &submission, &review, people, state);
        }
    };
    let words = in_words(&submission, &review, &wanted);
    if wanted.is_so(&review) && review.open(submission.status) && !form.keeps_what_is_gone(&review) {
        drop(tx);
        return respond(&who, &posted, &submission, &review, already(person, &form, &told, words)).await;
    }
    let clash = if !review.open(submission.status) {
        Some(clash::closed(&submission, &review, &told))
    } else if let (Deed::Take, Some(primary)) = (form.deed, &review.primary) {
        let all = history::since(&mut tx, &[(review.id.0, 0)]).await?;
        Some(clash::taken(&submission, &review, primary, &told, &all))
    } else if form.version != review.version || wish::unchosen(&review, &form, &told) {
        Some(clash::of_values(&submission, &review, &form, &wanted, &people, &told))
    } else {
        None
    };
    if let Some(panel) = clash {
        drop(tx);
        return panel.answer(&who, "Not saved");
    }
    let slots = (wanted.primary.as_ref(), wanted.secondary.as_ref());
    match set_reviewers(&mut tx, &app.clock, person, &review, slots, wanted.how).await {
        Ok(_) => {}
        Err(Unwritten::Failed(error)) => return Err(error.into()),
        Err(Unwritten::Stale) => return Err(anyhow::anyhow!("a locked review changed under its lock").into()),
    }
    held::forget(&mut tx, &who, &address(&review)).await?;
    tx.commit().await?;
    respond(&who, &posted, &submission, &review, Flash::success(words)).await
}

fn in_words(submission: &Submission, review: &DepartmentReview, wanted: &Wanted) -> String {
    let name = |reviewer: &Option<Reviewer>| reviewer.as_ref().map_or("nobody".to_owned(), |r| r.name.clone());
    format!(
        "{} review of {}: primary reviewer {}, secondary reviewer {}",
        review.department.short_name(),
        submission.key,
        name(&wanted.primary),
        name(&wanted.secondary)
    )
}

/// The wish has come true: by another's hand that is news, by one's own it is said once more.
fn already(person: &Person, form: &ReviewersForm, told: &[Told], words: String) -> Flash {
    let changed = |entry: &&Told| ["primary", "secondary"].iter().any(|slot| conflict::changes_slot(entry, slot));
    match told.iter().rev().find(changed) {
        Some(entry) if entry.actor_id != Some(person.id) => {
            Flash::news(format!("Already so, by {}, {}. Nothing was left to do.", entry.who(), Moment(entry.at)))
        }
        None if form.deed == Deed::HandBack => Flash::news("You are not on this review."),
        _ => Flash::success(words),
    }
}
