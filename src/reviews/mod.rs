//! The deeds of the CMS side: department reviews, their reviewers, and approving packages.

mod approval;
mod approve;
pub(crate) mod conflict;
mod deeds;
mod panel;
mod people;
mod queries;
mod review;
mod reviewers;
mod standing;
mod status;
mod waiting;

pub use approval::{Approval, approve};
pub use approve::{get as approve_page, post as approve_post};
pub use conflict::{how_taken, taken_at};
pub use deeds::{Decided, How, Unwritten, decide, make_missing, reopen, set_reviewers, start};
use panel::respond;
pub use panel::{Panel, panel, rate_panel};
pub use people::{Candidate, candidates};
pub use queries::{PackageReviews, lock, lock_all, of_package, of_subject, of_submission, visible};
pub use review::{DepartmentReview, Reviewer, Subject};
pub use reviewers::{get as reviewers_page, post as reviewers_post};
pub use standing::{Order, Place, Sorted, push_programs};
pub use status::{get as status_page, post as status_post};
pub use waiting::{Cause, give_back, resume, wait};
