//! What Continue and Submit refuse.

use time::macros::date;

use super::*;

fn messages(data: &HealthPlan) -> Vec<String> {
    let documents = [document(Category::Contract, ScanResult::Clean)];
    found(data, &documents).into_iter().map(|problem| problem.message).collect()
}

#[test]
fn complete_submissions_have_no_problem() {
    for data in [base(), amendment(), chip_amendment()] {
        assert_eq!(problems(&data), [""; 0]);
    }
}

#[test]
fn an_empty_form_asks_for_every_answer_in_the_order_of_its_pages() {
    let open = [
        "population_covered required",
        "program_ids required",
        "submission_type required",
        "contract_type required",
        "risk_based_contract required",
        "submission_description required",
        "documents.contract required",
        "statutory_regulatory_attestation required",
        "contract_execution_status required",
        "contract_date_start required",
        "contract_date_end required",
        "managed_care_entities required",
        "federal_authorities required",
        "state_contacts.0.first_name required",
        "state_contacts.0.last_name required",
        "state_contacts.0.title_role required",
        "state_contacts.0.email required",
    ];
    assert_eq!(problems_with(&HealthPlan::default(), &[]), open);
}

#[test]
fn the_first_page_alone_asks_for_its_six_answers() {
    let (contract, programs) = (ContractForm::from(HealthPlan::default()), programs());
    let package = Package { contract: &contract, programs: &programs, documents: &[], rates: &[] };
    let found = check_page(&package, Page::Type, TODAY);
    let messages: Vec<_> = found.iter().map(|problem| problem.message.as_str()).collect();
    let wanted = [
        "Choose who is covered",
        "Choose at least one program",
        "Choose what the submission includes",
        "Choose base contract or amendment",
        "Answer yes or no",
        "Describe the submission",
    ];
    assert_eq!(messages, wanted);
}

#[test]
fn a_problem_links_to_the_first_control_of_its_group() {
    let found = found(&HealthPlan::default(), &[]);
    let target = |path: &str| found.iter().find(|problem| problem.path == path).map(|problem| problem.target.clone());
    assert_eq!(target("population_covered").as_deref(), Some("population_covered-MEDICAID"));
    assert_eq!(target("program_ids"), Some(format!("program_ids-{MSC}")));
    assert_eq!(target("risk_based_contract").as_deref(), Some("risk_based_contract-YES"));
    assert_eq!(target("contract_date_end").as_deref(), Some("contract_date_end"));
    assert_eq!(target("documents.contract").as_deref(), Some("documents.contract"));
    assert_eq!(target("state_contacts.0.email").as_deref(), Some("state_contacts.0.email"));
}

#[test]
fn a_description_of_more_than_1500_characters_is_too_long() {
    let described = |length| HealthPlan { submission_description: Some("é".repeat(length)), ..base() };
    assert_eq!(problems(&described(1500)), [""; 0]);
    assert_eq!(problems(&described(1501)), ["submission_description too_long"]);
    assert_eq!(messages(&described(1501)), ["Shorten Description to 1500 characters; it has 1501."]);
}

#[test]
fn a_submission_needs_a_program_that_a_contract_can_name() {
    let with = |program_ids| HealthPlan { program_ids, ..base() };
    assert_eq!(problems(&with(vec![])), ["program_ids required"]);
    assert_eq!(problems(&with(vec![NEMT])), ["program_ids retired_program"]);
    assert_eq!(messages(&with(vec![NEMT])), ["NEMT is retired. Choose HSTD instead."]);
    assert_eq!(problems(&with(vec![RATES_ONLY])), ["program_ids rate_only_program"]);
    assert_eq!(messages(&with(vec![RATES_ONLY])), ["RO is for rate certifications only. Choose another program."]);
    assert_eq!(problems(&with(vec![OF_ANOTHER_STATE])), ["program_ids not_your_program"]);
}

#[test]
fn the_contract_ends_after_it_starts() {
    let period = |data, end| HealthPlan { contract_date_end: Some(end), ..data };
    assert_eq!(problems(&period(base(), date!(2026 - 07 - 01))), ["contract_date_end end_not_after_start"]);
    assert_eq!(messages(&period(base(), date!(2026 - 06 - 30))), ["The end date must be after the start date."]);
    assert_eq!(problems(&period(amendment(), date!(2026 - 07 - 02))), [""; 0]);
    assert_eq!(problems(&HealthPlan { contract_date_end: None, ..base() }), ["contract_date_end required"]);
}

#[test]
fn a_contract_document_is_required_and_every_file_has_to_be_clean() {
    assert_eq!(problems_with(&base(), &[]), ["documents.contract required"]);
    let supporting_only = [document(Category::ContractSupporting, ScanResult::Clean)];
    assert_eq!(problems_with(&base(), &supporting_only), ["documents.contract required"]);
    let with = |scan| problems_with(&base(), &[document(Category::Contract, scan)]);
    assert_eq!(with(ScanResult::Pending), ["documents.contract file_pending"]);
    assert_eq!(with(ScanResult::Infected), ["documents.contract file_infected"]);
    assert_eq!(with(ScanResult::Failed), ["documents.contract file_unchecked"]);
    let many = vec![document(Category::Contract, ScanResult::Clean); 51];
    assert_eq!(problems_with(&base(), &many), ["documents.contract too_many"]);
    assert_eq!(problems_with(&base(), &many[..50]), [""; 0]);
}

#[test]
fn what_does_not_comply_is_described() {
    let attests = |attestation| HealthPlan { statutory_regulatory_attestation: attestation, ..base() };
    assert_eq!(problems(&attests(None)), ["statutory_regulatory_attestation required"]);
    assert_eq!(problems(&attests(Some(false))), ["statutory_regulatory_attestation_description required"]);
}

#[test]
fn a_description_of_what_does_not_comply_is_set_aside_once_all_complies() {
    let text = Some("Directory updates run 45 days behind.".to_owned());
    let data = HealthPlan { statutory_regulatory_attestation_description: text, ..base() };
    assert_eq!(for_submit(&data).statutory_regulatory_attestation_description, None);
    let too_long = HealthPlan { statutory_regulatory_attestation_description: Some("x".repeat(3001)), ..base() };
    assert_eq!(problems(&too_long), [""; 0]);
}

#[test]
fn the_dsnp_question_depends_on_population_and_authority() {
    let open = |data, authority| HealthPlan { federal_authorities: vec![authority], dsnp_contract: None, ..data };
    assert_eq!(problems(&open(base(), FederalAuthority::Benchmark)), [""; 0]);
    assert_eq!(problems(&open(base(), FederalAuthority::Voluntary)), ["dsnp_contract required"]);
    assert_eq!(problems(&open(chip_amendment(), FederalAuthority::Waiver1115)), [""; 0]);
}

#[test]
fn a_chip_only_contract_has_only_the_authorities_of_chip() {
    let with = |federal_authorities| HealthPlan { federal_authorities, ..chip_amendment() };
    assert_eq!(problems(&with(vec![FederalAuthority::StatePlan])), ["federal_authorities required"]);
    let both = with(vec![FederalAuthority::StatePlan, FederalAuthority::TitleXxi]);
    assert_eq!(problems(&both), [""; 0]);
    assert_eq!(for_submit(&both).federal_authorities, [FederalAuthority::TitleXxi]);
}

#[test]
fn every_provision_of_the_variant_is_asked_and_no_other() {
    let mut data = amendment();
    data.provisions.modified_geo_area_served = None;
    assert_eq!(problems(&data), ["provisions.modified_geo_area_served required"]);
    assert_eq!(messages(&data), ["Answer yes or no for geographic areas served"]);

    let mut chip_base = HealthPlan { contract_type: Some(ContractAction::Base), ..chip_amendment() };
    chip_base.provisions = Provisions::default();
    for (data, nulls) in [(base(), 9), (chip_amendment(), 8), (chip_base, 17), (amendment(), 0)] {
        assert_eq!(problems(&data), [""; 0]);
        let submitted = for_submit(&data).provisions;
        assert_eq!(Provision::ALL.iter().filter(|provision| submitted.get(**provision).is_none()).count(), nulls);
    }
}

#[test]
fn open_provisions_come_in_the_order_in_which_they_are_asked() {
    let data = HealthPlan { provisions: Provisions::default(), ..chip_amendment() };
    let keys: Vec<_> = data.asked(Page::Contract).iter().filter_map(|field| Provision::from_key(field.key)).collect();
    assert_eq!(keys[3..6], [Provision::Enrollment, Provision::MedicalLossRatio, Provision::Grievances]);
    assert_eq!(keys.len(), 9);
    assert_eq!(messages(&data)[2], "Answer yes or no for CHIP beneficiaries served");
}

#[test]
fn no_provision_is_asked_while_population_or_contract_action_is_open() {
    for data in
        [HealthPlan { population_covered: None, ..amendment() }, HealthPlan { contract_type: None, ..amendment() }]
    {
        assert!(data.why_no_provisions().is_some());
        assert_eq!(data.applicable().provisions, Provisions::default());
    }
    assert_eq!(amendment().why_no_provisions(), None);
}

#[test]
fn answers_come_back_when_the_population_does() {
    let chip = saved(Page::Type, &[("population_covered", "CHIP")], &amendment());
    let asked = |data: &HealthPlan| {
        data.asked(Page::Contract).iter().filter(|field| Provision::from_key(field.key).is_some()).count()
    };
    assert_eq!(asked(&chip), 9);
    let medicaid = saved(Page::Type, &[("population_covered", "MEDICAID")], &chip);
    assert_eq!(asked(&medicaid), 17);
    assert_eq!(medicaid, amendment());
}

#[test]
fn the_first_contact_is_complete_but_for_its_suffix() {
    let open =
        ["first_name", "last_name", "title_role", "email"].map(|part| format!("state_contacts.0.{part} required"));
    assert_eq!(problems(&HealthPlan { state_contacts: vec![], ..base() }), open);
    assert_eq!(problems(&HealthPlan { state_contacts: vec![Contact::default()], ..base() }), open);
}

#[test]
fn a_further_contact_is_dropped_when_blank_and_complete_otherwise() {
    let mut data = base();
    data.state_contacts.extend([Contact::default(), maya()]);
    assert_eq!(problems(&data), [""; 0]);
    assert_eq!(without_blank_entries(&data).state_contacts, [maya(), maya()]);
    assert_eq!(for_submit(&data).state_contacts, [maya(), maya()]);

    data.state_contacts[1].title_role = Some("Director".to_owned());
    let open = ["first_name", "last_name", "email"].map(|part| format!("state_contacts.1.{part} required"));
    assert_eq!(problems(&data), open);
}

#[test]
fn names_and_titles_have_a_longest_length_and_the_list_of_contacts_too() {
    let mut data = base();
    data.state_contacts[0].suffix = Some("x".repeat(101));
    data.state_contacts[0].title_role = Some("x".repeat(200));
    assert_eq!(problems(&data), ["state_contacts.0.suffix too_long"]);
    let crowd = |size| HealthPlan { state_contacts: vec![maya(); size], ..base() };
    assert_eq!(problems(&crowd(20)), [""; 0]);
    assert_eq!(problems(&crowd(21)), ["state_contacts too_many"]);
    assert_eq!(messages(&crowd(21)), ["At most 20 contacts."]);
}

#[test]
fn a_health_plan_is_not_subject_to_review_if_and_only_if_it_covers_chip_alone() {
    assert!(!determination(&chip_amendment().into()).is_subject());
    for population in [Population::Medicaid, Population::MedicaidAndChip] {
        let data = HealthPlan { population_covered: Some(population), ..chip_amendment() };
        assert!(determination(&data.into()).is_subject());
    }
}
