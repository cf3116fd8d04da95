//! Leafing through what does not fit on a page.

use std::collections::HashSet;

use crate::checks::inspect;
use crate::sent;
use crate::stage::play;
use crate::window::Window;

#[tokio::test]
async fn a_long_history_is_leafed_through_and_back() {
    play(async |stage| {
        let submission = sent::much_told(&stage.world, 51).await;
        for scripts in [true, false] {
            let window = stage.window(scripts).await;
            window.sign_in("rita.olsen").await;
            window.open(&submission).await;
            window.press("See the whole history").await;
            window.reads("Record intact").await;
            let first = entries(&window).await;
            inspect(&window, "the first page of a long history").await;
            let second = leafed(&window, "Next", &first).await;
            inspect(&window, "a page in the middle of a long history").await;
            let third = leafed(&window, "Next", &second).await;
            assert!(!window.has("a[rel=next]").await, "{window}: the last page leads no further");
            inspect(&window, "the last page of a long history").await;
            let all: HashSet<&String> = first.iter().chain(&second).chain(&third).collect();
            assert_eq!((first.len(), second.len(), third.len(), all.len()), (50, 50, 4, 104));
            assert_eq!(leafed(&window, "Previous", &third).await, second);
            assert_eq!(leafed(&window, "First", &second).await, first);
            assert!(!window.has("a[rel=prev]").await, "{window}: nothing is newer than the newest");
        }
    })
    .await;
}

/// The anchors of the entries that the page shows.
async fn entries(window: &Window) -> Vec<String> {
    let found =
        window.ask("return [...document.querySelectorAll('.timeline__entry')].map((entry) => entry.id)", &[]).await;
    serde_json::from_value(found).expect("a list of ids")
}

/// Presses a link below the entries, and waits for others than those before.
async fn leafed(window: &Window, link: &str, before: &[String]) -> Vec<String> {
    window.within(".pages").press(link).await;
    window.lacks(&format!("[id='{}']", before[0])).await;
    window.shows(".timeline__entry").await;
    entries(window).await
}
