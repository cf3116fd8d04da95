//! Logs: readable lines in development, JSON in production.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::Environment;

/// Begins to log. What is logged is set by the variable `LOG`, in the syntax of `tracing`'s filters.
pub fn start(environment: Environment) {
    let filter = EnvFilter::try_from_env("LOG").unwrap_or_else(|_| EnvFilter::new("warn,mc_review=info"));
    let registry = tracing_subscriber::registry().with(filter);
    if environment == Environment::Production {
        registry.with(fmt::layer().json()).init();
    } else {
        registry.with(fmt::layer().compact().with_target(false).with_writer(std::io::stderr)).init();
    }
}
