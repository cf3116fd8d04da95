//! People whom a form names: the state's contacts, and the actuaries who certify a rate.

use serde::{Deserialize, Serialize};

use super::answers::ActuarialFirm;
use super::field::{Field, Kind};
use super::page::Page;

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

/// An actuary who certifies a rate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actuary {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Suffix, such as "FSA"; optional.
    pub suffix: Option<String>,
    /// Title or role.
    pub title_role: Option<String>,
    /// Email address, as typed.
    pub email: Option<String>,
    /// The firm.
    pub actuarial_firm: Option<ActuarialFirm>,
    /// The name of a firm that is not on the list.
    pub actuarial_firm_other: Option<String>,
}

/// The questions on a contact.
pub(super) const CONTACT: &[Field] = &person(Page::Contacts);

/// The questions on an actuary.
pub(super) const ACTUARY: &[Field] = {
    let [first_name, last_name, suffix, title_role, email] = person(Page::Rate);
    &[first_name, last_name, suffix, title_role, email, FIRM, OTHER_FIRM]
};

const FIRM: Field = Field::new(Page::Rate, "actuarial_firm", "Firm", "Firm", Kind::One(ActuarialFirm::CHOICES))
    .required("Choose a firm");
const OTHER_FIRM: Field = text(Page::Rate, "actuarial_firm_other", "Name of the firm", 200)
    .when("If the firm is none of these", "actuarial_firm", "OTHER")
    .required("Enter the firm's name");

const fn person(page: Page) -> [Field; 5] {
    [
        text(page, "first_name", "First name", 100).required("Enter the first name"),
        text(page, "last_name", "Last name", 100).required("Enter the last name"),
        text(page, "suffix", "Suffix", 100),
        text(page, "title_role", "Title or role", 200).required("Enter a title or role"),
        Field::new(page, "email", "Email", "Email", Kind::Email).required("Enter an email address"),
    ]
}

const fn text(page: Page, key: &'static str, label: &'static str, most: usize) -> Field {
    Field::new(page, key, label, label, Kind::Text { most, long: false })
}
