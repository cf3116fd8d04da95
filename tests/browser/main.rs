//! The product in real Chromium, as people with and without scripts, a mouse, or keys alone use it; one module per way.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod checks;
mod driver;
mod sent;
mod stage;
mod window;

mod assignments;
mod autosave;
mod calm;
mod conflicts;
mod corrections;
mod counts;
mod ground;
mod in_place;
mod keys;
mod kinds;
mod live;
mod looks;
mod notes;
mod paging;
mod questions;
mod rates;
mod search;
mod single_keys;
mod ticks;
mod uploads;
mod versions;
mod views;
mod way;
mod work;
