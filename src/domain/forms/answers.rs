//! The answers that are chosen from a list, with the value that is stored and the label that is shown.

use serde::{Deserialize, Serialize};

use crate::domain::role::Side;

/// One answer of a list: the value as stored and posted, and its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// As stored and posted, in capitals.
    pub value: &'static str,
    /// As the form has it, which a state fills in.
    pub label: &'static str,
    /// As CMS reads it, where the state speaks of itself.
    pub to_cms: Option<&'static str>,
}

impl Choice {
    /// A value with its label.
    pub const fn new(value: &'static str, label: &'static str) -> Self {
        Self { value, label, to_cms: None }
    }

    /// The same with what CMS reads.
    pub const fn to_cms(self, label: &'static str) -> Self {
        Self { to_cms: Some(label), ..self }
    }

    /// Its label for a reader of this side.
    pub fn label_for(&self, side: Side) -> &'static str {
        match side {
            Side::Cms => self.to_cms.unwrap_or(self.label),
            Side::State => self.label,
        }
    }
}

/// Makes an enum of answers whose stored values, labels and list of choices are one table. What CMS reads stands behind what
/// the state does, where that is something else.
macro_rules! answers {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $value:literal $label:literal $(/ $to_cms:literal)?)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $(#[doc = $label] #[serde(rename = $value)] $variant,)+
        }

        impl $name {
            /// All answers, in the order of the form.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The same as values and labels.
            pub const CHOICES: &'static [Choice] = &[$(Choice::new($value, $label)$(.to_cms($to_cms))?),+];

            /// The value as stored and posted.
            pub fn value(self) -> &'static str {
                match self { $(Self::$variant => $value),+ }
            }

            /// The label of the form.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }
        }
    };
}

answers! {
    /// Who a contract action covers.
    Population {
        Medicaid "MEDICAID" "Medicaid"
        MedicaidAndChip "MEDICAID_AND_CHIP" "Medicaid and CHIP"
        Chip "CHIP" "CHIP-only"
    }
}

answers! {
    /// What a submission includes.
    SubmissionType {
        ContractOnly "CONTRACT_ONLY" "Contract action only"
        ContractAndRates "CONTRACT_AND_RATES" "Contract action and rate certification"
    }
}

answers! {
    /// Whether the contract is new or changes an earlier one.
    ContractAction {
        Base "BASE" "Base contract"
        Amendment "AMENDMENT" "Amendment to a base contract"
    }
}

answers! {
    /// Whether all parties signed.
    ExecutionStatus {
        Executed "EXECUTED" "Fully executed"
        Unexecuted "UNEXECUTED" "Unexecuted by some or all parties"
    }
}

answers! {
    /// Kinds of managed care entities (42 CFR 438.2).
    Entity {
        Mco "MCO" "Managed Care Organization (MCO)"
        Pihp "PIHP" "Prepaid Inpatient Health Plan (PIHP)"
        Pahp "PAHP" "Prepaid Ambulatory Health Plan (PAHP)"
        Pccm "PCCM" "Primary Care Case Management Entity (PCCM entity)"
    }
}

answers! {
    /// The part of the Social Security Act under which a program operates.
    FederalAuthority {
        StatePlan "STATE_PLAN" "1932(a) State Plan Authority"
        Waiver1915b "WAIVER_1915B" "1915(b) Waiver Authority"
        Waiver1115 "WAIVER_1115" "1115 Waiver Authority"
        Voluntary "VOLUNTARY" "1915(a) Voluntary Authority"
        Benchmark "BENCHMARK" "1937 Benchmark Authority"
        TitleXxi "TITLE_XXI" "Title XXI Separate CHIP State Plan Authority"
    }
}

impl Population {
    /// Whether CHIP is covered, alone or with Medicaid.
    pub fn covers_chip(self) -> bool {
        matches!(self, Self::MedicaidAndChip | Self::Chip)
    }
}

impl FederalAuthority {
    /// Whether a CHIP-only contract can operate under it.
    pub fn covers_chip_only(self) -> bool {
        matches!(self, Self::Waiver1115 | Self::TitleXxi)
    }

    /// Whether a contract under it is asked about its D-SNP.
    pub fn asks_about_dsnp(self) -> bool {
        matches!(self, Self::StatePlan | Self::Waiver1915b | Self::Waiver1115 | Self::Voluntary)
    }
}

answers! {
    /// Whether a rate is certified for the first time or changed.
    RateType {
        New "NEW" "New rate certification"
        Amendment "AMENDMENT" "Amendment to a prior rate certification"
    }
}

answers! {
    /// What the actuaries certify (42 CFR 438.4(b), (c)).
    CapitationType {
        RateCell "RATE_CELL" "A rate for each rate cell"
        RateRange "RATE_RANGE" "A range of rates for each rate cell"
    }
}

answers! {
    /// The Medicaid populations in the rates of a contract that is tied to a D-SNP.
    RatePopulation {
        WithDsnp "MEDICARE_MEDICAID_WITH_DSNP" "Dually eligible, enrolled through a D-SNP"
        MedicaidOnly "MEDICAID_ONLY" "Medicaid-only"
        WithoutDsnp "MEDICARE_MEDICAID_WITHOUT_DSNP" "Dually eligible, not enrolled through a D-SNP"
    }
}

answers! {
    /// The firm of an actuary.
    ActuarialFirm {
        Mercer "MERCER" "Mercer"
        Milliman "MILLIMAN" "Milliman"
        Optumas "OPTUMAS" "Optumas"
        Guidehouse "GUIDEHOUSE" "Guidehouse"
        Deloitte "DELOITTE" "Deloitte"
        StateInHouse "STATE_IN_HOUSE" "State in-house"
        Other "OTHER" "Other"
    }
}

answers! {
    /// How CMS's Office of the Actuary may reach the actuaries.
    ActuaryContact {
        ToActuary "OACT_TO_ACTUARY" "Directly, with a copy to us" / "Directly, with a copy to the state"
        ToState "OACT_TO_STATE" "Through us; we pass it on" / "Through the state, which forwards messages"
    }
}

/// The posted value and label of yes.
pub(super) const YES: Choice = Choice::new("YES", "Yes");
/// The posted value and label of no.
pub(super) const NO: Choice = Choice::new("NO", "No");
