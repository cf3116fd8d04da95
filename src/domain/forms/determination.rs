//! Whether a submission is subject to CMS review; made afresh at every submit.

use super::health_plan::HealthPlan;

/// The outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Determination {
    /// CMS departments review it.
    SubjectToReview,
    /// It is kept for the record.
    NotSubject {
        /// Why, as a sentence.
        why: &'static str,
    },
}

/// A health plan submission is not subject to review if and only if it covers CHIP alone.
pub fn determination(data: &HealthPlan) -> Determination {
    if data.is_chip_only() {
        Determination::NotSubject { why: "CHIP-only contracts are kept for the record and not reviewed." }
    } else {
        Determination::SubjectToReview
    }
}
