//! The things that people do in a story, and where a submission must stand for each of them.

use crate::domain::lifecycle::{ContractReviewAction as A, ContractReviewStatus, takes_questions};

/// One thing that somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The state starts a draft.
    Begin,
    /// The state fills in the contract page and uploads the documents.
    FillInContract,
    /// The state adds its rates and fills them in, if it sends any.
    FillInRates,
    /// The state fills in the contacts.
    FillInContacts,
    /// The state submits.
    Submit,
    /// A reviewer notes the MC-CRS number.
    NoteNumber,
    /// A reviewer of each department takes its review.
    Take,
    /// The approver puts two reviewers on each.
    Assign,
    /// The reviewers start.
    Start,
    /// Somebody of CMS writes a note, about the contract or a rate.
    Remark,
    /// A department asks about the contract or a rate.
    Ask,
    /// The state answers what is open.
    Answer,
    /// The departments are done with what was answered.
    CloseRounds,
    /// The reviewers sign off.
    SignOff,
    /// DMCO objects, the others sign off.
    Object,
    /// The objection is taken back.
    Reopen,
    /// A reviewer gives the package back to the state.
    Unlock,
    /// An administrator takes that back.
    UndoUnlock,
    /// The state changes what it was asked to change.
    Revise,
    /// The state sends the next version.
    Resubmit,
    /// The approver approves.
    Approve,
    /// An administrator takes that back.
    UndoApproval,
    /// A reviewer withdraws the package.
    Withdraw,
    /// A reviewer takes that back.
    UndoWithdraw,
    /// A reviewer withdraws the other package whose rate this one links: this one replaces it.
    Replace,
    /// A reviewer withdraws a rate alone.
    WithdrawRate,
    /// A reviewer takes that back.
    BringRateBack,
    /// An administrator corrects what was sent.
    Correct,
    /// An administrator takes that back.
    UndoCorrection,
}

impl Deed {
    /// Whether it can be done with a submission that stands so. What others did meanwhile may have made it impossible:
    /// then it is left.
    pub fn possible_from(self, status: ContractReviewStatus) -> bool {
        match self {
            Self::Begin => false,
            Self::FillInContract | Self::FillInRates | Self::FillInContacts => status == ContractReviewStatus::Draft,
            Self::Submit => A::Submit.possible_from(status),
            Self::Unlock => A::Unlock.possible_from(status),
            Self::UndoUnlock => A::UndoUnlock.possible_from(status),
            Self::Revise | Self::Resubmit => A::Resubmit.possible_from(status),
            Self::Approve => A::Approve.possible_from(status),
            Self::UndoApproval => A::UndoApproval.possible_from(status),
            Self::Withdraw => A::Withdraw.possible_from(status),
            Self::UndoWithdraw => A::UndoWithdraw.possible_from(status),
            Self::Correct | Self::UndoCorrection => A::Correct.possible_from(status),
            Self::Ask | Self::Answer | Self::CloseRounds => takes_questions(status),
            Self::Remark => status != ContractReviewStatus::Draft,
            Self::NoteNumber
            | Self::Take
            | Self::Assign
            | Self::Start
            | Self::SignOff
            | Self::Object
            | Self::Reopen
            | Self::Replace
            | Self::WithdrawRate
            | Self::BringRateBack => status.under_review(),
        }
    }
}
