//! The proof that a form came from a page of this session: a token of the session, and where the browser says the
//! request came from.

use actix_session::Session;
use actix_web::HttpRequest;
use rand::distr::{Alphanumeric, SampleString};

use super::error::{Error, Result};
use crate::db::session_store::entry::CSRF;

/// The token of the session: made when first asked for, and the same in all tabs until the session is renewed.
pub fn token(session: &Session) -> String {
    if let Ok(Some(token)) = session.get::<String>(CSRF) {
        return token;
    }
    let token = Alphanumeric.sample_string(&mut rand::rng(), 32);
    // A session that can't be written shows at the next step: the form is refused as forged.
    let _ = session.insert(CSRF, &token);
    token
}

/// Forgets the token: the next page makes a new one.
pub fn renew(session: &Session) {
    session.remove(CSRF);
}

/// Checks where the browser says the request came from. Browsers that say nothing are judged by the token alone.
///
/// # Errors
/// [`Error::Forged`] when it came from another site.
pub fn check_origin(req: &HttpRequest) -> Result<()> {
    let header = |name: &str| req.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site")
        && site != "same-origin"
        && site != "none"
    {
        return Err(Error::Forged);
    }
    if let Some(origin) = header("origin") {
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        if host != req.connection_info().host() {
            return Err(Error::Forged);
        }
    }
    Ok(())
}

/// Checks the token that a form carried.
///
/// # Errors
/// [`Error::Forged`] when it is missing or not the session's.
pub fn check_token(session: &Session, carried: Option<&str>) -> Result<()> {
    let expected = session.get::<String>(CSRF).ok().flatten().ok_or(Error::Forged)?;
    let same = carried.is_some_and(|carried| {
        carried.len() == expected.len()
            && carried.bytes().zip(expected.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b)) == 0
    });
    if same { Ok(()) } else { Err(Error::Forged) }
}
