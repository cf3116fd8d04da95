//! Sixty-four people change the same ten reviews and four drafts at once: no change is lost, and whoever comes second
//! learns who was first.
//!
//! In the tests it blows for three seconds; `bin/storm` has it blow for a minute, in a release build.

mod clients;
mod ledger;
pub mod people;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use mc_review::history;

use crate::support::World;
use ledger::{Counts, Ledger};
use people::Scene;

/// How many people act at the same time.
const CLIENTS: usize = 64;
/// How many submissions are reviewed.
const SUBMISSIONS: usize = 10;
/// How many drafts are written.
const DRAFTS: usize = 4;

#[tokio::test]
async fn sixty_four_people_at_once_lose_no_change_and_every_refusal_names_who_and_when() {
    let seconds = std::env::var("MC_REVIEW_STORM_SECONDS").map_or(3, |text| text.parse().expect("a number of seconds"));
    let world = World::start().await;
    let scene = Scene { cases: people::sent(&world, SUBMISSIONS).await, drafts: people::drafted(&world, DRAFTS).await };
    let people = people::add(&world, CLIENTS).await;
    let clients = join_all(people.iter().map(|person| person.arrive(&world))).await;

    let begin = Instant::now();
    let until = begin + Duration::from_secs(seconds);
    let acted = join_all(clients.into_iter().map(|client| clients::act(client, &scene, until))).await;
    let took = begin.elapsed();

    let (looked, posts): (Vec<u64>, Vec<_>) = acted.into_iter().unzip();
    let posts = posts.concat();
    let counts = Ledger::read(&world.db).await.check(&posts);
    let report = history::verify_all(&world.db).await.expect("the history can be read");
    assert!(report.intact(), "{:?}", report.breaks);
    tell(&counts, looked.iter().sum::<u64>() + posts.len() as u64, took);
}

/// One line for people and for `bin/bench`.
fn tell(counts: &Counts, requests: u64, took: Duration) {
    assert!(counts.accepted > 0 && counts.refused > 0, "{counts:?}: nothing happened, or nobody came second");
    println!(
        "{CLIENTS} clients on {SUBMISSIONS} reviews and {DRAFTS} drafts for {:.0} s: {} changes accepted, {} refused, {} already so, 0 lost; {} requests/s",
        took.as_secs_f64(),
        counts.accepted,
        counts.refused,
        counts.already_so,
        (requests as f64 / took.as_secs_f64()).round(),
    );
}
