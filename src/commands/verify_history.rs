//! `mc-review verify-history`

use sqlx::PgPool;

use super::say;
use crate::config::Config;
use crate::domain::clock::Clock;
use crate::history::{self, Signatures};
use crate::startup;

/// At most so many findings of a kind are named.
const NAMED: usize = 100;

/// Says whether the history is whole and what was signed, and everything that is not.
pub async fn verify_history(config: &Config, db: &PgPool, clock: &Clock) -> anyhow::Result<()> {
    let key = startup::history_key(config, false)?;
    let report = history::verify_all(db).await?;
    report.breaks.iter().take(NAMED).for_each(say);
    let files = startup::file_store(config)?;
    let signed = history::verify_checkpoints(db, &*files, clock, key.as_ref()).await?;
    signed.findings.iter().take(NAMED).for_each(say);
    if key.is_none() {
        say("HISTORY_KEY is not given: the signatures of checkpoints were not checked.");
    }
    let found = report.breaks.len() + signed.findings.len();
    anyhow::ensure!(found == 0, "The history is not whole: {found} findings, the first of them above.");
    say(format_args!(
        "The history is whole: {} entries about {} subjects were checked.",
        report.entries, report.subjects
    ));
    say(what_is_signed(&signed));
    Ok(())
}

fn what_is_signed(signed: &Signatures) -> String {
    let Signatures { checkpoints, entries, newest, since: (since, _), .. } = signed;
    match newest {
        Some(newest) => {
            format!("{checkpoints} checkpoints cover {entries} entries. {since} came after the newest, of {newest}.")
        }
        None => "There are no checkpoints yet, so whoever can write the database could have rewritten it.".to_owned(),
    }
}
