//! MC-Review: states send CMS their Medicaid managed care contracts, CMS departments review them.
//!
//! The map of the house: [`domain`] holds the rules, [`db`] and [`web`] the kit, and each further module one part of
//! the product. `routes` is the table of contents.

pub mod accounts;
pub mod assignments;
pub mod commands;
pub mod config;
pub mod corrections;
pub mod db;
pub mod demo;
pub mod documents;
pub mod domain;
pub mod history;
pub mod home;
pub mod life;
pub mod live;
pub mod notes;
pub mod programs;
pub mod questions;
pub mod rates;
pub mod reviews;
pub mod routes;
pub mod search;
pub mod settings;
pub mod startup;
pub mod submissions;
pub mod telemetry;
pub mod views;
pub mod web;
pub mod work;
