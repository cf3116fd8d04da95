//! `HEAD`: the answer to `GET` without its body, and without anything done or noted.

use reqwest::Method;
use time::Duration;

use crate::matrix::{PEOPLE, ROWS, address, furnished};
use crate::support::{Browser, Page, World};

async fn head(browser: &Browser, address: &str) -> Page {
    browser.send(browser.request(Method::HEAD, address)).await
}

/// The headers of an answer that do not differ from one request to the next.
fn headers(page: &Page) -> Vec<(String, String)> {
    // A head begins no session, so it sets no cookie.
    page.headers().into_iter().filter(|(name, _)| !["date", "set-cookie"].contains(&name.as_str())).collect()
}

#[tokio::test]
async fn the_head_of_every_page_is_that_of_the_page_and_nothing_follows_it() {
    let (world, things) = furnished().await;
    let mut people = Vec::new();
    for (_, name) in PEOPLE {
        people.push(world.signed_in(name).await);
    }
    let mut compared = 0;
    for (route, thing, _, expected) in ROWS.iter().filter(|(route, ..)| route.starts_with("GET")) {
        let address = address(&things, route, *thing);
        let mut asking = vec![world.browser()];
        for status in [200, 204, 303, 403, 404] {
            let somebody = expected.iter().position(|found| *found == status);
            asking.extend(somebody.map(|place| people[place].clone()));
        }
        for browser in asking {
            // Looking changes what is seen next: who looks for the second time reads of no news.
            browser.get(&address).await;
            let (alone, whole) = (head(&browser, &address).await, browser.get(&address).await);
            let length = alone.header("content-length").map(str::to_owned);
            assert_eq!((alone.status(), headers(&alone)), (whole.status(), headers(&whole)), "{route} of {thing:?}");
            assert_eq!(alone.body(), b"", "{route} of {thing:?}");
            let is_stream = whole.header("content-type") == Some("text/event-stream");
            assert!(is_stream || length.is_none_or(|length| length == whole.body().len().to_string()), "{route}");
            compared += 1;
        }
    }
    assert!(compared > 200, "only {compared} were compared");
}

/// Everything that is kept of somebody's looking.
async fn noted(world: &World) -> Vec<i64> {
    let mut counts = Vec::new();
    for sql in [
        "select count(*) from session",
        "select count(*) from export",
        "select count(*) from event",
        "select count(*) from visit",
        "select count(*) from presence",
        "select count(*) from mention where opened_at is not null",
        "select extract(epoch from max(last_seen_at))::bigint from session",
    ] {
        counts.push(world.count(sql).await);
    }
    counts
}

#[tokio::test]
async fn asking_for_heads_does_nothing_and_is_noted_nowhere() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    let form = sam.get(&story.path("notes")).await.form("Add note").set("text", "Ask @Dana Ruiz.");
    assert_eq!(form.press("Add note").await.status(), 303);
    world.pass(Duration::minutes(5));
    let before = noted(&world).await;
    let live = format!("/live?on=submission:{}", story.key);
    for address in [
        "/submissions.csv?status=any",
        "/submissions.xlsx",
        "/work.csv",
        "/assignments.csv",
        &story.path(""),
        &story.path("notes"),
        &story.path("case-file.zip"),
        &live,
    ] {
        for _ in 0..2 {
            assert_eq!(head(&dana, address).await.status(), 200, "{address}");
        }
    }
    assert_eq!(head(&world.browser(), "/sign-in").await.status(), 200);
    assert_eq!(head(&world.browser(), "/healthz").await.status(), 200);
    assert_eq!(noted(&world).await, before);

    // The message waits for a page that shows it, and one that a head would lead to is not left.
    assert_eq!(head(&sam, &story.path("notes")).await.status(), 200);
    assert_eq!(
        sam.get(&story.path("notes")).await.flash().as_deref(),
        Some("Your note was added. Dana Ruiz is named in it.")
    );
    assert_eq!(head(&dana, &story.path("undo-withdraw")).await.status(), 303);
    assert_eq!(dana.get("/submissions").await.flash(), None);
    // And what only takes forms is no page to either.
    assert_eq!(head(&sam, "/work/take").await.status(), sam.get("/work/take").await.status());
}
