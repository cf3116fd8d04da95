//! The kinds of things that happen, and who may read of them.

use serde::{Deserialize, Serialize};

use super::role::Side;

/// What a history is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "event_subject", rename_all = "snake_case")]
pub enum Subject {
    /// A contract review.
    ContractReview,
    /// A rate review.
    RateReview,
    /// An account.
    Account,
    /// A state.
    State,
    /// A program.
    Program,
    /// A setting.
    Setting,
}

/// Who may read an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "event_audience", rename_all = "snake_case")]
pub enum Audience {
    /// The state and CMS.
    Both,
    /// CMS alone.
    Cms,
    /// The state alone.
    State,
}

impl Audience {
    /// The audiences whose entries people of a side read.
    pub fn read_by(side: Side) -> [Self; 2] {
        match side {
            Side::State => [Self::Both, Self::State],
            Side::Cms => [Self::Both, Self::Cms],
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// A draft was started.
    Created,
    /// A draft was deleted.
    DraftDeleted,
    /// A version was sent.
    Submitted,
    /// A further version was sent.
    Resubmitted,
    /// The package was given back to the state.
    Unlocked,
    /// An unlock was taken back.
    UnlockUndone,
    /// The package was approved.
    Approved,
    /// An approval was taken back.
    ApprovalUndone,
    /// The package was taken out of review.
    Withdrawn,
    /// A withdrawal was taken back.
    WithdrawalUndone,
    /// A rate was taken out of review.
    RateWithdrawn,
    /// The withdrawal of a rate was taken back.
    RateBroughtBack,
    /// A rate belongs to another submission now.
    RateMoved,
    /// The number of CMS's contract review system was noted, changed or cleared.
    MccrsNumberSet,
    /// What was sent was corrected.
    Corrected,
    /// A correction was taken back.
    CorrectionUndone,
    /// A department review was made.
    ReviewMade,
    /// A department review was started.
    ReviewStarted,
    /// A department signed off.
    ReviewSignedOff,
    /// A department objected.
    ReviewObjected,
    /// A decision was reopened.
    ReviewReopened,
    /// A department review waits for the state.
    ReviewWaiting,
    /// A department review goes on.
    ReviewResumed,
    /// A reviewer was put on or taken off.
    ReviewersChanged,
    /// A department asked a question.
    QuestionAsked,
    /// The state responded.
    ResponseSent,
    /// A round was closed.
    RoundClosed,
    /// A round was taken from view.
    RoundRemoved,
    /// A response was taken from view.
    ResponseRemoved,
    /// A note was added.
    NoteAdded,
    /// An account was added.
    AccountAdded,
    /// An account was changed.
    AccountChanged,
    /// An account was deactivated.
    AccountDeactivated,
    /// A list was taken out as a file.
    ListExported,
    /// A program was added.
    ProgramAdded,
    /// A program was changed.
    ProgramChanged,
    /// A program was retired.
    ProgramRetired,
}

/// What things that happen are about, as a history is filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Steps from one status to the next.
    Status,
    /// What was sent.
    Versions,
    /// Questions and responses.
    Questions,
    /// The departments' reviews.
    Reviews,
    /// Who works on them.
    People,
    /// Remarks inside CMS.
    Notes,
}

impl Group {
    /// The groups that people of a side filter by.
    pub fn offered_to(side: Side) -> &'static [Self] {
        match side {
            Side::State => &[Self::Status, Self::Versions, Self::Questions],
            Side::Cms => &[Self::Status, Self::Versions, Self::Questions, Self::Reviews, Self::People, Self::Notes],
        }
    }

    /// What stands for it in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Versions => "versions",
            Self::Questions => "questions",
            Self::Reviews => "reviews",
            Self::People => "people",
            Self::Notes => "notes",
        }
    }

    /// The group in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Status => "Status",
            Self::Versions => "Versions",
            Self::Questions => "Questions",
            Self::Reviews => "Reviews",
            Self::People => "People",
            Self::Notes => "Notes",
        }
    }
}

impl Kind {
    /// The group by which a history of a submission or rate is filtered; none of what stands in no such history.
    pub fn group(self) -> Option<Group> {
        Some(match self {
            Self::Created
            | Self::DraftDeleted
            | Self::Unlocked
            | Self::UnlockUndone
            | Self::Approved
            | Self::ApprovalUndone
            | Self::Withdrawn
            | Self::WithdrawalUndone
            | Self::RateWithdrawn
            | Self::RateBroughtBack
            | Self::RateMoved
            | Self::MccrsNumberSet => Group::Status,
            Self::Submitted | Self::Resubmitted | Self::Corrected | Self::CorrectionUndone => Group::Versions,
            Self::ReviewMade
            | Self::ReviewStarted
            | Self::ReviewSignedOff
            | Self::ReviewObjected
            | Self::ReviewReopened
            | Self::ReviewWaiting
            | Self::ReviewResumed => Group::Reviews,
            Self::QuestionAsked
            | Self::ResponseSent
            | Self::RoundClosed
            | Self::RoundRemoved
            | Self::ResponseRemoved => Group::Questions,
            Self::ReviewersChanged => Group::People,
            Self::NoteAdded => Group::Notes,
            Self::AccountAdded
            | Self::AccountChanged
            | Self::AccountDeactivated
            | Self::ListExported
            | Self::ProgramAdded
            | Self::ProgramChanged
            | Self::ProgramRetired => return None,
        })
    }

    /// Every kind, with who reads it and whether it must say why; the table `event_kind` holds the same.
    pub const ALL: [(Self, Audience, bool); 37] = [
        (Self::Created, Audience::State, false),
        (Self::DraftDeleted, Audience::State, false),
        (Self::Submitted, Audience::Both, false),
        (Self::Resubmitted, Audience::Both, true),
        (Self::Unlocked, Audience::Both, true),
        (Self::UnlockUndone, Audience::Both, true),
        (Self::Approved, Audience::Both, false),
        (Self::ApprovalUndone, Audience::Both, true),
        (Self::Withdrawn, Audience::Both, true),
        (Self::WithdrawalUndone, Audience::Both, true),
        (Self::RateWithdrawn, Audience::Both, true),
        (Self::RateBroughtBack, Audience::Both, true),
        (Self::RateMoved, Audience::Both, false),
        (Self::MccrsNumberSet, Audience::Cms, false),
        (Self::Corrected, Audience::Both, true),
        (Self::CorrectionUndone, Audience::Both, true),
        (Self::ReviewMade, Audience::Cms, false),
        (Self::ReviewStarted, Audience::Cms, false),
        (Self::ReviewSignedOff, Audience::Cms, false),
        (Self::ReviewObjected, Audience::Cms, true),
        (Self::ReviewReopened, Audience::Cms, true),
        (Self::ReviewWaiting, Audience::Cms, false),
        (Self::ReviewResumed, Audience::Cms, false),
        (Self::ReviewersChanged, Audience::Cms, false),
        (Self::QuestionAsked, Audience::Both, false),
        (Self::ResponseSent, Audience::Both, false),
        (Self::RoundClosed, Audience::Both, false),
        (Self::RoundRemoved, Audience::Both, true),
        (Self::ResponseRemoved, Audience::Both, true),
        (Self::NoteAdded, Audience::Cms, false),
        (Self::AccountAdded, Audience::Cms, false),
        (Self::AccountChanged, Audience::Cms, false),
        (Self::AccountDeactivated, Audience::Cms, false),
        (Self::ListExported, Audience::Cms, false),
        (Self::ProgramAdded, Audience::Cms, false),
        (Self::ProgramChanged, Audience::Cms, false),
        (Self::ProgramRetired, Audience::Cms, false),
    ];

    /// Whether a state reads who of CMS did it. A department's sign-off closes its answered round, so the name of who
    /// closed one would say who decided.
    pub fn names_its_actor_to(self, side: Side) -> bool {
        side == Side::Cms || self != Self::RoundClosed
    }

    /// Who reads entries of this kind.
    pub fn audience(self) -> Audience {
        Self::ALL.iter().find(|(kind, ..)| *kind == self).map_or(Audience::Cms, |(_, audience, _)| *audience)
    }
}
