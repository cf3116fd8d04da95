//! Searching in use: the one box of each page, keys that lead to their pages, what is typed slowly, and days that cross.

use fantoccini::key::Key;
use mc_review::domain::lifecycle::Decision;

use crate::checks::inspect;
use crate::stage::{Stage, play};

const MAYA: &str = "maya.lindqvist";

/// Three submissions that go on and one that is approved, whose key is given.
async fn furnished(stage: &Stage) -> String {
    let world = &stage.world;
    for _ in 0..3 {
        world.sent(MAYA).await;
    }
    world.decided(MAYA, "sam.lee", Decision::SignedOff).await;
    world.approved(MAYA, "sam.lee", "dana.ruiz").await.key
}

#[tokio::test]
async fn every_page_has_one_search_and_a_key_leads_to_its_page() {
    play(async |stage| {
        let approved = furnished(stage).await;
        let short = approved.replace("-000", "-").to_lowercase();
        for scripts in [true, false] {
            let sam = stage.window(scripts).await;
            sam.sign_in("sam.lee").await;
            for page in ["/work", "/submissions", "/rates", "/help", "/submissions/MN-0001"] {
                sam.open(page).await;
                let boxes = sam.ask("return document.querySelectorAll('input[type=search]').length", &[]).await;
                assert_eq!(boxes, 1, "{page}");
                if scripts {
                    sam.keys("/").await;
                    sam.focus_is("the search", |focused| focused.tag == "input").await;
                }
            }
            inspect(&sam, "a page with the search in its header").await;
            sam.within("body").fill("Search submissions", &short).await;
            sam.key(Key::Enter).await;
            sam.arrives_at(&format!("/submissions/{approved}")).await;
            sam.open("/submissions").await;
            sam.fill("Search submissions", &short).await;
            sam.key(Key::Enter).await;
            sam.arrives_at(&format!("/submissions/{approved}")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_search_that_is_typed_slowly_is_left_by_one_step_back() {
    play(async |stage| {
        let approved = furnished(stage).await;
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open("/help").await;
        sam.open("/submissions").await;
        sam.enter("Search submissions").await;
        for letter in approved.to_lowercase().chars() {
            sam.keys(&letter.to_string()).await;
            tokio::time::sleep(std::time::Duration::from_millis(550)).await;
        }
        sam.arrives_at(&format!("/submissions?usual=status&q={}", approved.to_lowercase())).await;
        sam.reads("1 submission").await;
        sam.reads("Status: all, for this search").await;
        inspect(&sam, "a search in all statuses").await;
        sam.run("history.back()").await;
        sam.arrives_at("/submissions").await;
        sam.run("history.back()").await;
        sam.arrives_at("/help").await;
    })
    .await;
}

#[tokio::test]
async fn enter_while_it_is_typed_asks_once_more_and_breaks_nothing() {
    play(async |stage| {
        furnished(stage).await;
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open("/submissions").await;
        for words in ["mcr", "quokka", "mn"] {
            sam.fill("Search submissions", words).await;
            sam.key(Key::Enter).await;
            sam.arrives_at(&format!("/submissions?usual=status&q={words}")).await;
            // What was typed and not yet asked for is not asked for again.
            tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        }
        sam.fill("Search submissions", "wallaby").await;
        sam.reads("Nothing matches “wallaby”").await;
        inspect(&sam, "a search that matches nothing").await;
    })
    .await;
}

#[tokio::test]
async fn days_that_cross_are_said_where_they_were_typed() {
    play(async |stage| {
        furnished(stage).await;
        for scripts in [true, false] {
            let sam = stage.window(scripts).await;
            sam.sign_in("sam.lee").await;
            sam.open("/submissions").await;
            sam.press("Filters (3)").await;
            sam.within(".filters__groups").press("First sent").await;
            sam.send("First sent from", "03052026").await;
            sam.send("First sent to", "03012026").await;
            sam.press("Apply").await;
            sam.reads("The first day is after the last. Change one of them.").await;
            sam.reads("First sent: 03/05/2026 is after 03/01/2026").await;
            inspect(&sam, "a range of days that ends before it begins").await;
        }
    })
    .await;
}
