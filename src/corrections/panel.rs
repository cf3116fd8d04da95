//! The panel over a correction that was drawn from something older: what came since, and the correction again where it
//! can still be made.

use super::case::Case;
use super::correct::Change;
use super::page::why_not;
use super::wish::{Sent, Topic, value};
use crate::domain::event::Kind;
use crate::history::Told;
use crate::reviews::conflict;
use crate::web::conflict::{ConflictPanel, KEEP, MINE};

/// The name under which a choice between two values is posted.
const FIELD: &str = "corrected";
/// What a panel's form carries on: the value that the first form showed.
const THEN: &str = "then";

/// Whether the form left it as it is.
pub(super) fn keeps(pairs: &[(String, String)]) -> bool {
    value(pairs, &format!("choose.{FIELD}")) == KEEP.value
}

/// Whether the form comes from a panel that asked for a choice, and has none.
pub(super) fn unchosen(pairs: &[(String, String)]) -> bool {
    pairs.iter().any(|(name, _)| name == THEN) && value(pairs, &format!("choose.{FIELD}")).is_empty()
}

/// The panel. `kept` are tokens of files that were stored already.
pub(super) fn panel(
    case: &Case,
    topic: Topic,
    change: &Change<'_>,
    (sent, pairs): (&Sent, &[(String, String)]),
    told: &[Told],
    kept: Vec<String>,
) -> ConflictPanel {
    let mut panel = conflict::panel(told, &case.key, topic.address(case), case.href.clone());
    if case.barred.is_some() {
        panel.lead.push(why_not(case, told));
        panel.next_step = Some((case.href.clone(), format!("Open {}", case.key)));
    } else if sent.revision != case.revision {
        let (seen, newest) = (sent.revision, case.revision);
        panel.lead.push(format!("Your form was about version {seen}. Version {newest} came meanwhile: read it first."));
        panel.next_step = Some((case.href.clone(), format!("Read version {newest}")));
    } else {
        offer_again(&mut panel, case, topic, change, pairs, told, kept);
        return panel;
    }
    let reason = value(pairs, "reason");
    if !reason.is_empty() {
        panel.copy.push(("Your reason".to_owned(), reason.to_owned()));
    }
    panel
}

fn offer_again(
    panel: &mut ConflictPanel,
    case: &Case,
    topic: Topic,
    change: &Change<'_>,
    pairs: &[(String, String)],
    told: &[Told],
    kept: Vec<String>,
) {
    const ANEW: [&str; 5] = ["csrf", "version", "choose.corrected", THEN, "kept_file"];
    let carried = pairs.iter().filter(|(name, _)| !ANEW.contains(&name.as_str())).cloned();
    panel.hidden = carried.collect();
    panel.hidden.push(("version".to_owned(), case.version.to_string()));
    panel.hidden.extend(kept.into_iter().map(|token| ("kept_file".to_owned(), token)));
    let before = Some(value(pairs, THEN).to_owned()).filter(|then| !then.is_empty());
    let then = before.or_else(|| told.iter().find(|entry| is_about(entry, change)).map(shown_before));
    let Some((then, (now, wanted))) = then.zip(change.values(case)) else {
        panel.lead.push("It can still be done. Look at what changed first.".to_owned());
        panel.save_label =
            Some(if matches!(topic, Topic::Undo(_)) { "Undo" } else { "Correct" }.to_owned() + " all the same");
        return;
    };
    let mut row = conflict::row(FIELD, change.what().label(), [&then, &now, &wanted], "");
    row.choices = vec![KEEP, MINE];
    if unchosen(pairs) {
        row.error = Some("Choose one.".to_owned());
    }
    panel.rows.push(row);
    panel.hidden.push((THEN.to_owned(), then));
    panel.save_label = Some("Save my choice".to_owned());
}

/// Whether an entry tells of the same thing.
pub(super) fn is_about(entry: &Told, change: &Change<'_>) -> bool {
    let document = change.document().map(|document| document.id.to_string());
    matches!(entry.kind, Kind::Corrected | Kind::CorrectionUndone)
        && entry.details["corrected"].as_str() == Some(change.what().label())
        && entry.details["document_id"].as_str() == document.as_deref()
}

fn shown_before(entry: &Told) -> String {
    entry.details["was"].as_str().unwrap_or_default().to_owned()
}
