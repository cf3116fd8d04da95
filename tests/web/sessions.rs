//! How long a session lasts, and what ends it.

use time::Duration;

use crate::support::{Browser, World};

async fn seconds_left(browser: &Browser) -> (i64, i64) {
    let page = browser.get("/session").await;
    let left: serde_json::Value = serde_json::from_slice(page.body()).unwrap();
    (left["idle_seconds"].as_i64().unwrap(), left["absolute_seconds"].as_i64().unwrap())
}

#[tokio::test]
async fn a_session_ends_half_an_hour_after_the_last_thing_a_person_did() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    world.pass(Duration::minutes(29));
    assert_eq!(sam.get("/account").await.status(), 200);
    world.pass(Duration::minutes(29));
    assert_eq!(sam.get("/account").await.status(), 200);
    world.pass(Duration::minutes(30));
    let answer = sam.get("/account").await;
    assert_eq!((answer.status(), answer.location()), (303, "/sign-in?reason=ended&next=/account"));
    assert!(answer.follow().await.reading().contains("Your session has ended."));
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_whatever_is_done() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    for _ in 0..28 {
        world.pass(Duration::minutes(25));
        assert_eq!(sam.get("/account").await.status(), 200);
    }
    let (idle, absolute) = seconds_left(&sam).await;
    assert_eq!((idle, absolute), (30 * 60, 20 * 60));
    world.pass(Duration::minutes(20));
    assert_eq!(sam.get("/account").await.status(), 303);
}

#[tokio::test]
async fn asking_how_long_the_session_lasts_does_not_make_it_longer() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    for minutes in [10, 20] {
        world.pass(Duration::minutes(10));
        assert_eq!(seconds_left(&sam).await.0, (30 - minutes) * 60);
    }
    world.pass(Duration::minutes(10));
    assert_eq!(sam.get("/session").await.status(), 303);
}

#[tokio::test]
async fn staying_signed_in_makes_it_longer_up_to_the_twelve_hours() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    world.pass(Duration::minutes(28));
    assert_eq!(seconds_left(&sam).await.0, 2 * 60);
    let csrf = sam.get("/session").await.status();
    assert_eq!(csrf, 200);
    let page = sam.get("/account").await;
    world.pass(Duration::minutes(28));
    let answer = page.form("Stay signed in").press("Stay signed in").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(seconds_left(&sam).await, (30 * 60, (12 * 60 - 56) * 60));
}

#[tokio::test]
async fn a_deactivated_person_is_out_at_the_next_request() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    sqlx::query("update account set active = false where email like 'sam.lee@%'").execute(&world.db).await.unwrap();
    assert_eq!(sam.get("/account").await.status(), 303);
    // And stays out when active again: the session is gone.
    sqlx::query("update account set active = true where email like 'sam.lee@%'").execute(&world.db).await.unwrap();
    assert_eq!(sam.get("/account").await.status(), 303);
}

#[tokio::test]
async fn a_change_of_role_counts_at_the_next_request() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    assert!(maya.get("/account").await.link("Start a submission").is_some());
    sqlx::query("update account set role = 'admin', state_code = null where email like 'maya.%'")
        .execute(&world.db)
        .await
        .unwrap();
    let account = maya.get("/account").await;
    assert_eq!(account.definition("Role"), "Administrator");
    assert_eq!(account.link("Start a submission"), None);
}

#[tokio::test]
async fn a_lost_session_never_puts_a_sign_in_page_into_a_part_of_a_page() {
    let world = World::start().await;
    let answer = world.browser().get_htmx("/account").await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.header("hx-redirect"), Some("/sign-in?next=/account"));
    assert_eq!(answer.body(), b"");

    let sam = world.signed_in("sam.lee").await;
    let form = sam.get("/account").await.form("Stay signed in");
    world.pass(Duration::minutes(31));
    let answer = form.press_htmx("Stay signed in").await;
    assert_eq!(answer.status(), 401);
    assert!(
        answer.header("hx-redirect").unwrap().starts_with("/sign-in?reason=ended"),
        "{:?}",
        answer.header("hx-redirect")
    );
}

#[tokio::test]
async fn a_request_under_way_does_not_bring_an_ended_session_back() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    sqlx::query("delete from session").execute(&world.db).await.unwrap();
    assert_eq!(sam.get("/account").await.status(), 303);
    assert_eq!(world.count("select count(*) from session where account_id is not null").await, 0);
}

#[tokio::test]
async fn a_session_with_times_ahead_of_the_clock_has_ended() {
    let world = World::start().await;
    let now = world.clock.now();
    // Somebody signs in while the clock is wrong, and somebody else does something meanwhile.
    let owen = world.signed_in("owen.park").await;
    let form = owen.get("/account").await.form("Stay signed in");
    world.clock.set(now + Duration::minutes(20));
    assert_eq!(owen.get("/account").await.status(), 200);
    world.clock.set(now + Duration::days(400));
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(sam.get("/account").await.status(), 200);
    world.clock.set(now);
    for (who, name) in [(&sam, "sam"), (&owen, "owen")] {
        let answer = who.get("/account").await;
        assert_eq!((answer.status(), answer.location()), (303, "/sign-in?reason=ended&next=/account"), "{name}");
    }
    assert_eq!(form.press("Stay signed in").await.status(), 303, "no form brings it back");
    let again = world.signed_in("sam.lee").await;
    let sessions = again.get("/account").await.table("Your open sessions");
    assert_eq!(sessions.len(), 1, "what has ended is not among those that are open");
    // Nor does it stay for ever.
    let swept = async |at| mc_review::db::session_store::sweep(&world.db, at).await.unwrap();
    assert_eq!(swept(now).await, 0, "for a day it is known whose it was");
    assert_eq!(swept(now + Duration::hours(25)).await, 3);
    assert_eq!(world.count("select count(*) from session").await, 0);
}

#[tokio::test]
async fn a_clock_that_is_a_little_ahead_ends_no_session() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    world.pass(Duration::seconds(-50));
    assert_eq!(sam.get("/account").await.status(), 200);
}

#[tokio::test]
async fn of_what_a_browser_calls_itself_255_characters_are_kept() {
    let world = World::start().await;
    let name = "Browser ".repeat(1_000);
    let form = world.browser().get("/sign-in").await.form("Sam Lee");
    assert_eq!(form.header("user-agent", name.trim_end()).submit().await.status(), 303);
    let sql = "select count(*) from session where char_length(user_agent) = 255 and length(state::text) < 600";
    assert_eq!(world.count(sql).await, 1);
}
