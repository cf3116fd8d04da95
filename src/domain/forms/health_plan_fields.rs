//! The questions of the health plan form, in page order.

use std::sync::LazyLock;

use super::answers::{FederalAuthority, SubmissionType};
use super::contract_fields::{
    CONTACTS, CONTRACT_FILES, CONTRACT_TYPE, DESCRIPTION, ENTITIES, EXECUTION_AND_DATES, POPULATION, PROGRAMS,
    YES_OR_NO,
};
use super::field::{Field, Kind, When};
use super::page::Page;
use super::provisions::Provision;

pub(super) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let provisions = Provision::ALL.iter().map(|provision| provision.field());
    [TYPE, CONTRACT_FILES, COMPLIANCE, EXECUTION_AND_DATES, CONTRACT]
        .concat()
        .into_iter()
        .chain(provisions)
        .chain([CONTACTS])
        .collect()
});

const TYPE: &[Field] = &[
    POPULATION,
    PROGRAMS,
    Field::new(
        Page::Type,
        "submission_type",
        "Submission type",
        "What does this submission include?",
        Kind::One(SubmissionType::CHOICES),
    )
    .note(
        When { line: "If the contract action is CHIP-only", asked_by: "population_covered", values: "CHIP" },
        "CMS does not review rates for CHIP-only contracts, so rate certifications can\u{2019}t be included. The \
         submission type is saved as \u{201c}Contract action only\u{201d}.",
    )
    .required("Choose what the submission includes"),
    CONTRACT_TYPE,
    Field::new(Page::Type, "risk_based_contract", "Risk-based contract", "Is the contract risk-based?", Kind::YesNo)
        .hint("See 42 CFR 438.2.")
        .required(YES_OR_NO),
    DESCRIPTION,
];

const COMPLIANCE: &[Field] = &[
    Field::new(
        Page::Contract,
        "statutory_regulatory_attestation",
        "Complies in full with 42 CFR parts 438 and 457",
        "Does the contract comply in full with 42 CFR parts 438 and 457?",
        Kind::YesNo,
    )
    .required(YES_OR_NO),
    Field::new(
        Page::Contract,
        "statutory_regulatory_attestation_description",
        "Explanation of what does not comply",
        "What does not comply, under which citation, and by when is it mended?",
        Kind::Text { most: 3000, long: true },
    )
    .help()
    .when("If the contract does not comply in full", "statutory_regulatory_attestation", "NO")
    .required("Describe what does not comply"),
];

const CONTRACT: &[Field] = &[
    ENTITIES,
    Field::new(
        Page::Contract,
        "federal_authorities",
        "Federal authorities",
        "Federal authority the program operates under",
        Kind::Several(FederalAuthority::CHOICES),
    )
    .required("Choose at least one authority"),
    Field::new(
        Page::Contract,
        "dsnp_contract",
        "Tied to a dual-eligible special needs plan (D-SNP)",
        "Is the contract tied to a dual-eligible special needs plan (D-SNP) that covers Medicaid benefits?",
        Kind::YesNo,
    )
    .hint("See 42 CFR 422.2.")
    .help()
    .when(
        "If the program operates under 1932(a), 1915(b), 1115 or 1915(a) authority",
        "federal_authorities",
        "STATE_PLAN WAIVER_1915B WAIVER_1115 VOLUNTARY",
    )
    .required(YES_OR_NO),
];
