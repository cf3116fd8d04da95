//! How pages look: steady while they load, large enough to be hit, and on paper.

use serde_json::json;

use crate::stage::{Stage, play};
use crate::window::Window;

/// What moved by itself while the page was loaded, and how much.
const SHIFTS: &str = "let sum = 0; const moved = [];
    const name = (node) => node && node.nodeType === 1 ? `${node.tagName.toLowerCase()}#${node.id}.${node.className}` : 'text';
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (entry.hadRecentInput) continue;
            sum += entry.value;
            moved.push(...entry.sources.map((source) => name(source.node)));
        }
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => { window.found = [sum, moved]; }, 700);";

/// Controls of the main part that are smaller than 24 pixels.
const SMALL: &str = "return [...document.querySelectorAll('main a[href], main button, main summary, main input:not([type=hidden], .usa-radio__input, .usa-checkbox__input)')]
    .filter(visible).map((control) => [all(control), control.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24).map(([words, box]) => `${words}: ${box.width} x ${box.height}`)";

/// A page as it is printed: controls, tables that are none any more, what is too wide, and its foot.
const PRINTED: &str = "window.dispatchEvent(new Event('beforeprint'));
    const shown = [...document.body.querySelectorAll('*')].filter(visible);
    const name = (element) => `${element.tagName.toLowerCase()}.${element.className}: ${squeezed(element.textContent).slice(0, 60)}`;
    const kinds = { TABLE: 'table', THEAD: 'table-header-group', TBODY: 'table-row-group', TR: 'table-row', TH: 'table-cell', TD: 'table-cell' };
    return {
        controls: shown.filter((it) => it.matches('button, input, select, textarea, form, nav, .usa-button, dialog, footer')).map(name),
        tables: shown.filter((it) => kinds[it.tagName] && getComputedStyle(it).display !== kinds[it.tagName]).map(name),
        wide: shown.filter((it) => it.getBoundingClientRect().right > innerWidth + 1 && !it.closest('.usa-sr-only')).map(name).slice(0, 5),
        foot: squeezed(document.querySelector('.print-only').innerText),
    };";

async fn steady(window: &Window, path: &str) {
    for width in [1280, 375] {
        window.width(width).await;
        window.open(path).await;
        let found = window.looks(SHIFTS).await;
        let moved = found[0].as_f64().unwrap_or_else(|| panic!("{path}: {found}"));
        assert!(moved <= 0.02, "{window}: {path} moves by {moved} at {width} pixels: {}", found[1]);
    }
    window.width(1280).await;
}

/// A window in which nothing is known from before, as at a first visit.
async fn first_visitor(stage: &Stage) -> Window {
    let window = stage.window(true).await;
    window.command("Network.enable", json!({})).await;
    window.command("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
    window
}

#[tokio::test]
async fn nothing_moves_while_a_page_loads() {
    play(async |stage| {
        let (story, rate) = stage.world.sent_with_rate("maya.lindqvist").await;
        let draft = stage.world.drafted("maya.lindqvist").await;
        let sam = first_visitor(stage).await;
        for path in ["/", "/help", "/sign-in", "/privacy", "/accessibility"] {
            steady(&sam, path).await;
        }
        sam.sign_in("dana.ruiz").await;
        for path in ["/submissions", "/rates", "/work", "/assignments", "/views", "/account"] {
            steady(&sam, path).await;
        }
        for below in ["", "history", "versions", "versions/1", "questions", "notes", "approve", "unlock"] {
            steady(&sam, &story.path(below)).await;
        }
        for below in ["", "/history", "/questions"] {
            steady(&sam, &format!("/rates/{rate}{below}")).await;
        }
        let maya = first_visitor(stage).await;
        maya.sign_in("maya.lindqvist").await;
        for page in ["type", "contract", "contacts", "review"] {
            steady(&maya, &draft.path(&format!("edit/{page}"))).await;
        }
        steady(&maya, "/submissions").await;
        steady(&maya, &story.path("")).await;
    })
    .await;
}

#[tokio::test]
async fn everything_on_the_pages_of_views_is_large_enough_to_be_hit() {
    play(async |stage| {
        let dana = stage.window(true).await;
        dana.sign_in("dana.ruiz").await;
        let address = "/views?list=rates&shown=status%3Dany";
        dana.open(address).await;
        dana.fill("Name", "All rates").await;
        dana.choose("Who uses it", "DMCO").await;
        dana.press("Save view").await;
        dana.reads("All rates").await;
        for path in ["/views", address] {
            for width in [1280, 320] {
                dana.width(width).await;
                dana.open(path).await;
                dana.reads("All rates").await;
                assert_eq!(dana.ask(SMALL, &[]).await, json!([]), "{path} at {width} pixels");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn pages_print_without_controls_with_tables_and_with_their_address_and_time() {
    play(async |stage| {
        let world = &stage.world;
        let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
        world.ask("sam.lee", &story, None).await;
        world.unlock("sam.lee", &story).await;
        world.send("maya.lindqvist", &story).await;
        let dana = stage.window(true).await;
        dana.sign_in("dana.ruiz").await;
        // Paper is narrower than where lists become cards on a screen.
        dana.width(740).await;
        let rate = |below: &str| format!("/rates/{rate}{below}");
        let mut paths: Vec<String> =
            ["", "versions", "versions/1", "compare?from=1&to=2", "history", "questions", "notes"]
                .iter()
                .map(|below| story.path(below))
                .collect();
        paths.extend(["", "/versions/1", "/compare?from=1&to=2", "/history", "/questions", "/notes"].map(rate));
        for path in paths {
            dana.command("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
            dana.open(&path).await;
            dana.command("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
            let page = dana.ask(PRINTED, &[]).await;
            for what in ["controls", "tables", "wide"] {
                assert_eq!(page[what], json!([]), "{path}: {what}");
            }
            let foot = page["foot"].as_str().unwrap();
            assert!(
                foot.starts_with(&format!("{}{path} Printed ", world.address)) && foot.ends_with(" ET"),
                "{path}: {foot}"
            );
        }
    })
    .await;
}
