//! Withdrawing one rate of a package that goes on, and taking that back; the number of CMS's contract review system.

use super::{done, intact, rate_status, status};
use crate::support::{Browser, World};

async fn deed(who: &Browser, rate: &str, deed: &str, button: &str) -> String {
    let path = format!("/rates/{rate}/{deed}");
    let form = who.get(&path).await.form(&path);
    done(form.set("reason", "Replaced by another.").press(button).await).await
}

#[tokio::test]
async fn a_withdrawn_rate_is_marked_in_current_packages_and_leaves_open_drafts() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let draft = world.drafted_with_link("maya.lindqvist", &rate).await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let stale = maya.get(&draft.path("edit/review")).await.form(&draft.path("edit/review"));
    assert_eq!(deed(&sam, &rate, "withdraw", "Withdraw rate").await, format!("{rate} is withdrawn."));
    assert_eq!(
        (status(&world, &story.key).await.as_str(), rate_status(&world, &rate).await.as_str()),
        ("submitted", "withdrawn")
    );
    assert!(sam.get(&story.path("")).await.text("#rates + section").contains("Withdrawn"));

    let refused = stale.press("Submit to CMS").await;
    assert_eq!(refused.status(), 409, "the draft changed");
    assert!(refused.text("main").contains("Sam Lee"), "{}", refused.text("main"));
    let again = refused.form(&draft.path("edit/review")).press("Submit to CMS as it is now").await;
    assert_eq!(again.status(), 422);
    assert!(again.text("main").contains("Add at least one rate certification"), "{}", again.text("main"));

    assert_eq!(
        deed(&sam, &rate, "undo-withdraw", "Undo withdrawal").await,
        format!("{rate} is not withdrawn any more.")
    );
    assert_eq!(rate_status(&world, &rate).await, "submitted");
    intact(&world).await;
}

#[tokio::test]
async fn a_rate_in_an_approved_package_is_not_withdrawn() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &holder).await;
    let sam = world.signed_in("sam.lee").await;
    let path = format!("/rates/{rate}/withdraw");
    let form = sam.get(&path).await.form(&path).set("reason", "Replaced.");
    let dana = world.signed_in("dana.ruiz").await;
    let approve = dana.get(&holder.path("approve")).await.form(&holder.path("approve"));
    let approve = approve.set("released_on", "03/10/2026").set("reason", "As agreed.");
    assert_eq!(approve.press("Approve").await.status(), 303);
    let why = format!("{rate} can't be withdrawn: it is part of an approved package, MN-0002.");
    let refused = form.press("Withdraw rate").await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text("main").contains(&why), "{}", refused.text("main"));
    let answer = sam.get(&path).await;
    assert_eq!((answer.status(), answer.follow().await.text(".usa-alert__text")), (303, why));
    assert_eq!(rate_status(&world, &rate).await, "submitted");
}

#[tokio::test]
async fn a_rate_withdrawn_with_its_submission_comes_back_only_with_it() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.withdraw("sam.lee", &story).await;
    let sam = world.signed_in("sam.lee").await;
    let answer = sam.get(&format!("/rates/{rate}/undo-withdraw")).await;
    assert_eq!(answer.status(), 303);
    let news = answer.follow().await.text(".usa-alert__text");
    assert_eq!(news, format!("{rate} was withdrawn with MN-0001: it comes back with it."));
}

#[tokio::test]
async fn a_withdrawn_rate_stays_out_of_the_next_version_and_can_not_come_back_then() {
    let world = World::start().await;
    let (story, rate) = world.drafted_with_rate("maya.lindqvist").await;
    let other = world.add_rate("maya.lindqvist", &story).await;
    world.send("maya.lindqvist", &story).await;
    let sam = world.signed_in("sam.lee").await;
    deed(&sam, &rate, "withdraw", "Withdraw rate").await;
    world.unlock("sam.lee", &story).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&story.path("edit/rates")).await;
    assert!(page.text("main").contains("Withdrawn by CMS"), "{}", page.text("main"));
    world.send("maya.lindqvist", &story).await;
    assert_eq!(
        (rate_status(&world, &rate).await, rate_status(&world, &other).await),
        ("withdrawn".into(), "resubmitted".into())
    );
    let news = sam.get(&format!("/rates/{rate}/undo-withdraw")).await.follow().await.text(".usa-alert__text");
    assert_eq!(news, format!("MN-0001 was sent again without {rate}: it can't be brought back."));
    intact(&world).await;
}

#[tokio::test]
async fn the_number_of_the_contract_review_system_is_noted_changed_and_cleared() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    let path = story.path("mccrs-number");
    let form = sam.get(&path).await.form(&path);
    let refused = form.clone().set("mccrs_number", "12a").press("Save").await;
    assert_eq!(
        (refused.status(), refused.errors()[0].as_str()),
        (422, "Enter digits only, at most 20, or leave it blank.")
    );
    let hers = dana.get(&path).await.form(&path).set("mccrs_number", "99");
    assert_eq!(
        done(form.set("mccrs_number", "1234").press("Save").await).await,
        "The MC-CRS number of MN-0001 is 1234."
    );
    let panel = hers.press("Save").await;
    assert_eq!(panel.status(), 409);
    let mine = panel.form(&path).set("choose.mccrs_number", "mine").press("Save my choice").await;
    assert_eq!(done(mine).await, "The MC-CRS number of MN-0001 is 99.");
    assert!(sam.get(&story.path("")).await.text(".overview").contains("99"));
    let maya = world.signed_in("maya.lindqvist").await;
    for page in ["", "history"] {
        assert!(!maya.get(&story.path(page)).await.text("body").contains("MC-CRS"), "the state never sees it");
    }
    let cleared = sam.get(&path).await.form(&path).set("mccrs_number", "").press("Save").await;
    assert_eq!(done(cleared).await, "MN-0001 has no MC-CRS number.");
    intact(&world).await;
}
