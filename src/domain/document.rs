//! What the rules know of documents: which list one stands in and what the check of its content said.

use serde::{Deserialize, Serialize};

/// The largest file that is taken, in bytes (100 MiB).
pub const MAX_FILE_BYTES: u64 = 100 * 1024 * 1024;

/// The most files one list may hold.
pub const MAX_FILES_PER_LIST: usize = 50;

/// The list that a document stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "document_category", rename_all = "snake_case")]
pub enum Category {
    /// The contract itself.
    Contract,
    /// Documents that support the contract.
    ContractSupporting,
    /// The certification of a rate.
    RateCertification,
    /// Documents that support a rate.
    RateSupporting,
    /// Documents that go with a question.
    Question,
    /// Documents that go with a response to one.
    Response,
}

impl Category {
    /// Every list.
    pub const ALL: [Self; 6] = [
        Self::Contract,
        Self::ContractSupporting,
        Self::RateCertification,
        Self::RateSupporting,
        Self::Question,
        Self::Response,
    ];
    /// The lists of a contract.
    pub const CONTRACT: [Self; 2] = [Self::Contract, Self::ContractSupporting];
    /// The lists of a rate.
    pub const RATE: [Self; 2] = [Self::RateCertification, Self::RateSupporting];

    /// The most files that the list may hold.
    pub fn most(self) -> usize {
        if self == Self::RateCertification { 1 } else { MAX_FILES_PER_LIST }
    }

    /// The list in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Contract => "Contract",
            Self::ContractSupporting => "Contract supporting",
            Self::RateCertification => "Rate certification",
            Self::RateSupporting => "Rate supporting",
            Self::Question => "Question",
            Self::Response => "Response",
        }
    }

    /// The name in addresses, form controls and paths of problems.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::ContractSupporting => "contract_supporting",
            Self::RateCertification => "rate_certification",
            Self::RateSupporting => "rate_supporting",
            Self::Question => "question",
            Self::Response => "response",
        }
    }
}

/// What the virus check said of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "scan_result", rename_all = "snake_case")]
pub enum ScanResult {
    /// Still being checked.
    Pending,
    /// Nothing was found.
    Clean,
    /// A virus was found.
    Infected,
    /// The check could not be made.
    Failed,
}
