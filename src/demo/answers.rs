//! What a state might answer: forms that are complete, agree with themselves, and differ from one to the next.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use time::{Date, Duration, Month};

use super::words;
use crate::domain::forms::{
    Activities, Contact, ContractAction, ContractForm, Entity, Eqro, ExecutionStatus, FederalAuthority, Form,
    HealthPlan, Population, ProgramFacts, Programs, SubmissionType,
};
use crate::domain::permission::Person;

/// One of a list that is not empty.
pub fn one_of<'a, T: ?Sized>(rng: &mut StdRng, list: &[&'a T]) -> &'a T {
    list.choose(rng).expect("the lists of words are not empty")
}

/// The form after its first page, as a state fills it in on `day`.
pub fn first_page(rng: &mut StdRng, programs: &Programs, day: Date) -> ContractForm {
    if rng.random_bool(0.08) {
        return ContractForm::Eqro(eqro_details(rng, programs));
    }
    let population = match rng.random_range(0..100) {
        0..60 => Population::Medicaid,
        60..92 => Population::MedicaidAndChip,
        _ => Population::Chip,
    };
    let action = if rng.random_bool(0.7) { ContractAction::Amendment } else { ContractAction::Base };
    let chosen = some_programs(rng, programs);
    ContractForm::HealthPlan(HealthPlan {
        population_covered: Some(population),
        submission_description: Some(description(rng, action, &chosen, day)),
        program_ids: chosen.iter().map(|program| program.id).collect(),
        submission_type: Some(if population != Population::Chip && rng.random_bool(0.4) {
            SubmissionType::ContractAndRates
        } else {
            SubmissionType::ContractOnly
        }),
        contract_type: Some(action),
        risk_based_contract: Some(rng.random_bool(0.9)),
        ..HealthPlan::default()
    })
}

/// One to three of the programs that a contract can name, in their order.
fn some_programs<'a>(rng: &mut StdRng, programs: &'a Programs) -> Vec<&'a ProgramFacts> {
    let offered: Vec<&ProgramFacts> = programs.offered(false, &[]).collect();
    let how_many = if rng.random_bool(0.6) { 1 } else { rng.random_range(1..=offered.len().min(3)) };
    let mut chosen: Vec<&ProgramFacts> = offered.sample(rng, how_many).copied().collect();
    chosen.sort_by_key(|program| offered.iter().position(|other| other.id == program.id));
    chosen
}

/// The first page of a contract with an EQRO.
fn eqro_details(rng: &mut StdRng, programs: &Programs) -> Eqro {
    let chosen = some_programs(rng, programs);
    let names: Vec<&str> = chosen.iter().map(|program| program.full_name.as_str()).collect();
    let deed = one_of(rng, words::REVIEWED);
    Eqro {
        population_covered: Population::ALL.choose(rng).copied(),
        program_ids: chosen.iter().map(|program| program.id).collect(),
        contract_type: ContractAction::ALL.choose(rng).copied(),
        managed_care_entities: some_of(rng, Entity::ALL, &[0.75, 0.4, 0.3, 0.1]),
        submission_description: Some(format!("{}.", filled(rng, deed, &names.join(" and ")))),
        ..Eqro::default()
    }
}

/// The contract page of a contract with an EQRO on top of the first.
fn eqro(rng: &mut StdRng, mut data: Eqro, day: Date) -> Eqro {
    data.contract_execution_status = Some(execution_status(rng));
    let (start, end) = period(rng, day);
    (data.contract_date_start, data.contract_date_end) = (Some(start), Some(end));
    let mut answer = |chance: f64| Some(rng.random_bool(chance));
    data.eqro = Activities {
        new_contractor: answer(0.25),
        mco_eqr_or_related_activities: answer(0.6),
        mco_new_optional_activity: answer(0.3),
        new_mco_eqr_related_activities: answer(0.25),
        chip_eqr_related_activities: answer(0.5),
    };
    data.applicable()
}

fn execution_status(rng: &mut StdRng) -> ExecutionStatus {
    if rng.random_bool(0.65) { ExecutionStatus::Executed } else { ExecutionStatus::Unexecuted }
}

fn description(rng: &mut StdRng, action: ContractAction, programs: &[&ProgramFacts], day: Date) -> String {
    let names: Vec<&str> = programs.iter().map(|program| program.full_name.as_str()).collect();
    let program = names.join(" and ");
    let (subject, deeds) = match action {
        ContractAction::Amendment => (format!("Amendment {}", rng.random_range(1..=9)), words::AMENDED),
        ContractAction::Base => (format!("This contract for {}", day.year() + 1), words::FOUNDED),
    };
    let deed = one_of(rng, deeds);
    let mut text = format!("{subject} {}.", filled(rng, deed, &program));
    let sentences = rng.random_range(1..=3);
    let further: Vec<&str> = words::FURTHER.sample(rng, sentences).copied().collect();
    for sentence in further {
        text.push(if rng.random_bool(0.3) { '\n' } else { ' ' });
        text.push_str(sentence);
    }
    text
}

/// A sentence with its gaps filled in.
fn filled(rng: &mut StdRng, text: &str, program: &str) -> String {
    text.replace("{program}", program)
        .replace("{plan}", one_of(rng, words::PLANS))
        .replace("{region}", one_of(rng, words::REGIONS))
        .replace("{n}", &rng.random_range(3..=14).to_string())
}

/// The contract page on top of the first.
pub fn contract_page(rng: &mut StdRng, first: &ContractForm, day: Date) -> ContractForm {
    match first {
        ContractForm::HealthPlan(first) => ContractForm::HealthPlan(health_plan(rng, first.clone(), day)),
        ContractForm::Eqro(first) => ContractForm::Eqro(eqro(rng, first.clone(), day)),
    }
}

fn health_plan(rng: &mut StdRng, mut data: HealthPlan, day: Date) -> HealthPlan {
    let complies = rng.random_bool(0.88);
    data.statutory_regulatory_attestation = Some(complies);
    if !complies {
        let what = one_of(rng, words::NOT_COMPLIANT);
        data.statutory_regulatory_attestation_description = Some(filled(rng, what, ""));
    }
    data.contract_execution_status = Some(execution_status(rng));
    let (start, end) = period(rng, day);
    (data.contract_date_start, data.contract_date_end) = (Some(start), Some(end));
    data.managed_care_entities = some_of(rng, Entity::ALL, &[0.9, 0.25, 0.2, 0.08]);
    data.federal_authorities = if data.is_chip_only() {
        some_of(rng, &[FederalAuthority::TitleXxi, FederalAuthority::Waiver1115], &[0.9, 0.2])
    } else {
        some_of(rng, FederalAuthority::ALL, &[0.4, 0.45, 0.4, 0.06, 0.04, 0.05])
    };
    data.federal_authorities.sort();
    let asked = !data.is_chip_only() && data.federal_authorities.iter().any(|authority| authority.asks_about_dsnp());
    data.dsnp_contract = asked.then(|| rng.random_bool(0.2));
    let provisions = data.provision_variant().map_or(&[][..], |variant| variant.provisions());
    for provision in provisions {
        *data.provisions.get_mut(*provision) = Some(rng.random_bool(0.25));
    }
    data
}

/// Those of `all` that the dice choose with their chances, at least the first.
fn some_of<T: Copy>(rng: &mut StdRng, all: &[T], chances: &[f64]) -> Vec<T> {
    let mut chosen: Vec<T> =
        all.iter().zip(chances).filter(|(_, chance)| rng.random_bool(**chance)).map(|(item, _)| *item).collect();
    if chosen.is_empty() {
        chosen.extend(all.first());
    }
    chosen
}

/// A period that begins with a month around `day`, mostly with a half-year, and lasts one to three years.
fn period(rng: &mut StdRng, day: Date) -> (Date, Date) {
    let first = Date::from_calendar_date(day.year(), Month::January, 1).expect("every year has a first day");
    let months = if rng.random_bool(0.7) {
        [0, 6, 12][rng.random_range(0..3)]
    } else {
        i32::from(u8::from(day.month())) + rng.random_range(-3..6)
    };
    let start = months_later(first, months);
    let length = if rng.random_bool(0.8) { 12 } else { 12 * rng.random_range(2..=3) };
    (start, months_later(start, length) - Duration::DAY)
}

/// The same day some months later, or the last of a month that is shorter.
pub fn months_later(day: Date, months: i32) -> Date {
    let months = day.year() * 12 + i32::from(u8::from(day.month())) - 1 + months;
    let month = Month::try_from(months.rem_euclid(12) as u8 + 1).expect("a remainder of twelve is a month");
    let year = months.div_euclid(12);
    let number = day.day().min(month.length(year));
    Date::from_calendar_date(year, month, number).expect("no month is shorter than its length")
}

/// The contacts page on top of the others: the author, and some colleagues.
pub fn contacts_page(rng: &mut StdRng, contract: &ContractForm, author: &Person) -> ContractForm {
    let state = author.state_code.as_deref().unwrap_or_default().to_lowercase();
    let (first_name, last_name) = author.name.split_once(' ').unwrap_or((&author.name, &author.name));
    let mut contacts = vec![contact(rng, first_name, last_name, &state)];
    for _ in 0..rng.random_range(0..3) {
        let (first_name, last_name) = (one_of(rng, words::FIRST_NAMES), one_of(rng, words::LAST_NAMES));
        contacts.push(contact(rng, first_name, last_name, &state));
    }
    let mut data = contract.clone();
    match &mut data {
        ContractForm::HealthPlan(form) => form.state_contacts = contacts,
        ContractForm::Eqro(form) => form.state_contacts = contacts,
    }
    data
}

fn contact(rng: &mut StdRng, first_name: &str, last_name: &str, state: &str) -> Contact {
    Contact {
        first_name: Some(first_name.to_owned()),
        last_name: Some(last_name.to_owned()),
        suffix: rng.random_bool(0.04).then(|| "Jr.".to_owned()),
        title_role: Some(one_of(rng, words::TITLES).to_owned()),
        email: Some(format!("{first_name}.{last_name}@dhs.{state}.example.gov").to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn months_that_are_shorter_end_sooner() {
        assert_eq!(months_later(date!(2024 - 01 - 01), -1), date!(2023 - 12 - 01));
        assert_eq!(months_later(date!(2024 - 03 - 31), 13), date!(2025 - 04 - 30));
        assert_eq!(months_later(date!(2024 - 03 - 31), -1), date!(2024 - 02 - 29));
    }
}
