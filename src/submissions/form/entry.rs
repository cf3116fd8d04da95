//! What a form page posts, sorted: the button, the versions, the answers, the files.

use crate::documents::{PostedForm, ReceivedFile};
use crate::domain::document::Category;
use crate::domain::forms::{
    Form, Page, Posted, Problem, Reading, Situation, add_entry, read_page, remove_entry, without_blank_entries,
};
use crate::domain::id::DocumentId;
use crate::domain::permission::StateUser;
use crate::web::{Error, Result};

/// The button that was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Save, and on if the page is complete.
    Continue,
    /// Save, and stay.
    Save,
    /// Save, and go back.
    Back,
    /// Save as a page does by itself while it is filled in.
    Autosave,
    /// Save with the chosen files.
    Upload,
    /// Save with one blank entry more in the page's list of people.
    AddEntry,
    /// Save without the entry at this place.
    RemoveEntry(usize),
    /// Save without this file.
    RemoveFile(DocumentId),
    /// Save, and have this file checked for viruses again.
    CheckAgain(DocumentId),
}

impl Action {
    /// The action that a button of this page posts.
    fn parse(text: &str, page: Page) -> Option<Self> {
        let (name, of) = text.split_once(':').unwrap_or((text, ""));
        Some(match (name, page) {
            ("continue", _) => Self::Continue,
            ("save", _) => Self::Save,
            ("back", _) => Self::Back,
            ("autosave", _) => Self::Autosave,
            ("upload", Page::Contract | Page::Rate) => Self::Upload,
            ("add_contact", Page::Contacts) | ("add_actuary", Page::Rate) => Self::AddEntry,
            ("remove_contact", Page::Contacts) | ("remove_actuary", Page::Rate) => Self::RemoveEntry(of.parse().ok()?),
            ("remove_file", Page::Contract | Page::Rate) => Self::RemoveFile(of.parse().ok()?),
            ("rescan", Page::Contract | Page::Rate) => Self::CheckAgain(of.parse().ok()?),
            _ => return None,
        })
    }
}

/// A posted form page.
pub struct Entry {
    /// The answers, as posted.
    pub posted: Posted,
    /// The button.
    pub action: Action,
    /// The version that the form was drawn from; of a conflict panel, the one that the panel was drawn from.
    pub version: i32,
    /// Of a conflict panel: the version that the form was first drawn from.
    pub opened: Option<i32>,
    /// The files, as received.
    pub files: Vec<ReceivedFile>,
    /// What stands for the files that were kept, to be posted again.
    pub kept: Vec<String>,
}

/// What a form or panel carries besides answers, and makes anew each time it is drawn.
const OWN: [&str; 4] = ["csrf", "version", "opened", "kept_file"];
const CHOICE: &str = "choose.";

impl Entry {
    /// The version with which a draft begins.
    pub const FIRST_VERSION: i32 = 1;

    /// Sorts what was posted to `page`.
    ///
    /// # Errors
    /// [`Error::Unprocessable`] when something is missing that every form of ours carries.
    pub fn sort(form: &PostedForm, page: Page, proof: StateUser<'_>) -> Result<Self> {
        Self::of(form.pairs().to_vec(), page, form.files().to_vec(), form.kept_tokens(proof.person))
    }

    fn of(pairs: Vec<(String, String)>, page: Page, files: Vec<ReceivedFile>, kept: Vec<String>) -> Result<Self> {
        let posted: Posted = pairs.into_iter().collect();
        let outdated = || Error::unprocessable("The form lacks a field that this page sends. Open the page again.");
        // Versions are counted from 1.
        let version = |text: &str| text.parse::<i32>().ok().filter(|version| *version > 0).ok_or_else(outdated);
        let number = |name: &str| posted.value(name).map(version);
        let version = number("version").ok_or_else(outdated)??;
        let opened = number("opened").transpose()?;
        let action = posted.value("action").and_then(|text| Action::parse(text, page)).ok_or_else(outdated)?;
        Ok(Self { action, version, opened, files, kept, posted })
    }

    /// A form that was held, with the version that it was drawn from.
    ///
    /// # Errors
    /// [`Error::Unprocessable`] when it is no form of this page.
    pub fn held(fields: &[(String, String)], page: Page) -> Result<Self> {
        let mut pairs = fields.to_vec();
        pairs.retain(|(name, _)| name != "action");
        pairs.push(("action".to_owned(), "save".to_owned()));
        Self::of(pairs, page, Vec::new(), Vec::new())
    }

    /// A repeated start of a draft, taken as a save of its first page: what was typed since is not lost.
    pub fn again(posted: Posted) -> Self {
        let (action, version) = (Action::Continue, Self::FIRST_VERSION);
        Self { posted, action, version, opened: None, files: Vec::new(), kept: Vec::new() }
    }

    /// The version that the answers were drawn from.
    pub fn drawn_from(&self) -> i32 {
        self.opened.unwrap_or(self.version)
    }

    /// What the panel of a conflict posts again.
    pub fn repeated(&self) -> impl Iterator<Item = (String, String)> {
        let own = |name: &str| OWN.contains(&name) || name.starts_with(CHOICE);
        let pairs = self.posted.iter().filter(move |(name, _)| !own(name));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))
    }

    /// Everything that was posted, to be posted again as it was; files by what stands for them.
    pub fn whole(&self) -> Vec<(String, String)> {
        let number = |name: &str, number: i32| (name.to_owned(), number.to_string());
        let choices = self.posted.iter().filter(|(name, _)| name.starts_with(CHOICE));
        self.repeated()
            .chain(choices.map(|(name, value)| (name.to_owned(), value.to_owned())))
            .chain([number("version", self.version)])
            .chain(self.opened.map(|opened| number("opened", opened)))
            .chain(self.kept.iter().map(|token| ("kept_file".to_owned(), token.clone())))
            .collect()
    }

    /// The answers that the press asks for, read over those that its page was drawn from.
    ///
    /// # Errors
    /// The problems of shape.
    pub fn wish<F: Form>(
        &self,
        page: Page,
        drawn_from: &F,
        situation: &Situation<'_>,
    ) -> Result<Reading<F>, Vec<Problem>> {
        let mut reading = read_page(page, &self.posted, drawn_from, situation)?;
        reading.data = match self.action {
            Action::AddEntry => add_entry(&reading.data, people(page)).map_err(|problem| vec![problem])?,
            Action::RemoveEntry(place) => {
                remove_entry(&reading.data, people(page), place).map_err(|problem| vec![problem])?
            }
            Action::Continue => without_blank_entries(&reading.data),
            Action::Save
            | Action::Autosave
            | Action::Back
            | Action::Upload
            | Action::RemoveFile(_)
            | Action::CheckAgain(_) => reading.data,
        };
        Ok(reading)
    }
}

/// The lists of files that a page has.
pub fn categories(page: Page) -> &'static [Category] {
    match page {
        Page::Contract => &Category::CONTRACT,
        Page::Rate => &Category::RATE,
        _ => &[],
    }
}

/// The list of people that a page has.
pub fn people(page: Page) -> &'static str {
    if page == Page::Rate { "certifying_actuaries" } else { "state_contacts" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(pairs: &[(&str, &str)], page: Page) -> Result<Entry> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Entry::of(pairs, page, Vec::new(), Vec::new())
    }

    #[test]
    fn a_form_without_version_or_with_a_button_of_another_page_is_refused() {
        assert!(entry(&[("action", "save")], Page::Type).is_err());
        for version in ["x", "0", "-1", "-2147483648", "2147483648", "1.0", ""] {
            assert!(entry(&[("action", "save"), ("version", version)], Page::Type).is_err(), "{version}");
            let opened = [("action", "save"), ("version", "1"), ("opened", version)];
            assert!(entry(&opened, Page::Type).is_err(), "{version}");
        }
        assert!(entry(&[("version", "1")], Page::Type).is_err());
        assert!(entry(&[("action", "add_contact"), ("version", "1")], Page::Type).is_err());
        assert!(entry(&[("action", "remove_contact:-1"), ("version", "1")], Page::Contacts).is_err());
        let entry = entry(&[("action", "remove_contact:2"), ("version", "7")], Page::Contacts).unwrap();
        assert_eq!((entry.action, entry.version, entry.drawn_from()), (Action::RemoveEntry(2), 7, 7));
    }

    #[test]
    fn a_panel_posts_again_what_was_typed_and_not_what_it_makes_anew() {
        let pairs = [
            ("csrf", "t"),
            ("version", "9"),
            ("opened", "7"),
            ("action", "continue"),
            ("drawn", "program_ids"),
            ("choose.program_ids", "mine"),
            ("program_ids", "a"),
            ("program_ids", "b"),
        ];
        let entry = entry(&pairs, Page::Type).unwrap();
        assert_eq!(entry.drawn_from(), 7);
        let repeated: Vec<_> = entry.repeated().collect();
        let expected = [("action", "continue"), ("drawn", "program_ids"), ("program_ids", "a"), ("program_ids", "b")];
        assert_eq!(repeated, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
