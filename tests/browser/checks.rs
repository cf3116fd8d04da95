//! What must hold for every page in every state: nothing that axe finds, nothing wider than 320 pixels.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::window::Window;

/// Checks accessibility; `bin/test` fetches it with the other packages of package-lock.json.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}; bin/test fetches it, or `npm ci`"))
});

/// Every rule of levels A and AA, those that axe leaves out when nobody asks for them included.
const RUN_AXE: &str = "
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
    axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }).then(
        (results) => window.found = [results.passes.length, results.violations.flatMap((rule) =>
            rule.nodes.map((node) => `${rule.id} (${rule.help}): ${node.target.join(' ')}: ${node.failureSummary}`))],
        (error) => window.found = String(error));";

/// Where scripts are off, timers do not ring; axe waits for some that are to ring at once.
const RING_AT_ONCE: &str =
    "window.setTimeout = window.requestAnimationFrame = (work) => { Promise.resolve().then(work); return 0; };";

/// What reaches over the right edge, or has to be scrolled sideways by itself; text fields scroll what is typed.
const TOO_WIDE: &str = "
    const page = document.documentElement;
    const name = (element) => `${element.tagName.toLowerCase()}${element.id && '#' + element.id}.${element.className}: ${seen(element).slice(0, 60)}`;
    const shown = [...document.body.querySelectorAll('*')].filter((element) => visible(element) && !element.closest('.usa-sr-only'));
    const over = page.scrollWidth > innerWidth ? shown.filter((element) => element.getBoundingClientRect().right > innerWidth + 1) : [];
    const scrolled = shown.filter((element) => !element.matches('input, textarea, select') && element.scrollWidth > element.clientWidth + 1
        && ['auto', 'scroll'].includes(getComputedStyle(element).overflowX));
    return { window: innerWidth, page: page.scrollWidth, over: over.map(name).slice(0, 8), scrolled: scrolled.map(name) };";

/// Both checks on the page as it stands. `what` says which page in which state it is.
pub async fn inspect(window: &Window, what: &str) {
    axe(window, what).await;
    no_sideways_scroll(window, what).await;
}

/// Fails with every rule that axe finds broken, where, and what would help.
pub async fn axe(window: &Window, what: &str) {
    let before = if window.scripts { "" } else { RING_AT_ONCE };
    let results = window.looks(&[before, AXE.as_str(), RUN_AXE].join("\n")).await;
    let found = results[1].as_array().unwrap_or_else(|| panic!("{what}: axe did not run: {results}"));
    assert!(results[0].as_u64() > Some(5), "{what}: axe looked at nothing: {results}");
    let found: Vec<&str> = found.iter().filter_map(Value::as_str).collect();
    assert!(found.is_empty(), "{what}, in {window}: axe finds {} problems:\n  {}", found.len(), found.join("\n  "));
}

/// Fails with what does not fit into 320 pixels.
pub async fn no_sideways_scroll(window: &Window, what: &str) {
    window.width(320).await;
    let found = window.ask(TOO_WIDE, &[]).await;
    window.width(1280).await;
    assert_eq!(found["window"], json!(320), "{what}: the window became narrow");
    let fits = found["page"].as_u64() <= Some(320) && found["scrolled"] == json!([]);
    assert!(fits, "{what}, in {window}, is wider than 320 pixels: {found:#}");
}
