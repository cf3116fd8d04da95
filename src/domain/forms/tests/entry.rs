//! What a posted page is read into.

use super::*;

#[test]
fn a_line_end_counts_as_one_character_and_blanks_as_none() {
    let text = format!("{}\r\n{}\r", "a".repeat(749), "b".repeat(750));
    let data = saved(Page::Type, &[("submission_description", &text)], &base());
    assert_eq!(data.submission_description, Some(format!("{}\n{}", "a".repeat(749), "b".repeat(750))));
    assert_eq!(problems(&data), [""; 0]);
    for unseen in [" \r\n\t ", "\u{200b}", "\u{2060}\r\n\u{3164}", "\u{2800}", "\u{ad}"] {
        let blank = saved(Page::Type, &[("submission_description", unseen)], &base());
        assert_eq!(problems(&blank), ["submission_description required"], "{unseen:?}");
    }
}

#[test]
fn a_text_too_long_for_its_question_is_saved_all_the_same() {
    let data = saved(Page::Type, &[("submission_description", &"x".repeat(1501))], &base());
    assert_eq!(problems(&data), ["submission_description too_long"]);
}

#[test]
fn what_cannot_be_stored_is_refused_as_a_whole() {
    let post_type =
        |name: &str, value: &str| refused(Page::Type, &[("risk_based_contract", "NO"), (name, value)], &base());
    assert_eq!(post_type("submission_description", "nul \0 character"), ["submission_description bad_text"]);
    assert_eq!(post_type("submission_description", &"x".repeat(20_001)), ["submission_description bad_text"]);
    let problems = post(Page::Type, &[("submission_description", "One\r\nbell\u{7}")], &base()).unwrap_err();
    assert_eq!(
        problems[0].message,
        "Description: Line 2, character 5 is a control character (U+0007). Delete it, or type the words around it again."
    );
    assert_eq!(post_type("program_ids", &OF_ANOTHER_STATE.to_string()), ["program_ids not_your_program"]);
    assert_eq!(post_type("program_ids", "PMAP"), ["program_ids unknown_choice"]);
    assert_eq!(post_type("population_covered", "MEDICARE"), ["population_covered unknown_choice"]);
    assert_eq!(
        refused(Page::Contract, &[("federal_authorities", "WAIVER_1")], &base()),
        ["federal_authorities unknown_choice"]
    );
}

#[test]
fn problems_of_shape_come_in_the_order_of_the_page() {
    let pairs = [("contract_date_end", "never"), ("dsnp_contract", "MAYBE"), ("contract_date_start", "13/01/2026")];
    let wanted = ["contract_date_start bad_date", "contract_date_end bad_date", "dsnp_contract unknown_choice"];
    assert_eq!(refused(Page::Contract, &pairs, &base()), wanted);
    let problems = post(Page::Contract, &pairs[..1], &base()).unwrap_err();
    assert_eq!(problems[0].message, "Enter End date as MM/DD/YYYY, for example 07/01/2026.");
}

#[test]
fn programs_and_other_lists_are_stored_without_repeats_in_the_order_of_the_form() {
    let ids = [SNBC, MSC, SNBC, PMAP].map(|id| id.to_string());
    let pairs: Vec<_> = ids.iter().map(|id| ("program_ids", id.as_str())).collect();
    assert_eq!(saved(Page::Type, &pairs, &base()).program_ids, [MSC, PMAP, SNBC]);
    let entities =
        [("managed_care_entities", "PCCM"), ("managed_care_entities", "MCO"), ("managed_care_entities", "MCO")];
    assert_eq!(saved(Page::Contract, &entities, &base()).managed_care_entities, [Entity::Mco, Entity::Pccm]);
}

#[test]
fn a_draft_can_be_saved_without_programs_or_dates() {
    let data = saved(Page::Type, &[("drawn", "program_ids")], &base());
    assert_eq!(problems(&data), ["program_ids required"]);
    let data = saved(Page::Contract, &[("contract_date_end", "")], &base());
    assert_eq!(problems(&data), ["contract_date_end required"]);
}

#[test]
fn dates_are_stored_as_days() {
    let pairs = [("contract_date_start", " 2/29/2028 "), ("contract_date_end", "3/1/2028")];
    let document = saved(Page::Contract, &pairs, &base()).document();
    assert_eq!(document["contract_date_start"], "2028-02-29");
    assert_eq!(document["contract_date_end"], "2028-03-01");
}

#[test]
fn a_drawn_group_without_a_tick_is_unanswered_and_one_not_drawn_keeps_its_answer() {
    let kept = saved(Page::Contract, &[], &base());
    assert_eq!(kept, base());
    let drawn = [("drawn", "managed_care_entities"), ("drawn", "dsnp_contract")];
    let data = saved(Page::Contract, &drawn, &base());
    assert_eq!((data.managed_care_entities.len(), data.dsnp_contract), (0, None));
    assert_eq!(data.federal_authorities, base().federal_authorities);
}

#[test]
fn a_page_changes_no_answer_of_another_page() {
    let data = saved(Page::Type, &[("contract_date_start", "01/01/2027"), ("drawn", "state_contacts")], &base());
    assert_eq!(data, base());
}

#[test]
fn a_chip_only_page_leaves_the_authorities_it_does_not_offer_set_aside() {
    let current = HealthPlan { population_covered: Some(Population::Chip), ..amendment() };
    let pairs = [("drawn", "federal_authorities"), ("federal_authorities", "TITLE_XXI")];
    let data = saved(Page::Contract, &pairs, &current);
    assert_eq!(data.federal_authorities, [FederalAuthority::StatePlan, FederalAuthority::TitleXxi]);
    assert_eq!(data.applicable().federal_authorities, [FederalAuthority::TitleXxi]);
}

#[test]
fn chip_with_rates_is_saved_as_contract_only_and_says_so() {
    let pairs = [("population_covered", "CHIP"), ("submission_type", "CONTRACT_AND_RATES")];
    let reading = post(Page::Type, &pairs, &HealthPlan::default()).unwrap();
    assert_eq!(reading.data.submission_type, Some(SubmissionType::ContractOnly));
    assert_eq!(reading.notices.len(), 1);
    let unanswered = post(Page::Type, &pairs[..1], &HealthPlan::default()).unwrap();
    assert_eq!((unanswered.data.submission_type, unanswered.notices.len()), (None, 0));
}

#[test]
fn once_rates_were_sent_chip_and_another_submission_type_are_locked() {
    let current = HealthPlan { submission_type: Some(SubmissionType::ContractAndRates), ..base() };
    let programs = programs();
    let post = |pairs: &[(&str, &str)]| {
        let posted = pairs.iter().copied().collect();
        read_page(Page::Type, &posted, &current, &Situation { programs: &programs, rates_were_sent: true, rates: 1 })
    };
    assert_eq!(briefly(&post(&[("submission_type", "CONTRACT_ONLY")]).unwrap_err()), ["submission_type locked"]);
    assert_eq!(briefly(&post(&[("population_covered", "CHIP")]).unwrap_err()), ["population_covered locked"]);
    assert_eq!(post(&[("submission_type", "CONTRACT_AND_RATES")]).unwrap().data, current);
}

#[test]
fn an_email_address_has_one_at_sign_and_a_domain_with_a_dot() {
    let email = |typed| post(Page::Contacts, &[("state_contacts.0.email", typed)], &base());
    let long = format!("{}@example.gov", "x".repeat(243));
    for bad in [
        "maya@dhs",
        "maya@@x.gov",
        "@x.gov",
        "maya",
        "maya@.gov",
        "maya@x.",
        "m aya@x.gov",
        "maya@x\n.gov",
        "a@b@c.gov",
        &long,
    ] {
        assert_eq!(briefly(&email(bad).unwrap_err()), ["state_contacts.0.email bad_email"], "{bad}");
    }
    let stored = email(" maya@dhs.example.gov ").unwrap().data;
    assert_eq!(stored.state_contacts[0].email.as_deref(), Some("maya@dhs.example.gov"));
    assert!(email(&long[1..]).is_ok());
    for pasted in
        ["maya@dhs.gov;", "<maya@dhs.gov>", "mailto:maya@dhs.gov", "Maya Lind <maya@dhs.gov>", "maya@dhs.gov\u{200b}"]
    {
        let stored = email(pasted).unwrap().data;
        assert_eq!(stored.state_contacts[0].email.as_deref(), Some("maya@dhs.gov"), "{pasted}");
    }
    assert_eq!(
        email("maya@dhs.gov; sam@dhs.gov").unwrap_err()[0].message,
        "Enter one email address alone, like name@example.gov."
    );
}

#[test]
fn contacts_are_read_as_posted_and_one_blank_contact_is_none() {
    let pairs = [
        ("state_contacts.0.first_name", "Maya"),
        ("state_contacts.1.email", ""),
        ("state_contacts.10.last_name", "Berg"),
    ];
    let contacts = saved(Page::Contacts, &pairs, &base()).state_contacts;
    let names: Vec<_> =
        contacts.iter().map(|contact| contact.first_name.as_deref().or(contact.last_name.as_deref())).collect();
    assert_eq!(names, [Some("Maya"), None, Some("Berg")]);
    let blank = saved(Page::Contacts, &[("state_contacts.0.first_name", " ")], &base());
    assert_eq!(blank.state_contacts, []);
}

#[test]
fn contacts_are_added_to_twenty_and_removed_down_to_the_first() {
    let empty = HealthPlan::default();
    let two = add_entry(&empty, "state_contacts").unwrap();
    assert_eq!(two.state_contacts.len(), 2);
    assert_eq!(remove_entry(&two, "state_contacts", 1).unwrap(), empty);
    assert_eq!(remove_entry(&base(), "state_contacts", 0).unwrap_err().code, Code::UnknownChoice);
    assert_eq!(remove_entry(&base(), "state_contacts", 1).unwrap_err().code, Code::UnknownChoice);
    let full = HealthPlan { state_contacts: vec![maya(); 20], ..base() };
    assert_eq!(add_entry(&full, "state_contacts").unwrap_err().message, "At most 20 contacts.");
}

#[test]
fn a_refused_page_shows_what_was_typed_and_the_rest_as_stored() {
    let pairs = [("contract_date_start", "13/01/2026"), ("drawn", "managed_care_entities")];
    let posted: Posted = pairs.into_iter().collect();
    let shown = typed_again(Page::Contract, &base(), &posted);
    assert_eq!(shown.value("contract_date_start"), Some("13/01/2026"));
    assert_eq!(shown.value("contract_date_end"), Some("12/31/2026"));
    assert_eq!(shown.value("managed_care_entities"), None);
    assert!(shown.holds("federal_authorities", "STATE_PLAN"));
}

#[test]
fn an_empty_contacts_page_shows_a_first_contact() {
    assert_eq!(typed(Page::Contacts, &HealthPlan::default()).entries("state_contacts"), [0]);
}

#[test]
fn a_page_offers_what_can_be_chosen_and_what_already_was() {
    let offered = |data: &HealthPlan, key| -> Vec<String> {
        let field = data.field(key).unwrap();
        offers(data, field, &programs()).map(|offer| offer.label.into_owned()).collect()
    };
    let names = ["MSC+ - Program MSC+", "MSHO - Program MSHO", "PMAP - Program PMAP", "SNBC - Program SNBC"];
    assert_eq!(offered(&base(), "program_ids"), names);
    let retired = HealthPlan { program_ids: vec![NEMT], ..base() };
    assert_eq!(offered(&retired, "program_ids")[2], "NEMT - Program NEMT (retired)");
    assert_eq!(offered(&base(), "submission_type").len(), 2);
    assert_eq!(offered(&base(), "federal_authorities").len(), 6);
    let chip = ["1115 Waiver Authority", "Title XXI Separate CHIP State Plan Authority"];
    assert_eq!(offered(&chip_amendment(), "federal_authorities"), chip);
}
