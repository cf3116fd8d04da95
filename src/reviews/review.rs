//! A department review: what is reviewed, by whom, where it stands and what was decided.

use time::OffsetDateTime;

use crate::domain::event;
use crate::domain::id::{AccountId, ContractReviewId, DepartmentReviewId, RateReviewId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::{ContractReviewStatus, Decision, DepartmentReviewStatus};
use crate::domain::role::{Department, Side};
use crate::questions::About;
use crate::submissions::Submission;

/// Somebody on a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// Their account.
    pub id: AccountId,
    /// Their name.
    pub name: String,
    /// Their email address.
    pub email: String,
}

/// What a department reviews: a contract, or a rate that is sent with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The contract itself.
    Contract {
        /// Its review.
        id: ContractReviewId,
        /// Its address.
        key: SubmissionKey,
    },
    /// A rate.
    Rate {
        /// Its review.
        id: RateReviewId,
        /// Its address.
        key: RateKey,
        /// Its full name.
        name: String,
        /// The submission that it belongs to.
        parent: SubmissionKey,
    },
}

impl Subject {
    /// Whose history tells of it.
    pub fn history(&self) -> (event::Subject, uuid::Uuid) {
        match self {
            Self::Contract { id, .. } => (event::Subject::ContractReview, id.0),
            Self::Rate { id, .. } => (event::Subject::RateReview, id.0),
        }
    }

    /// As questions are about it.
    pub fn asked(&self) -> About {
        match self {
            Self::Contract { id, .. } => About::Contract(*id),
            Self::Rate { id, .. } => About::Rate(*id),
        }
    }

    /// Its address, as people name it: `MN-0005`.
    pub fn key(&self) -> String {
        match self {
            Self::Contract { key, .. } => key.to_string(),
            Self::Rate { key, .. } => key.to_string(),
        }
    }

    /// The address of its page.
    pub fn page(&self) -> String {
        match self {
            Self::Contract { key, .. } => format!("/submissions/{key}"),
            Self::Rate { key, .. } => format!("/rates/{key}"),
        }
    }

    /// The submission that it is reviewed with, of a rate.
    pub fn parent(&self) -> Option<&SubmissionKey> {
        match self {
            Self::Contract { .. } => None,
            Self::Rate { parent, .. } => Some(parent),
        }
    }

    /// The rate, where it is one.
    pub fn rate_id(&self) -> Option<RateReviewId> {
        match self {
            Self::Contract { .. } => None,
            Self::Rate { id, .. } => Some(*id),
        }
    }

    /// The rate's page and name, where it is one.
    pub fn rate(&self) -> Option<(String, &str)> {
        match self {
            Self::Contract { .. } => None,
            Self::Rate { name, .. } => Some((self.page(), name)),
        }
    }
}

/// A department review, as its columns say.
#[derive(Clone, Debug)]
pub struct DepartmentReview {
    /// Its key.
    pub id: DepartmentReviewId,
    /// What is reviewed.
    pub subject: Subject,
    /// The latest version of the subject that was sent: the one that decisions are about.
    pub current_revision: Option<i32>,
    /// Whether the subject is withdrawn alone: then nobody reviews it, and it does not count for the package.
    pub withdrawn: bool,
    /// Whose work it is.
    pub department: Department,
    /// Where it stands.
    pub status: DepartmentReviewStatus,
    /// Since when.
    pub status_since: OffsetDateTime,
    /// Of one that waits, the status that it goes on from.
    pub status_before: Option<DepartmentReviewStatus>,
    /// Who does it.
    pub primary: Option<Reviewer>,
    /// Who helps.
    pub secondary: Option<Reviewer>,
    /// What was last decided.
    pub decision: Option<Decision>,
    /// The words with it.
    pub decision_note: Option<String>,
    /// The version it was decided on.
    pub decided_revision: Option<i32>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<OffsetDateTime>,
    /// Grows with every change.
    pub version: i32,
}

impl DepartmentReview {
    /// Whether somebody is its primary or secondary reviewer.
    pub fn is_on(&self, account: AccountId) -> bool {
        [&self.primary, &self.secondary].into_iter().flatten().any(|reviewer| reviewer.id == account)
    }

    /// Who made the decision that stands; nobody while none does.
    pub fn in_force(&self) -> Option<&str> {
        let decided = matches!(self.status, DepartmentReviewStatus::SignedOff | DepartmentReviewStatus::Objection);
        self.decided_by.as_deref().filter(|_| decided)
    }

    /// What the department decided last, of a decision that stands no more: "Objected to version 1". Until the next one it
    /// stays readable, whether a new version came or the review was reopened.
    pub fn former_decision(&self) -> Option<String> {
        let former = self.decision.zip(self.decided_revision).filter(|_| self.in_force().is_none());
        former.map(|(decision, revision)| decision.on_version(revision))
    }

    /// Whether the department has signed off on the current version.
    pub fn signed_off(&self) -> bool {
        self.status == DepartmentReviewStatus::SignedOff && self.decided_revision == self.current_revision
    }

    /// Where what led to its status is told.
    pub fn explain(&self) -> String {
        let page = self.subject.page();
        format!("{page}/history?explain={}&review={}", self.status.as_str(), self.department.short_name())
    }

    /// Whether the department works on it while its package stands at `package`.
    pub fn under_review(&self, package: ContractReviewStatus) -> bool {
        package.under_review() && !self.withdrawn
    }

    /// Whether people are put on it and taken off while its package stands at `package`.
    pub fn open(&self, package: ContractReviewStatus) -> bool {
        package.open() && !self.withdrawn
    }

    /// Why it is closed, of one that is.
    pub fn closed(&self, submission: &Submission) -> String {
        if self.withdrawn {
            return format!("{} is withdrawn now", self.subject.key());
        }
        format!("{} is {} now", submission.key, submission.status.tag(Side::Cms).label.to_lowercase())
    }

    /// Whether the approval of its package waits for it.
    pub fn missing(&self) -> bool {
        !self.withdrawn && !self.signed_off()
    }

    /// Whether the department signed off on a version before the current one, and has not decided since.
    pub fn signed_off_before(&self) -> bool {
        self.status == DepartmentReviewStatus::InReview
            && self.decision == Some(Decision::SignedOff)
            && self.decided_revision < self.current_revision
    }

    /// Department and subject: `OACT review of MN-R0012`.
    pub fn title(&self) -> String {
        format!("{} review of {}", self.department.short_name(), self.subject.key())
    }
}
