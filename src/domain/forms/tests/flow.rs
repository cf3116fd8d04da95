//! The steps of each kind of submission.

use super::*;
use crate::domain::lifecycle::SubmissionKind;

fn names(form: &ContractForm) -> Vec<&'static str> {
    form.steps().iter().map(|page| page.step_name(form.kind())).collect()
}

fn with(submission_type: Option<SubmissionType>) -> ContractForm {
    HealthPlan { submission_type, ..base() }.into()
}

#[test]
fn rates_are_a_step_while_they_may_be_sent() {
    let all = ["Submission type", "Contract details", "Rate details", "Contacts", "Review and submit"];
    assert_eq!(names(&with(Some(SubmissionType::ContractAndRates))), all);
    assert_eq!(names(&with(None)), all);
    let without = ["Submission type", "Contract details", "Contacts", "Review and submit"];
    assert_eq!(names(&with(Some(SubmissionType::ContractOnly))), without);
    assert_eq!(names(&HealthPlan { submission_type: None, ..chip_amendment() }.into()), without);
    let eqro = ["Submission details", "Contract details", "Contacts", "Review and submit"];
    assert_eq!(names(&ContractForm::blank(SubmissionKind::Eqro)), eqro);
}

#[test]
fn the_pages_follow_each_other_as_the_steps_do() {
    for form in [with(None), with(Some(SubmissionType::ContractOnly)), eqro().into()] {
        for pair in form.steps().windows(2) {
            assert_eq!((form.next(pair[0]), form.previous(pair[1])), (Some(pair[1]), Some(pair[0])));
        }
        assert_eq!((form.previous(Page::Type), form.next(Page::Review)), (None, None));
    }
}

#[test]
fn a_rate_leads_back_to_the_list_and_a_page_outside_the_flow_to_the_next_one() {
    let form = with(Some(SubmissionType::ContractAndRates));
    assert_eq!((form.next(Page::Rate), form.previous(Page::Rate)), (Some(Page::Rates), Some(Page::Rates)));
    assert_eq!(ContractForm::from(eqro()).next(Page::Rates), Some(Page::Contacts));
    assert_eq!(Page::Rate.step(), Page::Rates);
    assert_eq!(Page::from_segment("contacts"), Some(Page::Contacts));
    assert_eq!(Page::from_segment("rates"), Some(Page::Rates));
    assert_eq!(Page::from_segment("rate"), None);
}
