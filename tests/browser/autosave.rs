//! Drafts that can't be lost: saved while they are filled in, and held when the session ends.

use fantoccini::key::Key;
use time::Duration;

use crate::checks::inspect;
use crate::sent;
use crate::stage::{Stage, play};
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

/// The next save is answered like this, as by what stands before the server: status, seconds to wait.
const ANSWERED: &str = "const fetch = window.fetch;
    window.fetch = (address, request) => {
        if (request.method !== 'POST' || address.startsWith('/session')) return fetch(address, request);
        window.fetch = fetch;
        return Promise.resolve(new Response('', { status: STATUS, headers: { 'Retry-After': 'SECONDS' } }));
    };";

/// The next save is carried out, but its answer is lost.
const LOST: &str = "const fetch = window.fetch;
    window.fetch = async (address, request) => {
        window.fetch = fetch;
        await fetch(address, request);
        throw new TypeError('cut off');
    };";

const HIDE: &str = "Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));";

async fn type_page(stage: &Stage) -> Window {
    let draft = sent::draft(&stage.world).await;
    let maya = stage.window(true).await;
    maya.sign_in("maya.lindqvist").await;
    maya.open(&format!("{draft}/edit/type")).await;
    maya
}

#[tokio::test]
async fn what_is_typed_is_saved_without_leaving_the_field() {
    play(async |stage| {
        let maya = type_page(stage).await;
        maya.fill("Description", "Typed and not left").await;
        let saved = "select count(*) from contract_submission where contract_data->>'submission_description' like 'Typed and not left%'";
        stage.counts(saved, 1).await;
        maya.focus_is("the field still", |focused| focused.id == "submission_description").await;
        maya.keys(", and more").await;
        assert_eq!(maya.value("Description").await, "Typed and not left, and more");
        // Hidden, it is saved at once.
        maya.run(HIDE).await;
        let more = "select count(*) from contract_submission where contract_data->>'submission_description' = 'Typed and not left, and more'";
        stage.counts(more, 1).await;
        assert_eq!(stage.world.count("select count(*) from draft_save").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_date_half_typed_is_no_error_and_stands_in_the_way_of_nothing() {
    play(async |stage| {
        let draft = sent::draft(&stage.world).await;
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&format!("{draft}/edit/contract")).await;
        maya.choose("Contract status", "Fully executed").await;
        maya.enter("Start date").await;
        maya.keys("07/0").await;
        let saved =
            "select count(*) from contract_submission where contract_data->>'contract_execution_status' = 'EXECUTED'";
        stage.counts(saved, 1).await;
        tokio::time::sleep(std::time::Duration::from_millis(3500)).await;
        assert!(!maya.has("[id='contract_date_start-error']").await, "its person is still in it");
        assert_eq!(maya.value("Start date").await, "07/0");
        maya.within("form .save-line").reads("Saved ").await;
        maya.keys("1/2026").await;
        let dated =
            "select count(*) from contract_submission where contract_data->>'contract_date_start' = '2026-07-01'";
        stage.counts(dated, 1).await;
        maya.focus_is("the field still", |focused| focused.name == "Start date").await;
        // Once it is left, what is wrong with it is said.
        maya.keys("5").await;
        maya.key(Key::Tab).await;
        maya.shows("[id='contract_date_start-error']").await;
    })
    .await;
}

#[tokio::test]
async fn the_first_page_starts_its_draft_by_itself_and_once() {
    play(async |stage| {
        let drafts = "select count(*) from contract_review";
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open("/submissions/new?kind=health_plan").await;
        // The answer to the first request is lost: the second finds the draft that it made.
        maya.run(LOST).await;
        maya.choose("Who does this contract action cover?", "Medicaid").await;
        maya.within("form .save-line").reads("Not saved, trying again").await;
        maya.choose("Contract action", "Base contract").await;
        maya.arrives_at("/submissions/MN-0001/edit/type").await;
        maya.within("form .save-line").reads("Saved ").await;
        let both = "select count(*) from contract_submission
            where contract_data->>'population_covered' = 'MEDICAID' and contract_data->>'contract_type' = 'BASE'";
        stage.counts(both, 1).await;
        assert_eq!(stage.world.count(drafts).await, 1);
        assert!(maya.title().await.contains("MN-0001"));
        inspect(&maya, "a first page that has become the page of its draft").await;
        maya.fill("Description", "The contract for the coming year.").await;
        maya.press("Save as draft").await;
        maya.reads("Draft saved at").await;
        assert_eq!(maya.value("Description").await, "The contract for the coming year.");
        assert_eq!(stage.world.count(drafts).await, 1);

        // A press while the draft is being started goes to that draft.
        maya.open("/submissions/new?kind=health_plan").await;
        maya.choose("Who does this contract action cover?", "Medicaid").await;
        maya.press("Continue").await;
        maya.reads("Choose at least one program").await;
        assert!(stage.world.count(drafts).await <= 2);
        maya.choose("Programs covered", "SNBC").await;
        maya.arrives_at("/submissions/MN-0002/edit/type").await;
        assert_eq!(stage.world.count(drafts).await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_and_a_busy_server_are_no_conflict_and_no_loss() {
    play(async |stage| {
        let maya = type_page(stage).await;
        maya.run(LOST).await;
        maya.fill("Description", "One.").await;
        maya.within("form .save-line").reads("Not saved, trying again").await;
        maya.fill("Description", "One. Two.").await;
        let saved =
            "select count(*) from contract_submission where contract_data->>'submission_description' = 'One. Two.'";
        stage.counts(saved, 1).await;
        maya.within("form .save-line").reads("Saved ").await;
        assert!(!maya.has("#conflict").await, "nobody else was there");

        maya.run(&ANSWERED.replace("STATUS", "429").replace("SECONDS", "3")).await;
        maya.choose("Is the contract risk-based?", "No").await;
        maya.within("form .save-line").reads("Not saved: the server is busy, trying again in 3 seconds").await;
        inspect(&maya, "a page that met a busy server").await;
        maya.within("form .save-line").reads("Saved ").await;
        let answered = "select count(*) from contract_submission where contract_data->>'risk_based_contract' = 'false'";
        stage.counts(answered, 1).await;
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
        // What was typed is not saved yet: no request gets through.
        maya.run(&ANSWERED.replace("STATUS", "503").replace("SECONDS", "600")).await;
        maya.fill("Description", "Typed before the session ended.").await;
        maya.within("form .save-line").reads("Not saved").await;
        stage.world.pass(Duration::minutes(29));
        maya.run("document.dispatchEvent(new Event('visibilitychange'))").await;
        maya.shows("dialog[open]").await;
        stage.world.pass(Duration::minutes(2));
        maya.run("document.dispatchEvent(new Event('visibilitychange'))").await;
        maya.reads("These are fictional users for testing").await;
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
            window.reads("These are fictional users for testing").await;
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
            state.press("Move up MN-R0002").await;
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
            cms.fill("Reason for approving without all sign-offs", "As agreed.").await;
            stage.world.pass(Duration::minutes(31));
            cms.within("main form").press("Approve").await;
            back(&cms, "Dana Ruiz", "an approval that was typed too late").await;
        }
    })
    .await;
}
