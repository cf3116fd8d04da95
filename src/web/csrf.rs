//! The proof that a form came from a page of ours: a token, and where the browser says the request came from. The token belongs
//! to the session; while nobody is signed in, it stands in a signed cookie as well as in the form, so that it needs no row.

use actix_session::Session;
use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use rand::distr::{Alphanumeric, SampleString};

use super::error::{Error, Result};
use super::{Settings, client};
use crate::db::session_store::entry::{ACCOUNT, CSRF};

fn new_token() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 32)
}

/// The token of the session: made when first asked for, and the same in all tabs until the session is renewed.
pub fn token(session: &Session) -> String {
    if let Ok(Some(token)) = session.get::<String>(CSRF) {
        return token;
    }
    let token = new_token();
    // A session that can't be written shows at the next step: the form is refused as forged.
    let _ = session.insert(CSRF, &token);
    token
}

/// Forgets the token: the next page makes a new one.
pub fn renew(session: &Session) {
    session.remove(CSRF);
}

/// The token of forms for somebody who is not signed in, and the cookie to send with them where the browser has none yet.
pub fn anonymous_token(req: &HttpRequest, settings: &Settings) -> (String, Option<Cookie<'static>>) {
    match settings.cookies.form_token(req) {
        Some(token) => (token, None),
        None => {
            let token = new_token();
            let cookie = settings.cookies.keep_form_token(&token);
            (token, Some(cookie))
        }
    }
}

/// Checks where the browser says the request came from. Browsers that say nothing are judged by the token alone.
///
/// # Errors
/// [`Error::Forged`] when it came from another site.
pub fn check_origin(req: &HttpRequest, settings: &Settings) -> Result<()> {
    let header = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site")
        && site != "same-origin"
        && site != "none"
    {
        return Err(Error::Forged);
    }
    match header("origin") {
        Some(origin) if !client::is_own_origin(req, settings, origin) => Err(Error::Forged),
        _ => Ok(()),
    }
}

/// Checks the token that a form carried: against the session, or against the cookie of somebody not signed in.
///
/// # Errors
/// [`Error::Forged`] when it is missing or another.
pub fn check_token(req: &HttpRequest, session: &Session, settings: &Settings, carried: Option<&str>) -> Result<()> {
    let expected = if session.contains_key(ACCOUNT) {
        session.get::<String>(CSRF).ok().flatten()
    } else {
        settings.cookies.form_token(req)
    };
    let expected = expected.ok_or(Error::Forged)?;
    let same = carried.is_some_and(|carried| {
        carried.len() == expected.len()
            && carried.bytes().zip(expected.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
    });
    if same { Ok(()) } else { Err(Error::Forged) }
}
