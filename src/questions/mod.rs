//! Questions: what departments ask a state about a contract or a rate, in rounds, and what the state responds.

mod ask;
mod case;
mod closing;
mod conflict;
mod ending;
mod exchange;
mod page;
mod queries;
mod recording;
mod respond;
mod saying;
mod standing;

pub use ask::{get as ask_page, post as ask_post};
pub use case::{OfContract, OfRate, Which};
pub use closing::{Removed, answered, close, close_answered, end, end_of_package, remove};
pub use ending::{close_page, close_post, remove_page, remove_post};
pub use exchange::{Answer, Question, Recorded, Unsaid, ask, respond};
pub use page::page;
pub use queries::{GoingOn, Round, Rounds, going_on, of_page};
pub use respond::{get as respond_page, post as respond_post};
pub use standing::{Standing, standing_on};

use uuid::Uuid;

use crate::domain::event::Subject;
use crate::domain::id::{ContractReviewId, RateReviewId};

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A contract.
    Contract(ContractReviewId),
    /// A rate.
    Rate(RateReviewId),
}

impl About {
    /// What a row is about, one of whose two columns is filled.
    fn of(contract: Option<Uuid>, rate: Option<Uuid>) -> Self {
        match rate {
            Some(rate) => Self::Rate(rate.into()),
            None => Self::Contract(contract.expect("the database holds that a question has a subject").into()),
        }
    }

    fn contract(self) -> Option<Uuid> {
        if let Self::Contract(id) = self { Some(id.0) } else { None }
    }

    fn rate(self) -> Option<Uuid> {
        if let Self::Rate(id) = self { Some(id.0) } else { None }
    }

    /// Its row.
    fn id(self) -> Uuid {
        self.history().1
    }

    /// Whose history tells of it.
    fn history(self) -> (Subject, Uuid) {
        match self {
            Self::Contract(id) => (Subject::ContractReview, id.0),
            Self::Rate(id) => (Subject::RateReview, id.0),
        }
    }
}
