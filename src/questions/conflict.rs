//! What is said when a round, or what it is about, has moved on since a form was drawn.

use super::case::Case;
use crate::domain::clock::Moment;
use crate::domain::event::Kind;
use crate::domain::role::Side;
use crate::history::{Author, Told};
use crate::web::conflict::{ConflictChange, ConflictPanel};

/// A panel that says who did what since; what can still be done is up to its page. A state reads of CMS only what its
/// history tells it.
pub(super) fn panel(side: Side, told: &[Told], what: &str, action: String, leave_href: String) -> ConflictPanel {
    let heading = match told.last() {
        Some(entry) => format!("Not sent: {} was there before you, {what}", who(side, entry)),
        None => format!("Not sent: {what} has moved on since you opened this page"),
    };
    let change =
        |entry: &Told| ConflictChange { at: Moment(entry.at), who: who(side, entry), what: in_words(entry).to_owned() };
    ConflictPanel {
        heading,
        lead: vec!["Nothing was sent and nothing you typed is lost.".to_owned()],
        changes: told.iter().map(change).collect(),
        action,
        leave_href,
        ..ConflictPanel::default()
    }
}

/// Who did it, for a reader of this side.
pub(super) fn who(side: Side, entry: &Told) -> String {
    match side {
        Side::Cms => entry.who(),
        Side::State => {
            let (name, role, department) = (entry.actor_name.clone(), entry.actor_role, entry.actor_department);
            let author = Author { name, role, department, state_name: None };
            // Somebody of the reader's own state is named as colleagues are.
            if role == Some(crate::domain::role::Role::StateUser) {
                author.name
            } else {
                author.of_event(entry.kind, side)
            }
        }
    }
}

fn in_words(entry: &Told) -> &'static str {
    match entry.kind {
        Kind::QuestionAsked => "asked",
        Kind::ResponseSent => "responded",
        Kind::RoundClosed => "closed the round",
        Kind::RoundRemoved => "removed the round",
        Kind::ResponseRemoved => "removed a response",
        Kind::ReviewStarted => "started the review",
        Kind::ReviewSignedOff => "signed off",
        Kind::ReviewObjected => "objected",
        Kind::ReviewReopened => "reopened the review",
        Kind::ReviewersChanged => "changed the reviewers",
        Kind::ReviewWaiting => "had the review wait",
        Kind::ReviewResumed => "had the review go on",
        _ => "changed it",
    }
}

/// Why a form about an older version is not carried out.
pub(super) fn older_version(panel: &mut ConflictPanel, case: &Case, seen: i32) {
    let newest = case.revision().unwrap_or_default();
    panel.lead.push(format!("Your form was about version {seen}. Version {newest} came meanwhile: read it first."));
    panel.next_step = Some((case.href(), format!("Read version {newest}")));
}
