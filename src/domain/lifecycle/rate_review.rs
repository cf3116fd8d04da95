//! The life of a rate review: the case of one rate certification, which goes with its parent contract review.

use serde::{Deserialize, Serialize};

use super::{Rule, Tag};
use crate::domain::role::{Role, Side};
use RateReviewStatus as R;

/// Where a rate review stands. Ordered as a rate lives, which is how lists sort it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "rate_review_status", rename_all = "snake_case")]
pub enum RateReviewStatus {
    /// The state writes its first version; nobody else sees it.
    Draft,
    /// The first version was sent.
    Submitted,
    /// CMS has given it back to the state with its parent.
    Unlocked,
    /// A further version was sent.
    Resubmitted,
    /// CMS has taken it out of review, alone or with its parent.
    Withdrawn,
}

impl RateReviewStatus {
    /// Every status, in the order of a life.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Submitted, Self::Unlocked, Self::Resubmitted, Self::Withdrawn];

    /// The statuses of rates that were sent: those that lists show.
    pub const SENT: [Self; 4] = [Self::Submitted, Self::Unlocked, Self::Resubmitted, Self::Withdrawn];

    /// The value as it is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Unlocked => "unlocked",
            Self::Resubmitted => "resubmitted",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The status alone, in words, as filters name it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::Unlocked => "Unlocked",
            Self::Resubmitted => "Resubmitted",
            Self::Withdrawn => "Withdrawn",
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
            Self::Withdrawn => Tag::new(self.label(), "gray-cool-10", false),
        }
    }

    /// Where a rate stands of which so many versions were sent.
    pub fn sent(versions: i64) -> Self {
        if versions > 1 { Self::Resubmitted } else { Self::Submitted }
    }

    /// Whether the state writes a version.
    pub fn writable(self) -> bool {
        matches!(self, Self::Draft | Self::Unlocked)
    }

    /// Whether another submission of its state can send it along: it was sent, and not withdrawn.
    pub fn linkable(self) -> bool {
        matches!(self, Self::Submitted | Self::Unlocked | Self::Resubmitted)
    }
}

/// What can be done with a rate review. Only a withdrawal is ever a deed of its own: in all else a rate goes with its
/// parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateReviewAction {
    /// A state adds a rate to its draft.
    Create,
    /// The rate is sent with its parent.
    Submit,
    /// A state removes a rate that was never sent.
    DeleteDraft,
    /// CMS gives it back with its parent.
    Unlock,
    /// The next version is sent with its parent.
    Resubmit,
    /// The unlock of its parent is taken back.
    UndoUnlock,
    /// CMS takes it out of review, alone or with its parent.
    Withdraw,
    /// CMS takes it into review again, alone or with its parent.
    UndoWithdraw,
    /// An administrator puts right what was sent, by an addition beside it.
    Correct,
}

const REVIEWERS: &[Role] = &[Role::CmsReviewer, Role::CmsApprover];
const UNDER_REVIEW: &[R] = &[R::Submitted, R::Resubmitted];

/// The life of a rate review.
#[rustfmt::skip]
pub const RATE_REVIEW: &[Rule<RateReviewAction, RateReviewStatus>] = &[
    Rule { action: RateReviewAction::Create, name: "create", label: "Add a rate certification", roles: &[Role::StateUser], from: &[], to: &[R::Draft] },
    Rule { action: RateReviewAction::Submit, name: "submit", label: "", roles: &[Role::StateUser], from: &[R::Draft], to: &[R::Submitted] },
    Rule { action: RateReviewAction::DeleteDraft, name: "delete_draft", label: "Remove", roles: &[Role::StateUser], from: &[R::Draft], to: &[] },
    Rule { action: RateReviewAction::Unlock, name: "unlock", label: "", roles: REVIEWERS, from: UNDER_REVIEW, to: &[R::Unlocked] },
    Rule { action: RateReviewAction::Resubmit, name: "resubmit", label: "", roles: &[Role::StateUser], from: &[R::Unlocked], to: &[R::Resubmitted] },
    Rule { action: RateReviewAction::UndoUnlock, name: "undo_unlock", label: "", roles: &[Role::Admin], from: &[R::Unlocked], to: UNDER_REVIEW },
    Rule { action: RateReviewAction::Withdraw, name: "withdraw", label: "Withdraw", roles: REVIEWERS, from: UNDER_REVIEW, to: &[R::Withdrawn] },
    Rule { action: RateReviewAction::UndoWithdraw, name: "undo_withdraw", label: "Undo withdrawal", roles: REVIEWERS, from: &[R::Withdrawn], to: UNDER_REVIEW },
    Rule { action: RateReviewAction::Correct, name: "correct", label: "Correct", roles: &[Role::Admin], from: UNDER_REVIEW, to: &[] },
];

impl RateReviewAction {
    /// Its row of the table.
    pub fn rule(self) -> &'static Rule<Self, RateReviewStatus> {
        RATE_REVIEW.iter().find(|rule| rule.action == self).expect("every action has a row")
    }

    /// Whether it can be done from `status`.
    pub fn possible_from(self, status: RateReviewStatus) -> bool {
        self.rule().from.contains(&status)
    }

    /// Whether `role` may ever do it.
    pub fn allowed_to(self, role: Role) -> bool {
        self.rule().roles.contains(&role)
    }
}
