//! Corrections by an administrator: their forms, the marks that both sides read, and what two who correct at once meet.

use serde_json::json;

use crate::checks::inspect;
use crate::sent::PDF;
use crate::stage::{Stage, play};
use crate::support::story::Story;
use crate::window::Window;

/// A reason with a word that is longer than a narrow window.
const REASON: &str =
    "Noted wrongly, see /records/managed-care/2026/minnesota/special-needs-basic-care/letter-of-the-third-of-march.";

#[tokio::test]
async fn what_is_corrected_is_read_with_its_marks_by_both_sides() {
    play(async |stage| {
        let (story, rate) = stage.world.sent_with_rate("maya.lindqvist").await;
        let admin = stage.window(true).await;
        admin.sign_in("alex.morgan").await;
        admin.open(&story.path("")).await;
        admin.within("#main").press("Correct").await;
        admin.reads("Nothing was corrected.").await;
        inspect(&admin, "a submission of which nothing was corrected").await;
        every_correction(&admin, &story).await;
        admin.open(&story.path("correct")).await;
        inspect(&admin, "the corrections of a submission").await;
        admin.press("Undo: Document added").await;
        inspect(&admin, "the form that undoes a correction").await;

        let here = format!("/rates/{rate}/correct");
        admin.open(&here).await;
        inspect(&admin, "a rate of which nothing was corrected").await;
        for what in ["first_sent", "document_added"] {
            admin.open(&format!("{here}?what={what}")).await;
            inspect(&admin, &format!("the form that corrects a rate: {what}")).await;
        }
        first_sent(&admin, &here, "03/02/2026").await;
        marks(stage, &story, &rate).await;
        stage.world.resent(&story, &json!({}), &json!({})).await;
        admin.open(&story.path("compare?from=1&to=2&show=all")).await;
        admin.reads("Withdrawn from view by").await;
        inspect(&admin, "a comparison with corrections").await;
    })
    .await;
}

/// Makes a correction of each kind.
async fn every_correction(admin: &Window, story: &Story) {
    let here = story.path("correct");
    admin.press("Correct when it was first sent").await;
    admin.fill("Date", "someday").await;
    admin.within("main form").press("Correct").await;
    admin.reads("There are 2 problems on this page").await;
    inspect(admin, "a correction that was refused").await;
    first_sent(admin, &here, "03/02/2026").await;

    let opened = async |what: &str| {
        admin.open(&format!("{here}?what={what}")).await;
        inspect(admin, &format!("the form that corrects a submission: {what}")).await;
    };
    opened("contract_action").await;
    admin.choose("Contract action", "Base contract").await;
    corrected(admin).await;
    opened("document_dated").await;
    admin.choose("Document", "contract.pdf").await;
    admin.fill("Date", "03/02/2026").await;
    admin.fill("Time of day", "9:30 AM").await;
    corrected(admin).await;
    opened("document_added").await;
    admin.attach("Contract document", "Annex_to_the_contract_of_special_needs_basic_care_2026.pdf", PDF).await;
    corrected(admin).await;
    opened("document_withdrawn").await;
    admin.choose("Document", "MN-0001 contract.pdf").await;
    corrected(admin).await;
}

async fn first_sent(admin: &Window, here: &str, day: &str) {
    admin.open(&format!("{here}?what=first_sent")).await;
    admin.fill("Date", day).await;
    admin.fill("Time of day", "9:30 AM").await;
    corrected(admin).await;
}

async fn corrected(admin: &Window) {
    admin.fill("Reason", REASON).await;
    admin.within("main form").press("Correct").await;
    admin.reads("is corrected: ").await;
}

/// The pages that show what was corrected, with and without scripts.
async fn marks(stage: &Stage, story: &Story, rate: &str) {
    for (name, scripts) in [("sam.lee", true), ("maya.lindqvist", false)] {
        let window = stage.window(scripts).await;
        window.sign_in(name).await;
        for (path, what) in [
            (story.path(""), "a submission with corrections"),
            (story.path("versions/1"), "a version with corrections"),
            (format!("/rates/{rate}"), "a rate with a correction"),
        ] {
            window.open(&path).await;
            window.reads("Noted wrongly").await;
            inspect(&window, &format!("{what}, as {name} reads it")).await;
        }
    }
}

#[tokio::test]
async fn two_who_correct_at_once_are_shown_what_the_other_did() {
    play(async |stage| {
        let story = stage.world.sent("maya.lindqvist").await;
        let here = story.path("correct");
        let first = stage.window(true).await;
        first.sign_in("alex.morgan").await;
        for (scripts, day) in [(true, "03/02/2026"), (false, "03/03/2026")] {
            let late = stage.window(scripts).await;
            late.sign_in("alex.morgan").await;
            late.open(&format!("{here}?what=first_sent")).await;
            late.fill("Date", "03/01/2026").await;
            late.fill("Reason", REASON).await;
            first_sent(&first, &here, day).await;
            late.within("main form").press("Correct").await;
            late.reads("You wanted").await;
            inspect(&late, "a correction of what another corrected meanwhile").await;
            late.press("Save my choice").await;
            late.reads("Choose one.").await;
            inspect(&late, "the same without a choice").await;
        }
        let late = stage.window(false).await;
        late.sign_in("alex.morgan").await;
        late.open(&format!("{here}?what=document_withdrawn")).await;
        late.choose("Document", "contract.pdf").await;
        late.fill("Reason", REASON).await;
        first_sent(&first, &here, "03/04/2026").await;
        late.within("main form").press("Correct").await;
        late.reads("It can still be done.").await;
        inspect(&late, "a correction beside another").await;
        late.open(&format!("{here}?what=first_sent")).await;
        late.fill("Date", "03/05/2026").await;
        late.fill("Reason", REASON).await;
        stage.world.unlock("sam.lee", &story).await;
        late.within("main form").press("Correct").await;
        late.reads("Only what is submitted").await;
        inspect(&late, "a correction of what was unlocked").await;
    })
    .await;
}
