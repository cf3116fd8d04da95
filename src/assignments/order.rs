//! How the rows of a list lie, and the place of one in it.

use std::fmt;
use std::str::FromStr;

use super::filters::department_named;
use crate::domain::key::{NotAKey, SubmissionKey};
use crate::domain::role::Department;
use crate::web::tabs::OneOf;

/// A column sorted by; without one, each tab has an order of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Days in status; whether the longest come first.
    Days(bool),
    /// First day of the contract or rating period; whether the latest come first.
    Start(bool),
    /// When it was first sent; whether the newest come first.
    Sent(bool),
}

impl OneOf for Sort {
    const ALL: &'static [Self] = &[
        Self::Days(true),
        Self::Days(false),
        Self::Start(true),
        Self::Start(false),
        Self::Sent(true),
        Self::Sent(false),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Days(true) => "-days",
            Self::Days(false) => "days",
            Self::Start(true) => "-start",
            Self::Start(false) => "start",
            Self::Sent(true) => "-sent",
            Self::Sent(false) => "sent",
        }
    }
}

/// How the rows lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As a column says.
    By(Sort),
    /// By when they were decided.
    Decision,
}

impl Order {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::By(Sort::Days(true)) => "longest in status first",
            Self::By(Sort::Days(false)) => "shortest in status first",
            Self::By(Sort::Start(true)) => "latest effective date first",
            Self::By(Sort::Start(false)) => "nearest effective date first",
            Self::By(Sort::Sent(true)) => "newest first",
            Self::By(Sort::Sent(false)) => "oldest first",
            Self::Decision => "newest decision first",
        }
    }
}

/// The place of a row in an order, beside the number it is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether it lacks what it would be sorted by.
    pub blank: bool,
    /// State and number of its subject.
    pub key: SubmissionKey,
    /// Whether that is a rate, which come after contracts.
    pub is_rate: bool,
    /// Whose review it is.
    pub department: Department,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (blank, kind) = (u8::from(self.blank), if self.is_rate { "r" } else { "c" });
        write!(f, "{blank}.{}.{kind}.{}", self.key, self.department.short_name())
    }
}

impl FromStr for Place {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let parts: Vec<&str> = text.split('.').collect();
        let &[blank @ ("0" | "1"), key, kind @ ("c" | "r"), of] = parts.as_slice() else { return Err(NotAKey) };
        let department = department_named(of).ok_or(NotAKey)?;
        Ok(Self { blank: blank == "1", key: key.parse()?, is_rate: kind == "r", department })
    }
}
