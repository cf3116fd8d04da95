//! The health plan form: its answers, and when each question applies.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::Date;

use crate::domain::id::ProgramId;

use super::answers::{ContractAction, Entity, ExecutionStatus, FederalAuthority, Population, SubmissionType};
use super::contract_fields;
use super::dates;
use super::field::Field;
use super::form::{Form, Upcast};
use super::health_plan_fields::FIELDS;
use super::page::Page;
use super::people::Contact;
use super::provisions::{Provision, ProvisionVariant, Provisions};

const CHIP_HAS_NO_RATES: &str = "No rates are sent with CHIP-only contracts, so the submission type was saved as \
    \u{201c}Contract action only\u{201d}.";

/// The answers of the health plan form; the JSON in `contract_data` has these keys in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthPlan {
    /// Who is covered.
    pub population_covered: Option<Population>,
    /// The programs covered, in natural order of their short names.
    pub program_ids: Vec<ProgramId>,
    /// What the submission includes.
    pub submission_type: Option<SubmissionType>,
    /// Base contract or amendment.
    pub contract_type: Option<ContractAction>,
    /// Whether the contract is risk-based (42 CFR 438.2).
    pub risk_based_contract: Option<bool>,
    /// What reviewers should look at.
    pub submission_description: Option<String>,
    /// Whether the contract complies in full with 42 CFR parts 438 and 457.
    pub statutory_regulatory_attestation: Option<bool>,
    /// What does not comply.
    pub statutory_regulatory_attestation_description: Option<String>,
    /// Whether all parties signed.
    pub contract_execution_status: Option<ExecutionStatus>,
    /// First day of the contract or amendment.
    #[serde(with = "dates::stored::option")]
    pub contract_date_start: Option<Date>,
    /// Last day of the contract or amendment.
    #[serde(with = "dates::stored::option")]
    pub contract_date_end: Option<Date>,
    /// Managed care entities.
    pub managed_care_entities: Vec<Entity>,
    /// Federal authorities.
    pub federal_authorities: Vec<FederalAuthority>,
    /// Whether the contract is tied to a D-SNP (42 CFR 422.2).
    pub dsnp_contract: Option<bool>,
    /// The answers on provisions.
    pub provisions: Provisions,
    /// The people who get CMS's messages.
    pub state_contacts: Vec<Contact>,
}

impl HealthPlan {
    /// Whether it covers CHIP alone.
    pub fn is_chip_only(&self) -> bool {
        self.population_covered == Some(Population::Chip)
    }

    /// Which provisions are asked; none while population or contract action is unanswered.
    pub fn provision_variant(&self) -> Option<ProvisionVariant> {
        ProvisionVariant::of(self.population_covered, self.contract_type)
    }

    /// What the contract page says while no provision can be asked: which answer is missing.
    pub fn why_no_provisions(&self) -> Option<&'static str> {
        match (self.population_covered, self.contract_type) {
            (None, None) => {
                Some("The questions on provisions follow once you say who is covered and what the contract action is.")
            }
            (None, Some(_)) => Some("The questions on provisions follow once you say who is covered."),
            (Some(_), None) => Some("The questions on provisions follow once you say what the contract action is."),
            (Some(Population::Chip), Some(ContractAction::Base)) => {
                Some("No questions on provisions are asked of a CHIP-only base contract.")
            }
            (Some(_), Some(_)) => None,
        }
    }

    fn offers_authority(&self, authority: FederalAuthority) -> bool {
        !self.is_chip_only() || authority.covers_chip_only()
    }

    /// Whether the contract is tied to a D-SNP, by an answer that applies.
    pub fn is_tied_to_dsnp(&self) -> bool {
        self.asks_about_dsnp() && self.dsnp_contract == Some(true)
    }

    fn asks_about_dsnp(&self) -> bool {
        !self.is_chip_only() && self.federal_authorities.iter().any(|authority| authority.asks_about_dsnp())
    }

    fn asks_for_explanation(&self) -> bool {
        self.statutory_regulatory_attestation == Some(false)
    }

    fn asks_about(&self, provision: Provision) -> bool {
        self.provision_variant().is_some_and(|variant| variant.provisions().contains(&provision))
    }

    /// A provision's question in the words of the variant that asks it.
    fn provision(&self, field: &Field) -> Option<(ProvisionVariant, Provision)> {
        let provision = Provision::from_key(field.key)?;
        self.provision_variant()
            .filter(|variant| variant.provisions().contains(&provision))
            .map(|variant| (variant, provision))
    }
}

impl Form for HealthPlan {
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
        let of_page = |field: &&Field| match field.key {
            "dsnp_contract" => !self.is_chip_only(),
            key => Provision::from_key(key).is_none(),
        };
        let mut fields: Vec<_> = FIELDS.iter().filter(|field| field.page == page).filter(of_page).collect();
        if page == Page::Contract {
            let asked = self.provision_variant().map_or(&[][..], ProvisionVariant::provisions);
            fields.extend(asked.iter().filter_map(|provision| self.field(provision.key())));
        }
        fields
    }

    fn asks(&self, field: &Field) -> bool {
        match field.key {
            "dsnp_contract" => self.asks_about_dsnp(),
            "statutory_regulatory_attestation_description" => self.asks_for_explanation(),
            key => Provision::from_key(key).is_none_or(|provision| self.asks_about(provision)),
        }
    }

    fn is_offered(&self, field: &Field, value: &str) -> bool {
        match field.key {
            "federal_authorities" => FederalAuthority::ALL
                .iter()
                .any(|authority| authority.value() == value && self.offers_authority(*authority)),
            _ => true,
        }
    }

    fn applicable(&self) -> Self {
        let mut data = self.clone();
        data.federal_authorities.retain(|authority| self.offers_authority(*authority));
        if !self.asks_about_dsnp() {
            data.dsnp_contract = None;
        }
        if !self.asks_for_explanation() {
            data.statutory_regulatory_attestation_description = None;
        }
        for provision in Provision::ALL.iter().filter(|provision| !self.asks_about(**provision)) {
            *data.provisions.get_mut(*provision) = None;
        }
        data
    }

    fn settled(mut self, _before: &Self) -> (Self, Vec<&'static str>) {
        if self.is_chip_only() && self.submission_type == Some(SubmissionType::ContractAndRates) {
            self.submission_type = Some(SubmissionType::ContractOnly);
            return (self, vec![CHIP_HAS_NO_RATES]);
        }
        (self, Vec::new())
    }

    fn locked_changes(&self, before: &Self, rates_were_sent: bool) -> Vec<&'static Field> {
        let becomes_chip_only = self.is_chip_only() && !before.is_chip_only();
        let changes_type = self.submission_type != before.submission_type;
        let locked = [("population_covered", becomes_chip_only), ("submission_type", changes_type)];
        locked
            .into_iter()
            .filter(|(_, changed)| rates_were_sent && *changed)
            .filter_map(|(key, _)| self.field(key))
            .collect()
    }

    fn bars_rates(&self) -> bool {
        self.is_chip_only() || self.submission_type == Some(SubmissionType::ContractOnly)
    }

    fn label(&self, field: &Field) -> String {
        match self.provision(field) {
            Some((variant, provision)) => variant.topic(provision).to_owned(),
            None => contract_fields::label(field, self.contract_type).to_owned(),
        }
    }

    fn legend(&self, field: &Field) -> Option<&'static str> {
        contract_fields::legend_at(field, self.contract_type)
    }

    fn is_provision(&self, field: &Field) -> bool {
        Provision::from_key(field.key).is_some()
    }

    fn citation(&self, field: &Field) -> Option<String> {
        self.provision(field).and_then(|(variant, provision)| variant.citation(provision))
    }

    fn question(&self, field: &Field) -> String {
        match self.provision(field) {
            Some((variant, provision)) => variant.question(provision),
            None => field.question.to_owned(),
        }
    }

    fn required_message(&self, field: &Field) -> Option<String> {
        match self.provision(field) {
            Some((variant, provision)) => Some(format!("Answer yes or no for {}", variant.topic(provision))),
            None => field.required.map(str::to_owned),
        }
    }
}
