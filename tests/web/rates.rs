//! Rates: adding, filling in, linking, ordering and removing them in a draft; sending them; and reviewing them.

mod draft;
mod list;
mod sent;

use crate::support::{Browser, Form, Page, World};

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

/// The form of a rate, filled in but for the file.
fn filled_rate(page: &Page) -> Form {
    let program = page.by_label("SNBC - Special Needs Basic Care").attr("value").expect("a value").to_owned();
    page.form("Save as draft")
        .tick("rate_program_ids", &program)
        .set("rate_type", "NEW")
        .set("rate_capitation_type", "RATE_CELL")
        .set("rate_date_start", "01/01/2026")
        .set("rate_date_end", "12/31/2026")
        .set("rate_date_certified", "03/02/2026")
        .set("certifying_actuaries.0.first_name", "Priya")
        .set("certifying_actuaries.0.last_name", "Raman")
        .set("certifying_actuaries.0.title_role", "Principal")
        .set("certifying_actuaries.0.email", "p.raman@actuary.example.com")
        .set("certifying_actuaries.0.actuarial_firm", "MILLIMAN")
        .set("actuary_communication_preference", "OACT_TO_STATE")
}

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
