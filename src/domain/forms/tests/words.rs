//! What people read: sections, labels, values in words; and what is stored: the golden document.

use serde_json::{Value, json};

use super::*;

const GOLDEN: &str = include_str!("health_plan_v1.json");

#[test]
fn the_document_of_version_1_reads_and_writes_the_same_for_ever() {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let data: HealthPlan = read(golden.clone(), 1).unwrap();
    assert_eq!(write(&data), (golden, 1));
    let written = serde_json::to_string(&data).unwrap();
    let place = |key: &str| written.find(&format!("\"{key}\":")).unwrap();
    let keys = HealthPlan::fields()
        .iter()
        .filter(|field| field.is_answer())
        .map(|field| field.key.rsplit('.').next().unwrap());
    assert!(keys.map(place).is_sorted(), "the keys are written in the order of the form");
}

#[test]
fn every_key_is_always_written_and_no_other_is_read() {
    let (empty, _) = write(&HealthPlan::default());
    assert_eq!(empty.as_object().unwrap().len(), 16);
    assert_eq!(empty["provisions"].as_object().unwrap().len(), 17);
    let with = |key: &str, value: Value| {
        let mut document = empty.clone();
        document[key] = value;
        read::<HealthPlan>(document, 1)
    };
    assert!(matches!(with("rates", json!([])), Err(ReadError::Shape(_))));
    assert!(matches!(with("provisions", json!({})), Err(ReadError::Missing(_))));
    assert!(matches!(with("population_covered", json!("MEDICARE")), Err(ReadError::Shape(_))));
    let newer = read::<HealthPlan>(empty, 2).unwrap_err();
    assert!(newer.to_string().starts_with("This form was saved by a newer version of MC-Review"));
}

#[test]
fn the_sections_show_only_what_applies_and_say_what_is_missing() {
    let mut data =
        HealthPlan { contract_date_end: None, federal_authorities: vec![FederalAuthority::Benchmark], ..base() };
    data.provisions.modified_risk_sharing_strategy = Some(true);
    data.provisions.modified_state_directed_payments = None;
    let sections = sections(&data, &programs());
    let titles: Vec<_> = sections.iter().map(|section| section.title).collect();
    assert_eq!(titles, ["Submission", "Contract", "State contacts"]);
    let contract = &sections[1];
    let row = |label: &str| contract.rows.iter().find(|row| row.label == label);
    assert_eq!(row("Contract start date").unwrap().answers, ["07/01/2026"]);
    assert_eq!(row("Contract end date").unwrap().answers, [""; 0]);
    assert_eq!(row("Contract end date").unwrap().target, "contract_date_end");
    assert!(!contract.rows.iter().any(|row| row.label.contains("D-SNP") || row.label.contains("does not comply")));

    let lists = contract.provisions.as_ref().unwrap();
    assert_eq!((lists.included.len(), lists.not_included.len(), lists.open.len()), (1, 6, 1));
    assert_eq!(lists.included[0].topic, "Risk-sharing strategy");
    assert_eq!(lists.included[0].citation.as_deref(), Some("42 CFR 438.6(b)(1)"));
    assert_eq!(lists.open[0].target, "provisions.modified_state_directed_payments-YES");
}

#[test]
fn answers_set_aside_are_not_shown() {
    let data = HealthPlan { federal_authorities: FederalAuthority::ALL.to_vec(), ..chip_amendment() };
    let contract = sections(&data, &programs()).remove(1);
    let row = contract.rows.iter().find(|row| row.label == "Federal authorities").unwrap();
    assert_eq!(row.answers, ["1115 Waiver Authority", "Title XXI Separate CHIP State Plan Authority"]);
}

#[test]
fn provisions_of_a_chip_only_amendment_have_words_and_citations_of_chip() {
    let lists = sections(&chip_amendment(), &programs())[1].provisions.clone().unwrap();
    let shown: Vec<_> =
        lists.not_included.iter().map(|listed| (listed.topic.as_str(), listed.citation.as_deref())).collect();
    assert_eq!(shown[2], ("CHIP beneficiaries served", None));
    assert_eq!(shown[4], ("Medical loss ratio standards", Some("42 CFR 457.1203")));
    let field = HealthPlan::field("provisions.modified_medicaid_beneficiaries").unwrap();
    assert_eq!(
        chip_amendment().question(field),
        "Does this amendment add or change provisions on CHIP beneficiaries served?"
    );
}

#[test]
fn a_contact_shows_name_title_and_email_and_where_the_missing_part_is() {
    let half = Contact { first_name: Some("Robert".to_owned()), ..Contact::default() };
    let data = HealthPlan { state_contacts: vec![maya(), Contact::default(), half], ..base() };
    let groups = sections(&data, &programs()).remove(2).groups;
    assert_eq!(groups.len(), 2);
    let shown: Vec<_> = groups[0].rows.iter().map(|row| row.answers.join("")).collect();
    assert_eq!(shown, ["Maya Lindqvist", "Contract manager", "maya.lindqvist@dhs.example.gov"]);
    assert_eq!(
        (groups[1].title.as_str(), groups[1].rows[0].target.as_str()),
        ("State contact 3", "state_contacts.2.last_name")
    );
    assert!(groups[1].rows[0].answers.is_empty());
}

#[test]
fn stored_values_are_said_in_words() {
    let programs = programs();
    let say = |key: &str, value: Value| in_words::<HealthPlan>(key, &value, &programs);
    assert_eq!(say("population_covered", json!("CHIP")), "CHIP-only");
    assert_eq!(say("contract_date_end", json!("2026-12-31")), "12/31/2026");
    assert_eq!(say("dsnp_contract", json!(false)), "No");
    assert_eq!(say("dsnp_contract", json!(null)), "Not answered");
    assert_eq!(say("program_ids", json!([MSC, PMAP])), "MSC+ - Program MSC+\nPMAP - Program PMAP");
    assert_eq!(say("federal_authorities", json!(["TITLE_XXI"])), "Title XXI Separate CHIP State Plan Authority");
    assert_eq!(
        say("state_contacts", json!([maya()])),
        "Maya Lindqvist, Contract manager, maya.lindqvist@dhs.example.gov"
    );
    assert_eq!(say("documents.contract", json!(["a.pdf", "b.pdf"])), "a.pdf\nb.pdf");
    assert_eq!(say("a_question_no_longer_asked", json!(7)), "7");
    assert_eq!(field_label::<HealthPlan>("provisions.modified_geo_area_served"), "Geographic areas served");
    assert_eq!(field_label::<HealthPlan>("a_question_no_longer_asked"), "a_question_no_longer_asked");
}

#[test]
fn the_pages_follow_each_other_as_the_steps_do() {
    assert_eq!(
        STEPS.iter().map(|page| page.step_name()).collect::<Vec<_>>(),
        ["Submission type", "Contract details", "Contacts", "Review and submit"]
    );
    for pair in STEPS.windows(2) {
        assert_eq!((pair[0].next(), pair[1].previous()), (Some(pair[1]), Some(pair[0])));
    }
    assert_eq!((STEPS[0].previous(), STEPS[3].next()), (None, None));
    assert_eq!(Page::from_segment("contacts"), Some(Page::Contacts));
    assert_eq!(Page::from_segment("rates"), None);
}
