//! Why a program was not added or changed, said to the person who asked for it.

use crate::db::broken_rule;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// What was asked for can't be; a sentence says why and what would help.
    #[error("{0}")]
    Refused(&'static str),
    /// The program is not as it was read.
    #[error("The program was changed by somebody else in the meantime. Nothing was written: look at it again.")]
    Changed,
    /// The database failed.
    #[error("The database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ProgramError {
    /// The rules of the table, in words.
    fn from(error: sqlx::Error) -> Self {
        let sentence = match broken_rule(&error) {
            Some("program_pkey") => "Another program has this id.",
            Some("program_name_unique") => "Another program of this state has this short name.",
            Some("program_name_not_blank") => "The short name can't be blank.",
            Some("program_full_name_not_blank") => "The full name can't be blank.",
            Some("program_name_fixed") => {
                "A sent version is named by this short name: retire the program and add another."
            }
            Some("program_replaced_only_when_retired") => "Only a retired program is replaced by another.",
            Some("program_replaced_by_another") => "A program can't replace itself.",
            Some("program_replacement_of_same_state") => "A program is replaced by one of its own state.",
            Some("program_state_code_fkey") => "There is no such state: give its two letters, for example MN.",
            _ => return Self::Database(error),
        };
        Self::Refused(sentence)
    }
}
