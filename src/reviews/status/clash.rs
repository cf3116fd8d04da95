//! The panel over a review whose status can't be set as the form asks.

use super::{StatusForm, Wished, possible, still_possible, why_not};
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::history::Told;
use crate::reviews::conflict::{self, Then};
use crate::reviews::panel::place_of;
use crate::reviews::review::DepartmentReview;
use crate::submissions::Submission;
use crate::web::conflict::{ConflictPanel, ConflictRow};

fn rows(submission: &Submission, review: &DepartmentReview, form: &StatusForm, told: &[Told]) -> Vec<ConflictRow> {
    let Then { status, primary, secondary } = conflict::then(review, told);
    let (primary_now, secondary_now) = conflict::slots(review);
    let fate = if still_possible(submission, review, form) {
        "can still be done"
    } else {
        "not possible from where it stands now"
    };
    let mut rows =
        vec![conflict::row("status", "Status", [status.label(), review.status.label(), form.to.label()], fate)];
    for (name, label, then, now) in [
        ("primary", "Primary reviewer", &primary, &primary_now),
        ("secondary", "Secondary reviewer", &secondary, &secondary_now),
    ] {
        if then != now {
            let values = [conflict::name_in(then), conflict::name_in(now), ""];
            rows.push(conflict::row(name, label, values, "kept: you did not change it"));
        }
    }
    rows
}

/// What the panel's form carries: the same wish, from the review as it is now.
fn carried(review: &DepartmentReview, form: &StatusForm) -> Vec<(String, String)> {
    let mut fields = vec![
        ("to", form.to.as_str().to_owned()),
        ("version", review.version.to_string()),
        ("revision", form.revision.to_string()),
        ("note", form.note.clone()),
    ];
    fields.extend(form.reason.iter().map(|reason| ("reason", reason.clone())));
    fields.extend(form.primary.iter().map(|primary| ("primary", primary.clone())));
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What the person wanted and what stands in its way, with the next sensible step.
pub fn panel(submission: &Submission, review: &DepartmentReview, form: &StatusForm, told: &[Told]) -> ConflictPanel {
    let action = format!("/department-reviews/{}/status", review.id);
    let mut panel = conflict::panel(told, "this review", action, place_of(submission, review));
    panel.rows = rows(submission, review, form, told);
    let text = form.reason.as_ref().unwrap_or(&form.note);
    if review.current_revision != Some(form.revision) {
        let newest = review.current_revision.unwrap_or_default();
        panel
            .lead
            .push(format!("You decided on version {}. Version {newest} came meanwhile: read it first.", form.revision));
        let read = review.subject.rate().map_or_else(|| format!("/submissions/{}", submission.key), |(href, _)| href);
        panel.next_step = Some((read, format!("Read version {newest}")));
    } else if still_possible(submission, review, form) {
        panel.lead.push("Your wish can still be carried out.".to_owned());
        panel.hidden = carried(review, form);
        panel.save_label =
            Some(format!("{} all the same", Wished::of(form).map_or("Save", |wish| wish.action.rule().label)));
        if !text.is_empty() {
            panel.rows.push(conflict::row("note", "Your words", ["", "", text], "yours"));
        }
        return panel;
    } else {
        panel.lead.push(why_not(submission, review));
        if possible(submission, review, DepartmentReviewStatus::InReview).is_some() {
            let href = format!("/department-reviews/{}/status?to=in_review", review.id);
            panel.lead.push(
                "To decide otherwise, reopen the review first. Your note is kept for the new decision.".to_owned(),
            );
            panel.next_step = Some((href, "Reopen the review".to_owned()));
        }
    }
    if !text.is_empty() {
        panel.copy.push(("Your note".to_owned(), text.clone()));
    }
    panel
}
