//! A throw-away PostgreSQL with a database for every number of submissions. It is loaded fast and measured safe: before
//! the first figure it is told to keep what is committed, as in production.

use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use mc_review::db::SETTINGS;
use mc_review::db::private_cluster::{ClusterKind, PrivateCluster};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The invented data are the same in every run.
const SEED: &str = "1";

/// A database, by the number of submissions in it; or a copy of it.
#[derive(Clone, Copy, Debug)]
pub struct Data {
    submissions: u32,
    copied: bool,
}

impl Data {
    /// The database with so many.
    pub const fn of(submissions: u32) -> Self {
        Self { submissions, copied: false }
    }

    fn name(self) -> String {
        format!("submissions_{}{}", self.submissions, if self.copied { "_copy" } else { "" })
    }
}

impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.submissions.fmt(f)
    }
}

/// The cluster, the folder for files, and a runtime to ask with. It all goes with this value.
pub struct Databases {
    cluster: PrivateCluster,
    files: TempDir,
    runtime: Arc<Runtime>,
}

impl Databases {
    /// Starts an empty cluster.
    pub fn start() -> Self {
        let cluster = PrivateCluster::start(ClusterKind::Throwaway).expect("PostgreSQL must be on this machine");
        let files = tempfile::tempdir().expect("a folder can be made");
        Self { cluster, files, runtime: Arc::new(Runtime::new().expect("a runtime can be made")) }
    }

    /// Makes a database with so many submissions.
    pub fn load(&self, data: Data) {
        eprintln!("Loading {data} submissions");
        self.execute("mc_review", &format!("create database {}", data.name()));
        self.product(data, &["migrate"]);
        self.product(data, &["demo", "--submissions", &data.to_string(), "--seed", SEED]);
        self.execute(&data.name(), "vacuum (analyze)");
    }

    /// Copies a database as it stands; nobody is connected to it.
    pub fn copy(&self, data: Data) -> Data {
        let copy = Data { copied: true, ..data };
        self.execute("mc_review", &format!("create database {} template {}", copy.name(), data.name()));
        copy
    }

    /// From now on what is committed outlives a power cut, and nothing is left to write of what was loaded.
    pub fn settle(&self) {
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            self.execute("mc_review", &format!("alter system set {setting} = on"));
        }
        self.execute("mc_review", "select pg_reload_conf()");
        self.execute("mc_review", "checkpoint");
        let off =
            self.ask("mc_review", "select count(*)::text from pg_settings where name = 'fsync' and setting = 'off'");
        assert_eq!(off, "0", "PostgreSQL keeps what is committed");
    }

    /// Runs the product's program on a database to its end.
    fn product(&self, data: Data, arguments: &[&str]) {
        let status = self.command(data, "").args(arguments).stdout(Stdio::null()).status();
        assert!(status.is_ok_and(|status| status.success()), "mc-review {arguments:?} succeeds");
    }

    /// The product's program, set up for a database. `session` is put into the options of every connection.
    pub fn command(&self, data: Data, session: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mc-review"));
        let url = self.url_of(data);
        let separator = if url.contains('?') { '&' } else { '?' };
        let options = if session.is_empty() { String::new() } else { format!("{separator}options={session}") };
        command.env("DATABASE_URL", format!("{url}{options}")).env("STORAGE_URL", self.files.path());
        command.env("APP_ENV", "development").env_remove("SESSION_KEY").env_remove("PUBLIC_URL").stdin(Stdio::null());
        command
    }

    /// The address of a database.
    pub fn url_of(&self, data: Data) -> String {
        self.cluster.url_of(&data.name())
    }

    /// A program of PostgreSQL's, set up for a database as the product is.
    pub fn postgres_program(&self, program: &str, data: Data) -> Command {
        let mut command = Command::new(self.cluster.bin_dir().join(program));
        command.env("PGHOST", self.cluster.socket_dir()).env("PGUSER", "mc_review").env("PGDATABASE", data.name());
        let settings = SETTINGS.map(|(name, value)| format!("-c {name}={value}")).join(" ");
        command.env("PGOPTIONS", settings);
        command
    }

    /// What the server logged so far.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.cluster.socket_dir().join("log")).expect("PostgreSQL has a log");
        String::from_utf8_lossy(&log).into_owned()
    }

    /// One text that a statement answers with.
    pub fn ask_of(&self, data: Data, sql: &str) -> String {
        self.ask(&data.name(), sql)
    }

    /// Texts that a statement answers with.
    pub fn list_of(&self, data: Data, sql: &str) -> Vec<Vec<String>> {
        self.runtime.block_on(async {
            let mut conn = self.connect(&data.name()).await;
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut conn).await.expect("the statement is answered");
            rows.iter().map(|row| (0..row.len()).map(|at| row.get(at)).collect()).collect()
        })
    }

    /// The version of PostgreSQL.
    pub fn version(&self) -> String {
        self.ask("mc_review", "select split_part(current_setting('server_version'), ' ', 1)")
    }

    /// Somewhere to wait for what is not measured.
    pub fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&self.runtime)
    }

    /// The folder of files.
    pub fn files(&self) -> &Path {
        self.files.path()
    }

    fn ask(&self, database: &str, sql: &str) -> String {
        self.runtime.block_on(async {
            let mut conn = self.connect(database).await;
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut conn).await.expect("the statement is answered")
        })
    }

    fn execute(&self, database: &str, sql: &str) {
        self.runtime.block_on(async {
            let mut conn = self.connect(database).await;
            conn.execute(AssertSqlSafe(sql)).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        });
    }

    async fn connect(&self, database: &str) -> PgConnection {
        PgConnection::connect(&self.cluster.url_of(database)).await.expect("the cluster takes connections")
    }
}
