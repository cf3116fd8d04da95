//! The rules that Continue and Submit refuse by; nothing else decides.

use serde_json::Value;
use time::Date;

use crate::domain::document::{Category, MAX_FILES_PER_LIST, ScanResult};

use super::documents::DocumentFacts;
use super::field::{Field, Kind};
use super::form::{Form, at, is_blank};
use super::health_plan::HealthPlan;
use super::page::{Page, STEPS};
use super::problem::{Code, END_NOT_AFTER_START, NOT_YOUR_PROGRAM, Problem, Problems, too_long, too_many};
use super::programs::Programs;

/// Everything that is sent together.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    /// The contract form, as stored; it is read through [`Form::applicable`].
    pub contract: &'a HealthPlan,
    /// The programs of the state.
    pub programs: &'a Programs,
    /// The documents of the draft.
    pub documents: &'a [DocumentFacts],
}

/// All problems of a package, in the order of its pages and their questions. `today` is the day in US Eastern, for
/// rules on days in the past or future; the contract form has none.
pub fn check(package: &Package<'_>, _today: Date) -> Vec<Problem> {
    let contract = package.contract.applicable();
    let document = contract.document();
    let mut problems = Problems::new(&contract, package.programs);
    for field in STEPS.iter().flat_map(|page| contract.asked(*page)) {
        match (field.kind, field.key) {
            (Kind::Files(category), _) => files(&mut problems, field, category, package.documents),
            (_, key) => {
                answer(&mut problems, &contract, field, key, at(&document, key));
                match key {
                    "program_ids" => programs(&mut problems, field, &contract, package.programs),
                    "contract_date_end" => period(&mut problems, field, &contract),
                    _ => {}
                }
            }
        }
    }
    problems.into_vec()
}

/// The problems on one page: those that Continue refuses.
pub fn check_page(package: &Package<'_>, page: Page, today: Date) -> Vec<Problem> {
    let mut problems = check(package, today);
    problems.retain(|problem| problem.page == page);
    problems
}

/// What holds of every answer of its kind: it is there if it has to be, and not too long.
fn answer<F: Form>(problems: &mut Problems<'_, F>, data: &F, field: &Field, path: &str, value: Option<&Value>) {
    if let Kind::Entries { parts, most, things } = field.kind {
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
        for part in parts {
            let value = entries.get(place).and_then(|entry| entry.get(part.key));
            answer(problems, data, part, &format!("{}.{place}.{}", field.key, part.key), value);
        }
    }
}

fn programs(problems: &mut Problems<'_, HealthPlan>, field: &Field, data: &HealthPlan, programs: &Programs) {
    for id in &data.program_ids {
        let Some(program) = programs.get(*id) else {
            problems.add(field, field.key, Code::NotYourProgram, NOT_YOUR_PROGRAM);
            continue;
        };
        let name = &program.name;
        if program.rate_only {
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

fn period(problems: &mut Problems<'_, HealthPlan>, field: &Field, data: &HealthPlan) {
    if let (Some(start), Some(end)) = (data.contract_date_start, data.contract_date_end)
        && end <= start
    {
        problems.add(field, field.key, Code::EndNotAfterStart, END_NOT_AFTER_START);
    }
}

fn files<F: Form>(problems: &mut Problems<'_, F>, field: &Field, category: Category, documents: &[DocumentFacts]) {
    let list: Vec<_> = documents.iter().filter(|document| document.category == category).collect();
    if let (true, Some(message)) = (list.is_empty(), field.required) {
        problems.add(field, field.key, Code::Required, message);
    }
    if list.len() > MAX_FILES_PER_LIST {
        problems.add(field, field.key, Code::TooMany, too_many(MAX_FILES_PER_LIST, "files"));
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
