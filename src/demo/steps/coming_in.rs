//! What CMS does with a submission that has come in: it gets the number of the contract review system.

use anyhow::Context;
use sqlx::PgConnection;

use super::Scene;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::ContractReviewAction;
use crate::life;

/// The invented number of a submission: every one has another.
pub fn mccrs_number(key: &SubmissionKey) -> String {
    let state: String =
        key.state_code.bytes().map(|letter| format!("{:02}", letter.saturating_sub(b'A') + 1)).collect();
    format!("{state}{:05}", key.number)
}

impl Scene<'_> {
    /// A reviewer notes the number.
    pub(super) async fn note_number(&mut self, conn: &mut PgConnection) -> anyhow::Result<()> {
        let by = self.stage.cast.may(&mut self.rng, &self.key.state_code, ContractReviewAction::SetMccrsNumber);
        let by = by.context("nobody notes numbers")?;
        let submission = self.lock(conn, by.person).await?;
        let number = mccrs_number(&self.key);
        Ok(life::set_mccrs_number(conn, &self.clock, by, &submission, Some(&number)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_and_differ() {
        let number = |state: &str, number| mccrs_number(&SubmissionKey { state_code: state.to_owned(), number });
        assert_eq!(number("MN", 12), "131400012");
        assert_ne!(number("MN", 12), number("TX", 12));
        assert_ne!(number("MN", 12), number("MN", 13));
    }
}
