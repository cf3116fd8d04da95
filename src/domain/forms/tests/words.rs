//! What people read: sections, labels, values in words.

use serde_json::{Value, json};

use super::*;

#[test]
fn the_sections_show_only_what_applies_and_say_what_is_missing() {
    let mut data =
        HealthPlan { contract_date_end: None, federal_authorities: vec![FederalAuthority::Benchmark], ..base() };
    data.provisions.modified_risk_sharing_strategy = Some(true);
    data.provisions.modified_state_directed_payments = None;
    let sections = sections(&data.into(), programs().read_by(Side::State));
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
    let contract = sections(&data.into(), programs().read_by(Side::State)).remove(1);
    let row = contract.rows.iter().find(|row| row.label == "Federal authorities").unwrap();
    assert_eq!(row.answers, ["1115 Waiver Authority", "Title XXI Separate CHIP State Plan Authority"]);
}

#[test]
fn provisions_of_a_chip_only_amendment_have_words_and_citations_of_chip() {
    let lists = sections(&chip_amendment().into(), programs().read_by(Side::State))[1].provisions.clone().unwrap();
    let shown: Vec<_> =
        lists.not_included.iter().map(|listed| (listed.topic.as_str(), listed.citation.as_deref())).collect();
    assert_eq!(shown[2], ("CHIP beneficiaries served", None));
    assert_eq!(shown[4], ("Medical loss ratio standards", Some("42 CFR 457.1203")));
    let field = chip_amendment().field("provisions.modified_medicaid_beneficiaries").unwrap();
    assert_eq!(
        chip_amendment().question(field),
        "Does this amendment add or change provisions on CHIP beneficiaries served?"
    );
}

#[test]
fn a_contact_shows_name_title_and_email_and_where_the_missing_part_is() {
    let half = Contact { first_name: Some("Robert".to_owned()), ..Contact::default() };
    let data = HealthPlan { state_contacts: vec![maya(), Contact::default(), half], ..base() };
    let groups = sections(&data.into(), programs().read_by(Side::State)).remove(2).groups;
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
    let say = |key: &str, value: Value| in_words(&base(), key, &value, programs.read_by(Side::State));
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
    assert_eq!(field_label(&base(), "provisions.modified_geo_area_served"), "Geographic areas served");
    assert_eq!(field_label(&base(), "a_question_no_longer_asked"), "a_question_no_longer_asked");
}

/// Every choice that a form offers, those in the entries of its lists too.
fn choices(fields: &'static [Field]) -> Vec<Choice> {
    let of = |field: &'static Field| match field.kind {
        Kind::One(choices) | Kind::Several(choices) => choices.to_vec(),
        Kind::Entries { parts, .. } => choices(parts),
        _ => Vec::new(),
    };
    fields.iter().flat_map(of).collect()
}

#[test]
fn cms_reads_no_answer_in_which_the_state_speaks_of_itself() {
    let forms = [base().fields(), eqro().fields(), RateForm::default().fields()];
    let all: Vec<Choice> = forms.into_iter().flat_map(choices).collect();
    assert!(all.len() > 30, "every form has some");
    let of_oneself = |label: &str| {
        let mut words = label.split(|letter: char| !letter.is_alphabetic()).map(str::to_lowercase);
        words.any(|word| ["we", "us", "our", "ours", "you", "your", "yours", "i", "my"].contains(&word.as_str()))
    };
    for choice in all {
        assert!(!of_oneself(choice.label_for(Side::Cms)), "{}", choice.label_for(Side::Cms));
        assert_eq!(of_oneself(choice.label), choice.to_cms.is_some(), "{}", choice.label);
    }
}
