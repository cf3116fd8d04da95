//! Two people on the same thing: nothing is lost, the second learns of the first and goes on from there.

use crate::checks::inspect;
use crate::sent::{self, PDF};
use crate::stage::{Stage, play};
use crate::way::refused;
use crate::window::Window;

#[tokio::test]
async fn the_second_of_two_reviewers_reads_of_the_first_and_goes_on() {
    play(async |stage| two_reviewers(stage, true).await).await;
}

#[tokio::test]
async fn the_second_of_two_reviewers_reads_of_the_first_and_goes_on_without_scripts() {
    play(async |stage| two_reviewers(stage, false).await).await;
}

#[tokio::test]
async fn two_people_of_a_state_write_one_draft() {
    play(async |stage| two_writers(stage, true).await).await;
}

#[tokio::test]
async fn two_people_of_a_state_write_one_draft_without_scripts() {
    play(async |stage| two_writers(stage, false).await).await;
}

#[tokio::test]
async fn a_form_that_was_typed_into_is_not_replaced_unasked() {
    play(async |stage| {
        let story = stage.world.in_review("maya.lindqvist", "sam.lee").await;
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open(&story.path("")).await;
        // The rows at the top, so that the form lies below them.
        sam.run("document.getElementById('department-reviews').scrollIntoView()").await;
        sam.press("Sign off").await;
        sam.fill("Note", "In order.").await;
        sam.run("window.asked = 0; window.confirm = () => { window.asked += 1; return window.asked > 2; }").await;
        sam.press("Object").await;
        sam.press("Hand back").await;
        assert_eq!(sam.ask("return window.asked", &[]).await, 2);
        assert_eq!(sam.value("Note").await, "In order.");
        assert!(!sam.has("[aria-busy=true], [data-sending]").await, "what was not done can be pressed again");
        sam.press("Object").await;
        sam.reads("What the department objects to").await;
        sam.press("Cancel").await;
        sam.reads("Hand back").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_below_a_panel_goes_with_its_press() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let (maya, robert) = tokio::join!(stage.window(true), stage.window(true));
        for (window, name) in [(&maya, "maya.lindqvist"), (&robert, "robert.okafor")] {
            window.sign_in(name).await;
            window.open(&format!("{draft}/edit/type")).await;
        }
        robert.choose("Is the contract risk-based?", "No").await;
        robert.press("Save as draft").await;
        robert.reads("Draft saved at").await;

        maya.enter("Description").await;
        maya.keys(" Hers").await;
        maya.shows("#conflict").await;
        maya.focus_is("the field", |focused| focused.id == "submission_description").await;
        maya.keys(", typed on.").await;
        let description = maya.value("Description").await;
        assert!(description.ends_with(" Hers, typed on."), "{description}");
        maya.within("form .save-line").press("Go to the changes").await;
        maya.focus_is("the heading of the panel", |focused| focused.id == "conflict-heading").await;
        maya.sees_the_focus().await;
        inspect(&maya, "a form with the panel above it").await;
        maya.within("#conflict").press("Save").await;
        maya.reads("Draft saved at").await;
        assert_eq!(maya.value("Description").await, description);
        let both = "select count(*) from contract_submission where contract_data->>'risk_based_contract' = 'false'
            and contract_data->>'submission_description' like '%typed on.'";
        assert_eq!(stage.world.count(both).await, 1);
    })
    .await;
}

#[tokio::test]
async fn files_chosen_while_a_panel_waits_are_added_by_its_press() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let (maya, robert) = tokio::join!(stage.window(true), stage.window(true));
        for (window, name) in [(&maya, "maya.lindqvist"), (&robert, "robert.okafor")] {
            window.sign_in(name).await;
            window.open(&format!("{draft}/edit/contract")).await;
        }
        robert.choose("Contract status", "Fully executed").await;
        robert.press("Save as draft").await;
        robert.reads("Draft saved at").await;
        maya.choose("Does the contract comply in full", "No").await;
        maya.shows("#conflict").await;
        let other = [PDF, b"% another"].concat();
        maya.attach_all("Add files to Contract", &[("one.pdf", PDF), ("two.pdf", &other)]).await;
        maya.within(".uploads").reads("one.pdf Kept. It is added when you save your choices").await;
        maya.within(".uploads").reads("two.pdf Kept. It is added when you save your choices").await;
        maya.within("#conflict").press("Save").await;
        maya.reads("2 files: 2 ready").await;
        let answered = "select count(*) from contract_submission where contract_data->>'statutory_regulatory_attestation' = 'false'
            and contract_data->>'contract_execution_status' = 'EXECUTED'";
        assert_eq!(stage.world.count(answered).await, 1);
    })
    .await;
}

async fn two_reviewers(stage: &Stage, scripts: bool) {
    let submission = sent::submission(&stage.world).await;
    let (sam, kim) = tokio::join!(stage.window(scripts), stage.window(scripts));
    for (window, name) in [(&sam, "sam.lee"), (&kim, "kim.ode")] {
        window.sign_in(name).await;
        window.open(&submission).await;
    }

    // Both take it; the second learns who was first.
    sam.press("Take").await;
    sam.reads("Hand back").await;
    kim.press("Take").await;
    panel(&kim, "Sam Lee took this").await;
    inspect(&kim, "the panel after somebody else took the review").await;
    kim.open(&submission).await;

    sam.press("Start").await;
    sam.reads("1 in review").await;
    kim.open(&submission).await;

    // Both decide; the second keeps the note, reopens, and signs off with it.
    sam.press("Sign off").await;
    sam.fill("Note", "The rates are not part of it; the contract is in order.").await;
    kim.press("Object").await;
    kim.fill("What the department objects to", "Section 4 is missing.").await;
    kim.within(".inline-form").press("Object").await;
    kim.reads("Objection on version 1").await;
    sam.within(".inline-form").press("Sign off").await;
    panel(&sam, "Kim Ode").await;
    for told in ["Section 4 is missing.", "Objection", "Signed off", "Nothing was saved and nothing you typed is lost."]
    {
        sam.within("#conflict").reads(told).await;
    }
    assert_eq!(
        sam.value("Your note, as you typed it").await,
        "The rates are not part of it; the contract is in order."
    );
    inspect(&sam, "the panel after somebody else decided").await;

    sam.press("Reopen the review").await;
    sam.within(".inline-form").press("Reopen").await;
    refused(&sam, &["Say why the review is reopened."]).await;
    inspect(&sam, "the form to reopen, refused").await;
    sam.fill("Reason", "Section 4 came as a supporting document.").await;
    sam.within(".inline-form").press("Reopen").await;
    sam.reads("1 in review").await;
    sam.press("Sign off").await;
    sam.shows(".inline-form").await;
    assert_eq!(sam.value("Note").await, "The rates are not part of it; the contract is in order.", "typed once");
    sam.within(".inline-form").press("Sign off").await;
    sam.reads("Signed off on version 1").await;

    // An objection of hers from before all that meets the panel too, and every change since is told.
    kim.reads("Objection on version 1").await;
    approvers(stage, &sam, &submission).await;
}

/// An approver's form meets a review that was reopened meanwhile.
async fn approvers(stage: &Stage, sam: &Window, submission: &str) {
    let dana = stage.window(true).await;
    dana.sign_in("dana.ruiz").await;
    dana.open(&format!("{submission}/approve")).await;
    dana.fill("Release date", "03/10/2026").await;
    sam.open(submission).await;
    sam.press("Reopen").await;
    sam.fill("Reason", "One more look.").await;
    sam.within(".inline-form").press("Reopen").await;
    sam.reads("1 in review").await;
    dana.within("main").press("Approve").await;
    panel(&dana, "Sam Lee").await;
    inspect(&dana, "the panel of an approval").await;
    dana.press("Approve all the same").await;
    refused(&dana, &["Say why the package is approved although a department has not signed off."]).await;
    inspect(&dana, "the approval without every sign-off, refused").await;
    dana.fill("Reason for approving without all sign-offs", "The state needs it today.").await;
    dana.within("main").press("Approve").await;
    dana.arrives_at(submission).await;
    dana.reads("The state needs it today.").await;
    inspect(&dana, "a submission approved without every sign-off").await;
}

async fn two_writers(stage: &Stage, scripts: bool) {
    let draft = sent::draft(&stage.world).await;
    let page = format!("{draft}/edit/type");
    let (maya, robert) = tokio::join!(stage.window(scripts), stage.window(scripts));
    for (window, name) in [(&maya, "maya.lindqvist"), (&robert, "robert.okafor")] {
        window.sign_in(name).await;
        window.open(&page).await;
    }

    // Both change the description, and each something more.
    robert.fill("Description", "The contract of Robert.").await;
    robert.choose("Programs covered", "PMAP").await;
    robert.press("Save as draft").await;
    robert.reads("Draft saved at").await;
    maya.fill("Description", "The contract of Maya.").await;
    maya.choose("Contract action", "Amendment to a base contract").await;
    if !scripts {
        // With scripts the page is saved by itself.
        maya.press("Save as draft").await;
    }
    if scripts {
        // The save came by itself, so it takes nobody out of what they do.
        maya.within("#conflict").reads("Robert Okafor").await;
        maya.within("form .save-line").reads("Robert Okafor changed this draft").await;
        maya.focus_is("the answer", |focused| focused.id == "contract_type-AMENDMENT").await;
    } else {
        panel(&maya, "Robert Okafor").await;
    }
    for told in ["The contract of Robert.", "The contract of Maya.", "Programs covered", "Contract action"] {
        maya.within("#conflict").reads(told).await;
    }
    inspect(&maya, "the panel of a draft").await;
    maya.press("Save my choices").await;
    maya.shows("#conflict .usa-error-message").await;
    inspect(&maya, "the panel of a draft, sent without a choice").await;

    // A third change meets the second panel.
    robert.fill("Description", "The contract of Robert, again.").await;
    robert.press("Save as draft").await;
    robert.reads("Draft saved at").await;
    maya.choose("Description: choose", "Put mine").await;
    maya.press("Save my choices").await;
    panel(&maya, "Robert Okafor").await;
    maya.within("#conflict").reads("The contract of Robert, again.").await;
    maya.choose("Description: choose", "Put mine").await;
    maya.press("Save my choices").await;
    maya.reads("Draft saved at").await;
    assert_eq!(maya.value("Description").await, "The contract of Maya.");
    maya.reads("Robert Okafor").await;
    inspect(&maya, "the type page while a colleague works on it").await;

    // What does not collide takes one press.
    robert.open(&page).await;
    maya.choose("Is the contract risk-based?", "No").await;
    maya.press("Save as draft").await;
    maya.reads("Draft saved at").await;
    robert.fill("Description", "The contract of both.").await;
    robert.press("Save as draft").await;
    panel(&robert, "Maya Lindqvist").await;
    robert.press("Save").await;
    robert.reads("Draft saved at").await;
    assert_eq!(robert.value("Description").await, "The contract of both.");

    // A draft that is gone says so.
    maya.open(&format!("{draft}/delete")).await;
    inspect(&maya, "the page that deletes a draft").await;
    maya.press("Delete draft").await;
    refused(&maya, &[]).await;
    inspect(&maya, "the page that deletes a draft, refused").await;
    maya.tick("Delete this draft for good").await;
    maya.press("Delete draft").await;
    maya.arrives_at("/submissions").await;
    robert.open(&page).await;
    robert.reads("Page not found").await;
}

/// The conflict panel is there, names somebody, and its heading has the focus.
async fn panel(window: &Window, names: &str) {
    window.shows("#conflict").await;
    window.within("#conflict").reads(names).await;
    window.focus_is("the heading of the panel", |focused| focused.id == "conflict-heading").await;
    window.sees_the_focus().await;
}
