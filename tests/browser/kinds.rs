//! Submissions that go another way than the usual one.

use crate::checks::inspect;
use crate::sent::PDF;
use crate::stage::play;
use crate::way::refused;
use crate::window::Window;

#[tokio::test]
async fn a_chip_only_contract_is_kept_for_the_record() {
    play(async |stage| {
        for scripts in [true, false] {
            let state = stage.window(scripts).await;
            state.sign_in("maya.lindqvist").await;
            let submission = chip_only(&state).await;
            state.reads("Send to CMS").await;
            inspect(&state, "the review page of a CHIP-only contract").await;
            state.press("Submit to CMS").await;
            state.arrives_at(&submission).await;
            state.reads("Not subject to review").await;
            state.reads("CHIP-only contracts are kept for the record and not reviewed.").await;
            inspect(&state, "a CHIP-only submission for the state").await;

            let cms = stage.window(scripts).await;
            cms.sign_in("sam.lee").await;
            cms.open(&submission).await;
            cms.reads("Not subject to review").await;
            assert!(!cms.has("form[action$='/reviewers']").await, "{cms}: nobody takes what is not reviewed");
            assert!(!cms.has("a[href$='/approve']").await, "{cms}: nobody approves it");
            inspect(&cms, "a CHIP-only submission for CMS").await;
        }
    })
    .await;
}

/// Fills in the form; answers with the address of the submission.
async fn chip_only(state: &Window) -> String {
    state.open("/submissions/new?kind=health_plan").await;
    state.choose("Who does this contract action cover?", "CHIP-only").await;
    state.choose("Programs covered", "SNBC").await;
    state.choose("What does this submission include?", "Contract action only").await;
    state.choose("Contract action", "Base contract").await;
    state.choose("Is the contract risk-based?", "Yes").await;
    state.fill("Description", "The contract for children.").await;
    state.press("Continue").await;

    state.reads("No questions on provisions are asked of a CHIP-only base contract.").await;
    let path = state.path().await.expect("the page has an address");
    let submission = path.trim_end_matches("/edit/contract").to_owned();
    let reading = state.reading().await;
    assert!(!reading.contains("dual-eligible") && !reading.contains("1915(b) Waiver Authority"), "{state}: {reading}");
    inspect(state, "the contract page of a CHIP-only contract").await;
    state.press("Continue").await;
    refused(state, &["Upload the contract", "Choose at least one authority"]).await;
    state.attach("Add files to Contract", "contract.pdf", PDF).await;
    state.choose("Does the contract comply in full", "Yes").await;
    state.choose("Contract status", "Fully executed").await;
    state.fill("Start date", "7/1/2026").await;
    state.fill("End date", "6/30/2027").await;
    state.choose("Managed care entities", "Managed Care Organization (MCO)").await;
    state.choose("Federal authority the program operates under", "Title XXI Separate CHIP State Plan Authority").await;
    state.press("Continue").await;

    state.reads("State contact 1").await;
    let first = state.within("[id='state_contacts.0']");
    first.fill("First name", "Maya").await;
    first.fill("Last name", "Lindqvist").await;
    first.fill("Title or role", "Contract manager").await;
    first.fill("Email", "maya.lindqvist@state.example.gov").await;
    state.press("Continue").await;
    submission
}
