//! `/department-reviews/{id}/reviewers`: take, hand back, and put others on.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::conflict::{self, Slot, name_in};
use super::deeds::{How, Unwritten, set_reviewers};
use super::queries::{self, Candidate, DepartmentReview, Reviewer};
use super::{panel, respond};
use crate::domain::clock::Moment;
use crate::domain::permission::Person;
use crate::domain::role::Department;
use crate::history::{self, Told};
use crate::submissions::Submission;
use crate::web::chrome::Chrome;
use crate::web::conflict::{Choice, ConflictPanel, ConflictRow, KEEP, MINE, plain};
use crate::web::flash::Flash;
use crate::web::form::FormState;
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

impl ReviewersPage<'_> {
    fn subject(&self) -> String {
        format!("{} review of {}", self.review.department.short_name(), self.submission.key)
    }
}

/// `GET /department-reviews/{id}/reviewers`
///
/// # Errors
/// 403 for those who neither work nor assign the reviews of the department.
pub async fn get(who: SignedIn, id: web::Path<String>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let (submission, review) = queries::visible(&mut conn, who.person(), &id).await?;
    let person = who.person();
    if person.member_of(review.department).is_none() && person.assigner_for(review.department).is_none() {
        return Err(Error::Forbidden(NOT_YOURS));
    }
    if !submission.status.open() {
        who.tell(&Flash::news(closed(&submission)))?;
        return Ok(see_other(panel::place_of(&submission, &review)));
    }
    let people = queries::candidates(&mut conn, review.department, &submission.key.state_code).await?;
    drop(conn);
    let id = |reviewer: &Option<Reviewer>| reviewer.as_ref().map(|r| r.id.to_string()).unwrap_or_default();
    let form = FormState::filled(vec![
        ("primary".to_owned(), id(&review.primary)),
        ("secondary".to_owned(), id(&review.secondary)),
    ]);
    draw(&who, StatusCode::OK, &submission, &review, people, form)
}

fn closed(submission: &Submission) -> String {
    let status = submission.status.tag(crate::domain::role::Side::Cms).label.to_lowercase();
    format!("{} is {status} now: its reviewers stay as they are.", submission.key)
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
    let title = format!("Reviewers of the {} review", review.department.short_name());
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
                if person.follows { format!(", follows {}", submission.state_name) } else { String::new() }
            ),
            disabled: false,
        })
        .collect();
    let page = ReviewersPage { chrome, submission, review, people, form, htmx: who.htmx };
    if who.htmx { html(status, &page.as_form()) } else { html(status, &page) }
}

/// What the two slots are to hold.
struct Wanted {
    primary: Option<Reviewer>,
    secondary: Option<Reviewer>,
    how: How,
}

/// `POST /department-reviews/{id}/reviewers`
///
/// # Errors
/// 403 for others than those who may, 422 for a form that no page sends.
pub async fn post(who: SignedIn, id: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    let app = &who.app;
    let mut tx = app.db.begin().await?;
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
    let people = queries::candidates(&mut tx, review.department, &submission.key.state_code).await?;
    let told = history::since(&mut tx, &[(review.id.0, form.opened.unwrap_or(form.version))]).await?;
    let wanted = match wanted(person, &review, &form, &people, &told) {
        Ok(wanted) => wanted,
        Err(problems) => {
            drop(tx);
            let mut state = FormState::filled(posted.pairs()?);
            for (field, sentence) in problems {
                state.refuse(field, sentence);
            }
            // The form stays that of the version it was drawn from, so that sending it again meets what happened since.
            let review = DepartmentReview { version: form.version, ..review };
            return draw(&who, StatusCode::UNPROCESSABLE_ENTITY, &submission, &review, people, state);
        }
    };
    let now = conflict::slots(&review);
    if (slot(&wanted.primary), slot(&wanted.secondary)) == now && submission.status.open() {
        drop(tx);
        return respond(&who, &submission, &review, already(person, &review, &form, &told)).await;
    }
    let unchosen = form.opened.is_some() && unchosen(&review, &form, &told);
    let taken = form.deed == Deed::Take && review.primary.is_some();
    if form.version != review.version || unchosen || taken || !submission.status.open() {
        drop(tx);
        return conflict_panel(&submission, &review, &form, &wanted, &told).answer(&who, "Not saved");
    }
    let slots = (wanted.primary.as_ref(), wanted.secondary.as_ref());
    match set_reviewers(&mut tx, &app.clock, person, (submission.id, &review), slots, wanted.how).await {
        Ok(_) => {}
        Err(Unwritten::Failed(error)) => return Err(error.into()),
        Err(Unwritten::Stale) => return Err(anyhow::anyhow!("a locked review changed under its lock").into()),
    }
    tx.commit().await?;
    let words = in_words(review.department, &submission, &wanted);
    respond(&who, &submission, &review, Flash::success(words)).await
}

fn in_words(department: Department, submission: &Submission, wanted: &Wanted) -> String {
    let name = |reviewer: &Option<Reviewer>| reviewer.as_ref().map_or("nobody".to_owned(), |r| r.name.clone());
    format!(
        "{} review of {}: primary reviewer {}, secondary reviewer {}",
        department.short_name(),
        submission.key,
        name(&wanted.primary),
        name(&wanted.secondary)
    )
}

/// A field and what is wrong with it.
type FieldProblem = (&'static str, String);

fn slot(reviewer: &Option<Reviewer>) -> Slot {
    reviewer.as_ref().map(|reviewer| (reviewer.id.to_string(), reviewer.name.clone()))
}

/// What the slots are to hold when the deed is done on the review as it is now: a slot that the person left as the
/// form showed it stays as it is now.
fn wanted(
    person: &Person,
    review: &DepartmentReview,
    form: &ReviewersForm,
    people: &[Candidate],
    told: &[Told],
) -> Result<Wanted, Vec<FieldProblem>> {
    let me = || Reviewer { id: person.id, name: person.name.clone(), email: person.email.clone() };
    let unless_me = |reviewer: &Option<Reviewer>| reviewer.clone().filter(|reviewer| reviewer.id != person.id);
    match form.deed {
        Deed::Take => Ok(Wanted { primary: Some(me()), secondary: unless_me(&review.secondary), how: How::Take }),
        Deed::HandBack => Ok(Wanted {
            primary: unless_me(&review.primary),
            secondary: unless_me(&review.secondary),
            how: How::HandBack,
        }),
        Deed::Set => {
            let then = conflict::then(review, told);
            let primary =
                pick(people, ("primary", &form.primary), (&then.primary, &review.primary), &form.choose_primary);
            let secondary = pick(
                people,
                ("secondary", &form.secondary),
                (&then.secondary, &review.secondary),
                &form.choose_secondary,
            );
            let (primary, secondary) = match (primary, secondary) {
                (Ok(primary), Ok(secondary)) => (primary, secondary),
                (primary, secondary) => {
                    return Err([primary.err(), secondary.err()].into_iter().flatten().collect());
                }
            };
            if primary.is_some() && primary == secondary {
                let sentence = "Primary and secondary reviewer must be two people.".to_owned();
                return Err(vec![("secondary", sentence)]);
            }
            Ok(Wanted { primary, secondary, how: How::Set })
        }
    }
}

fn pick(
    people: &[Candidate],
    (field, typed): (&'static str, &str),
    (then, now): (&Slot, &Option<Reviewer>),
    choice: &Option<String>,
) -> Result<Option<Reviewer>, FieldProblem> {
    let unchanged = then.as_ref().map_or("", |(id, _)| id) == typed;
    if choice.as_deref() == Some(KEEP.value) || (unchanged && choice.is_none()) {
        return Ok(now.clone());
    }
    if typed.is_empty() {
        return Ok(None);
    }
    let found = people.iter().find(|person| person.reviewer.id.to_string() == typed);
    found
        .map(|person| Some(person.reviewer.clone()))
        .ok_or((field, "Choose an active reviewer or approver of the department.".to_owned()))
}

/// Whether the person changed a slot that somebody else changed too, to something else.
fn collides(then: &Slot, now: &Slot, typed: &str) -> bool {
    let id = |slot: &Slot| slot.as_ref().map_or(String::new(), |(id, _)| id.clone());
    then != now && id(then) != typed && id(now) != typed
}

/// Whether a slot that collides came back from the panel without a choice.
fn unchosen(review: &DepartmentReview, form: &ReviewersForm, told: &[Told]) -> bool {
    let (then, (primary, secondary)) = (conflict::then(review, told), conflict::slots(review));
    form.deed == Deed::Set
        && (form.choose_primary.is_none() && collides(&then.primary, &primary, &form.primary)
            || form.choose_secondary.is_none() && collides(&then.secondary, &secondary, &form.secondary))
}

fn already(person: &Person, review: &DepartmentReview, form: &ReviewersForm, told: &[Told]) -> Flash {
    let last = told.iter().rev().find(|entry| entry.details.get("primary").is_some());
    match last {
        Some(entry) if entry.actor_id != Some(person.id) => {
            Flash::news(format!("Already so, by {}, {}. Nothing was left to do.", entry.who(), Moment(entry.at)))
        }
        _ if form.deed == Deed::HandBack => Flash::news("You are not on this review."),
        _ => Flash::success(format!(
            "{} review: primary reviewer {}, secondary reviewer {}",
            review.department.short_name(),
            name_in(&conflict::slots(review).0),
            name_in(&conflict::slots(review).1)
        )),
    }
}

fn conflict_panel(
    submission: &Submission,
    review: &DepartmentReview,
    form: &ReviewersForm,
    wanted: &Wanted,
    told: &[Told],
) -> ConflictPanel {
    let mut panel = ConflictPanel {
        heading: conflict::heading(told, "this review"),
        lead: conflict::nothing_lost(),
        changes: conflict::changes(told),
        action: format!("/department-reviews/{}/reviewers", review.id),
        leave_href: panel::place_of(submission, review),
        ..ConflictPanel::default()
    };
    if !submission.status.open() {
        panel.lead.push(closed(submission));
        return panel;
    }
    if let (Deed::Take, Some(primary)) = (form.deed, &review.primary) {
        let taken = told.iter().rev().find(|entry| entry.details.get("primary").is_some());
        let when = taken.map_or_else(String::new, |entry| format!(" at {}", Moment(entry.at)));
        panel.heading = format!("{} took this{when}", primary.name);
        panel.lead = vec!["Nothing was changed.".to_owned()];
        panel.next_step = Some(("/submissions".to_owned(), "Back to the list".to_owned()));
        return panel;
    }
    let then = conflict::then(review, told);
    let (primary, secondary) = conflict::slots(review);
    let mut row = |name: &str, label: &str, then: &Slot, now: &Slot, typed: &str, wish: &Option<Reviewer>| {
        let i_changed = then.as_ref().map_or("", |(id, _)| id) != typed;
        let collides = form.deed == Deed::Set && collides(then, now, typed);
        let unchosen = collides && form.opened.is_some() && form.version == review.version;
        let choices: Vec<Choice> = if collides { vec![KEEP, MINE] } else { Vec::new() };
        let wish = wish.as_ref().map_or("nobody", |reviewer| reviewer.name.as_str());
        let mine = form.deed != Deed::Set && wish != name_in(now) || i_changed && form.deed == Deed::Set;
        panel.rows.push(ConflictRow {
            name: name.to_owned(),
            label: label.to_owned(),
            then: plain(name_in(then)),
            now: plain(name_in(now)),
            wanted: plain(if mine { wish } else { "" }),
            note: if mine { "yours".to_owned() } else { "kept: you did not change it".to_owned() },
            choices,
            error: unchosen.then(|| "Choose which one it is to be.".to_owned()),
            ..ConflictRow::default()
        });
    };
    row("primary", "Primary reviewer", &then.primary, &primary, &form.primary, &wanted.primary);
    row("secondary", "Secondary reviewer", &then.secondary, &secondary, &form.secondary, &wanted.secondary);
    let deed = match form.deed {
        Deed::Take => "take",
        Deed::HandBack => "hand_back",
        Deed::Set => "set",
    };
    panel.hidden = [
        ("do", deed.to_owned()),
        ("version", review.version.to_string()),
        ("opened", form.opened.unwrap_or(form.version).to_string()),
        ("primary", form.primary.clone()),
        ("secondary", form.secondary.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    panel.save_label = Some("Save my choices".to_owned());
    panel
}
