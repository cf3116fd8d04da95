//! `POST /views`: what a list shows, kept under a name.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Deserialize;
use sqlx::PgConnection;

use super::listed::Listed;
use super::page::{Wish, draw};
use super::queries::{Content, Made, NewView, Unkept, make};
use crate::domain::id::SavedViewId;
use crate::domain::role::Department;
use crate::domain::text::Text;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, not_saved, see_other};

/// What the name of a view must be.
const NAME: Text = Text::NAME.required("Enter a name for the view.");

const NOT_YOURS: &str = "Approvers of a department and administrators keep its views.";
const NOBODY: &str = "Choose for whom the view is.";

#[derive(Debug, Deserialize)]
struct NewForm {
    id: SavedViewId,
    list: Listed,
    name: String,
    /// `me`, or a department.
    #[serde(rename = "for", default = "me")]
    owner: String,
    query: String,
}

fn me() -> String {
    "me".to_owned()
}

/// What is said of a name that another view has.
pub fn taken(list: Listed, department: Option<Department>) -> String {
    let whose = department.map_or("You have", |_| "The department has");
    format!("{whose} a view of {} with this name already. Choose another name.", list.name())
}

/// A name as it is kept: in one line.
///
/// # Errors
/// The sentence to say at the field.
pub fn read_name(typed: &str) -> Result<String, String> {
    let line = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(NAME.read(&line)?.unwrap_or_default())
}

/// `POST /views`
///
/// # Errors
/// 403 for the views of a department that one does not keep, 422 for a form that no page sends.
pub async fn post(who: SignedIn, posted: Posted) -> Result<HttpResponse> {
    match save(&who, &posted).await {
        Err(error) => not_saved(&who, error, posted.typed("/views", "/views", &[("name", "Name")])),
        answered => answered,
    }
}

async fn save(who: &SignedIn, posted: &Posted) -> Result<HttpResponse> {
    let form: NewForm = posted.read()?;
    let department = Department::ALL.into_iter().find(|department| department.short_name() == form.owner);
    let keeper = who.person().view_keeper(department).ok_or(Error::Forbidden(NOT_YOURS))?;
    let mut tx = who.app.writes.begin().await?;
    let query = match form.list.settled(who, &mut tx, &form.query).await? {
        Ok(query) => query,
        Err(refused) => return Ok(refused),
    };
    if department.is_none() && form.owner != "me" {
        return refused(who, &mut tx, &form, posted, &[("for", NOBODY.to_owned())]).await;
    }
    let name = match read_name(&form.name) {
        Ok(name) => name,
        Err(sentence) => return refused(who, &mut tx, &form, posted, &[("name", sentence)]).await,
    };
    let content = Content { name, query };
    let new = NewView { id: form.id, list: form.list, content: &content };
    let made = match make(&mut tx, &who.app.clock, keeper, new).await {
        Err(Unkept::NameTaken) => {
            return refused(who, &mut tx, &form, posted, &[("name", taken(form.list, department))]).await;
        }
        made => made?,
    };
    let mut flash = match &made {
        Made::So => Flash::success(format!("“{}” is saved as a view of {}.", content.name, form.list.name())),
        Made::Gone => Flash::news(format!("“{}” was saved, and deleted since.", content.name)),
        Made::Otherwise(name) => {
            let sentence = format!("This form has saved the view “{name}” already. Save again to have another one.");
            return refused(who, &mut tx, &form, posted, &[("name", sentence)]).await;
        }
        Made::Foreign => {
            return Err(Error::unprocessable("The form carries the key of another view. Open the page again."));
        }
    };
    if made == Made::So {
        flash.link = Some((format!("/views/{}", form.id), "Open the list with it, rename or delete it".to_owned()));
    }
    held::forget(&mut tx, who, "/views").await?;
    tx.commit().await?;
    who.tell(&flash)?;
    Ok(see_other(format!("{}?{}", form.list.path(), content.query)))
}

/// The page again, with what was typed and what is wrong with it.
async fn refused(
    who: &SignedIn,
    conn: &mut PgConnection,
    form: &NewForm,
    posted: &Posted,
    problems: &[(&'static str, String)],
) -> Result<HttpResponse> {
    let mut state = FormState::filled(posted.pairs()?);
    for (field, sentence) in problems {
        // Of the radios the first is where the summary leads.
        let id = if *field == "for" { "for-me" } else { *field };
        state.refuse_at(*field, id, sentence.clone());
    }
    let wish = Wish { list: Some(form.list), shown: form.query.clone() };
    draw(who, conn, StatusCode::UNPROCESSABLE_ENTITY, &wish, state).await
}
