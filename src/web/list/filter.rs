//! The filters that a list has besides status and state: one table of data, from which addresses are read, the form and
//! the chips are drawn. Values of one filter: any of them; different filters: all.

use std::collections::BTreeMap;

use time::Date;

use super::{Choices, Named};
use crate::domain::clock::date_in_words;
use crate::domain::forms::{Choice, parse_date};
use crate::domain::key::SubmissionKey;
use crate::domain::role::Side;

/// A filter.
#[derive(Debug)]
pub struct Filter {
    /// Its name in addresses.
    pub name: &'static str,
    /// Its words.
    pub label: &'static str,
    /// Whether CMS alone has it.
    pub cms_only: bool,
    /// What it takes.
    pub takes: Takes,
}

/// What a filter takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// Any of these.
    Any(&'static [Choice]),
    /// Programs.
    Programs,
    /// People who review, oneself among them, or nobody.
    Reviewers,
    /// Days from one to another, both ends in; either may be open. Two parameters, `NAME-from` and `NAME-to`.
    Days,
    /// Keys, `MN-0005`.
    Keys,
}

impl Takes {
    /// What a stored value is called here; nothing where it has no name.
    pub fn label(self, stored: Option<&str>) -> &'static str {
        let Self::Any(fixed) = self else { return "" };
        fixed.iter().find(|choice| Some(choice.value) == stored).map_or("", |choice| choice.label)
    }
}

/// Whoever asks, and nobody at all, among people who review.
const ME: Choice = Choice::new("me", "Me");
const NOBODY: Choice = Choice::new("nobody", "Nobody");

/// Where the work of a department stands.
pub const WORK: Takes = Takes::Any(&[
    Choice::new("not_started", "Not started"),
    Choice::new("in_review", "In review"),
    Choice::new("awaiting_state", "Awaiting state"),
    Choice::new("signed_off", "Signed off"),
    Choice::new("objection", "Objection"),
]);

/// Whether rounds go on.
pub const ROUNDS: Takes = Takes::Any(&[
    Choice::new("open", "Open"),
    Choice::new("answered", "Answered"),
    Choice::new("none", "None that go on"),
]);

/// What is filtered by: for each filter its values, sorted, nothing twice. Those of days are `from` and `to`, each in a
/// parameter of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given(BTreeMap<String, Vec<String>>);

/// A value in force: in which parameter it stands, and its words.
#[derive(Debug)]
pub struct Told {
    /// The parameter.
    pub parameter: String,
    /// The value.
    pub value: String,
    /// `Program: MN: PMAP`, `First sent from: 01/02/2026`
    pub words: String,
}

/// A range of days that ends before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crossed {
    /// Its filter.
    pub filter: &'static str,
    /// "First sent: 03/05/2026 is after 03/01/2026"
    pub words: String,
}

impl Filter {
    /// A filter that both sides have.
    pub const fn new(name: &'static str, label: &'static str, takes: Takes) -> Self {
        Self { name, label, cms_only: false, takes }
    }

    /// A filter that CMS alone has.
    pub const fn of_cms(name: &'static str, label: &'static str, takes: Takes) -> Self {
        Self { name, label, cms_only: true, takes }
    }

    /// Whether a side has it.
    pub fn is_of(&self, side: Side) -> bool {
        side == Side::Cms || !self.cms_only
    }

    /// The parameters that it has in addresses, each with its words.
    pub fn parameters(&self) -> Vec<(String, String)> {
        match self.takes {
            Takes::Days => {
                ["from", "to"].map(|end| (format!("{}-{end}", self.name), format!("{} {end}", self.label))).into()
            }
            _ => vec![(self.name.to_owned(), self.label.to_owned())],
        }
    }

    /// What can be chosen, where that is a list.
    pub fn choices(&self, choices: &Choices) -> Vec<Named> {
        match self.takes {
            Takes::Any(fixed) => fixed.iter().map(Named::from).collect(),
            Takes::Programs => choices.programs.clone(),
            Takes::Reviewers => [ME, NOBODY].iter().map(Named::from).chain(choices.reviewers.iter().cloned()).collect(),
            Takes::Days | Takes::Keys => Vec::new(),
        }
    }

    /// A value as the list writes it; none where it has no such value.
    fn settled(&self, item: &str, choices: &Choices) -> Option<String> {
        match self.takes {
            Takes::Days => parse_date(item).map(|day| day.to_string()),
            Takes::Keys => item.parse::<SubmissionKey>().ok().map(|key| key.to_string()),
            Takes::Any(fixed) => fixed.iter().any(|choice| choice.value == item).then(|| item.to_owned()),
            Takes::Programs | Takes::Reviewers => {
                self.choices(choices).iter().any(|choice| choice.value == item).then(|| item.to_owned())
            }
        }
    }

    /// A value in words.
    fn words(&self, item: &str, choices: &Choices) -> String {
        match self.takes {
            Takes::Days => parse_date(item).map_or_else(String::new, date_in_words),
            Takes::Keys => item.to_owned(),
            _ => self
                .choices(choices)
                .into_iter()
                .find(|choice| choice.value == item)
                .map_or_else(String::new, |choice| choice.label),
        }
    }
}

impl Given {
    /// Whether nothing is filtered by.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the items of a parameter; those that the list does not have are given back, in words. None if no filter has
    /// the parameter.
    pub fn add<'i>(
        &mut self,
        filters: &[Filter],
        side: Side,
        parameter: &str,
        items: impl Iterator<Item = &'i str>,
        choices: &Choices,
    ) -> Option<Vec<String>> {
        let of_side = filters.iter().filter(|filter| filter.is_of(side));
        let (filter, words) = of_side
            .flat_map(|filter| filter.parameters().into_iter().map(move |(name, words)| (filter, name, words)))
            .find_map(|(filter, name, words)| (name == parameter).then_some((filter, words)))?;
        let mut unknown = Vec::new();
        for item in items {
            let taken = self.0.get(parameter).map_or(0, Vec::len);
            match filter.settled(item, choices) {
                // A range has one beginning and one end.
                Some(_) if matches!(filter.takes, Takes::Days) && taken > 0 => unknown.push(format!("second {words}")),
                Some(value) => self.0.entry(parameter.to_owned()).or_default().push(value),
                None => unknown.push(format!("{} “{item}”", words.to_lowercase())),
            }
        }
        Some(unknown)
    }

    /// One spelling for each set of values.
    pub fn settle(&mut self) {
        for values in self.0.values_mut() {
            values.sort_unstable();
            values.dedup();
        }
    }

    /// The values of a filter; none: it is not filtered by.
    pub fn values(&self, filter: &str) -> &[String] {
        self.0.get(filter).map_or(&[], Vec::as_slice)
    }

    /// The first and the last day of a range.
    pub fn days(&self, filter: &str) -> (Option<Date>, Option<Date>) {
        let day = |end: &str| self.values(&format!("{filter}-{end}")).first().and_then(|day| parse_date(day));
        (day("from"), day("to"))
    }

    /// The ranges that end before they begin: no row lies in one.
    pub fn crossed(&self, filters: &'static [Filter]) -> Vec<Crossed> {
        let crossed = |filter: &'static Filter| match self.days(filter.name) {
            (Some(from), Some(to)) if from > to => {
                let words = format!("{}: {} is after {}", filter.label, date_in_words(from), date_in_words(to));
                Some(Crossed { filter: filter.name, words })
            }
            _ => None,
        };
        filters.iter().filter_map(crossed).collect()
    }

    /// Takes ranges away.
    pub fn remove(&mut self, ranges: Vec<Crossed>) {
        for range in ranges {
            self.0.retain(|parameter, _| {
                !["-from", "-to"].iter().any(|end| parameter.strip_suffix(end) == Some(range.filter))
            });
        }
    }

    /// As addresses have it, in the order of the filters.
    pub fn pairs(&self, filters: &'static [Filter]) -> Vec<(String, String)> {
        let parameters = filters.iter().flat_map(Filter::parameters);
        let given = parameters.filter_map(|(name, _)| {
            let values = self.0.get(&name)?;
            let value = values.join(",");
            Some((name, value))
        });
        given.collect()
    }

    /// Every value in words, in the order of the filters.
    pub fn told(&self, filters: &'static [Filter], choices: &Choices) -> Vec<Told> {
        let mut told = Vec::new();
        for filter in filters {
            for (parameter, label) in filter.parameters() {
                told.extend(self.values(&parameter).iter().map(|value| Told {
                    words: format!("{label}: {}", filter.words(value, choices)),
                    parameter: parameter.clone(),
                    value: value.clone(),
                }));
            }
        }
        told
    }

    /// The same without a value.
    #[must_use]
    pub fn without(&self, told: &Told) -> Self {
        let mut without = self.clone();
        if let Some(values) = without.0.get_mut(&told.parameter) {
            values.retain(|value| *value != told.value);
            if values.is_empty() {
                without.0.remove(&told.parameter);
            }
        }
        without
    }
}
