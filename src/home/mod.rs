//! The pages that belong to no feature: landing, help, accessibility, privacy, and whether the product is alive.

mod health;
mod pages;

pub use health::{healthz, readyz};
pub use pages::{Reason, accessibility, help, home, not_found, privacy};
