//! The contract form of a submission, of whichever kind: what a draft holds.

use serde_json::Value;
use time::Date;

use crate::domain::id::ProgramId;
use crate::domain::lifecycle::SubmissionKind;

use super::answers::{ContractAction, Population, SubmissionType};
use super::contract_fields;
use super::eqro::Eqro;
use super::field::{Field, When};
use super::form::{Form, Upcast};
use super::health_plan::HealthPlan;
use super::page::Page;
use super::people::Contact;

/// The contract form of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContractForm {
    /// Of a contract with health plans.
    HealthPlan(HealthPlan),
    /// Of a contract with an External Quality Review Organization.
    Eqro(Eqro),
}

/// The same expression for the form of either kind.
macro_rules! of_either {
    ($self:expr, $form:ident => $expression:expr) => {
        match $self {
            ContractForm::HealthPlan($form) => $expression,
            ContractForm::Eqro($form) => $expression,
        }
    };
}

impl ContractForm {
    /// A form of this kind with nothing filled in.
    pub fn blank(kind: SubmissionKind) -> Self {
        match kind {
            SubmissionKind::HealthPlan => Self::HealthPlan(HealthPlan::default()),
            SubmissionKind::Eqro => Self::Eqro(Eqro::default()),
        }
    }

    /// What is sent.
    pub fn kind(&self) -> SubmissionKind {
        match self {
            Self::HealthPlan(_) => SubmissionKind::HealthPlan,
            Self::Eqro(_) => SubmissionKind::Eqro,
        }
    }

    /// Who is covered.
    pub fn population_covered(&self) -> Option<Population> {
        of_either!(self, form => form.population_covered)
    }

    /// What the submission includes.
    pub fn submission_type(&self) -> Option<SubmissionType> {
        match self {
            Self::HealthPlan(form) => form.submission_type,
            Self::Eqro(_) => Some(SubmissionType::ContractOnly),
        }
    }

    /// Base contract or amendment.
    pub fn contract_type(&self) -> Option<ContractAction> {
        of_either!(self, form => form.contract_type)
    }

    /// First day of the contract or amendment.
    pub fn contract_date_start(&self) -> Option<Date> {
        of_either!(self, form => form.contract_date_start)
    }

    /// Last day of the contract or amendment.
    pub fn contract_date_end(&self) -> Option<Date> {
        of_either!(self, form => form.contract_date_end)
    }

    /// The legend of these two dates.
    pub fn dates_legend(&self) -> &'static str {
        contract_fields::dates_legend(self.contract_type())
    }

    /// The people who get CMS's messages.
    pub fn state_contacts(&self) -> &[Contact] {
        of_either!(self, form => &form.state_contacts)
    }

    /// Whether the contract is tied to a D-SNP, by an answer that applies: its rates are asked for their populations.
    pub fn is_tied_to_dsnp(&self) -> bool {
        matches!(self, Self::HealthPlan(form) if form.is_tied_to_dsnp())
    }

    /// The steps of the form, in order.
    pub fn steps(&self) -> &'static [Page] {
        if self.has_rates_step() {
            &[Page::Type, Page::Contract, Page::Rates, Page::Contacts, Page::Review]
        } else {
            &[Page::Type, Page::Contract, Page::Contacts, Page::Review]
        }
    }

    /// The page after this one; none after the last. From the form of a rate, and from a page that is none of the
    /// steps, the way leads back to the steps.
    pub fn next(&self, page: Page) -> Option<Page> {
        let later = |step: &&Page| if page == Page::Rate { **step >= page.step() } else { **step > page };
        self.steps().iter().find(later).copied()
    }

    /// The page before this one; none before the first.
    pub fn previous(&self, page: Page) -> Option<Page> {
        self.steps().iter().rev().find(|step| **step < page).copied()
    }

    fn has_rates_step(&self) -> bool {
        matches!(self, Self::HealthPlan(form) if !form.bars_rates())
    }
}

impl ContractForm {
    /// These answers, where they bar rates with what was answered in `sent`, which was sent with rates.
    pub fn taking_rates_as(&self, sent: &Self) -> Self {
        let (Self::HealthPlan(own), Self::HealthPlan(sent)) = (self, sent) else { return self.clone() };
        let mut form = own.clone();
        if form.submission_type == Some(SubmissionType::ContractOnly) {
            form.submission_type = sent.submission_type;
        }
        if form.population_covered == Some(Population::Chip) {
            form.population_covered = sent.population_covered;
        }
        Self::HealthPlan(form)
    }
}

impl Form for ContractForm {
    fn fields(&self) -> &'static [Field] {
        of_either!(self, form => form.fields())
    }

    fn document(&self) -> Value {
        of_either!(self, form => form.document())
    }

    fn with_document(&self, document: Value) -> Result<Self, serde_json::Error> {
        Ok(match self {
            Self::HealthPlan(form) => Self::HealthPlan(form.with_document(document)?),
            Self::Eqro(form) => Self::Eqro(form.with_document(document)?),
        })
    }

    fn upcasts(&self) -> &'static [Upcast] {
        of_either!(self, form => form.upcasts())
    }

    fn drawn(&self, page: Page) -> Vec<&'static Field> {
        of_either!(self, form => form.drawn(page))
    }

    fn asks(&self, field: &Field) -> bool {
        of_either!(self, form => form.asks(field))
    }

    fn when(&self, field: &Field) -> Option<When> {
        of_either!(self, form => form.when(field))
    }

    fn program_ids(&self) -> &[ProgramId] {
        of_either!(self, form => &form.program_ids)
    }

    fn is_offered(&self, field: &Field, value: &str) -> bool {
        of_either!(self, form => form.is_offered(field, value))
    }

    fn applicable(&self) -> Self {
        match self {
            Self::HealthPlan(form) => Self::HealthPlan(form.applicable()),
            Self::Eqro(form) => Self::Eqro(form.applicable()),
        }
    }

    fn settled(self, before: &Self) -> (Self, Vec<&'static str>) {
        match (self, before) {
            (Self::HealthPlan(form), Self::HealthPlan(before)) => {
                let (form, notices) = form.settled(before);
                (Self::HealthPlan(form), notices)
            }
            (Self::Eqro(form), Self::Eqro(before)) => {
                let (form, notices) = form.settled(before);
                (Self::Eqro(form), notices)
            }
            // The kind of a submission never changes.
            (form, _) => (form, Vec::new()),
        }
    }

    fn locked_changes(&self, before: &Self, rates_were_sent: bool) -> Vec<&'static Field> {
        match (self, before) {
            (Self::HealthPlan(form), Self::HealthPlan(before)) => form.locked_changes(before, rates_were_sent),
            _ => Vec::new(),
        }
    }

    fn bars_rates(&self) -> bool {
        !self.has_rates_step()
    }

    fn label(&self, field: &Field) -> String {
        of_either!(self, form => form.label(field))
    }

    fn question(&self, field: &Field) -> String {
        of_either!(self, form => form.question(field))
    }

    fn required_message(&self, field: &Field) -> Option<String> {
        of_either!(self, form => form.required_message(field))
    }

    fn legend(&self, field: &Field) -> Option<&'static str> {
        of_either!(self, form => form.legend(field))
    }

    fn is_provision(&self, field: &Field) -> bool {
        of_either!(self, form => form.is_provision(field))
    }

    fn why_no_provisions(&self) -> Option<&'static str> {
        match self {
            Self::HealthPlan(form) => form.why_no_provisions(),
            Self::Eqro(_) => None,
        }
    }

    fn citation(&self, field: &Field) -> Option<String> {
        of_either!(self, form => form.citation(field))
    }
}
