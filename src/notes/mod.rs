//! Notes: remarks inside CMS on what a state has sent, and the people named in them. To a state there are none.

mod add;
mod mentions;
mod page;
mod queries;

pub use add::{Added, NewNote, add};
pub use mentions::{Colleague, colleagues};
pub use page::{
    get_of_rate as of_rate, get_of_submission as of_submission, post_of_rate as add_to_rate,
    post_of_submission as add_to_submission,
};
pub use queries::{Note, number, of};

use uuid::Uuid;

use crate::domain::event::Subject;
use crate::domain::id::{ContractReviewId, RateReviewId};

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A submission.
    Contract(ContractReviewId),
    /// A rate.
    Rate(RateReviewId),
}

impl About {
    /// The contract review, where it is one.
    fn contract(self) -> Option<Uuid> {
        if let Self::Contract(id) = self { Some(id.0) } else { None }
    }

    /// The rate review, where it is one.
    fn rate(self) -> Option<Uuid> {
        if let Self::Rate(id) = self { Some(id.0) } else { None }
    }

    /// Whose history tells of it.
    fn history(self) -> (Subject, Uuid) {
        match self {
            Self::Contract(id) => (Subject::ContractReview, id.0),
            Self::Rate(id) => (Subject::RateReview, id.0),
        }
    }
}
