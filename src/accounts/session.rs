//! `/session`: how long the session lasts, and staying signed in, and holding what was typed when it ends.

use actix_web::HttpResponse;
use serde::Serialize;

use crate::web::held::{self, Typing};
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn};

#[derive(Serialize)]
struct Remaining {
    /// Seconds until the session ends if nothing is done.
    idle_seconds: i64,
    /// Seconds until it ends whatever is done.
    absolute_seconds: i64,
}

fn remaining_of(who: &SignedIn) -> HttpResponse {
    let now = who.app.clock.now();
    let (idle, absolute) = who.session_ends();
    HttpResponse::Ok().json(Remaining {
        idle_seconds: (idle - now).whole_seconds().max(0),
        absolute_seconds: (absolute - now).whole_seconds().max(0),
    })
}

/// `GET /session`: the seconds left. Asking does not count as activity.
///
/// # Errors
/// When nobody is signed in.
pub async fn remaining(who: SignedIn) -> Result<HttpResponse> {
    Ok(remaining_of(&who))
}

/// `POST /session/extend`: stays signed in.
///
/// # Errors
/// When nobody is signed in.
pub async fn extend(who: SignedIn, _posted: Posted) -> Result<HttpResponse> {
    crate::db::session_store::touch(&who.app.db, who.session_id(), who.app.clock.now()).await?;
    Ok(remaining_of(&who))
}

/// `POST /session/hold`: holds the form that is open while the session is about to end. It does not count as activity.
///
/// # Errors
/// [`Error::Unprocessable`] for what no page of ours holds.
pub async fn hold(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    // Of a form that does not say where it belongs nothing is held.
    let held = held::hold(&who.app, who.person().id.0, "", Typing::new(posted.pairs()?, Vec::new())).await?;
    let held = held.ok_or_else(|| Error::unprocessable("This is no form that can be held."));
    held.map(|_| HttpResponse::NoContent().finish())
}
