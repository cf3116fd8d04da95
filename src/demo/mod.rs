//! Invented people, programs and submissions, for trying the product and for measuring it.

mod answers;
mod cast;
mod copies;
mod library;
mod live;
mod pdf;
mod people;
mod programs;
mod stage;
mod steps;
mod story;
mod words;

use std::sync::Arc;

use object_store::ObjectStore;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::task::JoinSet;

use crate::domain::clock::Clock;
use cast::Cast;
use library::Library;
use stage::Stage;

/// What is to be loaded.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The number of submissions.
    pub submissions: u32,
    /// The same seed gives the same ones.
    pub seed: u64,
    /// So many at most are lived through deed by deed; what is wanted beyond is copied from them.
    pub lived_through: u32,
}

/// What the dice of copying begin with; far from the numbers of submissions.
const COPYING: u64 = u64::MAX;

/// Loads what is not there yet of the demonstration people and programs.
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

/// Whether there is no submission yet.
///
/// # Errors
/// When the database fails.
pub async fn is_empty(db: &PgPool) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select not exists (select from contract_review) as "empty!""#).fetch_one(db).await
}

/// Adds submissions of the demonstration states, begun in the two years before the clock's now. The people and
/// programs are there already.
///
/// # Errors
/// When the database or the file store fails.
pub async fn load_submissions(
    db: &PgPool,
    files: &Arc<dyn ObjectStore>,
    clock: &Clock,
    wanted: Wanted,
) -> anyhow::Result<()> {
    let Wanted { submissions: count, seed, lived_through } = wanted;
    let cast = Cast::gather(&mut *db.acquire().await?).await?;
    let states = cast.states();
    let library = Library::stock(db, files, clock).await?;
    let stage = Arc::new(Stage { cast, library, now: clock.now(), seed });
    let lived = count.min(lived_through);
    // Nothing is lost that could not be loaded again: the disk need not be waited for.
    let options = PgConnectOptions::clone(&db.connect_options()).options([("synchronous_commit", "off")]);

    let mut tasks = JoinSet::new();
    for ((state, lived), all) in states.iter().zip(shares(&states, lived)).zip(shares(&states, count)) {
        let (stage, options, state) = (Arc::clone(&stage), options.clone(), state.clone());
        tasks.spawn(async move {
            let mut conn = PgConnection::connect_with(&options).await?;
            let originals = live::live_through(&mut conn, &stage, &state, lived).await?;
            conn.close().await?;
            anyhow::Ok((state, originals, all - lived))
        });
    }
    let lived = tasks.join_all().await.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    know_the_tables(db).await?;

    let mut tasks = JoinSet::new();
    for (state, originals, count) in lived.into_iter().filter(|(_, _, count)| *count > 0) {
        let (stage, options) = (Arc::clone(&stage), options.clone());
        tasks.spawn(async move {
            let mut conn = PgConnection::connect_with(&options).await?;
            let mut rng = stage.dice(&state, COPYING);
            copies::copy(&mut conn, &mut rng, &state, &originals, stage.now, count).await?;
            anyhow::Ok(conn.close().await?)
        });
    }
    tasks.join_all().await.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
    know_the_tables(db).await
}

/// Has the planner know how large the tables have become.
async fn know_the_tables(db: &PgPool) -> anyhow::Result<()> {
    sqlx::query("analyze").execute(db).await?;
    Ok(())
}

/// How many of `count` each state gets: large ones more.
fn shares(states: &[String], count: u32) -> Vec<usize> {
    let weight = |state: &str| match state {
        "TX" => 6,
        "FL" => 5,
        "MN" => 4,
        _ => 3,
    };
    let whole: usize = states.iter().map(|state| weight(state)).sum();
    let count = count as usize;
    let mut shares: Vec<usize> = states.iter().map(|state| count * weight(state) / whole.max(1)).collect();
    let given: usize = shares.iter().sum();
    // What is left over when parts are whole numbers.
    for share in shares.iter_mut().take(count - given) {
        *share += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_what_is_wanted() {
        let states = ["FL", "KY", "MN", "TX", "WI"].map(str::to_owned);
        for count in [0, 1, 7, 200, 10_001] {
            assert_eq!(shares(&states, count).iter().sum::<usize>(), count as usize);
        }
        assert_eq!(shares(&states, 210), [50, 30, 40, 60, 30]);
    }
}
