//! The pages that belong to no feature: landing, help, accessibility, privacy, and whether the product is alive.

mod health;
mod pages;
mod subject;

pub use health::{healthz, readyz};
pub use pages::{Reason, SIGN_IN, accessibility, help, home, not_found, privacy};
pub use subject::subject;
