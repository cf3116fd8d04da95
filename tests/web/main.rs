//! The product over HTTP, as people and browsers without scripts use it; one module per place.

#[path = "../support/mod.rs"]
mod support;

mod documents;
mod forms;
mod sign_in;
