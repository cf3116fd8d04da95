//! Taking an unlock, an approval or a withdrawal back.

use mc_review::domain::lifecycle::Decision;

use super::{departments, do_it, form, intact, rate_status, status};
use crate::support::World;

#[tokio::test]
async fn an_undone_unlock_leaves_everything_as_the_unlock_met_it() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.unlock("sam.lee", &story).await;
    let added = world.add_rate("maya.lindqvist", &story).await;
    let alex = world.signed_in("alex.morgan").await;
    let page = alex.get(&story.path("undo-unlock")).await;
    assert!(!page.text("main").contains(&added), "CMS sees no draft");
    assert_eq!(do_it(&alex, &story, "undo-unlock", "Undo unlock").await, "MN-0001 is not unlocked any more.");
    assert_eq!(
        (status(&world, &story.key).await, rate_status(&world, &rate).await),
        ("submitted".into(), "submitted".into())
    );
    assert_eq!(departments(&world).await, ["DMCO not_started", "DMCP not_started", "OACT not_started"]);
    assert_eq!(world.count("select count(*) from rate_review where deleted_at is not null").await, 1);
    assert_eq!(world.count("select count(*) from contract_submission where discarded_at is not null").await, 1);

    let maya = world.signed_in("maya.lindqvist").await;
    let told = maya.get(&story.path("")).await.text(".banner");
    assert!(
        told.contains("CMS administrator") && told.contains("Your edits since the unlock are set aside."),
        "{told}"
    );
    // Unlocked once more, the numbers go on.
    world.unlock("sam.lee", &story).await;
    assert_eq!(world.count("select max(revision)::bigint from contract_submission").await, 3);
    world.send("maya.lindqvist", &story).await;
    assert!(maya.get(&story.path("")).await.text(".overview").contains("Version 3"));
    intact(&world).await;
}

#[tokio::test]
async fn decisions_stand_again_when_an_unlock_is_undone() {
    let world = World::start().await;
    let story = world.decided("maya.lindqvist", "sam.lee", Decision::Objection).await;
    world.unlock("sam.lee", &story).await;
    assert_eq!(departments(&world).await, ["DMCO awaiting_state"]);
    let alex = world.signed_in("alex.morgan").await;
    do_it(&alex, &story, "undo-unlock", "Undo unlock").await;
    assert_eq!(departments(&world).await, ["DMCO objection"]);
    let panel = alex.get(&story.path("")).await.text("#department-reviews");
    assert!(panel.contains("Objection on version 1"), "{panel}");
    intact(&world).await;
}

#[tokio::test]
async fn an_undone_approval_can_be_approved_again() {
    let world = World::start().await;
    let story = world.approved("maya.lindqvist", "sam.lee", "dana.ruiz").await;
    let alex = world.signed_in("alex.morgan").await;
    assert_eq!(do_it(&alex, &story, "undo-approval", "Undo approval").await, "MN-0001 is not approved any more.");
    assert_eq!(status(&world, &story.key).await, "submitted");
    assert_eq!(world.count("select count(*) from contract_review where released_on is not null").await, 0);
    assert_eq!(departments(&world).await, ["DMCO signed_off"]);
    let maya = world.signed_in("maya.lindqvist").await;
    let told = maya.get(&story.path("")).await.text(".banner");
    assert!(told.contains("Approval undone") && told.contains("As agreed on the phone."), "{told}");
    let dana = world.signed_in("dana.ruiz").await;
    let again = dana.get(&story.path("approve")).await.form(&story.path("approve"));
    assert_eq!(again.set("released_on", "03/10/2026").press("Approve").await.status(), 303);
    assert_eq!(status(&world, &story.key).await, "approved");
    intact(&world).await;
}

#[tokio::test]
async fn what_can_not_be_done_leads_back_with_the_reason() {
    let world = World::start().await;
    let story = world.approved("maya.lindqvist", "sam.lee", "dana.ruiz").await;
    let sam = world.signed_in("sam.lee").await;
    for deed in ["unlock", "withdraw", "undo-withdraw"] {
        let answer = sam.get(&story.path(deed)).await;
        assert_eq!((answer.status(), answer.location()), (303, story.path("").as_str()), "{deed}");
        let news = answer.follow().await.text(".usa-alert__text");
        assert!(news.starts_with("MN-0001 is approved since") && news.contains("Dana Ruiz (DMCO)"), "{deed}: {news}");
    }
}

#[tokio::test]
async fn a_deed_after_a_withdrawal_says_what_came_between() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let unlock = form(&sam, &story, "unlock").await.set("reason", "Dates.");
    world.withdraw("dana.ruiz", &story).await;
    let refused = unlock.press("Unlock").await;
    assert_eq!(refused.status(), 409);
    let said = refused.text("main");
    assert!(said.contains("MN-0001 is withdrawn since") && said.contains("Dana Ruiz (DMCO)"), "{said}");
    assert_eq!(status(&world, &story.key).await, "withdrawn");
}
