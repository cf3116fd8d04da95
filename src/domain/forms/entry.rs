//! Reading a posted page: from what was typed to answers as they are stored, or to problems of shape.
//!
//! A save is whole or nothing: with one problem of shape nothing of the page is stored.

use serde_json::{Map, Value};

use crate::domain::id::ProgramId;
use crate::domain::text::{kept, read_email, refused_character, with_line_ends};

use super::answers::{Choice, NO, YES};
use super::dates::{parse_date, store_date};
use super::entries::without_lone_blank;
use super::field::{Field, Kind, offers};
use super::form::{Form, at, strings, with_values};
use super::page::Page;
use super::posted::Posted;
use super::problem::{
    Code, LOCKED, NOT_YOUR_PROGRAM, Problem, Problems, UNKNOWN_CHOICE, bad_character, bad_date, confirm_removal,
    far_too_long,
};
use super::programs::Programs;

/// The longest text that is stored at all, in characters; what a field asks for is far less.
const LONGEST_TEXT: usize = 20_000;

/// What reading a page needs to know of the submission besides its answers.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The programs of the state.
    pub programs: &'a Programs,
    /// Whether a child rate of this review was ever submitted: some answers can't change any more then.
    pub rates_were_sent: bool,
    /// How many rates the draft holds: answers that bar them ask first whether they may go.
    pub rates: usize,
}

/// The box by which a person lets the rates of a draft go.
const CONFIRM_REMOVAL: &str = "confirm_removal";

/// The answers after a page was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading<F> {
    /// All answers of the form: those of the page as posted, all others as they were.
    pub data: F,
    /// What the save changed on its own, to be told to the person.
    pub notices: Vec<&'static str>,
}

/// Replaces the answers to the questions that the posted page drew, and leaves all others as they are; of a list of
/// answers, those that the page could not offer stay.
///
/// # Errors
/// The problems of shape, in page order.
pub fn read_page<F: Form>(
    page: Page,
    posted: &Posted,
    current: &F,
    situation: &Situation<'_>,
) -> Result<Reading<F>, Vec<Problem>> {
    let touched: Vec<&Field> = current
        .fields()
        .iter()
        .filter(|field| field.page == page && field.is_answer() && posted.touches(field.key))
        .collect();
    let stored = current.document();
    let mut reader =
        Reader { current, posted, programs: situation.programs, problems: Problems::new(current, situation.programs) };
    let values: Vec<_> =
        touched.iter().map(|field| (field.key, reader.read(field, field.key, at(&stored, field.key)))).collect();
    let mut problems = reader.problems;
    if !problems.is_empty() {
        return Err(problems.into_vec());
    }
    let wanted: F =
        with_values(current, values).expect("every kind of question reads into the values that its field holds");
    for field in wanted.locked_changes(current, situation.rates_were_sent) {
        problems.add(field, field.key, Code::Locked, LOCKED);
    }
    let (data, notices) = wanted.settled(current);
    let document = data.document();
    for field in touched {
        // Judged after settling, which may have mended the answer; an answer already there is not judged again.
        let value = at(&document, field.key).and_then(Value::as_str);
        let is_new = value != at(&stored, field.key).and_then(Value::as_str);
        if let (Kind::One(_), Some(value), true) = (field.kind, value, is_new)
            && !data.is_offered(field, value)
        {
            problems.add(field, field.key, Code::UnknownChoice, UNKNOWN_CHOICE);
        }
    }
    let removes = page == Page::Type && situation.rates > 0 && data.bars_rates();
    if problems.is_empty() && removes && posted.value(CONFIRM_REMOVAL) != Some("yes") {
        problems.push(Problem::at(page, CONFIRM_REMOVAL, Code::ConfirmRemoval, confirm_removal(situation.rates)));
    }
    if problems.is_empty() { Ok(Reading { data, notices }) } else { Err(problems.into_vec()) }
}

struct Reader<'a, F> {
    current: &'a F,
    posted: &'a Posted,
    programs: &'a Programs,
    problems: Problems<'a, F>,
}

impl<F: Form> Reader<'_, F> {
    /// The value to store; null after a problem.
    fn read(&mut self, field: &Field, path: &str, stored: Option<&Value>) -> Value {
        match field.kind {
            Kind::Text { .. } => self.text(field, path).map_or(Value::Null, Value::from),
            Kind::Email => self.email(field, path),
            Kind::Date => self.date(field, path),
            Kind::YesNo => {
                self.one(field, path, &[YES, NO]).map_or(Value::Null, |value| Value::from(value == YES.value))
            }
            Kind::One(choices) => self.one(field, path, choices).map_or(Value::Null, Value::from),
            Kind::Several(choices) => self.several(field, path, choices, stored),
            Kind::Programs => self.chosen_programs(field, path),
            Kind::Entries { parts, .. } => self.entries(field, parts),
            Kind::Files(_) => Value::Null,
        }
    }

    fn refuse(&mut self, field: &Field, path: &str, code: Code, message: impl Into<String>) {
        self.problems.add(field, path, code, message);
    }

    fn text(&mut self, field: &Field, path: &str) -> Option<String> {
        let typed = with_line_ends(self.posted.value(path)?);
        let text = kept(&typed)?;
        if let Some(sentence) = refused_character(&typed) {
            self.refuse(field, path, Code::BadText, bad_character(field.label, &sentence));
        } else if is_far_too_long(&text) {
            self.refuse(field, path, Code::BadText, far_too_long(field.label));
        }
        Some(text)
    }

    fn email(&mut self, field: &Field, path: &str) -> Value {
        match read_email(self.posted.value(path).unwrap_or_default()) {
            Ok(email) => email.map_or(Value::Null, Value::from),
            Err(sentence) => {
                self.refuse(field, path, Code::BadEmail, sentence);
                Value::Null
            }
        }
    }

    fn date(&mut self, field: &Field, path: &str) -> Value {
        match self.posted.value(path).map(str::trim) {
            None | Some("") => Value::Null,
            Some(text) => match parse_date(text) {
                Some(date) => Value::from(store_date(date)),
                None => {
                    self.refuse(field, path, Code::BadDate, bad_date(field.label));
                    Value::Null
                }
            },
        }
    }

    fn one(&mut self, field: &Field, path: &str, choices: &[Choice]) -> Option<&'static str> {
        let sent = self.posted.value(path).filter(|sent| !sent.is_empty())?;
        let choice = choices.iter().find(|choice| choice.value == sent);
        if choice.is_none() {
            self.refuse(field, path, Code::UnknownChoice, UNKNOWN_CHOICE);
        }
        choice.map(|choice| choice.value)
    }

    fn several(&mut self, field: &Field, path: &str, choices: &[Choice], stored: Option<&Value>) -> Value {
        let known = |sent: &str| choices.iter().any(|choice| choice.value == sent);
        if self.posted.values(path).any(|sent| !sent.is_empty() && !known(sent)) {
            self.refuse(field, path, Code::UnknownChoice, UNKNOWN_CHOICE);
        }
        let offered: Vec<_> = offers(self.current, field, self.programs).collect();
        let set_aside = |value: &str| {
            strings(stored).any(|stored| stored == value) && offered.iter().all(|offer| offer.value != value)
        };
        let chosen = choices.iter().filter(|choice| self.posted.holds(path, choice.value) || set_aside(choice.value));
        chosen.map(|choice| Value::from(choice.value)).collect()
    }

    fn chosen_programs(&mut self, field: &Field, path: &str) -> Value {
        let sent: Vec<Option<ProgramId>> =
            self.posted.values(path).filter(|sent| !sent.is_empty()).map(|sent| sent.parse().ok()).collect();
        if sent.contains(&None) {
            self.refuse(field, path, Code::UnknownChoice, UNKNOWN_CHOICE);
        }
        if sent.iter().flatten().any(|id| self.programs.get(*id).is_none()) {
            self.refuse(field, path, Code::NotYourProgram, NOT_YOUR_PROGRAM);
        }
        let chosen = self.programs.iter().filter(|program| sent.contains(&Some(program.id)));
        chosen.map(|program| Value::from(program.id.to_string())).collect()
    }

    fn entries(&mut self, field: &Field, parts: &[Field]) -> Value {
        let numbers = self.posted.entries(field.key);
        let read_entry = |number: usize| {
            let read_part = |part: &Field| {
                let path = format!("{}.{number}.{}", field.key, part.key);
                (part.key.to_owned(), self.read(part, &path, None))
            };
            Value::Object(parts.iter().map(read_part).collect::<Map<_, _>>())
        };
        Value::Array(without_lone_blank(numbers.into_iter().map(read_entry).collect()))
    }
}

/// Whether a text is longer than anything can be.
pub(super) fn is_far_too_long(text: &str) -> bool {
    text.chars().count() > LONGEST_TEXT
}
