//! `/account`: one's own data, sessions and keys.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::db::session_store::GoesOn;
use crate::domain::clock::Moment;
use crate::domain::role::Side;
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "home/account.html")]
struct AccountPage {
    chrome: Chrome,
    account: OwnAccount,
    sessions: Vec<OpenSession>,
    /// Whether single keys do something.
    keys: bool,
}

/// The person's own data in words.
struct OwnAccount {
    name: String,
    email: String,
    role: &'static str,
    place_label: &'static str,
    place: String,
    eua: Option<String>,
    last_signed_in: Option<Moment>,
}

/// One of the person's open sessions.
struct OpenSession {
    id: Uuid,
    browser: String,
    signed_in: Moment,
    last_used: Moment,
    current: bool,
}

/// What can be done there: one of the two.
#[derive(Debug, Deserialize)]
struct OwnForm {
    session: Option<Uuid>,
    keys: Option<Keys>,
}

/// What single keys are to do.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Keys {
    On,
    Off,
}

/// `GET /account`
///
/// # Errors
/// When the database fails.
pub async fn account(who: SignedIn) -> Result<HttpResponse> {
    let person = who.person();
    let eua =
        sqlx::query_scalar!("select eua from account where id = $1", person.id as _).fetch_one(&who.app.db).await?;
    let account = OwnAccount {
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role.label(),
        place_label: if person.side() == Side::State { "State" } else { "Department" },
        place: person.place(),
        eua,
        last_signed_in: who.last_signed_in(),
    };
    let page =
        AccountPage { chrome: who.chrome("Account"), account, sessions: open_sessions(&who).await?, keys: who.keys() };
    html(StatusCode::OK, &page)
}

async fn open_sessions(who: &SignedIn) -> Result<Vec<OpenSession>> {
    let goes_on = GoesOn::at(who.app.clock.now());
    let rows = sqlx::query!(
        "select id, user_agent, signed_in_at, last_seen_at from session
          where account_id = $1 and last_seen_at > $2 and signed_in_at > $3 and greatest(last_seen_at, signed_in_at) <= $4
          order by last_seen_at desc",
        who.person().id as _,
        goes_on.seen_after,
        goes_on.signed_in_after,
        goes_on.until,
    )
    .fetch_all(&who.app.db)
    .await?;
    let own = who.session_id();
    Ok(rows
        .into_iter()
        .map(|row| OpenSession {
            id: row.id,
            browser: row.user_agent.filter(|name| !name.is_empty()).unwrap_or_else(|| "Unknown browser".to_owned()),
            signed_in: Moment(row.signed_in_at),
            last_used: Moment(row.last_seen_at),
            current: row.id == own,
        })
        .collect())
}

/// `POST /account`: ends one of one's own sessions, or switches single keys on or off. What is so already stays so: a
/// press that comes late, from another tab or twice, has nothing to lose.
///
/// # Errors
/// When the form says neither, or the database fails.
pub async fn change_own(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    let form: OwnForm = posted.read()?;
    match (form.session, form.keys) {
        (Some(session), None) => end_session(&who, session).await,
        (None, Some(keys)) => switch_keys(&who, keys).await,
        _ => Err(Error::unprocessable("The form says neither which session to end nor what keys are to do.")),
    }
}

/// Ending a session that has ended changes nothing.
async fn end_session(who: &SignedIn, session: Uuid) -> Result<HttpResponse> {
    if session == who.session_id() {
        who.session.purge();
        return Ok(see_other("/?reason=signed-out"));
    }
    sqlx::query!("delete from session where id = $1 and account_id = $2", session, who.person().id as _)
        .execute(&who.app.db)
        .await?;
    who.tell(&Flash::success("The session is ended."))?;
    Ok(see_other("/account"))
}

/// One's own settings are no edit of the account: its version stays, and its history tells nothing of them.
async fn switch_keys(who: &SignedIn, keys: Keys) -> Result<HttpResponse> {
    let on = keys == Keys::On;
    let word = if on { "on" } else { "off" };
    let changed = sqlx::query!(
        "update account set preferences = jsonb_set(preferences, '{keys}', to_jsonb($2::bool))
          where id = $1 and (preferences -> 'keys' is distinct from 'false') <> $2",
        who.person().id as _,
        on,
    )
    .execute(&who.app.db)
    .await?;
    who.tell(&match changed.rows_affected() {
        0 => Flash::news(format!("Single keys are {word} already.")),
        _ => Flash::success(format!("Single keys are {word}.")),
    })?;
    Ok(see_other("/account#keyboard"))
}
