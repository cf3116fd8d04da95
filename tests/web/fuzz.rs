//! Whatever is sent, to whatever address, by whoever may send something there: it is answered, and never as a fault of
//! ours. What was refused has changed nothing.
//!
//! The routes are the table's, the fields those of the pages' own forms, the names in addresses those that the code reads.
//! The tests send some thousand requests, the same each time; `MC_REVIEW_FUZZ_REQUESTS` orders another number, each time of
//! others, and `MC_REVIEW_FUZZ_SEED` sends the same again. Whatever fails is told as it was sent.

mod ground;
mod names;
mod raw;
mod request;
mod values;
mod walker;

use std::sync::Mutex;
use std::time::Instant;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use ground::Ground;
use walker::Walker;

/// How many requests are sent among the other tests.
const REQUESTS: usize = 2_500;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// What panicked in a server or on a thread of one. That of a test has its name, with colons.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Writes down what panics in servers from now on.
fn hear_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !std::thread::current().name().is_some_and(|name| name.contains("::") || name == "main") {
            PANICS.lock().expect("nobody panics holding it").push(info.to_string());
        }
        before(info);
    }));
}

#[tokio::test]
async fn no_request_is_answered_with_a_fault_of_ours_or_not_at_all() {
    hear_panics();
    let ordered = number("MC_REVIEW_FUZZ_REQUESTS");
    let wanted = ordered.map_or(REQUESTS, |requests| requests as usize);
    let seed = number("MC_REVIEW_FUZZ_SEED").unwrap_or_else(|| if ordered.is_some() { rand::random() } else { 20 });
    println!("MC_REVIEW_FUZZ_SEED={seed}");
    let begin = Instant::now();
    let ground = Ground::prepared().await;
    println!("{} pages, {} forms, {:?}", ground.places.len(), ground.desks.len(), begin.elapsed());
    let mut rng = StdRng::seed_from_u64(seed);
    let mut places = ground.places.clone();
    let mut desks = ground.desks.clone();
    places.shuffle(&mut rng);
    desks.shuffle(&mut rng);

    // Reading takes less than half of it; every page and every form has its turn.
    let (each, each_form) = (wanted * 4 / 10 / places.len(), wanted * 6 / 10 / desks.len());
    let mut walker = Walker::begin(&ground, rng).await;
    for place in &places {
        walker.read(place, each.max(1)).await;
    }
    for desk in &desks {
        walker.post(desk, each_form.max(1)).await;
    }
    println!("{}, {:.0} s; seed {seed}", walker.counts(), begin.elapsed().as_secs_f64());
    let untouched: Vec<&String> = ground.routes.iter().filter(|route| !walker.touched.contains(*route)).collect();
    assert!(untouched.is_empty(), "nothing was sent to {untouched:?}");
    walker.intact().await;
    let panics = PANICS.lock().expect("nobody panics holding it");
    assert!(panics.is_empty(), "panics, MC_REVIEW_FUZZ_SEED={seed}:\n{}", panics.join("\n"));
    let wrong = walker.wrong;
    assert!(
        wrong.is_empty(),
        "{} faults, MC_REVIEW_FUZZ_SEED={seed} sends the same again:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
