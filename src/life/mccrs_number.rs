//! `/submissions/{k}/mccrs-number`: the number that CMS's contract review system gave a submission.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::json;
use sqlx::PgConnection;

use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::lifecycle::ContractReviewAction;
use crate::domain::permission::PackageDeed;
use crate::domain::role::Side;
use crate::history::{self, Actor, Happening, Row, record};
use crate::reviews::conflict;
use crate::submissions::{self, Submission};
use crate::web::chrome::Chrome;
use crate::web::conflict::{ConflictPanel, KEEP, MINE};
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

const NOT_YOURS: &str = "Only reviewers and approvers note the MC-CRS number.";
/// The most digits that are taken.
const MOST: usize = 20;

#[derive(Template)]
#[template(path = "life/mccrs_number.html")]
struct NumberPage {
    chrome: Chrome,
    key: String,
    name: String,
    version: i32,
    form: FormState,
}

#[derive(Debug, Deserialize)]
struct NumberForm {
    version: i32,
    #[serde(default)]
    mccrs_number: String,
    #[serde(rename = "choose.mccrs_number")]
    choose: Option<String>,
}

/// How the page is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Given when what was held is not wanted.
    held: Option<String>,
}

/// `GET /submissions/{k}/mccrs-number`
///
/// # Errors
/// 403 for others than reviewers and approvers.
pub async fn get(who: SignedIn, key: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let submission = submissions::open(&mut conn, &who, &key).await?;
    guard(&who)?;
    let here = address(&submission);
    let held = held::found(&mut conn, &who, &here).await?.filter(|_| asked.held.is_none());
    let number = submission.mccrs_number.clone().unwrap_or_default();
    let form = held.map_or_else(
        || FormState::filled(vec![("mccrs_number".to_owned(), number)]),
        |held| {
            let notice = held.notice(format!("{here}?held=no"));
            FormState::filled(held.fields().to_vec()).held_as(Some(notice))
        },
    );
    draw(&who, StatusCode::OK, &submission, form)
}

/// Where the form is posted.
fn address(submission: &Submission) -> String {
    format!("/submissions/{}/mccrs-number", submission.key)
}

/// A state knows nothing of this number.
fn guard(who: &SignedIn) -> Result<PackageDeed<'_>> {
    if who.person().side() == Side::State {
        return Err(Error::NotFound);
    }
    who.person().package_deed(ContractReviewAction::SetMccrsNumber).ok_or(Error::Forbidden(NOT_YOURS))
}

fn draw(who: &SignedIn, status: StatusCode, submission: &Submission, form: FormState) -> Result<HttpResponse> {
    let key = submission.key.to_string();
    let chrome = who.chrome(format!("MC-CRS number – {key}")).failed(form.failed()).crumbs(
        [("/submissions".to_owned(), "Submissions".to_owned()), (format!("/submissions/{key}"), key.clone())],
        "MC-CRS number",
    );
    let version = form.value("version").parse().unwrap_or(submission.version);
    html(status, &NumberPage { chrome, key, name: submission.name.clone(), version, form })
}

/// `POST /submissions/{k}/mccrs-number`
///
/// # Errors
/// 403 for others than reviewers and approvers, 422 for a form that no page sends.
pub async fn post(who: SignedIn, key: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    match save(&who, &key, &posted).await {
        Err(error) => {
            not_saved(&who, error, posted.typed(who.here(), "/submissions", &[("mccrs_number", "MC-CRS number")]))
        }
        answered => answered,
    }
}

async fn save(who: &SignedIn, key: &str, posted: &Posted) -> Result<HttpResponse> {
    let mut tx = who.app.writes.begin().await?;
    let submission = submissions::lock(&mut tx, who.person(), key).await?;
    let proof = guard(who)?;
    let form: NumberForm = posted.read()?;
    let here = format!("/submissions/{}", submission.key);
    let typed = form.mccrs_number.trim();
    if !typed.chars().all(|c| c.is_ascii_digit()) || typed.len() > MOST {
        drop(tx);
        let mut state = FormState::filled(posted.pairs()?);
        state.refuse("mccrs_number", format!("Enter digits only, at most {MOST}, or leave it blank."));
        return draw(who, StatusCode::UNPROCESSABLE_ENTITY, &submission, state);
    }
    let wanted = Some(typed).filter(|typed| !typed.is_empty());
    let keeps = form.choose.as_deref() == Some(KEEP.value);
    if wanted == submission.mccrs_number.as_deref() || keeps && form.version == submission.version {
        held::forget(&mut tx, who, &address(&submission)).await?;
        tx.commit().await?;
        who.tell(&Flash::success(says(&submission, submission.mccrs_number.as_deref())))?;
        return Ok(see_other(here));
    }
    let told = history::since(&mut tx, &[(submission.id.0, form.version)]).await?;
    let renumbered = told.iter().any(|entry| entry.kind == Kind::MccrsNumberSet);
    if form.version > submission.version || renumbered || form.version != submission.version && form.choose.is_some() {
        drop(tx);
        return panel(&submission, &told, typed).answer(who, "Not saved");
    }
    set_mccrs_number(&mut tx, &who.app.clock, proof, &submission, wanted).await?;
    held::forget(&mut tx, who, &address(&submission)).await?;
    tx.commit().await?;
    who.tell(&Flash::success(says(&submission, wanted)))?;
    Ok(see_other(here))
}

fn says(submission: &Submission, number: Option<&str>) -> String {
    let key = &submission.key;
    number.map_or_else(
        || format!("{key} has no MC-CRS number."),
        |number| format!("The MC-CRS number of {key} is {number}."),
    )
}

/// Both numbers, and nothing chosen.
fn panel(submission: &Submission, told: &[history::Told], wanted: &str) -> ConflictPanel {
    let here = format!("/submissions/{}", submission.key);
    let mut panel = conflict::panel(told, "this submission", address(submission), here);
    let then = told.iter().find(|entry| entry.kind == Kind::MccrsNumberSet);
    let then = then.and_then(|entry| entry.details["number"][0].as_str()).unwrap_or_default();
    let now = submission.mccrs_number.as_deref().unwrap_or_default();
    let mut row = conflict::row("mccrs_number", "MC-CRS number", [then, now, wanted], "");
    row.choices = vec![KEEP, MINE];
    panel.rows.push(row);
    panel.hidden =
        vec![("version".to_owned(), submission.version.to_string()), ("mccrs_number".to_owned(), wanted.to_owned())];
    panel.save_label = Some("Save my choice".to_owned());
    panel
}

/// Notes the number, changes it or clears it. The caller has locked the submission, and commits.
///
/// # Errors
/// When the database fails.
pub async fn set_mccrs_number(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: PackageDeed<'_>,
    submission: &Submission,
    number: Option<&str>,
) -> Result<()> {
    let version = sqlx::query_scalar!(
        "update contract_review set mccrs_number = $3 where id = $1 and version = $2 returning version",
        submission.id as _,
        submission.version,
        number,
    )
    .fetch_one(&mut *conn)
    .await?;
    let status = Some(submission.status.as_str());
    let happening = Happening {
        kind: Kind::MccrsNumberSet,
        subject: Subject::ContractReview,
        subject_id: submission.id.0,
        row: Row {
            table: "contract_review",
            id: submission.id.0,
            status: (status, status),
            version: (Some(submission.version), version),
        },
        reason: None,
        details: json!({ "number": [submission.mccrs_number, number] }),
    };
    Ok(record(conn, clock, &Actor::from(proof.person), happening).await?)
}
