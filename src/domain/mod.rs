//! The rules of contract review, without I/O: nothing here knows the web or the database.

pub mod clock;
pub mod correction;
pub mod document;
pub mod event;
pub mod forms;
pub mod id;
pub mod key;
pub mod lifecycle;
pub mod naming;
pub mod permission;
pub mod role;
pub mod text;
