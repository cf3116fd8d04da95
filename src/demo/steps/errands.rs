//! What a version after the first is about: why CMS gives the package back, and how the state sums up what it changed.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::demo::answers::one_of;
use crate::demo::words;
use crate::domain::forms::{ContractForm, ExecutionStatus, HealthPlan, Provision, SubmissionType};
use crate::domain::key::RateKey;
use crate::rates::ChildRate;

/// Something that the state is to change.
#[derive(Clone, Debug)]
pub(super) enum Errand {
    /// The last day of the contract, and of the rates for its period.
    Period,
    /// The signatures.
    Signatures,
    /// The answer on a provision, which is about this.
    Provision(Provision),
    /// What did not comply.
    Compliance,
    /// A document that is missing.
    Document(&'static str),
    /// The certification of this rate.
    Certification(RateKey),
    /// A rate that is missing.
    Rate,
    /// The contacts; of this the state thinks by itself.
    Contacts,
}

impl Errand {
    /// What there is to ask for about a package.
    pub(super) fn offered(rng: &mut StdRng, data: &ContractForm, rates: &[ChildRate]) -> Vec<Self> {
        let mut offered = vec![Self::Period, Self::Document(one_of(rng, words::SUPPORTING))];
        if execution_status(data) == Some(ExecutionStatus::Unexecuted) {
            offered.push(Self::Signatures);
        }
        if let ContractForm::HealthPlan(form) = data {
            let denied: Vec<Provision> = denied(form);
            offered.extend(denied.choose(rng).copied().map(Self::Provision));
            if form.statutory_regulatory_attestation == Some(false) {
                offered.push(Self::Compliance);
            }
        }
        if data.submission_type() == Some(SubmissionType::ContractAndRates) {
            offered.push(Self::Rate);
            let in_review: Vec<&ChildRate> = rates.iter().filter(|rate| rate.in_review()).collect();
            let certified = in_review.choose(rng).map(|rate| Self::Certification(rate.key.clone()));
            // Rates are what is asked about most.
            offered.extend(certified.iter().cloned().chain(certified.clone()));
        }
        offered
    }

    /// What CMS asks for.
    pub(super) fn reason(&self, data: &ContractForm) -> String {
        match self {
            Self::Period => "Section 2 of the contract names a later last day than the form. Please correct the period.".to_owned(),
            Self::Signatures => "The contract is not signed by all parties. Please send the executed one.".to_owned(),
            Self::Provision(provision) => format!(
                "The contract has provisions on {}, but the form says that it has none. Please check the answer.",
                topic(data, *provision)
            ),
            Self::Compliance => "You write that the contract does not comply in full yet, but the date named for it has passed. Please bring the answer up to date.".to_owned(),
            Self::Document(name) => format!("Section 4.3 refers to a document that we do not have: please add the {}.", name.to_lowercase()),
            Self::Certification(key) => format!("The certification of rate {key} does not name the fee schedule in force. Please send one that does."),
            Self::Rate => "The contract pays a second set of capitation rates, which is not certified here. Please add it.".to_owned(),
            Self::Contacts => "Please check the contacts.".to_owned(),
        }
    }

    /// What the state says of its change.
    pub(super) fn summary(&self, data: &ContractForm) -> String {
        match self {
            Self::Period => "The last day of the contract is now that of section 2.".to_owned(),
            Self::Signatures => "The contract is now the one that all parties have signed.".to_owned(),
            Self::Provision(provision) => format!("The question on {} is answered yes.", topic(data, *provision)),
            Self::Compliance => "The contract complies in full since last month.".to_owned(),
            Self::Document(name) => format!("The {} is attached.", name.to_lowercase()),
            Self::Certification(key) => format!("Rate {key} is certified anew, with the fee schedule in force."),
            Self::Rate => "A rate certification for the second set of rates is added.".to_owned(),
            Self::Contacts => "The contacts are up to date.".to_owned(),
        }
    }
}

fn execution_status(data: &ContractForm) -> Option<ExecutionStatus> {
    match data {
        ContractForm::HealthPlan(form) => form.contract_execution_status,
        ContractForm::Eqro(form) => form.contract_execution_status,
    }
}

/// The provisions that are asked and answered no.
fn denied(form: &HealthPlan) -> Vec<Provision> {
    let asked = form.provision_variant().map_or(&[][..], |variant| variant.provisions());
    asked.iter().copied().filter(|provision| form.provisions.get(*provision) == Some(false)).collect()
}

fn topic(data: &ContractForm, provision: Provision) -> &'static str {
    match data {
        ContractForm::HealthPlan(form) => form.provision_variant().map_or("this", |variant| variant.topic(provision)),
        ContractForm::Eqro(_) => "this",
    }
}
