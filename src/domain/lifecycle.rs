//! The life of a contract review and of its department reviews: statuses, what leads from one to the next, who may
//! do it, and what each status is called and looks like. Buttons, permissions, help and the database's own table of
//! transitions all say what stands here.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::role::{Role, Side};

/// What a state sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "submission_kind", rename_all = "snake_case")]
pub enum SubmissionKind {
    /// A contract with health plans.
    HealthPlan,
    /// A contract with an External Quality Review Organization.
    Eqro,
}

impl SubmissionKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::HealthPlan, Self::Eqro];

    /// The value as it stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HealthPlan => "health_plan",
            Self::Eqro => "eqro",
        }
    }

    /// The kind in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::HealthPlan => "Health plan",
            Self::Eqro => "EQRO",
        }
    }
}

/// Where a contract review stands. Ordered as a submission lives, which is how lists sort it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "contract_review_status", rename_all = "snake_case")]
pub enum ContractReviewStatus {
    /// The state writes its first version; nobody else sees it.
    Draft,
    /// The first version was sent.
    Submitted,
    /// CMS has given it back to the state, which writes the next version.
    Unlocked,
    /// A further version was sent.
    Resubmitted,
    /// The package may be used.
    Approved,
    /// CMS has taken it out of review.
    Withdrawn,
    /// Kept for the record, not reviewed.
    NotSubjectToReview,
}

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

impl ContractReviewStatus {
    /// Every status, in the order of a life.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Submitted,
        Self::Unlocked,
        Self::Resubmitted,
        Self::Approved,
        Self::Withdrawn,
        Self::NotSubjectToReview,
    ];

    /// The statuses that CMS can see: all but a draft, which never leaves its state.
    pub const SENT: [Self; 6] =
        [Self::Submitted, Self::Unlocked, Self::Resubmitted, Self::Approved, Self::Withdrawn, Self::NotSubjectToReview];

    /// The value as it is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Unlocked => "unlocked",
            Self::Resubmitted => "resubmitted",
            Self::Approved => "approved",
            Self::Withdrawn => "withdrawn",
            Self::NotSubjectToReview => "not_subject_to_review",
        }
    }

    /// The status alone, in words, as filters name it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::Unlocked => "Unlocked",
            Self::Resubmitted => "Resubmitted",
            Self::Approved => "Approved",
            Self::Withdrawn => "Withdrawn",
            Self::NotSubjectToReview => "Not subject to review",
        }
    }

    /// What a side calls it, and how it looks to them.
    pub fn tag(self, side: Side) -> Tag {
        let state = side == Side::State;
        match self {
            Self::Draft => Tag::new(self.label(), "gold-20v", true),
            Self::Submitted | Self::Resubmitted if state => Tag::new(self.label(), "gray-cool-10", false),
            Self::Submitted | Self::Resubmitted => Tag::new(self.label(), "gold-20v", true),
            Self::Unlocked if state => Tag::new("Unlocked: edit and resubmit", "gold-20v", true),
            Self::Unlocked => Tag::new("Unlocked: with state", "gray-cool-10", false),
            Self::Approved => Tag::new(self.label(), "green-cool-50", false),
            Self::Withdrawn => Tag::new(self.label(), "gray-cool-10", false),
            Self::NotSubjectToReview => Tag::new(self.label(), "base-darker", false),
        }
    }

    /// Whether departments review it now.
    pub fn under_review(self) -> bool {
        matches!(self, Self::Submitted | Self::Resubmitted)
    }

    /// Whether reviewers can be put on and taken off.
    pub fn open(self) -> bool {
        self.under_review() || self == Self::Unlocked
    }

    /// Whether the state writes a version.
    pub fn writable(self) -> bool {
        matches!(self, Self::Draft | Self::Unlocked)
    }
}

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

/// What can be done with a contract review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContractReviewAction {
    /// A state starts a draft.
    Create,
    /// A state sends its draft.
    Submit,
    /// A state deletes a draft that was never sent.
    DeleteDraft,
    /// CMS releases the package for use.
    Approve,
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

use ContractReviewStatus as C;
use DepartmentReviewStatus as D;

const REVIEWERS: &[Role] = &[Role::CmsReviewer, Role::CmsApprover];

/// The life of a contract review.
#[rustfmt::skip]
pub const CONTRACT_REVIEW: &[Rule<ContractReviewAction, ContractReviewStatus>] = &[
    Rule { action: ContractReviewAction::Create, name: "create", label: "Start a submission", roles: &[Role::StateUser], from: &[], to: &[C::Draft] },
    Rule { action: ContractReviewAction::Submit, name: "submit", label: "Submit to CMS", roles: &[Role::StateUser], from: &[C::Draft], to: &[C::Submitted, C::NotSubjectToReview] },
    Rule { action: ContractReviewAction::DeleteDraft, name: "delete_draft", label: "Delete draft", roles: &[Role::StateUser], from: &[C::Draft], to: &[] },
    Rule { action: ContractReviewAction::Approve, name: "approve", label: "Approve", roles: &[Role::CmsApprover, Role::Admin], from: &[C::Submitted, C::Resubmitted], to: &[C::Approved] },
];

/// The life of a department review.
#[rustfmt::skip]
pub const DEPARTMENT_REVIEW: &[Rule<DepartmentReviewAction, DepartmentReviewStatus>] = &[
    Rule { action: DepartmentReviewAction::Make, name: "make", label: "", roles: &[], from: &[], to: &[D::NotStarted] },
    Rule { action: DepartmentReviewAction::Start, name: "start", label: "Start", roles: REVIEWERS, from: &[D::NotStarted], to: &[D::InReview] },
    Rule { action: DepartmentReviewAction::SignOff, name: "sign_off", label: "Sign off", roles: REVIEWERS, from: &[D::InReview], to: &[D::SignedOff] },
    Rule { action: DepartmentReviewAction::Object, name: "object", label: "Object", roles: REVIEWERS, from: &[D::InReview], to: &[D::Objection] },
    Rule { action: DepartmentReviewAction::Reopen, name: "reopen", label: "Reopen", roles: REVIEWERS, from: &[D::SignedOff, D::Objection], to: &[D::InReview] },
];

impl ContractReviewAction {
    /// Its row of the table.
    pub fn rule(self) -> &'static Rule<Self, ContractReviewStatus> {
        CONTRACT_REVIEW.iter().find(|rule| rule.action == self).expect("every action has a row")
    }

    /// Whether it can be done from `status`.
    pub fn possible_from(self, status: ContractReviewStatus) -> bool {
        self.rule().from.contains(&status)
    }

    /// Whether `role` may ever do it.
    pub fn allowed_to(self, role: Role) -> bool {
        self.rule().roles.contains(&role)
    }
}

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
        DEPARTMENT_REVIEW.iter().find(|rule| rule.from.contains(&from) && rule.to.contains(&to)).map(|rule| rule.action)
    }

    /// The deeds that lead to a status: `in_review` is reached by starting and by reopening.
    pub fn leading_to(to: DepartmentReviewStatus) -> impl Iterator<Item = Self> {
        DEPARTMENT_REVIEW
            .iter()
            .filter(move |rule| rule.to.contains(&to) && !rule.roles.is_empty())
            .map(|rule| rule.action)
    }
}

/// Whose turn it is, computed and never typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// The state writes or answers.
    State,
    /// CMS reviews.
    Cms,
    /// Nobody: it has ended.
    Nobody,
}

impl Turn {
    /// The turn that follows from the status.
    pub fn of(status: ContractReviewStatus) -> Self {
        match status {
            C::Draft | C::Unlocked => Self::State,
            C::Submitted | C::Resubmitted => Self::Cms,
            C::Approved | C::Withdrawn | C::NotSubjectToReview => Self::Nobody,
        }
    }

    /// The turn in one word.
    pub fn label(self) -> &'static str {
        match self {
            Self::State => "State",
            Self::Cms => "CMS",
            Self::Nobody => "Nobody",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
