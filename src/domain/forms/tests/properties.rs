//! What holds of every form, whatever is answered.

use std::fmt::Debug;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::TestCaseResult;
use serde_json::Value;

use super::*;
use crate::domain::forms::form::{at, is_blank};

fn text() -> impl Strategy<Value = Option<String>> {
    option::of("[a-zé+-][a-z \n\té]{0,20}[a-z.]")
}

fn day() -> impl Strategy<Value = Option<Date>> {
    let days = date!(1965 - 01 - 01).to_julian_day()..=date!(2099 - 12 - 31).to_julian_day();
    option::of(days.prop_map(|day| Date::from_julian_day(day).unwrap()))
}

fn contact() -> impl Strategy<Value = Contact> {
    let email = option::of("[a-z]{1,5}@[a-z]{1,5}\\.gov");
    (text(), text(), text(), text(), email).prop_map(|(first_name, last_name, suffix, title_role, email)| Contact {
        first_name,
        last_name,
        suffix,
        title_role,
        email,
    })
}

fn provisions() -> impl Strategy<Value = Provisions> {
    prop::collection::vec(any::<Option<bool>>(), Provision::ALL.len()).prop_map(|answers| {
        let mut provisions = Provisions::default();
        for (provision, answer) in Provision::ALL.iter().zip(answers) {
            *provisions.get_mut(*provision) = answer;
        }
        provisions
    })
}

pub(super) fn eqro() -> impl Strategy<Value = Eqro> {
    let details = (
        option::of(select(Population::ALL)),
        subsequence(vec![MSC, MSHO, PMAP, SNBC], 0..=4),
        option::of(select(ContractAction::ALL)),
        subsequence(Entity::ALL, 0..=Entity::ALL.len()),
        text(),
    );
    let contract = (option::of(select(ExecutionStatus::ALL)), day(), day(), any::<[Option<bool>; 5]>());
    (details, contract, prop::collection::vec(contact(), 0..4)).prop_map(|(details, contract, state_contacts)| {
        let [new_contractor, changes, optional, new_program, chip] = contract.3;
        without_blank_entries(&Eqro {
            population_covered: details.0,
            program_ids: details.1,
            submission_type: ContractOnly::ContractOnly,
            contract_type: details.2,
            managed_care_entities: details.3,
            submission_description: details.4,
            contract_execution_status: contract.0,
            contract_date_start: contract.1,
            contract_date_end: contract.2,
            eqro: Activities {
                new_contractor,
                mco_eqr_or_related_activities: changes,
                mco_new_optional_activity: optional,
                new_mco_eqr_related_activities: new_program,
                chip_eqr_related_activities: chip,
            },
            state_contacts,
        })
    })
}

fn actuary() -> impl Strategy<Value = Actuary> {
    (contact(), option::of(select(ActuarialFirm::ALL)), text()).prop_map(|(person, firm, other)| Actuary {
        first_name: person.first_name,
        last_name: person.last_name,
        suffix: person.suffix,
        title_role: person.title_role,
        email: person.email,
        actuarial_firm: firm,
        actuarial_firm_other: other,
    })
}

pub(super) fn rate() -> impl Strategy<Value = RateForm> {
    let kind = (
        option::of(select(RateType::ALL)),
        option::of(select(CapitationType::ALL)),
        subsequence(vec![MSC, MSHO, PMAP, RATES_ONLY, SNBC], 0..=5),
        subsequence(RatePopulation::ALL, 0..=RatePopulation::ALL.len()),
    );
    let dates = (day(), day(), day(), day(), day());
    let people = (prop::collection::vec(actuary(), 0..4), option::of(select(ActuaryContact::ALL)));
    (kind, dates, people, any::<bool>()).prop_map(|(kind, dates, people, tied_to_dsnp)| {
        let answers = RateAnswers {
            rate_type: kind.0,
            rate_capitation_type: kind.1,
            rate_program_ids: kind.2,
            rate_medicaid_populations: kind.3,
            rate_date_start: dates.0,
            rate_date_end: dates.1,
            rate_date_certified: dates.2,
            amendment_effective_date_start: dates.3,
            amendment_effective_date_end: dates.4,
            certifying_actuaries: people.0,
            actuary_communication_preference: people.1,
        };
        without_blank_entries(&RateForm { answers, tied_to_dsnp })
    })
}

pub(super) fn health_plan() -> impl Strategy<Value = HealthPlan> {
    let kind = (
        option::of(select(Population::ALL)),
        subsequence(vec![MSC, MSHO, NEMT, PMAP, RATES_ONLY, SNBC], 0..=6),
        option::of(Just(SubmissionType::ContractOnly)),
        option::of(select(ContractAction::ALL)),
        any::<Option<bool>>(),
        text(),
    );
    let contract = (
        any::<Option<bool>>(),
        text(),
        option::of(select(ExecutionStatus::ALL)),
        (day(), day()),
        subsequence(Entity::ALL, 0..=Entity::ALL.len()),
        subsequence(FederalAuthority::ALL, 0..=FederalAuthority::ALL.len()),
        any::<Option<bool>>(),
        provisions(),
    );
    (kind, contract, prop::collection::vec(contact(), 0..4)).prop_map(|(kind, contract, state_contacts)| {
        let data = HealthPlan {
            population_covered: kind.0,
            program_ids: kind.1,
            submission_type: kind.2,
            contract_type: kind.3,
            risk_based_contract: kind.4,
            submission_description: kind.5,
            statutory_regulatory_attestation: contract.0,
            statutory_regulatory_attestation_description: contract.1,
            contract_execution_status: contract.2,
            contract_date_start: contract.3.0,
            contract_date_end: contract.3.1,
            managed_care_entities: contract.4,
            federal_authorities: contract.5,
            dsnp_contract: contract.6,
            provisions: contract.7,
            state_contacts,
        };
        without_blank_entries(&data)
    })
}

fn pages() -> impl Strategy<Value = Page> {
    select(&[Page::Type, Page::Contract, Page::Rate, Page::Contacts][..])
}

/// No answer is left whose question does not apply, and none is lost that does.
fn leaves_what_applies<F: Form + Debug>(data: &F) -> TestCaseResult {
    let applicable = data.applicable();
    let (all, left) = (data.document(), applicable.document());
    for field in data.fields().iter().filter(|field| field.is_answer()) {
        let (all, left) = (at(&all, field.key).unwrap(), at(&left, field.key).unwrap());
        if !data.asks(field) {
            prop_assert!(is_blank(left), "{} is left", field.key);
        } else if let Kind::Entries { parts, .. } = field.kind {
            let entries = all.as_array().unwrap().iter().zip(left.as_array().unwrap());
            for ((all, left), part) in entries.flat_map(|entry| parts.iter().map(move |part| (entry, part))) {
                let kept = if data.asks_part(part, all) { &all[part.key] } else { &Value::Null };
                prop_assert_eq!(&left[part.key], kept, "{}", part.key);
            }
        } else if field.key != "federal_authorities" {
            prop_assert_eq!(left, all);
        }
    }
    prop_assert_eq!(applicable.applicable(), applicable);
    Ok(())
}

fn comes_back<F: Form + Debug>(blank: &F, data: &F) -> TestCaseResult {
    let (document, version) = write(data);
    prop_assert_eq!(&read(blank, document, version).unwrap(), data);
    Ok(())
}

fn draws_what_it_asks<F: Form>(data: &F, page: Page) -> TestCaseResult {
    let drawn: Vec<_> = data.drawn(page).iter().map(|field| field.key).collect();
    for field in data.fields().iter().filter(|field| field.page == page && data.asks(field)) {
        prop_assert!(drawn.contains(&field.key), "{} is asked", field.key);
    }
    Ok(())
}

fn posted<F: Form>(page: Page, shown: &F, current: &F) -> F {
    let programs = super::programs();
    let situation = Situation { programs: &programs, rates_were_sent: false, rates: 0 };
    read_page(page, &typed(page, shown), current, &situation).unwrap().data
}

/// Whatever pages are posted one after the other, in whatever order, what applies is all that is left.
fn lives_through<F: Form + Debug>(mut data: F, posts: Vec<(Page, F)>) -> TestCaseResult {
    for (page, shown) in posts {
        data = posted(page, &shown, &data);
        leaves_what_applies(&data)?;
        comes_back(&data, &data)?;
    }
    Ok(())
}

/// A document in which one value stands at one place: another answer, a wrong one, or a key of nobody.
fn spoiled(text: &str) -> impl Strategy<Value = Value> + use<> {
    let document: Value = serde_json::from_str(text).unwrap();
    let mut keys: Vec<String> = document.as_object().unwrap().keys().cloned().collect();
    keys.push("a_key_of_nobody".to_owned());
    let values = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        select(&["MEDICAID", "CHIP", "BASE", "AMENDMENT", "NEW", "MCO", "2026-02-29", "2024-02-29", "+2026-01-01"][..])
            .prop_map(Value::from),
        prop::collection::vec(select(&["MCO", "PIHP", "MEDICAID_ONLY", "STATE_PLAN"][..]), 0..3).prop_map(Value::from),
        Just(serde_json::json!([{}])),
        Just(serde_json::json!({})),
    ];
    (select(keys), values).prop_map(move |(key, value)| {
        let mut document = document.clone();
        document[&key] = value;
        document
    })
}

/// What a form accepts, it writes again with every key, and reads as the same.
fn writes_what_it_accepts<F: Form + Debug>(blank: &F, document: Value) -> TestCaseResult {
    let Ok(data) = read(blank, document.clone(), 1) else { return Ok(()) };
    prop_assert_eq!(data.document(), document);
    comes_back(blank, &data)
}

proptest! {
    #[test]
    fn every_form_comes_back_from_its_document(plan in health_plan(), eqro in eqro(), rate in rate()) {
        comes_back(&HealthPlan::default(), &plan)?;
        comes_back(&Eqro::default(), &eqro)?;
        comes_back(&RateForm::blank(rate.tied_to_dsnp), &rate)?;
    }

    #[test]
    fn any_document_that_is_accepted_is_written_as_it_was_read(
        plan in spoiled(include_str!("health_plan_v1.json")),
        eqro in spoiled(include_str!("eqro_v1.json")),
        rate in spoiled(include_str!("rate_v1.json")),
    ) {
        writes_what_it_accepts(&HealthPlan::default(), plan)?;
        writes_what_it_accepts(&Eqro::default(), eqro)?;
        writes_what_it_accepts(&RateForm::default(), rate)?;
    }

    #[test]
    fn no_answer_is_left_whose_question_does_not_apply_and_none_is_lost_that_does(
        plan in health_plan(), eqro in eqro(), rate in rate(),
    ) {
        leaves_what_applies(&plan)?;
        leaves_what_applies(&eqro)?;
        leaves_what_applies(&rate)?;
        let refused = |authority: &FederalAuthority| plan.is_chip_only() && !authority.covers_chip_only();
        prop_assert!(!plan.applicable().federal_authorities.iter().any(refused));
    }

    #[test]
    fn whatever_is_posted_one_after_the_other_leaves_what_applies(
        plans in prop::collection::vec((pages(), health_plan()), 1..5),
        eqros in prop::collection::vec((pages(), eqro()), 1..5),
        rates in prop::collection::vec((pages(), rate()), 1..5),
    ) {
        // A rate stays with its contract.
        let tied_to_dsnp = rates[0].1.tied_to_dsnp;
        let rates = rates.into_iter().map(|(page, rate)| (page, RateForm { tied_to_dsnp, ..rate })).collect();
        lives_through(HealthPlan { submission_type: Some(SubmissionType::ContractAndRates), ..HealthPlan::default() }, plans)?;
        lives_through(Eqro::default(), eqros)?;
        lives_through(RateForm::blank(tied_to_dsnp), rates)?;
    }

    #[test]
    fn an_eqro_keeps_its_answers_if_and_only_if_what_they_rest_on_stays(shown in eqro(), current in eqro()) {
        let rests_on = |form: &Eqro| (form.contract_type, form.covers_chip(), form.reviews_mcos());
        let then = posted(Page::Type, &shown, &current);
        let kept = if rests_on(&shown) == rests_on(&current) { current.eqro } else { Activities::default() };
        prop_assert_eq!(then.eqro, kept);
    }

    #[test]
    fn a_page_draws_every_question_that_it_asks(
        plan in health_plan(), eqro in eqro(), rate in rate(), page in pages(),
    ) {
        draws_what_it_asks(&plan, page)?;
        draws_what_it_asks(&eqro, page)?;
        draws_what_it_asks(&rate, page)?;
    }

    #[test]
    fn a_page_posted_as_it_was_shown_changes_nothing(
        plan in health_plan(), eqro in eqro(), rate in rate(), page in pages(),
    ) {
        let settled = plan.clone().settled(&plan).0;
        prop_assert_eq!(posted(page, &settled, &settled), settled);
        prop_assert_eq!(posted(page, &eqro, &eqro), eqro);
        prop_assert_eq!(posted(page, &rate, &rate), rate);
    }

    #[test]
    fn a_page_shown_to_one_and_posted_over_other_answers_replaces_all_that_it_draws(
        shown in health_plan(), current in health_plan(), page in pages(),
    ) {
        // What can be chosen is judged elsewhere; what a save sets right itself, too.
        let submission_type = Some(SubmissionType::ContractOnly);
        let [shown, current] = [shown, current].map(|form| HealthPlan { submission_type, ..form });
        let read = posted(page, &shown, &current);
        let [shown_doc, current_doc, read_doc] = [&shown, &current, &read].map(Form::document);
        let drawn = typed(page, &shown);
        for field in read.fields().iter().filter(|field| field.is_answer() && field.key != "federal_authorities") {
            let source = if drawn.touches(field.key) { &shown_doc } else { &current_doc };
            prop_assert_eq!(at(&read_doc, field.key), at(source, field.key), "{}", field.key);
        }
    }

    #[test]
    fn taking_changes_back_gives_what_was_before(old in health_plan(), new in health_plan()) {
        prop_assert_eq!(revert(&new, &changes(&old, &new)).unwrap(), old);
    }

    #[test]
    fn a_merge_loses_neither_side(then in health_plan(), now in health_plan(), wanted in health_plan()) {
        let merge = merge(&then, &now, &wanted);
        let [then_doc, now_doc, wanted_doc, merged_doc] = [&then, &now, &wanted, &merge.merged].map(Form::document);
        for field in then.fields().iter().filter(|field| field.is_answer()) {
            let [then, now, wanted, merged] = [&then_doc, &now_doc, &wanted_doc, &merged_doc].map(|doc| at(doc, field.key));
            let collides = merge.collisions.iter().any(|collision| collision.field.key == field.key);
            prop_assert_eq!(collides, then != now && then != wanted && now != wanted, "{}", field.key);
            let stands = if then != wanted && !collides { wanted } else { now };
            prop_assert_eq!(merged, stands, "{}", field.key);
        }
    }

    #[test]
    fn what_is_submitted_has_the_problems_that_were_shown(data in health_plan()) {
        let shown: Vec<_> = problems(&data).into_iter().filter(|problem| !problem.starts_with("state_contacts")).collect();
        let submitted: Vec<_> = problems(&for_submit(&data)).into_iter().filter(|problem| !problem.starts_with("state_contacts")).collect();
        prop_assert_eq!(shown, submitted);
    }
}
