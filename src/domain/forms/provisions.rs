//! The provisions a contract can hold, and which of them each kind of contract action is asked about.

use serde::{Deserialize, Serialize};

use super::answers::{ContractAction, Population};
use super::field::{Field, Kind};
use super::page::Page;

/// Makes the structure, the list and the fields of the provisions from one table: key, topic, citations in 42 CFR
/// (otherwise and in the CHIP variant).
macro_rules! provisions {
    ($($variant:ident $key:ident $topic:literal ($citation:literal, $chip:literal))+) => {
        /// The answers on provisions; those not asked are null once submitted.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Provisions {
            $(#[doc = $topic] pub $key: Option<bool>,)+
        }

        /// A provision.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Provision {
            $(#[doc = $topic] $variant,)+
        }

        impl Provision {
            /// All provisions, in the order of the JSON.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The key of its question.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => concat!("provisions.", stringify!($key))),+ }
            }

            fn table(self) -> (&'static str, &'static str, &'static str) {
                match self { $(Self::$variant => ($topic, $citation, $chip)),+ }
            }
        }

        impl Provisions {
            /// The answer on a provision.
            pub fn get(&self, provision: Provision) -> Option<bool> {
                match provision { $(Provision::$variant => self.$key),+ }
            }

            /// The place of the answer on a provision.
            pub fn get_mut(&mut self, provision: Provision) -> &mut Option<bool> {
                match provision { $(Provision::$variant => &mut self.$key),+ }
            }
        }
    };
}

provisions! {
    InLieu in_lieu_services_and_settings "services and settings in lieu of those in the State plan" ("438.3(e)(2)", "")
    Benefits modified_benefits_provided "benefits provided by the plans" ("", "")
    GeographicAreas modified_geo_area_served "geographic areas served" ("", "")
    Beneficiaries modified_medicaid_beneficiaries "Medicaid beneficiaries served" ("", "")
    RiskSharing modified_risk_sharing_strategy "risk-sharing strategy" ("438.6(b)(1)", "")
    Incentives modified_incentive_arrangements "incentive arrangements" ("438.6(b)(2)", "")
    Withholds modified_withhold_arrangements "withhold arrangements" ("438.6(b)(3)", "")
    StateDirectedPayments modified_state_directed_payments "state directed payments" ("438.6(c)", "")
    PassThroughPayments modified_pass_through_payments "pass-through payments" ("438.6(d)", "")
    MentalDiseaseInstitutions modified_payments_for_mental_disease_institutions
        "payments to MCOs or PIHPs for stays in institutions for mental disease" ("438.6(e)", "")
    MedicalLossRatio modified_medical_loss_ratio_standards "medical loss ratio standards" ("438.8", "457.1203")
    OtherFinancial modified_other_financial_payment_incentive "other financial, payment or incentive provisions" ("", "")
    Enrollment modified_enrollment_process "enrollment and disenrollment" ("", "457.1210, 457.1212")
    Grievances modified_grievance_and_appeal "grievance and appeal system" ("", "457.1260")
    NetworkAdequacy modified_network_adequacy_standards "network adequacy standards" ("", "457.1218")
    LengthOfContract modified_length_of_contract "length of the contract period" ("", "")
    NonRiskPayments modified_non_risk_payment_arrangements
        "non-risk payment arrangements (within the upper payment limit)" ("447.362", "457.10, 457.1201(c)")
}

use Provision as P;

/// Asked of a base contract that covers Medicaid.
const MEDICAID_BASE: &[P] = &[
    P::InLieu,
    P::RiskSharing,
    P::Incentives,
    P::Withholds,
    P::StateDirectedPayments,
    P::PassThroughPayments,
    P::MentalDiseaseInstitutions,
    P::NonRiskPayments,
];

/// Asked of a CHIP-only amendment.
const CHIP_AMENDMENT: &[P] = &[
    P::Benefits,
    P::GeographicAreas,
    P::Beneficiaries,
    P::Enrollment,
    P::MedicalLossRatio,
    P::Grievances,
    P::NetworkAdequacy,
    P::LengthOfContract,
    P::NonRiskPayments,
];

/// Which provisions are asked, and in which words: by population and contract action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionVariant {
    chip_only: bool,
    action: ContractAction,
}

impl ProvisionVariant {
    /// The variant; none while one of the two answers is missing.
    pub fn of(population: Option<Population>, action: Option<ContractAction>) -> Option<Self> {
        Some(Self { chip_only: population? == Population::Chip, action: action? })
    }

    /// The provisions asked, in order.
    pub fn provisions(self) -> &'static [Provision] {
        match (self.chip_only, self.action) {
            (false, ContractAction::Base) => MEDICAID_BASE,
            (false, ContractAction::Amendment) => Provision::ALL,
            (true, ContractAction::Base) => &[],
            (true, ContractAction::Amendment) => CHIP_AMENDMENT,
        }
    }

    /// What the provision is about.
    pub fn topic(self, provision: Provision) -> &'static str {
        if self.chip_only && provision == Provision::Beneficiaries {
            "CHIP beneficiaries served"
        } else {
            provision.table().0
        }
    }

    /// The citation, for example "42 CFR 438.6(c)".
    pub fn citation(self, provision: Provision) -> Option<String> {
        let (_, otherwise, chip) = provision.table();
        let sections = if self.chip_only { chip } else { otherwise };
        (!sections.is_empty()).then(|| format!("42 CFR {sections}"))
    }

    /// The question in full.
    pub fn question(self, provision: Provision) -> String {
        let topic = self.topic(provision);
        match self.action {
            ContractAction::Base => format!("Does this contract include provisions on {topic}?"),
            ContractAction::Amendment => format!("Does this amendment add or change provisions on {topic}?"),
        }
    }
}

impl Provision {
    /// The provision with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|provision| provision.key() == key)
    }

    /// Its question, in words that fit every variant.
    pub(super) fn field(self) -> Field {
        let topic = match self {
            Self::Beneficiaries => "Medicaid or CHIP beneficiaries served",
            _ => self.table().0,
        };
        Field::new(Page::Contract, self.key(), topic, topic, Kind::YesNo).required("Answer yes or no")
    }
}
