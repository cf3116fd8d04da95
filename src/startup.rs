//! Puts the parts together and serves.

use std::any::Any;
use std::collections::HashSet;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_web::cookie::SameSite;
use actix_web::dev::Server;
use actix_web::http::Uri;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::scope;
use actix_web::{App as ActixApp, HttpServer, web};
use anyhow::Context;
use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use socket2::SockRef;
use sqlx::PgPool;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tracing_actix_web::TracingLogger;

use crate::config::{Config, Environment, ServeConfig};
use crate::db::private_cluster::{ClusterKind, PrivateCluster, PrivateClusterError};
use crate::db::session_store::PgSessionStore;
use crate::db::{self, Purpose};
use crate::documents::Scanner;
use crate::domain::clock::Clock;
use crate::history::HistoryKey;
use crate::home;
use crate::live::Hub;
use crate::routes::{pages, without_sessions};
use crate::web::assets::Assets;
use crate::web::cookies::Cookies;
use crate::web::error_pages::{FindSubject, error_pages, without_session};
use crate::web::head::{heads, session_stays};
use crate::web::headers::headers;
use crate::web::limits::{Limits, STANDARD, Table, limited, limited_by_cookie};
use crate::web::receive::receive;
use crate::web::{App, Settings};

/// The database, and the private cluster that it runs in, if it does: keep that as long as the database is used.
pub type Database = (PgPool, Option<PrivateCluster>);

/// So many exports are read at once. Each goes as fast as the database gives its rows and is soon over; of more, those who
/// only look at a page would notice.
const EXPORTS: u32 = 4;

/// The database that the settings name, or the private one, for this purpose.
///
/// # Errors
/// When there is none: in production `DATABASE_URL` must be set, elsewhere PostgreSQL must be installed.
pub fn database(config: &Config, purpose: Purpose) -> anyhow::Result<Database> {
    if let Some(url) = &config.database_url {
        return Ok((db::pool(url, config.database_connections, purpose)?, None));
    }
    anyhow::ensure!(config.app_env != Environment::Production, PrivateClusterError::Production);
    let project = env!("CARGO_MANIFEST_DIR").into();
    let cluster = PrivateCluster::start(ClusterKind::Development { project })?;
    Ok((db::pool(&cluster.url(), config.database_connections, purpose)?, Some(cluster)))
}

/// The place where the contents of files are kept.
///
/// # Errors
/// When the folder can't be made, or the settings of the bucket are not understood.
pub fn file_store(config: &Config) -> anyhow::Result<Arc<dyn ObjectStore>> {
    if let Some(folder) = storage_folder(config) {
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("the folder {} for files can't be made", folder.display()))?;
        // A file is on the disk before the database is told of it.
        return Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)));
    }
    let url = &config.storage_url;
    let place = url.strip_prefix("s3://").with_context(|| {
        format!("STORAGE_URL must be a folder, as file:///srv/mc-review/files, or a bucket, as s3://bucket/prefix; it is {url}")
    })?;
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    // Whoever installed one before is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let bucket = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .build()
        .with_context(|| format!("the bucket of {url} can't be used with the AWS_ variables that are set"))?;
    Ok(Arc::new(PrefixStore::new(bucket, prefix)))
}

/// The folder in which files are kept, where they are kept in one.
pub fn storage_folder(config: &Config) -> Option<PathBuf> {
    let folder = config.storage_url.strip_prefix("file://").unwrap_or(&config.storage_url);
    (!folder.contains("://")).then(|| folder.into())
}

/// Who checks files for viruses.
///
/// # Errors
/// In production there must be somebody.
pub fn scanner(config: &Config) -> anyhow::Result<Scanner> {
    match &config.clamd_address {
        Some(address) => address.parse().map_err(|why| anyhow::anyhow!("CLAMD_ADDRESS can't be used: {why}")),
        None if config.app_env == Environment::Production => anyhow::bail!(
            "CLAMD_ADDRESS must be set in production: files are handed out only once a virus scanner has found them clean"
        ),
        None => Ok(Scanner::Nobody),
    }
}

/// What a random key of 64 characters has of different ones, hexadecimal ones too, with next to no exception.
const DIFFERENT_CHARACTERS: usize = 8;

/// Checks a key that somebody set: one that is short, or repeats a few characters, keeps no secret.
fn ensure_random(name: &str, key: &str) -> anyhow::Result<()> {
    anyhow::ensure!(key.len() >= 64, "{name} must have at least 64 characters");
    anyhow::ensure!(
        key.bytes().collect::<HashSet<_>>().len() >= DIFFERENT_CHARACTERS,
        "{name} must be random, as `openssl rand -hex 64` makes it; this one repeats a few characters"
    );
    Ok(())
}

/// The secret that signs what comes back to us.
///
/// # Errors
/// When it keeps no secret, or is missing in production.
fn secret(production: bool, serve: &ServeConfig) -> anyhow::Result<Vec<u8>> {
    match &serve.session_key {
        Some(key) => {
            ensure_random("SESSION_KEY", key)?;
            Ok(key.clone().into_bytes())
        }
        None if production => anyhow::bail!("SESSION_KEY must be set in production"),
        None => Ok(b"development sessions are signed with a key that everybody can read here".to_vec()),
    }
}

/// The origin of the public address: scheme, host and port, as browsers name it.
///
/// # Errors
/// When it is no address of http or https without a path, or, in production, missing or not https.
fn public_origin(production: bool, serve: &ServeConfig) -> anyhow::Result<Option<String>> {
    let Some(url) = &serve.public_url else {
        anyhow::ensure!(!production, "PUBLIC_URL must be set in production, as https://mc-review.example.gov");
        return Ok(None);
    };
    let origin = url.trim_end_matches('/').to_ascii_lowercase();
    let uri: Uri = origin.parse().with_context(|| format!("PUBLIC_URL is no address: {url}"))?;
    anyhow::ensure!(
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() && uri.path() == "/",
        "PUBLIC_URL must be scheme and host alone, as https://mc-review.example.gov; it is {url}"
    );
    anyhow::ensure!(
        !production || uri.scheme_str() == Some("https"),
        "PUBLIC_URL must begin with https:// in production"
    );
    Ok(Some(origin))
}

/// The key that checkpoints of the history are signed with, where one is given.
///
/// # Errors
/// When it keeps no secret, or is `needed` and missing.
pub fn history_key(config: &Config, needed: bool) -> anyhow::Result<Option<HistoryKey>> {
    match &config.history_key {
        Some(key) => {
            ensure_random("HISTORY_KEY", key)?;
            Ok(HistoryKey::new(key))
        }
        None if needed => anyhow::bail!("HISTORY_KEY must be set in production: without it nothing signs the history"),
        None => Ok(None),
    }
}

/// What every request may use.
///
/// # Errors
/// When the static files can't be read, or a setting is missing in production or does not keep it safe.
pub fn app(config: &Config, serve: &ServeConfig, db: PgPool, clock: Clock) -> anyhow::Result<App> {
    let production = config.app_env == Environment::Production;
    let (secret, public_origin) = (secret(production, serve)?, public_origin(production, serve)?);
    let secure = public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
    let assets = Assets::load(&serve.static_dir)
        .with_context(|| format!("the static files in {} can't be read", serve.static_dir.display()))?;
    anyhow::ensure!(!(production && serve.without_limits), "There are limits in production.");
    let table = if serve.without_limits { Table::generous() } else { STANDARD };
    let limits = Limits::new(&table, &clock);
    Ok(App {
        exports: db::pool_beside(&db, EXPORTS.min(config.database_connections), Purpose::Exports),
        writes: db.clone(),
        db,
        clock,
        background: Handle::current(),
        files: file_store(config)?,
        assets: Arc::new(assets),
        limits: Arc::new(limits),
        settings: Arc::new(Settings {
            production,
            new_content: scanner(config)?.beginning(),
            help_desk: serve.help_desk_email.clone(),
            cookies: Cookies::new(&secret, secure),
            secret,
            public_origin,
            trusted_proxies: serve.trusted_proxies,
        }),
    })
}

/// Serves `app` on `listener` until its handle is told to stop; its threads share out as many `connections` to the database.
/// Signals are left to the caller, and so is the end of `live`, without which open streams hold up a stop.
///
/// # Errors
/// When the listener can't be used.
pub fn serve(
    app: App,
    live: Hub,
    serve: &ServeConfig,
    connections: u32,
    listener: TcpListener,
) -> anyhow::Result<Server> {
    let live = web::Data::new(live);
    let silence = app.limits.silence;
    // Half of a thread's connections are for what changes something: whoever waits there for a locked row holds up no page.
    let connections = connections / u32::try_from(serve.workers)?.max(1);
    let writes = (connections / 2).max(1);
    let reads = connections.saturating_sub(writes).max(1);
    let server = HttpServer::new(move || {
        // Each thread has connections of its own, so that it is woken itself when an answer comes.
        let app = web::Data::new(App {
            db: db::pool_beside(&app.db, reads, Purpose::Requests),
            writes: db::pool_beside(&app.db, writes, Purpose::Requests),
            ..app.clone()
        });
        let cookies = &app.settings.cookies;
        let store = PgSessionStore::new(app.db.clone(), app.clock.clone());
        let sessions = SessionMiddleware::builder(store, cookies.key().clone())
            .cookie_name(cookies.session().to_owned())
            .cookie_secure(cookies.secure())
            .cookie_same_site(SameSite::Lax)
            .cookie_content_security(CookieContentSecurity::Signed)
            // The browser forgets the cookie when it is closed.
            .session_lifecycle(BrowserSession::default().state_ttl(db::session_store::ABSOLUTE))
            .build();
        let pages = scope("")
            .wrap(from_fn(receive))
            .wrap(from_fn(limited))
            .wrap(from_fn(error_pages))
            .wrap(from_fn(session_stays))
            .wrap(sessions)
            .wrap(from_fn(limited_by_cookie))
            .wrap(from_fn(without_session))
            .configure(pages);
        ActixApp::new()
            .app_data(app.clone())
            .app_data(live.clone())
            .app_data(web::Data::new(FindSubject(home::subject)))
            .wrap(Compress::default())
            .wrap(from_fn(headers))
            .wrap(from_fn(heads))
            .wrap(TracingLogger::default())
            .configure(without_sessions)
            .service(pages)
    })
    .on_connect(move |connection, _| cut_off_after(silence, connection))
    .workers(serve.workers)
    // An answer of several parts must not wait for the browser to acknowledge the first.
    .tcp_nodelay(true)
    // Longer than proxies keep an idle connection (60 s): else one sends into a connection that is just being closed.
    .keep_alive(Duration::from_secs(75))
    // Browsers open connections ahead of their requests, and a busy machine is late to read one.
    .client_request_timeout(Duration::from_secs(30))
    .disable_signals()
    .shutdown_timeout(20)
    .listen(listener)?
    .run();
    Ok(server)
}

/// Has the system close a connection whose reader takes nothing for so long: then what is sent to it is dropped, with all
/// that it holds. No task of ours would notice, since nothing happens on such a connection.
fn cut_off_after(silence: Duration, connection: &dyn Any) {
    #[cfg(target_os = "linux")]
    if let Some(connection) = connection.downcast_ref::<TcpStream>()
        && let Err(error) = SockRef::from(connection).set_tcp_user_timeout(Some(silence))
    {
        tracing::warn!(%error, "a connection can't be cut off");
    }
}
