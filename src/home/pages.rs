//! Landing page, help and the statements.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::role::Role;
use crate::web::chrome::Chrome;
use crate::web::{Error, Result, SignedIn, Visit, html, see_other};

#[derive(Template)]
#[template(path = "home/landing.html")]
struct Landing {
    chrome: Chrome,
    notice: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "home/help.html")]
struct Help {
    chrome: Chrome,
}

#[derive(Template)]
#[template(path = "home/accessibility.html")]
struct Accessibility {
    chrome: Chrome,
}

#[derive(Template)]
#[template(path = "home/privacy.html")]
struct Privacy {
    chrome: Chrome,
}

/// Why somebody comes to a page for people not signed in.
#[derive(Debug, Deserialize)]
pub struct Reason {
    reason: Option<String>,
}

/// What is said to whoever has to sign in first.
pub const SIGN_IN: &str = "Sign in to continue.";

impl Reason {
    /// The reason as a sentence. That a session has ended is said only to a browser that had one: an address is passed on.
    pub fn notice(&self, had_session: bool) -> Option<&'static str> {
        Some(match self.reason.as_deref()? {
            "signed-out" => "You are signed out.",
            "idle" if had_session => "You were signed out after 30 minutes without activity. Sign in to continue.",
            "absolute" if had_session => {
                "You were signed out after 12 hours, the longest a session lasts. Sign in to continue."
            }
            "ended" if had_session => "Your session has ended. Sign in to continue.",
            "idle" | "absolute" | "ended" => SIGN_IN,
            _ => return None,
        })
    }
}

/// `GET /`: the landing page, or on to the first page of one's role.
///
/// # Errors
/// When the page can't be drawn.
pub async fn home(req: HttpRequest, visit: Visit, reason: web::Query<Reason>) -> Result<HttpResponse> {
    visit.require_session()?;
    if let Some(person) = visit.person() {
        return Ok(see_other(match person.role {
            Role::CmsReviewer | Role::CmsApprover => "/work",
            Role::Admin | Role::Helpdesk | Role::BusinessOwner => "/assignments",
            Role::StateUser | Role::ReadOnly => "/submissions",
        }));
    }
    let notice = reason.notice(visit.app.settings.cookies.had_session(&req));
    html(StatusCode::OK, &Landing { chrome: visit.chrome("Managed care contract review"), notice })
}

/// `GET /help`
///
/// # Errors
/// When the page can't be drawn.
pub async fn help(visit: Visit) -> Result<HttpResponse> {
    html(StatusCode::OK, &Help { chrome: visit.chrome("Help") })
}

/// `GET /accessibility`
///
/// # Errors
/// When the page can't be drawn.
pub async fn accessibility(visit: Visit) -> Result<HttpResponse> {
    html(StatusCode::OK, &Accessibility { chrome: visit.chrome("Accessibility") })
}

/// `GET /privacy`
///
/// # Errors
/// When the page can't be drawn.
pub async fn privacy(visit: Visit) -> Result<HttpResponse> {
    html(StatusCode::OK, &Privacy { chrome: visit.chrome("Privacy") })
}

/// Every other address: sign in first, then there is no such page.
///
/// # Errors
/// Always: [`Error::SignIn`] or [`Error::NotFound`].
pub async fn not_found(_who: SignedIn) -> Result<HttpResponse> {
    Err(Error::NotFound)
}
