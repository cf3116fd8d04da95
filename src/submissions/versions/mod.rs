//! The versions of a submission that were sent: all of them as a list, and each as it was.

mod decisions;
mod list;
mod page;
mod table;

pub use decisions::{Decision, decisions_on};
pub use list::{get as list, listed, open_draft, unlock};
pub use page::{Around, get as one};
pub use table::{Sent, VersionRow, VersionsOf, draw, sent};
