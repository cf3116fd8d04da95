//! The product over HTTP, as people and browsers without scripts use it; one module per place.

#[path = "../support/mod.rs"]
mod support;

mod documents;
mod refused_forms;
mod sign_in;
mod storm;
