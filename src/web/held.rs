//! Forms that come after their session has ended: they are not carried out, but what was typed is held for the same
//! account and offered again on the page of the form.

use actix_multipart::Multipart;
use actix_session::SessionExt;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpMessage, HttpRequest};
use futures_util::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::error::{Error, Result};
use super::form::HeldNotice;
use super::posted::{MAX_FORM_BYTES, MAX_REQUEST_BYTES, decoded};
use super::receive::ReceivedFields;
use super::visit::SignedIn;
use super::{App, csrf};
use crate::db::session_store::{self, entry};
use crate::domain::clock::Moment;

/// For so long a form is held.
const HELD: Duration = Duration::hours(24);
/// An account has at most so many; of more the oldest go.
const MOST: i64 = 50;
/// The most bytes of the address that a form is posted to.
const MOST_OF_ADDRESS: usize = 1_000;
/// What the script says of a form that it has held before the session ends: where the form is posted.
const ADDRESS: &str = "held_for";
/// The name of a file that was chosen in it.
const FILE: &str = "held_file";
/// What is made anew each time a form is drawn.
const TOKEN: &str = "csrf";

/// A form that was typed into.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Typing {
    fields: Vec<(String, String)>,
    files: Vec<String>,
}

impl Typing {
    /// Fields as posted, with the names of the files that came or were chosen.
    pub fn new(fields: Vec<(String, String)>, files: Vec<String>) -> Self {
        Self { fields, files }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Only what changes a row is worth holding, and such a form carries the version that it was drawn from, or the
    /// key of what it makes.
    fn changes_a_row(&self) -> bool {
        self.value("version").is_some() || self.value("id").is_some()
    }
}

/// A form that is held.
#[derive(Debug)]
pub struct Held {
    typing: Typing,
    at: Moment,
}

impl Held {
    /// Its fields, as typed.
    pub fn fields(&self) -> &[(String, String)] {
        &self.typing.fields
    }

    /// The first value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.typing.value(name)
    }

    /// Reads it into the structure of the form; none when it is not that form.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        let encoded = serde_html_form::to_string(self.fields()).ok()?;
        serde_html_form::from_str(&encoded).ok()
    }

    /// What the page says above it; `as_saved` is its address without what was typed.
    pub fn notice(&self, as_saved: String) -> HeldNotice {
        let mut sentences = vec![format!(
            "Nothing was saved yet. Your session ended or the page was closed; below is what you typed until {}.",
            self.at
        )];
        match self.typing.files.as_slice() {
            [] => {}
            [file] => sentences.push(format!("This file was not uploaded, choose it again: {file}.")),
            files => sentences.push(format!("These files were not uploaded, choose them again: {}.", files.join(", "))),
        }
        HeldNotice { sentences, as_saved }
    }
}

/// What is held for the person at the address that a form is posted to.
///
/// # Errors
/// When the database fails.
pub async fn found(conn: &mut PgConnection, who: &SignedIn, address: &str) -> Result<Option<Held>> {
    let row = sqlx::query!(
        "select content, held_at from held_form where account_id = $1 and address = $2 and held_at > $3",
        who.person().id as _,
        address,
        who.app.clock.now() - HELD,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok(Held { typing: serde_json::from_value(row.content)?, at: Moment(row.held_at) })).transpose()
}

/// Holds nothing any more for the person at this address: it was saved.
///
/// # Errors
/// When the database fails.
pub async fn forget(conn: &mut PgConnection, who: &SignedIn, address: &str) -> Result<()> {
    let person = who.person().id;
    sqlx::query!("delete from held_form where account_id = $1 and address = $2", person as _, address)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes what was held long enough.
///
/// # Errors
/// When the database fails.
pub async fn sweep(db: &sqlx::PgPool, now: OffsetDateTime) -> sqlx::Result<u64> {
    Ok(sqlx::query!("delete from held_form where held_at <= $1", now - HELD).execute(db).await?.rows_affected())
}

/// Holds a form of this account that was posted to `here`. Gives the address at which it is held; none of a form
/// that is not worth it.
///
/// # Errors
/// When the database fails.
pub async fn hold(app: &App, account: Uuid, here: &str, mut typing: Typing) -> Result<Option<String>> {
    let address = typing.value(ADDRESS).unwrap_or(here).to_owned();
    let is_address =
        address.starts_with('/') && address.len() <= MOST_OF_ADDRESS && !address.contains(char::is_control);
    if !typing.changes_a_row() || !is_address {
        return Ok(None);
    }
    let named = typing.fields.iter().filter(|(name, _)| name == FILE).map(|(_, file)| file.clone());
    typing.files.extend(named);
    typing.fields.retain(|(name, _)| ![TOKEN, ADDRESS, FILE].contains(&name.as_str()));
    let mut tx = app.writes.begin().await?;
    sqlx::query!(
        "insert into held_form (account_id, address, content, held_at) values ($1, $2, $3, $4)
         on conflict (account_id, address) do update set content = excluded.content, held_at = excluded.held_at",
        account,
        address,
        serde_json::to_value(&typing)?,
        app.clock.now(),
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "delete from held_form where account_id = $1 and address in
           (select address from held_form where account_id = $1 order by held_at desc offset $2)",
        account,
        MOST,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(address))
}

/// Whose ended session a form of this token came from.
///
/// # Errors
/// When the database fails.
pub async fn owner(app: &App, token: &str) -> Result<Option<Uuid>> {
    Ok(session_store::ended(&app.db, token, app.clock.now()).await?)
}

/// Holds a form that carries the token of another session than the present one, if that one has ended. Says so to
/// whoever typed it; to anybody else the form is forged.
///
/// # Errors
/// When the database fails.
pub async fn outdated(req: &HttpRequest, owner: Uuid, typing: Typing) -> Result<Error> {
    let app = req.app_data::<Data<App>>().ok_or(Error::Forged)?;
    let held = hold(app, owner, &here(req), typing).await?;
    let own = req.get_session().get::<Uuid>(entry::ACCOUNT).ok().flatten() == Some(owner);
    Ok(held.filter(|_| own).map_or(Error::Forged, Error::Outdated))
}

fn here(req: &HttpRequest) -> String {
    req.uri().path_and_query().map_or_else(String::new, ToString::to_string)
}

/// Holds what comes while nobody is signed in, if it is of a session that has ended. Of anybody who never had one nothing is read.
/// The answer is the same either way.
pub(super) async fn late(req: &mut ServiceRequest) {
    let Some(app) = req.app_data::<Data<App>>().cloned() else { return };
    let had_session = app.settings.cookies.had_session(req.request());
    if !had_session || csrf::check_origin(req.request(), &app.settings).is_err() || req.path() == "/sign-in" {
        return;
    }
    let payload = req.take_payload();
    if let Err(error) = hold_late(req.request(), &app, payload).await {
        tracing::warn!("a form that came after its session could not be held: {error}");
    }
}

async fn hold_late(req: &HttpRequest, app: &App, payload: Payload) -> Result<()> {
    if let Some((account, typing)) = read(req, app, payload).await? {
        hold(app, account, &here(req), typing).await?;
    }
    Ok(())
}

/// Reads a form of an ended session; none of any other, of which nothing is read beyond its token.
async fn read(req: &HttpRequest, app: &App, payload: Payload) -> Result<Option<(Uuid, Typing)>> {
    let content_type = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        let Some(fields) = text(payload, MAX_FORM_BYTES).await.and_then(|body| decoded(&body)) else { return Ok(None) };
        let typing = Typing::new(fields, Vec::new());
        let Some(token) = typing.value(TOKEN) else { return Ok(None) };
        return Ok(owner(app, token).await?.map(|account| (account, typing)));
    }
    let mut account = Ok(None);
    let fields = read_parts(req, payload, async |token| {
        account = owner(app, token).await;
        matches!(account, Ok(Some(_)))
    })
    .await;
    Ok(account?.zip(fields).map(|(account, fields)| (account, Typing::new(fields.pairs, fields.files))))
}

/// The fields of a form with files, which are passed over. None of what is no such form, brings a file before its token, or
/// whose token is not one to `go_on` for.
pub(super) async fn read_parts(
    req: &HttpRequest,
    payload: Payload,
    mut go_on: impl AsyncFnMut(&str) -> bool,
) -> Option<ReceivedFields> {
    let content_type = req.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type?.to_ascii_lowercase().starts_with("multipart/form-data") {
        return None;
    }
    let (mut fields, mut proven, mut left, mut passed) = (ReceivedFields::default(), false, MAX_FORM_BYTES, 0);
    let mut parts = Multipart::new(req.headers(), payload);
    while let Some(part) = parts.next().await {
        let mut part = part.ok()?;
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.content_disposition().and_then(|given| given.get_filename()).map(str::to_owned);
        if let Some(file) = file {
            if !proven || !pass_over(&mut part, &mut passed).await {
                return None;
            }
            fields.files.extend(Some(file).filter(|file| !file.is_empty()));
            continue;
        }
        let value = String::from_utf8(text(part, left).await?).ok()?;
        left = left.saturating_sub(name.len() + value.len());
        if name == TOKEN {
            proven = go_on(&value).await;
            if !proven {
                return None;
            }
        }
        fields.pairs.push((name, value));
    }
    proven.then_some(fields)
}

/// A text of at most `most` bytes; none when it is longer or cut off.
async fn text<E>(mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin, most: usize) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    while let Some(chunk) = chunks.next().await {
        text.extend_from_slice(&chunk.ok()?);
        if text.len() > most {
            return None;
        }
    }
    Some(text)
}

/// Reads on without keeping anything, so that the browser gets to see the answer; no further than a request may be long.
async fn pass_over<E>(chunks: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin), passed: &mut u64) -> bool {
    while let Some(Ok(chunk)) = chunks.next().await {
        *passed += chunk.len() as u64;
        if *passed > MAX_REQUEST_BYTES {
            return false;
        }
    }
    true
}
