//! `mc-review verify-history`

use sqlx::PgPool;

use super::say;
use crate::history;

/// Says whether the history is whole, and everything that is not.
pub async fn verify_history(db: &PgPool) -> anyhow::Result<()> {
    let verified = history::verify(db).await?;
    for finding in &verified.findings {
        say(finding);
    }
    let found = verified.findings.len();
    anyhow::ensure!(found == 0, "The history is not whole: {found} findings, above.");
    say(format_args!(
        "The history is whole: {} entries about {} subjects were checked.",
        verified.entries, verified.subjects
    ));
    Ok(())
}
