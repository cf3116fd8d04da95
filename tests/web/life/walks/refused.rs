//! What a person may not do, tried again with plain SQL: the bare change of a status is refused by a rule that has a name.

use mc_review::domain::lifecycle::{
    CONTRACT_REVIEW, ContractReviewStatus as C, DEPARTMENT_REVIEW, DepartmentReviewStatus as D, RATE_REVIEW,
    RateReviewStatus as R, Rule,
};
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::refused_rounds;
use crate::life::model::Model;
use crate::life::model::attempt::{Attempt, Deed, Wished};

/// A change of a status, and the rule that refuses it.
pub struct Statement {
    sql: String,
    rule: String,
}

/// The bare changes that a deed comes to; none where the status would stay.
pub fn statements(model: &Model, attempt: &Attempt, accounts: &[Uuid]) -> Vec<Statement> {
    match attempt.deed {
        Deed::Round(asking) => refused_rounds::statements(model, attempt.who, asking, accounts),
        deed => of_a_life(model, deed).into_iter().collect(),
    }
}

fn of_a_life(model: &Model, deed: Deed) -> Option<Statement> {
    match model.wished(deed)? {
        Wished::Contract(place, to) => {
            let contract = &model.contracts[place];
            let released = if to == C::Approved { "'2026-03-10'" } else { "null" };
            let rule = match (contract.deleted, along(CONTRACT_REVIEW, contract.status, to)) {
                (true, _) => "contract_review_deleted_stays_deleted".to_owned(),
                (_, true) if contract.status == C::Draft => "contract_review_sent_unless_draft".to_owned(),
                (_, along) => refusing("contract_review", along),
            };
            let set = format!("status = '{}', released_on = {released}", to.as_str());
            (contract.status != to).then(|| Statement::new("contract_review", contract.id, &set, rule))
        }
        Wished::Rate(place, to) => {
            let rate = &model.rates[place];
            let rule = match (rate.deleted, along(RATE_REVIEW, rate.status, to)) {
                (true, _) => "rate_review_deleted_stays_deleted".to_owned(),
                (_, true) if rate.status == R::Draft => "rate_review_sent_unless_draft".to_owned(),
                (_, along) => refusing("rate_review", along),
            };
            let set = format!("status = '{}', withdrawn_with_parent = false", to.as_str());
            (rate.status != to).then(|| Statement::new("rate_review", rate.id, &set, rule))
        }
        Wished::Review(place, to) => {
            let review = &model.reviews[place];
            let decided = matches!(to, D::SignedOff | D::Objection);
            let decision = format!(
                ", decision = '{}', decision_note = 'So.', decided_at = now(), decided_revision = {},
                  decided_by = (select id from account limit 1)",
                to.as_str(),
                model.current_revision(review.subject),
            );
            let decision = if decided { decision.as_str() } else { "" };
            let set = format!("status = '{}', status_before = null{decision}", to.as_str());
            let rule = refusing("department_review", along(DEPARTMENT_REVIEW, review.status, to));
            let id = review.id.filter(|_| review.status != to)?;
            Some(Statement::new("department_review", id, &set, rule))
        }
    }
}

/// Whether the table of a life knows this step, by whatever deed.
pub fn along<Action, Status: PartialEq>(life: &[Rule<Action, Status>], from: Status, to: Status) -> bool {
    life.iter().any(|rule| rule.from.contains(&from) && rule.to.contains(&to))
}

/// A step that the table knows still needs an entry that tells of it.
fn refusing(table: &str, along: bool) -> String {
    format!("{table}_{}", if along { "change_is_told" } else { "transition" })
}

impl Statement {
    fn new(table: &str, id: Uuid, set: &str, rule: String) -> Self {
        let sql =
            format!("update {table} set {set} where id = '{id}'; set constraints {table}_change_is_told immediate");
        Self::refused_by(sql, rule)
    }

    /// A statement, and the rule that refuses it.
    pub fn refused_by(sql: String, rule: impl Into<String>) -> Self {
        Self { sql, rule: rule.into() }
    }

    /// What is wrong if the rule does not refuse it. Nothing of it stays.
    pub async fn differs(self, db: &PgPool) -> Option<String> {
        let Self { sql, rule } = self;
        let mut tx = db.begin().await.expect("a transaction begins");
        let outcome = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut *tx).await;
        tx.rollback().await.expect("the transaction ends");
        let refused = outcome.err().map(|error| mc_review::db::broken_rule(&error).unwrap_or("?").to_owned());
        (refused.as_ref() != Some(&rule)).then(|| format!("{sql}: {rule} is to refuse it, not {refused:?}"))
    }
}
