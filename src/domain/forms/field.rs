//! The description of one question: everything that pages, rules, history and comparison say about it.

use std::borrow::Cow;
use std::iter;

use crate::domain::document::Category;

use super::answers::{Choice, NO, YES};
use super::form::Form;
use super::page::Page;
use super::programs::Programs;

/// One question of a form. Its key is the path of its answer in the JSON and the `name` of its control.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Path in the JSON, for example `provisions.modified_benefits_provided`; in an entry of a list, relative to it.
    pub key: &'static str,
    /// The page that asks it.
    pub page: Page,
    /// Its short name, in messages, lists and history.
    pub label: &'static str,
    /// What stands at its control; see [`Form::question`] for the wording that depends on other answers.
    pub question: &'static str,
    /// A hint below the question.
    pub hint: Option<&'static str>,
    /// Whether the help page has a part on it, whose anchor is the key.
    pub help: bool,
    /// Its condition, where that lies on the same page; see [`Form::when`].
    pub when: Option<When>,
    /// What is said at it for some answers of another question.
    pub note: Option<Note>,
    /// What is answered.
    pub kind: Kind,
    /// The message while it is unanswered; none for an optional question.
    pub required: Option<&'static str>,
    /// What else a date must be.
    pub rule: Option<Rule>,
}

/// A condition on another answer of the same page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// When to answer, in words, shown where no script hides the question.
    pub line: &'static str,
    /// The key of the question it depends on; in an entry of a list, relative to it.
    pub asked_by: &'static str,
    /// The values of that question for which it is asked, as posted, split by blanks.
    pub values: &'static str,
}

/// What is said at a question for some answers of another question of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// For which answers.
    pub when: When,
    /// What is said.
    pub text: &'static str,
}

/// What a date must be besides being a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// After the date with this key.
    After(&'static str),
    /// The date with this key, or after it.
    NotBefore(&'static str),
    /// Today in US Eastern, or before.
    NotInFuture,
}

/// What kind of answer a question has.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text of at most so many characters; long text has a text area.
    Text {
        /// The most characters.
        most: usize,
        /// Whether it is a text area.
        long: bool,
    },
    /// An email address.
    Email,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// One answer of a list.
    One(&'static [Choice]),
    /// Any answers of a list.
    Several(&'static [Choice]),
    /// Programs of the state.
    Programs,
    /// A list of entries with the same questions each.
    Entries {
        /// The questions of an entry; their keys are relative to it.
        parts: &'static [Field],
        /// The most entries.
        most: usize,
        /// What one entry is called; its number follows.
        title: &'static str,
        /// What the entries are called.
        things: &'static str,
    },
    /// Files, which are not in the JSON.
    Files(Category),
}

impl Field {
    /// A question without hint, help, condition on its page or rule; the tables fill in the rest.
    pub(super) const fn new(
        page: Page,
        key: &'static str,
        label: &'static str,
        question: &'static str,
        kind: Kind,
    ) -> Self {
        Self {
            key,
            page,
            label,
            question,
            hint: None,
            help: false,
            when: None,
            note: None,
            kind,
            required: None,
            rule: None,
        }
    }

    pub(super) const fn required(self, message: &'static str) -> Self {
        Self { required: Some(message), ..self }
    }

    pub(super) const fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    pub(super) const fn help(self) -> Self {
        Self { help: true, ..self }
    }

    pub(super) const fn when(self, line: &'static str, asked_by: &'static str, values: &'static str) -> Self {
        Self { when: Some(When { line, asked_by, values }), ..self }
    }

    pub(super) const fn note(self, when: When, text: &'static str) -> Self {
        Self { note: Some(Note { when, text }), ..self }
    }

    pub(super) const fn rule(self, rule: Rule) -> Self {
        Self { rule: Some(rule), ..self }
    }

    /// Whether its answer is in the JSON.
    pub fn is_answer(&self) -> bool {
        !matches!(self.kind, Kind::Files(_))
    }

    /// Whether both sides of a conflict can be kept, one after the other.
    pub fn takes_both(&self) -> bool {
        matches!(self.kind, Kind::Text { long: true, .. })
    }
}

/// An answer that a page offers: a radio or a checkbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The value it posts.
    pub value: Cow<'static, str>,
    /// Its label.
    pub label: Cow<'static, str>,
}

/// The `id` of the control that a link to a question leads to; of radios and checkboxes, the first.
pub fn control_id<F: Form>(data: &F, field: &Field, path: &str, programs: &Programs) -> String {
    match offers(data, field, programs).next() {
        Some(first) => format!("{path}-{}", first.value),
        None => path.to_owned(),
    }
}

/// The radios or checkboxes of a question, in order; none for what is typed.
pub fn offers<'a, F: Form>(
    data: &'a F,
    field: &'a Field,
    programs: &'a Programs,
) -> Box<dyn Iterator<Item = Offer> + 'a> {
    let of = |choice: &Choice| Offer { value: choice.value.into(), label: choice.label.into() };
    match field.kind {
        Kind::YesNo => Box::new([YES, NO].iter().map(of)),
        Kind::One(choices) | Kind::Several(choices) => {
            Box::new(choices.iter().filter(|choice| data.is_offered(field, choice.value)).map(of))
        }
        Kind::Programs => {
            let offered = programs.offered(data.takes_rate_only_programs(), data.program_ids());
            Box::new(
                offered.map(|program| Offer { value: program.id.to_string().into(), label: program.label().into() }),
            )
        }
        Kind::Text { .. } | Kind::Email | Kind::Date | Kind::Entries { .. } | Kind::Files(_) => Box::new(iter::empty()),
    }
}
