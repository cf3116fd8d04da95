//! A browser without scripts: it keeps cookies, says where its requests come from, and follows nothing by itself.

use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url, redirect};

use super::page::Page;

/// One browser; clones are further tabs of it.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    cookies: Arc<Jar>,
    address: String,
}

impl Browser {
    /// A browser that has never been anywhere.
    pub fn new(address: &str) -> Self {
        // Clients want to know the TLS library even where they never use it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let cookies = Arc::new(Jar::default());
        let headers = HeaderMap::from_iter([
            (reqwest::header::ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8")),
            (reqwest::header::USER_AGENT, HeaderValue::from_static("Test browser")),
        ]);
        let client = Client::builder()
            .cookie_provider(Arc::clone(&cookies))
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .build()
            .expect("a client can be made");
        Self { client, cookies, address: address.to_owned() }
    }

    /// Signs in by pressing a name on the sign-in page: `sam.lee` presses "Sam Lee".
    pub async fn sign_in(&self, name: &str) {
        let answer = self.get("/sign-in").await.form(&spelled_out(name)).submit().await;
        assert_eq!(answer.status(), 303, "{name} signs in");
    }

    /// Opens an address of the product.
    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path)).await
    }

    /// Asks for an address as htmx does.
    pub async fn get_htmx(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path).header("hx-request", "true")).await
    }

    /// The same from a page.
    pub async fn get_htmx_from(&self, page: &str, path: &str) -> Page {
        let current = format!("{}{page}", self.address);
        self.send(self.request(Method::GET, path).header("hx-request", "true").header("hx-current-url", current)).await
    }

    /// Posts fields that no form gave, as somebody would who does not use our pages.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(self.request(Method::POST, path).form(fields)).await
    }

    /// A request to finish by hand.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.address))
    }

    /// Sends a request and reads the answer.
    pub async fn send(&self, request: RequestBuilder) -> Page {
        let answer = request.send().await.expect("the server answers");
        Page::read(self.clone(), answer).await
    }

    /// The token that forms of this session carry, read from a page that everybody signed in has.
    pub async fn csrf(&self) -> String {
        self.get("/account").await.form("Sign out").value("csrf")
    }

    /// The cookies that would be sent, as one header.
    pub fn cookies(&self) -> Option<String> {
        let url: Url = self.address.parse().expect("the address is one");
        self.cookies.cookies(&url).and_then(|cookies| cookies.to_str().map(str::to_owned).ok())
    }

    /// Puts a cookie into the browser.
    pub fn set_cookies(&self, cookies: &str) {
        let url: Url = self.address.parse().expect("the address is one");
        cookies.split("; ").for_each(|cookie| self.cookies.add_cookie_str(cookie, &url));
    }

    /// Where the product is.
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// `sam.lee` as "Sam Lee".
pub fn spelled_out(name: &str) -> String {
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    name.split('.').map(capital).collect::<Vec<_>>().join(" ")
}
