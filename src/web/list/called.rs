//! A search for one thing by its name: whoever types a whole key or name and sends it is led to its page.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};

use super::{Choices, List, ListQuery, Reader, sql};
use crate::search::{MOST_CHARACTERS, Words};
use crate::web::{Result, SignedIn, see_other};

/// What a search that was sent carries, and one that is still being typed does not: `mn-2` may become `mn-22`.
pub const AT_ONCE: &str = "go";
/// How every whole name begins.
const NAMES: &str = "MCR-";

/// The answer that leads to what was searched for, if it was sent and is the whole key or name of something in either list
/// that the person may see.
///
/// # Errors
/// [`crate::web::Error::TooMany`] for whoever searches too often; when the database fails.
pub async fn open_called<L: List, Other: List>(who: &SignedIn, raw_query: &str) -> Result<Option<HttpResponse>> {
    let Some(typed) = sent(raw_query) else { return Ok(None) };
    let found = match called::<L>(who, &typed).await? {
        Some(page) => Some(page),
        None => called::<Other>(who, &typed).await?,
    };
    let Some(page) = found else { return Ok(None) };
    if !who.htmx {
        return Ok(Some(see_other(page)));
    }
    let page = HeaderValue::from_str(&page).map_err(anyhow::Error::from)?;
    Ok(Some(HttpResponse::Ok().insert_header((HeaderName::from_static("hx-redirect"), page)).finish()))
}

/// What was typed, if it was sent.
fn sent(raw_query: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(raw_query).ok()?;
    let of = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.trim());
    of(AT_ONCE)?;
    of("q").filter(|typed| !typed.is_empty() && typed.chars().count() <= MOST_CHARACTERS).map(str::to_owned)
}

/// The page of the one row that is called so.
async fn called<L: List>(who: &SignedIn, typed: &str) -> Result<Option<String>> {
    let (key, name) = (typed.parse::<L::Key>().ok(), begins_as_names_do(typed).then(|| Words::parse(typed)).flatten());
    if key.is_none() && name.is_none() {
        return Ok(None);
    }
    if name.is_some() {
        who.app.limits.searches.check(&who.person().id)?;
    }
    let mut conn = who.app.db.acquire().await?;
    let choices = Choices::read::<L>(&mut conn, who.person(), None).await?;
    let reader = Reader::of(who.person(), &choices, who.app.clock.today());
    let by_key = key.is_some();
    let wanted =
        ListQuery::<L> { only: key.map(|key| vec![key]), words: name, ..ListQuery::everything(reader.side, &choices) };
    let sort = wanted.sort;
    let rows = sql::page(&mut conn, reader, wanted).await?.page.rows;
    let mut called = rows.iter().filter(|row| by_key || L::name(row).to_lowercase() == typed.to_lowercase());
    match (called.next(), called.next()) {
        (Some(row), None) => Ok(Some(format!("{}/{}", L::PATH, L::cursor(row, sort).key))),
        _ => Ok(None),
    }
}

fn begins_as_names_do(typed: &str) -> bool {
    typed.get(..NAMES.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(NAMES))
}
