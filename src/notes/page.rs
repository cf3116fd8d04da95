//! `/submissions/{key}/notes` and `/rates/{key}/notes`: reading and adding remarks inside CMS.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::{Connection, PgConnection};

use super::About;
use super::add::{Added, NewNote, add};
use super::mentions::{Colleague, colleagues, named};
use super::queries::{self, Note, number};
use crate::domain::clock::Moment;
use crate::domain::id::{AccountId, NoteId};
use crate::domain::role::Side;
use crate::domain::text::Text;
use crate::rates::{self, Rate};
use crate::submissions::{self, Head, SideItem, Submission, rate_side_nav, side_nav};
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

const NOT_YOURS: &str = "Reviewers, approvers and administrators write notes.";

/// The query of the page.
#[derive(Debug, Deserialize)]
pub struct Wish {
    held: Option<String>,
}

#[derive(Debug, Deserialize)]
struct NoteForm {
    id: NoteId,
    text: String,
    #[serde(default)]
    mention: String,
}

#[derive(Template)]
#[template(path = "notes/page.html")]
struct NotesPage<'a> {
    chrome: Chrome,
    side: Vec<SideItem>,
    head: Head,
    /// The rate that the page is of; its key needs no mention at each note.
    rate: Option<&'a str>,
    notes: Vec<Note>,
    address: &'a str,
    /// For those who write.
    form: Option<FormState>,
    id: NoteId,
    people: Vec<Colleague>,
}

/// What the notes of a page are about.
struct Place {
    about: About,
    head: Head,
    /// The key of the rate, of one.
    rate: Option<String>,
    address: String,
    side: Vec<SideItem>,
}

impl Place {
    async fn of_submission(conn: &mut PgConnection, who: &SignedIn, submission: &Submission) -> Result<Self> {
        let about = About::Contract(submission.id);
        let notes = number(conn, who.person(), about).await?;
        Ok(Self {
            about,
            head: Head::of(submission, Side::Cms),
            rate: None,
            address: format!("/submissions/{}/notes", submission.key),
            side: side_nav(submission, "Notes", notes, &[]),
        })
    }

    async fn of_rate(conn: &mut PgConnection, who: &SignedIn, rate: &Rate) -> Result<Self> {
        let about = About::Rate(rate.id);
        let notes = number(conn, who.person(), about).await?;
        Ok(Self {
            about,
            head: rates::head(rate, Side::Cms),
            rate: Some(rate.key.to_string()),
            address: format!("/rates/{}/notes", rate.key),
            side: rate_side_nav(rate, "Notes", notes),
        })
    }
}

/// For people of a state there are no notes: whatever they ask for is not there, in any spelling.
fn cms_alone(who: &SignedIn) -> Result<()> {
    if who.person().side() == Side::State { Err(Error::NotFound) } else { Ok(()) }
}

/// `GET /submissions/{key}/notes`
///
/// # Errors
/// [`Error::NotFound`] for people of a state, and of what was never sent.
pub async fn get_of_submission(who: SignedIn, key: web::Path<String>, wish: web::Query<Wish>) -> Result<HttpResponse> {
    cms_alone(&who)?;
    let mut conn = who.app.db.acquire().await?;
    let submission = submissions::open(&mut conn, &who, &key).await?;
    let place = Place::of_submission(&mut conn, &who, &submission).await?;
    get(&who, &mut conn, place, &wish).await
}

/// `GET /rates/{key}/notes`
///
/// # Errors
/// [`Error::NotFound`] for people of a state, and of what was never sent.
pub async fn get_of_rate(who: SignedIn, key: web::Path<String>, wish: web::Query<Wish>) -> Result<HttpResponse> {
    cms_alone(&who)?;
    let mut conn = who.app.db.acquire().await?;
    let rate = rates::open(&mut conn, &who, &key).await?;
    let place = Place::of_rate(&mut conn, &who, &rate).await?;
    get(&who, &mut conn, place, &wish).await
}

async fn get(who: &SignedIn, conn: &mut PgConnection, place: Place, wish: &Wish) -> Result<HttpResponse> {
    let held = held::found(conn, who, &place.address).await?.filter(|_| wish.held.is_none());
    let id = held.as_ref().and_then(|held| held.value("id")?.parse().ok());
    let state = held.map_or_else(FormState::default, |held| {
        let as_saved = format!("{}?held=no", place.address);
        FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(as_saved)))
    });
    let id = id.unwrap_or_else(|| who.app.clock.new_id());
    draw(who, conn, place, StatusCode::OK, (id, state)).await
}

/// Draws the page, which opens the notes in which its reader is named.
async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    place: Place,
    status: StatusCode,
    (id, state): (NoteId, FormState),
) -> Result<HttpResponse> {
    let person = who.person();
    let mut notes = queries::of(conn, place.about).await?;
    if who.head {
        // Whoever asks for the head of the page alone has opened nothing.
        let mut tx = conn.begin().await?;
        queries::open_own(&mut tx, &mut notes, person.id, who.app.clock.now()).await?;
        tx.rollback().await?;
    } else {
        queries::open_own(conn, &mut notes, person.id, who.app.clock.now()).await?;
    }
    let writes = person.note_writer().is_some();
    let people = if writes { colleagues(conn, person).await? } else { Vec::new() };
    html(
        status,
        &NotesPage {
            chrome: who.chrome(format!("Notes – {}", place.head.key)).failed(state.failed()),
            side: place.side,
            head: place.head,
            rate: place.rate.as_deref(),
            notes,
            address: &place.address,
            form: writes.then_some(state),
            id,
            people,
        },
    )
}

/// `POST /submissions/{key}/notes`
///
/// # Errors
/// [`Error::NotFound`] for people of a state; 403 for those who only read.
pub async fn post_of_submission(who: SignedIn, key: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    cms_alone(&who)?;
    let added = async {
        let mut tx = who.app.writes.begin().await?;
        let submission = submissions::lock(&mut tx, who.person(), &key).await?;
        let place = Place::of_submission(&mut tx, &who, &submission).await?;
        post(&who, tx, place, &posted).await
    };
    answered(&who, added.await, &posted)
}

/// `POST /rates/{key}/notes`
///
/// # Errors
/// [`Error::NotFound`] for people of a state; 403 for those who only read.
pub async fn post_of_rate(who: SignedIn, key: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    cms_alone(&who)?;
    let added = async {
        let mut tx = who.app.writes.begin().await?;
        let rate = rates::lock_one(&mut tx, who.person(), &key).await?;
        let place = Place::of_rate(&mut tx, &who, &rate).await?;
        post(&who, tx, place, &posted).await
    };
    answered(&who, added.await, &posted)
}

fn answered(who: &SignedIn, answer: Result<HttpResponse>, posted: &Posted) -> Result<HttpResponse> {
    answer.or_else(|error| not_saved(who, error, posted.typed(who.here(), who.here(), &[("text", "Your note")])))
}

type Transaction = sqlx::Transaction<'static, sqlx::Postgres>;

async fn post(who: &SignedIn, mut tx: Transaction, place: Place, posted: &Posted) -> Result<HttpResponse> {
    let writer = who.person().note_writer().ok_or(Error::Forbidden(NOT_YOURS))?;
    let form: NoteForm = posted.read()?;
    let people = colleagues(&mut tx, who.person()).await?;
    let mut state = FormState::filled(posted.pairs()?);
    let text = Text::NOTE.required("Write the note.").read(&form.text);
    let text = text.unwrap_or_else(|problem| {
        state.refuse("text", problem);
        None
    });
    let chosen = chosen(&form.mention, &people);
    if chosen.is_err() {
        state.refuse("mention", "Choose somebody from the list; who was there before may have left.");
    }
    let (Some(text), Ok(chosen)) = (text, chosen) else {
        return draw(who, &mut tx, place, StatusCode::UNPROCESSABLE_ENTITY, (form.id, state)).await;
    };
    let mut mentions = named(&text, &people);
    mentions.extend(chosen.filter(|chosen| !mentions.contains(chosen)));
    let note =
        NewNote { id: form.id, about: place.about, rate: place.rate.as_deref(), text: &text, mentions: &mentions };
    let added = add(&mut tx, &who.app.clock, writer, note).await?;
    if let Added::Otherwise(at) = added {
        drop(tx);
        return another(who, &place, &form, at);
    }
    held::forget(&mut tx, who, &place.address).await?;
    tx.commit().await?;
    who.tell(&Flash::success(told(&people, &mentions)))?;
    Ok(see_other(place.address))
}

/// Who was chosen beside the text: nobody, or somebody of the list.
fn chosen(given: &str, people: &[Colleague]) -> Result<Option<AccountId>, ()> {
    if given.is_empty() {
        return Ok(None);
    }
    let id: Option<AccountId> = given.parse().ok();
    id.filter(|id| people.iter().any(|person| person.id == *id)).map(Some).ok_or(())
}

fn told(people: &[Colleague], mentions: &[AccountId]) -> String {
    let names: Vec<&str> =
        people.iter().filter(|person| mentions.contains(&person.id)).map(|person| person.name.as_str()).collect();
    match names.as_slice() {
        [] => "Your note was added.".to_owned(),
        [name] => format!("Your note was added. {name} is named in it."),
        names => format!("Your note was added. Named in it: {}.", names.join(", ")),
    }
}

/// The form came again with another text: notes are not changed, so it can only become a further one.
fn another(who: &SignedIn, place: &Place, form: &NoteForm, at: time::OffsetDateTime) -> Result<HttpResponse> {
    let id: NoteId = who.app.clock.new_id();
    ConflictPanel {
        heading: "Not saved: this form has added its note already".to_owned(),
        lead: vec![
            format!("Your note of {} stands as it was written; notes are never changed.", Moment(at)),
            "What you typed now is below. It can be added as a further note.".to_owned(),
        ],
        action: place.address.clone(),
        hidden: vec![
            ("id".to_owned(), id.to_string()),
            ("text".to_owned(), form.text.clone()),
            ("mention".to_owned(), form.mention.clone()),
        ],
        save_label: Some("Add as a further note".to_owned()),
        leave_href: place.address.clone(),
        copy: vec![("Your note".to_owned(), form.text.clone())],
        ..ConflictPanel::default()
    }
    .answer(who, "Not saved")
}
