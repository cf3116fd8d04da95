//! What came to somebody's work since its page was drawn: how much, and about which rows.

use mc_review::domain::lifecycle::Decision;
use mc_review::domain::role::Department;

use super::UNASSIGNED;
use crate::support::{Browser, Page, World};

/// What came to a page of the work since it was drawn, asked as its script does.
async fn since(browser: &Browser, page: &Page) -> Page {
    let [address, drawn, at] =
        ["data-changes", "data-drawn", "data-at"].map(|name| page.attribute("#results", name).unwrap());
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    browser.get_htmx(&format!("{path}?since={drawn}&seen={drawn}&at={at}&{query}")).await
}

/// The rows of the answer that the page did not show.
fn came(answer: &Page, page: &Page) -> usize {
    let shown = page.attributes("tr[data-subject]", "data-subject");
    let subjects = answer.attribute(".changes", "data-subjects").unwrap_or_default();
    subjects.split_whitespace().filter(|id| !shown.iter().any(|shown| shown == id)).count()
}

#[tokio::test]
async fn the_page_of_work_says_how_much_came_and_counts_the_rows_that_it_does_not_show() {
    let world = World::start().await;
    let first = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(UNASSIGNED).await;
    assert_eq!(page.attribute("#changes", "data-live").as_deref(), Some("work"));
    assert_eq!(since(&sam, &page).await.status(), 204, "nothing came");

    for author in ["maya.lindqvist", "elena.vargas", "maya.lindqvist"] {
        world.sent(author).await;
    }
    let answer = since(&sam, &page).await;
    assert_eq!(answer.text("p"), "6 changes since 11:30 PM ET. Show", "three were sent, each with its review");
    assert_eq!(came(&answer, &page), 3);
    // Under a filter, the rows that it lets through; on another tab, those that stand there.
    let filtered = sam.get("/work?tab=unassigned&state=TX").await;
    world.sent("elena.vargas").await;
    world.sent("maya.lindqvist").await;
    assert_eq!(came(&since(&sam, &filtered).await, &filtered), 1);
    let turn = sam.get("/work").await;
    let kim = world.signed_in("kim.ode").await;
    super::take(&kim, &first.path("")).await;
    let answer = since(&sam, &turn).await;
    assert_eq!((answer.text("p"), came(&answer, &turn)), ("1 change since 11:30 PM ET. Show".to_owned(), 0));
}

#[tokio::test]
async fn what_concerns_other_departments_alone_is_no_change_of_ones_work() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let (sam, owen) = (world.signed_in("sam.lee").await, world.signed_in("owen.park").await);
    let page = sam.get(UNASSIGNED).await;
    super::take(&owen, &format!("/rates/{rate}")).await;
    world.ask("owen.park", &story, Some(&rate)).await;
    world.drafted("maya.lindqvist").await;
    assert_eq!(since(&sam, &page).await.status(), 204);
    world.ask("sam.lee", &story, None).await;
    assert!(since(&sam, &page).await.text("p").starts_with("2 changes"), "the round, and the review that waits for it");
    let page = sam.get("/work").await;
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    let answer = since(&sam, &page).await;
    assert_eq!(came(&answer, &page), 1, "the answer is his turn");
}

#[tokio::test]
async fn a_row_that_the_page_shows_and_that_changed_is_told_but_did_not_come() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/work").await;
    let subject = page.attribute("tr[data-subject]", "data-subject").unwrap();
    assert_eq!(subject, story.id.0.to_string());
    world.unlock("kim.ode", &story).await;
    world.send("maya.lindqvist", &story).await;
    let answer = since(&sam, &page).await;
    assert_eq!(answer.attribute(".changes", "data-subjects").map(|ids| ids.trim().to_owned()), Some(subject));
    assert_eq!(came(&answer, &page), 0);
    world.decide(&story, "kim.ode", Decision::SignedOff).await;
    assert!(since(&sam, &page).await.attribute(".changes", "data-subjects").is_none(), "it is nobody's turn now");
}

#[tokio::test]
async fn an_address_that_says_too_little_or_too_much_is_refused() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(sam.get("/work/changes").await.status(), 422);
    assert_eq!(sam.get("/work/changes?since=lately").await.status(), 422);
    assert_eq!(sam.get("/work/changes?since=0&tab=mine").await.status(), 422);
    assert_eq!(sam.get("/work/changes?since=0").await.status(), 200);
    assert_eq!(world.signed_in("alex.morgan").await.get("/live?on=work").await.status(), 404);
    assert_eq!(world.signed_in("maya.lindqvist").await.get("/live?on=work").await.status(), 404);
}
