//! `…/questions/{department}/{round}/close` and `…/remove`: a department ends a round; an administrator takes a round or
//! a response from view.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;

use super::case::{Case, Which, segment};
use super::closing::{self, Removed};
use super::conflict;
use super::queries::{self, Round};
use super::respond::Address;
use super::standing::Standing;
use crate::domain::clock::Moment;
use crate::domain::event::Kind;
use crate::domain::id::ResponseId;
use crate::domain::lifecycle::RoundStatus;
use crate::domain::permission::{Asker, Remover};
use crate::domain::role::Side;
use crate::domain::text::Text;
use crate::history::{self, Told};
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

const NOT_YOURS: &str = "The department that asked closes its rounds, or an administrator.";
const NOT_YOURS_TO_REMOVE: &str = "Only administrators remove rounds and responses from view.";

/// What the address asks for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The response that is to be removed, and not the round.
    response: Option<ResponseId>,
    /// Given when what was held is not wanted.
    held: Option<String>,
}

/// How a round, or a part of it, ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Close,
    Remove(Removed),
}

/// The proof that the person may do it.
enum Proof<'a> {
    Close(Asker<'a>),
    Remove(Remover<'a>, Removed),
}

#[derive(Debug, Deserialize)]
struct EndForm {
    version: i32,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "questions/end.html")]
struct EndPage<'a> {
    chrome: Chrome,
    case: &'a Case,
    side: Side,
    round: &'a Round,
    heading: String,
    button: &'static str,
    action: String,
    /// What will happen.
    sentence: String,
    version: String,
    /// Whether a reason is asked for.
    reason: bool,
    form: FormState,
}

impl End {
    fn segment(self) -> &'static str {
        if let Self::Close = self { "close" } else { "remove" }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Close => Kind::RoundClosed,
            Self::Remove(Removed::Round) => Kind::RoundRemoved,
            Self::Remove(Removed::Response(_)) => Kind::ResponseRemoved,
        }
    }

    /// What is said when it is done.
    fn done(self, round: &Standing) -> String {
        let round = format!("{}, round {}", round.department.short_name(), round.number);
        match self {
            Self::Close => format!("{round}, is closed."),
            Self::Remove(Removed::Round) => format!("{round}, is removed from view."),
            Self::Remove(Removed::Response(_)) => format!("A response to {round}, is removed from view."),
        }
    }

    fn address(self, case: &Case, round: &Standing) -> String {
        let here = format!("{}/{}/{}/{}", case.questions(), segment(round.department), round.number, self.segment());
        match self {
            Self::Remove(Removed::Response(id)) => format!("{here}?response={id}"),
            _ => here,
        }
    }

    fn guard<'a>(self, who: &'a SignedIn, round: &Standing) -> Result<Proof<'a>> {
        let person = who.person();
        match self {
            Self::Close => person.asker_for(round.department).map(Proof::Close).ok_or(Error::Forbidden(NOT_YOURS)),
            Self::Remove(what) => {
                let proof = person.remover().map(|proof| Proof::Remove(proof, what));
                proof.ok_or(Error::Forbidden(NOT_YOURS_TO_REMOVE))
            }
        }
    }

    /// Whether it asks why: closing does when there is no answer.
    fn needs_reason(self, status: RoundStatus) -> bool {
        !matches!(self, Self::Close) || status == RoundStatus::Open
    }
}

fn removal(asked: &Asked) -> End {
    End::Remove(asked.response.map_or(Removed::Round, Removed::Response))
}

/// `GET …/close`
///
/// # Errors
/// 403 for those who do not close it; leads back with the reason as news when it is closed.
pub async fn close_page<W: Which>(who: SignedIn, path: Address, asked: web::Query<Asked>) -> Result<HttpResponse> {
    get::<W>(who, path, End::Close, &asked).await
}

/// `POST …/close`
///
/// # Errors
/// 403 for those who do not close it, 422 for a form that no page sends.
pub async fn close_post<W: Which>(who: SignedIn, path: Address, posted: Posted) -> Result<HttpResponse> {
    post::<W>(who, path, End::Close, &posted).await
}

/// `GET …/remove`
///
/// # Errors
/// 403 for others than administrators.
pub async fn remove_page<W: Which>(who: SignedIn, path: Address, asked: web::Query<Asked>) -> Result<HttpResponse> {
    get::<W>(who, path, removal(&asked), &asked).await
}

/// `POST …/remove`
///
/// # Errors
/// 403 for others than administrators, 422 for a form that no page sends.
pub async fn remove_post<W: Which>(
    who: SignedIn,
    path: Address,
    asked: web::Query<Asked>,
    posted: Posted,
) -> Result<HttpResponse> {
    post::<W>(who, path, removal(&asked), &posted).await
}

/// CMS alone knows of these pages.
fn cms_alone(who: &SignedIn) -> Result<()> {
    if who.person().side() == Side::State { Err(Error::NotFound) } else { Ok(()) }
}

async fn get<W: Which>(who: SignedIn, path: Address, end: End, asked: &Asked) -> Result<HttpResponse> {
    cms_alone(&who)?;
    let (key, department, number) = path.into_inner();
    let mut conn = who.app.db.acquire().await?;
    let case = W::open(&mut conn, &who, &key).await?;
    let round = case.round(&mut conn, &department, &number).await?;
    end.guard(&who, &round)?;
    if let Some(why) = why_not(&mut conn, end, &round).await? {
        who.tell(&Flash::news(why))?;
        return Ok(see_other(place(&case, &round)));
    }
    let here = end.address(&case, &round);
    let held = held::found(&mut conn, &who, &here).await?.filter(|_| asked.held.is_none());
    let form = held.map_or_else(FormState::default, |held| {
        let sign = if here.contains('?') { '&' } else { '?' };
        FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(format!("{here}{sign}held=no"))))
    });
    draw(&who, &mut conn, &case, &round, end, StatusCode::OK, form).await
}

fn place(case: &Case, round: &Standing) -> String {
    format!("{}#round-{}", case.questions(), round.id)
}

/// Why it can't be done: the round is closed, or the response is not there.
async fn why_not(conn: &mut PgConnection, end: End, round: &Standing) -> Result<Option<String>> {
    match end {
        End::Close if round.status == RoundStatus::Closed => {
            let told = history::since(conn, &[(round.id.0, 0)]).await?;
            let closed = told.iter().rev().find(|entry| entry.led_to("closed"));
            let by = closed.map_or_else(String::new, |entry| format!(", by {}, {}", entry.who(), Moment(entry.at)));
            Ok(Some(format!("Already closed{by}.")))
        }
        End::Remove(Removed::Response(id)) => {
            let there = sqlx::query_scalar!(
                r#"select exists (select from response where id = $1 and question_id = $2 and removed_at is null) as "there!""#,
                id as _,
                round.id as _,
            )
            .fetch_one(conn)
            .await?;
            Ok((!there).then(|| "This response is not there any more.".to_owned()))
        }
        _ => Ok(None),
    }
}

async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    case: &Case,
    standing: &Standing,
    end: End,
    status: StatusCode,
    form: FormState,
) -> Result<HttpResponse> {
    let mut rounds = queries::of_page(conn, who.person(), case.about.id()).await?;
    let place = rounds.iter().position(|round| round.id == standing.id).ok_or(Error::NotFound)?;
    let round = rounds.swap_remove(place);
    let (heading, button) = match end {
        End::Close => (format!("Close {}", round.title()), "Close"),
        End::Remove(Removed::Round) => (format!("Remove {}", round.title()), "Remove"),
        End::Remove(Removed::Response(_)) => (format!("Remove a response to {}", round.title()), "Remove"),
    };
    let version = Some(form.value("version").to_owned()).filter(|typed| !typed.is_empty());
    let page = EndPage {
        chrome: who.chrome(format!("{heading} – {}", case.key())).failed(form.failed()).crumbs(case.crumbs(), &heading),
        case,
        side: Side::Cms,
        button,
        action: end.address(case, standing),
        sentence: sentence(case, end, standing, &round),
        version: version.unwrap_or_else(|| round.version.to_string()),
        reason: end.needs_reason(standing.status),
        heading,
        form,
        round: &round,
    };
    html(status, &page)
}

fn sentence(case: &Case, end: End, standing: &Standing, round: &Round) -> String {
    let department = round.department.short_name();
    let state = &case.submission.state_name;
    match end {
        End::Close if standing.status == RoundStatus::Open => {
            format!(
                "{state} can't respond any more, and the review of {department} goes on. A closed round does not reopen; {department} can ask another question."
            )
        }
        End::Close => format!(
            "{state} can't respond any more. A closed round does not reopen; {department} can ask another question."
        ),
        End::Remove(Removed::Round) => {
            format!(
                "Nobody sees the question and its responses any more but in the history, and the review of {department} goes on as if the round were closed. Its number is not given again."
            )
        }
        End::Remove(Removed::Response(id)) => {
            let response = round.responses.iter().find(|said| said.id == id.0);
            let whose = response.map_or_else(String::new, |said| format!(" of {}, {}", said.author, said.at));
            format!("Nobody sees the response{whose} any more but in the history. The round stays as it is.")
        }
    }
}

async fn post<W: Which>(who: SignedIn, path: Address, end: End, posted: &Posted) -> Result<HttpResponse> {
    cms_alone(&who)?;
    match save::<W>(&who, path.into_inner(), end, posted).await {
        Err(error) => not_saved(&who, error, posted.typed(who.here(), "/submissions", &[("reason", "Your reason")])),
        answered => answered,
    }
}

async fn save<W: Which>(
    who: &SignedIn,
    (key, department, number): (String, String, String),
    end: End,
    posted: &Posted,
) -> Result<HttpResponse> {
    let app = &who.app;
    let mut tx = app.writes.begin().await?;
    let case = W::lock(&mut tx, who.person(), &key).await?;
    let round = match case.round(&mut tx, &department, &number).await {
        Err(Error::NotFound) if matches!(end, End::Remove(_)) => {
            return removed_before(who, &mut tx, &case, (&department, &number)).await;
        }
        found => found?,
    };
    let proof = end.guard(who, &round)?;
    let form: EndForm = posted.read()?;
    let told = history::since(&mut tx, &[(round.id.0, form.version)]).await?;
    if let Some(why) = why_not(&mut tx, end, &round).await? {
        let mine = told.iter().any(|entry| entry.kind == end.kind() && entry.actor_id == Some(who.person().id));
        who.tell(&if mine { Flash::success(end.done(&round)) } else { Flash::news(why) })?;
        return Ok(see_other(place(&case, &round)));
    }
    if form.version != round.version {
        drop(tx);
        return panel(&case, &round, end, &form, &told).answer(who, "Not done");
    }
    let reason = match Text::REASON.read(&form.reason) {
        Ok(None) if end.needs_reason(round.status) => Err("Say why; the state reads this.".to_owned()),
        read => read,
    };
    let reason = match reason {
        Ok(reason) => reason.filter(|_| end.needs_reason(round.status)),
        Err(problem) => {
            let mut state = FormState::filled(posted.pairs()?);
            state.refuse("reason", problem);
            return draw(who, &mut tx, &case, &round, end, StatusCode::UNPROCESSABLE_ENTITY, state).await;
        }
    };
    match proof {
        Proof::Close(asker) => closing::close(&mut tx, &app.clock, asker, &round, reason.as_deref()).await?,
        Proof::Remove(remover, what) => {
            closing::remove(&mut tx, &app.clock, remover, &round, what, &reason.unwrap_or_default()).await?;
        }
    }
    held::forget(&mut tx, who, &end.address(&case, &round)).await?;
    tx.commit().await?;
    who.tell(&Flash::success(end.done(&round)))?;
    Ok(see_other(place(&case, &round)))
}

/// The answer when the round was removed already: by oneself, as the first time.
async fn removed_before(
    who: &SignedIn,
    conn: &mut PgConnection,
    case: &Case,
    (department, number): (&str, &str),
) -> Result<HttpResponse> {
    let department = super::case::named(department)?;
    let number: i32 = number.parse().map_err(|_| Error::NotFound)?;
    let by = sqlx::query_scalar!(
        r#"select removed_by as "by!" from question
            where coalesce(contract_review_id, rate_review_id) = $1 and department = $2 and round = $3 and removed_at is not null"#,
        case.about.id(),
        department as _,
        number,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Error::NotFound)?;
    who.person().remover().ok_or(Error::Forbidden(NOT_YOURS_TO_REMOVE))?;
    let done = format!("{}, round {number}, is removed from view.", department.short_name());
    let mine = by == who.person().id.0;
    who.tell(&if mine { Flash::success(done) } else { Flash::news(format!("{done} Nothing was left to do.")) })?;
    Ok(see_other(case.questions()))
}

fn panel(case: &Case, round: &Standing, end: End, form: &EndForm, told: &[Told]) -> ConflictPanel {
    let what = format!("{}, round {}", round.department.short_name(), round.number);
    let mut panel = conflict::panel(Side::Cms, told, &what, end.address(case, round), case.questions());
    panel.heading = panel.heading.replacen("Not sent", "Not done", 1);
    panel.lead.push("It can still be done. Read what came first.".to_owned());
    panel.hidden = vec![("version".to_owned(), round.version.to_string()), ("reason".to_owned(), form.reason.clone())];
    panel.next_step = Some((place(case, round), format!("Read round {}", round.number)));
    panel.save_label =
        Some(if let End::Close = end { "Close it all the same" } else { "Remove it all the same" }.to_owned());
    panel
}
