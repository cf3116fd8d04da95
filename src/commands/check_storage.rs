//! `mc-review check-storage`

use clap::Args;
use sqlx::PgPool;

use super::say;
use crate::config::Config;
use crate::documents::{Storage, check_storage as check, mend};
use crate::domain::clock::Clock;
use crate::domain::document::ScanResult;
use crate::startup;

/// At most so many findings of a kind are named.
const NAMED: usize = 100;

#[derive(Debug, Args)]
pub struct StorageOptions {
    /// Remove contents and parts of uploads that nothing has used for seven days.
    #[arg(long)]
    mend: bool,
    /// Read every content, and compare its hash too.
    #[arg(long)]
    deep: bool,
}

/// Says whether file store and tables agree; fails when a document has lost its content.
pub async fn check_storage(
    config: &Config,
    options: &StorageOptions,
    db: &PgPool,
    clock: &Clock,
) -> anyhow::Result<()> {
    let files = startup::file_store(config)?;
    let folder = startup::storage_folder(config);
    let storage = Storage { files: &files, db, clock, beginning: ScanResult::Pending };
    let found = check(storage, folder.as_deref(), options.deep).await?;
    found.lost.iter().take(NAMED).for_each(say);
    if options.mend {
        let gone = mend(storage, folder.as_deref(), &found).await?;
        say(format_args!("Removed what nothing used: {gone}."));
    } else if found.has_waste() {
        found.unused.iter().take(NAMED).for_each(|sha256| say(format_args!("{sha256}: nothing uses it.")));
        found.stray.iter().take(NAMED).for_each(|place| say(format_args!("{place}: it belongs to nothing.")));
        let waste = found.unused.len() + found.stray.len();
        say(format_args!("{waste} of these can be removed: run this again with --mend."));
    }
    let lost = found.lost.len();
    anyhow::ensure!(lost == 0, "{lost} of {} contents are lost or damaged; each is named above.", found.contents);
    let how = if options.deep { "were read and are" } else { "are there and" };
    let rest = if options.deep { "whole" } else { "have their length" };
    say(format_args!("File store and tables agree: {} contents {how} {rest}.", found.contents));
    Ok(())
}
