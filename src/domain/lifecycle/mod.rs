//! The life of a contract review, of a rate review, of their department reviews and of questions: statuses, what leads from one to the
//! next, who may do it, and what each status is called and looks like. Buttons, permissions, help and the database's own
//! table of transitions all say what stands here.

mod contract_review;
mod department_review;
mod rate_review;
mod round;

use std::borrow::Cow;

use super::role::Role;

pub use contract_review::{
    CONTRACT_REVIEW, ContractReviewAction, ContractReviewStatus, Obligations, SubmissionKind, Turn,
};
pub use department_review::{DEPARTMENT_REVIEW, Decision, DepartmentReviewAction, DepartmentReviewStatus};
pub use rate_review::{RATE_REVIEW, RateReviewAction, RateReviewStatus};
pub use round::{Closing, ROUND, RoundAction, RoundStatus, rate_takes_questions, takes_questions};

/// A status as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The words.
    pub label: Cow<'static, str>,
    /// The name of its colour, a token of the U.S. Web Design System.
    pub colour: &'static str,
    /// Whether it stands out for the reader.
    pub bold: bool,
}

impl Tag {
    fn new(label: impl Into<Cow<'static, str>>, colour: &'static str, bold: bool) -> Self {
        Self { label: label.into(), colour, bold }
    }
}

/// One row of a table of life: what, who, from where, to where.
#[derive(Debug)]
pub struct Rule<Action: 'static, Status: 'static> {
    /// What is done.
    pub action: Action,
    /// Its name in the database's table of transitions.
    pub name: &'static str,
    /// The words on its button.
    pub label: &'static str,
    /// The roles that may; a department's deeds are further limited to the department.
    pub roles: &'static [Role],
    /// The statuses it starts from; none where it makes the row.
    pub from: &'static [Status],
    /// The statuses it can lead to; none where the status stays.
    pub to: &'static [Status],
}
