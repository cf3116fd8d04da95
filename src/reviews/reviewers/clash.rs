//! The panels over a review whose reviewers can't be set as the form asks.

use super::wish::{Wanted, collides};
use super::{Deed, ReviewersForm};
use crate::history::Told;
use crate::reviews::conflict::{self, Slot, name_in};
use crate::reviews::panel::place_of;
use crate::reviews::people::Candidate;
use crate::reviews::review::{DepartmentReview, Reviewer};
use crate::submissions::Submission;
use crate::web::conflict::{ConflictPanel, ConflictRow, KEEP, MINE};

fn panel(submission: &Submission, review: &DepartmentReview, told: &[Told]) -> ConflictPanel {
    let action = format!("/department-reviews/{}/reviewers", review.id);
    conflict::panel(told, "this review", action, place_of(submission, review))
}

/// The package is closed meanwhile.
pub fn closed(submission: &Submission, review: &DepartmentReview, told: &[Told]) -> ConflictPanel {
    let mut panel = panel(submission, review, told);
    panel.lead.push(super::closed(submission, review));
    panel
}

/// Somebody has the review already; `all` is its whole record.
pub fn taken(
    submission: &Submission,
    review: &DepartmentReview,
    primary: &Reviewer,
    told: &[Told],
    all: &[Told],
) -> ConflictPanel {
    ConflictPanel {
        heading: conflict::how_taken(primary, all),
        lead: vec!["Nothing was changed.".to_owned()],
        next_step: Some(("/work?tab=unassigned".to_owned(), "Back to Unassigned".to_owned())),
        ..panel(submission, review, told)
    }
}

/// Somebody changed the reviewers, or the status, meanwhile.
pub fn of_values(
    submission: &Submission,
    review: &DepartmentReview,
    form: &ReviewersForm,
    wanted: &Wanted,
    people: &[Candidate],
    told: &[Told],
) -> ConflictPanel {
    let then = conflict::then(review, told);
    let (primary, secondary) = conflict::slots(review);
    // A choice that a further change has overtaken is not what was wanted.
    let wish = |typed: &str, wanted: &Option<Reviewer>| match form.deed {
        Deed::Set => {
            people.iter().map(|person| &person.reviewer).find(|person| person.id.to_string() == typed).cloned()
        }
        Deed::Take | Deed::HandBack => wanted.clone(),
    };
    let wishes = (wish(&form.primary, &wanted.primary), wish(&form.secondary, &wanted.secondary));
    let rows = [
        slot_row(form, review, "primary", &form.choose_primary, (&then.primary, &primary, &wishes.0)),
        slot_row(form, review, "secondary", &form.choose_secondary, (&then.secondary, &secondary, &wishes.1)),
    ];
    let choosing = rows.iter().any(|row| !row.choices.is_empty());
    let hidden = [
        ("do", form.deed.as_str().to_owned()),
        ("version", review.version.to_string()),
        ("opened", form.drawn_from().to_string()),
        ("primary", form.primary.clone()),
        ("secondary", form.secondary.clone()),
    ];
    ConflictPanel {
        rows: rows.into(),
        hidden: hidden.map(|(name, value)| (name.to_owned(), value)).into(),
        save_label: Some(if choosing { "Save my choices" } else { "Save" }.to_owned()),
        ..panel(submission, review, told)
    }
}

/// A slot; where it collides there is a choice, and a panel that came back without it says so.
fn slot_row(
    form: &ReviewersForm,
    review: &DepartmentReview,
    name: &'static str,
    choice: &Option<String>,
    (then, now, wish): (&Slot, &Slot, &Option<Reviewer>),
) -> ConflictRow {
    let typed = if name == "primary" { &form.primary } else { &form.secondary };
    let label = if name == "primary" { "Primary reviewer" } else { "Secondary reviewer" };
    let set = form.deed == Deed::Set;
    let collides = set && collides(then, now, typed);
    let wish = wish.as_ref().map_or("nobody", |reviewer| reviewer.name.as_str());
    let mine = if set { then.as_ref().map_or("", |(id, _)| id) != typed } else { wish != name_in(now) };
    let (wish, note) = if mine { (wish, "yours") } else { ("", "kept: you did not change it") };
    let unchosen = collides && choice.is_none() && form.opened.is_some() && form.version == review.version;
    ConflictRow {
        choices: if collides { vec![KEEP, MINE] } else { Vec::new() },
        error: unchosen.then(|| "Choose which one it is to be.".to_owned()),
        ..conflict::row(name, label, [name_in(then), name_in(now), wish], note)
    }
}
