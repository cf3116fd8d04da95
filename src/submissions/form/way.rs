//! Where a form page stands, and where its buttons lead.

use std::cmp::Ordering;

use serde::Deserialize;

use crate::domain::forms::{ContractForm, Page};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::rates;

/// The query of a form page.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    from: Option<String>,
    check: Option<String>,
    held: Option<String>,
}

impl Asked {
    /// Whether the page opens with its problems marked.
    pub fn marked(&self) -> bool {
        self.check.as_deref() == Some("1")
    }

    /// Whether what is held of the page is to be left aside.
    pub fn as_saved(&self) -> bool {
        self.held.as_deref() == Some("no")
    }
}

/// A page of the form of one submission.
#[derive(Clone, Debug)]
pub struct Way {
    /// The submission.
    pub key: SubmissionKey,
    /// The page.
    pub page: Page,
    /// Of the form of a rate: which one.
    pub rate: Option<RateKey>,
    /// Whether it was opened from the review page, and leads back there.
    pub from_review: bool,
}

/// A step of the indicator.
pub struct Step {
    /// Its name.
    pub label: &'static str,
    /// `complete`, `current` or `later`.
    pub state: &'static str,
}

impl Way {
    /// The page that was asked for.
    pub fn new(key: SubmissionKey, page: Page, asked: &Asked) -> Self {
        Self { key, page, rate: None, from_review: asked.from.as_deref() == Some("review") }
    }

    /// The form of a rate.
    pub fn to_rate(key: SubmissionKey, rate: RateKey, asked: &Asked) -> Self {
        Self { rate: Some(rate), ..Self::new(key, Page::Rate, asked) }
    }

    /// What paths in the record of the draft begin with that are about this page's form.
    pub fn prefix(&self) -> String {
        self.rate.as_ref().map_or_else(String::new, |key| rates::path(key, ""))
    }

    /// The address of the page itself.
    pub fn here(&self) -> String {
        let mut address = address(&self.key, self.page);
        if let Some(rate) = &self.rate {
            address = format!("{address}/{rate}");
        }
        if self.from_review { format!("{address}?from=review") } else { address }
    }

    /// The address at which the page shows what is saved, whatever is held of it.
    pub fn as_saved(&self) -> String {
        let here = self.here();
        format!("{here}{}held=no", if here.contains('?') { '&' } else { '?' })
    }

    /// The address of a part of the page.
    pub fn part(&self, id: &str) -> String {
        format!("{}#{id}", self.here())
    }

    /// Where Continue leads, by the steps of this form.
    pub fn next(&self, form: &ContractForm) -> String {
        let next = if self.from_review { None } else { form.next(self.page) };
        address(&self.key, next.unwrap_or(Page::Review))
    }

    /// Where Back leads.
    pub fn back(&self, form: &ContractForm) -> String {
        match form.previous(self.page) {
            _ if self.rate.is_some() && !self.from_review => address(&self.key, Page::Rates),
            _ if self.from_review => address(&self.key, Page::Review),
            Some(page) => address(&self.key, page),
            None => "/submissions".to_owned(),
        }
    }

    /// The words on Back.
    pub fn back_label(&self) -> &'static str {
        if self.from_review || self.page != Page::Type { "Back" } else { "Save and leave" }
    }
}

/// The address of a form page.
pub fn address(key: &SubmissionKey, page: Page) -> String {
    format!("/submissions/{key}/edit/{}", page.segment())
}

/// The steps of a form, one of them the present.
pub fn steps(form: &ContractForm, present: Page) -> Vec<Step> {
    let state = |page: Page| match page.cmp(&present.step()) {
        Ordering::Less => "complete",
        Ordering::Equal => "current",
        Ordering::Greater => "later",
    };
    form.steps().iter().map(|page| Step { label: page.step_name(form.kind()), state: state(*page) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::forms::{HealthPlan, SubmissionType};

    fn contract_only() -> ContractForm {
        let submission_type = Some(SubmissionType::ContractOnly);
        ContractForm::HealthPlan(HealthPlan { submission_type, ..HealthPlan::default() })
    }

    fn way(page: Page, query: &str) -> Way {
        let asked = serde_html_form::from_str(query).expect("a query");
        Way::new("MN-5".parse().expect("a key"), page, &asked)
    }

    #[test]
    fn continue_and_back_go_through_the_steps() {
        let form = contract_only();
        assert_eq!(way(Page::Type, "").next(&form), "/submissions/MN-0005/edit/contract");
        assert_eq!(way(Page::Contacts, "").next(&form), "/submissions/MN-0005/edit/review");
        assert_eq!(way(Page::Contacts, "").back(&form), "/submissions/MN-0005/edit/contract");
        assert_eq!(way(Page::Type, "").back(&form), "/submissions");
        assert_eq!(way(Page::Type, "").back_label(), "Save and leave");
    }

    #[test]
    fn a_page_opened_from_the_review_page_leads_back_there() {
        let way = way(Page::Type, "from=review&check=1");
        assert_eq!(way.here(), "/submissions/MN-0005/edit/type?from=review");
        let form = contract_only();
        assert_eq!([way.next(&form), way.back(&form)], ["/submissions/MN-0005/edit/review"; 2]);
        assert_eq!(way.back_label(), "Back");
    }

    #[test]
    fn the_steps_before_the_present_one_are_complete() {
        let states: Vec<_> = steps(&contract_only(), Page::Contacts).iter().map(|step| step.state).collect();
        assert_eq!(states, ["complete", "complete", "current", "later"]);
    }
}
