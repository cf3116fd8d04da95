//! `mc-review verify-history`

use sqlx::PgPool;

use super::say;
use crate::history;

/// At most so many findings are named.
const NAMED: usize = 100;

/// Says whether the history is whole, and everything that is not.
pub async fn verify_history(db: &PgPool) -> anyhow::Result<()> {
    let report = history::verify_all(db).await?;
    for found in report.breaks.iter().take(NAMED) {
        say(found);
    }
    let found = report.breaks.len();
    anyhow::ensure!(found == 0, "The history is not whole: {found} findings, the first of them above.");
    say(format_args!(
        "The history is whole: {} entries about {} subjects were checked.",
        report.entries, report.subjects
    ));
    Ok(())
}
