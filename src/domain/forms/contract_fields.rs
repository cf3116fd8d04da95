//! The questions that both kinds of contract form ask, stated once, and the words that depend on the contract action.

use crate::domain::document::Category;

use super::answers::{ContractAction, Entity, ExecutionStatus, Population};
use super::field::{Field, Kind, Rule};
use super::page::Page;
use super::people::CONTACT;

pub(super) const YES_OR_NO: &str = "Answer yes or no";

/// The most contacts that a submission has.
pub const MOST_CONTACTS: usize = 20;

pub(super) const POPULATION: Field = Field::new(
    Page::Type,
    "population_covered",
    "Population covered",
    "Who does this contract action cover?",
    Kind::One(Population::CHOICES),
)
.required("Choose who is covered");

pub(super) const PROGRAMS: Field =
    Field::new(Page::Type, "program_ids", "Programs covered", "Programs covered", Kind::Programs)
        .hint("If a program is missing, write to the help desk.")
        .help()
        .required("Choose at least one program");

pub(super) const CONTRACT_TYPE: Field =
    Field::new(Page::Type, "contract_type", "Contract action", "Contract action", Kind::One(ContractAction::CHOICES))
        .required("Choose base contract or amendment");

pub(super) const DESCRIPTION: Field = Field::new(
    Page::Type,
    "submission_description",
    "Description",
    "Description",
    Kind::Text { most: 1500, long: true },
)
.hint("One or two paragraphs on what reviewers should look at.")
.help()
.required("Describe the submission");

pub(super) const CONTRACT_FILES: &[Field] = &[
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
];

pub(super) const EXECUTION_AND_DATES: &[Field] = &[
    Field::new(
        Page::Contract,
        "contract_execution_status",
        "Contract status",
        "Contract status",
        Kind::One(ExecutionStatus::CHOICES),
    )
    .required("Choose the contract status"),
    Field::new(Page::Contract, "contract_date_start", "Start date", "Start date", Kind::Date)
        .help()
        .required("Enter the start date"),
    Field::new(Page::Contract, "contract_date_end", "End date", "End date", Kind::Date)
        .required("Enter the end date")
        .rule(Rule::After("contract_date_start")),
];

pub(super) const ENTITIES: Field = Field::new(
    Page::Contract,
    "managed_care_entities",
    "Managed care entities",
    "Managed care entities",
    Kind::Several(Entity::CHOICES),
)
.required("Choose at least one entity");

pub(super) const CONTACTS: Field = Field::new(
    Page::Contacts,
    "state_contacts",
    "State contacts",
    "State contacts",
    Kind::Entries { parts: CONTACT, most: MOST_CONTACTS, title: "State contact", things: "contacts" },
);

/// The legend of the two dates of a contract.
pub(super) fn dates_legend(action: Option<ContractAction>) -> &'static str {
    match action {
        Some(ContractAction::Amendment) => "Amendment effective dates",
        _ => "Contract effective dates",
    }
}

/// The same at a question, of one of the two dates.
pub(super) fn legend_at(field: &Field, action: Option<ContractAction>) -> Option<&'static str> {
    matches!(field.key, "contract_date_start" | "contract_date_end").then(|| dates_legend(action))
}

/// The short name of a question that depends on the contract action alone.
pub(super) fn label(field: &Field, action: Option<ContractAction>) -> &'static str {
    let amends = action == Some(ContractAction::Amendment);
    match field.key {
        "contract_date_start" if amends => "Amendment start date",
        "contract_date_end" if amends => "Amendment end date",
        "contract_date_start" => "Contract start date",
        "contract_date_end" => "Contract end date",
        _ => field.label,
    }
}
