//! A desk of the test's own takes forms: it is served beside the product, with the product's sessions and error pages,
//! and tells what it received.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use actix_session::SessionMiddleware;
use actix_session::config::CookieContentSecurity;
use actix_web::cookie::Key;
use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, Payload, post};
use actix_web::{App as ActixApp, HttpRequest, HttpResponse, HttpServer};
use mc_review::db::session_store::PgSessionStore;
use mc_review::documents::PostedForm;
use mc_review::domain::document::Category;
use mc_review::web::cookies::SESSION_COOKIE;
use mc_review::web::error_pages::error_pages;
use mc_review::web::{Error, SignedIn};
use object_store::local::LocalFileSystem;
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Browser, Page, World};

async fn take(who: SignedIn, req: HttpRequest, payload: Payload) -> mc_review::web::Result {
    let proof = who.person().state_user().ok_or(Error::NotFound)?;
    let (form, stored) = PostedForm::read(&who, &req, payload, &Category::CONTRACT, proof).await?;
    stored?;
    let files = form.files().iter().map(|file| {
        let outcome = match &file.outcome {
            Ok(blob) => json!({"sha256": blob.sha256, "size": blob.size, "media_type": blob.media_type}),
            Err(problem) => json!({"code": problem.code(), "message": problem.message()}),
        };
        json!({"list": file.category, "name": file.file_name, "outcome": outcome})
    });
    let files: Vec<_> = files.collect();
    let pairs: Vec<_> = form.pairs().iter().filter(|(name, _)| name != "csrf").collect();
    Ok(HttpResponse::Ok().json(json!({"pairs": pairs, "files": files, "kept": form.kept_tokens(who.person())})))
}

/// The desk, a browser at it in which somebody of a state is signed in, and the world around it.
pub struct Desk {
    pub world: World,
    pub browser: Browser,
    pub csrf: String,
    files: TempDir,
    server: ServerHandle,
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

impl Desk {
    pub async fn open() -> Self {
        let world = World::start().await;
        let files = tempfile::tempdir().unwrap();
        let mut app = world.app.clone();
        app.files = Arc::new(LocalFileSystem::new_with_prefix(files.path()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = HttpServer::new(move || {
            let key = Key::derive_from(&app.settings.secret);
            let store = PgSessionStore::new(app.db.clone(), app.clock.clone());
            let sessions = SessionMiddleware::builder(store, key)
                .cookie_name(SESSION_COOKIE.to_owned())
                .cookie_content_security(CookieContentSecurity::Signed)
                .build();
            ActixApp::new()
                .app_data(Data::new(app.clone()))
                .wrap(sessions)
                .wrap(from_fn(error_pages))
                .route("/desk", post().to(take))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        tokio::spawn(server);
        let (browser, csrf) = Self::signed_in(&world, &address, "maya.lindqvist").await;
        Self { world, browser, csrf, files, server: handle }
    }

    pub async fn signed_in(world: &World, address: &str, name: &str) -> (Browser, String) {
        let at_product = world.signed_in(name).await;
        let csrf = at_product.csrf().await;
        let at_desk = Browser::new(address);
        at_desk.set_cookies(&at_product.cookies().unwrap());
        (at_desk, csrf)
    }

    pub fn form(&self) -> Form {
        Form::new().text("csrf", self.csrf.clone())
    }

    pub async fn send(&self, form: Form) -> Page {
        self.browser.send(self.browser.request(Method::POST, "/desk").multipart(form)).await
    }

    pub async fn received(&self, form: Form) -> Value {
        let answer = self.send(form).await;
        assert_eq!(answer.status(), 200, "{}", String::from_utf8_lossy(answer.body()));
        serde_json::from_slice(answer.body()).unwrap()
    }

    /// The names of what is stored: whole contents, and what is on its way.
    pub fn stored(&self) -> Vec<String> {
        let below = |folder: &str| match std::fs::read_dir(self.files.path().join(folder)) {
            Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
            Err(_) => Vec::new(),
        };
        let relative = |path: &Path| path.strip_prefix(self.files.path()).unwrap().display().to_string();
        let mut stored: Vec<_> = below("blobs").iter().chain(&below("uploads")).map(|path| relative(path)).collect();
        stored.sort();
        stored
    }
}
