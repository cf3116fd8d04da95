//! Random people do random things with the same few submissions, and after each the product stands as the model does.
//!
//! The tests walk some hundred sequences; `bin/walk` walks a hundred thousand, in a release build. Sequences of one
//! life go on from where the one before left off. A life that ends in disagreement is made as short as it can be and told
//! step by step; `MC_REVIEW_WALK_SEED` walks the same lives again.

mod forms;
mod questions;
mod refused;
mod refused_rounds;
mod together;
pub mod walker;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures_util::future::join_all;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::intact;
use crate::support::World;
use walker::{Counts, Disagreement, Life, Step, Walker};

/// How many walk beside each other, each with submissions of their own.
const WALKERS: usize = 4;
/// How many sequences make a life.
const SEQUENCES_PER_LIFE: usize = 10;
/// How many sequences are walked in one world.
const SEQUENCES_PER_WORLD: usize = 2_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// How many sequences somebody ordered who wants to see it all.
pub fn ordered() -> Option<usize> {
    number("MC_REVIEW_WALK_SEQUENCES").map(|sequences| sequences as usize)
}

#[tokio::test]
async fn whatever_people_do_the_product_stands_as_the_model_says() {
    let wanted = ordered().unwrap_or(600);
    // Among the other tests the same lives are walked each time; whoever orders a walk of its own gets new ones.
    let seed = number("MC_REVIEW_WALK_SEED").unwrap_or_else(|| if ordered().is_some() { rand::random() } else { 20 });
    let (begin, mut walked, mut counts) = (Instant::now(), 0, Counts::default());
    for round in 0.. {
        if walked >= wanted {
            break;
        }
        let world = World::start().await;
        let sequences = SEQUENCES_PER_WORLD.min(wanted - walked);
        let over = AtomicBool::new(false);
        let lives = sequences.div_ceil(SEQUENCES_PER_LIFE * WALKERS);
        let walks = (0..WALKERS).map(|walker| {
            let seed = seed.wrapping_add((round * WALKERS + walker) as u64);
            walk(&world, seed, lives, &over)
        });
        for outcome in join_all(walks).await {
            match outcome {
                Ok(of_one) => counts.add(&of_one),
                Err(told) => panic!("{told}\nMC_REVIEW_WALK_SEED={seed} walks it again"),
            }
        }
        intact(&world).await;
        walked += lives * SEQUENCES_PER_LIFE * WALKERS;
    }
    counts.complete();
    println!("{walked} sequences, {counts}, {:.0} s; seed {seed}", begin.elapsed().as_secs_f64());
}

/// Mostly short sequences, now and then one of fifty steps.
fn lives() -> impl Strategy<Value = Life> {
    let step = || {
        let dice = (proptest::bool::weighted(0.75), proptest::bool::weighted(0.15), proptest::bool::weighted(0.9));
        (dice, 0..1_000_usize, 0..10_000_usize).prop_map(|((possible, late, careful), kind, which)| Step {
            possible,
            late,
            careful,
            kind,
            which,
        })
    };
    let sequence = prop_oneof![40 => vec(step(), 1..=4), 4 => vec(step(), 5..=15), 1 => vec(step(), 16..=50)];
    vec(sequence, SEQUENCES_PER_LIFE)
}

/// Walks so many lives; tells the shortest that ends in disagreement.
pub async fn walk(world: &World, seed: u64, lives: usize, over: &AtomicBool) -> Result<Counts, String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let strategy = self::lives();
    let mut counts = Counts::default();
    let mut walker = Walker::arrive(world).await;
    for _ in 0..lives {
        let life = strategy.new_tree(&mut runner).expect("every value is one").current();
        if over.load(Ordering::Relaxed) {
            break;
        }
        match walker.live(&life).await {
            Ok(of_life) => counts.add(&of_life),
            Err(found) => {
                over.store(true, Ordering::Relaxed);
                return Err(tell(&shortest(&mut walker, found).await));
            }
        }
    }
    Ok(counts)
}

/// Takes the steps anew and anew, each time with some left out, as long as they still end in disagreement. What is left
/// out are steps that were taken, not throws of the dice: the others keep their meaning.
async fn shortest(walker: &mut Walker<'_>, mut found: Disagreement) -> Disagreement {
    let mut part = found.steps.len() / 2;
    while part > 0 {
        let mut from = 0;
        while from < found.steps.len() {
            let mut fewer = found.steps.clone();
            fewer.drain(from..(from + part).min(found.steps.len()));
            match walker.relive(&fewer).await {
                Err(shorter) => found = shorter,
                Ok(_) => from += part,
            }
        }
        part /= 2;
    }
    found
}

fn tell(found: &Disagreement) -> String {
    let mut text = "product and model differ after:\n".to_owned();
    for step in &found.told {
        let _ = writeln!(text, "  {step}");
    }
    for difference in &found.differences {
        let _ = writeln!(text, "{difference}");
    }
    text
}
