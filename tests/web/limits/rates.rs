//! How often something may be done.

use time::Duration;

use super::{few, only, refused};
use crate::support::World;
use crate::support::story::Story;

#[tokio::test]
async fn whoever_tries_to_sign_in_too_often_waits_and_whoever_is_signed_in_goes_on() {
    let world = World::start_with_limits(only(|table| few(&mut table.sign_ins, 3))).await;
    let sam = world.signed_in("sam.lee").await;
    world.signed_in("owen.park").await;
    world.signed_in("dana.ruiz").await;
    let browser = world.browser();
    let form = browser.get("/sign-in").await.form("Maya Lindqvist");
    let wait = refused(&form.submit().await, "too many attempts to sign in");
    assert!((1..=11).contains(&wait), "{wait}");
    assert_eq!(sam.get("/submissions").await.status(), 200);
    world.pass(Duration::seconds(wait));
    assert_eq!(form.submit().await.status(), 303);
}

#[tokio::test]
async fn a_flood_of_pages_without_anybody_signed_in_is_refused_before_it_costs_anything() {
    let world = World::start_with_limits(only(|table| few(&mut table.anonymous, 5))).await;
    let nobody = world.browser();
    for _ in 0..5 {
        assert_eq!(nobody.get("/sign-in").await.status(), 200);
    }
    let before = world.count("select count(*) from session").await;
    for _ in 0..20 {
        refused(&world.browser().get("/sign-in").await, "More pages are asked for from your network");
    }
    assert_eq!(world.count("select count(*) from session").await, before);
    for free in ["/healthz", "/readyz"] {
        assert_eq!(nobody.get(free).await.status(), 200, "{free}");
    }
}

#[tokio::test]
async fn who_asks_for_too_many_pages_stops_nobody_else() {
    let world = World::start_with_limits(only(|table| few(&mut table.requests, 10))).await;
    let (sam, owen) = (world.signed_in("sam.lee").await, world.signed_in("owen.park").await);
    for _ in 0..10 {
        sam.get("/account").await;
    }
    refused(&sam.get("/account").await, "Your account asks for more pages");
    let elsewhere = world.signed_in("sam.lee").await;
    refused(&elsewhere.get("/account").await, "Your account asks for more pages");
    assert_eq!(owen.get("/submissions").await.status(), 200);
    world.database_is_there(false).await;
    refused(&sam.get("/account").await, "Your account asks for more pages");
    assert_eq!(owen.get("/submissions").await.status(), 503, "only who is not refused costs the database anything");
}

#[tokio::test]
async fn searching_is_limited_and_looking_at_a_list_is_not() {
    let world = World::start_with_limits(only(|table| few(&mut table.searches, 2))).await;
    let sam = world.signed_in("sam.lee").await;
    for words in ["managed", "care"] {
        assert_eq!(sam.get(&format!("/submissions?q={words}")).await.status(), 200);
    }
    let wait = refused(&sam.get("/rates?q=plan").await, "You searched more often");
    let part = sam.get_htmx("/submissions?q=plan").await;
    assert_eq!((part.status(), part.header("content-type")), (429, Some("text/plain; charset=utf-8")));
    assert!(String::from_utf8_lossy(part.body()).starts_with("Too much at once. You searched"));
    assert_eq!(sam.get("/submissions").await.status(), 200);
    world.pass(Duration::seconds(wait));
    assert_eq!(sam.get("/submissions?q=plan").await.status(), 200);
}

#[tokio::test]
async fn a_form_that_is_one_too_many_comes_back_with_what_was_typed_and_can_be_sent_again() {
    let world = World::start_with_limits(only(|table| few(&mut table.posts, 1))).await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    let notes = story.path("notes");
    let form = |text: &str| {
        let (sam, notes, text) = (sam.clone(), notes.clone(), text.to_owned());
        async move { sam.get(&notes).await.form("Add note").set("text", &text) }
    };
    let first = form("The first note.").await.press("Add note").await;
    assert_eq!(first.status(), 303, "{}", first.reading());
    let second = form("A second note, soon after.").await;
    let page = second.press("Add note").await;
    let wait = refused(&page, "Your account sends more forms");
    assert_eq!(page.text("#conflict-heading"), "Not saved: too much at once");
    assert_eq!(page.texts("textarea[readonly]"), ["A second note, soon after."]);
    let part = second.press_htmx("Add note").await;
    assert_eq!((part.status(), part.header("content-type")), (429, Some("text/plain; charset=utf-8")));
    assert_eq!(world.count("select count(*) from note").await, 1);
    world.pass(Duration::seconds(wait));
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    assert_eq!(world.count("select count(*) from note").await, 2);
}

#[tokio::test]
async fn a_page_of_a_draft_that_is_one_too_many_comes_back_too_and_names_its_files() {
    let world = World::start_with_limits(only(|table| few(&mut table.posts, 1))).await;
    let (story, maya) = (world.drafted("maya.lindqvist").await, world.signed_in("maya.lindqvist").await);
    let page = saved(&world, &story, "One too many, but kept.").await;
    let wait = refused(&page, "Your account sends more forms");
    assert!(page.texts("textarea[readonly]").contains(&"One too many, but kept.".to_owned()));
    world.pass(Duration::seconds(wait));
    assert_eq!(page.form("Try again").press("Try again").await.status(), 303);
    let again = maya.get(&story.path("edit/type")).await.form("Save as draft");
    assert_eq!(again.value("submission_description").trim(), "One too many, but kept.");

    let contract = maya.get(&story.path("edit/contract")).await.form("Save as draft");
    let contract = contract.attach("documents.contract", "annex.pdf", "%PDF-1.7\nAn annex.\n%%EOF", "application/pdf");
    let before = world.count("select count(*) from blob").await;
    let page = contract.press("Save as draft").await;
    refused(&page, "This file was not uploaded, choose it again: annex.pdf.");
    assert_eq!(world.count("select count(*) from blob").await, before);
}

/// Saves the first page of a draft twice; gives the second answer.
async fn saved(world: &World, story: &Story, typed: &str) -> crate::support::Page {
    let maya = world.signed_in("maya.lindqvist").await;
    for text in ["First.", typed] {
        let form = maya.get(&story.path("edit/type")).await.form("Save as draft");
        let answer = form.set("submission_description", text).press("Save as draft").await;
        if answer.status() != 303 {
            return answer;
        }
    }
    panic!("both were saved");
}

#[tokio::test]
async fn a_forged_form_is_refused_as_forged_however_many_there_were() {
    let world = World::start_with_limits(only(|table| few(&mut table.posts, 1))).await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    for _ in 0..3 {
        let answer = sam.post(&story.path("notes"), &[("csrf", "made up"), ("text", "Press try again.")]).await;
        assert_eq!(answer.status(), 403);
        assert!(!answer.reading().contains("Press try again."), "{}", answer.reading());
    }
}
