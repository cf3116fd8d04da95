//! Who is asking, from which session, and for a whole page or a part of one.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;

use actix_session::{Session, SessionExt};
use actix_web::dev::Payload;
use actix_web::http::header::HOST;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use time::{Duration, OffsetDateTime};
use tracing_actix_web::RequestId;
use uuid::Uuid;

use super::chrome::{Chrome, ChromePerson, Reach, may_start_submission, navigation, reaches_settings};
use super::error::{Error, Result};
use super::flash::Flash;
use super::head::is_head;
use super::security_log::{self, SecurityEvent};
use super::{App, csrf};
use crate::db::health::{classify, read_again};
use crate::db::session_store::{self, entry};
use crate::domain::clock::Moment;
use crate::domain::permission::Person;

const FLASH: &str = "flash";
/// Requests within this time of the last note of activity are not noted again.
const NOTED: Duration = Duration::seconds(30);

/// Whether htmx made the request, and so wants a part of a page.
pub fn is_htmx(req: &HttpRequest) -> bool {
    req.headers().contains_key("hx-request") && !req.headers().contains_key("hx-history-restore-request")
}

/// Whether it is known who made the request, without asking the database.
pub fn is_looked_up(req: &HttpRequest) -> bool {
    req.extensions().contains::<Looked>()
}

/// A request with its session, and who is signed in, if anybody.
#[derive(Clone)]
pub struct Visit {
    /// What every request may use.
    pub app: web::Data<App>,
    /// The session.
    pub session: Session,
    /// Whether htmx wants a part of a page.
    pub htmx: bool,
    /// Whether the head of the answer is asked for alone: then nothing is noted.
    pub head: bool,
    path: String,
    here: String,
    /// Scheme and host, as people see them.
    origin: String,
    current_page: String,
    signed_in: Option<Rc<Account>>,
    /// Why it could not be found out who is signed in.
    outage: Option<Rc<Error>>,
    /// The id under which the request is logged.
    request: String,
}

/// The account signed in, and its session.
struct Account {
    person: Person,
    /// Whether single keys do something.
    keys: bool,
    session_id: Uuid,
    signed_in_before: Option<Moment>,
    signed_in_at: OffsetDateTime,
    last_seen_at: OffsetDateTime,
}

/// Kept with the request, so that the account is read once however many ask.
#[derive(Clone)]
struct Looked {
    signed_in: Option<Rc<Account>>,
    outage: Option<Rc<Error>>,
}

impl Visit {
    /// The surroundings of a page with this title. Takes the waiting message with it.
    pub fn chrome(&self, title: impl Into<String>) -> Chrome {
        let account = self.signed_in.as_deref();
        let person = account.map(|account| &account.person);
        let mut chrome = Chrome::bare(&self.app, title);
        // Who can't be known is not asked to sign in.
        chrome.nav = if self.outage.is_some() { Vec::new() } else { navigation(person, &self.path) };
        chrome.start_submission = may_start_submission(person);
        chrome.address = format!("{}{}", self.origin, self.here);
        if let Some(account) = account {
            chrome.csrf = self.csrf();
            chrome.search = true;
            chrome.flash = self.waiting();
            chrome.keys = account.keys;
            chrome.session_ends = Some(Moment(
                (account.last_seen_at + session_store::IDLE).min(account.signed_in_at + session_store::ABSOLUTE),
            ));
            chrome.person = Some(ChromePerson {
                name: account.person.name.clone(),
                role: account.person.role.label(),
                place: account.person.place(),
                settings: reaches_settings(&account.person) == Reach::AccountMenu,
                last_signed_in: account.signed_in_before,
            });
        }
        chrome
    }

    /// The waiting message, which is taken. Where there is none the session stays untouched, and is not written.
    fn waiting(&self) -> Option<Flash> {
        self.session.contains_key(FLASH).then(|| self.session.remove_as(FLASH))??.ok()
    }

    /// The token that forms of this session carry; none while nobody is signed in.
    pub fn csrf(&self) -> String {
        self.signed_in.as_ref().map_or_else(String::new, |_| csrf::token(&self.session))
    }

    /// Whether it is known who asks. Pages that are the same for everybody do without.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the database that holds the session could not be asked, and what else kept it.
    pub fn require_session(&self) -> Result<()> {
        match self.outage.as_deref() {
            None => Ok(()),
            Some(Error::Internal(why)) => Err(Error::Internal(anyhow::anyhow!("{why:#}"))),
            Some(Error::Busy(why)) => Err(Error::Busy(anyhow::anyhow!("{why:#}"))),
            Some(why) => Err(Error::Unavailable(anyhow::anyhow!("{why}"))),
        }
    }

    /// Leaves a message for the next page.
    ///
    /// # Errors
    /// When the message can't be kept.
    pub fn tell(&self, flash: &Flash) -> Result<()> {
        self.session.insert(FLASH, flash).map_err(|error| Error::Internal(error.into()))
    }

    /// Who is signed in.
    pub fn person(&self) -> Option<&Person> {
        self.signed_in.as_deref().map(|account| &account.person)
    }

    /// The path of the page that a part was asked for from, as htmx tells it; empty of a whole page.
    pub fn current_page(&self) -> &str {
        self.current_page.split('?').next().unwrap_or_default()
    }

    /// The query of that page.
    pub fn current_query(&self) -> &str {
        self.current_page.split_once('?').map_or("", |(_, query)| query)
    }

    /// Writes a line of the security log about this request; `what` names the thing by its address or id.
    pub fn log_security(&self, event: SecurityEvent, what: &str) {
        security_log::line(event, &self.request, self.person().map(|person| person.id.0), what);
    }

    /// Path and query of the request.
    pub fn here(&self) -> &str {
        &self.here
    }
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let app = req.app_data::<web::Data<App>>().expect("startup hands the App to every request").clone();
            let session = req.get_session();
            let looked = req.extensions().get::<Looked>().cloned();
            let Looked { signed_in, outage } = match looked {
                Some(looked) => looked,
                None => {
                    let looked = match look_up(&app, &session, &req).await {
                        Ok(account) => Looked { signed_in: account.map(Rc::new), outage: None },
                        Err(outage) => Looked { signed_in: None, outage: Some(Rc::new(outage)) },
                    };
                    req.extensions_mut().insert(looked.clone());
                    looked
                }
            };
            let here = req.uri().path_and_query().map_or_else(String::new, ToString::to_string);
            let origin = origin(&app, &req);
            let current_page = current_page(&req);
            let (htmx, head, path) = (is_htmx(&req), is_head(&req), req.path().to_owned());
            let request = req.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
            Ok(Self { app, session, htmx, head, path, here, origin, current_page, signed_in, outage, request })
        })
    }
}

/// The public address where one is set, else the host that the browser asked.
fn origin(app: &App, req: &HttpRequest) -> String {
    let host = || req.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    app.settings.public_origin.clone().unwrap_or_else(|| format!("http://{}", host()))
}

fn current_page(req: &HttpRequest) -> String {
    let url = req.headers().get("hx-current-url").and_then(|url| url.to_str().ok());
    let url = url.and_then(|url| url.parse::<actix_web::http::Uri>().ok());
    url.and_then(|url| url.path_and_query().map(ToString::to_string)).unwrap_or_default()
}

/// What a page does by itself is nothing a person did: asking how long the session lasts, how a file's check stands and
/// what happened, and holding what was typed when the session is about to end.
fn asked_by_the_page(path: &str) -> bool {
    matches!(path, "/session" | "/session/hold" | "/live" | "/presence")
        || (path.starts_with("/documents/") && path.ends_with("/check"))
        || path.ends_with("/changes")
}

/// Reads the account of the session as it is now: a change of role, department or activity counts at once.
async fn look_up(app: &App, session: &Session, req: &HttpRequest) -> Result<Option<Account>> {
    if let Ok(Some(why)) = session.get::<String>(entry::UNAVAILABLE) {
        return Err(Error::Unavailable(anyhow::anyhow!(why)));
    }
    let (Ok(Some(account)), Ok(Some(session_id))) =
        (session.get::<Uuid>(entry::ACCOUNT), session.get::<Uuid>(entry::SESSION))
    else {
        return Ok(None);
    };
    let row = read_again(async || sqlx::query!(
        r#"select a.id, a.given_name || ' ' || a.family_name as "name!", a.email, a.role, a.state_code, s.name as "state_name?",
                  a.department, a.preferences -> 'keys' is distinct from 'false' as "keys!", v.signed_in_at, v.last_seen_at
             from session v join account a on a.id = v.account_id left join state s on s.code = a.state_code
            where v.id = $1 and a.id = $2 and a.active"#,
        session_id,
        account,
    )
    .fetch_optional(&app.db)
    .await).await?;
    let Some(row) = row else {
        session.purge();
        return Ok(None);
    };
    let now = app.clock.now();
    let caused_by_person = !asked_by_the_page(req.path());
    if caused_by_person && !is_head(req) && now - row.last_seen_at > NOTED {
        // Where nothing can be written, pages can still be read.
        if let Err(error) = session_store::touch(&app.db, session_id, now).await {
            tracing::warn!(failure = ?classify(&error), %error, "it was not noted that a session goes on");
        }
    }
    Ok(Some(Account {
        person: Person {
            id: row.id.into(),
            name: row.name,
            email: row.email,
            role: row.role,
            state_code: row.state_code,
            state_name: row.state_name,
            department: row.department,
        },
        keys: row.keys,
        session_id,
        signed_in_before: session
            .get::<Option<i64>>(entry::SIGNED_IN_BEFORE)
            .ok()
            .flatten()
            .flatten()
            .and_then(Moment::of_seconds),
        signed_in_at: row.signed_in_at,
        last_seen_at: if caused_by_person { now } else { row.last_seen_at },
    }))
}

/// A visit of somebody signed in. Whoever is not is sent to sign in.
#[derive(Clone)]
pub struct SignedIn {
    visit: Visit,
    account: Rc<Account>,
}

impl SignedIn {
    /// Who is asking.
    pub fn person(&self) -> &Person {
        &self.account.person
    }

    /// Whether single keys do something for them.
    pub fn keys(&self) -> bool {
        self.account.keys
    }

    /// The key of the session's row.
    pub fn session_id(&self) -> Uuid {
        self.account.session_id
    }

    /// When the session began.
    pub fn signed_in_at(&self) -> OffsetDateTime {
        self.account.signed_in_at
    }

    /// When the account signed in before this time.
    pub fn last_signed_in(&self) -> Option<Moment> {
        self.account.signed_in_before
    }

    /// When the session ends if nothing is done, and when it ends whatever is done.
    pub fn session_ends(&self) -> (OffsetDateTime, OffsetDateTime) {
        (self.account.last_seen_at + session_store::IDLE, self.account.signed_in_at + session_store::ABSOLUTE)
    }
}

impl Deref for SignedIn {
    type Target = Visit;
    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(req, payload);
        let req = req.clone();
        Box::pin(async move {
            let visit = visit.await?;
            match visit.signed_in.clone() {
                Some(account) => Ok(Self { visit, account }),
                None => {
                    visit.require_session()?;
                    Err(Error::sign_in(&req, visit.app.settings.cookies.had_session(&req)))
                }
            }
        })
    }
}
