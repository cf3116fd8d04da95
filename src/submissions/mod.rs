//! Submissions: the list, the submission page, the form a state fills in, and sending it.

mod queries;

pub use queries::{Submission, lock, open, visible};
