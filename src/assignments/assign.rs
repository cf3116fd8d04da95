//! `POST /assignments`: the rows of a preview that were ticked, each in a transaction of its own.

use std::collections::HashMap;

use actix_web::HttpResponse;
use sqlx::PgConnection;

use super::address::{PATH, query_of};
use super::results::{self, NOT_THERE, Outcome, ResultRow};
use super::wish::{Slot, Ticked, Wish};
use super::{MOST, Reach};
use crate::domain::clock::Moment;
use crate::domain::id::{AccountId, DepartmentReviewId};
use crate::history;
use crate::reviews::{self, Candidate, DepartmentReview, How, Reviewer, Unwritten};
use crate::submissions::Submission;
use crate::web::flash::Flash;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, see_other};

/// The rule of the database that says who may be on a review.
const FITS: &str = "department_review_reviewer_fits";

/// What a form asks for.
#[derive(Debug, Default)]
struct AssignForm {
    /// The rows that were ticked, each with whom its slot is to hold.
    rows: Vec<(Ticked, Option<AccountId>)>,
    /// How many of the list were not looked at.
    beyond: usize,
    /// The address of the list.
    from: String,
}

impl AssignForm {
    fn read(posted: &Posted) -> Result<Self> {
        let strange = || Error::unprocessable("The form names rows as this page does not.");
        let mut form = Self::default();
        let mut ticked: Vec<Ticked> = Vec::new();
        let mut wanted: HashMap<DepartmentReviewId, Option<AccountId>> = HashMap::new();
        let mut sent = false;
        for (name, value) in posted.pairs()? {
            match name.as_str() {
                "row" => ticked.push(value.parse().map_err(|_| strange())?),
                "from" => form.from = value,
                "beyond" => form.beyond = value.parse().map_err(|_| strange())?,
                "ticked" => sent = true,
                _ => {
                    let Some(review) = name.strip_prefix("to-") else { continue };
                    let to = if value.is_empty() { None } else { Some(value.parse().map_err(|_| strange())?) };
                    wanted.insert(review.parse().map_err(|_| strange())?, to);
                }
            }
        }
        if !sent || ticked.len() > MOST {
            return Err(strange());
        }
        for row in ticked {
            let to = *wanted.get(&row.review).ok_or_else(strange)?;
            form.rows.push((row, to));
        }
        Ok(form)
    }
}

/// `POST /assignments`
///
/// # Errors
/// 403 for those who assign nobody, 422 for a form that no page sends.
pub async fn post(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    let reach = Reach::of(who.person())?;
    let form = AssignForm::read(&posted)?;
    let back = query_of(&form.from).map_or(PATH, |_| form.from.as_str());
    if form.rows.is_empty() {
        who.tell(&Flash::news("No row was ticked, so nobody was assigned."))?;
        return Ok(see_other(back));
    }
    let mut conn = who.app.db.acquire().await?;
    let people = reviews::candidates(&mut conn, &reach.departments, who.app.clock.today()).await?;
    drop(conn);
    let mut rows: Vec<ResultRow> = Vec::new();
    for (ticked, to) in &form.rows {
        rows.push(assign_one(&who, &people, *ticked, *to).await?);
    }
    results::leave(&who, rows, form.beyond)?;
    Ok(see_other(back))
}

/// Puts somebody, or nobody, in a slot of a review, if it is as the preview showed it.
async fn assign_one(who: &SignedIn, people: &[Candidate], ticked: Ticked, to: Option<AccountId>) -> Result<ResultRow> {
    let person = who.person();
    let mut tx = who.app.writes.begin().await?;
    let (submission, review) = match reviews::lock(&mut tx, person, &ticked.review.to_string()).await {
        Ok(found) if person.assigner_for(found.1.department).is_some() => found,
        Ok(_) | Err(Error::NotFound) => {
            let (title, why) = ("A review".to_owned(), NOT_THERE.to_owned());
            return Ok(ResultRow { title, href: None, outcome: Outcome::Refused, why, wish: None });
        }
        Err(error) => return Err(error),
    };
    let told = |outcome, why: String, wish: Option<Wish>| ResultRow {
        title: review.title(),
        href: Some(format!("{}#dr-{}", review.subject.page(), review.id)),
        outcome,
        why,
        wish: wish.map(|wish| wish.to_string()),
    };
    let wish = Wish { review: review.id, slot: ticked.slot, to, version: None };
    let to = match judged(&mut tx, &submission, &review, people, ticked, to).await? {
        Judged::Free(to) => to,
        Judged::Not(outcome, why) => {
            let again = (outcome == Outcome::Changed).then_some(wish);
            return Ok(told(outcome, why, again));
        }
    };
    let slots = match ticked.slot {
        Slot::Primary => (to.as_ref(), review.secondary.as_ref()),
        Slot::Secondary => (review.primary.as_ref(), to.as_ref()),
    };
    let version = match reviews::set_reviewers(&mut tx, &who.app.clock, person, &review, slots, How::Set).await {
        Ok(version) => version,
        Err(Unwritten::Failed(error)) if broken_rule(&error) == Some(FITS) => {
            return Ok(told(Outcome::Refused, gone(to.as_ref(), &review), None));
        }
        Err(unwritten) => return Err(unwritten.into()),
    };
    tx.commit().await?;
    let before = held(&review, ticked.slot);
    let why = format!("{}: {} → {}", ticked.slot.label(), name(before), name(to.as_ref()));
    let undo = Wish { to: before.map(|reviewer| reviewer.id), version: Some(version), ..wish };
    Ok(told(Outcome::Assigned, why, Some(undo)))
}

/// What becomes of a row.
enum Judged {
    /// The slot can be given to this person, or emptied.
    Free(Option<Reviewer>),
    /// It is not touched.
    Not(Outcome, String),
}

/// What becomes of a review that is locked, as it stands.
async fn judged(
    conn: &mut PgConnection,
    submission: &Submission,
    review: &DepartmentReview,
    people: &[Candidate],
    ticked: Ticked,
    to: Option<AccountId>,
) -> sqlx::Result<Judged> {
    let now = held(review, ticked.slot);
    let told = if review.version == ticked.version {
        Vec::new()
    } else {
        history::since(conn, &[(review.id.0, ticked.version)]).await?
    };
    let by = told.last().map_or_else(String::new, |entry| format!(" by {}, {}", entry.who(), Moment(entry.at)));
    if now.map(|reviewer| reviewer.id) == to {
        return Ok(Judged::Not(Outcome::Already, format!("{}: {}.", ticked.slot.label(), name(now))));
    }
    if !review.open(submission.status) {
        return Ok(Judged::Not(Outcome::Refused, format!("Closed: {}.", review.closed(submission))));
    }
    if review.version != ticked.version {
        let (primary, secondary) = (name(review.primary.as_ref()), name(review.secondary.as_ref()));
        let why = format!(
            "Changed{by}. Now {}, primary {primary}, secondary {secondary}.",
            review.status.label().to_lowercase()
        );
        return Ok(Judged::Not(Outcome::Changed, why));
    }
    let Some(id) = to else { return Ok(Judged::Free(None)) };
    let other = if ticked.slot == Slot::Primary { Slot::Secondary } else { Slot::Primary };
    if let Some(holder) = held(review, other).filter(|holder| holder.id == id) {
        let why = format!("{} would hold both slots.", holder.name);
        return Ok(Judged::Not(Outcome::Refused, why));
    }
    let member = people.iter().find(|person| person.reviewer.id == id && person.department == review.department);
    Ok(match member {
        Some(member) => Judged::Free(Some(member.reviewer.clone())),
        None => {
            let named = people.iter().find(|person| person.reviewer.id == id).map(|person| &person.reviewer);
            Judged::Not(Outcome::Refused, gone(named, review))
        }
    })
}

fn gone(reviewer: Option<&Reviewer>, review: &DepartmentReview) -> String {
    let name = reviewer.map_or("Whoever was chosen", |reviewer| reviewer.name.as_str());
    format!("{name} is no active reviewer or approver of {}.", review.department.short_name())
}

fn held(review: &DepartmentReview, slot: Slot) -> Option<&Reviewer> {
    match slot {
        Slot::Primary => review.primary.as_ref(),
        Slot::Secondary => review.secondary.as_ref(),
    }
}

fn name(reviewer: Option<&Reviewer>) -> &str {
    reviewer.map_or("nobody", |reviewer| reviewer.name.as_str())
}

fn broken_rule(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(|error| error.constraint())
}
