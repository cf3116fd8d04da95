//! Rates in a real browser: adding, filling in and linking them, their page, and their reviews.

use serde_json::json;

use crate::checks::inspect;
use crate::stage::{Stage, play};
use crate::way::refused;

const NEW: &str = "Was this rate certification sent with another submission?";

#[tokio::test]
async fn rates_are_added_linked_and_reviewed() {
    play(async |stage| rates(stage, true).await).await;
}

#[tokio::test]
async fn rates_are_added_linked_and_reviewed_without_scripts() {
    play(async |stage| rates(stage, false).await).await;
}

async fn rates(stage: &Stage, scripts: bool) {
    let world = &stage.world;
    let (sent, _) = world.sent_with_rate("maya.lindqvist").await;
    let draft = world.drafted_with("maya.lindqvist", &json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
    let state = stage.window(scripts).await;
    state.sign_in("maya.lindqvist").await;
    state.open(&draft.path("edit/rates")).await;
    inspect(&state, "the list of rates while it is empty").await;
    state.press("Continue").await;
    state.reads("There is 1 problem on this page").await;
    inspect(&state, "the list of rates that lacks one").await;

    state.press("Add a rate certification").await;
    state.press("Continue").await;
    refused(&state, &["Answer yes or no"]).await;
    inspect(&state, "the page for a new rate, refused").await;
    state.choose(NEW, "Yes, I’ll choose it").await;
    inspect(&state, "the rates to choose from").await;
    let name: String = sqlx::query_scalar("select name from rate_review").fetch_one(&world.db).await.unwrap();
    state.choose("Rate certification", &format!("MN-R0001 {name}")).await;
    state.press("Continue").await;
    state.arrives_at(&draft.path("edit/rates")).await;
    state.reads(&format!("from {}", sent.key)).await;
    inspect(&state, "the list of rates with a linked one").await;

    state.open(&draft.path("edit/rates/new")).await;
    state.choose(NEW, "No, it is new").await;
    state.press("Continue").await;
    state.arrives_at(&draft.path("edit/rates/MN-R0002")).await;
    inspect(&state, "the empty form of a rate").await;
    state.choose("Type of certification", "Amendment to a prior rate certification").await;
    state.press("Save as draft").await;
    state.reads("Draft saved at").await;
    state.press("Continue").await;
    state.reads("problems on this page").await;
    inspect(&state, "the form of a rate, refused").await;
    state.open(&draft.path("edit/review")).await;
    state.reads("Before you can submit").await;
    inspect(&state, "the review page with rates").await;
    state.open(&draft.path("edit/rates")).await;
    state.press("Remove MN-R0002").await;
    refused(&state, &["This removes 1 rate certification from the draft. Tick the box to go on."]).await;
    inspect(&state, "the list of rates that asks before it removes one").await;
    state.open("/rates/MN-R0001").await;
    inspect(&state, "the page of a rate, for its state").await;

    let cms = stage.window(scripts).await;
    cms.sign_in("ivan.petrov").await;
    cms.open(&sent.path("")).await;
    inspect(&cms, "the submission with a rate, for a reviewer of rates").await;
    cms.open("/rates/MN-R0001").await;
    inspect(&cms, "the page of a rate, for CMS").await;
    cms.press("Start OACT review of MN-R0001").await;
    cms.reads("In review").await;
    cms.open("/rates/MN-R0001/history").await;
    cms.reads("OACT review of MN-R0001 started").await;
    inspect(&cms, "the history of a rate").await;
}

#[tokio::test]
async fn a_package_whose_linked_rate_went_on_and_was_withdrawn_says_both() {
    play(async |stage| {
        let world = &stage.world;
        let (parent, rate) = world.sent_with_rate("maya.lindqvist").await;
        let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
        world.send("maya.lindqvist", &holder).await;
        world.resent(&parent, &json!({}), &json!({ "rate_capitation_type": "RATE_RANGE" })).await;
        let cms = stage.window(true).await;
        cms.sign_in("sam.lee").await;
        cms.open(&format!("/rates/{rate}/withdraw")).await;
        cms.fill("Reason", "Replaced by another.").await;
        cms.press("Withdraw rate").await;
        cms.reads("is withdrawn.").await;
        for (name, scripts) in [("sam.lee", true), ("maya.lindqvist", false)] {
            let window = stage.window(scripts).await;
            window.sign_in(name).await;
            window.open(&holder.path("")).await;
            window.reads("none is left").await;
            window.reads(&format!("Version 2 of linked rate {rate} was sent with {}", parent.key)).await;
            inspect(&window, &format!("a submission with notices, as {name} reads it")).await;
        }
    })
    .await;
}
