//! Why a file is not taken, and in which words.

use std::fmt;

use super::file_type::{FileType, accepted_in_words};
use crate::domain::document::{Category, MAX_FILES_PER_LIST};

/// Why a file was not taken; each names the file as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileProblem {
    /// Its name claims a type that the list does not take.
    Type {
        /// The file.
        name: String,
        /// The list.
        category: Category,
    },
    /// Its content is not what its name claims.
    Content {
        /// The file.
        name: String,
        /// What its name claims.
        claimed: FileType,
    },
    /// It opens with a password alone.
    Locked {
        /// The file.
        name: String,
    },
    /// A part of it is missing, so that it does not open.
    Incomplete {
        /// The file.
        name: String,
    },
    /// More than 100 MiB.
    TooLarge {
        /// The file.
        name: String,
    },
    /// Not one byte.
    Empty {
        /// The file.
        name: String,
    },
    /// Its content is in the list already.
    Duplicate {
        /// The file.
        name: String,
        /// The one already there.
        other: String,
    },
    /// The list is full.
    TooMany,
    /// This content is known to hold a virus.
    Infected {
        /// The file.
        name: String,
    },
}

impl FileProblem {
    /// The code, as written in pages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Type { .. } => "file_type",
            Self::Content { .. } => "file_content",
            Self::Locked { .. } => "file_locked",
            Self::Incomplete { .. } => "file_incomplete",
            Self::TooLarge { .. } => "file_too_large",
            Self::Empty { .. } => "file_empty",
            Self::Duplicate { .. } => "file_duplicate",
            Self::TooMany => "too_many",
            Self::Infected { .. } => "file_infected",
        }
    }

    /// The message shown.
    pub fn message(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { name, category } => {
                write!(f, "{name}: this type is not accepted. Use {}.", accepted_in_words(*category))
            }
            Self::Content { name, claimed } => {
                let label = claimed.label();
                write!(
                    f,
                    "{name} is not a {label} file. Open it on your computer, save it as {label}, and upload that."
                )
            }
            Self::Locked { name } => {
                write!(f, "{name} can be opened only with a password. Remove the password and upload it again.")
            }
            Self::Incomplete { name } => write!(
                f,
                "{name} is incomplete or damaged and can't be opened. Check that it opens on your computer, then upload it again."
            ),
            Self::TooLarge { name } => write!(f, "{name} is larger than 100 MiB."),
            Self::Empty { name } => write!(f, "{name} is empty."),
            Self::Duplicate { name, other } => {
                write!(f, "{name} has the same content as {other}, which is already in this list.")
            }
            Self::TooMany => write!(f, "At most {MAX_FILES_PER_LIST} files."),
            Self::Infected { name } => write!(f, "A virus was found in {name}. Remove it."),
        }
    }
}
