//! `/settings/programs/{id}`: one program, and retiring it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;

use super::program_change::{Merged, Problem, ProgramForm, contradiction, now, then};
use super::program_clash::{in_words, name, panel};
use super::{cms_alone, list};
use crate::domain::clock::{Moment, date_in_words};
use crate::domain::id::ProgramId;
use crate::domain::permission::ProgramKeeper;
use crate::history::{self, Told};
use crate::programs::{self, KnownProgram, ProgramError, Retirement};
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, not_saved, see_other};

const NOT_YOURS: &str = "Only administrators retire programs.";

#[derive(Template)]
#[template(path = "settings/program.html")]
struct ProgramPage {
    chrome: Chrome,
    title: String,
    program: KnownProgram,
    state: String,
    retired_on: String,
    replaced_by: String,
    submissions: i64,
    changes: Vec<Change>,
    /// The form, for those who may change something.
    form: Option<FormState>,
    /// The version that the form carries.
    version: i32,
    others: Vec<Choice>,
}

struct Change {
    at: Moment,
    who: String,
    what: String,
}

struct Choice {
    value: String,
    label: String,
    disabled: bool,
}

/// A program and its surroundings.
struct Opened {
    program: KnownProgram,
    /// All programs of its state.
    all: Vec<KnownProgram>,
}

impl Opened {
    /// Those that can take its place: not retired ones, but for the one that has it.
    fn others(&self) -> Vec<KnownProgram> {
        let offered = |other: &&KnownProgram| {
            other.id != self.program.id
                && (other.fields.retired_on.is_none() || Some(other.id) == self.program.fields.replaced_by)
        };
        self.all.iter().filter(offered).cloned().collect()
    }
}

/// `GET /settings/programs/{id}`
///
/// # Errors
/// 404 for the people of a state.
pub async fn get(who: SignedIn, id: web::Path<String>) -> Result<HttpResponse> {
    cms_alone(&who)?;
    let mut conn = who.app.db.acquire().await?;
    let opened = read(&mut conn, &id).await?;
    let values = vec![
        ("retired_on".to_owned(), opened.program.fields.retired_on.map(date_in_words).unwrap_or_default()),
        ("replaced_by".to_owned(), opened.program.fields.replaced_by.map(|id| id.to_string()).unwrap_or_default()),
    ];
    let version = opened.program.version;
    draw(&who, &mut conn, StatusCode::OK, opened, FormState::filled(values), version).await
}

/// The program as a page shows it.
async fn read(conn: &mut PgConnection, id: &str) -> Result<Opened> {
    let id: ProgramId = id.parse().map_err(|_| Error::NotFound)?;
    let mut all = programs::list(conn, None).await?;
    let program = all.iter().find(|program| program.id == id).cloned().ok_or(Error::NotFound)?;
    all.retain(|other| other.state_code == program.state_code);
    Ok(Opened { program, all })
}

/// The program, locked for a change.
async fn lock(conn: &mut PgConnection, id: &str) -> Result<Opened> {
    let id: ProgramId = id.parse().map_err(|_| Error::NotFound)?;
    let program = programs::lock(conn, id).await?.ok_or(Error::NotFound)?;
    let all = programs::list(conn, Some(&program.state_code)).await?;
    Ok(Opened { program, all })
}

async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    status: StatusCode,
    opened: Opened,
    form: FormState,
    version: i32,
) -> Result<HttpResponse> {
    let state = sqlx::query_scalar!("select name from state where code = $1", opened.program.state_code);
    let state = state.fetch_one(&mut *conn).await?;
    let used = list::used_by(conn, std::slice::from_ref(&opened.program)).await?;
    let told = history::since(conn, &[(opened.program.id.0, 0)]).await?;
    let change = |entry: &Told| Change { at: Moment(entry.at), who: entry.who(), what: in_words(entry, &opened.all) };
    let others = opened.others().into_iter().map(|other| Choice {
        value: other.id.to_string(),
        label: format!("{} - {}", other.fields.name, other.fields.full_name),
        disabled: false,
    });
    let title = format!("{} {}", opened.program.state_code, opened.program.fields.name);
    let chrome = who.chrome(format!("{title} – Programs")).failed(form.failed()).crumbs(
        [("/settings".to_owned(), "Settings".to_owned()), ("/settings/programs".to_owned(), "Programs".to_owned())],
        &title,
    );
    let page = ProgramPage {
        chrome,
        title,
        state,
        retired_on: opened.program.fields.retired_on.map(date_in_words).unwrap_or_default(),
        replaced_by: name(opened.program.fields.replaced_by, &opened.all),
        submissions: used.get(&opened.program.id).copied().unwrap_or_default(),
        changes: told.iter().rev().map(change).collect(),
        form: who.person().program_keeper().map(|_| form),
        version,
        others: others.collect(),
        program: opened.program,
    };
    html(status, &page)
}

/// `POST /settings/programs/{id}`
///
/// # Errors
/// 404 for the people of a state, 403 for others than administrators, 422 for a form that no page sends.
pub async fn post(who: SignedIn, id: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    match retire(&who, &id, &posted).await {
        Err(error) => {
            not_saved(&who, error, posted.typed(who.here(), "/settings/programs", &[("retired_on", "Retired on")]))
        }
        answered => answered,
    }
}

async fn retire(who: &SignedIn, id: &str, posted: &Posted) -> Result<HttpResponse> {
    cms_alone(who)?;
    let mut tx = who.app.writes.begin().await?;
    let opened = lock(&mut tx, id).await?;
    let keeper = who.person().program_keeper().ok_or(Error::Forbidden(NOT_YOURS))?;
    let form: ProgramForm = posted.read()?;
    let wanted = match form.read(&opened.others()) {
        Ok(wanted) => wanted,
        Err(problems) => return refused(who, &mut tx, opened, posted.pairs()?, form.version, &problems).await,
    };
    let told = history::since(&mut tx, &[(opened.program.id.0, form.drawn_from())]).await?;
    let now = now(&opened.program);
    if wanted == now {
        return already(who, &opened, &told);
    }
    let then = then(&opened.program, &told);
    let values = [then, now, wanted];
    let merged = Merged::of(values, &form, opened.program.version);
    let settled = merged.settled().filter(|_| form.version == opened.program.version);
    let Some(result) = settled else {
        drop(tx);
        let panel = panel(&opened.program, &opened.all, &form, values, merged, &told);
        return panel.answer(who, "Not saved");
    };
    if let Some(problem) = contradiction(result) {
        let values = vec![
            ("retired_on".to_owned(), String::new()),
            ("replaced_by".to_owned(), result.replaced_by.map(|id| id.to_string()).unwrap_or_default()),
        ];
        return refused(who, &mut tx, opened, values, form.version, &[problem]).await;
    }
    if result == now {
        return already(who, &opened, &told);
    }
    write(who, tx, keeper, &opened, result).await
}

async fn write(
    who: &SignedIn,
    mut tx: sqlx::Transaction<'_, sqlx::Postgres>,
    keeper: ProgramKeeper<'_>,
    opened: &Opened,
    result: Retirement,
) -> Result<HttpResponse> {
    match programs::retire(&mut tx, &who.app.clock, keeper, &opened.program, result).await {
        Ok(_) => {}
        Err(ProgramError::Database(error)) => return Err(error.into()),
        Err(error) => return Err(anyhow::Error::from(error).into()),
    }
    tx.commit().await?;
    who.tell(&Flash::success(done(opened, result)))?;
    Ok(see_other(format!("/settings/programs/{}", opened.program.id)))
}

fn done(opened: &Opened, result: Retirement) -> String {
    let program = format!("{} {}", opened.program.state_code, opened.program.fields.name);
    match (result.retired_on, result.replaced_by) {
        (None, _) => format!("{program} is not retired: new submissions can choose it."),
        (Some(day), None) => format!("{program} is retired from {}.", date_in_words(day)),
        (Some(day), other) => {
            format!("{program} is retired from {}, replaced by {}.", date_in_words(day), name(other, &opened.all))
        }
    }
}

/// The wish has come true already: by one's own press before, or by somebody else, which is news.
fn already(who: &SignedIn, opened: &Opened, told: &[Told]) -> Result<HttpResponse> {
    let is = done(opened, now(&opened.program));
    let flash = match told.last() {
        Some(entry) if entry.actor_id == Some(who.person().id) => Flash::success(is),
        Some(entry) => Flash::news(format!("Already so, by {}, {}. {is}", entry.who(), Moment(entry.at))),
        None => Flash::news(format!("Nothing to change. {is}")),
    };
    who.tell(&flash)?;
    Ok(see_other(format!("/settings/programs/{}", opened.program.id)))
}

async fn refused(
    who: &SignedIn,
    conn: &mut PgConnection,
    opened: Opened,
    values: Vec<(String, String)>,
    version: i32,
    problems: &[Problem],
) -> Result<HttpResponse> {
    let mut form = FormState::filled(values);
    for (field, sentence) in problems {
        form.refuse(*field, sentence.clone());
    }
    draw(who, conn, StatusCode::UNPROCESSABLE_ENTITY, opened, form, version).await
}
