//! The questions of the rate form, in page order.

use super::answers::{ActuaryContact, CapitationType, RatePopulation, RateType};
use super::field::{Field, Kind, Rule};
use super::page::Page;
use super::people::ACTUARY;
use crate::domain::document::Category;

/// The most actuaries who certify one rate.
pub const MOST_ACTUARIES: usize = 20;

const ONCE_TYPED: &str = "Once the type of certification is chosen";
const OF_AN_AMENDMENT: &str = "If this is an amendment to a prior rate certification";
const START: &str = "Enter the start date";
const END: &str = "Enter the end date";

pub(super) const FIELDS: &[Field] = &[
    field(
        "documents.rate_certification",
        "Rate certification",
        "Rate certification",
        Kind::Files(Category::RateCertification),
    )
    .hint("A new file takes the place of the one there.")
    .help()
    .required("Upload the rate certification"),
    field(
        "documents.rate_supporting",
        "Supporting documents",
        "Supporting documents",
        Kind::Files(Category::RateSupporting),
    )
    .help(),
    field("rate_program_ids", "Programs", "Programs these rates cover", Kind::Programs)
        .hint("They make up the rate\u{2019}s name. If a program is missing, write to the help desk.")
        .required("Choose at least one program"),
    field(
        "rate_medicaid_populations",
        "Medicaid populations",
        "Populations in these rates",
        Kind::Several(RatePopulation::CHOICES),
    )
    .required("Choose at least one population"),
    field("rate_type", "Type of certification", "Type of certification", Kind::One(RateType::CHOICES))
        .help()
        .required("Choose new or amendment"),
    field(
        "rate_capitation_type",
        "What is certified",
        "What do the actuaries certify?",
        Kind::One(CapitationType::CHOICES),
    )
    .hint("See 42 CFR 438.4(b), (c).")
    .required("Choose rates or rate ranges"),
    field("rate_date_start", "Rating period start date", "Start date", Kind::Date)
        .when(ONCE_TYPED, "rate_type", "NEW AMENDMENT")
        .required(START),
    field("rate_date_end", "Rating period end date", "End date", Kind::Date)
        .when(ONCE_TYPED, "rate_type", "NEW AMENDMENT")
        .required(END)
        .rule(Rule::After("rate_date_start")),
    field("amendment_effective_date_start", "Amendment start date", "Start date", Kind::Date)
        .when(OF_AN_AMENDMENT, "rate_type", "AMENDMENT")
        .required(START),
    field("amendment_effective_date_end", "Amendment end date", "End date", Kind::Date)
        .when(OF_AN_AMENDMENT, "rate_type", "AMENDMENT")
        .required(END)
        .rule(Rule::NotBefore("amendment_effective_date_start")),
    field("rate_date_certified", "Date certified", "Date certified", Kind::Date)
        .when(ONCE_TYPED, "rate_type", "NEW AMENDMENT")
        .required("Enter the date certified")
        .rule(Rule::NotInFuture),
    field(
        "certifying_actuaries",
        "Certifying actuaries",
        "Certifying actuaries",
        Kind::Entries { parts: ACTUARY, most: MOST_ACTUARIES, title: "Certifying actuary", things: "actuaries" },
    ),
    field(
        "actuary_communication_preference",
        "Whom OACT may contact",
        "How may CMS\u{2019}s Office of the Actuary (OACT) reach your actuaries?",
        Kind::One(ActuaryContact::CHOICES),
    )
    .required("Choose how OACT may reach them"),
];

const fn field(key: &'static str, label: &'static str, question: &'static str, kind: Kind) -> Field {
    Field::new(Page::Rate, key, label, question, kind)
}
