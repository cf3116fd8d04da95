//! The product, running for one test: its database, its clock, its files, and browsers to use it with.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use actix_web::dev::ServerHandle;
use mc_review::config::{Config, Environment, ServeConfig};
use mc_review::domain::clock::Clock;
use mc_review::domain::document::ScanResult;
use mc_review::live::Hub;
use mc_review::startup;
use mc_review::web::limits::{Limits, Table};
use mc_review::web::{App, Settings, assets::Assets, cookies::Cookies};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use tempfile::TempDir;
use time::Duration;
use tokio::runtime::Handle;

use super::browser::Browser;
use super::database::{BEGINNING, TestDatabase};

/// Style sheets and scripts, compressed once for all tests.
static ASSETS: LazyLock<Arc<Assets>> =
    LazyLock::new(|| Arc::new(Assets::load(&serve_config().static_dir).expect("the folder static can be read")));

/// How often streams are written to: tests do not wait for long.
const BEAT: std::time::Duration = std::time::Duration::from_millis(500);
/// What signs cookies.
const SECRET: &[u8] = b"a key for tests that everybody can read, of sixty-four letters..";
/// Connections to the database of each server.
const CONNECTIONS: u32 = 8;

/// What a world is like.
struct Kind {
    production: bool,
    new_content: ScanResult,
    public_origin: Option<&'static str>,
    limits: Table,
}

impl Default for Kind {
    fn default() -> Self {
        Self { production: false, new_content: ScanResult::Clean, public_origin: None, limits: Table::generous() }
    }
}

/// A running server with a world of its own.
pub struct World {
    /// The database, for plain SQL.
    pub db: PgPool,
    /// The clock that the server goes by; it stands still until a test moves it.
    pub clock: Clock,
    /// What requests use, to call the product's own actions with.
    pub app: App,
    /// Where the server listens, as `http://127.0.0.1:40123`.
    pub address: String,
    /// The streams of its open pages.
    pub live: Hub,
    server: ServerHandle,
    files: Arc<TempDir>,
    database: TestDatabase,
}

impl World {
    /// A world with the demonstration people and programs, and no submission yet.
    pub async fn start() -> Self {
        Self::start_as(Kind::default()).await
    }

    /// The same as people reach it at `https://mc-review.example.gov`, through a proxy that ends TLS.
    pub async fn start_over_https() -> Self {
        Self::start_as(Kind { public_origin: Some("https://mc-review.example.gov"), ..Kind::default() }).await
    }

    /// The same with limits that can be met; most tests ask for more in a moment than a person does in an hour.
    pub async fn start_with_limits(limits: Table) -> Self {
        Self::start_as(Kind { limits, ..Kind::default() }).await
    }

    /// The same as it would be in production, where no demonstration account signs in.
    pub async fn start_in_production() -> Self {
        Self::start_as(Kind { production: true, ..Kind::default() }).await
    }

    /// The same where uploaded files wait for a virus scanner; nobody checks them unless the test does.
    pub async fn start_with_checks() -> Self {
        Self::start_as(Kind { new_content: ScanResult::Pending, ..Kind::default() }).await
    }

    async fn start_as(kind: Kind) -> Self {
        let Kind { production, new_content, public_origin, limits } = kind;
        let files = Arc::new(tempfile::tempdir().expect("a folder can be made"));
        let settings = Settings {
            production,
            new_content,
            help_desk: "help@example.gov".to_owned(),
            secret: SECRET.to_vec(),
            cookies: Cookies::new(SECRET, public_origin.is_some()),
            public_origin: public_origin.map(str::to_owned),
            trusted_proxies: 0,
        };
        Self::with(TestDatabase::new().await, (settings.into(), limits), files, Clock::set_to(BEGINNING))
    }

    /// Another world that begins as this one stands, with the same files and sessions. This one has come to an end.
    pub async fn copied(&self) -> Self {
        self.live.end();
        drop(self.server.stop(false));
        self.database_is_there(false).await;
        let options: PgConnectOptions = self.database.url().parse().expect("its address is one");
        let database = TestDatabase::cloned_from(options.get_database().expect("it has a name")).await;
        let settings = (Arc::clone(&self.app.settings), Table::generous());
        Self::with(database, settings, self.files.clone(), Clock::set_to(self.clock.now()))
    }

    fn with(
        database: TestDatabase,
        (settings, limits): (Arc<Settings>, Table),
        files: Arc<TempDir>,
        clock: Clock,
    ) -> Self {
        let config = Config {
            app_env: Environment::Test,
            database_url: Some(database.url()),
            database_connections: CONNECTIONS,
            storage_url: files.path().display().to_string(),
            clamd_address: None,
            history_key: None,
        };
        let app = App {
            db: database.pool(),
            exports: database.pool(),
            writes: database.pool(),
            background: Handle::current(),
            clock: clock.clone(),
            files: startup::file_store(&config).expect("the folder is there"),
            assets: Arc::clone(&ASSETS),
            limits: Arc::new(Limits::new(&limits, &clock)),
            settings,
        };
        let Copy { address, live, server } = Copy::start(&app);
        Self { db: database.pool(), clock, app, address, live, server, files, database }
    }

    /// A further server on the same database, as there are several in production.
    pub fn another(&self) -> Copy {
        Copy::start(&App { db: self.database.pool(), ..self.app.clone() })
    }

    /// Takes the database away from everybody, or gives it back.
    pub async fn database_is_there(&self, there: bool) {
        let options: PgConnectOptions = self.database.url().parse().expect("its address is one");
        let name = options.get_database().expect("it has a name").to_owned();
        let mut conn = PgConnection::connect_with(&options.database("postgres")).await.expect("others are there");
        let allow = format!("alter database {name} with allow_connections {there}");
        conn.execute(AssertSqlSafe(allow)).await.expect("connections can be refused");
        if !there {
            let cut = sqlx::query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1");
            cut.bind(&name).execute(&mut conn).await.expect("connections can be cut");
        }
    }

    /// The folder of its file store.
    pub fn folder(&self) -> PathBuf {
        self.files.path().to_owned()
    }

    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }

    /// A browser in which somebody is signed in: `sam.lee`.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(name).await;
        browser
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.clock.set(self.clock.now() + time);
    }

    /// A number that plain SQL answers with.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.db).await.expect("the statement counts")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.live.end();
        // The order is sent at once; what it returns only waits for the end.
        drop(self.server.stop(false));
    }
}

/// One server; it goes with its runtime.
pub struct Copy {
    /// Where it listens.
    pub address: String,
    /// The streams of its open pages.
    pub live: Hub,
    server: ServerHandle,
}

impl Copy {
    fn start(app: &App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let live = Hub::begin(app.db.clone(), app.clock.clone(), BEAT);
        let server = startup::serve(app.clone(), live.clone(), &serve_config(), CONNECTIONS, listener)
            .expect("the server starts");
        let handle = server.handle();
        tokio::spawn(server);
        Self { address, live, server: handle }
    }

    /// A browser that uses it, in which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }
}

fn serve_config() -> ServeConfig {
    ServeConfig {
        bind_address: String::new(),
        session_key: None,
        public_url: None,
        trusted_proxies: 0,
        help_desk_email: String::new(),
        static_dir: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/static")),
        workers: 1,
        without_limits: true,
    }
}
