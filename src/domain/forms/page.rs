//! The pages of the form and their order.

/// A page of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// Who and what the submission is about.
    Type,
    /// The contract and its documents.
    Contract,
    /// Whom CMS writes to.
    Contacts,
    /// Everything on one page, and the submit.
    Review,
}

/// The steps of a contract-only health plan submission, in order.
pub const STEPS: &[Page] = &[Page::Type, Page::Contract, Page::Contacts, Page::Review];

impl Page {
    /// The last part of its address: `/submissions/{key}/edit/{segment}`.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Contract => "contract",
            Self::Contacts => "contacts",
            Self::Review => "review",
        }
    }

    /// The page with this last part of the address.
    pub fn from_segment(segment: &str) -> Option<Self> {
        STEPS.iter().copied().find(|page| page.segment() == segment)
    }

    /// Its name in the step indicator, which is also its heading.
    pub fn step_name(self) -> &'static str {
        match self {
            Self::Type => "Submission type",
            Self::Contract => "Contract details",
            Self::Contacts => "Contacts",
            Self::Review => "Review and submit",
        }
    }

    /// The page after it; none after the last.
    pub fn next(self) -> Option<Self> {
        STEPS.iter().copied().find(|page| *page > self)
    }

    /// The page before it; none before the first.
    pub fn previous(self) -> Option<Self> {
        STEPS.iter().copied().rev().find(|page| *page < self)
    }
}
