//! What a form page posts, sorted: the button, the versions, the answers, the files.

use crate::documents::{PostedForm, ReceivedFile};
use crate::domain::document::Category;
use crate::domain::forms::{
    HealthPlan, Page, Posted, Problem, Reading, Situation, add_contact, read_page, remove_contact,
    without_blank_contacts,
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
    /// Save with the chosen files.
    Upload,
    /// Save with one blank contact more.
    AddContact,
    /// Save without the contact at this place.
    RemoveContact(usize),
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
            ("upload", Page::Contract) => Self::Upload,
            ("add_contact", Page::Contacts) => Self::AddContact,
            ("remove_contact", Page::Contacts) => Self::RemoveContact(of.parse().ok()?),
            ("remove_file", Page::Contract) => Self::RemoveFile(of.parse().ok()?),
            ("rescan", Page::Contract) => Self::CheckAgain(of.parse().ok()?),
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
        let number = |name: &str| posted.value(name).map(|text| text.parse::<i32>().map_err(|_| outdated()));
        let version = number("version").ok_or_else(outdated)??;
        let opened = number("opened").transpose()?;
        let action = posted.value("action").and_then(|text| Action::parse(text, page)).ok_or_else(outdated)?;
        Ok(Self { action, version, opened, files, kept, posted })
    }

    /// A repeated start of a draft, taken as a save of its first page: what was typed since is not lost.
    pub fn again(posted: Posted) -> Self {
        Self { posted, action: Action::Continue, version: 1, opened: None, files: Vec::new(), kept: Vec::new() }
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

    /// The answers that the press asks for, read over those that its page was drawn from.
    ///
    /// # Errors
    /// The problems of shape.
    pub fn wish(
        &self,
        page: Page,
        drawn_from: &HealthPlan,
        situation: &Situation<'_>,
    ) -> Result<Reading<HealthPlan>, Vec<Problem>> {
        let mut reading = read_page(page, &self.posted, drawn_from, situation)?;
        reading.data = match self.action {
            Action::AddContact => add_contact(&reading.data).map_err(|problem| vec![problem])?,
            Action::RemoveContact(place) => remove_contact(&reading.data, place).map_err(|problem| vec![problem])?,
            Action::Continue => without_blank_contacts(&reading.data),
            Action::Save | Action::Back | Action::Upload | Action::RemoveFile(_) | Action::CheckAgain(_) => {
                reading.data
            }
        };
        Ok(reading)
    }
}

/// The lists of files that a page has.
pub fn categories(page: Page) -> &'static [Category] {
    if page == Page::Contract { &Category::ALL } else { &[] }
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
        assert!(entry(&[("action", "save"), ("version", "x")], Page::Type).is_err());
        assert!(entry(&[("version", "1")], Page::Type).is_err());
        assert!(entry(&[("action", "add_contact"), ("version", "1")], Page::Type).is_err());
        assert!(entry(&[("action", "remove_contact:-1"), ("version", "1")], Page::Contacts).is_err());
        let entry = entry(&[("action", "remove_contact:2"), ("version", "7")], Page::Contacts).unwrap();
        assert_eq!((entry.action, entry.version, entry.drawn_from()), (Action::RemoveContact(2), 7, 7));
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
