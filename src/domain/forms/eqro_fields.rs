//! The questions of the EQRO form, in page order.

use std::sync::LazyLock;

use super::contract_fields::{
    CONTACTS, CONTRACT_FILES, CONTRACT_TYPE, DESCRIPTION, ENTITIES, EXECUTION_AND_DATES, POPULATION, PROGRAMS,
    YES_OR_NO,
};
use super::field::{Field, Kind};
use super::page::Page;

pub(super) static FIELDS: LazyLock<Vec<Field>> =
    LazyLock::new(|| [DETAILS, CONTRACT_FILES, EXECUTION_AND_DATES, ACTIVITIES, &[CONTACTS]].concat());

const DETAILS: &[Field] = &[
    Field {
        question: "Populations in the EQRO\u{2019}s activities",
        required: Some("Choose the populations"),
        ..POPULATION
    },
    Field { question: "Programs this EQRO reviews", ..PROGRAMS },
    Field { page: Page::Type, question: "Entities this EQRO reviews", ..ENTITIES },
    CONTRACT_TYPE,
    DESCRIPTION,
];

/// Asked for an answer on the same page only of an amendment.
const CHANGES_ACTIVITIES: (&str, &str, &str) = (
    "If the amendment changes EQR or EQR-related activities performed on MCOs",
    "eqro.mco_eqr_or_related_activities",
    "YES",
);

const ACTIVITIES: &[Field] = &[
    yes_no("eqro.new_contractor", "New contractor", "Is this a new contractor?"),
    yes_no(
        "eqro.mco_eqr_or_related_activities",
        "changes to EQR or EQR-related activities performed on MCOs",
        "Does the amendment change EQR or EQR-related activities performed on MCOs?",
    ),
    yes_no("eqro.mco_new_optional_activity", "optional activities on MCOs", "Does it add optional activities on MCOs?")
        .hint("See 42 CFR 438.358(c).")
        .when(CHANGES_ACTIVITIES.0, CHANGES_ACTIVITIES.1, CHANGES_ACTIVITIES.2),
    yes_no(
        "eqro.new_mco_eqr_related_activities",
        "EQR-related activities for a new MCO program",
        "Does it cover EQR-related activities for a new MCO program?",
    )
    .when(CHANGES_ACTIVITIES.0, CHANGES_ACTIVITIES.1, CHANGES_ACTIVITIES.2),
    yes_no(
        "eqro.chip_eqr_related_activities",
        "EQR-related activities on the CHIP population",
        "Does it cover EQR-related activities on the CHIP population?",
    ),
];

const fn yes_no(key: &'static str, label: &'static str, question: &'static str) -> Field {
    Field::new(Page::Contract, key, label, question, Kind::YesNo).help().required(YES_OR_NO)
}
