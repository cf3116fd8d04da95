//! The form pages: starting a draft, filling it in, sending it, deleting it; and two people in one draft.

mod autosave;
mod conflicts;
pub mod eqro;
mod filling;
mod sending;

use crate::support::filled::{PDF, filled_contact, filled_contract, filled_type};
use crate::support::{Browser, Form, Page, World};

/// Starts a draft; gives its address.
async fn started(browser: &Browser) -> String {
    let new = browser.get("/submissions/new?kind=health_plan").await;
    let answer = filled_type(&new).press("Continue").await;
    assert_eq!(answer.status(), 303, "{}", answer.reading());
    answer.location().trim_end_matches("/edit/contract").to_owned()
}

/// A draft that can be sent.
async fn complete(browser: &Browser) -> String {
    let draft = started(browser).await;
    let contract = browser.get(&format!("{draft}/edit/contract")).await;
    let contract = filled_contract(&contract).attach("documents.contract", "contract.pdf", PDF, "application/pdf");
    let answer = contract.press("Continue").await;
    assert_eq!(answer.location(), format!("{draft}/edit/contacts"));
    let answer = filled_contact(&answer.follow().await).press("Continue").await;
    assert_eq!(answer.location(), format!("{draft}/edit/review"));
    draft
}

async fn version(world: &World) -> i64 {
    world.count("select version::bigint from contract_submission").await
}

async fn saves(world: &World) -> i64 {
    world.count("select count(*) from draft_save").await
}

/// The stored answer to one question of the only draft.
async fn answer(world: &World, key: &'static str) -> serde_json::Value {
    sqlx::query_scalar("select contract_data -> $1 from contract_submission")
        .bind(key)
        .fetch_one(&world.db)
        .await
        .expect("there is one draft")
}

const TYPE_FORM: &str = "Save and leave";
