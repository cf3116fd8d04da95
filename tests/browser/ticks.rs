//! Choosing several: with Shift, a whole page, and whom a deed names.

use crate::checks::inspect;
use crate::stage::play;
use crate::window::Window;

const MAYA: &str = "maya.lindqvist";

async fn ticked(window: &Window) -> serde_json::Value {
    window.ask("return document.querySelectorAll('#results tbody input:checked').length", &[]).await
}

#[tokio::test]
async fn boxes_are_ticked_with_shift_and_all_of_a_page_wherever_there_are_some() {
    play(async |stage| {
        for _ in 0..5 {
            stage.world.sent_with_rate(MAYA).await;
        }
        for (name, pages) in [
            ("sam.lee", vec!["/submissions", "/rates", "/work?tab=unassigned"]),
            ("dana.ruiz", vec!["/assignments", "/assignments?tab=open"]),
        ] {
            let window = stage.window(true).await;
            window.sign_in(name).await;
            for page in pages {
                window.open(page).await;
                window.press_nth("#results tbody .tick input", 1, false).await;
                window.press_nth("#results tbody .tick input", 3, true).await;
                assert_eq!(ticked(&window).await, 3, "{page}");
                window.reads("3 ticked").await;
                window.press_nth("#results tbody .tick input", 2, true).await;
                assert_eq!(ticked(&window).await, 1, "{page}: and back");
                window.tick("All on this page").await;
                window.reads("5 ticked").await;
                assert_eq!(ticked(&window).await, 5, "{page}");
                inspect(&window, "a page of which all rows are ticked").await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_chosen_for_a_deed_chooses_the_deed() {
    play(async |stage| {
        for _ in 0..2 {
            stage.world.sent(MAYA).await;
        }
        let dana = stage.window(true).await;
        dana.sign_in("dana.ruiz").await;
        dana.open("/assignments").await;
        dana.tick("All on this page").await;
        dana.select("Who is to be primary reviewer", "Kim Ode").await;
        assert!(dana.ask("return document.getElementById('do-primary').checked", &[]).await == true);
        dana.select("Who is to be secondary reviewer", "Sam Lee").await;
        assert!(dana.ask("return document.getElementById('do-secondary').checked", &[]).await == true);
        assert_eq!(dana.value("Who is to be primary reviewer").await, "", "what belongs to another deed says nothing");
        dana.press("Preview those ticked").await;
        dana.reads("Secondary reviewer: Sam Lee.").await;

        let plain = stage.window(false).await;
        plain.sign_in("dana.ruiz").await;
        plain.open("/assignments").await;
        plain.tick("Select DMCO review of MN-0001").await;
        plain.select("Who is to be primary reviewer", "Kim Ode").await;
        plain.press("Preview those ticked").await;
        plain.reads("You chose a primary reviewer: select “Set primary to” as well").await;
        inspect(&plain, "a form that names somebody for another deed").await;
        plain.tick("Include approvers").await;
        plain.select("Who is to be primary reviewer", "- Select -").await;
        plain.press("Preview those ticked").await;
        plain.reads("Open reviews of each person as primary reviewer").await;
        inspect(&plain, "a preview that says who will have how much").await;
    })
    .await;
}
