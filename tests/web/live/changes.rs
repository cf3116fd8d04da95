//! What came since a page was drawn, in words.

use mc_review::domain::lifecycle::Decision;
use mc_review::domain::role::Department;
use serde_json::json;

use super::newest;
use crate::support::{Browser, Page, World};

/// What came to a page since it was drawn.
async fn since(browser: &Browser, page: &Page, more: &str) -> Page {
    let address = page.attribute("#changes", "data-changes").unwrap();
    let drawn = page.attribute("[data-drawn]", "data-drawn").unwrap();
    browser.get_htmx(&format!("{address}?since={drawn}{more}")).await
}

#[tokio::test]
async fn the_banner_says_who_did_what_last_and_how_much_came() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get(&story.path("")).await;
    assert_eq!(since(&dana, &page, "").await.status(), 204, "nothing came");
    world.decide(&story, "sam.lee", Decision::Objection).await;
    let came = since(&dana, &page, "").await;
    assert_eq!(
        came.text("p"),
        "Sam Lee set DMCO review of MN-0001 to Objection at 11:30 PM ET. 1 change since you opened this page. Show it"
    );
    assert_eq!(came.attribute("p time", "datetime").as_deref(), Some("2026-03-11T03:30:00.123Z"));
    assert_eq!(came.link("Show it").as_deref(), Some("/submissions/MN-0001"));
    world.unlock("sam.lee", &story).await;
    let came = since(&dana, &page, "").await.text("p");
    assert_eq!(came, "Sam Lee unlocked MN-0001 at 11:30 PM ET. 2 changes since you opened this page. Show them");
    world.pass(time::Duration::days(1));
    dana.sign_in("dana.ruiz").await;
    let came = since(&dana, &page, "").await.text("p");
    assert!(came.starts_with("Sam Lee unlocked MN-0001 on 03/10/2026 11:30 PM ET. "), "{came}");
}

#[tokio::test]
async fn a_state_reads_of_what_concerns_it_and_of_nothing_else() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&story.path("")).await;
    world.decide(&story, "sam.lee", Decision::Objection).await;
    assert_eq!(since(&maya, &page, "").await.status(), 204);
    world.ask("sam.lee", &story, None).await;
    let came = since(&maya, &page, "").await;
    assert_eq!(
        came.text("p"),
        "Sam Lee asked round 1 of DMCO at 11:30 PM ET. 1 change since you opened this page. Show it"
    );
    assert!(!came.has("[data-row], [data-panel]"), "nothing of the departments' reviews comes with it");
}

#[tokio::test]
async fn what_one_did_oneself_is_told_only_where_it_was_done_elsewhere() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("")).await;
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    let seq = newest(&world, "review_signed_off").await;
    let came = since(&sam, &page, "").await.text("p");
    assert!(
        came.starts_with("You, in another tab, set DMCO review of MN-0001 to Signed off at 11:30 PM ET."),
        "{came}"
    );
    // A part of the page that this deed redrew shows it.
    assert_eq!(since(&sam, &page, &format!("&seen={seq}")).await.status(), 204);
    // What others did before it is still told.
    world.respond_later(&story).await;
    let came = since(&sam, &page, "&seen=999999").await.text("p");
    assert!(came.starts_with("Maya Lindqvist answered round 1 of DMCO"), "{came}");
}

#[tokio::test]
async fn the_row_of_a_review_comes_along_as_the_page_would_draw_it_now() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let (owen, ruth) = (world.signed_in("owen.park").await, world.signed_in("ruth.abara").await);
    let pages = [ruth.get(&story.path("")).await, ruth.get(&format!("/rates/{rate}")).await];
    owen.get(&story.path("")).await.form("Start DMCP").press("Start DMCP").await;
    let seq = newest(&world, "review_started").await.to_string();
    for page in pages {
        let came = since(&ruth, &page, "").await;
        let row = came.attribute("[data-row]", "data-row").unwrap();
        assert_eq!(came.attribute("[data-row]", "data-seq").as_ref(), Some(&seq));
        assert_eq!(came.text("[data-row]"), "Changed by Owen Park at 11:30 PM ET");
        let fresh = ruth.get(&page.path).await;
        let text = |page: &Page| page.text(&format!("#{row}"));
        assert_eq!(text(&came), text(&fresh));
        assert_ne!(text(&came), text(&page));
    }
}

#[tokio::test]
async fn a_new_version_is_told_and_no_row_of_it_comes_along() {
    let world = World::start().await;
    let story = world.decided("maya.lindqvist", "sam.lee", Decision::SignedOff).await;
    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get(&story.path("")).await;
    world.resent(&story, &json!({}), &json!({})).await;
    let came = since(&dana, &page, "").await;
    assert_eq!(came.text("p"), "Version 2 came at 11:30 PM ET. 2 changes since you opened this page. Reload");
    assert!(!came.has("[data-row], [data-panel]"), "controls stay those of the version that is shown");
}

#[tokio::test]
async fn a_list_says_how_much_came_and_since_when() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let maya = world.signed_in("maya.lindqvist").await;
    world.sent("maya.lindqvist").await;
    let (list, own, rates) = (sam.get("/submissions").await, maya.get("/submissions").await, sam.get("/rates").await);
    let at = format!("&at={}", list.attribute("[data-at]", "data-at").unwrap());
    for (browser, page) in [(&sam, &list), (&maya, &own), (&sam, &rates)] {
        assert_eq!(since(browser, page, &at).await.status(), 204);
    }
    world.drafted("maya.lindqvist").await;
    assert_eq!(since(&sam, &list, &at).await.status(), 204, "drafts are none of CMS's business");
    assert_eq!(since(&maya, &own, &at).await.text("p"), "1 change since 11:30 PM ET. Show");
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    // Sent, and the reviews that were made of it: of the contract, and of its rate two.
    assert_eq!(since(&sam, &list, &at).await.text("p"), "4 changes since 11:30 PM ET. Show");
    assert_eq!(since(&sam, &rates, "").await.text("p"), "3 changes since you opened this page. Show", "{rate}");
}

#[tokio::test]
async fn an_address_that_does_not_say_since_when_is_refused() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    for path in [story.path("changes"), story.path("changes?since=lately"), "/rates/changes".to_owned()] {
        assert_eq!(sam.get(&path).await.status(), 422, "{path}");
    }
    assert_eq!(sam.get("/submissions/mn-1/changes?since=0").await.location(), "/submissions/MN-0001/changes?since=0");
}

impl World {
    /// DMCO asks, and the state responds.
    async fn respond_later(&self, story: &crate::support::story::Story) {
        self.ask("sam.lee", story, None).await;
        self.respond("maya.lindqvist", story, Department::Dmco).await;
    }
}
