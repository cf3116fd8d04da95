//! The life of a department review: the work of one department on one contract or rate.

use serde::{Deserialize, Serialize};

use super::{ContractReviewStatus, Rule, Tag};
use crate::domain::role::Role;
use DepartmentReviewStatus as D;

/// Where the work of a department stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "department_review_status", rename_all = "snake_case")]
pub enum DepartmentReviewStatus {
    /// Nobody has begun.
    NotStarted,
    /// Being reviewed.
    InReview,
    /// Waiting for an answer, or for the next version, of the state.
    AwaitingState,
    /// No objection to the version decided on.
    SignedOff,
    /// Should not be approved as it is.
    Objection,
}

impl DepartmentReviewStatus {
    /// Every status, from the least to the most advanced.
    pub const ALL: [Self; 5] =
        [Self::NotStarted, Self::InReview, Self::AwaitingState, Self::SignedOff, Self::Objection];

    /// The value as it is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::InReview => "in_review",
            Self::AwaitingState => "awaiting_state",
            Self::SignedOff => "signed_off",
            Self::Objection => "objection",
        }
    }

    /// The status alone, in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotStarted => "Not started",
            Self::InReview => "In review",
            Self::AwaitingState => "Awaiting state",
            Self::SignedOff => "Signed off",
            Self::Objection => "Objection",
        }
    }

    /// Reads the stored value.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// How it looks while the package stands at `package`; `decided_revision` is the version decided on.
    pub fn tag(self, package: ContractReviewStatus, decided_revision: Option<i32>) -> Tag {
        let on_version = |label: &str| match decided_revision {
            Some(revision) => format!("{label} on version {revision}"),
            None => label.to_owned(),
        };
        if !package.open() {
            let label = match self {
                Self::SignedOff | Self::Objection => on_version(self.label()),
                _ => self.label().to_owned(),
            };
            return Tag::new(format!("{label} (closed)"), "outline", false);
        }
        match self {
            Self::NotStarted => Tag::new("Not started", "gray-cool-10", false),
            Self::InReview => Tag::new("In review", "blue-warm-20v", false),
            Self::AwaitingState if package == ContractReviewStatus::Unlocked => {
                Tag::new("Awaiting state (unlocked)", "gold-10v", false)
            }
            Self::AwaitingState => Tag::new("Awaiting state (question)", "gold-10v", false),
            Self::SignedOff => Tag::new(on_version("Signed off"), "green-cool-50", false),
            Self::Objection => Tag::new(on_version("Objection"), "red-warm-50v", false),
        }
    }
}

/// What a department decided about a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "department_decision", rename_all = "snake_case")]
pub enum Decision {
    /// No objection.
    SignedOff,
    /// Should not be approved.
    Objection,
}

impl Decision {
    /// The decision in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::SignedOff => DepartmentReviewStatus::SignedOff.label(),
            Self::Objection => DepartmentReviewStatus::Objection.label(),
        }
    }

    /// What was done to a version: "Objected to version 1".
    pub fn on_version(self, revision: i32) -> String {
        match self {
            Self::SignedOff => format!("Signed off on version {revision}"),
            Self::Objection => format!("Objected to version {revision}"),
        }
    }
}

/// What can be done with a department review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DepartmentReviewAction {
    /// The product makes it, when a package is found subject to review.
    Make,
    /// The department begins.
    Start,
    /// The department has no objection.
    SignOff,
    /// The department objects.
    Object,
    /// The department takes its decision back.
    Reopen,
    /// The product has it wait: its subject was unlocked, or a question was asked.
    Wait,
    /// The product has it go on: the next version came, or the last open question was answered.
    Resume,
    /// The product puts it back where the unlock met it, which was taken back.
    Return,
}

const REVIEWERS: &[Role] = &[Role::CmsReviewer, Role::CmsApprover];

/// The life of a department review.
#[rustfmt::skip]
pub const DEPARTMENT_REVIEW: &[Rule<DepartmentReviewAction, DepartmentReviewStatus>] = &[
    Rule { action: DepartmentReviewAction::Make, name: "make", label: "", roles: &[], from: &[], to: &[D::NotStarted] },
    Rule { action: DepartmentReviewAction::Start, name: "start", label: "Start", roles: REVIEWERS, from: &[D::NotStarted], to: &[D::InReview] },
    Rule { action: DepartmentReviewAction::SignOff, name: "sign_off", label: "Sign off", roles: REVIEWERS, from: &[D::InReview], to: &[D::SignedOff] },
    Rule { action: DepartmentReviewAction::Object, name: "object", label: "Object", roles: REVIEWERS, from: &[D::InReview], to: &[D::Objection] },
    Rule { action: DepartmentReviewAction::Reopen, name: "reopen", label: "Reopen", roles: REVIEWERS, from: &[D::SignedOff, D::Objection], to: &[D::InReview] },
    Rule { action: DepartmentReviewAction::Wait, name: "wait", label: "", roles: &[], from: &[D::NotStarted, D::InReview, D::SignedOff, D::Objection], to: &[D::AwaitingState] },
    Rule { action: DepartmentReviewAction::Resume, name: "resume", label: "", roles: &[], from: &[D::AwaitingState], to: &[D::InReview, D::NotStarted] },
    Rule { action: DepartmentReviewAction::Return, name: "return", label: "", roles: &[], from: &[D::AwaitingState], to: &[D::NotStarted, D::InReview, D::SignedOff, D::Objection] },
];

impl DepartmentReviewAction {
    /// Its row of the table.
    pub fn rule(self) -> &'static Rule<Self, DepartmentReviewStatus> {
        DEPARTMENT_REVIEW.iter().find(|rule| rule.action == self).expect("every action has a row")
    }

    /// Whether it can be done from `status`.
    pub fn possible_from(self, status: DepartmentReviewStatus) -> bool {
        self.rule().from.contains(&status)
    }

    /// The deed of a department that leads from one status to another.
    pub fn between(from: DepartmentReviewStatus, to: DepartmentReviewStatus) -> Option<Self> {
        let mut deeds = DEPARTMENT_REVIEW.iter().filter(|rule| !rule.roles.is_empty());
        deeds.find(|rule| rule.from.contains(&from) && rule.to.contains(&to)).map(|rule| rule.action)
    }

    /// The deeds that lead to a status: `in_review` is reached by starting and by reopening.
    pub fn leading_to(to: DepartmentReviewStatus) -> impl Iterator<Item = Self> {
        DEPARTMENT_REVIEW
            .iter()
            .filter(move |rule| rule.to.contains(&to) && !rule.roles.is_empty())
            .map(|rule| rule.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContractReviewStatus as C;

    #[test]
    fn a_decision_can_be_taken_back_but_not_turned_over_at_once() {
        assert_eq!(DepartmentReviewAction::between(D::SignedOff, D::InReview), Some(DepartmentReviewAction::Reopen));
        assert_eq!(DepartmentReviewAction::between(D::SignedOff, D::Objection), None);
        assert_eq!(DepartmentReviewAction::between(D::NotStarted, D::SignedOff), None);
    }

    #[test]
    fn the_closed_reviews_of_an_ended_package_say_so() {
        assert_eq!(D::SignedOff.tag(C::Approved, Some(3)).label, "Signed off on version 3 (closed)");
        assert_eq!(D::SignedOff.tag(C::Submitted, Some(3)).label, "Signed off on version 3");
    }
}
