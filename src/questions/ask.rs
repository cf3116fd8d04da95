//! `/submissions/{key}/questions/ask` and `/rates/{key}/questions/ask`: a department asks; an administrator records what
//! somebody of a department asked by other ways.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::case::{Case, Which};
use super::conflict;
use super::exchange::{self, Question, Unsaid};
use super::queries::{self, GoingOn};
use super::recording::Recording;
use super::saying::{self, Fields, Says, Typing};
use crate::documents::PostedForm;
use crate::domain::clock::Moment;
use crate::domain::document::Category;
use crate::domain::id::QuestionId;
use crate::domain::lifecycle::{DepartmentReviewStatus, RoundStatus, Tag};
use crate::domain::permission::Asker;
use crate::domain::role::{Department, Role, Side};
use crate::history;
use crate::reviews::{self, DepartmentReview};
use crate::web::chrome::Chrome;
use crate::web::conflict::{ConflictPanel, plain};
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, held, html, not_saved, see_other};

const NOT_YOURS: &str = "Reviewers and approvers ask questions; administrators record what was asked.";
const NOT_YOUR_EQRO: &str = "Only DMCO asks about a contract with an external quality review organization.";

/// How the page is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    /// Given when what was held is not wanted.
    held: Option<String>,
}

#[derive(Template)]
#[template(path = "questions/ask.html")]
struct AskPage<'a> {
    chrome: Chrome,
    case: &'a Case,
    tag: Tag,
    /// What will happen, in sentences.
    sentences: Vec<String>,
    hidden: Vec<(&'static str, String)>,
    fields: Fields,
}

/// The departments for which the person may ask about the case.
fn departments<'a>(who: &'a SignedIn, case: &Case) -> Result<Vec<Asker<'a>>> {
    let person = who.person();
    if person.side() == Side::State {
        return Err(Error::NotFound);
    }
    let may: Vec<_> = case.askers().iter().filter_map(|department| person.asker_for(*department)).collect();
    match (may.is_empty(), person.department) {
        (false, _) => Ok(may),
        (true, Some(_)) => Err(Error::Forbidden(NOT_YOUR_EQRO)),
        (true, None) => Err(Error::Forbidden(NOT_YOURS)),
    }
}

/// Where it is asked.
fn address(case: &Case) -> String {
    format!("{}/ask", case.questions())
}

/// `GET …/questions/ask`
///
/// # Errors
/// 403 for those who do not ask; leads back with the reason as news when nobody can ask now.
pub async fn get<W: Which>(who: SignedIn, key: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let case = W::open(&mut conn, &who, &key).await?;
    let may = departments(&who, &case)?;
    if let Some(why) = case.barred(Side::Cms) {
        who.tell(&Flash::news(why))?;
        return Ok(see_other(case.questions()));
    }
    let going_on = queries::going_on(&mut conn, case.about.id()).await?;
    if let [asker] = may.as_slice()
        && let Some(open) = open_round(&going_on, &case, asker.department)
    {
        who.tell(&Flash::news(format!(
            "{}: {}.",
            asker.department.short_name(),
            open.in_words(who.app.clock.today())
        )))?;
        return Ok(see_other(format!("{}#{}", case.questions(), open.anchor)));
    }
    let held = held::found(&mut conn, &who, &address(&case)).await?.filter(|_| asked.held.is_none());
    let form = held.map_or_else(FormState::default, |held| {
        let as_saved = format!("{}?held=no", address(&case));
        FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(as_saved)))
    });
    draw(&who, &mut conn, &case, &may, StatusCode::OK, Typing { form, kept: Vec::new() }).await
}

/// The round of a department on the case that has no answer.
fn open_round<'a>(going_on: &'a [GoingOn], case: &Case, department: Department) -> Option<&'a GoingOn> {
    going_on.iter().find(|round| {
        round.subject == case.about.id() && round.department == department && round.status == RoundStatus::Open
    })
}

async fn draw(
    who: &SignedIn,
    conn: &mut PgConnection,
    case: &Case,
    may: &[Asker<'_>],
    status: StatusCode,
    typed: Typing,
) -> Result<HttpResponse> {
    let recording = recording(conn, who, case).await?;
    let mut reviews = Vec::new();
    for asker in may {
        reviews.extend(reviews::of_subject(conn, case.about.id(), asker.department).await?);
    }
    let going_on = queries::going_on(conn, case.about.id()).await?;
    let title = format!("Ask about {}", case.in_words());
    let page = AskPage {
        chrome: who.chrome(format!("{title} – Questions")).failed(typed.form.failed()).crumbs(case.crumbs(), "Ask"),
        tag: case.tag(Side::Cms),
        sentences: sentences(case, &reviews, &going_on, recording.is_some()),
        hidden: hidden(who, case, &reviews, &typed.form),
        fields: Fields::new(Category::Question, recording.as_ref(), typed),
        case,
    };
    html(status, &page)
}

async fn recording(conn: &mut PgConnection, who: &SignedIn, case: &Case) -> Result<Option<Recording>> {
    if who.person().role != Role::Admin {
        return Ok(None);
    }
    Recording::of_departments(conn, case.askers()).await.map(Some)
}

fn sentences(case: &Case, reviews: &[DepartmentReview], going_on: &[GoingOn], recorded: bool) -> Vec<String> {
    let state = &case.submission.state_name;
    let mut sentences = vec![format!(
        "{state} reads the question and can respond until the round is closed. What was asked is never changed."
    )];
    if recorded {
        sentences.push("It says everywhere that you recorded it, for whom and why.".to_owned());
        return sentences;
    }
    for review in reviews.iter().filter(|review| review.under_review(case.submission.status)) {
        let department = review.department.short_name();
        sentences.push(match review.status {
            DepartmentReviewStatus::SignedOff | DepartmentReviewStatus::Objection => format!(
                "The decision of {department} falls: its review waits for the answer and is in review again after it."
            ),
            _ => format!("The review of {department} waits for the answer, then goes on."),
        });
    }
    let answered = |round: &&GoingOn| {
        round.subject == case.about.id()
            && round.status == RoundStatus::Answered
            && reviews.iter().any(|review| review.department == round.department)
    };
    sentences.extend(
        going_on.iter().filter(answered).map(|round| format!("Round {}, which was answered, is closed.", round.number)),
    );
    sentences
}

/// What the form was drawn from. One that comes back stays that of then, so that sending it meets what happened since.
fn hidden(who: &SignedIn, case: &Case, reviews: &[DepartmentReview], form: &FormState) -> Vec<(&'static str, String)> {
    let typed = form.carried(&["id", "revision", "review"]);
    if !typed.is_empty() {
        return typed;
    }
    let id: QuestionId = who.app.clock.new_id();
    let own = [("id", id.to_string()), ("revision", case.revision().unwrap_or_default().to_string())];
    own.into_iter().chain(reviews.iter().map(|review| ("review", seen_of(review)))).collect()
}

fn seen_of(review: &DepartmentReview) -> String {
    format!("{}:{}", review.id, review.version)
}

/// `POST …/questions/ask`
///
/// # Errors
/// 403 for those who do not ask, 422 for a form that no page sends.
pub async fn post<W: Which>(
    req: HttpRequest,
    who: SignedIn,
    key: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let case = W::visible(&mut *who.app.db.acquire().await?, who.person(), &key).await?;
    let proof = *departments(&who, &case)?.first().ok_or(Error::Forbidden(NOT_YOURS))?;
    let (form, stored) = PostedForm::read(&who, &req, payload, &[Category::Question], proof).await?;
    let saved = match stored {
        Ok(()) => save::<W>(&who, &key, &form).await,
        Err(error) => Err(error),
    };
    match saved {
        Err(error) => not_saved(&who, error, saying::typed(&who, &form, "Your question", case.questions())),
        answered => answered,
    }
}

async fn save<W: Which>(who: &SignedIn, key: &str, posted: &PostedForm) -> Result<HttpResponse> {
    let app = &who.app;
    let mut tx = app.writes.begin().await?;
    let case = W::lock(&mut tx, who.person(), key).await?;
    let may = departments(who, &case)?;
    let id: QuestionId = saying::carried_value(posted.pairs(), "id")?;
    let revision: i32 = saying::carried_value(posted.pairs(), "revision")?;
    if let Some((by, about, number)) = asked_before(&mut tx, id).await? {
        // The second press of the same form.
        if (by, about) != (who.person().id.0, case.about.id()) {
            return Err(Error::unprocessable("The form carries the key of another question. Open the page again."));
        }
        return asked(who, &case, id, number);
    }
    let recording = recording(&mut tx, who, &case).await?;
    let says = saying::read(&mut tx, who, posted, Category::Question, recording.as_ref(), app.clock.today()).await?;
    let says = match says {
        Ok(says) => says,
        Err(typed) => return draw(who, &mut tx, &case, &may, StatusCode::UNPROCESSABLE_ENTITY, typed).await,
    };
    let for_whom = says.behalf.as_ref().and_then(|behalf| behalf.who.department);
    let asker = may.iter().find(|asker| for_whom.is_none_or(|department| asker.department == department));
    let asker = *asker.ok_or(Error::Forbidden(NOT_YOUR_EQRO))?;
    if let Some(panel) = clash(&mut tx, who, &case, asker, revision, posted).await? {
        drop(tx);
        return panel.answer(who, "Not sent");
    }
    let Says { text, behalf } = &says;
    let recorded = behalf.as_ref().map(super::recording::Behalf::recorded);
    let says = Unsaid { text: text.as_deref(), files: posted.files(), recorded };
    let rate = case.rate.as_ref().map(|rate| &rate.key);
    let question = Question { id, about: case.about, rate, revision, says };
    let number = exchange::ask(&mut tx, &app.clock, asker, question).await?;
    held::forget(&mut tx, who, &address(&case)).await?;
    tx.commit().await?;
    asked(who, &case, id, number)
}

fn asked(who: &SignedIn, case: &Case, id: QuestionId, number: i32) -> Result<HttpResponse> {
    who.tell(&Flash::success(format!("Round {number} about {} is asked.", case.in_words())))?;
    Ok(see_other(format!("{}#round-{id}", case.questions())))
}

/// Who asked this question, about what, and in which round.
async fn asked_before(conn: &mut PgConnection, id: QuestionId) -> Result<Option<(Uuid, Uuid, i32)>> {
    let row = sqlx::query!(
        r#"select asked_by, coalesce(contract_review_id, rate_review_id) as "about!", round from question where id = $1"#,
        id as _,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.asked_by, row.about, row.round)))
}

/// The panel when the form can't be carried out as it was drawn.
async fn clash(
    conn: &mut PgConnection,
    who: &SignedIn,
    case: &Case,
    asker: Asker<'_>,
    revision: i32,
    posted: &PostedForm,
) -> Result<Option<ConflictPanel>> {
    let department = asker.department;
    let review = reviews::of_subject(conn, case.about.id(), department).await?;
    let seen = review.as_ref().and_then(|review| seen_version(posted, review));
    let rows: Vec<_> = review.iter().map(|review| (review.id.0, seen.unwrap_or(review.version))).collect();
    let told = history::since(conn, &rows).await?;
    let begin = |what: &str| {
        let mut panel = conflict::panel(Side::Cms, &told, what, address(case), case.questions());
        let text = saying::text_of(posted);
        panel.copy.extend(Some(("Your question".to_owned(), text.to_owned())).filter(|_| !text.is_empty()));
        panel
    };
    if let Some(why) = case.barred(Side::Cms) {
        let mut panel = begin("the submission");
        panel.lead.push(why);
        panel.next_step = Some((case.href(), format!("Open {}", case.key())));
        return Ok(Some(panel));
    }
    let going_on = queries::going_on(conn, case.about.id()).await?;
    if let Some(open) = open_round(&going_on, case, department) {
        let mut panel = begin(&format!("round {} of {}", open.number, department.short_name()));
        beside(conn, who, case, open, saying::text_of(posted), &mut panel).await?;
        return Ok(Some(panel));
    }
    if Some(revision) != case.revision() {
        let mut panel = begin("the version");
        conflict::older_version(&mut panel, case, revision);
        return Ok(Some(panel));
    }
    if review.as_ref().is_none_or(|review| seen == Some(review.version)) {
        return Ok(None);
    }
    let mut panel = begin(&format!("the review of {}", department.short_name()));
    panel.lead.push("It can still be asked. Look at what changed first.".to_owned());
    panel.hidden = saying::carried(who.person(), posted, &["review"]);
    panel.hidden.extend(review.iter().map(|review| ("review".to_owned(), seen_of(review))));
    panel.save_label = Some("Ask all the same".to_owned());
    panel.copy.clear();
    Ok(Some(panel))
}

/// The version of the department review that the form was drawn with.
fn seen_version(posted: &PostedForm, review: &DepartmentReview) -> Option<i32> {
    let seen = posted.pairs().iter().filter(|(name, _)| name == "review");
    let versions = seen.filter_map(|(_, value)| value.split_once(':'));
    let own = versions.filter(|(id, _)| id.parse() == Ok(review.id));
    own.filter_map(|(_, version)| version.parse().ok()).next()
}

/// What a colleague asked meanwhile, beside what was to be asked.
async fn beside(
    conn: &mut PgConnection,
    who: &SignedIn,
    case: &Case,
    open: &GoingOn,
    wanted: &str,
    panel: &mut ConflictPanel,
) -> Result<()> {
    let rounds = queries::of_page(conn, who.person(), case.about.id()).await?;
    if let Some(round) = rounds.iter().find(|round| round.anchor() == open.anchor) {
        let at = Moment(open.since.0);
        panel.heading = format!(
            "Not sent: {} has an open round already, asked by {}, {at}",
            open.department.short_name(),
            round.question.author
        );
        let mut row = reviews::conflict::row(
            "text",
            "Question",
            ["", round.question.text.as_deref().unwrap_or("documents only"), wanted],
            "One round of a department is open at a time. Close it with a reason to ask another question.",
        );
        row.long = true;
        row.then = plain("");
        panel.rows.push(row);
    }
    panel.next_step = Some((format!("{}#{}", case.questions(), open.anchor), format!("Read round {}", open.number)));
    Ok(())
}
