//! Further versions of submissions, for tests to read and compare.

use serde_json::Value;

use super::story::Story;
use super::world::World;

impl World {
    /// The state changes answers of the contract, and of its rates, in the version that is open.
    pub async fn write(&self, story: &Story, answers: &Value, rate_answers: &Value) {
        let mut tx = self.db.begin().await.expect("a transaction begins");
        for (statement, answers) in [
            (
                "update contract_submission set contract_data = contract_data || $2
                  where contract_review_id = $1 and submitted_at is null and discarded_at is null",
                answers,
            ),
            (
                "update rate_submission s set rate_data = s.rate_data || $2 from rate_review r
                  where r.id = s.rate_review_id and r.parent_id = $1 and s.submitted_at is null and s.discarded_at is null",
                rate_answers,
            ),
        ] {
            sqlx::query(statement).bind(story.id.0).bind(answers).execute(&mut *tx).await.expect("the rules hold");
        }
        tx.commit().await.expect("it stays written");
    }

    /// DMCO unlocks a submission, and its state sends it again with these answers.
    pub async fn resent(&self, story: &Story, answers: &Value, rate_answers: &Value) {
        self.unlock("sam.lee", story).await;
        self.write(story, answers, rate_answers).await;
        self.send("maya.lindqvist", story).await;
    }
}
