//! Why something stands in the list: the next step, of which the first that fits counts.

use time::{Date, OffsetDateTime};

use crate::domain::clock::Moment;
use crate::domain::lifecycle::Decision;

/// What is to be done next, in the order in which they are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A note names the person, who has not opened it.
    Mentioned,
    /// Every department has signed off.
    Ready,
    /// A round that the person asked was answered.
    Answered,
    /// The department decided on a version before the current one.
    NewVersion,
    /// Nobody has begun.
    NotStarted,
    /// The review goes on.
    InReview,
    /// The state is to answer.
    RoundOpen,
    /// The state is to send a new version.
    Unlocked,
    /// Nobody has taken the review.
    Take,
    /// The department has decided, or the package is closed.
    Nothing,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 10] = [
        Self::Mentioned,
        Self::Ready,
        Self::Answered,
        Self::NewVersion,
        Self::NotStarted,
        Self::InReview,
        Self::RoundOpen,
        Self::Unlocked,
        Self::Take,
        Self::Nothing,
    ];

    /// As statements and addresses have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mentioned => "mentioned",
            Self::Ready => "ready",
            Self::Answered => "answered",
            Self::NewVersion => "new_version",
            Self::NotStarted => "not_started",
            Self::InReview => "in_review",
            Self::RoundOpen => "round_open",
            Self::Unlocked => "unlocked",
            Self::Take => "take",
            Self::Nothing => "nothing",
        }
    }

    /// As the filter offers it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Mentioned => "Mentioned",
            Self::Ready => "Ready to approve",
            Self::Answered => "State answered",
            Self::NewVersion => "New version came",
            Self::NotStarted => "Not started",
            Self::InReview => "In review",
            Self::RoundOpen => "Round open",
            Self::Unlocked => "Unlocked",
            Self::Take => "Take it",
            Self::Nothing => "Nothing left to do",
        }
    }

    /// Reads what a statement or an address has.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// What a step is told with.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Who wrote the note.
    pub mentioned_by: Option<String>,
    /// The department's round that goes on.
    pub round: Option<i32>,
    /// When it was asked.
    pub asked_at: Option<OffsetDateTime>,
    /// When the state got the package back.
    pub unlocked_at: Option<OffsetDateTime>,
    /// The current version.
    pub revision: Option<i32>,
    /// When it came.
    pub sent_at: Option<OffsetDateTime>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// On which version.
    pub decided_revision: Option<i32>,
    /// By whom: "you", or a name.
    pub decided_by: Option<String>,
}

impl Facts {
    /// The step in words, as they are on a day.
    pub fn in_words(&self, step: Step, today: Date) -> String {
        let round = self.round.unwrap_or_default();
        match step {
            Step::Mentioned => format!("Mentioned by {}", self.mentioned_by.as_deref().unwrap_or("somebody")),
            Step::Answered => format!("State answered round {round}"),
            Step::RoundOpen => format!("Round {round} open{}", since(self.asked_at, today)),
            Step::Unlocked => format!("Unlocked{}", since(self.unlocked_at, today)),
            Step::NewVersion => self.new_version(today),
            Step::Ready | Step::NotStarted | Step::InReview | Step::Take | Step::Nothing => step.label().to_owned(),
        }
    }

    fn new_version(&self, today: Date) -> String {
        let came = self.sent_at.map_or_else(String::new, |at| format!(" {}", Moment(at).short_day(today)));
        let by = self.decided_by.as_deref().unwrap_or("the department");
        let decided = match self.decision {
            Some(Decision::Objection) => "objected to",
            _ => "signed off on",
        };
        let (now, before) = (self.revision.unwrap_or_default(), self.decided_revision.unwrap_or_default());
        format!("Version {now} came{came}; {by} {decided} version {before}")
    }
}

fn since(at: Option<OffsetDateTime>, today: Date) -> String {
    at.map_or_else(String::new, |at| format!(" {}", Moment(at).since(today)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn each_step_says_what_it_is_about() {
        let facts = Facts {
            mentioned_by: Some("Kim Ode".to_owned()),
            round: Some(2),
            asked_at: Some(datetime!(2026-11-10 15:00 UTC)),
            unlocked_at: Some(datetime!(2026-11-11 03:00 UTC)),
            revision: Some(3),
            sent_at: Some(datetime!(2026-11-18 19:14 UTC)),
            decision: Some(Decision::SignedOff),
            decided_revision: Some(2),
            decided_by: Some("you".to_owned()),
        };
        let words = Step::ALL.map(|step| facts.in_words(step, date!(2026 - 11 - 18)));
        assert_eq!(
            words.each_ref().map(String::as_str),
            [
                "Mentioned by Kim Ode",
                "Ready to approve",
                "State answered round 2",
                "Version 3 came 11/18; you signed off on version 2",
                "Not started",
                "In review",
                "Round 2 open since 11/10 (8 days)",
                "Unlocked since 11/10 (8 days)",
                "Take it",
                "Nothing left to do",
            ]
        );
        let objected = Facts { decision: Some(Decision::Objection), decided_by: Some("Sam Lee".to_owned()), ..facts };
        let today = date!(2027 - 12 - 01);
        assert_eq!(
            objected.in_words(Step::NewVersion, today),
            "Version 3 came 11/18/2026; Sam Lee objected to version 2"
        );
        assert_eq!(objected.in_words(Step::RoundOpen, today), "Round 2 open since 11/10/2026 (386 days)");
        assert_eq!(objected.in_words(Step::Unlocked, today), "Unlocked since 11/10/2026 (386 days)");
    }

    #[test]
    fn a_step_is_read_as_it_was_written() {
        for step in Step::ALL {
            assert_eq!(Step::from_stored(step.as_str()), Some(step));
        }
        assert_eq!(Step::from_stored("later"), None);
    }
}
