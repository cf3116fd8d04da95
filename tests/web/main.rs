//! The product over HTTP, as people and browsers without scripts use it; one module per place.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod assets;
mod assignments;
mod case_file;
mod corrections;
mod documents;
mod exports;
mod forged_fields;
mod forgery;
mod forms;
mod fuzz;
mod heads;
mod held_forms;
mod help;
mod history_page;
mod keys;
mod life;
mod limits;
mod list_chosen;
mod list_counts;
mod list_filters;
mod list_search;
mod live;
mod matrix;
mod not_saved;
mod notes;
mod notices;
mod outages;
mod questions;
mod rates;
mod refused_forms;
mod reviews;
mod sessions;
mod settings;
mod sign_in;
mod state_side;
mod statements;
mod storm;
mod submission_list;
mod submission_page;
mod texts;
mod versions;
mod views;
mod walk;
mod work;
