//! Two people with the same page open: what one does, the other reads, and nothing moves under a hand.

use fantoccini::key::Key;
use mc_review::domain::lifecycle::Decision;

use crate::checks::inspect;
use crate::stage::play;

/// Whether the row of a department has been swapped in.
const SWAPPED: &str = "#department-reviews tr.swapped-in";

#[tokio::test]
async fn what_one_changes_the_other_reads_above_the_heading() {
    play(async |stage| {
        let (story, rate) = stage.world.sent_with_rate("maya.lindqvist").await;
        let (sam, dana) = (stage.window(true).await, stage.window(true).await);
        sam.sign_in("sam.lee").await;
        dana.sign_in("dana.ruiz").await;
        sam.open(&story.path("")).await;
        dana.open(&story.path("")).await;
        dana.reads("Sam Lee has this open too.").await;
        sam.reads("Dana Ruiz has this open too.").await;

        sam.press("Start DMCO review of MN-0001").await;
        sam.announces("DMCO review of MN-0001: in review").await;
        dana.reads("Sam Lee set DMCO review of MN-0001 to In review at ").await;
        dana.reads("1 change since you opened this page.").await;
        dana.shows(SWAPPED).await;
        dana.reads("Changed by Sam Lee at ").await;
        inspect(&dana, "a submission that another changed").await;
        // The row is as alive as the one before: its links open in place.
        dana.within(SWAPPED).press("Object").await;
        dana.shows("#review-form form").await;
        dana.fill("What the department objects to", "The trend factor is missing.").await;

        sam.press("Hand back DMCO review of MN-0001").await;
        dana.reads("2 changes since you opened this page.").await;
        assert_eq!(dana.value("What the department objects to").await, "The trend factor is missing.");
        dana.within("#review-form").press("Object").await;
        dana.press("Object all the same").await;
        dana.reads("Objection on version 1").await;
        // What he did on this very page is no news to him.
        sam.reads("Dana Ruiz set DMCO review of MN-0001 to Objection at ").await;
        sam.reads("1 change since you opened this page. Show it").await;
        sam.within("#changes").press("Show").await;
        sam.lacks("#changes .changes").await;
        sam.reads("Objection on version 1").await;

        // The page of a rate and the lists hear of it as well.
        let owen = stage.window(true).await;
        owen.sign_in("owen.park").await;
        owen.open(&format!("/rates/{rate}")).await;
        sam.open("/submissions").await;
        owen.press("Start DMCP review of MN-R0001").await;
        sam.reads("1 change since ").await;
        inspect(&sam, "a list that is not new any more").await;
        sam.within("#changes").press("Show").await;
        sam.lacks("#changes .changes").await;
        stage.world.unlock("sam.lee", &story).await;
        owen.reads("Sam Lee unlocked MN-R0001").await;
        inspect(&owen, "a rate that another changed").await;
    })
    .await;
}

#[tokio::test]
async fn a_row_that_a_hand_is_on_stays_as_it_is() {
    play(async |stage| {
        let story = stage.world.in_review("maya.lindqvist", "sam.lee").await;
        let dana = stage.window(true).await;
        dana.sign_in("dana.ruiz").await;
        dana.open(&story.path("")).await;
        dana.tab_to("Object DMCO review of MN-0001").await;
        stage.world.decide(&story, "sam.lee", Decision::SignedOff).await;
        dana.reads("Sam Lee set DMCO review of MN-0001 to Signed off at ").await;
        assert!(!dana.has(SWAPPED).await);
        dana.focus_is("the same control", |focused| focused.name.starts_with("Object")).await;
        // The press meets what happened meanwhile.
        dana.key(Key::Enter).await;
        dana.reads("is already at").await;
    })
    .await;
}

#[tokio::test]
async fn who_is_on_the_link_to_the_changes_stays_there_as_more_come() {
    play(async |stage| {
        let story = stage.world.in_review("maya.lindqvist", "sam.lee").await;
        let dana = stage.window(true).await;
        dana.sign_in("dana.ruiz").await;
        dana.open(&story.path("")).await;
        stage.world.decide(&story, "sam.lee", Decision::SignedOff).await;
        dana.reads("1 change since you opened this page.").await;
        dana.tab_to("Show it").await;
        stage.world.unlock("kim.ode", &story).await;
        dana.reads("Kim Ode unlocked MN-0001").await;
        dana.focus_is("the link", |focused| focused.tag == "a" && focused.name != "Skip to main content").await;
    })
    .await;
}

#[tokio::test]
async fn a_new_version_is_told_and_what_is_shown_stays_that_of_the_old_one() {
    play(async |stage| {
        let story = stage.world.in_review("maya.lindqvist", "sam.lee").await;
        let (dana, maya) = (stage.window(true).await, stage.window(true).await);
        dana.sign_in("dana.ruiz").await;
        maya.sign_in("maya.lindqvist").await;
        dana.open(&story.path("")).await;
        maya.open(&story.path("")).await;
        stage.world.unlock("sam.lee", &story).await;
        dana.reads("Sam Lee unlocked MN-0001").await;
        maya.reads("Sam Lee unlocked MN-0001").await;
        inspect(&maya, "a submission that CMS unlocked while its state looked at it").await;
        stage.world.send("maya.lindqvist", &story).await;
        dana.reads("Version 2 came at ").await;
        assert!(dana.text("#department-reviews").await.contains("signed off on version 1"), "nothing was redrawn");
        dana.press("Reload").await;
        dana.lacks("#changes .changes").await;
        dana.reads("signed off on version 2").await;
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_page_is_as_ever() {
    play(async |stage| {
        let story = stage.world.in_review("maya.lindqvist", "sam.lee").await;
        let window = stage.window(false).await;
        window.sign_in("dana.ruiz").await;
        window.open(&story.path("")).await;
        inspect(&window, "a submission without scripts").await;
        assert_eq!(window.text("#changes").await, "");
    })
    .await;
}
