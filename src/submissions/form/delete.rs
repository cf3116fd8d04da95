//! `/submissions/{key}/delete`: deleting a draft that was never sent.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::told::{heading, told};
use super::way::address;
use super::{gone, state_user};
use crate::documents::{self, Document};
use crate::domain::forms::Page;
use crate::domain::lifecycle::{ContractReviewAction, ContractReviewStatus};
use crate::submissions::draft::{self, Draft, PastSave};
use crate::submissions::{lock, open};
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "submissions/form/delete.html")]
struct DeletePage<'a> {
    chrome: Chrome,
    draft: &'a Draft,
    documents: &'a [Document],
    form: FormState,
    back: String,
}

#[derive(Debug, Deserialize)]
struct DeleteForm {
    version: i32,
    confirm: Option<String>,
}

fn deletable(status: ContractReviewStatus) -> bool {
    ContractReviewAction::DeleteDraft.possible_from(status)
}

fn page(who: &SignedIn, draft: &Draft, documents: &[Document], form: FormState) -> Result<HttpResponse> {
    let key = &draft.submission.key;
    let status = if form.failed() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let back = address(key, Page::Type);
    let links = [("/submissions".to_owned(), "Submissions".to_owned()), (back.clone(), key.to_string())];
    let chrome = who.chrome(format!("Delete draft – {key}")).crumbs(links, "Delete draft").failed(form.failed());
    html(status, &DeletePage { chrome, draft, documents, form, back })
}

/// `GET /submissions/{key}/delete`
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state.
pub async fn get(who: SignedIn, path: web::Path<String>) -> Result<HttpResponse> {
    state_user(&who)?;
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &path).await?;
    if !deletable(submission.status) {
        who.tell(&gone::news(&mut conn, &submission).await?)?;
        return Ok(see_other(format!("/submissions/{}", submission.key)));
    }
    let draft = draft::load(&mut conn, submission).await?;
    let documents = documents::of_submission(&mut conn, draft.id).await?;
    drop(conn);
    page(&who, &draft, &documents, FormState::default())
}

/// `POST /submissions/{key}/delete`
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state.
pub async fn post(who: SignedIn, path: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    let proof = state_user(&who)?;
    let key = gone::known(&who, &path).await?;
    let clock = &who.app.clock;
    let mut tx = who.app.writes.begin().await?;
    let submission = match lock(&mut tx, proof.person, &key.to_string()).await {
        Err(Error::NotFound) => {
            // Deleted before: a second press of one's own is answered like the first, another's is news.
            let (end, _) = gone::deletion(&mut tx, proof, &key).await?.ok_or(Error::NotFound)?;
            posted.read::<DeleteForm>().map_err(|_| Error::NotFound)?;
            who.tell(&if end.by == Some(proof.person.id) {
                deleted(&key.to_string())
            } else {
                Flash::news(format!("{} deleted the draft {key} on {}. Nothing was left to do.", end.name, end.at))
            })?;
            return Ok(see_other("/submissions"));
        }
        found => found?,
    };
    let form: DeleteForm = posted.read()?;
    if !deletable(submission.status) {
        let end = gone::latest_sent(&mut tx, &submission).await?.end;
        return gone::sent_panel(&submission, &end, Vec::new()).answer(&who, &submission.name);
    }
    let draft = draft::load(&mut tx, submission).await?;
    if form.confirm.as_deref() != Some("yes") {
        let documents = documents::of_submission(&mut tx, draft.id).await?;
        tx.rollback().await?;
        let mut state = FormState::default();
        state.refuse("confirm", "Tick the box to delete the draft");
        return page(&who, &draft, &documents, state);
    }
    if form.version > draft.version {
        return Err(Error::unprocessable("The form was drawn from a version that never was. Open the page again."));
    }
    if form.version != draft.version {
        let saves = draft::saves_since(&mut tx, draft.id, form.version).await?;
        let programs = draft::programs(&mut tx, clock, proof.state_code).await?;
        let changes = told(&saves, &draft.data, &programs, proof.person.id);
        return ConflictPanel { changes, ..panel(&draft, &saves, proof.person.id) }
            .answer(&who, &draft.submission.name);
    }
    draft::delete(&mut tx, clock, proof, &draft).await?;
    tx.commit().await?;
    who.tell(&deleted(&key.to_string()))?;
    Ok(see_other("/submissions"))
}

fn deleted(key: &str) -> Flash {
    Flash::success(format!("The draft {key} was deleted."))
}

fn panel(draft: &Draft, saves: &[PastSave], me: crate::domain::id::AccountId) -> ConflictPanel {
    let key = &draft.submission.key;
    let hidden = [("version", draft.version.to_string()), ("confirm", "yes".to_owned())];
    ConflictPanel {
        heading: heading(saves, me).replacen("Not saved", "Not deleted", 1),
        lead: vec!["The draft is there, with everything that was saved in it.".to_owned()],
        action: format!("/submissions/{key}/delete"),
        hidden: hidden.map(|(name, value)| (name.to_owned(), value)).into(),
        save_label: Some("Delete draft all the same".to_owned()),
        leave_href: address(key, Page::Type),
        ..ConflictPanel::default()
    }
}
