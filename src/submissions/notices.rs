//! The notices above the banner: that a package lacks the rates it should have, and that a linked rate went on since.

use crate::domain::forms::SubmissionType;
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::lifecycle::{ContractReviewStatus, RateReviewStatus};
use crate::rates::SentRate;

use super::queries::Submission;
use super::sent::SentVersion;

/// Something about the package shown that both sides should know.
#[derive(Debug, PartialEq, Eq)]
pub enum Notice {
    /// By its answers it has rates, and each was withdrawn.
    NoRateLeft {
        /// Whether the state is writing the next version.
        unlocked: bool,
    },
    /// A linked rate was sent again with another submission.
    NewerRate {
        /// The rate.
        rate: RateKey,
        /// The version that the package has.
        had: i32,
        /// The version that was sent since.
        revision: i32,
        /// The submission that it was sent with.
        sent_with: SubmissionKey,
    },
}

/// The notices of a package, in the order of its rates.
pub fn notices(submission: &Submission, version: &SentVersion, rates: &[SentRate]) -> Vec<Notice> {
    let should_have = version.data.submission_type() == Some(SubmissionType::ContractAndRates);
    let left = rates.iter().any(|rate| rate.status != RateReviewStatus::Withdrawn);
    // What is withdrawn as a whole lacks nothing; its banner says what became of each rate.
    let stands = submission.status != ContractReviewStatus::Withdrawn;
    let unlocked = submission.status == ContractReviewStatus::Unlocked;
    let none_left = (should_have && !left && stands).then_some(Notice::NoRateLeft { unlocked });
    let newer = rates.iter().filter_map(|rate| {
        let newer = rate.newer.clone()?;
        let (rate, had) = (rate.key.clone(), rate.revision);
        Some(Notice::NewerRate { rate, had, revision: newer.revision, sent_with: newer.sent_with })
    });
    none_left.into_iter().chain(newer).collect()
}
