//! Drafts that can't be lost: saved while they are filled in, and held when the session ends.

use time::Duration;

use crate::checks::inspect;
use crate::sent;
use crate::stage::play;
use crate::window::Window;

#[tokio::test]
async fn a_draft_is_saved_while_it_is_filled_in() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let page = format!("{draft}/edit/contract");
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&page).await;
        maya.choose("Contract status", "Fully executed").await;
        maya.within("form .save-line").reads("Saved ").await;
        maya.fill("Start date", "someday").await;
        maya.choose("Managed care entities", "Managed Care Organization (MCO)").await;
        maya.within("form .save-line").reads("Not saved: 1 field needs a look").await;
        maya.shows("[id='contract_date_start-error']").await;
        let marked = "const field = document.getElementById('contract_date_start');
            return [field.getAttribute('aria-invalid'), field.getAttribute('aria-describedby')].join(' ')";
        let marks = maya.ask(marked, &[]).await;
        assert_eq!(marks, "true contract_date_start-hint contract_date_start-error");
        inspect(&maya, "a page that was not saved by itself").await;
        maya.fill("Start date", "07/01/2026").await;
        // A press while the page is saved by itself goes after it.
        maya.choose("Does the contract comply in full", "Yes").await;
        maya.press("Save as draft").await;
        maya.reads("Draft saved at").await;
        assert_eq!(maya.value("Start date").await, "07/01/2026");

        // A page that shows its problems loses those that are mended, and the focus stays.
        maya.open(&format!("{draft}/edit/contacts?check=1")).await;
        maya.shows("#problems").await;
        let first = maya.within("[id='state_contacts.0']");
        first.fill("First name", "Maya").await;
        first.fill("Last name", "Lindqvist").await;
        first.lacks("[id='state_contacts.0.first_name-error']").await;
        maya.focus_is("the last name", |focused| focused.id == "state_contacts.0.last_name").await;
        inspect(&maya, "a marked page that was saved by itself").await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ends_loses_nothing_that_was_typed() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let page = format!("{draft}/edit/type");
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&page).await;
        maya.fill("Description", "Typed before the session ended.").await;
        // The field was not left, so nothing was saved yet.
        stage.world.pass(Duration::minutes(29));
        maya.run("document.dispatchEvent(new Event('visibilitychange'))").await;
        maya.shows("dialog[open]").await;
        stage.world.pass(Duration::minutes(2));
        maya.run("document.dispatchEvent(new Event('visibilitychange'))").await;
        maya.reads("Choose who you want to be").await;
        maya.press("Maya Lindqvist").await;
        maya.reads("Nothing was saved yet.").await;
        assert_eq!(maya.value("Description").await, "Typed before the session ended.");
        inspect(&maya, "a page with what was held").await;
        maya.press("Save as draft").await;
        maya.reads("Draft saved at").await;
        maya.open(&page).await;
        assert_eq!(maya.value("Description").await, "Typed before the session ended.");
    })
    .await;
}

#[tokio::test]
async fn what_was_pressed_too_late_is_offered_again() {
    play(async |stage| {
        let world = &stage.world;
        let sent = world.sent("maya.lindqvist").await;
        let (draft, _) = world.drafted_with_rate("maya.lindqvist").await;
        world.add_rate("maya.lindqvist", &draft).await;
        let back = async |window: &Window, name: &str, what: &str| {
            window.reads("Choose who you want to be").await;
            window.press(name).await;
            window.reads("Nothing was saved yet.").await;
            window.focus_is("what is said of it", |focused| focused.name.starts_with("Nothing was saved yet.")).await;
            inspect(window, what).await;
        };
        for scripts in [true, false] {
            let state = stage.window(scripts).await;
            state.sign_in("maya.lindqvist").await;
            state.open(&draft.path("edit/rates")).await;
            stage.world.pass(Duration::minutes(31));
            state.press("Move up MN-0002").await;
            back(&state, "Maya Lindqvist", "the list of rates with what was pressed too late").await;
            state.open(&draft.path("edit/rates/new")).await;
            state.choose("Was this rate certification sent with another submission?", "No, it is new").await;
            stage.world.pass(Duration::minutes(31));
            state.within("main form").press("Continue").await;
            back(&state, "Maya Lindqvist", "the page for a new rate with what was chosen too late").await;

            let cms = stage.window(scripts).await;
            cms.sign_in("dana.ruiz").await;
            cms.open(&sent.path("approve")).await;
            cms.fill("Release date", "03/09/2026").await;
            cms.fill("Why it is approved without every sign-off", "As agreed.").await;
            stage.world.pass(Duration::minutes(31));
            cms.within("main form").press("Approve").await;
            back(&cms, "Dana Ruiz", "an approval that was typed too late").await;
        }
    })
    .await;
}
