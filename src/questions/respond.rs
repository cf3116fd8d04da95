//! `…/questions/{department}/{round}/respond`: the state responds; an administrator records what it responded by other
//! ways.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::case::{Case, Which, segment};
use super::conflict;
use super::exchange::{self, Answer, Unsaid};
use super::queries::{self, Round};
use super::recording::{Behalf, Recording};
use super::saying::{self, Fields, Says, Typing};
use super::standing::Standing;
use crate::documents::PostedForm;
use crate::domain::clock::{Moment, eastern_date};
use crate::domain::document::Category;
use crate::domain::id::ResponseId;
use crate::domain::lifecycle::RoundAction;
use crate::domain::permission::Responder;
use crate::domain::role::{Role, Side};
use crate::history::{self, Told};
use crate::reviews;
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

const NOT_YOURS: &str = "The state responds; administrators record what it responded.";

/// The round that an address names: key, department and number.
pub type Address = web::Path<(String, String, String)>;

/// How the page is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Given when what was held is not wanted.
    held: Option<String>,
}

#[derive(Template)]
#[template(path = "questions/respond.html")]
struct RespondPage<'a> {
    chrome: Chrome,
    case: &'a Case,
    side: Side,
    round: &'a Round,
    hidden: Vec<(&'static str, String)>,
    fields: Fields,
}

fn guard<'a>(who: &'a SignedIn, case: &Case) -> Result<Responder<'a>> {
    who.person().responder_for(&case.submission.key.state_code).ok_or(Error::Forbidden(NOT_YOURS))
}

fn address(case: &Case, round: &Standing) -> String {
    format!("{}/{}/{}/respond", case.questions(), segment(round.department), round.number)
}

fn place(case: &Case, round: &Standing) -> String {
    format!("{}#round-{}", case.questions(), round.id)
}

/// `GET …/respond`
///
/// # Errors
/// 403 for those who do not respond; leads back with the reason as news when nobody can respond now.
pub async fn get<W: Which>(who: SignedIn, path: Address, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let (key, department, number) = path.into_inner();
    let mut conn = who.app.db.acquire().await?;
    let case = W::open(&mut conn, &who, &key).await?;
    let round = case.round(&mut conn, &department, &number).await?;
    guard(&who, &case)?;
    if let Some(why) = why_not(&mut conn, &who, &case, &round).await? {
        who.tell(&Flash::news(why))?;
        return Ok(see_other(place(&case, &round)));
    }
    let here = address(&case, &round);
    let held = held::found(&mut conn, &who, &here).await?.filter(|_| asked.held.is_none());
    let form = held.map_or_else(FormState::default, |held| {
        FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(format!("{here}?held=no"))))
    });
    draw(&who, &mut conn, &case, &round, StatusCode::OK, Typing { form, kept: Vec::new() }).await
}

/// Why nobody can respond to a round now.
async fn why_not(conn: &mut PgConnection, who: &SignedIn, case: &Case, round: &Standing) -> Result<Option<String>> {
    let side = who.person().side();
    if !RoundAction::Respond.possible_from(round.status) {
        let told = history::since(conn, &[(round.id.0, 0)]).await?;
        let closed = told.iter().rev().find(|entry| entry.led_to("closed"));
        let by = closed.map_or_else(String::new, |entry| {
            format!(" since {}, by {}", Moment(entry.at), conflict::who(side, entry))
        });
        return Ok(Some(format!("{}, round {}, is closed{by}.", round.department.short_name(), round.number)));
    }
    Ok(case.barred(side))
}

async fn recording(conn: &mut PgConnection, who: &SignedIn, case: &Case, round: &Round) -> Result<Option<Recording>> {
    if who.person().role != Role::Admin {
        return Ok(None);
    }
    let first = round.question.day.unwrap_or_else(|| eastern_date(round.question.at.0));
    Recording::of_state(conn, &case.submission.key.state_code, first).await.map(Some)
}

async fn shown(conn: &mut PgConnection, who: &SignedIn, case: &Case, round: &Standing) -> Result<Round> {
    let rounds = queries::of_page(conn, who.person(), case.about.id()).await?;
    rounds.into_iter().find(|shown| shown.id == round.id).ok_or(Error::NotFound)
}

async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    case: &Case,
    standing: &Standing,
    status: StatusCode,
    typed: Typing,
) -> Result<HttpResponse> {
    let round = shown(conn, who, case, standing).await?;
    let recording = recording(conn, who, case, &round).await?;
    let title = format!("Respond to {}", round.title());
    let page = RespondPage {
        chrome: who
            .chrome(format!("{title} – {}", case.key()))
            .failed(typed.form.failed())
            .crumbs(case.crumbs(), &title),
        side: who.person().side(),
        hidden: hidden(who, &round, &typed.form),
        fields: Fields::new(Category::Response, recording.as_ref(), typed),
        round: &round,
        case,
    };
    html(status, &page)
}

/// What the form was drawn from. One that comes back stays that of then, so that sending it meets what happened since.
fn hidden(who: &SignedIn, round: &Round, form: &FormState) -> Vec<(&'static str, String)> {
    let typed = |name: &str| Some(form.value(name).to_owned()).filter(|typed| !typed.is_empty());
    vec![
        ("id", typed("id").unwrap_or_else(|| who.app.clock.new_id::<ResponseId>().to_string())),
        ("version", typed("version").unwrap_or_else(|| round.version.to_string())),
    ]
}

/// `POST …/respond`
///
/// # Errors
/// 403 for those who do not respond, 422 for a form that no page sends.
pub async fn post<W: Which>(
    req: HttpRequest,
    who: SignedIn,
    path: Address,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let (key, department, number) = path.into_inner();
    let mut conn = who.app.db.acquire().await?;
    let case = W::visible(&mut conn, who.person(), &key).await?;
    case.round(&mut conn, &department, &number).await?;
    drop(conn);
    let proof = guard(&who, &case)?;
    let (form, stored) = PostedForm::read(&who, &req, payload, &[Category::Response], proof).await?;
    let saved = match stored {
        Ok(()) => save::<W>(&who, (&key, &department, &number), &form).await,
        Err(error) => Err(error),
    };
    match saved {
        Err(error) => not_saved(&who, error, saying::typed(&who, &form, "Your response", case.questions())),
        answered => answered,
    }
}

async fn save<W: Which>(
    who: &SignedIn,
    (key, department, number): (&str, &str, &str),
    posted: &PostedForm,
) -> Result<HttpResponse> {
    let app = &who.app;
    let mut tx = app.writes.begin().await?;
    let case = W::lock(&mut tx, who.person(), key).await?;
    let round = case.round(&mut tx, department, number).await?;
    let proof = guard(who, &case)?;
    let id: ResponseId = saying::carried_value(posted.pairs(), "id")?;
    let version: i32 = saying::carried_value(posted.pairs(), "version")?;
    if let Some(sent_by_in) = sent_before(&mut tx, id).await? {
        // The second press of the same form.
        if sent_by_in != (who.person().id.0, round.id.0) {
            return Err(Error::unprocessable("The form carries the key of another response. Open the page again."));
        }
        return sent(who, &case, &round);
    }
    let shown = shown(&mut tx, who, &case, &round).await?;
    let recording = recording(&mut tx, who, &case, &shown).await?;
    let says = saying::read(&mut tx, who, posted, Category::Response, recording.as_ref(), app.clock.today()).await?;
    let Says { text, behalf } = match says {
        Ok(says) => says,
        Err(typed) => return draw(who, &mut tx, &case, &round, StatusCode::UNPROCESSABLE_ENTITY, typed).await,
    };
    if let Some(panel) = clash(&mut tx, who, &case, &round, version, posted).await? {
        drop(tx);
        return panel.answer(who, "Not sent");
    }
    let says = Unsaid { text: text.as_deref(), files: posted.files(), recorded: behalf.as_ref().map(Behalf::recorded) };
    exchange::respond(&mut tx, &app.clock, proof, &round, Answer { id, says }).await?;
    held::forget(&mut tx, who, &address(&case, &round)).await?;
    tx.commit().await?;
    sent(who, &case, &round)
}

fn sent(who: &SignedIn, case: &Case, round: &Standing) -> Result<HttpResponse> {
    let department = round.department.short_name();
    who.tell(&Flash::success(format!("The response to {department}, round {}, is sent.", round.number)))?;
    Ok(see_other(place(case, round)))
}

/// Who sent this response, and in which round.
async fn sent_before(conn: &mut PgConnection, id: ResponseId) -> Result<Option<(Uuid, Uuid)>> {
    let row =
        sqlx::query!("select sent_by, question_id from response where id = $1", id as _).fetch_optional(conn).await?;
    Ok(row.map(|row| (row.sent_by, row.question_id)))
}

/// The panel when the round, or what it is about, has moved on.
async fn clash(
    conn: &mut PgConnection,
    who: &SignedIn,
    case: &Case,
    round: &Standing,
    version: i32,
    posted: &PostedForm,
) -> Result<Option<ConflictPanel>> {
    let side = who.person().side();
    let why_not = why_not(conn, who, case, round).await?;
    if why_not.is_none() && version == round.version {
        return Ok(None);
    }
    let told: Vec<Told> = history::since(conn, &[(round.id.0, version)]).await?;
    let what = format!("{}, round {}", round.department.short_name(), round.number);
    let mut panel = conflict::panel(side, &told, &what, address(case, round), case.questions());
    let text = saying::text_of(posted);
    let Some(why) = why_not else {
        panel.lead.push("Yours can still be sent, as a further response. Read the other one first.".to_owned());
        let shown = shown(conn, who, case, round).await?;
        let last = shown.responses.last().and_then(|said| said.text.clone()).unwrap_or_default();
        let mut row = reviews::conflict::row("text", "Response", ["", &last, text], "Both are kept.");
        row.long = true;
        panel.rows.push(row);
        panel.hidden = saying::carried(who.person(), posted, &["version"]);
        panel.hidden.push(("version".to_owned(), round.version.to_string()));
        panel.save_label = Some("Send as a further response".to_owned());
        return Ok(Some(panel));
    };
    panel.lead.push(why);
    panel.next_step = Some((place(case, round), format!("Read round {}", round.number)));
    panel.copy.extend(Some(("Your response".to_owned(), text.to_owned())).filter(|_| !text.is_empty()));
    Ok(Some(panel))
}
