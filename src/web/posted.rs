//! The fields of a posted form, already proven to come from a page of this session.

use std::future::Future;
use std::pin::Pin;

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, web};
use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::{Error, Result};
use super::held::{self, Typing};
use super::not_saved::Typed;
use super::receive::{self, ReceivedBody};
use super::{App, csrf};
use crate::db::session_store::entry;
use crate::domain::id::AccountId;

/// The largest form without files that is read, in bytes.
pub const MAX_FORM_BYTES: usize = 512 * 1024;

/// The same from somebody who is not signed in.
pub const MAX_ANONYMOUS_BYTES: usize = 16 * 1024;

/// The largest request with files that is taken, in bytes (500 MiB).
pub const MAX_REQUEST_BYTES: u64 = 500 * 1024 * 1024;

/// A posted form. What is wrong with its body shows only when it is read, so that a page can first decide whether
/// the person may know of the thing at all.
#[derive(Debug)]
pub struct Posted {
    body: std::result::Result<Bytes, BadBody>,
}

/// Why the body of a request is no form.
#[derive(Debug, Clone, Copy)]
pub(super) enum BadBody {
    /// It is longer than so many bytes.
    TooLarge(usize),
    NotAForm,
    CutOff,
}

impl BadBody {
    pub(super) fn error(self) -> Error {
        match self {
            Self::TooLarge(most) => Error::TooLarge(format!("This form takes at most {} KiB.", most / 1024)),
            Self::NotAForm => Error::unprocessable("The form holds bytes that are no text."),
            Self::CutOff => Error::unprocessable("The request was cut off."),
        }
    }
}

impl Posted {
    /// Reads the form into its structure.
    ///
    /// # Errors
    /// [`Error::TooLarge`], or [`Error::Unprocessable`] when a hidden field is missing or is not what a page sends.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let body = self.body.as_ref().map_err(|bad| bad.error())?;
        serde_html_form::from_bytes(body)
            .map_err(|_| Error::unprocessable("The form lacks a field or holds a value that this page does not send."))
    }

    /// The fields in the order they were posted; names may repeat.
    ///
    /// # Errors
    /// [`Error::TooLarge`] or [`Error::Unprocessable`].
    pub fn pairs(&self) -> Result<Vec<(String, String)>> {
        let body = self.body.as_ref().map_err(|bad| bad.error())?;
        decoded(body).ok_or_else(|| BadBody::NotAForm.error())
    }

    /// The form as it comes back when it could not be saved; `texts` are the fields that people type into, with their
    /// labels.
    pub fn typed(&self, action: &str, leave_href: &str, texts: &[(&str, &str)]) -> Typed {
        let pairs = self.pairs().unwrap_or_default();
        let text = |(name, label): &(&str, &str)| {
            let (_, value) = pairs.iter().find(|(found, _)| found == name)?;
            Some(((*label).to_owned(), value.clone()))
        };
        let texts = texts.iter().filter_map(text).collect();
        Typed { action: action.to_owned(), pairs, texts, leave_href: leave_href.to_owned(), lost: Vec::new() }
    }
}

impl FromRequest for Posted {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let req = req.clone();
        let payload = payload.take();
        Box::pin(async move {
            let app = req.app_data::<web::Data<App>>().expect("startup hands the App to every request").clone();
            let session = req.get_session();
            if !session.contains_key(entry::ACCOUNT) && req.path() != "/sign-in" {
                return Err(Error::sign_in(&req, app.settings.cookies.had_session(&req)));
            }
            csrf::check_origin(&req, &app.settings)?;
            let ReceivedBody { read, bad } = receive::body(&req, payload).await;
            let in_header =
                || req.headers().get("x-csrf-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
            // Our forms have the token first, so it is there however long the rest is.
            let token = token_in(&read).or_else(in_header);
            if let Err(error) = csrf::check_token(&req, &session, &app.settings, token.as_deref()) {
                let whole: &[u8] = if bad.is_none() { &read } else { &[] };
                return Err(late(&req, &app, token, whole).await?.unwrap_or(error));
            }
            counted(&req)?;
            let bad = bad.or_else(|| decoded(&read).is_none().then_some(BadBody::NotAForm));
            Ok(Self { body: bad.map_or(Ok(read), Err) })
        })
    }
}

/// Counts a form that somebody signed in sends.
///
/// # Errors
/// [`Error::TooMany`].
pub fn counted(req: &HttpRequest) -> Result<()> {
    let account = req.get_session().get::<Uuid>(entry::ACCOUNT).ok().flatten();
    let (Some(app), Some(account)) = (req.app_data::<web::Data<App>>(), account) else { return Ok(()) };
    app.limits.posts.check(&AccountId(account))
}

/// What is said of a form with the token of a session that has ended; nothing of one that is forged.
async fn late(req: &HttpRequest, app: &App, token: Option<String>, body: &[u8]) -> Result<Option<Error>> {
    let Some(token) = token else { return Ok(None) };
    let (Some(owner), Some(fields)) = (held::owner(app, &token).await?, decoded(body)) else { return Ok(None) };
    Ok(Some(held::outdated(req, owner, Typing::new(fields, Vec::new())).await?))
}

fn raw_pairs(body: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> + '_ {
    let decode = |part: &[u8]| {
        let spaced: Vec<u8> = part.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
        percent_decode(&spaced).collect::<Vec<u8>>()
    };
    body.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()).map(move |pair| {
        let split = pair.iter().position(|&byte| byte == b'=').unwrap_or(pair.len());
        (decode(&pair[..split]), decode(pair.get(split + 1..).unwrap_or_default()))
    })
}

/// The fields of an urlencoded form; `None` when it holds bytes that are no text.
pub fn decoded(body: &[u8]) -> Option<Vec<(String, String)>> {
    raw_pairs(body).map(|(name, value)| Some((String::from_utf8(name).ok()?, String::from_utf8(value).ok()?))).collect()
}

fn token_in(body: &[u8]) -> Option<String> {
    raw_pairs(body).find(|(name, _)| name == b"csrf").and_then(|(_, value)| String::from_utf8(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_in_order_with_repeated_names() {
        let pairs = decoded(b"a=1&b=x+y%2Bz&a=2&empty=").unwrap();
        let expected = [("a", "1"), ("b", "x y+z"), ("a", "2"), ("empty", "")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn bytes_that_are_no_text_are_not_read() {
        assert_eq!(decoded(b"note=%FF%FE"), None);
    }
}
