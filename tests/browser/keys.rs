//! The core of the work with keys alone; the focus is visible wherever it goes.

use fantoccini::key::Key;

use crate::sent;
use crate::stage::play;
use crate::way::refused;

#[tokio::test]
async fn signing_in_and_out_takes_no_mouse() {
    play(async |stage| {
        let window = stage.window(true).await;
        window.open("/sign-in").await;
        window.key(Key::Tab).await;
        assert_eq!(window.focused().await.name, "Skip to main content");
        window.key(Key::Enter).await;
        window.focus_is("the main part", |focused| focused.id == "main").await;
        window.tab_to("Sign in as Dana Ruiz").await;
        window.key(Key::Enter).await;
        window.shows(".account summary").await;

        window.open("/account").await;
        window.tab_to("Account menu: Dana Ruiz").await;
        window.key(Key::Enter).await;
        window.shows(".account[open]").await;
        window.key(Key::Escape).await;
        assert!(!window.has(".account[open]").await, "Escape closes the menu");
        window.focus_is("the menu", |focused| focused.name.starts_with("Account menu")).await;
        window.key(Key::Enter).await;
        window.tab_to("Sign out").await;
        window.key(Key::Enter).await;
        window.reads("You are signed out").await;
        assert!(!window.has(".account").await, "nobody is signed in");
    })
    .await;
}

#[tokio::test]
async fn a_review_is_found_taken_started_and_signed_off_by_keys() {
    play(async |stage| {
        let submission = sent::submission(&stage.world).await;
        let key = submission.trim_start_matches("/submissions/").to_owned();
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open("/submissions").await;
        sam.tab_to(&key).await;
        sam.key(Key::Enter).await;
        sam.arrives_at(&submission).await;

        sam.tab_to(&format!("Take DMCO review of {key}")).await;
        sam.key(Key::Enter).await;
        sam.announces("primary reviewer Sam Lee").await;
        sam.focus_is("the status", |focused| focused.name == "Not started").await;
        sam.tab_to(&format!("Start DMCO review of {key}")).await;
        sam.key(Key::Enter).await;
        sam.focus_is("the status", |focused| focused.name == "In review").await;
        sam.announces("in review").await;
        sam.tab_to(&format!("Object DMCO review of {key}")).await;
        sam.key(Key::Enter).await;
        sam.focus_is("the heading of the form", |focused| focused.tag == "h2").await;
        sam.tab_to("Object").await;
        sam.key(Key::Enter).await;
        refused(&sam, &["Say what you object to."]).await;
        sam.tab_to("Say what you object to.").await;
        sam.key(Key::Enter).await;
        sam.focus_is("the field", |focused| focused.name == "What the department objects to").await;
        sam.tab_to("Cancel").await;
        sam.key(Key::Enter).await;
        sam.tab_to(&format!("Sign off DMCO review of {key}")).await;
        sam.key(Key::Enter).await;
        sam.focus_is("the heading of the form", |focused| focused.tag == "h2").await;
        sam.tab_to("Note").await;
        sam.keys("In order.").await;
        sam.tab_to("Sign off").await;
        sam.key(Key::Enter).await;
        sam.focus_is("the status", |focused| focused.name == "Signed off on version 1").await;
        sam.announces("signed off on version 1").await;
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_filled_in_by_keys_and_a_date_by_typing() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&format!("{draft}/edit/contract")).await;
        maya.tab_to("Yes").await;
        maya.key(Key::Space).await;
        maya.tab_to("Start date").await;
        maya.keys("7/1/2026").await;
        maya.key(Key::Tab).await;
        assert_eq!(maya.value("Start date").await, "7/1/2026", "it stays as typed");
        maya.key(Key::Enter).await;
        maya.shows(".usa-date-picker--active .usa-date-picker__calendar__date--selected").await;
        maya.key(Key::Escape).await;
        maya.tab_to("End date").await;
        maya.keys("the last of June").await;
        // Enter in a line goes on; the date that is none comes back as it was typed.
        maya.key(Key::Enter).await;
        refused(&maya, &["Enter End date as MM/DD/YYYY, for example 07/01/2026."]).await;
        assert_eq!(maya.value("Start date").await, "7/1/2026", "as it was typed");
        assert_eq!(maya.value("End date").await, "the last of June");
        maya.tab_to("Enter End date as MM/DD/YYYY, for example 07/01/2026.").await;
        maya.key(Key::Enter).await;
        maya.focus_is("the field", |focused| focused.name == "End date").await;
    })
    .await;
}
