//! Giving a package back to the state, and sending it again.

use super::{departments, do_it, done, form, intact, rate_status, status};
use crate::support::World;

#[tokio::test]
async fn a_submission_goes_back_to_its_state_and_is_sent_again_with_its_rates() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let page = sam.get(&story.path("unlock")).await;
    assert!(page.text("main").contains(&format!("these rates are unlocked: {rate}")), "{}", page.text("main"));
    assert_eq!(do_it(&sam, &story, "unlock", "Unlock").await, "MN-0001 is unlocked.");
    assert_eq!(
        (status(&world, &story.key).await, rate_status(&world, &rate).await),
        ("unlocked".into(), "unlocked".into())
    );
    assert_eq!(departments(&world).await, ["DMCO awaiting_state", "DMCP awaiting_state", "OACT awaiting_state"]);

    // CMS reads on what was sent; the state reads why, on every page of the form.
    let seen = sam.get(&story.path("")).await;
    assert!(
        seen.text(".banner").contains("Below is version 1") && seen.text(".banner").contains("As agreed on the phone.")
    );
    let review = maya.get(&story.path("")).await;
    assert_eq!((review.status(), review.location()), (303, story.path("edit/review").as_str()));
    let review = review.follow().await;
    for page in ["edit/type", "edit/contract", "edit/rates", "edit/contacts", "edit/review"] {
        assert!(maya.get(&story.path(page)).await.text("main").contains("As agreed on the phone."), "{page}");
    }

    // Nothing has to be changed, but what was has to be said.
    let send = review.form(&story.path("edit/review"));
    let refused = send.press("Resubmit to CMS").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.errors()[0], "Summarize what you changed.");
    let long =
        refused.form(&story.path("edit/review")).set("summary", &"x".repeat(2001)).press("Resubmit to CMS").await;
    assert_eq!(long.errors()[0], "Shorten this to 2000 characters; it has 2001.");
    let said =
        done(long.form(&story.path("edit/review")).set("summary", &"x".repeat(2000)).press("Resubmit to CMS").await);
    assert!(said.await.contains("was sent to CMS again. To change it, ask CMS to unlock it."));
    assert_eq!(
        (status(&world, &story.key).await, rate_status(&world, &rate).await),
        ("resubmitted".into(), "resubmitted".into())
    );
    // Nobody had begun: nobody has.
    assert_eq!(departments(&world).await, ["DMCO not_started", "DMCP not_started", "OACT not_started"]);
    assert!(sam.get(&story.path("")).await.text(".overview").contains("Version 2"));
    intact(&world).await;
}

#[tokio::test]
async fn a_sign_off_falls_back_when_a_new_version_comes_and_stays_readable() {
    use mc_review::domain::lifecycle::Decision;
    let world = World::start().await;
    let story = world.decided("maya.lindqvist", "sam.lee", Decision::SignedOff).await;
    let sam = world.signed_in("sam.lee").await;
    world.unlock("sam.lee", &story).await;
    world.send("maya.lindqvist", &story).await;
    assert_eq!(departments(&world).await, ["DMCO in_review"]);
    let panel = sam.get(&story.path("")).await.text("#department-reviews");
    assert!(panel.contains("0 of 1 signed off on version 2") && panel.contains("Version 1, Sam Lee"), "{panel}");
    assert!(panel.contains("Version 2 came since"), "{panel}");
    intact(&world).await;
}

#[tokio::test]
async fn whoever_unlocks_second_reads_who_was_first_and_a_second_press_has_one_effect() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    let (mine, hers) = (form(&sam, &story, "unlock").await, form(&dana, &story, "unlock").await);
    let mine = mine.set("reason", "Dates.");
    assert_eq!(done(mine.press("Unlock").await).await, "MN-0001 is unlocked.");
    assert_eq!(done(mine.press("Unlock").await).await, "MN-0001 is unlocked.");
    let news = done(hers.set("reason", "Programs.").press("Unlock").await).await;
    assert!(
        news.starts_with("MN-0001 is unlocked since") && news.contains("by Sam Lee (DMCO). Nothing was left to do."),
        "{news}"
    );
    assert_eq!(world.count("select count(*) from event where kind = 'unlocked'").await, 1);
    assert_eq!(world.count("select count(*) from contract_submission").await, 2);
}

#[tokio::test]
async fn an_unlock_of_a_version_that_was_not_the_one_shown_is_refused_with_what_is_new() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let old = form(&sam, &story, "unlock").await.set("reason", "Dates.");
    world.unlock("dana.ruiz", &story).await;
    world.send("maya.lindqvist", &story).await;
    let refused = old.press("Unlock").await;
    assert_eq!(refused.status(), 409);
    let said = refused.text("main");
    assert!(said.contains("Your form was about version 1. Version 2 came meanwhile: read it first."), "{said}");
    assert!(said.contains("Dates."), "what was typed stays to be copied: {said}");
    assert_eq!(status(&world, &story.key).await, "resubmitted");
}

#[tokio::test]
async fn an_unlock_needs_a_reason_and_changes_nothing_without() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let refused = form(&sam, &story, "unlock").await.set("reason", " \n ").press("Unlock").await;
    assert_eq!((refused.status(), refused.errors()[0].as_str()), (422, "Say why it is unlocked."));
    assert_eq!(status(&world, &story.key).await, "submitted");
}

#[tokio::test]
async fn a_page_drawn_from_an_earlier_draft_saves_nothing_into_the_next() {
    let world = World::start().await;
    let story = world.drafted("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let old = maya.get(&story.path("edit/contacts")).await.form(&story.path("edit/contacts"));
    world.send("maya.lindqvist", &story).await;
    world.unlock("sam.lee", &story).await;
    let refused = old.set("state_contacts.0.last_name", "Older").press("Save as draft").await;
    assert_eq!(refused.status(), 409, "{}", refused.text("main"));
    let older = "select count(*) from contract_submission where contract_data::text like '%Older%'";
    assert_eq!(world.count(older).await, 0);
}

#[tokio::test]
async fn a_save_into_a_draft_whose_unlock_was_undone_says_by_whom_and_gives_back_what_was_typed() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.unlock("sam.lee", &story).await;
    let (maya, alex) = (world.signed_in("maya.lindqvist").await, world.signed_in("alex.morgan").await);
    let form = maya.get(&story.path("edit/contacts")).await.form(&story.path("edit/contacts"));
    assert_eq!(do_it(&alex, &story, "undo-unlock", "Undo unlock").await, "MN-0001 is not unlocked any more.");
    let refused = form.set("state_contacts.0.last_name", "Newer").press("Save as draft").await;
    assert_eq!(refused.status(), 409);
    let said = refused.text("main");
    assert!(said.contains("CMS administrator undid the unlock of MN-0001") && said.contains("Newer"), "{said}");
    assert!(!said.contains("Morgan"), "the state does not read which admin: {said}");
    assert_eq!(status(&world, &story.key).await, "submitted");
}
