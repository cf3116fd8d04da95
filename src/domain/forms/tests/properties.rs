//! What holds of every form, whatever is answered.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

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

fn health_plan() -> impl Strategy<Value = HealthPlan> {
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
        data.settled().0
    })
}

fn pages() -> impl Strategy<Value = Page> {
    select(&[Page::Type, Page::Contract, Page::Contacts][..])
}

proptest! {
    #[test]
    fn every_form_comes_back_from_its_document(data in health_plan()) {
        let (document, version) = write(&data);
        prop_assert_eq!(read::<HealthPlan>(document, version).unwrap(), data);
    }

    #[test]
    fn no_answer_is_left_whose_question_does_not_apply_and_none_is_lost_that_does(data in health_plan()) {
        let (all, left) = (data.document(), data.applicable().document());
        for field in HealthPlan::fields().iter().filter(|field| field.is_answer()) {
            let left = at(&left, field.key).unwrap();
            if !data.asks(field) {
                prop_assert!(is_blank(left), "{} is left", field.key);
            } else if field.key != "federal_authorities" {
                prop_assert_eq!(left, at(&all, field.key).unwrap());
            }
        }
        let refused = |authority: &FederalAuthority| data.is_chip_only() && !authority.covers_chip_only();
        prop_assert!(!data.applicable().federal_authorities.iter().any(refused));
        prop_assert_eq!(data.applicable().applicable(), data.applicable());
    }

    #[test]
    fn a_page_draws_every_question_that_it_asks(data in health_plan(), page in pages()) {
        let drawn: Vec<_> = data.drawn(page).iter().map(|field| field.key).collect();
        for field in HealthPlan::fields().iter().filter(|field| field.page == page && data.asks(field)) {
            prop_assert!(drawn.contains(&field.key), "{} is asked", field.key);
        }
    }

    #[test]
    fn a_page_posted_as_it_was_shown_changes_nothing(data in health_plan(), page in pages()) {
        let programs = super::programs();
        let situation = Situation { programs: &programs, rates_were_sent: false };
        let reading = read_page(page, &typed(page, &data), &data, &situation).unwrap();
        prop_assert_eq!(reading.data, data);
    }

    #[test]
    fn a_page_shown_to_one_and_posted_over_other_answers_replaces_all_that_it_draws(
        shown in health_plan(), current in health_plan(), page in pages(),
    ) {
        let programs = super::programs();
        let posted = typed(page, &shown);
        let read = read_page(page, &posted, &current, &Situation { programs: &programs, rates_were_sent: false }).unwrap().data;
        let [shown_doc, current_doc, read_doc] = [&shown, &current, &read].map(Form::document);
        for field in HealthPlan::fields().iter().filter(|field| field.is_answer() && field.key != "federal_authorities") {
            let source = if posted.touches(field.key) { &shown_doc } else { &current_doc };
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
        for field in HealthPlan::fields().iter().filter(|field| field.is_answer()) {
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
