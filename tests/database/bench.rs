//! A database to try plain SQL on, as a person with a terminal would.

use mc_review::db::broken_rule;
use sqlx::postgres::{PgPool, PgRow};
use sqlx::{AssertSqlSafe, Postgres, Transaction};

use crate::support::database::TestDatabase;

/// A database with the words of `fixture.sql`.
pub struct Bench {
    /// For what the words here do not say.
    pub db: PgPool,
    _database: TestDatabase,
}

impl Bench {
    /// A migrated database with people and programs, and what `script` puts into it.
    pub async fn with(script: &str) -> Self {
        let database = TestDatabase::new().await;
        let bench = Self { db: database.pool(), _database: database };
        bench.done(include_str!("fixture.sql")).await;
        bench.done(script).await;
        bench
    }

    /// Does it, for good.
    #[track_caller]
    pub fn done<'a>(&'a self, script: &'a str) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let mut tx = self.db.begin().await.expect("the database is there");
            run(&mut tx, script).await.unwrap_or_else(|error| panic!("{caller}: {script}\n{error}"));
            tx.commit().await.unwrap_or_else(|error| panic!("{caller}: {script}\n{error}"));
        }
    }

    /// Shows that `right` goes through to the end and that `wrong` is refused by exactly this rule. Nothing stays of either.
    pub async fn rule(&self, rule: &str, right: &str, wrong: &str) {
        if let Err(error) = self.tried(right).await {
            panic!("{rule}: this should go through:\n{right}\n{error}");
        }
        self.refused(rule, wrong).await;
    }

    /// Shows that a script is refused by exactly this rule.
    pub async fn refused(&self, rule: &str, wrong: &str) {
        let error = self.tried(wrong).await.expect_err(&format!("{rule} should refuse this:\n{wrong}"));
        assert_eq!(broken_rule(&error), Some(rule), "another rule refused this:\n{wrong}\n{error}");
    }

    /// Does it up to and including what is checked at commit, then takes it back.
    pub async fn tried(&self, script: &str) -> sqlx::Result<()> {
        let mut tx = self.db.begin().await?;
        run(&mut tx, script).await?;
        run(&mut tx, "set constraints all immediate").await
    }

    /// One value.
    pub async fn value<T>(&self, query: &str) -> T
    where
        (T,): for<'r> sqlx::FromRow<'r, PgRow>,
        T: Send + Unpin,
    {
        let found: (T,) = sqlx::query_as(AssertSqlSafe(query)).fetch_one(&self.db).await.expect("one row");
        found.0
    }

    /// The text values of one column.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(query)).fetch_all(&self.db).await.expect("rows of text")
    }
}

async fn run(tx: &mut Transaction<'_, Postgres>, script: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut **tx).await.map(|_| ())
}
