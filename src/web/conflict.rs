//! The panel for "somebody changed this after you opened it": one shape and one template for every kind of form.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::error::Result;
use super::html;
use super::visit::Visit;
use crate::domain::clock::Moment;

/// What the panel says and offers.
#[derive(Debug, Default)]
pub struct ConflictPanel {
    /// "Not saved: … changed this … after you opened it".
    pub heading: String,
    /// What this means for the person, in sentences.
    pub lead: Vec<String>,
    /// When the person opened the form, as far as the record tells.
    pub opened: Option<Moment>,
    /// Every change since, oldest first.
    pub changes: Vec<ConflictChange>,
    /// The fields, each with its three values.
    pub rows: Vec<ConflictRow>,
    /// Where the panel's form is posted.
    pub action: String,
    /// What the form carries along: the new versions, and what was typed.
    pub hidden: Vec<(String, String)>,
    /// The words on the button; without them there is nothing to save.
    pub save_label: Option<String>,
    /// Where "Leave it as it is now" leads.
    pub leave_href: String,
    /// The next sensible step when the wish is no longer possible.
    pub next_step: Option<(String, String)>,
    /// What was typed, to copy when nothing can be saved: label and text.
    pub copy: Vec<(String, String)>,
    /// The token of the session; the answer puts it in.
    pub csrf: String,
}

/// One change since the form was opened.
#[derive(Debug)]
pub struct ConflictChange {
    /// When.
    pub at: Moment,
    /// Who, with role or department.
    pub who: String,
    /// What changed, from what to what.
    pub what: String,
}

/// One field in the panel.
#[derive(Debug, Default)]
pub struct ConflictRow {
    /// The field's name; its choice is posted as `choose.{name}`.
    pub name: String,
    /// The field in words.
    pub label: String,
    /// Its value when the form was opened.
    pub then: Vec<Segment>,
    /// Its value now.
    pub now: Vec<Segment>,
    /// The value that the person wanted.
    pub wanted: Vec<Segment>,
    /// Why there is nothing to choose.
    pub note: String,
    /// What can be chosen; nothing is chosen beforehand.
    pub choices: Vec<Choice>,
    /// That nothing was chosen.
    pub error: Option<String>,
    /// Whether the values are long texts.
    pub long: bool,
}

/// A piece of a value; the marked ones differ between now and wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The words.
    pub text: String,
    /// Whether they stand out.
    pub mark: bool,
}

/// A choice for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is posted: `keep`, `mine` or `both`.
    pub value: &'static str,
    /// The words.
    pub label: &'static str,
}

/// Keep what stands there now.
pub const KEEP: Choice = Choice { value: "keep", label: "Keep what is there now" };
/// Put what the person wanted.
pub const MINE: Choice = Choice { value: "mine", label: "Put mine" };
/// One text after the other.
pub const BOTH: Choice = Choice { value: "both", label: "Both, one after the other" };

/// A field of three values: the person changed it, somebody else did, or both to something different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge<T> {
    /// One value serves both; `true`: it is the person's own.
    Settled(T, bool),
    /// Somebody has to choose.
    Collides,
}

/// Merges one field; `choice` is what the panel posted.
pub fn merge<T: PartialEq>(then: T, now: T, wanted: T, choice: Option<&str>) -> Merge<T> {
    match choice {
        _ if wanted == now => Merge::Settled(now, false),
        _ if wanted == then => Merge::Settled(now, false),
        _ if now == then => Merge::Settled(wanted, true),
        Some("keep") => Merge::Settled(now, false),
        Some("mine") => Merge::Settled(wanted, true),
        _ => Merge::Collides,
    }
}

impl ConflictRow {
    /// The row of a short value and what merging it came to; `again`: the panel was there before, and something was left
    /// open.
    pub fn merged<T>(
        name: &str,
        label: &str,
        [then, now, wanted]: [String; 3],
        merged: &Merge<T>,
        again: bool,
    ) -> Self {
        let collides = matches!(merged, Merge::Collides);
        let note = match merged {
            Merge::Settled(_, true) => "yours",
            Merge::Settled(_, false) => "kept: you did not change it",
            Merge::Collides => "",
        };
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            then: plain(then),
            now: plain(now),
            wanted: plain(wanted),
            note: note.to_owned(),
            choices: if collides { vec![KEEP, MINE] } else { Vec::new() },
            error: (collides && again).then(|| "Choose which one it is to be.".to_owned()),
            ..Self::default()
        }
    }
}

/// A value without marks; an empty one is a dash.
pub fn plain(text: impl Into<String>) -> Vec<Segment> {
    let text = text.into();
    vec![Segment { text: if text.is_empty() { "–".to_owned() } else { text }, mark: false }]
}

/// The panel as a part of a page, for htmx.
#[derive(Template)]
#[template(path = "macros/conflict.html")]
struct Panel<'a> {
    conflict: &'a ConflictPanel,
}

/// The panel as a page of its own.
#[derive(Template)]
#[template(path = "conflict_page.html")]
pub struct ConflictPage<'a> {
    chrome: super::chrome::Chrome,
    title: &'a str,
    conflict: ConflictPanel,
}

impl ConflictPanel {
    /// The answer 409, or 422 when a choice is missing: a part for htmx, else a whole page, drawn from the same template.
    ///
    /// # Errors
    /// When the template can't be drawn.
    pub fn answer(mut self, visit: &Visit, title: &str) -> Result<HttpResponse> {
        self.csrf = visit.csrf();
        let unchosen = self.rows.iter().any(|row| row.error.is_some());
        let status = if unchosen { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
        if visit.htmx { html(status, &Panel { conflict: &self }) } else { html(status, &self.page(visit, title)) }
    }

    /// The panel as a page of its own.
    pub fn page<'a>(self, visit: &Visit, title: &'a str) -> ConflictPage<'a> {
        ConflictPage { chrome: visit.chrome(title).failed(true), title, conflict: self }
    }
}

/// Two texts with the words marked in which they differ: what stands between their common beginning and end.
pub fn differing(now: &str, wanted: &str) -> (Vec<Segment>, Vec<Segment>) {
    let (left, right): (Vec<&str>, Vec<&str>) =
        (now.split_inclusive(' ').collect(), wanted.split_inclusive(' ').collect());
    let shorter = left.len().min(right.len());
    let start = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let end = left.iter().rev().zip(right.iter().rev()).take(shorter - start).take_while(|(a, b)| a == b).count();
    let segments = |words: &[&str]| {
        let middle = start..words.len() - end;
        [(&words[..start], false), (&words[middle], true), (&words[words.len() - end..], false)]
            .into_iter()
            .map(|(words, mark)| Segment { text: words.concat(), mark })
            .filter(|segment| !segment.text.is_empty())
            .collect()
    };
    (segments(&left), segments(&right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_in_which_two_texts_differ_are_marked() {
        let (now, wanted) = differing("the trend factor is missing", "the base data is missing");
        let marked =
            |segments: &[Segment]| segments.iter().filter(|s| s.mark).map(|s| s.text.clone()).collect::<String>();
        assert_eq!(marked(&now), "trend factor ");
        assert_eq!(marked(&wanted), "base data ");
        let whole: String = now.into_iter().map(|segment| segment.text).collect();
        assert_eq!(whole, "the trend factor is missing");
    }

    #[test]
    fn only_what_both_changed_to_something_different_collides() {
        assert_eq!(merge(1, 1, 2, None), Merge::Settled(2, true));
        assert_eq!(merge(1, 2, 1, None), Merge::Settled(2, false));
        assert_eq!(merge(1, 2, 2, None), Merge::Settled(2, false));
        assert_eq!(merge(1, 2, 3, None), Merge::Collides);
        assert_eq!(merge(1, 2, 3, Some("mine")), Merge::Settled(3, true));
        assert_eq!(merge(1, 2, 3, Some("keep")), Merge::Settled(2, false));
        assert_eq!(merge(1, 2, 3, Some("both")), Merge::Collides);
    }

    #[test]
    fn equal_texts_and_empty_ones_have_no_marks() {
        assert!(differing("same words", "same words").0.iter().all(|segment| !segment.mark));
        assert_eq!(differing("", ""), (Vec::new(), Vec::new()));
    }
}
