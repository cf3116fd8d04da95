//! What happened: written with every change, read back as a history, and proven untouched.

mod record;
mod since;
mod verify;

pub use record::{Actor, Happening, Row, record};
pub use since::{Told, since};
pub use verify::{Verified, verify};
