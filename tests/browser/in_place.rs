//! What is done inside the page of a submission: it stays where it is, and every part of the page follows.

use mc_review::domain::role::Department;

use crate::checks::inspect;
use crate::stage::play;
use crate::window::Window;

/// Where the rows of the department reviews are on the screen.
const TOPS: &str = "return [...document.querySelectorAll('#department-reviews tbody tr[id]')]
    .map((row) => Math.round(row.getBoundingClientRect().top))";

/// What the page has asked for, without what it asks for by itself; and since when it is this page.
const REQUESTS: &str = "return [performance.timeOrigin, performance.getEntriesByType('resource')
    .filter((entry) => !/live|presence|changes/.test(entry.name)).length]";

/// The rows down to the second one are where they were.
async fn unmoved(window: &Window, before: &serde_json::Value, what: &str) {
    let now = window.ask(TOPS, &[]).await;
    for row in [0, 1] {
        let (then, now) = (before[row].as_i64().unwrap(), now[row].as_i64().unwrap());
        assert!((then - now).abs() <= 1, "{window}, {what}: row {row} was at {then} and is at {now}");
    }
}

#[tokio::test]
async fn no_row_moves_when_a_form_opens_closes_or_is_sent_and_cancel_asks_for_nothing() {
    play(async |stage| {
        let (story, _) = stage.world.sent_with_rate("maya.lindqvist").await;
        let owen = stage.window(true).await;
        owen.sign_in("owen.park").await;
        owen.open(&story.path("")).await;
        owen.shows("#department-reviews tbody tr").await;
        let panel = owen.within("#department-reviews");
        let mut tops = owen.ask(TOPS, &[]).await;
        panel.press("Start").await;
        panel.reads("In review").await;
        unmoved(&owen, &tops, "started").await;

        tops = owen.ask(TOPS, &[]).await;
        panel.press("Object").await;
        owen.focus_is("the heading of the form", |focused| focused.tag == "h2").await;
        owen.sees_the_focus().await;
        unmoved(&owen, &tops, "a form opened").await;
        inspect(&owen, "the form to object inside the page").await;
        owen.fill("What the department objects to", "Nothing, after all.").await;
        let before = owen.ask(REQUESTS, &[]).await;
        owen.within(".inline-form").press("Cancel").await;
        owen.lacks(".inline-form").await;
        owen.focus_is("what opened the form", |focused| focused.name.starts_with("Object")).await;
        assert_eq!(owen.ask(REQUESTS, &[]).await, before, "Cancel asks for nothing");
        unmoved(&owen, &tops, "cancelled").await;

        panel.press("Sign off").await;
        owen.shows(".inline-form").await;
        owen.within(".inline-form").press("Sign off").await;
        panel.reads("Signed off on version 1").await;
        owen.lacks(".inline-form").await;
        unmoved(&owen, &tops, "signed off").await;

        // What comes second is told below the rows.
        let other = stage.window(true).await;
        other.sign_in("owen.park").await;
        other.open(&story.path("")).await;
        other.press("Reopen").await;
        other.fill("Reason", "Mine.").await;
        panel.press("Reopen").await;
        owen.fill("Reason", "One more look.").await;
        owen.within(".inline-form").press("Reopen").await;
        panel.reads("1 in review").await;
        // Its row may be drawn anew by what the first did, the form is not.
        other.shows("#department-reviews .swapped-in").await;
        tops = other.ask(TOPS, &[]).await;
        other.within(".inline-form").press("Reopen").await;
        other.lacks(".inline-form").await;
        unmoved(&other, &tops, "already so").await;
    })
    .await;
}

#[tokio::test]
async fn the_counts_around_an_action_follow_it() {
    play(async |stage| {
        let story = stage.world.in_review("maya.lindqvist", "sam.lee").await;
        stage.world.ask("sam.lee", &story, None).await;
        stage.world.respond("maya.lindqvist", &story, Department::Dmco).await;
        let kim = stage.window(true).await;
        kim.sign_in("kim.ode").await;
        kim.open(&story.path("")).await;
        kim.within(".side").reads("Questions (1 answered)").await;
        kim.press("Sign off").await;
        kim.within(".inline-form").reads("This closes question 1 (answered). Sam Lee is the primary reviewer.").await;
        inspect(&kim, "the form to sign off, with what else it does").await;
        kim.within(".inline-form").press("Sign off").await;
        kim.within("#department-reviews").reads("Signed off on version 1").await;
        assert_eq!(kim.text("#side-questions").await, "Questions");
        assert!(kim.text("#turn").await.starts_with("CMS since "));
        inspect(&kim, "the submission after that").await;
    })
    .await;
}

#[tokio::test]
async fn a_choice_that_the_save_takes_back_does_not_stay_on_the_page() {
    play(async |stage| {
        let story = stage.world.drafted("maya.lindqvist").await;
        let maya = stage.window(true).await;
        maya.sign_in("maya.lindqvist").await;
        maya.open(&story.path("edit/type")).await;
        maya.lacks("#note-submission_type[data-applies=true]").await;
        maya.choose("Who does this contract action cover?", "CHIP-only").await;
        maya.reads("CMS does not review rates for CHIP-only contracts").await;
        maya.choose("What does this submission include?", "Contract action and rate certification").await;
        maya.shows("#save-notices li").await;
        maya.shows("#submission_type-CONTRACT_ONLY:checked").await;
        maya.focus_is("the choice", |focused| focused.id == "submission_type-CONTRACT_AND_RATES").await;
        assert!(maya.text("#steps").await.contains("of 4"));
        inspect(&maya, "a page whose choice was taken back").await;
        // And the other way round, where the focus is elsewhere.
        maya.choose("Who does this contract action cover?", "Medicaid and CHIP").await;
        maya.choose("What does this submission include?", "Contract action and rate certification").await;
        maya.within("#steps").reads("of 5").await;
        maya.choose("Who does this contract action cover?", "CHIP-only").await;
        maya.shows("#submission_type-CONTRACT_ONLY:checked").await;
        maya.within("#steps").reads("of 4").await;
    })
    .await;
}
