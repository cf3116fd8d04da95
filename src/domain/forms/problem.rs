//! What is refused, where, and in which words.

use super::field::{Field, control_id};
use super::form::Form;
use super::page::Page;
use super::programs::Programs;

/// Why something is refused. Shape codes stop a save; rule codes stop Continue and Submit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Shape: not a date.
    BadDate,
    /// Shape: not an email address.
    BadEmail,
    /// Shape: a program of another state.
    NotYourProgram,
    /// Shape: not an answer of the list.
    UnknownChoice,
    /// Shape: text that can't be stored.
    BadText,
    /// Shape: can't be changed any more.
    Locked,
    /// Rule: an answer is missing.
    Required,
    /// Rule: a text is too long.
    TooLong,
    /// Rule, and at adding: a list is full.
    TooMany,
    /// Rule: a period without length.
    EndNotAfterStart,
    /// Rule: a program for rates only.
    RateOnlyProgram,
    /// Rule: a program no longer in use.
    RetiredProgram,
    /// Rule: a file is still being checked.
    FilePending,
    /// Rule: a virus was found.
    FileInfected,
    /// Rule: a file could not be checked.
    FileUnchecked,
}

impl Code {
    /// The code as written in the page, for tests and for styling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadDate => "bad_date",
            Self::BadEmail => "bad_email",
            Self::NotYourProgram => "not_your_program",
            Self::UnknownChoice => "unknown_choice",
            Self::BadText => "bad_text",
            Self::Locked => "locked",
            Self::Required => "required",
            Self::TooLong => "too_long",
            Self::TooMany => "too_many",
            Self::EndNotAfterStart => "end_not_after_start",
            Self::RateOnlyProgram => "rate_only_program",
            Self::RetiredProgram => "retired_program",
            Self::FilePending => "file_pending",
            Self::FileInfected => "file_infected",
            Self::FileUnchecked => "file_unchecked",
        }
    }
}

/// One thing that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The page it is on.
    pub page: Page,
    /// The path of the field: the `name` of its control.
    pub path: String,
    /// The `id` of the control that a link to it leads to: of a group, the first.
    pub target: String,
    /// Why.
    pub code: Code,
    /// The message shown.
    pub message: String,
}

/// Gathers problems, knowing which control each belongs to.
pub(super) struct Problems<'a, F> {
    data: &'a F,
    programs: &'a Programs,
    found: Vec<Problem>,
}

impl<'a, F: Form> Problems<'a, F> {
    pub(super) fn new(data: &'a F, programs: &'a Programs) -> Self {
        Self { data, programs, found: Vec::new() }
    }

    pub(super) fn add(&mut self, field: &Field, path: &str, code: Code, message: impl Into<String>) {
        let target = control_id(self.data, field, path, self.programs);
        self.found.push(Problem { page: field.page, path: path.to_owned(), target, code, message: message.into() });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

pub(super) const NOT_YOUR_PROGRAM: &str = "Choose programs of your own state only.";
pub(super) const UNKNOWN_CHOICE: &str = "Choose one of the answers listed.";
pub(super) const BAD_EMAIL: &str = "Enter an email address like name@example.gov.";
pub(super) const LOCKED: &str = "This can't be changed any more. Contact CMS if it has to.";
pub(super) const END_NOT_AFTER_START: &str = "The end date must be after the start date.";

pub(super) fn bad_date(label: &str) -> String {
    format!("Enter {label} as MM/DD/YYYY, for example 07/01/2026.")
}

pub(super) fn bad_text(label: &str) -> String {
    format!("{label} holds characters that can't be stored, or is longer than 20,000 characters.")
}

pub(super) fn too_long(label: &str, most: usize, length: usize) -> String {
    format!("Shorten {label} to {most} characters; it has {length}.")
}

pub(super) fn too_many(most: usize, things: &str) -> String {
    format!("At most {most} {things}.")
}
