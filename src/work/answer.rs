//! Coming back to the page of one's work after a deed that was done from it.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::address::PATH;
use super::page::{Done, drawn};
use super::worker;
use crate::domain::id::DepartmentReviewId;
use crate::web::flash::Flash;
use crate::web::posted::Posted;
use crate::web::{Result, SignedIn, see_other};

/// From where on the page of one's work a form was sent.
#[derive(Debug, Deserialize)]
pub struct Back {
    /// The address of the page.
    from: String,
    /// The place of the row.
    #[serde(default)]
    at: usize,
}

impl Back {
    /// Reads it from a form that was sent from there; other forms have none.
    pub fn of(posted: &Posted) -> Option<Self> {
        posted.read::<Self>().ok().filter(|back| back.query().is_some())
    }

    /// The query of the page's address.
    pub(super) fn query(&self) -> Option<&str> {
        if !self.from.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        match self.from.split_once('?') {
            None => (self.from == PATH).then_some(""),
            Some((path, query)) => (path == PATH).then_some(query),
        }
    }

    /// The address to go back to.
    pub(super) fn href(&self) -> &str {
        self.from.as_str()
    }
}

/// Answers a deed that was done to a review from there: for htmx with the rows as they are now, else with the way back.
///
/// # Errors
/// When the database fails.
pub async fn answer(who: &SignedIn, back: &Back, review: DepartmentReviewId, flash: Flash) -> Result<HttpResponse> {
    if !who.htmx {
        who.tell(&flash)?;
        return Ok(see_other(back.href()));
    }
    let member = worker(who.person())?;
    let done = Done { words: flash.text, review: Some(review), at: back.at };
    let mut response = drawn(who, member, back.query().unwrap_or_default(), Some(done)).await?;
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("hx-retarget"), HeaderValue::from_static("#results"));
    headers.insert(HeaderName::from_static("hx-reswap"), HeaderValue::from_static("outerHTML"));
    Ok(response)
}
