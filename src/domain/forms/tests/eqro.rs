//! What is asked of an EQRO, what its answers decide, and when they are cleared.

use super::*;

fn amended(activities: Activities) -> Eqro {
    Eqro { contract_type: Some(ContractAction::Amendment), eqro: activities, ..eqro() }
}

fn status(data: &Eqro) -> &'static str {
    determination(&data.clone().into()).decision()
}

const SUBJECT: &str = "Subject to review";
const NOT_SUBJECT: &str = "Not subject to review";

#[test]
fn an_empty_form_asks_for_every_answer_in_the_order_of_its_pages() {
    let open = [
        "population_covered required",
        "program_ids required",
        "managed_care_entities required",
        "contract_type required",
        "submission_description required",
        "documents.contract required",
        "contract_execution_status required",
        "contract_date_start required",
        "contract_date_end required",
        "state_contacts.0.first_name required",
        "state_contacts.0.last_name required",
        "state_contacts.0.title_role required",
        "state_contacts.0.email required",
    ];
    assert_eq!(problems_with(&Eqro::default(), &[]), open);
    let messages: Vec<_> = found(&Eqro::default(), &[]).into_iter().map(|problem| problem.message).collect();
    assert_eq!(messages[..3], ["Choose the populations", "Choose at least one program", "Choose at least one entity"]);
}

#[test]
fn a_base_contract_is_reviewed_for_each_of_three_answers() {
    assert_eq!((problems(&eqro()), status(&eqro())), (vec![], NOT_SUBJECT));
    let asked = eqro().eqro;
    for (activities, why) in [
        (Activities { new_contractor: Some(true), ..asked }, "The contract is with a new contractor."),
        (
            Activities { mco_new_optional_activity: Some(true), ..asked },
            "The contract adds optional activities on MCOs.",
        ),
        (
            Activities { new_mco_eqr_related_activities: Some(true), ..asked },
            "The contract covers EQR-related activities for a new MCO program.",
        ),
    ] {
        let data = Eqro { eqro: activities, ..eqro() };
        assert_eq!((problems(&data), status(&data)), (vec![], SUBJECT));
        assert_eq!(determination(&data.into()).why(), why);
    }
    let open = Eqro { eqro: Activities::default(), ..eqro() };
    let asked = ["new_contractor", "mco_new_optional_activity", "new_mco_eqr_related_activities"];
    assert_eq!(problems(&open), asked.map(|key| format!("eqro.{key} required")));
    assert!(open.is_undecided() && !eqro().is_undecided());
}

#[test]
fn the_chip_answer_is_asked_and_never_makes_a_contract_subject_to_review() {
    let chip = |answer| Eqro {
        population_covered: Some(Population::MedicaidAndChip),
        eqro: Activities { chip_eqr_related_activities: answer, ..eqro().eqro },
        ..eqro()
    };
    assert_eq!(problems(&chip(None)), ["eqro.chip_eqr_related_activities required"]);
    assert_eq!((problems(&chip(Some(true))), status(&chip(Some(true)))), (vec![], NOT_SUBJECT));
    let without_mco = Eqro { managed_care_entities: vec![Entity::Pihp], ..chip(Some(true)) };
    assert_eq!((problems(&without_mco), status(&without_mco)), (vec![], NOT_SUBJECT));
    let why = determination(&without_mco.into()).why().to_owned();
    assert_eq!(why, "The EQRO does not review MCOs. Activities on the CHIP population alone are not reviewed.");
}

#[test]
fn an_amendment_is_asked_for_more_once_it_changes_activities() {
    let no = amended(Activities { mco_eqr_or_related_activities: Some(false), ..Activities::default() });
    assert_eq!((problems(&no), status(&no)), (vec![], NOT_SUBJECT));
    let yes = amended(Activities { mco_eqr_or_related_activities: Some(true), ..Activities::default() });
    let asked = ["eqro.mco_new_optional_activity required", "eqro.new_mco_eqr_related_activities required"];
    assert_eq!(problems(&yes), asked);
    let both = |optional, related| {
        let mut data = yes.clone();
        data.eqro.mco_new_optional_activity = Some(optional);
        data.eqro.new_mco_eqr_related_activities = Some(related);
        status(&data)
    };
    let statuses = [both(false, false), both(true, false), both(false, true), both(true, true)];
    assert_eq!(statuses, [NOT_SUBJECT, SUBJECT, SUBJECT, SUBJECT]);
}

#[test]
fn answers_that_an_amendment_does_not_ask_for_decide_nothing_and_are_sent_as_null() {
    let data = amended(Activities {
        new_contractor: Some(true),
        mco_eqr_or_related_activities: Some(false),
        mco_new_optional_activity: Some(true),
        new_mco_eqr_related_activities: Some(true),
        chip_eqr_related_activities: Some(true),
    });
    assert_eq!(status(&data), NOT_SUBJECT);
    let left = Activities { mco_eqr_or_related_activities: Some(false), ..Activities::default() };
    assert_eq!(for_submit(&data).eqro, left);
}

#[test]
fn nothing_is_asked_of_an_eqro_that_reviews_neither_mcos_nor_chip() {
    let data = Eqro { managed_care_entities: vec![Entity::Pihp], eqro: Activities::default(), ..eqro() };
    assert_eq!((problems(&data), status(&data)), (vec![], NOT_SUBJECT));
    assert!(!data.drawn(Page::Contract).iter().any(|field| field.key.starts_with("eqro.")));
}

#[test]
fn a_page_draws_both_further_questions_of_an_amendment_under_a_line_that_says_when() {
    let data = amended(Activities::default());
    let drawn = data.drawn(Page::Contract);
    let optional = drawn.iter().find(|field| field.key == "eqro.mco_new_optional_activity").unwrap();
    assert_eq!(data.when(optional).unwrap().asked_by, "eqro.mco_eqr_or_related_activities");
    assert!(!data.asks(optional));
    assert_eq!(eqro().when(optional), None);
}

#[test]
fn a_save_that_changes_what_the_answers_rest_on_clears_all_five_and_says_so() {
    let covered = Eqro { population_covered: Some(Population::Medicaid), ..eqro() };
    for pairs in
        [[("contract_type", "AMENDMENT")], [("managed_care_entities", "PIHP")], [("population_covered", "CHIP")]]
    {
        let reading = post(Page::Type, &pairs, &covered).unwrap();
        assert_eq!(reading.data.eqro, Activities::default(), "{pairs:?}");
        assert_eq!(reading.notices.len(), 1, "{pairs:?}");
    }
    let cleared = Eqro { eqro: Activities::default(), ..covered };
    assert!(post(Page::Type, &[("contract_type", "AMENDMENT")], &cleared).unwrap().notices.is_empty());
}

#[test]
fn a_save_that_leaves_what_the_answers_rest_on_keeps_them() {
    let chip = Eqro { population_covered: Some(Population::Chip), ..eqro() };
    let wider = [("population_covered", "MEDICAID_AND_CHIP")];
    let more = [("managed_care_entities", "MCO"), ("managed_care_entities", "PIHP")];
    for pairs in [&wider[..], &more[..]] {
        let reading = post(Page::Type, pairs, &chip).unwrap();
        assert_eq!((reading.data.eqro, reading.notices.len()), (eqro().eqro, 0), "{pairs:?}");
    }
}

#[test]
fn who_makes_it_an_amendment_while_another_answers_is_not_asked_about_answers_that_go() {
    let then = eqro();
    let now = Eqro { eqro: Activities { new_contractor: Some(true), ..then.eqro }, ..then.clone() };
    let wanted = saved(Page::Type, &[("contract_type", "AMENDMENT")], &then);
    let merge = merge(&then, &now, &wanted);
    assert!(merge.collisions.is_empty() && !merge.already_so);
    assert_eq!(merge.merged.eqro, Activities::default());
    assert_eq!(merge.notices.len(), 1);
}

#[test]
fn the_sections_of_an_eqro_have_its_answers_in_two_lists() {
    let mut data = amended(Activities { mco_eqr_or_related_activities: Some(true), ..Activities::default() });
    data.eqro.mco_new_optional_activity = Some(false);
    let sections = sections(&data.into(), programs().read_by(Side::State));
    let labels: Vec<_> = sections[0].rows.iter().map(|row| row.label.as_str()).collect();
    let wanted = ["Population covered", "Programs covered", "Managed care entities", "Contract action", "Description"];
    assert_eq!(labels, wanted);
    let lists = sections[1].provisions.clone().unwrap();
    assert_eq!(lists.included[0].topic, "Changes to EQR or EQR-related activities performed on MCOs");
    assert_eq!(lists.not_included[0].citation.as_deref(), Some("42 CFR 438.358(c)"));
    assert_eq!(lists.open[0].target, "eqro.new_mco_eqr_related_activities-YES");
}

#[test]
fn rates_have_no_place_in_an_eqro_submission() {
    let (contract, programs) = (ContractForm::from(eqro()), programs());
    let key = "MN-R0014".parse().unwrap();
    let rates = [PackageRate { key: &key, name: "MCR-MN-SNBC", kind: RateKind::Linked { linkable: true } }];
    let documents = [document(Category::Contract, ScanResult::Clean)];
    let package = Package { contract: &contract, programs: &programs, documents: &documents, rates: &rates };
    let problems = check(&package, TODAY);
    assert_eq!(briefly(&problems), ["rates rates_not_allowed"]);
    assert_eq!(problems[0].page, Page::Type);
}
