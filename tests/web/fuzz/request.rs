//! A request as it is sent, and how somebody sends it again by hand.

use std::fmt::{self, Display};

use reqwest::Method;

use super::values::encoded;
use crate::support::Browser;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    /// Path and query.
    pub address: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// A name and what is sent under it.
pub type Pair = (String, Vec<u8>);

impl Request {
    pub fn get(address: String) -> Self {
        Self { method: Method::GET, address, headers: Vec::new(), body: Vec::new() }
    }

    pub fn post(address: &str, kind: Option<&str>, body: Vec<u8>) -> Self {
        let headers = kind.map(|kind| ("content-type", kind.to_owned())).into_iter().collect();
        Self { method: Method::POST, address: address.to_owned(), headers, body }
    }

    /// The same with a further header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends it as a page of the product would.
    pub fn by(&self, browser: &Browser) -> reqwest::RequestBuilder {
        let mut request = browser.request(self.method.clone(), &self.address);
        if self.method == Method::POST {
            request = request.header("origin", browser.address()).header("sec-fetch-site", "same-origin");
            request = request.body(self.body.clone());
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }
}

/// Fields as an urlencoded form.
pub fn urlencoded(pairs: &[Pair]) -> Vec<u8> {
    let pair = |(name, value): &Pair| format!("{}={}", encoded(name.as_bytes()), encoded(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&").into_bytes()
}

/// The mark between the parts of a form with files.
pub const BOUNDARY: &str = "----------fuzz";

/// Fields and files as a form with files.
pub fn multipart(pairs: &[Pair], files: &[(String, Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut part = |name: &str, file: Option<&[u8]>, content: &[u8]| {
        let name: String = name.chars().filter(|c| !c.is_control() && *c != '"').collect();
        body.extend_from_slice(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"").as_bytes());
        if let Some(file) = file {
            body.extend_from_slice(b"; filename=\"");
            // What ends a header line would be another request's business.
            body.extend(file.iter().filter(|byte| !b"\r\n\0\"".contains(byte)));
            body.extend_from_slice(b"\"\r\nContent-Type: application/pdf");
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    pairs.iter().for_each(|(name, value)| part(name, None, value));
    files.iter().for_each(|(name, file, content)| part(name, Some(file), content));
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// Long stretches of the same bytes, said in short.
fn in_short(bytes: &[u8]) -> String {
    let text = bytes.escape_ascii().to_string();
    if text.len() <= 4_000 {
        return text;
    }
    let (start, end) = (&text[..1_500], &text[text.len() - 500..]);
    format!("{start} [... {} bytes in all ...] {end}", bytes.len())
}

impl Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, in_short(self.address.as_bytes()))?;
        for (name, value) in &self.headers {
            write!(f, "\n    {name}: {}", in_short(value.as_bytes()))?;
        }
        if !self.body.is_empty() {
            write!(f, "\n    body: {}", in_short(&self.body))?;
        }
        Ok(())
    }
}
