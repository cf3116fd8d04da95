//! Posting a correction: who, lock, look, then the row beside what was sent.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use sqlx::PgConnection;

use super::case::Case;
use super::correct::{Change, correct, made_by};
use super::page::{draw, guard};
use super::panel::{is_about, keeps, panel, unchosen};
use super::wish::{Asked, Sent, Topic, read, value};
use crate::documents::PostedForm;
use crate::domain::clock::Moment;
use crate::domain::correction::What;
use crate::domain::event::Subject;
use crate::history;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, Typed, held, not_saved, see_other};

/// `POST /submissions/{k}/correct`
///
/// # Errors
/// 403 for others than administrators, 422 for a form that no page sends.
pub async fn submission_post(
    req: HttpRequest,
    who: SignedIn,
    key: web::Path<String>,
    asked: web::Query<Asked>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    // Who may not know of it is told so before anything is read.
    crate::submissions::visible(&mut *who.app.db.acquire().await?, who.person(), &key).await?;
    post(&req, &who, (Subject::ContractReview, &key), &asked, payload).await
}

/// `POST /rates/{k}/correct`
///
/// # Errors
/// As [`submission_post`].
pub async fn rate_post(
    req: HttpRequest,
    who: SignedIn,
    key: web::Path<String>,
    asked: web::Query<Asked>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    crate::rates::visible(&mut *who.app.db.acquire().await?, who.person(), &key).await?;
    post(&req, &who, (Subject::RateReview, &key), &asked, payload).await
}

async fn post(
    req: &HttpRequest,
    who: &SignedIn,
    (subject, key): (Subject, &str),
    asked: &Asked,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let proof = guard(who)?;
    let topic = asked.topic();
    let lists = topic.as_ref().ok().copied().flatten().map_or(&[][..], |topic| topic.lists(subject));
    let (form, stored) = PostedForm::read(who, req, payload, lists, proof).await?;
    let topic = topic?.ok_or_else(|| Error::unprocessable("The form does not say what is corrected."))?;
    let saved = match stored {
        Ok(()) => save(who, (subject, key), topic, &form).await,
        Err(error) => Err(error),
    };
    match saved {
        Err(error) => not_saved(who, error, typed(who, &form)),
        answered => answered,
    }
}

fn typed(who: &SignedIn, form: &PostedForm) -> Typed {
    let kept = form.kept_tokens(who.person()).into_iter().map(|token| ("kept_file".to_owned(), token));
    Typed {
        action: who.here().to_owned(),
        pairs: form.pairs().iter().cloned().chain(kept).collect(),
        texts: vec![("Your reason".to_owned(), value(form.pairs(), "reason").to_owned())],
        leave_href: "/submissions".to_owned(),
        lost: form.lost().to_vec(),
    }
}

async fn lock(conn: &mut PgConnection, who: &SignedIn, (subject, key): (Subject, &str)) -> Result<Case> {
    match subject {
        Subject::RateReview => Case::lock_rate(conn, who.person(), key).await,
        _ => Case::lock_submission(conn, who.person(), key).await,
    }
}

async fn save(who: &SignedIn, which: (Subject, &str), topic: Topic, form: &PostedForm) -> Result<HttpResponse> {
    let mut tx = who.app.writes.begin().await?;
    let case = lock(&mut tx, who, which).await?;
    let proof = guard(who)?;
    let pairs = form.pairs();
    let sent = Sent::read(pairs)?;
    if let Some(made_by_of) = made_by(&mut tx, sent.id).await? {
        // The second press of the same form.
        if made_by_of != (who.person().id, case.id) {
            return Err(Error::unprocessable("The form is not what our pages send."));
        }
        return leave(who, &case, Flash::success(done(&case, topic)));
    }
    if keeps(pairs) {
        return leave(who, &case, Flash::news(format!("{} is left as it is.", case.key)));
    }
    let told = history::since(&mut tx, &[(case.id, sent.version)]).await?;
    if let Some(nothing) = undone_before(&case, topic, &told) {
        return leave(who, &case, nothing);
    }
    let mut state = FormState::filled(pairs.to_vec());
    let wanted = read(&case, topic, form, who.app.clock.now(), &mut state);
    let Some((change, reason)) = wanted else {
        drop(tx);
        return draw(who, StatusCode::UNPROCESSABLE_ENTITY, &case, topic, state);
    };
    if is_so(&case, &change) {
        if sent.version == case.version {
            drop(tx);
            let (name, id) = control(&change);
            state.refuse_at(name, id, "It is that already.");
            return draw(who, StatusCode::UNPROCESSABLE_ENTITY, &case, topic, state);
        }
        let last = told.iter().rev().find(|entry| is_about(entry, &change));
        let by = last.map_or_else(String::new, |entry| format!(", by {}, {}", entry.who(), Moment(entry.at)));
        return leave(who, &case, Flash::news(format!("{} is that already{by}. Nothing was left to do.", case.key)));
    }
    let moved_on = sent.version != case.version || sent.revision != case.revision || case.barred.is_some();
    if moved_on || unchosen(pairs) {
        drop(tx);
        let kept = form.kept_tokens(who.person());
        return panel(&case, topic, &change, (&sent, pairs), &told, kept).answer(who, "Not saved");
    }
    correct(&mut tx, &who.app.clock, proof, &case, sent.id, change, &reason).await?;
    held::forget(&mut tx, who, &topic.address(&case)).await?;
    tx.commit().await?;
    leave(who, &case, Flash::success(done(&case, topic)))
}

fn leave(who: &SignedIn, case: &Case, flash: Flash) -> Result<HttpResponse> {
    who.tell(&flash)?;
    Ok(see_other(&case.href))
}

fn done(case: &Case, topic: Topic) -> String {
    match topic {
        Topic::Correct(what) => format!("{} is corrected: {}.", case.key, what.label().to_lowercase()),
        Topic::Undo(_) => format!("The correction of {} is undone.", case.key),
    }
}

/// The answer when somebody else took the correction back already.
fn undone_before(case: &Case, topic: Topic, told: &[history::Told]) -> Option<Flash> {
    let Topic::Undo(id) = topic else { return None };
    if case.correction(id).is_some() {
        return None;
    }
    let by = told.last().map_or_else(String::new, |entry| format!(" since {}, by {}", Moment(entry.at), entry.who()));
    Some(Flash::news(format!("The correction of {} does not count any more{by}. Nothing was left to do.", case.key)))
}

/// Whether what is wanted is so already; a moment is typed to the minute.
fn is_so(case: &Case, change: &Change<'_>) -> bool {
    match change {
        Change::Undo(..) => false,
        Change::Withdraw { document, all_versions } => document
            .corrections
            .iter()
            .any(|made| made.what == What::DocumentWithdrawn && (made.all_versions || !all_versions)),
        _ => change.values(case).is_some_and(|(now, wanted)| now == wanted),
    }
}

/// The field that a wish stands in, and the control that a link to it leads to.
fn control(change: &Change<'_>) -> (&'static str, String) {
    match change.what() {
        What::ContractAction => {
            let action = if let Change::Action(action) = change { action.value() } else { "" };
            ("contract_action", format!("contract_action-{action}"))
        }
        What::DocumentWithdrawn => ("document", "reason".to_owned()),
        What::FirstSent | What::DocumentDated | What::DocumentAdded => ("day", "day".to_owned()),
    }
}
