//! What a conflict panel says about a department review: what it was when the form was drawn, and what happened since.

use serde_json::Value;
use time::OffsetDateTime;

use super::review::DepartmentReview;
use crate::domain::clock::Moment;
use crate::domain::event::Kind;
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::history::Told;
use crate::web::conflict::{ConflictChange, ConflictPanel, ConflictRow, plain};

/// A slot of a review as the record names it: account and name.
pub type Slot = Option<(String, String)>;

/// What a form showed: the review at the version that the form was drawn from.
pub struct Then {
    /// Its status.
    pub status: DepartmentReviewStatus,
    /// Its primary reviewer.
    pub primary: Slot,
    /// Its secondary reviewer.
    pub secondary: Slot,
}

/// The two slots of a review now.
pub fn slots(review: &DepartmentReview) -> (Slot, Slot) {
    let slot = |reviewer: &Option<super::Reviewer>| reviewer.as_ref().map(|r| (r.id.to_string(), r.name.clone()));
    (slot(&review.primary), slot(&review.secondary))
}

/// The name in a slot, or "nobody".
pub fn name_in(slot: &Slot) -> &str {
    slot.as_ref().map_or("nobody", |(_, name)| name)
}

fn slot_before(told: &[Told], field: &str) -> Option<Slot> {
    told.iter().find_map(|entry| {
        let before = entry.details.get(field)?.get(0)?;
        Some(match (before["id"].as_str(), before["name"].as_str()) {
            (Some(id), Some(name)) => Some((id.to_owned(), name.to_owned())),
            _ => None,
        })
    })
}

/// Goes back from the present review through what happened since.
pub fn then(review: &DepartmentReview, told: &[Told]) -> Then {
    let (primary, secondary) = slots(review);
    let status = told
        .first()
        .and_then(|entry| entry.status_before.as_deref())
        .and_then(DepartmentReviewStatus::from_stored)
        .unwrap_or(review.status);
    Then {
        status,
        primary: slot_before(told, "primary").unwrap_or(primary),
        secondary: slot_before(told, "secondary").unwrap_or(secondary),
    }
}

/// How somebody came to be primary reviewer, as the whole record of the review tells it.
pub fn how_taken(primary: &super::Reviewer, all: &[Told]) -> String {
    let name = &primary.name;
    match all.iter().rev().find(|entry| changes_slot(entry, "primary")) {
        Some(entry) if entry.actor_id == Some(primary.id) => format!("{name} took this at {}", Moment(entry.at)),
        Some(entry) => format!("{} put {name} on this at {}", entry.who(), Moment(entry.at)),
        None => format!("{name} has this review"),
    }
}

/// Since when the primary reviewer has it, of the whole record of a review.
pub fn taken_at(all: &[Told]) -> Option<OffsetDateTime> {
    all.iter().rev().find(|entry| changes_slot(entry, "primary")).map(|entry| entry.at)
}

/// Whether the entry tells of another person in a slot: `primary` or `secondary`.
pub fn changes_slot(entry: &Told, field: &str) -> bool {
    entry.details.get(field).is_some_and(|change| change[0]["id"] != change[1]["id"])
}

fn in_words(entry: &Told) -> String {
    let mut parts = Vec::new();
    let label = |stored: &Option<String>| {
        stored.as_deref().and_then(DepartmentReviewStatus::from_stored).map_or("nothing", DepartmentReviewStatus::label)
    };
    match entry.kind {
        Kind::Approved => parts.push("approved the package".to_owned()),
        Kind::Corrected | Kind::CorrectionUndone => parts.push(correction_in_words(entry)),
        _ if entry.status_before != entry.status_after => {
            parts.push(format!("status {} → {}", label(&entry.status_before), label(&entry.status_after)));
        }
        _ => {}
    }
    for (field, words) in [("primary", "primary reviewer"), ("secondary", "secondary reviewer")] {
        if changes_slot(entry, field) {
            let name = |side: &Value| side["name"].as_str().unwrap_or("nobody").to_owned();
            let change = &entry.details[field];
            parts.push(format!("{words} {} → {}", name(&change[0]), name(&change[1])));
        }
    }
    if let Some(reason) = &entry.reason {
        parts.push(format!("“{reason}”"));
    }
    parts.join(", ")
}

fn correction_in_words(entry: &Told) -> String {
    let said = |field: &str| entry.details[field].as_str();
    let what = said("corrected").unwrap_or_default().to_lowercase();
    let document = said("document").map_or_else(String::new, |name| format!(" {name}"));
    let values = said("was").zip(said("now")).map_or_else(String::new, |(was, now)| format!(" {was} → {now}"));
    let undone = if entry.kind == Kind::CorrectionUndone { "undone, " } else { "" };
    format!("correction {undone}{what}{document}{values}")
}

/// A panel that says who changed `what` and how; what can still be done is up to its page.
pub fn panel(told: &[Told], what: &str, action: String, leave_href: String) -> ConflictPanel {
    let heading = match told.last() {
        Some(entry) => format!("Not saved: {} changed {what} after you opened it", entry.who()),
        None => format!("Not saved: {what} changed after you opened it"),
    };
    let change = |entry: &Told| ConflictChange { at: Moment(entry.at), who: entry.who(), what: in_words(entry) };
    ConflictPanel {
        heading,
        lead: vec!["Nothing was saved and nothing you typed is lost.".to_owned()],
        changes: told.iter().map(change).collect(),
        action,
        leave_href,
        ..ConflictPanel::default()
    }
}

/// A field of the panel: its values then, now and wanted, and what is to be said of it.
pub fn row(name: &str, label: &str, [then, now, wanted]: [&str; 3], note: &str) -> ConflictRow {
    ConflictRow {
        name: name.to_owned(),
        label: label.to_owned(),
        then: plain(then),
        now: plain(now),
        wanted: plain(wanted),
        note: note.to_owned(),
        ..ConflictRow::default()
    }
}
