//! The form pages of a contract and its rates, filled in so that they can be sent; files are still to be attached.

use super::form::Form;
use super::page::Page;

/// A file that can be sent.
pub const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

/// The first page, filled in completely.
pub fn filled_type(page: &Page) -> Form {
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
pub fn filled_contract(page: &Page) -> Form {
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

/// The contacts page.
pub fn filled_contact(page: &Page) -> Form {
    page.form("Save as draft")
        .set("state_contacts.0.first_name", "Maya")
        .set("state_contacts.0.last_name", "Lindqvist")
        .set("state_contacts.0.title_role", "Contract manager")
        .set("state_contacts.0.email", "maya.lindqvist@dhs.example.gov")
}

/// The form of a rate, filled in but for the file.
pub fn filled_rate(page: &Page) -> Form {
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
