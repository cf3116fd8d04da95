//! Keys of rows: UUIDs of version 7, a type for each table so that they can't be mixed up.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A person's account.
    AccountId;
    /// A contract review: the case.
    ContractReviewId;
    /// A contract submission: one version of the case's form.
    ContractSubmissionId;
    /// A correction.
    CorrectionId;
    /// A department review.
    DepartmentReviewId;
    /// A document: a named use of a file's content.
    DocumentId;
    /// A note: a remark inside CMS.
    NoteId;
    /// A managed care program of a state.
    ProgramId;
    /// A question of a department: what a round begins with.
    QuestionId;
    /// A rate review: the case of one rate certification.
    RateReviewId;
    /// A rate submission: one version of a rate's form.
    RateSubmissionId;
    /// A response to a question.
    ResponseId;
    /// A saved view of a list.
    SavedViewId;
    /// A signed-in session.
    SessionId;
}
