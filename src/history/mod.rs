//! What happened: written with every change, read back as a history, and proven untouched.

mod record;

pub use record::{Actor, Happening, Row, record};
