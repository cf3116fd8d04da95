//! Rates: each a case of its own, with a parent contract review whose draft edits it, sent in its parent's package and
//! in others that link it.

mod children;
mod draft;
mod linkable;
mod list;
mod package;
mod page;
mod queries;
mod send;

pub use children::{ChildRate, WithdrawnRate, child, children, lock_children, set_status, withdrawn_from};
pub use draft::{Added, DraftPackage, Linked, add, link, list_change, lock, path, remove, renumber, reorder, save};
pub use linkable::{Linkable, linkable};
pub use list::get as list;
pub use package::{Content, DraftRate, RateDraft, SentFacts, SentRate, of_draft, of_version, period, were_sent};
pub use page::{head, history, history_csv, page};
pub use queries::{Parent, Rate, holding, lock_one, open, visible};
pub use send::send;
