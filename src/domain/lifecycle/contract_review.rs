//! The life of a contract review: the case of one contract action, from first draft to the end.

use serde::{Deserialize, Serialize};

use super::{Rule, Tag};
use crate::domain::role::{Role, Side};
use ContractReviewStatus as C;

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

    /// Where a package stands of which so many versions were sent, as it was determined.
    pub fn sent(versions: i64, subject_to_review: bool) -> Self {
        match (subject_to_review, versions) {
            (false, _) => Self::NotSubjectToReview,
            (true, ..=1) => Self::Submitted,
            (true, _) => Self::Resubmitted,
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

/// What can be done with a contract review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContractReviewAction {
    /// A state starts a draft.
    Create,
    /// A state sends its draft.
    Submit,
    /// A state deletes a draft that was never sent.
    DeleteDraft,
    /// CMS gives the package back to the state, which writes the next version.
    Unlock,
    /// The state sends the next version.
    Resubmit,
    /// The unlock is taken back, and the state's edits are set aside.
    UndoUnlock,
    /// CMS releases the package for use.
    Approve,
    /// The release is taken back.
    UndoApproval,
    /// CMS takes the package out of review.
    Withdraw,
    /// CMS takes it into review again.
    UndoWithdraw,
    /// CMS notes the number that its contract review system gave.
    SetMccrsNumber,
    /// An administrator puts right what was sent, by an addition beside it.
    Correct,
}

const REVIEWERS: &[Role] = &[Role::CmsReviewer, Role::CmsApprover];
const UNDER_REVIEW: &[C] = &[C::Submitted, C::Resubmitted];
const WITH_CMS: &[C] = &[C::Submitted, C::Resubmitted, C::NotSubjectToReview];

/// The life of a contract review.
#[rustfmt::skip]
pub const CONTRACT_REVIEW: &[Rule<ContractReviewAction, ContractReviewStatus>] = &[
    Rule { action: ContractReviewAction::Create, name: "create", label: "Start a submission", roles: &[Role::StateUser], from: &[], to: &[C::Draft] },
    Rule { action: ContractReviewAction::Submit, name: "submit", label: "Submit to CMS", roles: &[Role::StateUser], from: &[C::Draft], to: &[C::Submitted, C::NotSubjectToReview] },
    Rule { action: ContractReviewAction::DeleteDraft, name: "delete_draft", label: "Delete draft", roles: &[Role::StateUser], from: &[C::Draft], to: &[] },
    Rule { action: ContractReviewAction::Unlock, name: "unlock", label: "Unlock", roles: REVIEWERS, from: WITH_CMS, to: &[C::Unlocked] },
    Rule { action: ContractReviewAction::Resubmit, name: "resubmit", label: "Resubmit to CMS", roles: &[Role::StateUser], from: &[C::Unlocked], to: &[C::Resubmitted, C::NotSubjectToReview] },
    Rule { action: ContractReviewAction::UndoUnlock, name: "undo_unlock", label: "Undo unlock", roles: &[Role::Admin], from: &[C::Unlocked], to: WITH_CMS },
    Rule { action: ContractReviewAction::Approve, name: "approve", label: "Approve", roles: &[Role::CmsApprover, Role::Admin], from: UNDER_REVIEW, to: &[C::Approved] },
    Rule { action: ContractReviewAction::UndoApproval, name: "undo_approval", label: "Undo approval", roles: &[Role::Admin], from: &[C::Approved], to: UNDER_REVIEW },
    Rule { action: ContractReviewAction::Withdraw, name: "withdraw", label: "Withdraw", roles: REVIEWERS, from: WITH_CMS, to: &[C::Withdrawn] },
    Rule { action: ContractReviewAction::UndoWithdraw, name: "undo_withdraw", label: "Undo withdrawal", roles: REVIEWERS, from: &[C::Withdrawn], to: WITH_CMS },
    Rule { action: ContractReviewAction::SetMccrsNumber, name: "mccrs_number", label: "MC-CRS number", roles: REVIEWERS, from: &ContractReviewStatus::SENT, to: &[] },
    Rule { action: ContractReviewAction::Correct, name: "correct", label: "Correct", roles: &[Role::Admin], from: &[C::Submitted, C::Resubmitted, C::Approved], to: &[] },
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

    /// Where its page stands below that of the submission.
    pub fn segment(self) -> String {
        self.rule().name.replace('_', "-")
    }
}

/// Whose turn it is, computed and never typed; the database computes it as [`Turn::of`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "turn", rename_all = "snake_case")]
pub enum Turn {
    /// The state writes, or every department that has not decided waits for its answer.
    State,
    /// The state has something to answer, and CMS something to review.
    Both,
    /// CMS reviews.
    Cms,
    /// Nobody: it has ended.
    Nobody,
}

/// What is asked of whom while departments review.
#[derive(Clone, Copy, Debug, Default)]
pub struct Obligations {
    /// How many department reviews have no decision, those that wait among them.
    pub undecided: i64,
    /// How many wait for the state to answer.
    pub waiting: i64,
    /// How many rounds on the contract and its own rates are open.
    pub open_rounds: i64,
}

impl Turn {
    /// Every turn.
    pub const ALL: [Self; 4] = [Self::State, Self::Both, Self::Cms, Self::Nobody];

    /// The turn that follows from the status and from what is asked of whom.
    pub fn of(status: ContractReviewStatus, obligations: Obligations) -> Self {
        let Obligations { undecided, waiting, open_rounds } = obligations;
        match status {
            C::Draft | C::Unlocked => Self::State,
            C::Submitted | C::Resubmitted if waiting > 0 && waiting == undecided => Self::State,
            C::Submitted | C::Resubmitted if waiting > 0 || open_rounds > 0 => Self::Both,
            C::Submitted | C::Resubmitted => Self::Cms,
            C::Approved | C::Withdrawn | C::NotSubjectToReview => Self::Nobody,
        }
    }

    /// The turn as the state is told it: by status and open rounds alone, since who of the departments has decided is
    /// nothing that a state learns.
    pub fn for_state(status: ContractReviewStatus, open_rounds: i64) -> Self {
        Self::of(status, Obligations { open_rounds, ..Obligations::default() })
    }

    /// The value as it is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Both => "both",
            Self::Cms => "cms",
            Self::Nobody => "nobody",
        }
    }

    /// The turn in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::State => "State",
            Self::Both => "State and CMS",
            Self::Cms => "CMS",
            Self::Nobody => "Nobody",
        }
    }
}
