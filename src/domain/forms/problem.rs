//! What is refused, where, and in which words.

use crate::domain::key::RateKey;

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
    /// Shape: rates would go, and the box that says so is not ticked.
    ConfirmRemoval,
    /// Rule: an answer is missing.
    Required,
    /// Rule: a text is too long.
    TooLong,
    /// Rule, and at adding: a list is full.
    TooMany,
    /// Rule: a period without length.
    EndNotAfterStart,
    /// Rule: a period that ends before it starts.
    EndBeforeStart,
    /// Rule: a day that is still to come.
    InFuture,
    /// Rule: a program for rates only.
    RateOnlyProgram,
    /// Rule: a program no longer in use.
    RetiredProgram,
    /// Rule: an own rate has open points.
    RateIncomplete,
    /// Rule, and at adding: a rate of another submission that can't be sent with this one.
    RateNotLinkable,
    /// Rule: rates in a submission that has none.
    RatesNotAllowed,
    /// Rule: more than one document where one is to stand.
    OneDocument,
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
            Self::ConfirmRemoval => "confirm_removal",
            Self::Required => "required",
            Self::TooLong => "too_long",
            Self::TooMany => "too_many",
            Self::EndNotAfterStart => "end_not_after_start",
            Self::EndBeforeStart => "end_before_start",
            Self::InFuture => "in_future",
            Self::RateOnlyProgram => "rate_only_program",
            Self::RetiredProgram => "retired_program",
            Self::RateIncomplete => "rate_incomplete",
            Self::RateNotLinkable => "rate_not_linkable",
            Self::RatesNotAllowed => "rates_not_allowed",
            Self::OneDocument => "one_document",
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
    /// The rate it is about, on the list of rates and on the page of a rate.
    pub rate: Option<RateKey>,
    /// The path of the field; on the page of a rate it begins with `rates.{rate}.`.
    pub path: String,
    /// The `id` of the control that a link to it leads to: of a group, the first.
    pub target: String,
    /// Why.
    pub code: Code,
    /// The message shown.
    pub message: String,
}

impl Problem {
    /// A problem with a question of this page, or with the page as a whole.
    pub(super) fn at(page: Page, path: &str, code: Code, message: impl Into<String>) -> Self {
        Self { page, rate: None, path: path.to_owned(), target: path.to_owned(), code, message: message.into() }
    }

    /// The same of a rate's own page.
    pub(super) fn of_rate(self, key: &RateKey) -> Self {
        Self { path: format!("rates.{key}.{}", self.path), rate: Some(key.clone()), ..self }
    }

    /// The `name` of the control on its page.
    pub fn control(&self) -> &str {
        let of_rate = self.rate.as_ref().filter(|_| self.page == Page::Rate);
        of_rate.and_then(|key| self.path.strip_prefix(&format!("rates.{key}."))).unwrap_or(&self.path)
    }
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
        self.push(Problem { target, ..Problem::at(field.page, path, code, message) });
    }

    pub(super) fn push(&mut self, problem: Problem) {
        self.found.push(problem);
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
pub(super) const LOCKED: &str = "This can't be changed any more. Contact CMS if it has to.";
pub(super) const RATES_NOT_ALLOWED: &str = "This kind of submission has no rate certifications.";
pub(super) const ONE_DOCUMENT: &str = "Keep exactly one rate certification document.";
pub(super) const IN_FUTURE: &str = "The certification date can't be after today.";
pub(super) const END_BEFORE_START: &str = "The end date can't be before the start date.";
pub(super) const END_NOT_AFTER_START: &str = "The end date must be after the start date.";

pub(super) fn bad_date(label: &str) -> String {
    format!("Enter {label} as MM/DD/YYYY, for example 07/01/2026.")
}

/// `sentence` says which character it is, and where.
pub(super) fn bad_character(label: &str, sentence: &str) -> String {
    format!("{label}: {sentence}")
}

pub(super) fn far_too_long(label: &str) -> String {
    format!("{label} is longer than 20,000 characters. Shorten it.")
}

pub(super) fn too_long(label: &str, most: usize, length: usize) -> String {
    format!("Shorten {label} to {most} characters; it has {length}.")
}

pub(super) fn too_many(most: usize, things: &str) -> String {
    format!("At most {most} {things}.")
}

/// What has to be confirmed before so many rates leave a draft.
pub fn confirm_removal(rates: usize) -> String {
    format!("This removes {} from the draft. Tick the box to go on.", counted(rates, "rate certification"))
}

pub(super) fn rate_incomplete(position: usize, points: usize) -> String {
    format!("Rate certification {position} has {}.", counted(points, "open point"))
}

pub(super) fn rate_not_linkable(name: &str) -> String {
    format!("{name} was withdrawn or is not available. Choose another.")
}

fn counted(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}
