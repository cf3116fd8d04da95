//! Invented people, programs and submissions, for trying the product and for measuring it.

pub mod people;
pub mod programs;

use sqlx::PgPool;

use crate::domain::clock::Clock;

/// Loads what is not there yet of the demonstration world.
///
/// # Errors
/// When the database fails.
pub async fn load(db: &PgPool, clock: &Clock) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    people::load(&mut tx, clock).await?;
    programs::load(&mut tx, clock).await?;
    tx.commit().await?;
    Ok(())
}
