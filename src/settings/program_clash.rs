//! What happened to a program, in words, and the panel for a change that came second.

use super::program_change::{Merged, ProgramForm};
use crate::domain::clock::{Moment, date_in_words};
use crate::domain::event::Kind;
use crate::domain::forms::parse_date;
use crate::domain::id::ProgramId;
use crate::history::Told;
use crate::programs::{KnownProgram, Retirement};
use crate::web::conflict::{ConflictChange, ConflictPanel, ConflictRow};

/// What an entry tells; `all` are the programs of the state, which it names by their keys.
pub fn in_words(entry: &Told, all: &[KnownProgram]) -> String {
    if entry.kind == Kind::ProgramAdded {
        return "added the program".to_owned();
    }
    let value = |field: &str, value: &serde_json::Value| match (field, value) {
        ("retired_on", value) => value.as_str().and_then(parse_date).map_or_else(|| "never".to_owned(), date_in_words),
        ("replaced_by", value) => name(value.as_str().and_then(|id| id.parse().ok()), all),
        (_, serde_json::Value::String(text)) => format!("“{text}”"),
        (_, serde_json::Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (_, other) => other.to_string(),
    };
    let labels = [
        ("name", "short name"),
        ("full_name", "full name"),
        ("rate_only", "rate certifications only"),
        ("retired_on", "retired on"),
        ("replaced_by", "replaced by"),
    ];
    let changed = labels.iter().filter_map(|(field, label)| {
        let pair = entry.details.get(field)?;
        Some(format!("{label} {} → {}", value(field, pair.get(0)?), value(field, pair.get(1)?)))
    });
    changed.collect::<Vec<_>>().join(", ")
}

/// The short name of a program, or "nothing".
pub fn name(id: Option<ProgramId>, all: &[KnownProgram]) -> String {
    let found = id.and_then(|id| all.iter().find(|program| program.id == id));
    found.map_or_else(|| "nothing".to_owned(), |program| program.fields.name.clone())
}

/// Somebody changed the program after the form was drawn.
pub fn panel(
    program: &KnownProgram,
    all: &[KnownProgram],
    form: &ProgramForm,
    [then, now, wanted]: [Retirement; 3],
    merged: Merged,
    told: &[Told],
) -> ConflictPanel {
    let here = format!("/settings/programs/{}", program.id);
    let heading = match told.last() {
        Some(entry) => format!("Not saved: {} changed this program after you opened it", entry.who()),
        None => "Not saved: this program changed after you opened it".to_owned(),
    };
    let change = |entry: &Told| ConflictChange { at: Moment(entry.at), who: entry.who(), what: in_words(entry, all) };
    let day = |of: Retirement| of.retired_on.map_or_else(|| "never".to_owned(), date_in_words);
    let other = |of: Retirement| name(of.replaced_by, all);
    // The panel was there already, and something was left open.
    let again = form.opened.is_some() && form.version == program.version;
    let rows = vec![
        ConflictRow::merged("retired_on", "Retired on", [then, now, wanted].map(day), &merged.retired_on, again),
        ConflictRow::merged("replaced_by", "Replaced by", [then, now, wanted].map(other), &merged.replaced_by, again),
    ];
    let choosing = rows.iter().any(|row| !row.choices.is_empty());
    let hidden = [
        ("version", program.version.to_string()),
        ("opened", form.drawn_from().to_string()),
        ("retired_on", form.retired_on.clone()),
        ("replaced_by", form.replaced_by.clone()),
    ];
    ConflictPanel {
        heading,
        lead: vec!["Nothing was saved and nothing you typed is lost.".to_owned()],
        changes: told.iter().map(change).collect(),
        rows,
        action: here.clone(),
        leave_href: here,
        hidden: hidden.map(|(name, value)| (name.to_owned(), value)).into(),
        save_label: Some(if choosing { "Save my choices" } else { "Save" }.to_owned()),
        ..ConflictPanel::default()
    }
}
