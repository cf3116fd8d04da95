//! The main job from end to end: a state sends a contract, DMCO reviews it, an approver approves it, all read about it.

use crate::checks::inspect;
use crate::sent::PDF;
use crate::stage::{Stage, play};
use crate::window::Window;

#[tokio::test]
async fn a_contract_goes_the_whole_way() {
    play(async |stage| whole_way(stage, true).await).await;
}

#[tokio::test]
async fn a_contract_goes_the_whole_way_without_scripts() {
    play(async |stage| whole_way(stage, false).await).await;
}

async fn whole_way(stage: &Stage, scripts: bool) {
    let state = stage.window(scripts).await;
    state.sign_in("maya.lindqvist").await;
    let submission = write(&state).await;
    send(&state, &submission).await;

    let cms = stage.window(scripts).await;
    cms.sign_in("sam.lee").await;
    find(&cms, &submission).await;
    take_and_start(&cms).await;
    cms.becomes("alex.morgan").await;
    assign(&cms, &submission).await;
    cms.becomes("sam.lee").await;
    sign_off(&cms, &submission).await;
    cms.becomes("dana.ruiz").await;
    approve(&cms, &submission).await;
    cms.press("See the whole history").await;
    for told in ["Maya Lindqvist", "Sam Lee", "Alex Morgan", "Dana Ruiz", "The contract is in order.", "Record intact"]
    {
        cms.reads(told).await;
    }
    inspect(&cms, "the history for CMS").await;

    state.open(&submission).await;
    state.reads("Approved").await;
    assert!(!state.has("#department-reviews").await, "a state sees nothing of department reviews");
    inspect(&state, "the approved submission for the state").await;
    state.press("See the whole history").await;
    state.reads("Dana Ruiz").await;
    assert!(!state.reading().await.contains("Alex Morgan"), "who assigned whom is no business of the state");
    inspect(&state, "the history for the state").await;
}

/// Fills in the form pages; answers with the address of the submission.
async fn write(state: &Window) -> String {
    state.reads("No submissions yet").await;
    inspect(state, "the empty list of a state").await;
    state.within("header").press("Start a submission").await;
    state.reads("What are you sending?").await;
    inspect(state, "the choice of a kind").await;
    state.press("Start").await;
    refused(state, &["Choose what you are sending"]).await;
    inspect(state, "the choice of a kind, refused").await;
    state.choose("What are you sending?", "Health plan contract").await;
    state.press("Start").await;
    state.reads("Programs covered").await;

    inspect(state, "the type page, new").await;
    state.press("Continue").await;
    refused(state, &["Choose who is covered", "Choose at least one program", "Describe the submission"]).await;
    inspect(state, "the type page, new and refused").await;
    state.choose("Who does this contract action cover?", "Medicaid").await;
    state.choose("Programs covered", "SNBC").await;
    state.choose("What does this submission include?", "Contract action only").await;
    state.choose("Contract action", "Base contract").await;
    state.choose("Is the contract risk-based?", "Yes").await;
    state.fill("Description", "The contract for the coming year.").await;
    state.press("Continue").await;

    // The name of the page stands among the steps of the one before, too.
    state.reads("Supporting documents").await;
    let path = state.path().await.expect("the page has an address");
    let submission = path.trim_end_matches("/edit/contract").to_owned();
    assert!(submission.starts_with("/submissions/MN-"), "the draft has its number: {path}");
    contract(state).await;
    contacts(state).await;
    submission
}

async fn contract(state: &Window) {
    inspect(state, "the contract page").await;
    state.press("Continue").await;
    refused(state, &["Upload the contract", "Enter the start date", "Choose at least one entity"]).await;
    inspect(state, "the contract page, refused").await;
    state.attach("Add files to Contract", "contract.pdf", PDF).await;
    upload(state, "Upload to Contract").await;
    state.reads("contract.pdf").await;
    state.attach("Add files to Supporting documents", "notes.txt", b"").await;
    upload(state, "Upload to Supporting documents").await;
    state.shows(if state.scripts { ".uploads .files__message" } else { ".files .usa-error-message" }).await;
    inspect(state, "the contract page with a file that is not taken").await;
    state.choose("Does the contract comply in full", "No").await;
    state.fill("What does not comply", "438.6(c), by the end of the year.").await;
    state.choose("Contract status", "Fully executed").await;
    state.fill("Start date", "7/1/2026").await;
    state.fill("End date", "not a day").await;
    state.choose("Managed care entities", "Managed Care Organization (MCO)").await;
    state.choose("Federal authority the program operates under", "1915(b) Waiver Authority").await;
    state.choose("Is the contract tied to a dual-eligible", "No").await;
    for provision in state.within(".provision-questions").legends().await {
        state.choose(&provision, "No").await;
    }
    state.press("Continue").await;
    refused(state, &["Enter End date as MM/DD/YYYY, for example 07/01/2026."]).await;
    assert_eq!(state.value("End date").await, "not a day", "what was typed is not lost");
    inspect(state, "the contract page with a day that is none").await;
    state.fill("End date", "6/30/2027").await;
    state.press("Continue").await;
}

/// With scripts a chosen file goes up at once.
pub async fn upload(state: &Window, button: &str) {
    if !state.scripts {
        state.press(button).await;
    }
}

async fn contacts(state: &Window) {
    state.reads("State contact 1").await;
    inspect(state, "the contacts page").await;
    let first = state.within("[id='state_contacts.0']");
    first.fill("First name", "Maya").await;
    first.fill("Last name", "Lindqvist").await;
    first.fill("Title or role", "Contract manager").await;
    first.fill("Email", "maya.lindqvist@state.example.gov").await;
    state.press("Add another contact").await;
    state.reads("State contact 2").await;
    state.focus_is("the new contact's first field", |focused| focused.name == "First name").await;
    let second = state.within("[id='state_contacts.1']");
    second.fill("Email", "nobody").await;
    state.press("Continue").await;
    refused(state, &["Enter an email address like name@example.gov."]).await;
    inspect(state, "the contacts page, refused").await;
    state.press("Save as draft").await;
    refused(state, &["Enter an email address like name@example.gov."]).await;
    second.fill("Email", "").await;
    state.press("Remove contact 2").await;
    state.focus_is("the button that adds", |focused| focused.name == "Add another contact").await;
    state.press("Save as draft").await;
    state.reads("Draft saved at").await;
    state.focus_is("the message", |focused| focused.name.starts_with("Draft saved at")).await;
    inspect(state, "the contacts page, saved").await;
    state.press("Continue").await;
}

async fn send(state: &Window, submission: &str) {
    state.reads("Send to CMS").await;
    inspect(state, "the review page, complete").await;
    state.press("Submit to CMS").await;
    state.arrives_at(submission).await;
    state.reads("was sent to CMS. To change it, ask CMS to unlock it.").await;
    inspect(state, "the submission for the state, just sent").await;
    state.press("contract.pdf").await;
    state.open("/submissions").await;
    state.reads("Submitted").await;
    inspect(state, "the list of a state").await;
}

/// By the list and its filters.
async fn find(cms: &Window, submission: &str) {
    cms.open("/submissions").await;
    inspect(cms, "the list for CMS").await;
    cms.press("Filters").await;
    inspect(cms, "the list with its filters open").await;
    cms.press("Kind").await;
    cms.tick("Health plan").await;
    if !cms.scripts {
        cms.press("Apply").await;
    }
    cms.reads("Kind: Health plan").await;
    let address = cms.path().await.unwrap_or_default();
    assert!(address.contains("kind=health_plan"), "the address holds the filter: {address}");
    cms.press("Submission").await;
    cms.press(submission.trim_start_matches("/submissions/")).await;
    cms.arrives_at(submission).await;
    inspect(cms, "the submission for CMS, nobody on it").await;
}

async fn take_and_start(cms: &Window) {
    cms.press("Take").await;
    done_in_place(cms, "primary reviewer Sam Lee").await;
    cms.press("Start").await;
    cms.reads("1 in review").await;
    done_in_place(cms, "in review").await;
    inspect(cms, "the submission for CMS, in review").await;
}

/// With scripts the row says what became of it, has the focus, and it is announced; without, a message says so.
async fn done_in_place(cms: &Window, words: &str) {
    if cms.scripts {
        cms.announces(words).await;
        cms.focus_is("the status of the row", |focused| focused.tag == "span").await;
        cms.sees_the_focus().await;
    } else {
        cms.shows(".flash").await;
        assert!(cms.text(".flash").await.contains(words), "the message says {words}");
    }
}

async fn assign(cms: &Window, submission: &str) {
    cms.open(submission).await;
    cms.press("Assign DMCO").await;
    cms.shows(".inline-form").await;
    inspect(cms, "the submission with the reviewers' form").await;
    cms.select("Secondary reviewer", "Sam Lee").await;
    cms.within(".inline-form").press("Assign").await;
    refused(cms, &["Primary and secondary reviewer must be two people."]).await;
    inspect(cms, "the reviewers' form, refused").await;
    cms.select("Secondary reviewer", "Kim Ode").await;
    cms.within(".inline-form").press("Assign").await;
    cms.reads("Kim Ode (secondary)").await;
    done_in_place(cms, "secondary reviewer Kim Ode").await;
}

async fn sign_off(cms: &Window, submission: &str) {
    cms.open(submission).await;
    cms.press("Object").await;
    cms.shows(".inline-form").await;
    cms.within(".inline-form").press("Object").await;
    refused(cms, &["Say what you object to."]).await;
    inspect(cms, "the form of an objection, refused").await;
    cms.open(submission).await;
    cms.press("Sign off").await;
    cms.shows(".inline-form").await;
    cms.focus_is("the heading of the form", |focused| !cms.scripts || focused.tag == "h2").await;
    inspect(cms, "the form to sign off").await;
    cms.fill("Note", "The contract is in order.").await;
    cms.within(".inline-form").press("Sign off").await;
    cms.reads("Signed off on version 1").await;
    cms.arrives_at(submission).await;
    done_in_place(cms, "signed off on version 1").await;
    inspect(cms, "the submission for CMS, signed off").await;
}

async fn approve(cms: &Window, submission: &str) {
    cms.open(submission).await;
    cms.reads("Ready to approve").await;
    cms.press("Approve").await;
    cms.reads("Release date").await;
    inspect(cms, "the form to approve").await;
    cms.fill("Release date", "03/11/2026").await;
    cms.within("main").press("Approve").await;
    // In Washington it is still the day before.
    refused(cms, &["The release date can't be after today."]).await;
    inspect(cms, "the form to approve, refused").await;
    cms.fill("Release date", "3/10/2026").await;
    cms.within("main").press("Approve").await;
    cms.arrives_at(submission).await;
    cms.reads("is approved").await;
    inspect(cms, "the approved submission for CMS").await;
}

/// The page came back with these among its problems: they have the focus, and each leads to its control.
pub async fn refused(window: &Window, problems: &[&str]) {
    window.shows("#problems").await;
    for problem in problems {
        window.within("#problems").reads(problem).await;
    }
    window.focus_is("the problems", |focused| focused.id == "problems").await;
    window.sees_the_focus().await;
    let lost = window
        .ask(
            "return [...document.querySelectorAll('#problems a')].filter((link) => {
                const control = document.getElementById(link.hash.slice(1));
                const group = control && control.closest('fieldset[aria-invalid=true], fieldset.question');
                return !control || !visible(control.labels && control.labels[0] || control)
                    || !(control.getAttribute('aria-invalid') === 'true' || group || control.matches('fieldset'));
            }).map(all)",
            &[],
        )
        .await;
    assert_eq!(lost, serde_json::json!([]), "{window}: these problems lead to no control that is marked");
    let whole_page = window.ask("return !document.querySelector('#review-form #problems')", &[]).await == true;
    if whole_page {
        let title = window.title().await;
        assert!(title.starts_with("Error: "), "{window}: the title is {title}");
    }
}
