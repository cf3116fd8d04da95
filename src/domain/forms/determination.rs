//! Whether a submission is subject to CMS review; made afresh at every submit.

use super::answers::ContractAction;
use super::contract::ContractForm;
use super::eqro::Eqro;
use super::form::Form;
use super::health_plan::HealthPlan;

/// The outcome, and why, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Determination {
    /// CMS departments review it.
    SubjectToReview {
        /// Why.
        why: String,
    },
    /// It is kept for the record.
    NotSubject {
        /// Why.
        why: String,
    },
}

impl Determination {
    /// Whether CMS departments review it.
    pub fn is_subject(&self) -> bool {
        matches!(self, Self::SubjectToReview { .. })
    }

    /// The decision in words.
    pub fn decision(&self) -> &'static str {
        if self.is_subject() { "Subject to review" } else { "Not subject to review" }
    }

    /// Why, as a sentence.
    pub fn why(&self) -> &str {
        match self {
            Self::SubjectToReview { why } | Self::NotSubject { why } => why,
        }
    }

    fn of(subject: bool, why: impl Into<String>) -> Self {
        let why = why.into();
        if subject { Self::SubjectToReview { why } } else { Self::NotSubject { why } }
    }
}

/// The determination of a submission with these answers. While answers that it depends on are missing, it is that of
/// their being no.
pub fn determination(data: &ContractForm) -> Determination {
    match data.applicable() {
        ContractForm::HealthPlan(data) => of_a_health_plan(&data),
        ContractForm::Eqro(data) => of_an_eqro(&data),
    }
}

/// A health plan submission is not subject to review if and only if it covers CHIP alone.
fn of_a_health_plan(data: &HealthPlan) -> Determination {
    if data.is_chip_only() {
        Determination::of(false, "CHIP-only contracts are kept for the record and not reviewed.")
    } else {
        Determination::of(true, "Contracts that cover Medicaid are reviewed.")
    }
}

/// What an EQRO does on MCOs decides; what it does on the CHIP population never makes its contract subject to review.
fn of_an_eqro(data: &Eqro) -> Determination {
    if !data.reviews_mcos() {
        let also = if data.covers_chip() { " Activities on the CHIP population alone are not reviewed." } else { "" };
        return Determination::of(false, format!("The EQRO does not review MCOs.{also}"));
    }
    let yes = |answer: Option<bool>| answer == Some(true);
    let base = data.contract_type == Some(ContractAction::Base);
    if !base && !yes(data.eqro.mco_eqr_or_related_activities) {
        return Determination::of(
            false,
            "The amendment does not change EQR or EQR-related activities performed on MCOs.",
        );
    }
    let reasons = [
        (base && yes(data.eqro.new_contractor), "is with a new contractor"),
        (yes(data.eqro.mco_new_optional_activity), "adds optional activities on MCOs"),
        (yes(data.eqro.new_mco_eqr_related_activities), "covers EQR-related activities for a new MCO program"),
    ];
    let given: Vec<&str> = reasons.iter().filter(|(given, _)| *given).map(|(_, reason)| *reason).collect();
    let what = if base { "contract" } else { "amendment" };
    match given.split_last() {
        Some((last, [])) => Determination::of(true, format!("The {what} {last}.")),
        Some((last, others)) => Determination::of(true, format!("The {what} {} and {last}.", others.join(", "))),
        None if base => Determination::of(
            false,
            "The contract is not with a new contractor, adds no optional activities on MCOs and covers no \
             EQR-related activities for a new MCO program.",
        ),
        None => Determination::of(
            false,
            "The amendment adds no optional activities on MCOs and covers no EQR-related activities for a new MCO \
             program.",
        ),
    }
}
