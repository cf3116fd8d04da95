//! Rates: adding, filling in, linking, ordering and removing them in a draft; sending them; and reviewing them.

mod draft;
mod list;
mod sent;

use crate::support::filled::{PDF, filled_rate};
use crate::support::{Browser, Page, World};

/// Adds a rate of one's own to a draft; gives the address of its form.
async fn added(browser: &Browser, draft: &str) -> String {
    let new = browser.get(&format!("{draft}/edit/rates/new")).await;
    let answer = new.form("Continue").set("origin", "OWN").press("Continue").await;
    assert_eq!(answer.status(), 303, "{}", answer.reading());
    answer.location().to_owned()
}

async fn version(world: &World) -> i64 {
    world.count("select version::bigint from contract_submission order by created_at desc limit 1").await
}

/// The addresses of the rates of a page that lists them, in order.
fn listed(page: &Page) -> Vec<String> {
    page.attributes(".rates > .rate", "id").into_iter().map(|id| id.replace("rate-", "")).collect()
}
