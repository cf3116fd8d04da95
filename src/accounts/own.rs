//! `/account`: one's own data and sessions.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::role::Side;
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::posted::Posted;
use crate::web::{Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "home/account.html")]
struct AccountPage {
    chrome: Chrome,
    account: OwnAccount,
    sessions: Vec<OpenSession>,
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

#[derive(Debug, Deserialize)]
struct EndForm {
    session: Uuid,
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
    let page = AccountPage { chrome: who.chrome("Account"), account, sessions: open_sessions(&who).await? };
    html(StatusCode::OK, &page)
}

async fn open_sessions(who: &SignedIn) -> Result<Vec<OpenSession>> {
    let now = who.app.clock.now();
    let rows = sqlx::query!(
        "select id, user_agent, signed_in_at, last_seen_at from session
          where account_id = $1 and last_seen_at > $2 and signed_in_at > $3 order by last_seen_at desc",
        who.person().id as _,
        now - crate::db::session_store::IDLE,
        now - crate::db::session_store::ABSOLUTE,
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

/// `POST /account`: ends one of one's own sessions; ending one that has ended changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn end_session(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    let form: EndForm = posted.read()?;
    if form.session == who.session_id() {
        who.session.purge();
        return Ok(see_other("/?reason=signed-out"));
    }
    sqlx::query!("delete from session where id = $1 and account_id = $2", form.session, who.person().id as _)
        .execute(&who.app.db)
        .await?;
    who.tell(&Flash::success("The session is ended."))?;
    Ok(see_other("/account"))
}
