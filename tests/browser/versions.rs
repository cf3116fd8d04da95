//! Versions and comparisons, as both sides see them.

use serde_json::json;

use crate::checks::inspect;
use crate::stage::play;

#[tokio::test]
async fn versions_are_read_and_compared() {
    play(async |stage| {
        let world = &stage.world;
        let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
        let first_look = stage.window(false).await;
        first_look.sign_in("sam.lee").await;
        first_look.open(&story.path("")).await;
        first_look.reads("Department reviews").await;
        world.pass(time::Duration::days(1));
        let answers = json!({
            "contract_date_end": "2027-06-30",
            "submission_description": "Amendment 3 extends the special needs program to twelve northern counties.\nThe withhold moves from 3 to 4.5 percent, and its measures are renewed.",
            "managed_care_entities": ["MCO", "PAHP"],
            "dsnp_contract": false,
        });
        world.resent(&story, &answers, &json!({ "rate_capitation_type": "RATE_RANGE" })).await;
        for scripts in [true, false] {
            let cms = stage.window(scripts).await;
            cms.sign_in("sam.lee").await;
            cms.open(&story.path("")).await;
            cms.reads("version 2 came").await;
            inspect(&cms, "a submission of which a version came").await;
            cms.press("Since 03/10").await;
            cms.reads("What happened since").await;
            inspect(&cms, "what came since the last look").await;
            cms.open(&story.path("compare")).await;
            cms.reads("What is certified").await;
            inspect(&cms, "a comparison").await;
            cms.select("Older", "Version 2").await;
            cms.select("Newer", "Version 1").await;
            cms.press("Compare").await;
            cms.reads("from version 2 to version 1").await;
            cms.press("Show what is equal too").await;
            cms.reads("Show only what differs").await;
            inspect(&cms, "a comparison with what is equal").await;
            cms.open(&story.path("versions")).await;
            inspect(&cms, "the versions for CMS").await;
            cms.press("Version 1").await;
            cms.reads("No department decided on this version.").await;
            inspect(&cms, "an old version for CMS").await;
            cms.open(&format!("/rates/{rate}/versions")).await;
            inspect(&cms, "the versions of a rate").await;
            cms.press("Version 1").await;
            cms.reads("Sent with").await;
            inspect(&cms, "an old version of a rate").await;
            cms.open(&format!("/rates/{rate}/compare")).await;
            cms.reads("What is certified").await;
            inspect(&cms, "a comparison of a rate").await;
        }
        world.unlock("sam.lee", &story).await;
        let state = stage.window(true).await;
        state.sign_in("maya.lindqvist").await;
        state.open(&story.path("versions")).await;
        state.reads("Version 3 is not sent yet.").await;
        inspect(&state, "the versions for the state that writes one").await;
        state.press("compare it with version 2").await;
        state.reads("No changes").await;
        inspect(&state, "a comparison with the draft").await;
    })
    .await;
}
