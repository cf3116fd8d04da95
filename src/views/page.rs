//! `GET /views`: the views that a person uses, by list, each with how much it shows; within a list, the part of it that
//! also offers to keep what is shown.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;

use super::listed::Listed;
use super::queries::{self, View};
use crate::domain::id::SavedViewId;
use crate::domain::permission::Person;
use crate::domain::role::Department;
use crate::web::chrome::Chrome;
use crate::web::form::FormState;
use crate::web::list::{Kept, chrome};
use crate::web::{Error, Result, SignedIn, held, html};

/// What an address asks for.
#[derive(Debug, Default)]
pub struct Wish {
    /// The views of this list alone.
    pub list: Option<Listed>,
    /// The query on view, which can be kept.
    pub shown: String,
}

/// The views of a list.
struct Section {
    list: Listed,
    rows: Vec<Row>,
    /// What can be kept, if a list is on view.
    saving: Option<Saving>,
}

struct Row {
    view: View,
    kept: Kept,
    whose: String,
    /// Whether the person may change it.
    keeps: bool,
}

/// The form that keeps what a list shows.
struct Saving {
    id: SavedViewId,
    query: String,
    form: FormState,
    /// For whom it can be, where there is a choice.
    owners: Vec<Owner>,
}

struct Owner {
    value: &'static str,
    label: String,
    hint: Option<&'static str>,
    disabled: bool,
}

#[derive(Template)]
#[template(path = "views/page.html", blocks = ["part"])]
struct ViewsPage {
    chrome: Chrome,
    csrf: String,
    /// The list that the page is of, if it is of one.
    of: Option<Listed>,
    sections: Vec<Section>,
}

/// `GET /views`
///
/// # Errors
/// [`Error::NotFound`] of a list that is not there, and when the database fails.
pub async fn get(who: SignedIn, address: web::Query<Vec<(String, String)>>) -> Result<HttpResponse> {
    let asked = |name: &str| address.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let list = asked("list").map(|name| Listed::of_name(name).ok_or(Error::NotFound)).transpose()?;
    let mut wish = Wish { list, shown: asked("shown").unwrap_or_default().to_owned() };
    let mut conn = who.app.db.acquire().await?;
    // A part of a list, and a page without what was typed before a session ended, show only what is saved.
    let as_saved = who.htmx || asked("held").is_some();
    let held = if as_saved { None } else { held::found(&mut conn, &who, "/views").await? };
    let form = held.map_or_else(FormState::default, |held| {
        wish.list = held.value("list").and_then(Listed::of_name).or(wish.list);
        wish.shown = held.value("query").unwrap_or_default().to_owned();
        FormState::filled(held.fields().to_vec()).held_as(Some(held.notice("/views?held=no".to_owned())))
    });
    draw(&who, &mut conn, StatusCode::OK, &wish, form).await
}

/// The page, with the form in its state.
///
/// # Errors
/// When the database fails.
pub async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    status: StatusCode,
    wish: &Wish,
    form: FormState,
) -> Result<HttpResponse> {
    let (person, shown) = (who.person(), wish.list.filter(|_| !wish.shown.is_empty()));
    let failed = form.failed();
    let saving = match shown {
        Some(list) => match list.settled(who, conn, &wish.shown).await? {
            Ok(query) => Some(Saving { id: who.app.clock.new_id(), query, form, owners: owners(person) }),
            Err(refused) => return Ok(refused),
        },
        None => None,
    };
    let mut sections = sections(who, conn, wish.list).await?;
    if let Some(section) = sections.first_mut() {
        section.saving = saving;
    }
    let chrome = chrome(who, "Views").failed(failed);
    let page = ViewsPage { chrome, csrf: who.csrf(), of: wish.list, sections };
    if who.htmx { html(status, &page.as_part()) } else { html(status, &page) }
}

async fn sections(who: &SignedIn, conn: &mut PgConnection, list: Option<Listed>) -> Result<Vec<Section>> {
    let (person, today) = (who.person(), who.app.clock.today());
    let views = queries::all(conn, person, list).await?;
    let mut sections = Vec::new();
    for list in Listed::ALL.into_iter().filter(|other| list.is_none_or(|list| list == *other)) {
        let views: Vec<View> = views.iter().filter(|view| view.list == list).cloned().collect();
        let queries: Vec<&str> = views.iter().map(|view| view.query.as_str()).collect();
        let kept = if queries.is_empty() { Vec::new() } else { list.kept(conn, person, today, &queries).await? };
        let row = |(view, kept): (&View, Kept)| Row {
            whose: whose(view.department),
            keeps: person.view_keeper(view.department).is_some(),
            view: view.clone(),
            kept,
        };
        sections.push(Section { list, rows: views.iter().zip(kept).map(row).collect(), saving: None });
    }
    Ok(sections)
}

/// Whose a view is, for somebody who uses it.
pub fn whose(department: Option<Department>) -> String {
    department.map_or_else(|| "Yours".to_owned(), |department| department.short_name().to_owned())
}

/// For whom a person may keep views, themselves first; nobody where they are the only one.
fn owners(person: &Person) -> Vec<Owner> {
    let kept = Department::ALL.into_iter().filter(|department| person.view_keeper(Some(*department)).is_some());
    let departments: Vec<Owner> = kept
        .map(|department| Owner {
            value: department.short_name(),
            label: format!("For {}: all its people use it", department.short_name()),
            hint: None,
            disabled: false,
        })
        .collect();
    if departments.is_empty() {
        return departments;
    }
    let me = Owner { value: "me", label: "For me alone".to_owned(), hint: None, disabled: false };
    [me].into_iter().chain(departments).collect()
}
