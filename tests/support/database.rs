//! One throw-away cluster per test program, and a database of its own for every test, cloned from a template.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use mc_review::db::Purpose;
use mc_review::db::private_cluster::{ClusterKind, PrivateCluster};
use mc_review::domain::clock::Clock;
use mc_review::{db, demo};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use time::OffsetDateTime;
use time::macros::datetime;

/// When tests begin: in US Eastern still half past eleven in the evening of 03/10/2026.
pub const BEGINNING: OffsetDateTime = datetime!(2026-03-11 03:30:00.123_456 UTC);

/// The cluster goes with the process.
static CLUSTER: LazyLock<PrivateCluster> = LazyLock::new(|| {
    // HTTP clients of tests want to know the TLS library even where they never use it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    PrivateCluster::start(ClusterKind::Throwaway).expect("PostgreSQL must be on this machine")
});

/// A migrated database with the demonstration people and programs, made once; a clone of it takes a moment.
static TEMPLATE: LazyLock<&str> = LazyLock::new(|| {
    aside(async {
        create("template_world", "template1").await;
        let pool =
            db::pool(&CLUSTER.url_of("template_world"), 1, Purpose::Commands).expect("the cluster's address is one");
        db::MIGRATOR.run(&pool).await.expect("the migrations apply to an empty database");
        people_and_programs(&pool).await.expect("the demonstration people and programs load");
        pool.close().await;
    });
    "template_world"
});

/// A database that is dropped with this value.
pub struct TestDatabase {
    name: String,
}

impl TestDatabase {
    /// A database with nothing in it.
    pub async fn empty() -> Self {
        Self::cloned_from("template1").await
    }

    /// A migrated database with the demonstration people and programs.
    pub async fn new() -> Self {
        Self::cloned_from(*TEMPLATE).await
    }

    /// One that begins as another stands, to which nobody is connected.
    pub async fn cloned_from(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        create(&name, template).await;
        Self { name }
    }

    /// Its address.
    pub fn url(&self) -> String {
        CLUSTER.url_of(&self.name)
    }

    /// A pool of its own, apart from any that a server has.
    pub fn pool(&self) -> PgPool {
        db::pool(&self.url(), 8, Purpose::Commands).expect("the cluster's address is one")
    }
}

impl Drop for TestDatabase {
    /// Nobody waits for it: at the latest it goes with the cluster.
    fn drop(&mut self) {
        let drop = format!("drop database if exists {} with (force)", self.name);
        std::thread::spawn(move || {
            runtime().block_on(async {
                if let Ok(mut conn) = PgConnection::connect(&CLUSTER.url()).await {
                    let _ = conn.execute(AssertSqlSafe(drop)).await;
                }
            });
        });
    }
}

/// Loads the demonstration people and programs.
pub async fn people_and_programs(db: &PgPool) -> anyhow::Result<()> {
    demo::load(db, &Clock::set_to(BEGINNING)).await
}

async fn create(name: &str, template: &str) {
    let mut conn = PgConnection::connect(&CLUSTER.url()).await.expect("the cluster takes connections");
    let create = format!("create database {name} template {template} strategy file_copy");
    conn.execute(AssertSqlSafe(create)).await.expect("a database can be made");
}

/// Runs to the end outside the runtime of the test that came first.
fn aside(work: impl Future<Output = ()> + Send) {
    std::thread::scope(|scope| {
        scope.spawn(|| runtime().block_on(work)).join().expect("the template is made");
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
}
