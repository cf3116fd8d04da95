//! What an administrator puts right beside what was sent.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::clock::Moment;
use super::forms::ContractAction;
use super::id::CorrectionId;

/// What can be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "correction_kind", rename_all = "snake_case")]
pub enum What {
    /// When the case was first sent.
    FirstSent,
    /// Whether the contract is new or changes an earlier one.
    ContractAction,
    /// A document that was not sent.
    DocumentAdded,
    /// A document that is shown no more.
    DocumentWithdrawn,
    /// When a document was added.
    DocumentDated,
}

impl What {
    /// All of it, in the order in which it is offered.
    pub const ALL: [Self; 5] =
        [Self::FirstSent, Self::ContractAction, Self::DocumentAdded, Self::DocumentWithdrawn, Self::DocumentDated];

    /// The value as it is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstSent => "first_sent",
            Self::ContractAction => "contract_action",
            Self::DocumentAdded => "document_added",
            Self::DocumentWithdrawn => "document_withdrawn",
            Self::DocumentDated => "document_dated",
        }
    }

    /// What it is done to, in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::FirstSent => "First sent",
            Self::ContractAction => "Contract action",
            Self::DocumentAdded => "Document added",
            Self::DocumentWithdrawn => "Document withdrawn from view",
            Self::DocumentDated => "Date added of a document",
        }
    }

    /// Doing it, in words.
    pub fn deed(self) -> &'static str {
        match self {
            Self::FirstSent => "Correct when it was first sent",
            Self::ContractAction => "Correct the contract action",
            Self::DocumentAdded => "Add a document",
            Self::DocumentWithdrawn => "Withdraw a document from view",
            Self::DocumentDated => "Correct when a document was added",
        }
    }

    /// That it was done, in words.
    pub fn done(self) -> &'static str {
        match self {
            Self::DocumentAdded => "Added",
            Self::DocumentWithdrawn => "Withdrawn from view",
            Self::FirstSent | Self::ContractAction | Self::DocumentDated => "Corrected",
        }
    }
}

/// A correction that counts: not undone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Correction {
    /// Its key.
    pub id: CorrectionId,
    /// What it corrects.
    pub what: What,
    /// When the case was first sent, or the document added.
    #[serde(with = "time::serde::rfc3339::option")]
    pub moment: Option<OffsetDateTime>,
    /// The contract action.
    pub contract_action: Option<ContractAction>,
    /// Whether a document is withdrawn from every version that holds it, and not from one.
    pub all_versions: bool,
    /// Why.
    pub reason: String,
    /// The name of the administrator.
    pub by: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// A correction, beside what it put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrected {
    /// The correction.
    pub correction: Correction,
    /// What was there before; nothing beside a document that was added or withdrawn.
    pub was: Option<Was>,
}

/// What was there before a correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Was {
    /// Words.
    Words(String),
    /// A moment.
    Moment(Moment),
}

/// The newest correction of this, of corrections in their order.
pub fn newest(corrections: &[Correction], what: What) -> Option<&Correction> {
    corrections.iter().rev().find(|correction| correction.what == what)
}

/// Versions in words: "version 3", "versions 1, 2 and 3".
pub fn versions_in_words(revisions: &[i32]) -> String {
    match revisions {
        [only] => format!("version {only}"),
        [before @ .., last] => {
            let before: Vec<_> = before.iter().map(ToString::to_string).collect();
            format!("versions {} and {last}", before.join(", "))
        }
        [] => "no version".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_in_words() {
        assert_eq!(versions_in_words(&[3]), "version 3");
        assert_eq!(versions_in_words(&[1, 3]), "versions 1 and 3");
        assert_eq!(versions_in_words(&[1, 2, 3]), "versions 1, 2 and 3");
    }
}
