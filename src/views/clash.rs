//! The panels for a view that changed, or was deleted, after a form about it was drawn.

use std::collections::HashMap;

use sqlx::PgConnection;

use super::change::{Change, ChangeForm};
use super::queries::{Content, Version, View};
use crate::domain::clock::Moment;
use crate::domain::id::AccountId;
use crate::web::SignedIn;
use crate::web::conflict::{ConflictChange, ConflictPanel, ConflictRow, plain};

/// Who made a version, for a reader.
pub fn who_did(version: &Version, reader: AccountId) -> String {
    if version.by == reader { "you, in another tab,".to_owned() } else { version.who.clone() }
}

/// What queries ask for, in words.
type Words = HashMap<String, String>;

async fn words<'a>(
    conn: &mut PgConnection,
    who: &SignedIn,
    view: &View,
    queries: impl Iterator<Item = &'a String>,
) -> sqlx::Result<Words> {
    let queries: Vec<&str> = queries.map(String::as_str).collect();
    let kept = view.list.kept(conn, who.person(), who.app.clock.today(), &queries).await?;
    let told = kept.into_iter().map(|kept| [kept.words, kept.unknown].concat().join("; "));
    Ok(queries.into_iter().map(str::to_owned).zip(told).collect())
}

/// A panel that says who did what since; `not` is what was not done.
fn panel(who: &SignedIn, view: &View, versions: &[Version], not: &str, words: &Words) -> ConflictPanel {
    let reader = who.person().id;
    let did = if view.removed { "deleted" } else { "changed" };
    let by = versions.last().map_or_else(String::new, |version| who_did(version, reader));
    let changes = versions.windows(2).filter_map(|pair| {
        let [before, after] = pair else { return None };
        let what = in_words(before, after, words);
        Some(ConflictChange { at: Moment(after.at), who: who_did(after, reader), what })
    });
    ConflictPanel {
        heading: format!("Not {not}: {by} {did} this view after you opened it"),
        lead: vec![format!("Nothing was {not} and nothing you typed is lost.")],
        changes: changes.collect(),
        action: format!("/views/{}", view.id),
        leave_href: if view.removed { "/views".to_owned() } else { format!("/views/{}", view.id) },
        ..ConflictPanel::default()
    }
}

fn in_words(before: &Version, after: &Version, words: &Words) -> String {
    if after.removed {
        return "deleted the view".to_owned();
    }
    let mut what = Vec::new();
    if before.content.name != after.content.name {
        what.push(format!("name “{}” → “{}”", before.content.name, after.content.name));
    }
    if before.content.query != after.content.query {
        let [old, new] = [&before.content.query, &after.content.query].map(|query| word(words, query));
        what.push(format!("what it asks for: {old} → {new}"));
    }
    what.join(", ")
}

fn word(words: &Words, query: &str) -> String {
    words.get(query).cloned().unwrap_or_default()
}

fn queries<'a>(versions: &'a [Version], further: &'a [&'a Content]) -> impl Iterator<Item = &'a String> {
    versions.iter().map(|version| &version.content.query).chain(further.iter().map(|content| &content.query))
}

/// Somebody changed the view: both are shown, and what collides is chosen.
///
/// # Errors
/// When the database fails.
pub async fn changed(
    conn: &mut PgConnection,
    who: &SignedIn,
    view: &View,
    versions: &[Version],
    form: &ChangeForm,
    change: &Change,
) -> sqlx::Result<ConflictPanel> {
    let words = words(conn, who, view, queries(versions, &[&change.wanted])).await?;
    let mut panel = panel(who, view, versions, "saved", &words);
    // The panel was there already, and something was left open.
    let again = form.opened.is_some() && form.version == view.version;
    let contents = [&change.then, &change.now, &change.wanted];
    let names = contents.map(|content| content.name.clone());
    let asked = contents.map(|content| word(&words, &content.query));
    panel.rows = vec![
        ConflictRow::merged("name", "Name", names, &change.name, again),
        ConflictRow::merged("query", "What it asks for", asked, &change.query, again),
    ];
    let choosing = panel.rows.iter().any(|row| !row.choices.is_empty());
    panel.save_label = Some(if choosing { "Save my choices" } else { "Save" }.to_owned());
    panel.hidden = hidden("save", view, form.drawn_from());
    let typed = [("name", &form.name), ("query", &form.query)];
    panel.hidden.extend(typed.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))));
    Ok(panel)
}

/// Somebody changed the view that was to be deleted.
///
/// # Errors
/// When the database fails.
pub async fn not_deleted(
    conn: &mut PgConnection,
    who: &SignedIn,
    view: &View,
    versions: &[Version],
    drawn_from: i32,
) -> sqlx::Result<ConflictPanel> {
    let words = words(conn, who, view, queries(versions, &[])).await?;
    let mut panel = panel(who, view, versions, "deleted", &words);
    if let Some(then) = versions.first() {
        let row = |name: &str, label: &str, then: String, now: String| ConflictRow {
            name: name.to_owned(),
            label: label.to_owned(),
            then: plain(then),
            now: plain(now),
            wanted: plain("deleted"),
            note: "goes with the view".to_owned(),
            ..ConflictRow::default()
        };
        let asked = |query: &str| word(&words, query);
        panel.rows = vec![
            row("name", "Name", then.content.name.clone(), view.name.clone()),
            row("query", "What it asks for", asked(&then.content.query), asked(&view.query)),
        ];
    }
    panel.save_label = Some("Delete it all the same".to_owned());
    panel.hidden = hidden("delete", view, drawn_from);
    Ok(panel)
}

/// Somebody deleted the view that was to be changed; what was wanted can be kept anew.
///
/// # Errors
/// When the database fails.
pub async fn deleted(
    conn: &mut PgConnection,
    who: &SignedIn,
    view: &View,
    versions: &[Version],
    change: &Change,
) -> sqlx::Result<ConflictPanel> {
    let words = words(conn, who, view, queries(versions, &[&change.wanted])).await?;
    let mut panel = panel(who, view, versions, "saved", &words);
    panel.lead.push("To have it again, open the list as you wanted it and save it as a new view.".to_owned());
    let wanted = format!("{}?{}", view.list.path(), change.wanted.query);
    panel.next_step = Some((wanted, format!("Open the list of {}", view.list.name())));
    panel.copy = vec![("Name".to_owned(), change.wanted.name.clone())];
    Ok(panel)
}

fn hidden(deed: &str, view: &View, drawn_from: i32) -> Vec<(String, String)> {
    [("do", deed.to_owned()), ("version", view.version.to_string()), ("opened", drawn_from.to_string())]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}
