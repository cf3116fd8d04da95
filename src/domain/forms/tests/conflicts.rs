//! Two people, one draft.

use serde_json::json;
use time::macros::date;

use super::*;

fn keys(fields: &[&'static Field]) -> Vec<&'static str> {
    fields.iter().map(|field| field.key).collect()
}

fn ending(end: Date) -> HealthPlan {
    HealthPlan { contract_date_end: Some(end), ..base() }
}

fn described(text: &str) -> HealthPlan {
    HealthPlan { submission_description: Some(text.to_owned()), ..base() }
}

#[test]
fn each_answer_is_a_change_of_its_own_and_the_contacts_are_one() {
    let mut new = ending(date!(2027 - 06 - 30));
    new.provisions.in_lieu_services_and_settings = Some(true);
    new.state_contacts.push(Contact { first_name: Some("Robert".to_owned()), ..Contact::default() });
    let changes = changes(&base(), &new);
    let keys: Vec<_> = changes.iter().map(|change| change.key.as_str()).collect();
    assert_eq!(keys, ["contract_date_end", "provisions.in_lieu_services_and_settings", "state_contacts"]);
    assert_eq!((&changes[0].old, &changes[0].new), (&json!("2026-12-31"), &json!("2027-06-30")));
}

#[test]
fn saves_are_taken_back_from_the_newest_to_the_oldest() {
    let (first, second, third) = (base(), ending(date!(2027 - 06 - 30)), ending(date!(2028 - 06 - 30)));
    let mut made = changes(&first, &second);
    made.push(Change { key: "documents.contract".to_owned(), old: json!([]), new: json!(["contract.pdf"]) });
    made.extend(changes(&second, &third));
    assert_eq!(revert(&third, &made).unwrap(), first);
}

#[test]
fn a_change_that_does_not_fit_the_form_is_an_error_and_not_a_guess() {
    let change = Change { key: "contract_date_end".to_owned(), old: json!("soon"), new: json!(null) };
    assert!(revert(&base(), &[change]).is_err());
}

#[test]
fn changes_on_different_questions_collide_with_nothing() {
    let now = HealthPlan { state_contacts: vec![], ..base() };
    let wanted = ending(date!(2027 - 06 - 30));
    let merge = merge(&base(), &now, &wanted);
    assert!(merge.collisions.is_empty() && !merge.unchanged && !merge.already_so);
    assert_eq!((keys(&merge.kept), keys(&merge.mine)), (vec!["state_contacts"], vec!["contract_date_end"]));
    assert_eq!(merge.merged, HealthPlan { state_contacts: vec![], ..wanted });
}

#[test]
fn two_dates_for_one_question_collide_and_the_first_stands_until_someone_chooses() {
    let (now, wanted) = (ending(date!(2027 - 01 - 31)), ending(date!(2027 - 06 - 30)));
    let merge = merge(&base(), &now, &wanted);
    assert_eq!(merge.merged, now);
    let [collision] = merge.collisions.as_slice() else { panic!("one collision") };
    let values = (&collision.then, &collision.now, &collision.wanted);
    assert_eq!(values, (&json!("2026-12-31"), &json!("2027-01-31"), &json!("2027-06-30")));

    let choose = |value: &str| resolve(&merge, &Posted::from_iter([("choose.contract_date_end", value)]));
    assert_eq!(choose("keep").unwrap().0, now);
    assert_eq!(choose("mine").unwrap().0, wanted);
    assert_eq!(choose("both").unwrap_err()[0].code, Code::UnknownChoice);
    assert_eq!(briefly(&resolve(&merge, &Posted::new()).unwrap_err()), ["choose.contract_date_end required"]);
}

#[test]
fn both_of_two_long_texts_can_be_kept_one_after_the_other() {
    let merge = merge(&base(), &described("Theirs."), &described("Mine."));
    assert_eq!(merge.collisions[0].resolutions(), [Resolution::Keep, Resolution::Mine, Resolution::Both]);
    let both = Posted::from_iter([("choose.submission_description", "both")]);
    assert_eq!(resolve(&merge, &both).unwrap().0, described("Theirs.\n\nMine."));
}

#[test]
fn two_texts_that_can_not_be_stored_together_are_refused() {
    let long = |letter: &str| described(&letter.repeat(10_000));
    let both = Posted::from_iter([("choose.submission_description", "both")]);
    let refused = resolve(&merge(&base(), &long("a"), &long("b")), &both).unwrap_err();
    assert_eq!(briefly(&refused), ["choose.submission_description bad_text"]);
}

#[test]
fn a_text_that_the_other_side_took_away_can_not_be_kept_with_mine() {
    let gone = HealthPlan { submission_description: None, ..base() };
    let merge = merge(&base(), &gone, &described("Mine."));
    assert_eq!(merge.collisions[0].resolutions(), [Resolution::Keep, Resolution::Mine]);
}

#[test]
fn a_wish_that_came_true_by_another_hand_leaves_nothing_to_write() {
    let wanted = ending(date!(2027 - 06 - 30));
    let now = HealthPlan { risk_based_contract: Some(false), ..wanted.clone() };
    let merge = merge(&base(), &now, &wanted);
    assert!(merge.already_so && merge.collisions.is_empty());
    assert_eq!(merge.merged, now);
}

#[test]
fn who_changed_nothing_overwrites_nothing() {
    let now = ending(date!(2027 - 06 - 30));
    let merge = merge(&base(), &now, &base());
    assert!(merge.unchanged && !merge.already_so);
    assert_eq!((merge.merged, keys(&merge.kept)), (now, vec!["contract_date_end"]));
}

#[test]
fn what_two_people_chose_together_follows_the_rules_of_a_save() {
    let then = HealthPlan { submission_type: None, ..base() };
    let now = HealthPlan { submission_type: Some(SubmissionType::ContractAndRates), ..base() };
    let wanted = HealthPlan { population_covered: Some(Population::Chip), ..then.clone() };
    let merge = merge(&then, &now, &wanted);
    assert_eq!(merge.merged.submission_type, Some(SubmissionType::ContractOnly));
    assert_eq!(merge.notices.len(), 1);
}
