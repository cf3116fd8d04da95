//! `/sign-in` and `/sign-out`.

use actix_session::Session;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::identity::{self, IdentityProvider, Offered};
use crate::db::session_store::{MOST_OF_USER_AGENT, entry};
use crate::domain::id::AccountId;
use crate::home::{Reason, SIGN_IN};
use crate::web::chrome::Chrome;
use crate::web::posted::Posted;
use crate::web::security_log::{self, SecurityEvent};
use crate::web::{App, Error, Result, Visit, csrf, html, see_other};

#[derive(Template)]
#[template(path = "home/sign_in.html")]
struct SignInPage {
    chrome: Chrome,
    cms: Vec<Offered>,
    states: Vec<Offered>,
    next: String,
    notice: Option<&'static str>,
}

/// The query of the sign-in page.
#[derive(Debug, Deserialize)]
pub struct Next {
    next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SignInForm {
    account: AccountId,
    #[serde(default)]
    next: String,
}

/// Only an address of our own is gone to after signing in.
fn safe_next(next: Option<&str>) -> &str {
    next.filter(|next| {
        next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.contains(char::is_control)
    })
    .unwrap_or("/")
}

/// `GET /sign-in`
///
/// # Errors
/// When the database fails.
pub async fn get(
    req: HttpRequest,
    visit: Visit,
    next: web::Query<Next>,
    reason: web::Query<Reason>,
) -> Result<HttpResponse> {
    visit.require_session()?;
    let next = safe_next(next.next.as_deref()).to_owned();
    if visit.person().is_some() {
        return Ok(see_other(next));
    }
    let configured = IdentityProvider::of(&visit.app.settings) == IdentityProvider::Demonstration;
    let accounts = if configured { identity::demonstration_accounts(&visit.app.db).await? } else { Vec::new() };
    let (states, cms) = accounts.into_iter().partition(|account| account.of_state);
    let mut chrome = visit.chrome("Sign in");
    let (token, cookie) = csrf::anonymous_token(&req, &visit.app.settings);
    chrome.csrf = token;
    let had_session = visit.app.settings.cookies.had_session(&req);
    let notice = reason.notice(had_session).or_else(|| (next != "/").then_some(SIGN_IN));
    let mut page = html(StatusCode::OK, &SignInPage { chrome, cms, states, next, notice })?;
    if let Some(cookie) = cookie {
        page.add_cookie(&cookie).map_err(|error| Error::Internal(error.into()))?;
    }
    Ok(page)
}

/// `POST /sign-in`: signs in to a demonstration account.
///
/// # Errors
/// [`Error::Forbidden`] when the account can't sign in here.
pub async fn post(req: HttpRequest, visit: Visit, posted: Posted) -> Result<HttpResponse> {
    visit.require_session()?;
    let form: SignInForm = posted.read()?;
    if IdentityProvider::of(&visit.app.settings) != IdentityProvider::Demonstration {
        return Err(Error::Forbidden("Demonstration accounts exist in development and tests only."));
    }
    let known = sqlx::query_scalar!(
        r#"select id as "id: AccountId" from account where id = $1 and active and email like '%' || $2"#,
        form.account as _,
        identity::DEMONSTRATION_DOMAIN,
    )
    .fetch_optional(&visit.app.writes)
    .await?;
    let Some(account) = known else {
        security_log::log(SecurityEvent::SignInRefused, &req, Some(form.account.0), "");
        return Err(Error::Forbidden(
            "This account is not known here or was deactivated. Write to the help desk to have it looked at.",
        ));
    };
    begin_session(&req, &visit.app, &visit.session, account).await?;
    security_log::log(SecurityEvent::SignedIn, &req, Some(account.0), "");
    Ok(see_other(safe_next(Some(&form.next))))
}

/// Begins the session of an account that an identity provider vouched for: under a new key, with a new token.
async fn begin_session(req: &HttpRequest, app: &App, session: &Session, account: AccountId) -> Result<()> {
    let before = sqlx::query_scalar!(
        r#"update account a set last_signed_in_at = $2 from account before where a.id = $1 and before.id = a.id
           returning before.last_signed_in_at"#,
        account as _,
        app.clock.now(),
    )
    .fetch_one(&app.writes)
    .await?;
    session.clear();
    session.renew();
    csrf::renew(session);
    let user_agent = req.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let user_agent: String = user_agent.chars().take(MOST_OF_USER_AGENT).collect();
    let internal = |error: actix_session::SessionInsertError| Error::Internal(error.into());
    session.insert(entry::ACCOUNT, account).map_err(internal)?;
    session.insert(entry::USER_AGENT, user_agent).map_err(internal)?;
    session.insert(entry::SIGNED_IN_BEFORE, before.map(|at| at.unix_timestamp())).map_err(internal)?;
    csrf::token(session);
    Ok(())
}

/// `POST /sign-out`: ends the session.
///
/// # Errors
/// When it can't be found out whose it is.
pub async fn sign_out(visit: Visit, _posted: Posted) -> Result<HttpResponse> {
    visit.require_session()?;
    visit.log_security(SecurityEvent::SignedOut, "");
    visit.session.purge();
    Ok(see_other("/?reason=signed-out"))
}
