//! Why an account was not added or changed, said to the person who asked for it.

use std::borrow::Cow;

use crate::db::broken_rule;
use crate::domain::text::BAD_EMAIL;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// What was asked for can't be; a sentence says why and what would help.
    #[error("{0}")]
    Refused(Cow<'static, str>),
    /// The account is not as it was read.
    #[error("The account was changed by somebody else in the meantime. Nothing was written: look at it again.")]
    Changed,
    /// The database failed.
    #[error("The database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for AccountError {
    /// The rules of the table, in words.
    fn from(error: sqlx::Error) -> Self {
        let sentence = match broken_rule(&error) {
            Some("account_email_unique") => "Another account has this email address.",
            Some("account_email_shape") => BAD_EMAIL,
            Some("account_given_name_not_blank") => "The given name can't be blank.",
            Some("account_family_name_not_blank") => "The family name can't be blank.",
            Some("account_eua_not_blank") => "The CMS user id can't be blank; leave it out instead.",
            Some("account_state_code_fkey") => "There is no such state: give its two letters, for example MN.",
            Some("account_state_user_has_state") => "A state user belongs to a state, and nobody else does.",
            Some("account_reviewer_has_department") => {
                "A reviewer or approver belongs to a department, and nobody else does."
            }
            Some("account_leaves_no_review") => {
                "Somebody put this person on a review at the same moment. Nothing was written: try again."
            }
            _ => return Self::Database(error),
        };
        Self::Refused(sentence.into())
    }
}
