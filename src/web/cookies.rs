//! The cookies of the product: the key of a session, and the token of forms for people who are not signed in.

use std::fmt;

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};

/// The names of the two cookies.
pub const SESSION_COOKIE: &str = "mc_review_session";
const FORM_COOKIE: &str = "mc_review_form";
/// The same over https. Browsers take a cookie of such a name from this host alone, over https alone, for all paths: nobody who
/// has a sister domain can plant one.
const SECURE_SESSION_COOKIE: &str = "__Host-mc_review_session";
const SECURE_FORM_COOKIE: &str = "__Host-mc_review_form";

/// How cookies are named and signed.
#[derive(Clone)]
pub struct Cookies {
    key: Key,
    secure: bool,
}

impl Cookies {
    /// Signed with a key derived from `secret`; `secure` over https.
    pub fn new(secret: &[u8], secure: bool) -> Self {
        Self { key: Key::derive_from(secret), secure }
    }

    /// What signs them.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Whether browsers send them over https alone.
    pub fn secure(&self) -> bool {
        self.secure
    }

    /// The name of the cookie with the key of the session.
    pub fn session(&self) -> &'static str {
        if self.secure { SECURE_SESSION_COOKIE } else { SESSION_COOKIE }
    }

    fn form(&self) -> &'static str {
        if self.secure { SECURE_FORM_COOKIE } else { FORM_COOKIE }
    }

    /// The key of a session that was begun here, whether or not it still goes on.
    pub fn session_key(&self, req: &HttpRequest) -> Option<String> {
        self.signed(req, self.session())
    }

    /// Whether the request carries the cookie of such a session.
    pub fn had_session(&self, req: &HttpRequest) -> bool {
        self.session_key(req).is_some()
    }

    /// The token that forms drawn for this browser carry while nobody is signed in.
    pub fn form_token(&self, req: &HttpRequest) -> Option<String> {
        self.signed(req, self.form())
    }

    /// The cookie that has this browser keep such a token until it is closed.
    pub fn keep_form_token(&self, token: &str) -> Cookie<'static> {
        let mut cookie = Cookie::new(self.form(), token.to_owned());
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_secure(self.secure);
        cookie.set_same_site(SameSite::Lax);
        let mut jar = CookieJar::new();
        jar.signed_mut(&self.key).add(cookie);
        jar.delta().next().expect("one was added").clone()
    }

    fn signed(&self, req: &HttpRequest, name: &str) -> Option<String> {
        let mut jar = CookieJar::new();
        jar.add_original(req.cookie(name)?);
        jar.signed(&self.key).get(name).map(|cookie| cookie.value().to_owned())
    }
}

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cookies").field("secure", &self.secure).finish_non_exhaustive()
    }
}
