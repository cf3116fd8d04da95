//! `/views/{id}`: one view: opening its list with it, renaming it, replacing what it asks for, deleting it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::{PgConnection, Postgres, Transaction};

use super::add::{read_name, taken};
use super::change::{Change, ChangeForm, Wanted};
use super::clash;
use super::page::whose;
use super::queries::{self, Unkept, Version, View};
use crate::domain::clock::Moment;
use crate::domain::id::SavedViewId;
use crate::domain::permission::ViewKeeper;
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::list::Kept;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

const NOT_YOURS: &str = "Approvers of the department and administrators change its views.";

#[derive(Template)]
#[template(path = "views/view.html")]
struct ViewPage {
    chrome: Chrome,
    view: View,
    kept: Kept,
    whose: String,
    changed: Version,
    /// The form, for those who may change it.
    form: Option<FormState>,
    /// The version that the form carries.
    version: i32,
}

impl ViewPage {
    fn changed_at(&self) -> Moment {
        Moment(self.changed.at)
    }
}

#[derive(Debug, Deserialize)]
pub struct Wish {
    held: Option<String>,
}

/// `GET /views/{id}`
///
/// # Errors
/// 404 for another's view, and one that was deleted.
pub async fn get(who: SignedIn, id: web::Path<String>, wish: web::Query<Wish>) -> Result<HttpResponse> {
    let id: SavedViewId = id.parse().map_err(|_| Error::NotFound)?;
    let mut conn = who.app.db.acquire().await?;
    let views = queries::all(&mut conn, who.person(), None).await?;
    let view = views.into_iter().find(|view| view.id == id).ok_or(Error::NotFound)?;
    let address = format!("/views/{}", view.id);
    let held = held::found(&mut conn, &who, &address).await?.filter(|_| wish.held.is_none());
    // What was typed is of the version that it was drawn from.
    let version = held.as_ref().and_then(|held| held.value("version")?.parse().ok()).unwrap_or(view.version);
    let form = match held.filter(|held| held.value("name").is_some()) {
        Some(held) => {
            FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(format!("{address}?held=no"))))
        }
        None => FormState::filled(vec![("name".to_owned(), view.name.clone())]),
    };
    draw(&who, &mut conn, StatusCode::OK, view, form, version).await
}

async fn lock(conn: &mut PgConnection, who: &SignedIn, id: &str) -> Result<View> {
    let id: SavedViewId = id.parse().map_err(|_| Error::NotFound)?;
    queries::lock(conn, who.person(), id).await?.ok_or(Error::NotFound)
}

async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    status: StatusCode,
    view: View,
    form: FormState,
    version: i32,
) -> Result<HttpResponse> {
    let (person, today) = (who.person(), who.app.clock.today());
    let kept = view.list.kept(conn, person, today, &[view.query.as_str()]).await?.pop().unwrap_or_default();
    let changed = queries::versions(conn, view.id, view.version).await?.pop().ok_or(Error::NotFound)?;
    let crumbs = [("/views".to_owned(), "Views".to_owned())];
    let page = ViewPage {
        chrome: who.chrome(format!("{} – Views", view.name)).failed(form.failed()).crumbs(crumbs, &view.name),
        kept,
        whose: whose(view.department),
        changed,
        form: person.view_keeper(view.department).map(|_| form),
        version,
        view,
    };
    html(status, &page)
}

/// `POST /views/{id}`
///
/// # Errors
/// 404 for another's view, 403 for a change of a department's by others than its approvers and administrators, 422 for a
/// form that no page sends.
pub async fn post(who: SignedIn, id: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    match carry_out(&who, &id, &posted).await {
        Err(error) => not_saved(&who, error, posted.typed(who.here(), "/views", &[("name", "Name")])),
        answered => answered,
    }
}

async fn carry_out(who: &SignedIn, id: &str, posted: &Posted) -> Result<HttpResponse> {
    let mut tx = who.app.writes.begin().await?;
    let view = lock(&mut tx, who, id).await?;
    let pairs = posted.pairs().unwrap_or_default();
    let deed = pairs.iter().find(|(name, _)| name == "do").map(|(_, deed)| deed.as_str());
    match deed {
        Some("open") => return open_with(who, tx, &view, true).await,
        Some("usual") => return open_with(who, tx, &view, false).await,
        _ => {}
    }
    let keeper = who.person().view_keeper(view.department).ok_or(Error::Forbidden(NOT_YOURS))?;
    let form: ChangeForm = posted.read()?;
    let versions = queries::versions(&mut tx, view.id, form.drawn_from()).await?;
    match deed {
        Some("delete") => delete(who, tx, keeper, &view, &versions, &form).await,
        Some("save") => save(who, tx, keeper, view, &versions, form, pairs).await,
        _ => Err(Error::unprocessable("The form does not say what is to be done.")),
    }
}

async fn open_with(
    who: &SignedIn,
    mut tx: Transaction<'_, Postgres>,
    view: &View,
    opens: bool,
) -> Result<HttpResponse> {
    if view.removed {
        let versions = queries::versions(&mut tx, view.id, view.version).await?;
        return news_of_removal(who, view, &versions);
    }
    queries::open_with(&mut tx, who.person(), view, opens).await?;
    tx.commit().await?;
    let list = view.list.title();
    who.tell(&Flash::success(match opens {
        true => format!("{list} opens with “{}” for you.", view.name),
        false => format!("{list} does not open with “{}” for you.", view.name),
    }))?;
    Ok(see_other(format!("/views/{}", view.id)))
}

async fn delete(
    who: &SignedIn,
    mut tx: Transaction<'_, Postgres>,
    keeper: ViewKeeper<'_>,
    view: &View,
    versions: &[Version],
    form: &ChangeForm,
) -> Result<HttpResponse> {
    if view.removed {
        return news_of_removal(who, view, versions);
    }
    if form.version != view.version {
        let panel = clash::not_deleted(&mut tx, who, view, versions, form.drawn_from()).await?;
        drop(tx);
        return panel.answer(who, "Not deleted");
    }
    queries::remove(&mut tx, &who.app.clock, keeper, view).await?;
    held::forget(&mut tx, who, &format!("/views/{}", view.id)).await?;
    tx.commit().await?;
    who.tell(&Flash::success(format!("The view “{}” is deleted.", view.name)))?;
    Ok(see_other("/views"))
}

/// It was deleted already: by one's own press before, or by somebody else, which is news.
fn news_of_removal(who: &SignedIn, view: &View, versions: &[Version]) -> Result<HttpResponse> {
    let flash = match versions.last() {
        Some(last) if last.by != who.person().id => {
            Flash::news(format!("The view “{}” was deleted by {}, {}.", view.name, last.who, Moment(last.at)))
        }
        _ => Flash::success(format!("The view “{}” is deleted.", view.name)),
    };
    who.tell(&flash)?;
    Ok(see_other("/views"))
}

async fn save(
    who: &SignedIn,
    mut tx: Transaction<'_, Postgres>,
    keeper: ViewKeeper<'_>,
    view: View,
    versions: &[Version],
    form: ChangeForm,
    pairs: Vec<(String, String)>,
) -> Result<HttpResponse> {
    let mut wanted = Wanted::default();
    if let Some(raw) = &form.query {
        wanted.query = match view.list.settled(who, &mut tx, raw).await? {
            Ok(query) => Some(query),
            Err(refused) => return Ok(refused),
        };
    }
    match form.name.as_deref().map(read_name).transpose() {
        Ok(name) => wanted.name = name,
        Err(sentence) => return refused(who, &mut tx, view, pairs, form.version, sentence).await,
    }
    if wanted.name.is_none() && wanted.query.is_none() {
        return Err(Error::unprocessable("The form does not say what the view is to be."));
    }
    let change = Change::of(&view, versions, &form, wanted)
        .ok_or_else(|| Error::unprocessable("The form carries a version that this view never had."))?;
    if view.removed {
        let panel = clash::deleted(&mut tx, who, &view, versions, &change).await?;
        drop(tx);
        return panel.answer(who, "Not saved");
    }
    if change.is_so() {
        return already(who, &view, versions, &form);
    }
    let settled = change.settled().filter(|_| form.version == view.version);
    let Some(content) = settled else {
        let panel = clash::changed(&mut tx, who, &view, versions, &form, &change).await?;
        drop(tx);
        return panel.answer(who, "Not saved");
    };
    if content == change.now {
        return already(who, &view, versions, &form);
    }
    match queries::change(&mut tx, &who.app.clock, keeper, &view, &content).await {
        Err(Unkept::NameTaken) => {
            drop(tx);
            let mut conn = who.app.db.acquire().await?;
            let sentence = taken(view.list, view.department);
            return refused(who, &mut conn, view, pairs, form.version, sentence).await;
        }
        written => written?,
    };
    held::forget(&mut tx, who, &format!("/views/{}", view.id)).await?;
    tx.commit().await?;
    who.tell(&Flash::success(done(&content.name, &form)))?;
    Ok(see_other(afterwards(&view, &content.query, &form)))
}

fn done(name: &str, form: &ChangeForm) -> String {
    match form.query {
        Some(_) => format!("“{name}” is saved as it is shown here."),
        None => format!("The view is called “{name}”."),
    }
}

/// A query was replaced from its list, which is shown with it; a name on the page of the view.
fn afterwards(view: &View, query: &str, form: &ChangeForm) -> String {
    match form.query {
        Some(_) => format!("{}?{query}", view.list.path()),
        None => format!("/views/{}", view.id),
    }
}

/// The wish has come true already: by one's own press before, or by somebody else, which is news.
fn already(who: &SignedIn, view: &View, versions: &[Version], form: &ChangeForm) -> Result<HttpResponse> {
    let is = done(&view.name, form);
    let flash = match versions.get(1..).unwrap_or_default().last() {
        Some(last) if last.by != who.person().id => {
            Flash::news(format!("Already so, by {}, {}. {is}", last.who, Moment(last.at)))
        }
        _ => Flash::success(is),
    };
    who.tell(&flash)?;
    Ok(see_other(afterwards(view, &view.query, form)))
}

async fn refused(
    who: &SignedIn,
    conn: &mut PgConnection,
    view: View,
    pairs: Vec<(String, String)>,
    version: i32,
    sentence: String,
) -> Result<HttpResponse> {
    let mut form = FormState::filled(pairs);
    form.refuse("name", sentence);
    draw(who, conn, StatusCode::UNPROCESSABLE_ENTITY, view, form, version).await
}
