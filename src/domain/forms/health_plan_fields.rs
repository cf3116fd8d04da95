//! The questions of the health plan form, in the order of its JSON.

use std::sync::LazyLock;

use crate::domain::document::Category;

use super::answers::{ContractAction, Entity, ExecutionStatus, FederalAuthority, Population, SubmissionType};
use super::contacts::MOST_CONTACTS;
use super::field::{Field, Kind};
use super::page::Page;
use super::provisions::Provision;

/// The submission types that can be chosen; others are stored values that wait for their pages.
pub const OFFERED_SUBMISSION_TYPES: &[SubmissionType] = &[SubmissionType::ContractOnly];

const YES_OR_NO: &str = "Answer yes or no";

pub(super) static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let provisions = Provision::ALL.iter().map(|provision| provision.field());
    TYPE.iter().chain(CONTRACT).copied().chain(provisions).chain([CONTACTS]).collect()
});

const TYPE: &[Field] = &[
    Field::new(
        Page::Type,
        "population_covered",
        "Population covered",
        "Who does this contract action cover?",
        Kind::One(Population::CHOICES),
    )
    .required("Choose who is covered"),
    Field::new(Page::Type, "program_ids", "Programs covered", "Programs covered", Kind::Programs)
        .hint("If a program is missing, write to the help desk.")
        .help()
        .required("Choose at least one program"),
    Field::new(
        Page::Type,
        "submission_type",
        "Submission type",
        "What does this submission include?",
        Kind::One(SubmissionType::CHOICES),
    )
    .required("Choose what the submission includes"),
    Field::new(Page::Type, "contract_type", "Contract action", "Contract action", Kind::One(ContractAction::CHOICES))
        .required("Choose base contract or amendment"),
    Field::new(Page::Type, "risk_based_contract", "Risk-based contract", "Is the contract risk-based?", Kind::YesNo)
        .hint("See 42 CFR 438.2.")
        .required(YES_OR_NO),
    Field::new(
        Page::Type,
        "submission_description",
        "Description",
        "Description",
        Kind::Text { most: 1500, long: true },
    )
    .hint("One or two paragraphs on what reviewers should look at.")
    .help()
    .required("Describe the submission"),
];

const CONTRACT: &[Field] = &[
    Field::new(Page::Contract, "documents.contract", "Contract", "Contract", Kind::Files(Category::Contract))
        .hint("Supporting documents may follow later. Another contract action is a submission of its own.")
        .help()
        .required("Upload the contract"),
    Field::new(
        Page::Contract,
        "documents.contract_supporting",
        "Supporting documents",
        "Supporting documents",
        Kind::Files(Category::ContractSupporting),
    )
    .help(),
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
    .when("If the contract does not comply in full")
    .required("Describe what does not comply"),
    Field::new(
        Page::Contract,
        "contract_execution_status",
        "Contract status",
        "Contract status",
        Kind::One(ExecutionStatus::CHOICES),
    )
    .required("Choose the contract status"),
    Field::new(Page::Contract, "contract_date_start", "Start date", "Start date", Kind::Date)
        .required("Enter the start date"),
    Field::new(Page::Contract, "contract_date_end", "End date", "End date", Kind::Date).required("Enter the end date"),
    Field::new(
        Page::Contract,
        "managed_care_entities",
        "Managed care entities",
        "Managed care entities",
        Kind::Several(Entity::CHOICES),
    )
    .required("Choose at least one entity"),
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
    .when("If the program operates under 1932(a), 1915(b), 1115 or 1915(a) authority")
    .required(YES_OR_NO),
];

const CONTACTS: Field = Field::new(
    Page::Contacts,
    "state_contacts",
    "State contacts",
    "State contacts",
    Kind::Entries { parts: PERSON, most: MOST_CONTACTS, things: "contacts" },
);

/// The questions on a person.
const PERSON: &[Field] = &[
    person_text("first_name", "First name", 100).required("Enter the first name"),
    person_text("last_name", "Last name", 100).required("Enter the last name"),
    person_text("suffix", "Suffix", 100),
    person_text("title_role", "Title or role", 200).required("Enter a title or role"),
    Field::new(Page::Contacts, "email", "Email", "Email", Kind::Email).required("Enter an email address"),
];

const fn person_text(key: &'static str, label: &'static str, most: usize) -> Field {
    Field::new(Page::Contacts, key, label, label, Kind::Text { most, long: false })
}
