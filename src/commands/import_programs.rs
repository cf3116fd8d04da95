//! `mc-review import-programs FILE`

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use sqlx::PgPool;

use super::say;
use crate::domain::clock::Clock;
use crate::history::Actor;
use crate::programs::{self, COLUMNS};

#[derive(Debug, Args)]
#[command(after_help = format!(
    "The file begins with the names of its columns, separated by tabs:\n{}.\n\
     It is the whole truth about the programs that it names: those that it does not call deprecated are not retired.\n\
     The others stay as they are; none is ever deleted. If any line is bad, nothing is loaded.", COLUMNS.join(", ")))]
pub struct ImportPrograms {
    /// The list of programs, as tab-separated text.
    file: PathBuf,
    /// Say what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Loads the file in one transaction, which a dry run takes back.
pub async fn import_programs(wanted: &ImportPrograms, db: &PgPool, clock: &Clock) -> anyhow::Result<()> {
    let file = tokio::fs::read(&wanted.file).await;
    let file = file.with_context(|| format!("{} can't be read", wanted.file.display()))?;
    let mut tx = db.begin().await?;
    let done = programs::import(&mut tx, clock, &Actor::product(), &file).await?;
    if wanted.dry_run {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    for step in &done.steps {
        say(&step.words);
    }
    let would = if wanted.dry_run { "Nothing was written. It would be: " } else { "" };
    say(format_args!("{would}{}", done.totals));
    Ok(())
}
