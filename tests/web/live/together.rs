//! Nothing is lost: after a break of the stream, after one of the database, and between several copies of the server.

use mc_review::domain::lifecycle::Decision;

use super::{Stream, newest, of};
use crate::support::World;

#[tokio::test]
async fn a_browser_that_comes_back_gets_what_it_missed() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    let mut stream = Stream::open(&dana, &of(&story)).await;
    world.ask("sam.lee", &story, None).await;
    let first = stream.told().await.id.unwrap();
    drop(stream);
    world.unlock("sam.lee", &story).await;
    let missed = newest(&world, "unlocked").await;
    for on in [of(&story), "on=list:submissions".to_owned()] {
        let mut back = Stream::reopen(&dana, &on, first).await;
        while back.told().await.id != Some(missed) {}
        // And what the page was drawn with counts where the browser was never told anything.
        let mut anew = Stream::open(&dana, &format!("{on}&since={}", missed - 1)).await;
        assert_eq!(anew.told().await.id, Some(missed), "{on}");
    }
}

#[tokio::test]
async fn what_was_there_before_is_not_told_again() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get(&story.path("")).await;
    let drawn = page.attribute("#newest-events", "data-drawn").unwrap();
    let mut stream = Stream::open(&dana, &format!("{}&since={drawn}", of(&story))).await;
    world.decide(&story, "sam.lee", Decision::Objection).await;
    assert_eq!(stream.told().await.id, Some(newest(&world, "review_objected").await));
}

#[tokio::test]
async fn what_is_done_through_one_copy_is_told_through_the_other() {
    let world = World::start().await;
    let other = world.another();
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let dana = other.browser();
    dana.sign_in("dana.ruiz").await;
    let mut here = Stream::open(&sam, &of(&story)).await;
    let mut there = Stream::open(&dana, &of(&story)).await;
    let started = dana.get(&story.path("")).await.form("Start DMCO").press("Start DMCO").await;
    assert_eq!(started.status(), 303, "{}", started.reading());
    let seq = newest(&world, "review_started").await;
    assert_eq!((here.told().await.id, there.told().await.id), (Some(seq), Some(seq)));
}

#[tokio::test]
async fn after_a_break_of_the_database_what_happened_meanwhile_is_told() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    let mut stream = Stream::open(&dana, &of(&story)).await;
    let listening =
        "select count(*) from pg_stat_activity where datname = current_database() and query like 'LISTEN %'";
    assert_eq!(world.count(listening).await, 1, "one connection listens, however many read");
    let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and query like 'LISTEN %'";
    assert_eq!(world.count(cut).await, 1);
    // Nobody hears this one: the next connection reads on.
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    assert_eq!(stream.told().await.id, Some(newest(&world, "review_signed_off").await));
    while world.count(listening).await != 1 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    world.unlock("sam.lee", &story).await;
    assert_eq!(stream.told().await.id, Some(newest(&world, "unlocked").await));
    assert_eq!(dana.get(&story.path("")).await.status(), 200);
}
