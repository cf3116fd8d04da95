//! Landing page, help and the statements.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
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

impl Reason {
    /// The reason as a sentence.
    pub fn notice(&self) -> Option<&'static str> {
        Some(match self.reason.as_deref()? {
            "signed-out" => "You are signed out.",
            "idle" => "You were signed out because nothing was done for 30 minutes.",
            "absolute" => "You were signed out because a session lasts 12 hours at most.",
            "ended" => "Your session has ended. Sign in to go on.",
            _ => return None,
        })
    }
}

/// `GET /`: the landing page, or on to the first page of one's role.
///
/// # Errors
/// When the page can't be drawn.
pub async fn home(visit: Visit, reason: web::Query<Reason>) -> Result<HttpResponse> {
    visit.require_session()?;
    if let Some(person) = visit.person() {
        return Ok(see_other(match person.role {
            Role::CmsReviewer | Role::CmsApprover => "/work",
            Role::Admin | Role::Helpdesk | Role::BusinessOwner => "/assignments",
            Role::StateUser | Role::ReadOnly => "/submissions",
        }));
    }
    html(StatusCode::OK, &Landing { chrome: visit.chrome("Managed care contract review"), notice: reason.notice() })
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
