//! What is stored: one example of each kind and version stays here for ever.

use serde_json::{Value, json};

use super::*;
use crate::domain::lifecycle::SubmissionKind;

const HEALTH_PLAN: &str = include_str!("health_plan_v1.json");
const EQRO: &str = include_str!("eqro_v1.json");
const RATE: &str = include_str!("rate_v1.json");

/// The keys of a JSON text in the order in which they are written.
fn keys(text: &str) -> Vec<&str> {
    let quoted: Vec<&str> = text.split('"').collect();
    quoted.windows(2).filter(|pair| pair[1].trim_start().starts_with(':')).map(|pair| pair[0]).collect()
}

fn reads_and_writes_the_same<F: Form + std::fmt::Debug>(blank: &F, version: i32, text: &str) -> F {
    let golden: Value = serde_json::from_str(text).unwrap();
    let data = read(blank, golden.clone(), version).unwrap();
    assert_eq!(write(&data), (golden, 1));
    data
}

#[test]
fn the_documents_of_version_1_read_and_write_the_same_for_ever() {
    let data = reads_and_writes_the_same(&ContractForm::blank(SubmissionKind::HealthPlan), 1, HEALTH_PLAN);
    let ContractForm::HealthPlan(data) = data else { panic!("a health plan") };
    assert_eq!(keys(&serde_json::to_string(&data).unwrap()), keys(HEALTH_PLAN));

    let data = reads_and_writes_the_same(&ContractForm::blank(SubmissionKind::Eqro), 1, EQRO);
    let ContractForm::Eqro(data) = data else { panic!("an EQRO") };
    assert_eq!(keys(&serde_json::to_string(&data).unwrap()), keys(EQRO));

    let data = reads_and_writes_the_same(&RateForm::blank(true), 1, RATE);
    assert_eq!(keys(&serde_json::to_string(&data.answers).unwrap()), keys(RATE));
}

#[test]
fn the_examples_are_complete() {
    let eqro: ContractForm =
        read(&ContractForm::blank(SubmissionKind::Eqro), serde_json::from_str(EQRO).unwrap(), 1).unwrap();
    assert!(determination(&eqro).is_subject());
    let ContractForm::Eqro(eqro) = eqro else { panic!("an EQRO") };
    assert_eq!(problems(&Eqro { program_ids: vec![PMAP], ..eqro }), [""; 0]);
}

#[test]
fn every_key_is_always_written_and_no_other_is_read() {
    fn all_keys_count<F: Form>(blank: &F, keys: usize) {
        let (document, version) = write(blank);
        assert_eq!(document.as_object().unwrap().len(), keys);
        for key in document.as_object().unwrap().keys() {
            let mut without = document.clone();
            without.as_object_mut().unwrap().remove(key);
            assert!(read(blank, without, version).is_err(), "{key} is missing");
        }
        let mut more = document.clone();
        more["a_key_of_nobody"] = json!(null);
        assert!(matches!(read(blank, more, version), Err(ReadError::Shape(_))));
        let newer = read(blank, document, version + 1).err().unwrap();
        assert!(newer.to_string().starts_with("This form was saved by a newer version of MC-Review"));
    }
    all_keys_count(&HealthPlan::default(), 16);
    all_keys_count(&Eqro::default(), 11);
    all_keys_count(&RateForm::default(), 11);
    assert_eq!(HealthPlan::default().document()["provisions"].as_object().unwrap().len(), 17);
    assert_eq!(Eqro::default().document()["eqro"].as_object().unwrap().len(), 5);
}

#[test]
fn a_form_of_one_kind_is_not_read_as_another() {
    let [health_plan, eqro] = [HEALTH_PLAN, EQRO].map(|text| serde_json::from_str::<Value>(text).unwrap());
    assert!(read(&ContractForm::blank(SubmissionKind::Eqro), health_plan, 1).is_err());
    assert!(read(&ContractForm::blank(SubmissionKind::HealthPlan), eqro.clone(), 1).is_err());
    let with = |key: &str, value: Value| {
        let mut document = eqro.clone();
        document[key] = value;
        read(&Eqro::default(), document, 1)
    };
    assert!(matches!(with("submission_type", json!("CONTRACT_AND_RATES")), Err(ReadError::Shape(_))));
    assert!(matches!(with("eqro", json!({})), Err(ReadError::Missing(_))));
    assert!(matches!(with("state_contacts", json!([{ "first_name": "Dana" }])), Err(ReadError::Missing("last_name"))));
    assert!(matches!(with("population_covered", json!("MEDICARE")), Err(ReadError::Shape(_))));
}
