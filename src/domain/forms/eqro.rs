//! The form of a contract with an External Quality Review Organization (EQRO): its answers, and when each applies.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use crate::domain::id::ProgramId;

use super::answers::{ContractAction, Entity, ExecutionStatus, Population};
use super::contract_fields;
use super::dates;
use super::eqro_fields::FIELDS;
use super::field::{Field, When};
use super::form::{Form, Upcast};
use super::page::Page;
use super::people::Contact;

const ANSWERS_CLEARED: &str = "What the EQRO does is asked anew: the contract action, CHIP among the populations or \
    MCO among the entities changed, so the answers on its activities were cleared.";

/// The answers of the EQRO form; the JSON in `contract_data` has these keys in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eqro {
    /// The populations in the EQRO's activities.
    pub population_covered: Option<Population>,
    /// The programs that the EQRO reviews, in natural order of their short names.
    pub program_ids: Vec<ProgramId>,
    /// Not asked: no rates go with an EQRO contract.
    pub submission_type: ContractOnly,
    /// Base contract or amendment.
    pub contract_type: Option<ContractAction>,
    /// The managed care entities that the EQRO reviews.
    pub managed_care_entities: Vec<Entity>,
    /// What reviewers should look at.
    pub submission_description: Option<String>,
    /// Whether all parties signed.
    pub contract_execution_status: Option<ExecutionStatus>,
    /// First day of the contract or amendment.
    #[serde(with = "dates::stored::option")]
    pub contract_date_start: Option<Date>,
    /// Last day of the contract or amendment.
    #[serde(with = "dates::stored::option")]
    pub contract_date_end: Option<Date>,
    /// What the EQRO does.
    pub eqro: Activities,
    /// The people who get CMS's messages.
    pub state_contacts: Vec<Contact>,
}

/// The one submission type that an EQRO submission has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContractOnly {
    /// Contract action only.
    #[default]
    #[serde(rename = "CONTRACT_ONLY")]
    ContractOnly,
}

/// What the EQRO does (42 CFR 438.358): the answers that decide whether CMS reviews the contract.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activities {
    /// A base contract with a new contractor.
    pub new_contractor: Option<bool>,
    /// The amendment changes EQR or EQR-related activities performed on MCOs.
    pub mco_eqr_or_related_activities: Option<bool>,
    /// It adds optional activities on MCOs (42 CFR 438.358(c)).
    pub mco_new_optional_activity: Option<bool>,
    /// It covers EQR-related activities for a new MCO program.
    pub new_mco_eqr_related_activities: Option<bool>,
    /// It covers EQR-related activities on the CHIP population.
    pub chip_eqr_related_activities: Option<bool>,
}

impl Eqro {
    /// Whether MCOs are among the entities that the EQRO reviews.
    pub fn reviews_mcos(&self) -> bool {
        self.managed_care_entities.contains(&Entity::Mco)
    }

    /// Whether CHIP is among the populations, alone or with Medicaid.
    pub fn covers_chip(&self) -> bool {
        self.population_covered.is_some_and(Population::covers_chip)
    }

    /// Whether an answer is missing that decides whether CMS reviews it.
    pub fn is_undecided(&self) -> bool {
        let missing = |field: &Field| super::form::at(&self.document(), field.key).is_none_or(super::form::is_blank);
        let decides = |field: &&Field| {
            field.key.starts_with(ACTIVITY) || matches!(field.key, "contract_type" | "managed_care_entities")
        };
        FIELDS.iter().filter(decides).any(|field| self.asks(field) && missing(field))
    }

    fn asks_about_additions(&self) -> bool {
        let changes = self.eqro.mco_eqr_or_related_activities == Some(true);
        self.reviews_mcos() && (self.is(ContractAction::Base) || self.is(ContractAction::Amendment) && changes)
    }

    fn is(&self, action: ContractAction) -> bool {
        self.contract_type == Some(action)
    }

    /// What the questions on activities are asked by; a save that changes it clears their answers.
    fn asked_by(&self) -> (Option<ContractAction>, bool, bool) {
        (self.contract_type, self.covers_chip(), self.reviews_mcos())
    }
}

/// What the keys of the answers on activities begin with.
const ACTIVITY: &str = "eqro.";

impl Form for Eqro {
    fn fields(&self) -> &'static [Field] {
        &FIELDS
    }

    fn document(&self) -> Value {
        serde_json::to_value(self).expect("a form is plain data, which JSON can always hold")
    }

    fn with_document(&self, document: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(document)
    }

    fn upcasts(&self) -> &'static [Upcast] {
        &[]
    }

    fn program_ids(&self) -> &[ProgramId] {
        &self.program_ids
    }

    fn drawn(&self, page: Page) -> Vec<&'static Field> {
        let as_answered_yes =
            Self { eqro: Activities { mco_eqr_or_related_activities: Some(true), ..self.eqro }, ..self.clone() };
        FIELDS.iter().filter(|field| field.page == page && as_answered_yes.asks(field)).collect()
    }

    fn asks(&self, field: &Field) -> bool {
        match field.key {
            "eqro.new_contractor" => self.reviews_mcos() && self.is(ContractAction::Base),
            "eqro.mco_eqr_or_related_activities" => self.reviews_mcos() && self.is(ContractAction::Amendment),
            "eqro.mco_new_optional_activity" | "eqro.new_mco_eqr_related_activities" => self.asks_about_additions(),
            "eqro.chip_eqr_related_activities" => self.covers_chip(),
            _ => true,
        }
    }

    fn when(&self, field: &Field) -> Option<When> {
        field.when.filter(|_| self.is(ContractAction::Amendment))
    }

    fn applicable(&self) -> Self {
        let mut data = self.clone();
        let keep = |key: &str, answer: Option<bool>| {
            answer.filter(|_| FIELDS.iter().any(|field| field.key == key && self.asks(field)))
        };
        let given = &self.eqro;
        data.eqro = Activities {
            new_contractor: keep("eqro.new_contractor", given.new_contractor),
            mco_eqr_or_related_activities: keep(
                "eqro.mco_eqr_or_related_activities",
                given.mco_eqr_or_related_activities,
            ),
            mco_new_optional_activity: keep("eqro.mco_new_optional_activity", given.mco_new_optional_activity),
            new_mco_eqr_related_activities: keep(
                "eqro.new_mco_eqr_related_activities",
                given.new_mco_eqr_related_activities,
            ),
            chip_eqr_related_activities: keep("eqro.chip_eqr_related_activities", given.chip_eqr_related_activities),
        };
        data
    }

    fn settled(mut self, before: &Self) -> (Self, Vec<&'static str>) {
        if self.asked_by() == before.asked_by() || self.eqro == Activities::default() {
            return (self, Vec::new());
        }
        self.eqro = Activities::default();
        (self, vec![ANSWERS_CLEARED])
    }

    fn label(&self, field: &Field) -> String {
        contract_fields::label(field, self.contract_type).to_owned()
    }

    fn legend(&self, field: &Field) -> Option<&'static str> {
        contract_fields::legend_at(field, self.contract_type)
    }

    fn is_provision(&self, field: &Field) -> bool {
        field.key.starts_with(ACTIVITY) && field.key != "eqro.new_contractor"
    }

    fn citation(&self, field: &Field) -> Option<String> {
        (field.key == "eqro.mco_new_optional_activity").then(|| "42 CFR 438.358(c)".to_owned())
    }
}
