//! Rates: what is asked of each, and of a package that has them.

use time::macros::date;

use super::*;
use crate::domain::key::RateKey;

fn tom() -> Actuary {
    Actuary {
        first_name: Some("Tom".to_owned()),
        last_name: Some("Berg".to_owned()),
        suffix: None,
        title_role: Some("Consulting actuary".to_owned()),
        email: Some("t.berg@actuary.example.com".to_owned()),
        actuarial_firm: Some(ActuarialFirm::Milliman),
        actuarial_firm_other: None,
    }
}

/// The one own rate of R, new and complete.
fn rate() -> RateForm {
    let answers = RateAnswers {
        rate_type: Some(RateType::New),
        rate_capitation_type: Some(CapitationType::RateCell),
        rate_program_ids: vec![SNBC],
        rate_date_start: Some(date!(2026 - 01 - 01)),
        rate_date_end: Some(date!(2026 - 12 - 31)),
        rate_date_certified: Some(date!(2026 - 03 - 02)),
        certifying_actuaries: vec![tom()],
        actuary_communication_preference: Some(ActuaryContact::ToState),
        ..RateAnswers::default()
    };
    RateForm { answers, tied_to_dsnp: false }
}

fn amended() -> RateForm {
    with(|answers| {
        answers.rate_type = Some(RateType::Amendment);
        answers.amendment_effective_date_start = Some(date!(2026 - 07 - 01));
        answers.amendment_effective_date_end = Some(date!(2026 - 12 - 31));
    })
}

fn with(change: impl FnOnce(&mut RateAnswers)) -> RateForm {
    let mut rate = rate();
    change(&mut rate.answers);
    rate
}

fn certification() -> DocumentFacts {
    document(Category::RateCertification, ScanResult::Clean)
}

fn key(number: i32) -> RateKey {
    RateKey { state_code: "MN".to_owned(), number }
}

/// R: B with rates.
fn base_with_rates() -> HealthPlan {
    HealthPlan { submission_type: Some(SubmissionType::ContractAndRates), ..base() }
}

fn check_rates(contract: HealthPlan, rates: &[PackageRate<'_>]) -> Vec<Problem> {
    let (contract, programs) = (contract.into(), programs());
    let documents = [document(Category::Contract, ScanResult::Clean)];
    check(&Package { contract: &contract, programs: &programs, documents: &documents, rates }, TODAY)
}

/// The problems of R with this one rate and these documents of it.
fn all_problems(contract: HealthPlan, form: &RateForm, documents: &[DocumentFacts]) -> Vec<String> {
    let kind = RateKind::Own { form, documents };
    briefly(&check_rates(contract, &[PackageRate { key: &key(14), name: "MCR-MN-SNBC", kind }]))
}

/// The problems inside the rate, without the beginning of their paths.
fn inside(form: &RateForm) -> Vec<String> {
    let problems = all_problems(base_with_rates(), form, &[certification()]);
    let (list, inside): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.starts_with("rates.MN-R0014 "));
    assert_eq!(list.is_empty(), inside.is_empty(), "the list points at the rate if and only if it has problems");
    inside.iter().map(|problem| problem.strip_prefix("rates.MN-R0014.").unwrap().to_owned()).collect()
}

#[test]
fn a_complete_package_with_rates_has_no_problem() {
    assert_eq!(inside(&rate()), [""; 0]);
    assert_eq!(inside(&amended()), [""; 0]);
}

#[test]
fn an_empty_rate_asks_for_its_answers_in_page_order_after_the_list() {
    let problems = check_rates(
        HealthPlan { state_contacts: vec![], ..base_with_rates() },
        &[PackageRate {
            key: &key(14),
            name: "MCR-MN",
            kind: RateKind::Own { form: &RateForm::default(), documents: &[] },
        }],
    );
    let brief = briefly(&problems);
    let open = [
        "rates.MN-R0014 rate_incomplete",
        "rates.MN-R0014.documents.rate_certification required",
        "rates.MN-R0014.rate_program_ids required",
        "rates.MN-R0014.rate_type required",
        "rates.MN-R0014.rate_capitation_type required",
        "rates.MN-R0014.certifying_actuaries.0.first_name required",
        "rates.MN-R0014.certifying_actuaries.0.last_name required",
        "rates.MN-R0014.certifying_actuaries.0.title_role required",
        "rates.MN-R0014.certifying_actuaries.0.email required",
        "rates.MN-R0014.certifying_actuaries.0.actuarial_firm required",
        "rates.MN-R0014.actuary_communication_preference required",
        "state_contacts.0.first_name required",
    ];
    assert_eq!(brief[..12], open);
    assert_eq!(problems[0].message, "Rate certification 1 has 10 open points.");
    assert_eq!((problems[0].page, problems[1].page), (Page::Rates, Page::Rate));
    assert_eq!(problems[0].rate, Some(key(14)));
    assert_eq!(problems[3].rate, Some(key(14)));
    assert_eq!((problems[3].control(), problems[3].target.as_str()), ("rate_type", "rate_type-NEW"));
    assert_eq!(problems[11].rate, None);
}

#[test]
fn a_contract_with_rates_has_one_to_fifty() {
    let none = check_rates(base_with_rates(), &[]);
    assert_eq!(briefly(&none), ["rates required"]);
    assert_eq!(none[0].message, "Add at least one rate certification");
    let keys: Vec<RateKey> = (1..=51).map(key).collect();
    let linked = |key| PackageRate { key, name: "MCR-MN-SNBC", kind: RateKind::Linked { linkable: true } };
    let rates: Vec<_> = keys.iter().map(linked).collect();
    assert_eq!(briefly(&check_rates(base_with_rates(), &rates[..50])), [""; 0]);
    let many = check_rates(base_with_rates(), &rates);
    assert_eq!(
        (briefly(&many), many[0].message.as_str()),
        (vec!["rates too_many".to_owned()], "At most 50 rate certifications.")
    );
}

#[test]
fn a_linked_rate_has_to_be_one_that_can_be_sent() {
    let rates = [PackageRate { key: &key(3), name: "MCR-MN-PMAP", kind: RateKind::Linked { linkable: false } }];
    let problems = check_rates(base_with_rates(), &rates);
    assert_eq!(briefly(&problems), ["rates.MN-R0003 rate_not_linkable"]);
    assert_eq!(problems[0].message, "MCR-MN-PMAP was withdrawn or is not available. Choose another.");
}

#[test]
fn rates_are_not_allowed_where_only_the_contract_is_sent() {
    let rates = [PackageRate { key: &key(3), name: "MCR-MN-PMAP", kind: RateKind::Linked { linkable: true } }];
    for contract in [base(), chip_amendment()] {
        let problems = check_rates(contract, &rates);
        assert_eq!(briefly(&problems), ["rates rates_not_allowed"]);
        assert_eq!(problems[0].message, "This kind of submission has no rate certifications.");
    }
}

#[test]
fn a_certification_is_dated_today_in_us_eastern_or_before() {
    let certified = |day| with(|answers| answers.rate_date_certified = Some(day));
    assert_eq!(inside(&certified(date!(2026 - 03 - 10))), [""; 0]);
    assert_eq!(inside(&certified(date!(2026 - 03 - 11))), ["rate_date_certified in_future"]);
}

#[test]
fn a_rating_period_ends_after_it_starts_and_an_amendment_may_last_a_day() {
    let period = with(|answers| answers.rate_date_end = answers.rate_date_start);
    assert_eq!(inside(&period), ["rate_date_end end_not_after_start"]);
    let effective = |end| {
        let mut rate = amended();
        rate.answers.amendment_effective_date_end = end;
        inside(&rate)
    };
    assert_eq!(effective(Some(date!(2026 - 07 - 01))), [""; 0]);
    assert_eq!(effective(Some(date!(2026 - 06 - 30))), ["amendment_effective_date_end end_before_start"]);
    let blank = with(|answers| answers.rate_type = Some(RateType::Amendment));
    let both = ["amendment_effective_date_start required", "amendment_effective_date_end required"];
    assert_eq!(inside(&blank), both);
}

#[test]
fn dates_of_an_amendment_left_in_a_new_certification_are_set_aside() {
    let mut left = amended();
    left.answers.rate_type = Some(RateType::New);
    left.answers.amendment_effective_date_end = Some(date!(2026 - 01 - 01));
    assert_eq!(inside(&left), [""; 0]);
    let sent = for_submit(&left).answers;
    assert_eq!((sent.amendment_effective_date_start, sent.amendment_effective_date_end), (None, None));
}

#[test]
fn populations_are_asked_if_the_contract_is_tied_to_a_dsnp_whatever_the_rate_was_read_with() {
    let tied = HealthPlan { dsnp_contract: Some(true), ..base_with_rates() };
    let open = ["rates.MN-R0014 rate_incomplete", "rates.MN-R0014.rate_medicaid_populations required"];
    for tied_to_dsnp in [true, false] {
        let form = RateForm { tied_to_dsnp, ..rate() };
        assert_eq!(all_problems(tied.clone(), &form, &[certification()]), open);
        assert_eq!(all_problems(base_with_rates(), &form, &[certification()]), [""; 0]);
    }
    let authority = HealthPlan { federal_authorities: vec![FederalAuthority::Benchmark], ..tied };
    assert!(!ContractForm::from(authority).is_tied_to_dsnp());

    let chosen = with(|answers| answers.rate_medicaid_populations = vec![RatePopulation::MedicaidOnly]);
    assert_eq!(for_submit(&chosen).answers.rate_medicaid_populations, []);
    let kept = RateForm { tied_to_dsnp: true, ..chosen };
    assert_eq!(for_submit(&kept).answers.rate_medicaid_populations, [RatePopulation::MedicaidOnly]);
}

#[test]
fn a_firm_that_is_not_on_the_list_is_named() {
    let other = |name: Option<&str>| {
        with(|answers| {
            answers.certifying_actuaries[0].actuarial_firm = Some(ActuarialFirm::Other);
            answers.certifying_actuaries[0].actuarial_firm_other = name.map(str::to_owned);
        })
    };
    assert_eq!(inside(&other(None)), ["certifying_actuaries.0.actuarial_firm_other required"]);
    assert_eq!(inside(&other(Some("Northland Actuarial"))), [""; 0]);
    assert_eq!(inside(&other(Some(&"x".repeat(201)))), ["certifying_actuaries.0.actuarial_firm_other too_long"]);
    let mut named = other(Some("Northland Actuarial"));
    named.answers.certifying_actuaries[0].actuarial_firm = Some(ActuarialFirm::Mercer);
    assert_eq!(for_submit(&named).answers.certifying_actuaries[0].actuarial_firm_other, None);
    let reached = with(|answers| answers.actuary_communication_preference = None);
    assert_eq!(inside(&reached), ["actuary_communication_preference required"]);
}

#[test]
fn exactly_one_clean_certification_stands_with_a_rate() {
    let of = |documents: &[DocumentFacts]| all_problems(base_with_rates(), &rate(), documents).split_off(1);
    let path = "rates.MN-R0014.documents.rate_certification";
    assert_eq!(of(&[]), [format!("{path} required")]);
    assert_eq!(of(&[certification(), certification()]), [format!("{path} one_document")]);
    assert_eq!(of(&[document(Category::RateCertification, ScanResult::Pending)]), [format!("{path} file_pending")]);
    let supporting = document(Category::RateSupporting, ScanResult::Infected);
    let wanted = ["rates.MN-R0014.documents.rate_supporting file_infected"];
    assert_eq!(of(&[certification(), supporting]), wanted);
}

#[test]
fn a_rate_covers_all_programs_of_its_state_but_retired_ones() {
    let covering = |programs: Vec<ProgramId>| inside(&with(|answers| answers.rate_program_ids = programs));
    assert_eq!(covering(vec![RATES_ONLY]), [""; 0]);
    assert_eq!(covering(vec![NEMT]), ["rate_program_ids retired_program"]);
    assert_eq!(covering(vec![OF_ANOTHER_STATE]), ["rate_program_ids not_your_program"]);
    let offered = |rate: &RateForm| -> Vec<String> {
        let field = rate.field("rate_program_ids").unwrap();
        offers(rate, field, &programs()).map(|offer| offer.label.into_owned()).collect()
    };
    let all =
        ["MSC+ - Program MSC+", "MSHO - Program MSHO", "PMAP - Program PMAP", "RO - Program RO", "SNBC - Program SNBC"];
    assert_eq!(offered(&rate()), all);
    assert_eq!(offered(&with(|answers| answers.rate_program_ids = vec![NEMT]))[2], "NEMT - Program NEMT (retired)");
}

#[test]
fn actuaries_are_added_to_twenty_and_removed_down_to_the_first() {
    const LIST: &str = "certifying_actuaries";
    let two = add_entry(&rate(), LIST).unwrap();
    assert_eq!(two.answers.certifying_actuaries, [tom(), Actuary::default()]);
    assert_eq!(without_blank_entries(&two), rate());
    assert_eq!(remove_entry(&two, LIST, 1).unwrap(), rate());
    let problem = remove_entry(&two, LIST, 0).unwrap_err();
    assert_eq!((problem.page, problem.code), (Page::Rate, Code::UnknownChoice));
    let full = with(|answers| answers.certifying_actuaries = vec![tom(); 20]);
    assert_eq!(add_entry(&full, LIST).unwrap_err().message, "At most 20 actuaries.");
}

#[test]
fn a_posted_rate_is_read_with_the_firms_of_its_actuaries() {
    let pairs = [
        ("rate_type", "AMENDMENT"),
        ("rate_date_start", "1/1/2026"),
        ("certifying_actuaries.0.first_name", "Priya"),
        ("certifying_actuaries.0.actuarial_firm", "OTHER"),
        ("certifying_actuaries.0.actuarial_firm_other", " Northland Actuarial "),
    ];
    let read = saved(Page::Rate, &pairs, &RateForm::blank(true));
    assert!(read.tied_to_dsnp);
    assert_eq!(read.answers.rate_type, Some(RateType::Amendment));
    let actuary = &read.answers.certifying_actuaries[0];
    assert_eq!(actuary.actuarial_firm, Some(ActuarialFirm::Other));
    assert_eq!(actuary.actuarial_firm_other.as_deref(), Some("Northland Actuarial"));
    let forged = [("certifying_actuaries.0.actuarial_firm", "ACME"), ("rate_date_end", "soon")];
    let wanted = ["rate_date_end bad_date", "certifying_actuaries.0.actuarial_firm unknown_choice"];
    assert_eq!(refused(Page::Rate, &forged, &rate()), wanted);
}

#[test]
fn an_amendment_has_words_of_its_own() {
    let words = |rate: &RateForm, key: &str| {
        let field = rate.field(key).unwrap();
        (rate.question(field), rate.legend(field).unwrap_or_default())
    };
    assert_eq!(words(&rate(), "rate_date_start").1, "Rating period");
    assert_eq!(words(&amended(), "rate_date_end").1, "Rating period of the original certification");
    assert_eq!(words(&rate(), "rate_date_certified").0, "Date certified");
    assert_eq!(words(&amended(), "rate_date_certified").0, "Date the amendment was certified");
}

#[test]
fn a_rate_is_named_by_what_applies() {
    let programs = programs();
    assert_eq!(rate().name("MN", &programs), "MCR-MN-SNBC-20260101-20261231-CERTIFICATION-20260302");
    let mut rate = amended();
    rate.answers.rate_program_ids = vec![SNBC, MSC];
    assert_eq!(rate.name("MN", &programs), "MCR-MN-MSC+-SNBC-20260701-20261231-AMENDMENT-20260302");
    rate.answers.rate_type = None;
    assert_eq!(rate.name("MN", &programs), "MCR-MN-MSC+-SNBC");
}

#[test]
fn the_card_of_a_rate_says_what_applies_and_who_certified() {
    let section = rate_section(&amended(), programs().read_by(Side::State));
    let row = |label: &str| section.rows.iter().find(|row| row.label == label).map(|row| row.answers.join("; "));
    assert_eq!(row("Type of certification").as_deref(), Some("Amendment to a prior rate certification"));
    assert_eq!(row("Amendment start date").as_deref(), Some("07/01/2026"));
    assert_eq!(row("Medicaid populations"), None);
    let [group] = section.groups.as_slice() else { panic!("one actuary") };
    assert_eq!(group.title, "Certifying actuary 1");
    let shown: Vec<_> = group.rows.iter().map(|row| row.answers.join("")).collect();
    assert_eq!(shown, ["Tom Berg", "Consulting actuary", "t.berg@actuary.example.com", "Milliman"]);
    let programs = programs();
    let told = |key: &str, side| in_words(&rate(), key, &rate().document()[key], programs.read_by(side));
    let contact = "actuary_communication_preference";
    assert_eq!(told(contact, Side::State), "Through us; we pass it on");
    assert_eq!(told(contact, Side::Cms), "Through the state, which forwards messages");
    let told = told("certifying_actuaries", Side::Cms);
    assert_eq!(told, "Tom Berg, Consulting actuary, t.berg@actuary.example.com, Milliman");
}

#[test]
fn answers_that_bar_rates_ask_before_the_rates_of_a_draft_go() {
    let current = base_with_rates();
    let programs = programs();
    let post = |pairs: &[(&str, &str)], rates: usize| {
        let posted = pairs.iter().copied().collect();
        read_page(Page::Type, &posted, &current, &Situation { programs: &programs, rates_were_sent: false, rates })
    };
    for barring in [("submission_type", "CONTRACT_ONLY"), ("population_covered", "CHIP")] {
        let refused = post(&[barring], 1).unwrap_err();
        assert_eq!(briefly(&refused), ["confirm_removal confirm_removal"]);
        assert_eq!(refused[0].message, "This removes 1 rate certification from the draft. Tick the box to go on.");
        assert!(post(&[barring, ("confirm_removal", "yes")], 1).is_ok());
        assert!(post(&[barring], 0).is_ok());
    }
    assert!(post(&[("risk_based_contract", "NO")], 1).is_ok());
}
