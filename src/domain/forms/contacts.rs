//! The people of the state who get CMS's messages about a submission.

use serde::{Deserialize, Serialize};

use super::health_plan::HealthPlan;
use super::page::Page;
use super::problem::{Code, Problem, UNKNOWN_CHOICE, too_many};

/// The most contacts that a submission has.
pub const MOST_CONTACTS: usize = 20;

/// A person of the state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Suffix, such as "Jr."; optional.
    pub suffix: Option<String>,
    /// Title or role.
    pub title_role: Option<String>,
    /// Email address, as typed.
    pub email: Option<String>,
}

impl Contact {
    /// Whether nothing was filled in.
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    /// The name in full, of what there is.
    pub fn full_name(&self) -> String {
        let parts = [&self.first_name, &self.last_name, &self.suffix];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// The answers with one blank contact more.
///
/// # Errors
/// `too_many` when the list is full.
pub fn add_contact(data: &HealthPlan) -> Result<HealthPlan, Problem> {
    let mut contacts = data.state_contacts.clone();
    if contacts.len() >= MOST_CONTACTS {
        return Err(refused(Code::TooMany, too_many(MOST_CONTACTS, "contacts")));
    }
    // The page always shows a first contact, also while none is stored.
    if contacts.is_empty() {
        contacts.push(Contact::default());
    }
    contacts.push(Contact::default());
    Ok(HealthPlan { state_contacts: contacts, ..data.clone() })
}

/// The answers without the contact at this place, counted from 0.
///
/// # Errors
/// `unknown_choice` for the first contact, which always stays, and for one that is not there.
pub fn remove_contact(data: &HealthPlan, place: usize) -> Result<HealthPlan, Problem> {
    if place == 0 || place >= data.state_contacts.len() {
        return Err(refused(Code::UnknownChoice, UNKNOWN_CHOICE.to_owned()));
    }
    let mut then = data.clone();
    then.state_contacts.remove(place);
    then.forget_lone_blank_contact();
    Ok(then)
}

/// The answers without wholly blank contacts, the first aside: what Continue saves.
pub fn without_blank_contacts(data: &HealthPlan) -> HealthPlan {
    let mut then = data.clone();
    let mut place = 0;
    then.state_contacts.retain(|contact| {
        place += 1;
        place == 1 || !contact.is_blank()
    });
    then.forget_lone_blank_contact();
    then
}

fn refused(code: Code, message: String) -> Problem {
    let path = "state_contacts".to_owned();
    Problem { page: Page::Contacts, target: path.clone(), path, code, message }
}
