//! The database keeps the rules: each is tried with plain SQL, the right way first, then the wrong one.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "../support"]
mod support {
    pub mod database;
    pub mod search;
    pub mod standing;
}

mod bench;
mod checkpoints;
mod completeness;
mod corrections;
mod department_reviews;
mod documents;
mod exports;
mod history;
mod life;
mod lists;
mod live;
mod migrations;
mod notes;
mod people;
mod proof;
mod questions;
mod rates;
mod reports;
mod search;
mod standing;
mod text;
mod unlocks;
mod versions;
mod views;
