//! The life of a round: the nth question of a department on a contract or a rate, and the state's responses to it.

use serde::{Deserialize, Serialize};

use super::{ContractReviewStatus, RateReviewStatus, Rule, Tag};
use crate::domain::role::{Role, Side};
use RoundStatus as R;

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "round_status", rename_all = "snake_case")]
pub enum RoundStatus {
    /// The state has not responded.
    Open,
    /// The state has responded; the department reads.
    Answered,
    /// It has ended.
    Closed,
}

impl RoundStatus {
    /// Every status, in the order of a life.
    pub const ALL: [Self; 3] = [Self::Open, Self::Answered, Self::Closed];

    /// The value as it is stored and stands in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The status in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Answered => "Answered",
            Self::Closed => "Closed",
        }
    }

    /// How it looks to a side.
    pub fn tag(self, side: Side) -> Tag {
        match self {
            Self::Open => Tag::new("Open", "gold-20v", side == Side::State),
            Self::Answered => Tag::new("Answered", "blue-warm-20v", false),
            Self::Closed => Tag::new("Closed", "gray-cool-10", false),
        }
    }
}

/// How a round came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "round_closing", rename_all = "snake_case")]
pub enum Closing {
    /// The department has read the answer and is done with it.
    Done,
    /// The department wants no answer any more, and said why.
    Unanswered,
    /// The department asked the next question.
    NextRound,
    /// The department signed off.
    SignOff,
    /// The package was approved.
    Approval,
    /// The package, or the rate, was withdrawn.
    Withdrawal,
    /// An administrator took the round from view.
    Removal,
}

impl Closing {
    /// How, as CMS reads it.
    pub fn label_for_cms(self) -> &'static str {
        match self {
            Self::Done => "the answer was read",
            Self::Unanswered => "without an answer",
            Self::NextRound => "the next question was asked",
            Self::SignOff => "the department signed off",
            Self::Approval => "the package was approved",
            Self::Withdrawal => "it was withdrawn",
            Self::Removal => "an administrator removed it",
        }
    }

    /// How, as a state reads it: only what happened to the package, which the state reads anyway. Whatever else closes a
    /// round must look the same, since one of the causes is a decision of the department.
    pub fn label_for_state(self) -> Option<&'static str> {
        match self {
            Self::Approval => Some("the package was approved"),
            Self::Withdrawal => Some("it was withdrawn"),
            Self::Done | Self::Unanswered | Self::NextRound | Self::SignOff | Self::Removal => None,
        }
    }
}

/// What can be done with a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoundAction {
    /// A department asks.
    Ask,
    /// The state responds, also to a round that it has answered before.
    Respond,
    /// The department, or what is done to the package, ends it.
    Close,
    /// An administrator takes it from view.
    Remove,
}

const ASKERS: &[Role] = &[Role::CmsReviewer, Role::CmsApprover, Role::Admin];

/// The life of a round. Reviewers and approvers are further limited to their own department's rounds; administrators ask
/// and respond for others.
#[rustfmt::skip]
pub const ROUND: &[Rule<RoundAction, RoundStatus>] = &[
    Rule { action: RoundAction::Ask, name: "ask", label: "Ask", roles: ASKERS, from: &[], to: &[R::Open] },
    Rule { action: RoundAction::Respond, name: "respond", label: "Respond", roles: &[Role::StateUser, Role::Admin], from: &[R::Open, R::Answered], to: &[R::Answered] },
    Rule { action: RoundAction::Close, name: "close", label: "Close", roles: ASKERS, from: &[R::Open, R::Answered], to: &[R::Closed] },
    Rule { action: RoundAction::Remove, name: "remove", label: "Remove", roles: &[Role::Admin], from: &[R::Open, R::Answered, R::Closed], to: &[R::Closed] },
];

impl RoundAction {
    /// Its row of the table.
    pub fn rule(self) -> &'static Rule<Self, RoundStatus> {
        ROUND.iter().find(|rule| rule.action == self).expect("every action has a row")
    }

    /// Whether `role` may ever do it.
    pub fn allowed_to(self, role: Role) -> bool {
        self.rule().roles.contains(&role)
    }

    /// Whether it can be done from `status`.
    pub fn possible_from(self, status: RoundStatus) -> bool {
        self.rule().from.contains(&status)
    }
}

/// Whether questions about a submission are asked and answered while it stands at `package`.
pub fn takes_questions(package: ContractReviewStatus) -> bool {
    use ContractReviewStatus as C;
    matches!(package, C::Submitted | C::Unlocked | C::Resubmitted | C::NotSubjectToReview)
}

/// The same of a rate, whose submission stands at `parent`.
pub fn rate_takes_questions(rate: RateReviewStatus, parent: ContractReviewStatus) -> bool {
    use RateReviewStatus as S;
    matches!(rate, S::Submitted | S::Unlocked | S::Resubmitted) && takes_questions(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reopens_a_round() {
        for rule in ROUND {
            let leads_back = rule.from.contains(&R::Closed) && rule.to.iter().any(|to| *to != R::Closed);
            assert!(!leads_back, "{} leads from closed", rule.name);
        }
        assert!(!RoundAction::Respond.possible_from(R::Closed));
    }

    #[test]
    fn a_state_reads_of_a_closed_round_nothing_that_a_department_decided() {
        let silent = [Closing::Done, Closing::Unanswered, Closing::NextRound, Closing::SignOff, Closing::Removal];
        assert!(silent.iter().all(|closing| closing.label_for_state().is_none()));
        assert_eq!(Closing::Approval.label_for_state(), Some("the package was approved"));
    }

    #[test]
    fn questions_end_with_approval_and_withdrawal() {
        use ContractReviewStatus as C;
        let taking: Vec<_> = C::ALL.into_iter().filter(|status| takes_questions(*status)).collect();
        assert_eq!(taking, [C::Submitted, C::Unlocked, C::Resubmitted, C::NotSubjectToReview]);
        assert!(!rate_takes_questions(RateReviewStatus::Withdrawn, C::Submitted));
        assert!(!rate_takes_questions(RateReviewStatus::Submitted, C::Approved));
    }
}
