//! What somebody can try.

use mc_review::domain::lifecycle::{ContractReviewStatus as C, DepartmentReviewStatus as D, RateReviewStatus as R};

use super::rounds::Asking;
use super::{Form, Model, Place, Who};

/// Somebody tries something.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub who: Who,
    pub deed: Deed,
    /// Whether what has to be typed is typed: a reason, a summary.
    pub careful: bool,
}

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A draft is started.
    Create(Form),
    /// The answers of a draft are changed to be of another form.
    Turn(Place, Form),
    /// A rate is added, and filled in.
    Add(Place),
    Link(Place, Place),
    Remove(Place, Place),
    MoveUp(Place, Place),
    MoveDown(Place, Place),
    Send(Place),
    Delete(Place),
    Life(Place, Life),
    Approve(Place),
    /// The number of CMS's contract review system; an even one is none.
    Number(Place, u8),
    WithdrawRate(Place),
    UndoWithdrawRate(Place),
    Work(Place, Work),
    Staff(Place, Staff),
    Round(Asking),
}

/// The deeds that a reason is all it takes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Unlock,
    UndoUnlock,
    UndoApproval,
    Withdraw,
    UndoWithdraw,
}

/// The work of a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// And perhaps put oneself on it.
    Start(bool),
    SignOff,
    Object,
    Reopen,
}

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staff {
    Take,
    HandBack,
    Set(Option<Who>, Option<Who>),
}

/// How an attempt is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// It was so already: nothing changes, and nobody is refused.
    Same,
    Missing,
    Forbidden,
    Unprocessable,
    Conflict,
}

impl Answer {
    /// The status of the answer over HTTP.
    pub fn status(self) -> u16 {
        match self {
            Self::Done | Self::Same => 303,
            Self::Missing => 404,
            Self::Forbidden => 403,
            Self::Unprocessable => 422,
            Self::Conflict => 409,
        }
    }
}

impl Model {
    /// Whether everything is there that a deed is done to.
    pub fn has(&self, deed: Deed) -> bool {
        match deed {
            Deed::Create(_) => true,
            Deed::Turn(place, _) | Deed::Life(place, _) | Deed::Number(place, _) => place < self.contracts.len(),
            Deed::Add(place) | Deed::Send(place) | Deed::Delete(place) | Deed::Approve(place) => {
                place < self.contracts.len()
            }
            Deed::Link(place, rate)
            | Deed::Remove(place, rate)
            | Deed::MoveUp(place, rate)
            | Deed::MoveDown(place, rate) => place < self.contracts.len() && rate < self.rates.len(),
            Deed::WithdrawRate(rate) | Deed::UndoWithdrawRate(rate) => rate < self.rates.len(),
            Deed::Work(place, _) | Deed::Staff(place, _) => {
                self.reviews.get(place).is_some_and(|review| review.id.is_some())
            }
            Deed::Round(Asking::Ask(subject, _)) => self.knows(subject),
            Deed::Round(Asking::RemoveResponse(place, at)) => {
                self.rounds.get(place).is_some_and(|round| at < round.responses.len())
            }
            Deed::Round(Asking::Respond(place) | Asking::Close(place) | Asking::Remove(place)) => {
                place < self.rounds.len()
            }
        }
    }

    /// The status that an attempt would lead to, and of what: for trying the same with plain SQL.
    pub fn wished(&self, deed: Deed) -> Option<Wished> {
        Some(match deed {
            Deed::Send(place) => {
                let first = self.contracts[place].sent().is_none();
                Wished::Contract(place, if first { C::Submitted } else { C::Resubmitted })
            }
            Deed::Approve(place) => Wished::Contract(place, C::Approved),
            Deed::Life(place, life) => {
                let before = self.contracts[place].status_before().unwrap_or(C::Submitted);
                Wished::Contract(
                    place,
                    match life {
                        Life::Unlock => C::Unlocked,
                        Life::Withdraw => C::Withdrawn,
                        Life::UndoUnlock | Life::UndoApproval | Life::UndoWithdraw => before,
                    },
                )
            }
            Deed::WithdrawRate(place) => Wished::Rate(place, R::Withdrawn),
            Deed::UndoWithdrawRate(place) => Wished::Rate(place, self.rates[place].status_before()),
            Deed::Work(place, work) => Wished::Review(
                place,
                match work {
                    Work::SignOff => D::SignedOff,
                    Work::Object => D::Objection,
                    Work::Start(_) | Work::Reopen => D::InReview,
                },
            ),
            _ => return None,
        })
    }
}

/// A row, and the status that it is to have.
#[derive(Clone, Copy, Debug)]
pub enum Wished {
    Contract(Place, C),
    Rate(Place, R),
    Review(Place, D),
}

impl Work {
    /// The deed's own status before it.
    pub fn possible_from(self, status: D) -> bool {
        match self {
            Self::Start(_) => status == D::NotStarted,
            Self::SignOff | Self::Object => status == D::InReview,
            Self::Reopen => matches!(status, D::SignedOff | D::Objection),
        }
    }

    /// Where it leads.
    pub fn leads_to(self) -> D {
        match self {
            Self::Start(_) | Self::Reopen => D::InReview,
            Self::SignOff => D::SignedOff,
            Self::Object => D::Objection,
        }
    }

    /// The words with a decision.
    pub fn note(self) -> Option<&'static str> {
        (self == Self::Object).then_some("Not as it is.")
    }
}
