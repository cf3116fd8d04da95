//! What happened: written with every change, read back as a history, and proven untouched.

mod author;
mod details;
mod record;
mod since;
mod timeline;
mod verify;
mod visits;
mod words;

pub use author::Author;
pub use details::{Details, Fate, Named, RateFate};
pub use record::{Actor, Happening, Row, record};
pub use since::{Told, since};
pub use timeline::{
    Entry, Place, Reader, RowVersions, StatusChange, TimelinePage, first_place, last_of, last_of_kind,
    last_status_change, newest, page,
};
pub use verify::{BadEntry, Break, Flaw, Report, verify_all, verify_subject};
pub use visits::{Look, Since, last_look, look};
pub use words::Line;
