//! The rules that Continue and Submit refuse by; nothing else decides.

use serde_json::Value;
use time::Date;

use crate::domain::document::{Category, ScanResult};
use crate::domain::id::ProgramId;
use crate::domain::key::RateKey;

use super::answers::SubmissionType;
use super::contract::ContractForm;
use super::dates::parse_date;
use super::documents::DocumentFacts;
use super::field::{Field, Kind, Rule, control_id};
use super::form::{Form, at, is_blank, strings};
use super::page::Page;
use super::problem::{
    Code, END_BEFORE_START, END_NOT_AFTER_START, IN_FUTURE, NOT_YOUR_PROGRAM, ONE_DOCUMENT, Problem, Problems,
    RATES_NOT_ALLOWED, rate_incomplete, rate_not_linkable, too_long, too_many,
};
use super::programs::Programs;
use super::rate::RateForm;

/// The most rates that a submission has.
pub const MOST_RATES: usize = 50;

/// Everything that is sent together.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    /// The contract form, as stored; it is read through [`Form::applicable`].
    pub contract: &'a ContractForm,
    /// The programs of the state.
    pub programs: &'a Programs,
    /// The documents of the contract's draft.
    pub documents: &'a [DocumentFacts],
    /// The rates in their order.
    pub rates: &'a [PackageRate<'a>],
}

/// A rate of a package.
#[derive(Debug, Clone, Copy)]
pub struct PackageRate<'a> {
    /// Its key.
    pub key: &'a RateKey,
    /// Its name.
    pub name: &'a str,
    /// What the package has of it.
    pub kind: RateKind<'a>,
}

/// What a package has of a rate.
#[derive(Debug, Clone, Copy)]
pub enum RateKind<'a> {
    /// A draft of its own.
    Own {
        /// The rate form, as stored.
        form: &'a RateForm,
        /// The documents of the rate's draft.
        documents: &'a [DocumentFacts],
    },
    /// A version that was sent before.
    Linked {
        /// Whether it can be sent with this package: of the same state, sent at least once, not withdrawn.
        linkable: bool,
    },
}

/// All problems of a package, in the order of its pages and their questions; those of the rates' own pages follow
/// those of the list. `today` is the day in US Eastern.
pub fn check(package: &Package<'_>, today: Date) -> Vec<Problem> {
    let contract = package.contract.applicable();
    let mut found = Vec::new();
    for page in contract.steps() {
        found.extend(questions(&contract, *page, package.programs, package.documents, today));
        match page {
            Page::Type if contract.bars_rates() && !package.rates.is_empty() => {
                found.push(rates_not_allowed(&contract, package.programs));
            }
            Page::Rates => found.extend(rates(package, &contract, today)),
            _ => {}
        }
    }
    found
}

/// The problems on one page: those that Continue refuses.
pub fn check_page(package: &Package<'_>, page: Page, today: Date) -> Vec<Problem> {
    let mut problems = check(package, today);
    problems.retain(|problem| problem.page == page);
    problems
}

/// The problems on the page of one own rate.
pub fn check_rate(
    key: &RateKey,
    form: &RateForm,
    documents: &[DocumentFacts],
    programs: &Programs,
    today: Date,
) -> Vec<Problem> {
    let problems = questions(&form.applicable(), Page::Rate, programs, documents, today);
    problems.into_iter().map(|problem| problem.of_rate(key)).collect()
}

fn rates(package: &Package<'_>, contract: &ContractForm, today: Date) -> Vec<Problem> {
    let tied_to_dsnp = contract.is_tied_to_dsnp();
    let (mut list, mut inside) = (Vec::new(), Vec::new());
    if package.rates.is_empty() && contract.submission_type() == Some(SubmissionType::ContractAndRates) {
        list.push(Problem::at(Page::Rates, "rates", Code::Required, "Add at least one rate certification"));
    }
    if package.rates.len() > MOST_RATES {
        list.push(Problem::at(Page::Rates, "rates", Code::TooMany, too_many(MOST_RATES, "rate certifications")));
    }
    for (place, rate) in package.rates.iter().enumerate() {
        let refused = match rate.kind {
            RateKind::Own { form, documents } => {
                // Whether populations are asked follows from this contract, whatever the form was read with.
                let form = RateForm { tied_to_dsnp, ..form.clone() };
                let problems = check_rate(rate.key, &form, documents, package.programs, today);
                let points = problems.len();
                inside.extend(problems);
                (points > 0).then(|| (Code::RateIncomplete, rate_incomplete(place + 1, points)))
            }
            RateKind::Linked { linkable } => (!linkable).then(|| (Code::RateNotLinkable, rate_not_linkable(rate.name))),
        };
        list.extend(refused.map(|(code, message)| Problem {
            rate: Some(rate.key.clone()),
            ..Problem::at(Page::Rates, &format!("rates.{}", rate.key), code, message)
        }));
    }
    list.extend(inside);
    list
}

/// Stands on the page whose answer bars rates, since there is none for the rates.
fn rates_not_allowed(contract: &ContractForm, programs: &Programs) -> Problem {
    let decides = ["submission_type", "population_covered"].into_iter().find_map(|key| contract.field(key));
    let target = decides.map_or_else(String::new, |field| control_id(contract, field, field.key, programs));
    Problem { target, ..Problem::at(Page::Type, "rates", Code::RatesNotAllowed, RATES_NOT_ALLOWED) }
}

/// The problems with the questions of one page; `data` holds only answers that apply.
fn questions<F: Form>(
    data: &F,
    page: Page,
    programs: &Programs,
    documents: &[DocumentFacts],
    today: Date,
) -> Vec<Problem> {
    let document = data.document();
    let mut problems = Problems::new(data, programs);
    for field in data.asked(page) {
        if let Kind::Files(category) = field.kind {
            files(&mut problems, field, category, documents);
            continue;
        }
        let value = at(&document, field.key);
        answer(&mut problems, data, field, field.key, value);
        if matches!(field.kind, Kind::Programs) {
            chosen_programs(&mut problems, field, value, data.takes_rate_only_programs(), programs);
        }
        if let Some((code, message)) = field.rule.and_then(|rule| broken(rule, value, &document, today)) {
            problems.add(field, field.key, code, message);
        }
    }
    problems.into_vec()
}

/// What holds of every answer of its kind: it is there if it has to be, and not too long.
fn answer<F: Form>(problems: &mut Problems<'_, F>, data: &F, field: &Field, path: &str, value: Option<&Value>) {
    if let Kind::Entries { parts, most, things, .. } = field.kind {
        let entries = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        return self::entries(problems, data, field, parts, (most, things), entries);
    }
    let value = value.unwrap_or(&Value::Null);
    if is_blank(value) {
        if let Some(message) = data.required_message(field) {
            problems.add(field, path, Code::Required, message);
        }
    } else if let (Kind::Text { most, .. }, Some(text)) = (field.kind, value.as_str()) {
        let length = text.chars().count();
        if length > most {
            problems.add(field, path, Code::TooLong, too_long(field.label, most, length));
        }
    }
}

/// An empty list is checked as one blank entry; a blank entry other than the first counts for nothing.
fn entries<F: Form>(
    problems: &mut Problems<'_, F>,
    data: &F,
    field: &Field,
    parts: &[Field],
    (most, things): (usize, &str),
    entries: &[Value],
) {
    let filled =
        entries.iter().enumerate().filter(|(place, entry)| *place == 0 || !is_blank(entry)).map(|(place, _)| place);
    let places: Vec<usize> = if entries.is_empty() { vec![0] } else { filled.collect() };
    if places.len() > most {
        problems.add(field, field.key, Code::TooMany, too_many(most, things));
    }
    for place in places {
        let entry = entries.get(place).unwrap_or(&Value::Null);
        for part in parts.iter().filter(|part| data.asks_part(part, entry)) {
            answer(problems, data, part, &format!("{}.{place}.{}", field.key, part.key), entry.get(part.key));
        }
    }
}

fn chosen_programs<F: Form>(
    problems: &mut Problems<'_, F>,
    field: &Field,
    value: Option<&Value>,
    takes_rate_only: bool,
    programs: &Programs,
) {
    for id in strings(value) {
        let Some(program) = id.parse::<ProgramId>().ok().and_then(|id| programs.get(id)) else {
            problems.add(field, field.key, Code::NotYourProgram, NOT_YOUR_PROGRAM);
            continue;
        };
        let name = &program.name;
        if program.rate_only && !takes_rate_only {
            let message = format!("{name} is for rate certifications only. Choose another program.");
            problems.add(field, field.key, Code::RateOnlyProgram, message);
        }
        if program.retired {
            let message = match &program.replaced_by_name {
                Some(replacement) => format!("{name} is retired. Choose {replacement} instead."),
                None => format!("{name} is retired. Remove it."),
            };
            problems.add(field, field.key, Code::RetiredProgram, message);
        }
    }
}

/// How a date breaks its rule; a date that is missing breaks none.
fn broken(rule: Rule, value: Option<&Value>, document: &Value, today: Date) -> Option<(Code, &'static str)> {
    let day = |value: Option<&Value>| value.and_then(Value::as_str).and_then(parse_date);
    let date = day(value)?;
    let (breaks, code, message) = match rule {
        Rule::After(start) => (date <= day(at(document, start))?, Code::EndNotAfterStart, END_NOT_AFTER_START),
        Rule::NotBefore(start) => (date < day(at(document, start))?, Code::EndBeforeStart, END_BEFORE_START),
        Rule::NotInFuture => (date > today, Code::InFuture, IN_FUTURE),
    };
    breaks.then_some((code, message))
}

fn files<F: Form>(problems: &mut Problems<'_, F>, field: &Field, category: Category, documents: &[DocumentFacts]) {
    let list: Vec<_> = documents.iter().filter(|document| document.category == category).collect();
    if let (true, Some(message)) = (list.is_empty(), field.required) {
        problems.add(field, field.key, Code::Required, message);
    }
    match category.most() {
        1 if list.len() > 1 => problems.add(field, field.key, Code::OneDocument, ONE_DOCUMENT),
        most if list.len() > most => problems.add(field, field.key, Code::TooMany, too_many(most, "files")),
        _ => {}
    }
    for document in list {
        let name = &document.file_name;
        let (code, message) = match document.scan {
            ScanResult::Clean => continue,
            ScanResult::Pending => {
                (Code::FilePending, format!("{name} is still being checked for viruses. Wait a moment and try again."))
            }
            ScanResult::Infected => (Code::FileInfected, format!("A virus was found in {name}. Remove it.")),
            ScanResult::Failed => {
                (Code::FileUnchecked, format!("{name} could not be checked. Try again or remove it."))
            }
        };
        problems.add(field, field.key, code, message);
    }
}
