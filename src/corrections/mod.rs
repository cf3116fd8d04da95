//! Corrections: what an administrator puts right about a submission or a rate that was sent, as an addition beside it.
//! What was sent stays as it is; pages, reports and the next version go by the correction until it is undone.

mod case;
mod correct;
mod mark;
mod page;
mod panel;
mod post;
mod wish;

pub use case::{Case, FirstSent, first_sent_of_rate};
pub use correct::{Change, correct};
pub use mark::Mark;
pub use page::{rate_page, submission_page};
pub use post::{rate_post, submission_post};
