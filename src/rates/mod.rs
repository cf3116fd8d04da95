//! Rates: each a case of its own, with a parent contract review whose draft edits it, sent in its parent's package and
//! in others that link it.

mod archive;
mod children;
mod compare;
mod draft;
mod linkable;
mod list;
mod package;
mod page;
mod queries;
mod send;
mod sent;
mod versions;

pub use archive::get as documents_zip;
pub use children::{
    ChildRate, WithdrawnRate, child, children, lock_children, sent_revision, set_status, withdrawn_from,
};
pub use compare::{get as compare, get_csv as compare_csv};
pub use draft::{Added, DraftPackage, Linked, add, link, list_change, lock, path, remove, renumber, reorder, save};
pub use linkable::{Linkable, linkable};
pub use list::{Rates, get as list, get_csv as list_csv, get_xlsx as list_xlsx, post as list_post};
pub use package::{Content, DraftRate, RateDraft, SentFacts, of_draft, period, were_sent};
pub use page::{head, history, history_csv, page};
pub use queries::{Parent, Rate, holding, lock_one, open, visible};
pub use send::send;
pub use sent::{NewerVersion, SentRate, of_version, of_version_then};
pub use versions::{list as versions, page as version};
