//! Very many submissions: copies of those that were lived through, each at another time, set by set.
//!
//! A copy walks through the same statuses as its original, so that every rule of the database is asked as if people had
//! done it: numbers come from the state's counters, each status has its event, and every event its place in the chain.
//! Its rates are copied with it. A rate of another submission that the original links is left out: moved in time, the
//! copy might link it before it was ever sent. So are notes, whose authors wrote them about one submission. What was
//! given back, withdrawn or corrected is not copied at all.

mod contracts;
mod documents;
mod history;
mod originals;
mod rates;
mod reviews;

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sqlx::{Connection, PgConnection};
use time::{Duration, OffsetDateTime};

use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::forms::Programs;
use crate::domain::id::ContractReviewId;
use crate::submissions::draft;
use contracts::Contracts;
use history::Rows;
use originals::Original;
use rates::Rates;

/// So many copies are made in one transaction.
const BATCH: usize = 500;

/// An original, and when its copy is to be.
struct Choice<'a> {
    original: &'a Original,
    /// The weeks, mostly negative, by which the copy is later.
    weeks: i64,
}

impl Choice<'_> {
    fn begins(&self) -> OffsetDateTime {
        self.original.begins + Duration::weeks(self.weeks)
    }
}

/// Makes `count` copies of `originals`, all of one state.
///
/// # Errors
/// When the database fails or refuses.
pub async fn copy(
    conn: &mut PgConnection,
    rng: &mut StdRng,
    state_code: &str,
    originals: &[ContractReviewId],
    now: OffsetDateTime,
    count: usize,
) -> anyhow::Result<()> {
    let programs = draft::programs(conn, &Clock::set_to(now), state_code).await?;
    let originals = originals::find(conn, originals, now).await?;
    anyhow::ensure!(!originals.is_empty(), "no submission of {state_code} can be copied: live through more");
    let mut choices = Vec::with_capacity(count);
    for _ in 0..count {
        let Some(original) = originals.choose(rng) else { break };
        choices.push(Choice { original, weeks: rng.random_range(original.weeks.0..=original.weeks.1) });
    }
    // Numbers are given in the order of time.
    choices.sort_by_key(|choice| (choice.begins(), choice.original.id));
    for chosen in choices.chunks(BATCH) {
        let mut tx = conn.begin().await?;
        let batch = Batch::of(&mut tx, (state_code, &programs), chosen).await?;
        batch.insert(&mut tx).await?;
        batch.walk(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What is made of whom.
#[derive(Default)]
struct Batch {
    contracts: Contracts,
    rates: Rates,
    department_reviews: Rows,
}

impl Batch {
    /// Takes the numbers and makes the keys.
    async fn of(
        conn: &mut PgConnection,
        (state_code, programs): (&str, &Programs),
        chosen: &[Choice<'_>],
    ) -> anyhow::Result<Self> {
        let contracts = i32::try_from(chosen.len())?;
        let rates = i32::try_from(chosen.iter().map(|choice| choice.original.rates.len()).sum::<usize>())?;
        let last = sqlx::query!(
            "update state set last_contract_number = last_contract_number + $2, last_rate_number = last_rate_number + $3
              where code = $1 returning last_contract_number, last_rate_number",
            state_code,
            contracts,
            rates,
        )
        .fetch_one(conn)
        .await?;
        let mut contract_numbers = last.last_contract_number - contracts + 1..;
        let mut rate_numbers = last.last_rate_number - rates + 1..;
        let mut batch = Self::default();
        for choice in chosen {
            let (clock, original) = (Clock::set_to(choice.begins()), choice.original);
            let weeks = i32::try_from(choice.weeks)?;
            let number = contract_numbers.next().expect("there is always a further number");
            let package = batch.contracts.add(&clock, state_code, original, weeks, number);
            batch.department_reviews.add_reviews(&clock, &original.reviews, (package.review, ""), weeks);
            for rate in &original.rates {
                let number = rate_numbers.next().expect("there is always a further number");
                let (copy, key) = batch.rates.add(&clock, (state_code, programs), rate, package, weeks, number);
                batch.department_reviews.add_reviews(&clock, &rate.reviews, (copy, &key), weeks);
            }
        }
        Ok(batch)
    }

    /// The drafts.
    async fn insert(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        self.contracts.insert(conn).await?;
        self.rates.insert(conn).await
    }

    /// Everything that happened to the originals, in its order. Contract and rates go hand in hand, and so do the
    /// departments: what brought their reviews to a version happened before what brought any of them to the next.
    async fn walk(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        self.contracts.reviews.tell_kind(conn, Kind::Created).await?;
        self.rates.reviews.tell_kind(conn, Kind::Created).await?;
        self.rates.submit(conn).await?;
        self.rates.reviews.tell_kind(conn, Kind::Submitted).await?;
        self.contracts.submit(conn).await?;
        self.contracts.reviews.tell_kind(conn, Kind::Submitted).await?;
        reviews::make(conn, &self.department_reviews).await?;
        self.department_reviews.tell(conn, 1).await?;
        self.contracts.note_numbers(conn).await?;
        self.contracts.reviews.tell_kind(conn, Kind::MccrsNumberSet).await?;
        for version in 2..=reviews::last_version(conn, &self.department_reviews).await? {
            reviews::change(conn, &self.department_reviews, version).await?;
            self.department_reviews.tell(conn, version).await?;
        }
        self.contracts.approve(conn).await?;
        self.contracts.reviews.tell_kind(conn, Kind::Approved).await
    }
}
