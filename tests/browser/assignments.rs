//! Assigning in use: rows ticked by keys, previews, results, and taking back, with and without scripts.

use fantoccini::key::Key;
use mc_review::domain::lifecycle::Decision;

use crate::checks::inspect;
use crate::stage::{Stage, play};

const MAYA: &str = "maya.lindqvist";

/// Four submissions of which nobody has one, one with a rate, and others that Sam Lee has.
async fn furnished(stage: &Stage) {
    let world = &stage.world;
    for _ in 0..4 {
        world.sent(MAYA).await;
        world.pass(time::Duration::minutes(1));
    }
    world.sent_with_rate("elena.vargas").await;
    world.in_review(MAYA, "sam.lee").await;
    world.decided(MAYA, "sam.lee", Decision::SignedOff).await;
}

#[tokio::test]
async fn rows_of_a_list_are_taken_and_assigned() {
    play(async |stage| {
        sqlx::raw_sql(include_str!("../database/fixture.sql")).execute(&stage.world.db).await.unwrap();
        let many = "do $$ begin for n in 1..51 loop perform draft('c' || n); perform send('c' || n); end loop; end $$";
        sqlx::raw_sql(many).execute(&stage.world.db).await.unwrap();
        for (scripts, first) in [(false, 1), (true, 3)] {
            let sam = stage.window(scripts).await;
            sam.sign_in("sam.lee").await;
            sam.open("/submissions?sort=submission").await;
            for number in [first, first + 1] {
                sam.tick(&format!("Select MN-000{number}")).await;
            }
            sam.press("Take those ticked").await;
            sam.reads("2 reviews: 2 taken.").await;
            sam.reads(&format!("DMCO review of MN-000{first}")).await;
            let dana = stage.window(scripts).await;
            dana.sign_in("dana.ruiz").await;
            dana.open("/submissions").await;
            dana.tick("All 51 submissions").await;
            if scripts {
                dana.reads("All ticked").await;
                inspect(&dana, "a list of which all is ticked").await;
            }
            dana.press("Assign those ticked").await;
            dana.reads("51 submissions that were ticked").await;
            dana.reads("51 reviews, longest in status first").await;
            inspect(&dana, "the open reviews of what was ticked").await;
        }
    })
    .await;
}

#[tokio::test]
async fn rows_are_ticked_previewed_assigned_and_taken_back() {
    play(async |stage| {
        furnished(stage).await;
        for (scripts, name, first) in [(false, "alex.morgan", 1), (true, "dana.ruiz", 3)] {
            let window = stage.window(scripts).await;
            window.sign_in(name).await;
            window.open("/assignments").await;
            inspect(&window, "what nobody has, with the ways to assign").await;
            window.press("Preview those ticked").await;
            window.reads("Tick at least one review, or preview all of them.").await;
            inspect(&window, "a form with which nothing was chosen").await;
            window.tick(&format!("Select DMCO review of MN-000{first}")).await;
            window.tick(&format!("Select DMCO review of MN-000{}", first + 1)).await;
            window.press("Preview those ticked").await;
            window.reads("2 chosen: 2 would change, 0 would not.").await;
            window.reads("Follows Minnesota").await;
            inspect(&window, "a preview of suggestions").await;
            window.select(&format!("Primary reviewer, DMCO review of MN-000{first}"), "Kim Ode").await;
            window.press("Assign those ticked").await;
            window.reads("2 reviews: 2 assigned.").await;
            window.reads("Primary: nobody → Kim Ode").await;
            if scripts {
                window.focus_is("the line that says it", |focused| focused.id == "results-heading").await;
            }
            inspect(&window, "what became of the rows").await;
            window.press("Undo these 2").await;
            window.reads("2 chosen: 2 would change, 0 would not.").await;
            window.tick(&format!("Change DMCO review of MN-000{}", first + 1)).await;
            window.press("Assign those ticked").await;
            window.reads("1 review: 1 assigned.").await;
            window.reads("Primary: Kim Ode → nobody").await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_workload_leads_to_lists_and_somebody_hands_over_by_keys() {
    play(async |stage| {
        furnished(stage).await;
        let alex = stage.window(true).await;
        alex.sign_in("alex.morgan").await;
        alex.open("/").await;
        alex.arrives_at("/assignments").await;
        alex.press("Workload").await;
        alex.shows(".workload tfoot").await;
        inspect(&alex, "who has how much").await;
        alex.press("Sam Lee, DMCO, Decided in 30 days: 1").await;
        alex.reads("1 review, newest decision first").await;
        inspect(&alex, "what somebody decided").await;
        alex.press("Workload").await;
        alex.tab_to("Sam Lee, DMCO, Primary open: 2").await;
        alex.key(Key::Enter).await;
        alex.reads("2 reviews, longest in status first").await;
        alex.press("Filters (2)").await;
        inspect(&alex, "all open reviews of somebody, with the filters open").await;
        alex.press("Filters (2)").await;
        alex.choose("Assign several", "Hand over from").await;
        alex.select("Who is to be replaced", "Sam Lee").await;
        alex.press("Preview all 2").await;
        alex.reads("Choose who takes over.").await;
        inspect(&alex, "a form that lacks somebody").await;
        alex.select("Who takes over", "Priscilla Nguyen").await;
        alex.press("Preview all 2").await;
        alex.reads("Priscilla Nguyen takes over from Sam Lee.").await;
        alex.tab_to("Assign those ticked").await;
        alex.sees_the_focus().await;
        alex.key(Key::Enter).await;
        alex.reads("2 reviews: 2 assigned.").await;
        alex.reads("Nothing matches").await;
        alex.within(".empty").press("Clear all").await;
        alex.reads("9 reviews").await;
        alex.press("Filters (0)").await;
        alex.tick("OACT").await;
        alex.announces("1 result").await;
        alex.reads("Rate TX-R0001").await;
    })
    .await;
}

#[tokio::test]
async fn lists_without_rows_and_addresses_that_are_not_there_say_so() {
    play(async |stage| {
        let dana = stage.window(false).await;
        dana.sign_in("dana.ruiz").await;
        dana.open("/assignments").await;
        dana.reads("Everything is assigned").await;
        inspect(&dana, "nothing to assign").await;
        dana.open("/assignments?tab=decided").await;
        dana.reads("No review was decided in the last 30 days.").await;
        dana.open("/assignments?tab=other").await;
        dana.reads("so nothing is shown").await;
        inspect(&dana, "assignments that are not there").await;
    })
    .await;
}
