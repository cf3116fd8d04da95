//! The rules of the form as sentences; fixtures as in the table of cases.

mod cases;
mod compare;
mod conflicts;
mod corrected;
mod documents;
mod entry;
mod eqro;
mod flow;
mod properties;
mod rates;
mod words;

use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::*;
use crate::domain::document::{Category, ScanResult};
use crate::domain::id::{DocumentId, ProgramId};
use crate::domain::role::Side;

const TODAY: Date = date!(2026 - 03 - 10);
const SNBC: ProgramId = ProgramId(Uuid::from_u128(1));
const PMAP: ProgramId = ProgramId(Uuid::from_u128(2));
const MSC: ProgramId = ProgramId(Uuid::from_u128(3));
const MSHO: ProgramId = ProgramId(Uuid::from_u128(4));
const NEMT: ProgramId = ProgramId(Uuid::from_u128(5));
const RATES_ONLY: ProgramId = ProgramId(Uuid::from_u128(6));
const OF_ANOTHER_STATE: ProgramId = ProgramId(Uuid::from_u128(7));

fn programs() -> Programs {
    let program = |id, name: &str| ProgramFacts {
        id,
        name: name.to_owned(),
        full_name: format!("Program {name}"),
        rate_only: id == RATES_ONLY,
        retired: id == NEMT,
        replaced_by_name: (id == NEMT).then(|| "HSTD".to_owned()),
    };
    let names = [(SNBC, "SNBC"), (PMAP, "PMAP"), (MSC, "MSC+"), (MSHO, "MSHO"), (NEMT, "NEMT"), (RATES_ONLY, "RO")];
    Programs::new(names.map(|(id, name)| program(id, name)).into())
}

fn maya() -> Contact {
    Contact {
        first_name: Some("Maya".to_owned()),
        last_name: Some("Lindqvist".to_owned()),
        suffix: None,
        title_role: Some("Contract manager".to_owned()),
        email: Some("maya.lindqvist@dhs.example.gov".to_owned()),
    }
}

/// B: health plan, Medicaid, base, contract only, complete.
fn base() -> HealthPlan {
    let mut data = HealthPlan {
        population_covered: Some(Population::Medicaid),
        program_ids: vec![PMAP, SNBC],
        submission_type: Some(SubmissionType::ContractOnly),
        contract_type: Some(ContractAction::Base),
        risk_based_contract: Some(true),
        submission_description: Some("The yearly contract.".to_owned()),
        statutory_regulatory_attestation: Some(true),
        contract_execution_status: Some(ExecutionStatus::Executed),
        contract_date_start: Some(date!(2026 - 07 - 01)),
        contract_date_end: Some(date!(2026 - 12 - 31)),
        managed_care_entities: vec![Entity::Mco],
        federal_authorities: vec![FederalAuthority::StatePlan],
        dsnp_contract: Some(false),
        state_contacts: vec![maya()],
        ..HealthPlan::default()
    };
    answer_provisions(&mut data);
    data
}

/// A: B as an amendment.
fn amendment() -> HealthPlan {
    let mut data = HealthPlan { contract_type: Some(ContractAction::Amendment), ..base() };
    answer_provisions(&mut data);
    data
}

/// C: CHIP-only amendment.
fn chip_amendment() -> HealthPlan {
    let mut data = HealthPlan {
        population_covered: Some(Population::Chip),
        contract_type: Some(ContractAction::Amendment),
        federal_authorities: vec![FederalAuthority::TitleXxi],
        dsnp_contract: None,
        provisions: Provisions::default(),
        ..base()
    };
    answer_provisions(&mut data);
    data
}

/// Answers all provisions that are asked, with no.
fn answer_provisions(data: &mut HealthPlan) {
    for provision in data.provision_variant().map_or(&[][..], ProvisionVariant::provisions) {
        *data.provisions.get_mut(*provision) = Some(false);
    }
}

fn document(category: Category, scan: ScanResult) -> DocumentFacts {
    DocumentFacts { id: DocumentId(Uuid::from_u128(9)), category, file_name: "contract.pdf".to_owned(), scan }
}

/// E: EQRO, Medicaid, base, MCO, all asked answers no.
fn eqro() -> Eqro {
    Eqro {
        population_covered: Some(Population::Medicaid),
        program_ids: vec![PMAP],
        contract_type: Some(ContractAction::Base),
        managed_care_entities: vec![Entity::Mco],
        submission_description: Some("The yearly review.".to_owned()),
        contract_execution_status: Some(ExecutionStatus::Executed),
        contract_date_start: Some(date!(2026 - 01 - 01)),
        contract_date_end: Some(date!(2028 - 12 - 31)),
        eqro: Activities {
            new_contractor: Some(false),
            mco_new_optional_activity: Some(false),
            new_mco_eqr_related_activities: Some(false),
            ..Activities::default()
        },
        state_contacts: vec![maya()],
        ..Eqro::default()
    }
}

impl From<HealthPlan> for ContractForm {
    fn from(form: HealthPlan) -> Self {
        Self::HealthPlan(form)
    }
}

impl From<Eqro> for ContractForm {
    fn from(form: Eqro) -> Self {
        Self::Eqro(form)
    }
}

/// All problems of a package without rates.
fn found<F: Form + Into<ContractForm>>(data: &F, documents: &[DocumentFacts]) -> Vec<Problem> {
    let (contract, programs) = (data.clone().into(), programs());
    check(&Package { contract: &contract, programs: &programs, documents, rates: &[] }, TODAY)
}

/// The problems of a package with these documents, as `path code`.
fn problems_with<F: Form + Into<ContractForm>>(data: &F, documents: &[DocumentFacts]) -> Vec<String> {
    briefly(&found(data, documents))
}

/// The problems of a package with one clean contract document.
fn problems<F: Form + Into<ContractForm>>(data: &F) -> Vec<String> {
    problems_with(data, &[document(Category::Contract, ScanResult::Clean)])
}

fn briefly(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{} {}", problem.path, problem.code.as_str())).collect()
}

/// The answers after this page was posted over those.
fn post<F: Form>(page: Page, pairs: &[(&str, &str)], current: &F) -> Result<Reading<F>, Vec<Problem>> {
    let posted = pairs.iter().copied().collect();
    read_page(page, &posted, current, &Situation { programs: &programs(), rates_were_sent: false, rates: 0 })
}

fn saved<F: Form>(page: Page, pairs: &[(&str, &str)], current: &F) -> F {
    let reading = post(page, pairs, current);
    reading.map_err(|problems| briefly(&problems)).expect("the page has no problem of shape").data
}

fn refused<F: Form>(page: Page, pairs: &[(&str, &str)], current: &F) -> Vec<String> {
    let problems = post(page, pairs, current).err();
    briefly(&problems.expect("the page has a problem of shape"))
}
