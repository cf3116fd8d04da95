//! What the deeds have in common: a page that says beforehand what will happen, a reason, and the answer to a form that
//! was drawn from something older.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::clock::{Clock, Moment};
use crate::domain::event::Kind;
use crate::domain::lifecycle::Tag;
use crate::domain::permission::{Permitted, Person};
use crate::domain::role::Side;
use crate::domain::text::Text;
use crate::history::{self, Told};
use crate::reviews::conflict;
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

/// What a deed is done to: a submission or a rate.
pub trait Thing {
    /// Its row.
    fn id(&self) -> Uuid;
    /// Its key, as people name it.
    fn key(&self) -> String;
    /// Its full name.
    fn name(&self) -> &str;
    /// The name of its state.
    fn state_name(&self) -> &str;
    /// The version of its row.
    fn version(&self) -> i32;
    /// The latest version of its form that was sent.
    fn revision(&self) -> i32;
    /// When that was sent.
    fn sent_at(&self) -> Option<Moment>;
    /// Its status, as stored.
    fn status(&self) -> &'static str;
    /// Its status, as CMS calls it.
    fn tag(&self) -> Tag;
    /// Its address.
    fn href(&self) -> String;
    /// The list it stands in: address and words.
    fn list(&self) -> (String, String);
}

/// What a deed will do, told before it is done. A form carries what it showed; if that is no longer so, nothing is done.
#[derive(Debug, Default)]
pub struct Prospect {
    /// What will happen, in sentences.
    pub sentences: Vec<String>,
    /// What will become of each rate: key, name and fate in words.
    pub rates: Vec<RateProspect>,
    /// Why it can't be done although the status would allow it, and where to go instead.
    pub barred: Option<(String, Option<(String, String)>)>,
}

/// What will become of a rate.
#[derive(Debug)]
pub struct RateProspect {
    /// Its key.
    pub key: String,
    /// Its full name.
    pub name: String,
    /// What becomes of it.
    pub fate: String,
    /// What the form carries of it.
    pub seen: String,
}

/// A deed with a reason.
#[expect(async_fn_in_trait, reason = "pages are drawn on the thread that has the request, so nothing has to be Send")]
pub trait Deed {
    /// What it is done to.
    type Thing: Thing;
    /// What it is in the table of the thing's life.
    type Action;
    /// Its address below that of the thing.
    const SEGMENT: &'static str;
    /// Its name on headings and buttons.
    const LABEL: &'static str;
    /// What is said of the thing once it is done: "is unlocked".
    const DONE: &'static str;
    /// The entry that it writes about the thing.
    const KIND: Kind;
    /// What is said when no reason is given.
    const REASON: &'static str;
    /// Who may do it, for those who may not.
    const WHOSE: &'static str;

    /// The proof that the person may do it.
    fn proof(person: &Person) -> Option<Permitted<'_, Self::Action>>;

    /// The thing of this address, for drawing the page.
    async fn open(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Self::Thing>;

    /// The thing of this address with everything that the deed changes, locked until the transaction ends. Nothing,
    /// when something came in between: then the transaction is to be begun again.
    async fn lock(conn: &mut PgConnection, who: &SignedIn, key: &str) -> Result<Option<Self::Thing>>;

    /// Whether its status allows the deed.
    fn possible(thing: &Self::Thing) -> bool;

    /// What it will do.
    async fn prospect(conn: &mut PgConnection, thing: &Self::Thing) -> Result<Prospect>;

    /// Does it. The caller has locked everything and commits.
    async fn carry_out(
        conn: &mut PgConnection,
        clock: &Clock,
        proof: Permitted<'_, Self::Action>,
        thing: &Self::Thing,
        reason: &str,
    ) -> Result<()>;
}

#[derive(Template)]
#[template(path = "life/deed.html")]
struct DeedPage {
    chrome: Chrome,
    label: &'static str,
    key: String,
    name: String,
    state_name: String,
    tag: Tag,
    revision: i32,
    sent: Option<Moment>,
    href: String,
    action: String,
    /// What the form was drawn from. One that comes back stays that of then, so that sending it meets what happened since.
    hidden: Vec<(&'static str, String)>,
    prospect: Prospect,
    form: FormState,
}

/// How the page is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Given when what was held is not wanted.
    held: Option<String>,
}

#[derive(Debug, Deserialize)]
struct DeedForm {
    version: i32,
    revision: i32,
    /// What the page showed of each rate.
    #[serde(default)]
    seen: Vec<String>,
    #[serde(default)]
    reason: String,
}

/// How often a deed is begun again because something came in between.
const TRIES: usize = 5;

/// `GET` of a deed.
///
/// # Errors
/// 403 for those whose it is not; leads back with the reason as news when it can't be done now.
pub async fn get<D: Deed>(who: SignedIn, key: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let thing = D::open(&mut conn, &who, &key).await?;
    guard::<D>(&who)?;
    if !D::possible(&thing) {
        let told = history::since(&mut conn, &[(thing.id(), 0)]).await?;
        who.tell(&Flash::news(why_not::<D>(&thing, &told)))?;
        return Ok(see_other(thing.href()));
    }
    let prospect = D::prospect(&mut conn, &thing).await?;
    if let Some((why, _)) = &prospect.barred {
        who.tell(&Flash::news(why.clone()))?;
        return Ok(see_other(thing.href()));
    }
    let here = address::<D>(&thing);
    let held = held::found(&mut conn, &who, &here).await?.filter(|_| asked.held.is_none());
    drop(conn);
    let form = held.map_or_else(FormState::default, |held| {
        FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(format!("{here}?held=no"))))
    });
    draw::<D>(&who, StatusCode::OK, &thing, prospect, form)
}

fn address<D: Deed>(thing: &D::Thing) -> String {
    format!("{}/{}", thing.href(), D::SEGMENT)
}

/// A state knows nothing of these pages; others may see that they are not theirs.
fn guard<D: Deed>(who: &SignedIn) -> Result<Permitted<'_, D::Action>> {
    if who.person().side() == Side::State {
        return Err(Error::NotFound);
    }
    D::proof(who.person()).ok_or(Error::Forbidden(D::WHOSE))
}

fn draw<D: Deed>(
    who: &SignedIn,
    status: StatusCode,
    thing: &D::Thing,
    prospect: Prospect,
    form: FormState,
) -> Result<HttpResponse> {
    let (key, href) = (thing.key(), thing.href());
    let chrome = who
        .chrome(format!("{} – {key}", D::LABEL))
        .failed(form.failed())
        .crumbs([thing.list(), (href.clone(), key.clone())], D::LABEL);
    let page = DeedPage {
        chrome,
        label: D::LABEL,
        name: thing.name().to_owned(),
        state_name: thing.state_name().to_owned(),
        tag: thing.tag(),
        revision: thing.revision(),
        sent: thing.sent_at(),
        hidden: hidden(thing, &prospect, &form),
        action: address::<D>(thing),
        key,
        href,
        prospect,
        form,
    };
    html(status, &page)
}

fn hidden<T: Thing>(thing: &T, prospect: &Prospect, form: &FormState) -> Vec<(&'static str, String)> {
    let typed = form.carried(&["version", "revision", "seen"]);
    if !typed.is_empty() {
        return typed;
    }
    let rows = [("version", thing.version().to_string()), ("revision", thing.revision().to_string())];
    rows.into_iter().chain(prospect.rates.iter().map(|rate| ("seen", rate.seen.clone()))).collect()
}

/// Why a thing is not what the deed needs: who brought it where it stands.
fn why_not<D: Deed>(thing: &D::Thing, told: &[Told]) -> String {
    let status = thing.tag().label.to_lowercase();
    match told.iter().rev().find(|entry| entry.led_to(thing.status())) {
        Some(entry) if entry.kind == D::KIND => {
            format!("Already {status}, by {}, {}.", entry.who(), Moment(entry.at))
        }
        Some(entry) => format!("{} is {status} since {}, by {}.", thing.key(), Moment(entry.at), entry.who()),
        None => format!("{} is {status}.", thing.key()),
    }
}

/// `POST` of a deed.
///
/// # Errors
/// 403 for those whose it is not, 422 for a form that no page sends.
pub async fn post<D: Deed>(who: SignedIn, key: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    match done::<D>(&who, &key, &posted).await {
        Err(error) => not_saved(&who, error, posted.typed(who.here(), "/submissions", &[("reason", "Your reason")])),
        answered => answered,
    }
}

async fn done<D: Deed>(who: &SignedIn, key: &str, posted: &Posted) -> Result<HttpResponse> {
    for _ in 0..TRIES {
        let mut tx = who.app.writes.begin().await?;
        let Some(thing) = D::lock(&mut tx, who, key).await? else { continue };
        let proof = guard::<D>(who)?;
        let form: DeedForm = posted.read()?;
        let told = history::since(&mut tx, &[(thing.id(), form.version)]).await?;
        if let Some(flash) = already::<D>(who, &thing, &told) {
            held::forget(&mut tx, who, &address::<D>(&thing)).await?;
            tx.commit().await?;
            who.tell(&flash)?;
            return Ok(see_other(thing.href()));
        }
        let prospect = D::prospect(&mut tx, &thing).await?;
        let reason = match Text::REASON.required(D::REASON).read(&form.reason) {
            Ok(reason) => reason.unwrap_or_default(),
            Err(sentence) => {
                drop(tx);
                let mut state = FormState::filled(posted.pairs()?);
                state.refuse("reason", sentence);
                return draw::<D>(who, StatusCode::UNPROCESSABLE_ENTITY, &thing, prospect, state);
            }
        };
        if moved_on::<D>(&thing, &prospect, &form) {
            drop(tx);
            return panel::<D>(&thing, &prospect, &form, &told).answer(who, "Not done");
        }
        D::carry_out(&mut tx, &who.app.clock, proof, &thing, &reason).await?;
        held::forget(&mut tx, who, &address::<D>(&thing)).await?;
        tx.commit().await?;
        who.tell(&Flash::success(format!("{} {}.", thing.key(), D::DONE)))?;
        return Ok(see_other(thing.href()));
    }
    Err(Error::Unavailable(anyhow::anyhow!("others kept changing what this deed changes")))
}

/// The answer when the deed was done already since the form was drawn: one's own second press is answered like the
/// first.
fn already<D: Deed>(who: &SignedIn, thing: &D::Thing, told: &[Told]) -> Option<Flash> {
    let last = told.iter().rev().find(|entry| entry.status_before != entry.status_after)?;
    if last.kind != D::KIND || !last.led_to(thing.status()) {
        return None;
    }
    if last.actor_id == Some(who.person().id) {
        return Some(Flash::success(format!("{} {}.", thing.key(), D::DONE)));
    }
    let nothing = "Nothing was left to do.";
    Some(Flash::news(format!("{} {} since {}, by {}. {nothing}", thing.key(), D::DONE, Moment(last.at), last.who())))
}

fn moved_on<D: Deed>(thing: &D::Thing, prospect: &Prospect, form: &DeedForm) -> bool {
    form.version != thing.version()
        || form.revision != thing.revision()
        || !D::possible(thing)
        || prospect.barred.is_some()
        || form.seen.len() != prospect.rates.len()
        || prospect.rates.iter().any(|rate| !form.seen.contains(&rate.seen))
}

/// The panel over a form that was drawn from something older: what came since, and the deed again where it can still
/// be done.
fn panel<D: Deed>(thing: &D::Thing, prospect: &Prospect, form: &DeedForm, told: &[Told]) -> ConflictPanel {
    let mut panel = conflict::panel(told, &thing.key(), address::<D>(thing), thing.href());
    let current = form.revision == thing.revision();
    let seen = |rate: &RateProspect| form.seen.contains(&rate.seen);
    for rate in prospect.rates.iter().filter(|rate| !seen(rate)) {
        panel.lead.push(format!("What becomes of {} is another thing now: {}.", rate.key, rate.fate));
    }
    if let Some((why, step)) = &prospect.barred {
        panel.lead.push(why.clone());
        panel.next_step = step.clone();
    } else if !D::possible(thing) {
        panel.lead.push(why_not::<D>(thing, told));
        panel.next_step = Some((thing.href(), format!("Open {}", thing.key())));
    } else if current {
        panel.lead.push("It can still be done. Look at what changed first.".to_owned());
        panel.hidden = vec![
            ("version".to_owned(), thing.version().to_string()),
            ("revision".to_owned(), form.revision.to_string()),
            ("reason".to_owned(), form.reason.clone()),
        ];
        panel.hidden.extend(prospect.rates.iter().map(|rate| ("seen".to_owned(), rate.seen.clone())));
        panel.save_label = Some(format!("{} all the same", D::LABEL));
        return panel;
    } else {
        let (seen, newest) = (form.revision, thing.revision());
        panel.lead.push(format!("Your form was about version {seen}. Version {newest} came meanwhile: read it first."));
        panel.next_step = Some((thing.href(), format!("Read version {newest}")));
    }
    if !form.reason.is_empty() {
        panel.copy.push(("Your reason".to_owned(), form.reason.clone()));
    }
    panel
}
