//! A submission that a state sent before a test begins, made by the forms that the state uses.

use crate::support::page::Page;
use crate::support::{Browser, World};

/// What a file has to begin with to be a PDF.
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n";

/// A draft of Maya Lindqvist's with its first page answered; its address, `/submissions/MN-0001`.
pub async fn draft(world: &World) -> String {
    let maya = world.signed_in("maya.lindqvist").await;
    begin(&maya).await.location().trim_end_matches("/edit/contract").to_owned()
}

/// A submission that Maya Lindqvist sent; its address, `/submissions/MN-0001`.
pub async fn submission(world: &World) -> String {
    let maya = world.signed_in("maya.lindqvist").await;
    let contract = begin(&maya).await.follow().await.form("Continue");
    let provisions: Vec<String> =
        contract.names().into_iter().filter(|name| name.starts_with("provisions.")).map(str::to_owned).collect();
    let contract = contract
        .attach("documents.contract", "contract.pdf", PDF, "application/pdf")
        .set("statutory_regulatory_attestation", "YES")
        .set("contract_execution_status", "EXECUTED")
        .set("contract_date_start", "07/01/2026")
        .set("contract_date_end", "06/30/2027")
        .tick("managed_care_entities", "MCO")
        .tick("federal_authorities", "BENCHMARK");
    let contract = provisions.iter().fold(contract, |form, name| form.set(name, "NO"));
    let contacts = went_on(contract.press("Continue").await).await.form("Continue");
    let contacts = contacts
        .set("state_contacts.0.first_name", "Maya")
        .set("state_contacts.0.last_name", "Lindqvist")
        .set("state_contacts.0.title_role", "Contract manager")
        .set("state_contacts.0.email", "maya.lindqvist@state.example.gov");
    let review = went_on(contacts.press("Continue").await).await;
    let sent = review.form("Submit to CMS").press("Submit to CMS").await;
    assert_eq!(sent.status(), 303, "it is sent: {}", sent.reading());
    sent.location().to_owned()
}

/// A submission with so many pairs of entries that say who took its review and handed it back.
pub async fn much_told(world: &World, times: usize) -> String {
    let submission = submission(world).await;
    let kim = world.signed_in("kim.ode").await;
    for _ in 0..times {
        for button in ["Take", "Hand back"] {
            let done = kim.get(&submission).await.form(button).press(button).await;
            assert_eq!(done.status(), 303, "{button}: {}", done.reading());
        }
    }
    submission
}

async fn begin(maya: &Browser) -> Page {
    let first = maya.get("/submissions/new?kind=health_plan").await.form("Continue");
    let program = first.offered("program_ids").remove(0);
    let first = first
        .set("population_covered", "MEDICAID")
        .tick("program_ids", &program)
        .set("submission_type", "CONTRACT_ONLY")
        .set("contract_type", "BASE")
        .set("risk_based_contract", "YES")
        .set("submission_description", "The contract for the coming year.");
    let answer = first.press("Continue").await;
    assert_eq!(answer.status(), 303, "the draft is made: {}", answer.reading());
    answer
}

async fn went_on(answer: Page) -> Page {
    assert_eq!(answer.status(), 303, "the page is complete: {}", answer.reading());
    answer.follow().await
}
