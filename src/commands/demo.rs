//! `mc-review demo`

use clap::Args;
use sqlx::PgPool;

use super::say;
use crate::config::Config;
use crate::demo::{self, Wanted};
use crate::domain::clock::Clock;
use crate::startup;

/// Enough for variety, and loaded in seconds.
const LIVED_THROUGH: u32 = 1000;

#[derive(Debug, Args)]
pub struct DemoOptions {
    /// The number of submissions to add.
    #[arg(long, default_value_t = 200)]
    submissions: u32,
    /// Another number gives another world, the same number the same one.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Do nothing if there are submissions already.
    #[arg(long)]
    if_empty: bool,
}

/// Loads people, programs and submissions.
pub async fn demo(config: &Config, options: &DemoOptions, db: &PgPool, clock: &Clock) -> anyhow::Result<()> {
    if options.if_empty && !demo::is_empty(db).await? {
        say("There are submissions already; nothing was added.");
        return Ok(());
    }
    demo::load(db, clock).await?;
    let files = startup::file_store(config)?;
    let wanted = Wanted { submissions: options.submissions, seed: options.seed, lived_through: LIVED_THROUGH };
    demo::load_submissions(db, &files, clock, wanted).await?;
    say(format_args!("Added {} invented submissions.", options.submissions));
    Ok(())
}
