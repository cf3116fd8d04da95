//! The best that a plain handler can do: rows that are already in memory, drawn by the list's own template.

use std::net::TcpListener;
use std::sync::{OnceLock, mpsc};
use std::thread::{self, JoinHandle};

use actix_session::SessionMiddleware;
use actix_session::config::CookieContentSecurity;
use actix_web::cookie::Key;
use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{Data, get, resource};
use actix_web::{App, HttpResponse, HttpServer};
use mc_review::config::{Config, Environment, ServeConfig};
use mc_review::db::session_store::PgSessionStore;
use mc_review::db::{self, Purpose};
use mc_review::domain::clock::Clock;
use mc_review::startup;
use mc_review::submissions::{ListPage, list_page};
use mc_review::web::cookies::SESSION_COOKIE;
use mc_review::web::{Result, SignedIn, html};

use crate::databases::{Data as Submissions, Databases};
use crate::http;

/// Where the list is drawn from what is in memory.
pub const DRAWN: &str = "/drawn";
const READ: &str = "/read";
/// As many threads as the product has.
const WORKERS: usize = 2;

type Kept = OnceLock<ListPage>;

/// A server with one page, without anything around it: no session, no compression, nothing told to a log.
pub struct Plain {
    host: String,
    handle: ServerHandle,
    serving: Option<JoinHandle<()>>,
}

impl Plain {
    /// Serves the list that whoever is signed in sees first; it is read here, once.
    pub fn start(databases: &Databases, data: Submissions, cookies: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let host = listener.local_addr().expect("it has an address").to_string();
        let url = databases.url_of(data);
        let files = databases.files().display().to_string();
        let (tell, told) = mpsc::channel();
        let serving = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let server = serve(url, files, listener);
                tell.send(server.handle()).expect("somebody waits");
                server.await.expect("it serves to its end");
            });
        });
        let handle = told.recv().expect("the server starts");
        let read = http::get(&host, READ, cookies, "");
        assert_eq!(http::Connection::to(&host).send(&read).status, 204, "the list is read");
        Self { host, handle, serving: Some(serving) }
    }

    /// Where it listens, as `127.0.0.1:40123`.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        // Its answer comes when it has ended, which the thread waits for.
        drop(self.handle.stop(false));
        let _ = self.serving.take().map(JoinHandle::join);
    }
}

fn serve(url: String, files: String, listener: TcpListener) -> actix_web::dev::Server {
    let db = db::pool(&url, 1, Purpose::Requests).expect("the address is understood");
    let config = Config {
        app_env: Environment::Development,
        database_url: Some(url),
        database_connections: 1,
        storage_url: files,
        clamd_address: None,
        history_key: None,
    };
    let settings = ServeConfig {
        bind_address: String::new(),
        session_key: None,
        public_url: None,
        trusted_proxies: 0,
        help_desk_email: "help@example.gov".to_owned(),
        static_dir: concat!(env!("CARGO_MANIFEST_DIR"), "/static").into(),
        workers: WORKERS,
        without_limits: true,
    };
    let app = startup::app(&config, &settings, db.clone(), Clock::System).expect("the settings are complete");
    let key = Key::derive_from(&app.settings.secret);
    let (app, kept) = (Data::new(app), Data::new(Kept::new()));
    HttpServer::new(move || {
        let store = PgSessionStore::new(db.clone(), Clock::System);
        let sessions = SessionMiddleware::builder(store, key.clone()).cookie_name(SESSION_COOKIE.to_owned());
        let sessions = sessions.cookie_secure(false).cookie_content_security(CookieContentSecurity::Signed).build();
        App::new()
            .app_data(app.clone())
            .app_data(kept.clone())
            .service(resource(READ).wrap(sessions).get(read))
            .route(DRAWN, get().to(drawn))
    })
    .workers(WORKERS)
    .tcp_nodelay(true)
    .disable_signals()
    .listen(listener)
    .expect("the port can be listened on")
    .run()
}

async fn read(who: SignedIn, kept: Data<Kept>) -> Result<HttpResponse> {
    let page = list_page(&who, "").await?;
    assert!(page.is_ok_and(|page| kept.set(page).is_ok()), "the list that is asked for first is read once");
    Ok(HttpResponse::NoContent().finish())
}

async fn drawn(kept: Data<Kept>) -> Result<HttpResponse> {
    html(StatusCode::OK, kept.get().expect("the list was read"))
}
