//! Logs: readable lines in development, JSON in production.

use anyhow::Context;
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::Environment;

/// Begins to log what `levels` says, in the syntax of `tracing`'s filters.
///
/// # Errors
/// When it is not that.
pub fn start(environment: Environment, levels: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(levels).with_context(|| format!("LOG is not understood: {levels}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    if environment == Environment::Production {
        registry.with(fmt::layer().json()).init();
    } else {
        registry.with(fmt::layer().compact().with_target(false).with_writer(std::io::stderr)).init();
    }
    Ok(())
}
