//! The pages of the form.

use crate::domain::lifecycle::SubmissionKind;

/// A page of the form. Their order is that of the steps, a rate's own page behind the list of rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// Who and what the submission is about.
    Type,
    /// The contract and its documents.
    Contract,
    /// The rates that are sent with the contract, in order.
    Rates,
    /// The form of one rate, under the step of the list.
    Rate,
    /// Whom CMS writes to.
    Contacts,
    /// Everything on one page, and the submit.
    Review,
}

impl Page {
    /// The pages that are steps.
    const STEPS: [Self; 5] = [Self::Type, Self::Contract, Self::Rates, Self::Contacts, Self::Review];

    /// The step that it belongs to.
    pub fn step(self) -> Self {
        if self == Self::Rate { Self::Rates } else { self }
    }

    /// The last part of the address of its step: `/submissions/{key}/edit/{segment}`.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Contract => "contract",
            Self::Rates | Self::Rate => "rates",
            Self::Contacts => "contacts",
            Self::Review => "review",
        }
    }

    /// The step with this last part of the address.
    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::STEPS.into_iter().find(|page| page.segment() == segment)
    }

    /// The name of its step in the indicator, which is also its heading.
    pub fn step_name(self, kind: SubmissionKind) -> &'static str {
        match (self, kind) {
            (Self::Type, SubmissionKind::HealthPlan) => "Submission type",
            (Self::Type, SubmissionKind::Eqro) => "Submission details",
            (Self::Contract, _) => "Contract details",
            (Self::Rates | Self::Rate, _) => "Rate details",
            (Self::Contacts, _) => "Contacts",
            (Self::Review, _) => "Review and submit",
        }
    }
}
