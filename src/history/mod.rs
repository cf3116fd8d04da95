//! What happened: written with every change, read back as a history, and proven untouched.

mod author;
mod checkpoint;
mod details;
mod filter;
mod news;
mod record;
mod since;
mod status;
mod timeline;
mod verify;
mod verify_checkpoints;
mod visits;
mod words;

pub use author::Author;
pub use checkpoint::{HistoryKey, sign};
pub use details::{Details, Fate, Named, RateFate};
pub use filter::{Filter, Somebody, people};
pub use news::{News, news};
pub use record::{Actor, Happening, Row, record};
pub use since::{Told, since};
pub use status::{StatusChange, last_of, last_status_change, last_status_change_and_last, led_to_status};
pub use timeline::{Entry, Place, Reader, RowVersions, TimelinePage, all, first_place, newest, page};
pub use verify::{BadEntry, Break, Flaw, Report, verify_all, verify_page};
pub use verify_checkpoints::{Signatures, verify_checkpoints};
pub use visits::{Look, Since, last_look, look};
pub use words::Line;
