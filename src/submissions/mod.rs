//! Submissions: the list, the submission page, the form a state fills in, and sending it.

mod actions;
mod banner;
pub mod draft;
pub mod form;
mod head;
mod history;
mod page;
mod list;
mod queries;
mod sections;
mod sent;
pub mod submit;

pub use actions::{Actions, Approve, actions};
pub use head::{Head, SideItem, side_nav};
pub use history::history;
pub use page::page;
pub use list::get as list;
pub use queries::{Submission, lock, open, visible};
pub use sections::{Fact, FactValue, SectionView, section_views};
