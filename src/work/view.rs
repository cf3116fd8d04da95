//! A row of the work in words.

use time::Date;
use uuid::Uuid;

use super::filters::Part;
use super::reason::Step;
use super::rows::{Review, Row};
use crate::domain::clock::{days_since, start_in_words};
use crate::domain::id::{AccountId, DepartmentReviewId};
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, Tag};
use crate::domain::role::Department;

/// A row as the template draws it.
#[derive(Debug)]
pub struct WorkRow {
    /// The row of the contract or rate that it is about.
    pub subject: Uuid,
    /// Why it stands here.
    pub next_step: String,
    /// "MN-0005", or of a rate "MN-R0012".
    pub key: String,
    /// Its full name.
    pub name: String,
    /// The very place where the next step is done.
    pub href: String,
    /// "contract" or "rate".
    pub what: &'static str,
    /// The version that the person has not looked at.
    pub unread: Option<i32>,
    /// The state.
    pub state_name: String,
    /// The department's review, if it has one.
    pub review: Option<ReviewCell>,
    /// What the person is on it.
    pub part: &'static str,
    /// How long it has stood so.
    pub days: String,
    /// First day of the contract or of the rating period.
    pub start: Option<Start>,
    /// The review, if the person may take it now.
    pub take: Option<DeedForm>,
    /// The review, if the person may start it now.
    pub start_review: Option<DeedForm>,
    /// The review, if the person is on it and may leave it.
    pub hand_back: Option<DeedForm>,
    /// What the person has just done with it, here.
    pub done: Option<Done>,
}

/// What somebody has just done with the review of a row, which stays where it is until the list is loaded again.
#[derive(Debug)]
pub struct Done {
    /// "Taken by you"
    pub words: &'static str,
    /// Whether it is theirs by that, so that they are offered to leave it again.
    pub taken: bool,
}

/// A department review, in the column of its status.
#[derive(Debug)]
pub struct ReviewCell {
    /// Its key.
    pub id: DepartmentReviewId,
    /// Its status.
    pub tag: Tag,
    /// Where what led to it is told.
    pub explain: String,
    /// "OACT review of MN-R0012"
    pub title: String,
}

/// What a deed carries.
#[derive(Debug)]
pub struct DeedForm {
    /// The review.
    pub id: DepartmentReviewId,
    /// Its version.
    pub version: i32,
    /// The version of its subject.
    pub revision: i32,
}

/// A first day, seen from today.
#[derive(Debug)]
pub struct Start {
    /// The day.
    pub date: Date,
    /// "Starts in 41 days"
    pub words: String,
}

impl WorkRow {
    /// Puts a row in words for `reader`, somebody of `department`.
    pub fn of(row: Row, reader: AccountId, department: Department, today: Date) -> Self {
        let (key, page) = (row.key.to_string(), row.key.page());
        let part = part(row.review.as_ref(), reader);
        let package = if row.withdrawn { ContractReviewStatus::Withdrawn } else { row.status };
        let form = |review: &Review| DeedForm {
            id: review.id,
            version: review.version,
            revision: row.facts.revision.unwrap_or_default(),
        };
        let review = row.review.as_ref();
        let may_take = |review: &&Review| package.open() && review.primary.is_none();
        let may_start = |review: &&Review| {
            package.under_review() && review.status == DepartmentReviewStatus::NotStarted && part != Part::None
        };
        let may_leave = |_: &&Review| package.open() && part != Part::None;
        Self {
            subject: row.subject,
            next_step: row.facts.in_words(row.step, today),
            href: href(&row, &page),
            what: if row.key.is_rate() { "rate" } else { "contract" },
            unread: row.facts.revision.filter(|now| *now > 1 && row.seen_revision.is_none_or(|seen| seen < *now)),
            review: review.map(|review| ReviewCell {
                id: review.id,
                tag: review.status.tag(package, row.facts.decided_revision),
                explain: explain(&page, review, department),
                title: format!("{} review of {key}", department.short_name()),
            }),
            part: if part == Part::None { "–" } else { part.label() },
            days: days_since(row.since, today),
            start: row.starts_on.map(|date| Start { date, words: start_in_words(date, today) }),
            take: review.filter(may_take).map(form),
            start_review: review.filter(may_start).map(form),
            hand_back: review.filter(may_leave).map(form),
            done: None,
            state_name: row.state_name,
            name: row.name,
            key,
        }
    }
}

fn part(review: Option<&Review>, reader: AccountId) -> Part {
    match review {
        Some(review) if review.primary == Some(reader) => Part::Primary,
        Some(review) if review.secondary == Some(reader) => Part::Secondary,
        _ => Part::None,
    }
}

fn href(row: &Row, page: &str) -> String {
    let round = matches!(row.step, Step::Answered | Step::RoundOpen);
    match (row.note, row.question, row.review) {
        (Some(note), _, _) if row.step == Step::Mentioned => format!("{page}/notes#note-{note}"),
        (_, Some(question), _) if round => format!("{page}/questions#round-{question}"),
        (_, _, Some(review)) if row.step != Step::Ready => format!("{page}#dr-{}", review.id),
        _ => format!("{page}#department-reviews"),
    }
}

fn explain(page: &str, review: &Review, department: Department) -> String {
    format!("{page}/history?explain={}&review={}", review.status.as_str(), department.short_name())
}
