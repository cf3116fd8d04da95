//! The web kit: what every page is made with. It knows no feature.

pub mod address;
pub mod assets;
pub mod cell;
pub mod chrome;
pub mod client;
pub mod conflict;
pub mod cookies;
pub mod csrf;
pub mod csv;
pub mod error;
pub mod error_pages;
pub mod flash;
pub mod form;
pub mod head;
pub mod headers;
pub mod held;
pub mod limits;
pub mod list;
pub mod not_saved;
pub mod paging;
pub mod pieces;
pub mod pipe;
pub mod places;
pub mod posted;
pub mod receive;
pub mod security_log;
pub mod spool;
pub mod tabs;
pub mod ticked;
pub mod visit;
pub mod xlsx;

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use askama::Template;
use object_store::ObjectStore;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use sqlx::{PgPool, Postgres, Transaction};
use tokio::runtime::Handle;

use crate::db::health::read_again;
use crate::domain::clock::Clock;
use crate::domain::document::ScanResult;
pub use error::{Error, Result};
pub use not_saved::{Typed, not_saved};
pub use visit::{SignedIn, Visit};

/// What every request may use; all but the first is shared by all threads.
#[derive(Clone)]
pub struct App {
    /// The database, to read from; each thread that answers has connections of its own.
    pub db: PgPool,
    /// The database, for what changes something and so may have to wait for whoever changes the same: pages wait for none of
    /// these connections.
    pub writes: PgPool,
    /// The database for exports: these keep a connection until they are read to their end, and none from a page.
    pub exports: PgPool,
    /// Where exports are read, beside the threads that answer.
    pub background: Handle,
    /// The clock.
    pub clock: Clock,
    /// Where the contents of files are kept.
    pub files: Arc<dyn ObjectStore>,
    /// Style sheets, scripts, fonts.
    pub assets: Arc<assets::Assets>,
    /// How much is asked for, by whom.
    pub limits: Arc<limits::Limits>,
    /// What was set at the start.
    pub settings: Arc<Settings>,
}

/// Settings that pages need.
#[derive(Debug)]
pub struct Settings {
    /// Whether this is the real thing: then no demonstration accounts sign in.
    pub production: bool,
    /// How a content that was never seen before begins: waiting for the virus check, or clean where there is none.
    pub new_content: ScanResult,
    /// Whom people write to when they need help.
    pub help_desk: String,
    /// Signs what is handed out and comes back, such as the names of files already uploaded.
    pub secret: Vec<u8>,
    /// The cookies, and whether they are for https alone.
    pub cookies: cookies::Cookies,
    /// The address people see, as browsers name the origin of our pages; nothing where any host will do.
    pub public_origin: Option<String>,
    /// How many proxies of ours stand between browsers and us; what others forward does not count.
    pub trusted_proxies: u8,
}

/// Begins to read as of one moment, however long it takes.
///
/// # Errors
/// When the database fails.
pub async fn begin_reading(db: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    read_again(async || db.begin_with("begin isolation level repeatable read, read only").await).await
}

/// Room for most pages, in bytes, so that they are not copied while they grow; a long list grows once. What is much longer the
/// allocator would give back to the system each time.
const ROOM: usize = 60 * 1024;

/// A page, or a part of one, as a response.
///
/// # Errors
/// When the template can't be drawn.
pub fn html(status: StatusCode, page: &impl Template) -> Result<HttpResponse> {
    let mut drawn = String::with_capacity(ROOM);
    page.render_into(&mut drawn)?;
    Ok(HttpResponse::build(status).insert_header(ContentType::html()).body(sound(drawn)))
}

/// HTML can't hold a zero byte, which an address or a form may bring and a page then repeat.
fn sound(drawn: String) -> String {
    if drawn.contains('\0') { drawn.replace('\0', "\u{fffd}") } else { drawn }
}

/// Sends the browser on to `location` after something was done, or instead of a page. What can't stand in a header is
/// spelled out.
pub fn see_other(location: impl AsRef<str>) -> HttpResponse {
    let location = utf8_percent_encode(location.as_ref(), CONTROLS).to_string();
    HttpResponse::SeeOther().insert_header((LOCATION, location)).finish()
}
