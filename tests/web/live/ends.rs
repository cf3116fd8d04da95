//! A stream ends with the session that reads it, and keeps no session alive.

use mc_review::domain::lifecycle::Decision;
use time::Duration;

use super::{Stream, of};
use crate::support::World;

#[tokio::test]
async fn without_a_session_there_is_no_stream() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let answer = world.browser().get(&format!("/live?{}", of(&story))).await;
    assert_eq!((answer.status(), answer.body()), (401, &b""[..]));
}

#[tokio::test]
async fn whoever_signed_out_is_told_nothing_any_more() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    let mut streams = [Stream::open(&dana, &of(&story)).await, Stream::open(&dana, "on=list:submissions").await];
    let out = dana.get("/account").await.form("Sign out").press("Sign out").await;
    assert_eq!(out.status(), 303);
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    for stream in &mut streams {
        stream.ends().await;
    }
}

#[tokio::test]
async fn a_stream_ends_with_its_session_though_nothing_happens() {
    let ways = [
        "delete from session",
        "update account set active = false where email like 'dana.%'",
        "update account set role = 'admin', department = null where email like 'dana.%'",
        "update session set last_seen_at = last_seen_at - interval '30 minutes'",
        "update session set signed_in_at = signed_in_at - interval '12 hours'",
    ];
    for way in ways {
        let world = World::start().await;
        let dana = world.signed_in("dana.ruiz").await;
        let mut stream = Stream::open(&dana, "on=list:submissions").await;
        sqlx::raw_sql(way).execute(&world.db).await.unwrap();
        stream.ends().await;
    }
}

#[tokio::test]
async fn reading_a_stream_and_asking_what_came_is_no_activity() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    world.pass(Duration::minutes(20));
    let mut stream = Stream::open(&dana, &of(&story)).await;
    for path in [story.path("changes?since=0"), "/submissions/changes?since=0".to_owned()] {
        assert_eq!(dana.get(&path).await.status(), 200, "{path}");
    }
    assert!(dana.get(&format!("/presence?{}", of(&story))).await.status() < 300);
    world.pass(Duration::minutes(10));
    stream.ends().await;
    assert_eq!(dana.get(&story.path("")).await.status(), 303);
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams_and_gives_no_new_one() {
    let world = World::start().await;
    let dana = world.signed_in("dana.ruiz").await;
    let mut stream = Stream::open(&dana, "on=list:rates").await;
    world.live.end();
    stream.ends().await;
    assert_eq!(dana.get("/live?on=list:rates").await.status(), 503);
    assert_eq!(dana.get("/rates").await.status(), 200, "whatever else there is goes on");
}
