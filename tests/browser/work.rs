//! A reviewer's day in use: rows taken and started by keys, several ticked, and all of it without scripts.

use fantoccini::key::Key;
use mc_review::domain::lifecycle::Decision;
use mc_review::domain::role::Department;

use crate::checks::inspect;
use crate::stage::{Stage, play};
use crate::window::Window;

const MAYA: &str = "maya.lindqvist";

/// Six submissions of which nobody has one, and others in every tab of Sam Lee's.
async fn furnished(stage: &Stage) {
    let world = &stage.world;
    for _ in 0..6 {
        world.sent(MAYA).await;
    }
    let asked = world.in_review(MAYA, "sam.lee").await;
    world.ask("sam.lee", &asked, None).await;
    let answered = world.in_review(MAYA, "sam.lee").await;
    world.ask("sam.lee", &answered, None).await;
    world.respond(MAYA, &answered, Department::Dmco).await;
    let decided = world.decided(MAYA, "sam.lee", Decision::SignedOff).await;
    world.unlock("kim.ode", &decided).await;
    world.send(MAYA, &decided).await;
    world.decided(MAYA, "sam.lee", Decision::Objection).await;
}

async fn open_tab(window: &Window, tab: &str, what: &str) {
    window.within(".tabs").press(tab).await;
    window.shows(&format!(".tabs a[aria-current][href*='{what}']")).await;
}

#[tokio::test]
async fn a_review_is_taken_and_started_from_the_list_by_keys() {
    play(async |stage| {
        furnished(stage).await;
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open("/").await;
        sam.arrives_at("/work").await;
        sam.reads("State answered round 1").await;
        sam.reads("you signed off on version 1").await;
        inspect(&sam, "what is somebody's turn").await;
        sam.tab_to("Unassigned in my department (6)").await;
        sam.key(Key::Enter).await;
        sam.arrives_at("/work?tab=unassigned").await;
        sam.press("Filters (0)").await;
        inspect(&sam, "what nobody has, with the filters open").await;
        sam.press("Filters (0)").await;

        sam.tab_to("Take DMCO review of MN-0002").await;
        sam.key(Key::Enter).await;
        sam.announces("primary reviewer Sam Lee").await;
        sam.focus_is("what the row says now", |focused| focused.name == "Taken by you").await;
        sam.sees_the_focus().await;
        sam.reads("Unassigned in my department (5)").await;
        inspect(&sam, "a row that was taken").await;
        sam.tab_to("Take DMCO review of MN-0006").await;
        sam.key(Key::Enter).await;
        sam.announces("DMCO review of MN-0006: primary").await;
        sam.key(Key::Enter).await;
        sam.focus_is("the same row", |focused| focused.name == "Taken by you").await;

        sam.open("/work").await;
        sam.tab_to("Start DMCO review of MN-0002").await;
        sam.key(Key::Enter).await;
        sam.announces("DMCO review of MN-0002: in review").await;
        sam.focus_is("the same row", |focused| focused.name == "Started").await;
        inspect(&sam, "a list from which a review was started").await;

        sam.tab_to("Take next").await;
        sam.key(Key::Enter).await;
        sam.reads("You took the DMCO review of MN-0001.").await;
        sam.arrives_at("/submissions/MN-0001").await;
    })
    .await;
}

/// Where each row of the list is in the document.
async fn places(window: &Window) -> serde_json::Value {
    let script = "return [...document.querySelectorAll('#results tbody tr')].map((row) =>
        [row.querySelector('th a').textContent, Math.round(row.getBoundingClientRect().top + scrollY)])";
    window.ask(script, &[]).await
}

#[tokio::test]
async fn a_double_click_takes_one_review_and_moves_no_row() {
    play(async |stage| {
        furnished(stage).await;
        for width in [1280, 320] {
            let sam = stage.window(true).await;
            sam.width(width).await;
            sam.sign_in("sam.lee").await;
            sam.open("/work?tab=unassigned").await;
            let before = places(&sam).await;
            let key = before[1][0].as_str().unwrap_or_default().to_owned();
            sam.press_twice(&format!("Take DMCO review of {key}")).await;
            sam.reads("Taken by you").await;
            sam.announces("primary reviewer Sam Lee").await;
            assert_eq!(places(&sam).await, before, "{width} px wide");
            assert!(sam.has("#results tr [data-focus]").await);
            let taken = "select count(*) from event where kind = 'reviewers_changed'";
            let by_now = stage.world.count(taken).await;
            sam.press_twice(&format!("Unassign me from DMCO review of {key}")).await;
            sam.reads("Unassigned").await;
            sam.shows("#results button[data-key=t]").await;
            assert_eq!(places(&sam).await, before, "{width} px wide");
            assert_eq!(stage.world.count(taken).await, by_now + 1, "the second click does nothing");
        }
        assert_eq!(
            stage
                .world
                .count("select count(*) from event where kind = 'reviewers_changed' and details ->> 'how' = 'take'")
                .await,
            2
        );
    })
    .await;
}

#[tokio::test]
async fn filters_and_a_row_that_somebody_took_are_met_in_place() {
    play(async |stage| {
        furnished(stage).await;
        let sam = stage.window(true).await;
        sam.sign_in("sam.lee").await;
        sam.open("/work?tab=unassigned").await;
        sam.press("Filters (0)").await;
        sam.tick("States I follow").await;
        sam.announces("6 results").await;
        sam.shows(".tabs a[href='/work?follows=yes']").await;
        sam.tick("Texas").await;
        sam.announces("0 results").await;
        sam.reads("Nothing matches").await;
        inspect(&sam, "work in which nothing matches").await;
        sam.within(".empty").press("Clear all").await;
        sam.reads("6 reviews").await;

        let kim = stage.world.signed_in("kim.ode").await;
        let taken = kim.get("/submissions/MN-0001").await.form("Take").press("Take").await;
        assert_eq!(taken.status(), 303);
        let before = places(&sam).await;
        sam.press("Take DMCO review of MN-0001").await;
        sam.shows("#conflict-heading").await;
        sam.reads("Kim Ode took this at").await;
        inspect(&sam, "a row that somebody else took").await;
        assert_eq!(places(&sam).await, before, "no row moves for the panel");
        sam.press("Back to Unassigned").await;
        sam.reads("Unassigned in my department (5)").await;
        sam.open("/work?tab=other").await;
        sam.reads("so nothing is shown").await;
        inspect(&sam, "work that is not there").await;
    })
    .await;
}

#[tokio::test]
async fn every_tab_and_taking_work_without_scripts_too() {
    play(async |stage| {
        furnished(stage).await;
        for (scripts, name, first) in [(false, "sam.lee", 1), (true, "kim.ode", 4)] {
            let window = stage.window(scripts).await;
            window.sign_in(name).await;
            window.open("/work").await;
            open_tab(&window, "Waiting on the state", "waiting").await;
            inspect(&window, "what waits for a state").await;
            open_tab(&window, "Decided", "decided").await;
            inspect(&window, "what somebody decided").await;
            open_tab(&window, "Unassigned in my department", "unassigned").await;
            window.press(&format!("Take DMCO review of MN-000{first}")).await;
            if scripts {
                window.announces("primary reviewer").await;
            } else {
                window.reads("DMCO review of MN-0001: primary reviewer Sam Lee").await;
            }
            let rows = if scripts { "stays" } else { "leaves" };
            let there = window.has(&format!("#results a[href^='/submissions/MN-000{first}#']")).await;
            assert_eq!(there, scripts, "with scripts the row stays: it {rows}");
            window.press("Take those ticked").await;
            window.reads("No review was ticked").await;
            window.tick(&format!("Select contract MN-000{}", first + 1)).await;
            window.tick(&format!("Select contract MN-000{}", first + 2)).await;
            window.press("Take those ticked").await;
            window.reads("2 reviews: 2 taken.").await;
            inspect(&window, "what became of the reviews that were ticked").await;
            window.open("/work?state=MN").await;
            window.press(&format!("Start DMCO review of MN-000{first}")).await;
            window.reads("In review").await;
        }
        let window = stage.window(true).await;
        window.sign_in("dana.ruiz").await;
        window.open("/work?tab=unassigned").await;
        window.reads("Everything is taken").await;
        inspect(&window, "a department in which everything is taken").await;
        window.open("/work").await;
        window.reads("Nothing waits for you").await;
        inspect(&window, "a day without work").await;
    })
    .await;
}
