//! What a form to approve showed of the package, and the panel over one that was drawn from something older.

use uuid::Uuid;

use super::{ApproveForm, address};
use crate::domain::clock::date_in_words;
use crate::domain::lifecycle::{ContractReviewAction, DepartmentReviewStatus};
use crate::domain::role::Side;
use crate::history::Told;
use crate::reviews::conflict;
use crate::reviews::review::DepartmentReview;
use crate::submissions::Submission;
use crate::web::conflict::ConflictPanel;
use crate::web::{Error, Result};

/// A department review as the form showed it.
pub(super) struct Seen {
    pub(super) id: Uuid,
    pub(super) version: i32,
    pub(super) status: String,
}

/// The package as the form showed it: sending the form again meets what happened since.
pub(super) fn as_it_was(
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

/// What the form showed of the department reviews.
///
/// # Errors
/// [`Error::Unprocessable`] for a form that no page of ours sends.
pub(super) fn seen(form: &ApproveForm) -> Result<Vec<Seen>> {
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
pub(super) fn same_statuses(seen: &[Seen], reviews: &[DepartmentReview]) -> bool {
    seen.len() == reviews.len()
        && reviews
            .iter()
            .all(|review| seen.iter().any(|seen| seen.id == review.id.0 && seen.status == review.status.as_str()))
}

/// The panel: what came since, and the approval again where it can still be given.
pub(super) fn panel(
    submission: &Submission,
    reviews: &[DepartmentReview],
    form: &ApproveForm,
    seen: &[Seen],
    told: &[Told],
) -> ConflictPanel {
    let here = format!("/submissions/{}", submission.key);
    let mut panel = conflict::panel(told, "this package", address(submission), here.clone());
    for review in reviews {
        let then = seen.iter().find(|seen| seen.id == review.id.0);
        let then = then
            .and_then(|seen| DepartmentReviewStatus::from_stored(&seen.status))
            .map_or("–", |status| status.label());
        let values = [then, review.status.label(), ""];
        let name = format!("review.{}", review.id);
        panel.rows.push(conflict::row(&name, &review.title(), values, "another person's decision"));
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
        panel.lead.push(format!("The package is {} now.", submission.status.tag(Side::Cms).label.to_lowercase()));
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
pub(super) fn as_seen(review: &DepartmentReview) -> String {
    format!("{}:{}:{}", review.id, review.version, review.status.as_str())
}
