//! The form pages: starting a draft, filling it in, sending it, deleting it; and two people in one draft.

mod autosave;
mod conflicts;
mod eqro;
mod filling;
mod sending;

use crate::support::{Browser, Form, Page, World};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

/// The first page, filled in completely.
fn filled_type(page: &Page) -> Form {
    let program = page.by_label("SNBC - Special Needs Basic Care").attr("value").expect("a value").to_owned();
    page.form("Continue")
        .set("population_covered", "MEDICAID")
        .tick("program_ids", &program)
        .set("submission_type", "CONTRACT_ONLY")
        .set("contract_type", "BASE")
        .set("risk_based_contract", "YES")
        .set("submission_description", "The yearly contract.")
}

/// The contract page of a base contract, filled in but for the file.
fn filled_contract(page: &Page) -> Form {
    let form = page.form("Save as draft");
    let provisions: Vec<String> =
        form.names().into_iter().filter(|name| name.starts_with("provisions.")).map(str::to_owned).collect();
    provisions
        .iter()
        .fold(form, |form, name| form.set(name, "NO"))
        .set("statutory_regulatory_attestation", "YES")
        .set("contract_execution_status", "EXECUTED")
        .set("contract_date_start", "07/01/2026")
        .set("contract_date_end", "12/31/2026")
        .tick("managed_care_entities", "MCO")
        .tick("federal_authorities", "STATE_PLAN")
        .set("dsnp_contract", "NO")
}

fn filled_contact(page: &Page) -> Form {
    page.form("Save as draft")
        .set("state_contacts.0.first_name", "Maya")
        .set("state_contacts.0.last_name", "Lindqvist")
        .set("state_contacts.0.title_role", "Contract manager")
        .set("state_contacts.0.email", "maya.lindqvist@dhs.example.gov")
}

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
