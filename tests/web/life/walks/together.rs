//! Two people who press at the same moment.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::forms::{self, Form};
use super::walker::Walker;
use crate::life::model::attempt::{Answer, Attempt};
use crate::life::model::standing::Standing;

impl Walker<'_> {
    /// Lets two people press at the same moment, both on what they see now. With a lock held they wait for it in the order
    /// in which they pressed. Gives what no order of the two explains.
    pub async fn press_both(&mut self, pressed: &[Attempt; 2], held: Option<&str>) -> Vec<String> {
        let seen = self.model.clone();
        let [first, second] = pressed.each_ref().map(|attempt| forms::draw(&seen, &seen, attempt, &self.accounts));
        let answers = {
            let mut lock = self.world.db.begin().await.expect("a transaction begins");
            let holder = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *lock).await.expect("a number");
            if let Some(held) = held {
                sqlx::raw_sql(sqlx::AssertSqlSafe(held)).execute(&mut *lock).await.expect("the lock is had");
            }
            let answered = AtomicI64::new(0);
            let press = async |at: usize, form: Form| {
                let (status, _) = self.post(pressed[at].who, &form.path, form.fields).await;
                answered.fetch_add(1, Ordering::Relaxed);
                status
            };
            let later = async {
                if held.is_some() {
                    self.somebody_waits(holder, 1, &answered).await;
                }
                press(1, second).await
            };
            let release = async {
                if held.is_some() {
                    self.somebody_waits(holder, 2, &answered).await;
                }
                lock.rollback().await.expect("the lock is released");
            };
            let (first, second, ()) = tokio::join!(press(0, first), later, release);
            [first, second]
        };
        let product = Standing::read(&self.world.db, &seen).await;
        let mut found = vec![format!("answered with {answers:?}")];
        for order in [[0, 1], [1, 0]] {
            self.model = seen.clone();
            let mut expected = [0; 2];
            for at in order {
                let answer = self.model.judge(&pressed[at], &seen);
                expected[at] = answer.status();
                if answer == Answer::Done {
                    self.model.carry_out(&pressed[at]);
                }
            }
            self.model.learn(&product);
            let differences = self.model.standing(&self.accounts).differences(&product);
            if expected == answers && differences.is_empty() {
                return Vec::new();
            }
            found.push(format!("in the order {order:?} the model expects {expected:?}"));
            found.extend(differences);
        }
        found
    }

    /// Until so many wait for the lock that somebody holds, or for each other behind it, or were answered without it.
    async fn somebody_waits(&self, holder: i32, many: i64, answered: &AtomicI64) {
        let waiting = "with recursive waiting (pid) as (
               select $1::integer
               union
               select a.pid from pg_stat_activity a join waiting w on w.pid = any(pg_blocking_pids(a.pid))
                where a.datname = current_database() and a.wait_event_type = 'Lock')
             select count(*) - 1 from waiting";
        for _ in 0..40 {
            let waiting = sqlx::query_scalar::<_, i64>(waiting).bind(holder).fetch_one(&self.world.db);
            if waiting.await.expect("a number") + answered.load(Ordering::Relaxed) >= many {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// What one of them may wait for, as statements that lock it.
    pub fn locks(&self) -> Vec<String> {
        let mut locks = Vec::new();
        let mut lock = |table: &str, condition: String| {
            locks.push(format!("select from {table} where {condition} for update"));
        };
        for contract in self.model.contracts.iter().filter(|contract| contract.state == "MN") {
            lock("contract_review", format!("id = '{}'", contract.id));
        }
        for rate in &self.model.rates {
            lock("rate_review", format!("id = '{}'", rate.id));
        }
        let first = self.model.contracts[0].id;
        lock("department_review", format!("contract_review_id = '{first}'"));
        lock("contract_submission", format!("contract_review_id = '{first}'"));
        lock("event_head", format!("subject_id = '{first}'"));
        let rounds: Vec<_> = self.model.rounds.iter().filter_map(|round| round.id).collect();
        if let Some(round) = rounds.first() {
            lock("question", format!("id = '{round}'"));
        }
        locks
    }
}
