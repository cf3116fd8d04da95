//! `/submissions/{k}/correct` and `/rates/{k}/correct`: what can be corrected, what was, and the form of each.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;

use super::case::Case;
use super::mark::Mark;
use super::wish::{Asked, Topic, value};
use crate::documents::{Document, accept_attribute};
use crate::domain::clock::{Moment, eastern_date};
use crate::domain::correction::{Correction, What, versions_in_words};
use crate::domain::document::Category;
use crate::domain::forms::{ContractAction, show_date};
use crate::domain::id::CorrectionId;
use crate::domain::lifecycle::Tag;
use crate::domain::permission::Corrector;
use crate::domain::role::Side;
use crate::history;
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, held, html, see_other};

const NOT_YOURS: &str = "Only administrators correct what was sent.";

/// What names the case on both pages.
struct Facts {
    key: String,
    name: String,
    state_name: String,
    tag: Tag,
    revision: i32,
    sent: Moment,
    href: String,
    /// Where all that can be corrected stands.
    all: String,
}

#[derive(Template)]
#[template(path = "corrections/all.html")]
struct AllPage {
    chrome: Chrome,
    facts: Facts,
    /// What can be corrected: address and words.
    kinds: Vec<(String, &'static str)>,
    standing: Vec<Standing>,
}

/// A correction that counts.
struct Standing {
    /// What it corrects.
    what: String,
    /// What stands there now.
    now: String,
    mark: Mark,
    /// Where it is undone.
    undo: String,
}

#[derive(Template)]
#[template(path = "corrections/form.html")]
struct FormPage {
    chrome: Chrome,
    facts: Facts,
    heading: &'static str,
    action: String,
    /// What is undone.
    undone: Option<Standing>,
    /// What will happen, in sentences.
    sentences: Vec<String>,
    hidden: Vec<(&'static str, String)>,
    asks_moment: bool,
    actions: Vec<Choice>,
    documents: Vec<Choice>,
    /// Whether a document that several versions hold is withdrawn from all of them.
    all_versions: Vec<Choice>,
    lists: Vec<List>,
    button: &'static str,
    form: FormState,
}

/// Something to choose.
struct Choice {
    value: String,
    label: String,
    hint: Option<String>,
    disabled: bool,
}

/// A list that a file can be added to.
struct List {
    name: String,
    label: &'static str,
    hint: String,
    accept: String,
}

/// `GET /submissions/{k}/correct`
///
/// # Errors
/// 403 for others than administrators; leads back with the reason as news when nothing can be corrected now.
pub async fn submission_page(who: SignedIn, key: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let case = Case::of_submission(&mut conn, &who, &key).await?;
    page(&who, &mut conn, case, &asked).await
}

/// `GET /rates/{k}/correct`
///
/// # Errors
/// As [`submission_page`].
pub async fn rate_page(who: SignedIn, key: web::Path<String>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let mut conn = who.app.db.acquire().await?;
    let case = Case::of_rate(&mut conn, &who, &key).await?;
    page(&who, &mut conn, case, &asked).await
}

/// A state knows nothing of these pages; others may see that they are not theirs.
pub(super) fn guard(who: &SignedIn) -> Result<Corrector<'_>> {
    if who.person().side() == Side::State {
        return Err(Error::NotFound);
    }
    who.person().corrector().ok_or(Error::Forbidden(NOT_YOURS))
}

async fn page(who: &SignedIn, conn: &mut PgConnection, case: Case, asked: &Asked) -> Result<HttpResponse> {
    guard(who)?;
    let topic = asked.topic()?;
    if case.barred.is_some() {
        let told = history::since(conn, &[(case.id, 0)]).await?;
        who.tell(&Flash::news(why_not(&case, &told)))?;
        return Ok(see_other(&case.href));
    }
    let Some(topic) = topic else { return all(who, &case) };
    if let Topic::Undo(correction) = topic
        && case.correction(correction).is_none()
    {
        who.tell(&Flash::news("This correction does not count any more."))?;
        return Ok(see_other(case.address()));
    }
    let here = topic.address(&case);
    let held = held::found(conn, who, &here).await?.filter(|_| asked.held.is_none());
    let form = match held {
        Some(held) => FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(format!("{here}&held=no")))),
        None => begun(&case, topic),
    };
    draw(who, StatusCode::OK, &case, topic, form)
}

/// Why nothing can be corrected: who brought the case where it stands.
pub(super) fn why_not(case: &Case, told: &[history::Told]) -> String {
    let why = case.barred.clone().unwrap_or_default();
    match told.iter().rev().find(|entry| entry.led_to(case.status)) {
        Some(entry) if why.starts_with(&case.key) => {
            let status = case.tag.label.to_lowercase();
            format!("{why} It is {status} since {}, by {}.", Moment(entry.at), entry.who())
        }
        _ => why,
    }
}

/// What stands in a form at first: what counts now.
fn begun(case: &Case, topic: Topic) -> FormState {
    let value = |name: &str, value: String| (name.to_owned(), value);
    FormState::filled(match topic {
        Topic::Correct(What::FirstSent) => vec![
            value("day", show_date(eastern_date(case.first_sent))),
            value("time", Moment(case.first_sent).time_of_day()),
        ],
        Topic::Correct(What::ContractAction) => {
            let action = case.action.map(|action| value("contract_action", action.value().to_owned()));
            action.into_iter().collect()
        }
        _ => Vec::new(),
    })
}

fn facts(case: &Case) -> Facts {
    Facts {
        key: case.key.clone(),
        name: case.name.clone(),
        state_name: case.state_name.clone(),
        tag: case.tag.clone(),
        revision: case.revision,
        sent: Moment(case.sent),
        href: case.href.clone(),
        all: case.address(),
    }
}

fn standing(case: &Case, correction: &Correction, document: Option<&Document>) -> Standing {
    let moment = |at| Moment(at).to_string();
    Standing {
        what: correction.what.label().to_owned(),
        now: match correction.what {
            What::FirstSent => correction.moment.map_or_else(String::new, moment),
            What::ContractAction => correction.contract_action.map_or("", ContractAction::label).to_owned(),
            What::DocumentDated => {
                let name = document.map_or("", |document| document.file_name.as_str());
                format!("{name}: {}", correction.moment.map_or_else(String::new, moment))
            }
            What::DocumentAdded | What::DocumentWithdrawn => {
                let name = document.map_or("", |document| document.file_name.as_str());
                let held = document.filter(|_| correction.all_versions).map(|document| case.versions_with(document));
                held.map_or_else(|| name.to_owned(), |held| format!("{name}, {}", versions_in_words(held)))
            }
        },
        mark: case.mark(correction, document),
        undo: Topic::Undo(correction.id).address(case),
    }
}

fn all(who: &SignedIn, case: &Case) -> Result<HttpResponse> {
    let crumbs = [(case.list.0.to_owned(), case.list.1.to_owned()), (case.href.clone(), case.key.clone())];
    let page = AllPage {
        chrome: who.chrome(format!("Correct – {}", case.key)).crumbs(crumbs, "Correct"),
        facts: facts(case),
        kinds: case.kinds().map(|what| (Topic::Correct(what).address(case), what.deed())).collect(),
        standing: case
            .standing()
            .into_iter()
            .map(|(correction, document)| standing(case, correction, document))
            .collect(),
    };
    html(StatusCode::OK, &page)
}

/// The form of a topic.
pub(super) fn draw(
    who: &SignedIn,
    status: StatusCode,
    case: &Case,
    topic: Topic,
    form: FormState,
) -> Result<HttpResponse> {
    let (heading, button) = match topic {
        Topic::Correct(what) => (what.deed(), "Correct"),
        Topic::Undo(_) => ("Undo a correction", "Undo correction"),
    };
    let undone = match topic {
        Topic::Undo(id) => case.correction(id).map(|(correction, document)| standing(case, correction, document)),
        Topic::Correct(_) => None,
    };
    let crumbs = [
        (case.list.0.to_owned(), case.list.1.to_owned()),
        (case.href.clone(), case.key.clone()),
        (case.address(), "Correct".to_owned()),
    ];
    let page = FormPage {
        chrome: who.chrome(format!("{heading} – {}", case.key)).failed(form.failed()).crumbs(crumbs, heading),
        facts: facts(case),
        heading,
        action: topic.address(case),
        undone,
        sentences: sentences(case, topic),
        hidden: hidden(who, case, &form),
        asks_moment: matches!(topic, Topic::Correct(What::FirstSent | What::DocumentDated)),
        actions: actions(topic),
        documents: documents(case, topic),
        all_versions: all_versions(case, topic),
        lists: topic.lists(case.subject).iter().map(list).collect(),
        button,
        form,
    };
    html(status, &page)
}

/// What the form was drawn from. One that comes back stays that of then, so that sending it meets what happened since.
fn hidden(who: &SignedIn, case: &Case, form: &FormState) -> Vec<(&'static str, String)> {
    let typed = |name: &str| Some(value(form.values(), name).to_owned()).filter(|typed| !typed.is_empty());
    vec![
        ("id", typed("id").unwrap_or_else(|| who.app.clock.new_id::<CorrectionId>().to_string())),
        ("version", typed("version").unwrap_or_else(|| case.version.to_string())),
        ("revision", typed("revision").unwrap_or_else(|| case.revision.to_string())),
    ]
}

fn actions(topic: Topic) -> Vec<Choice> {
    let choice = |action: &ContractAction| Choice {
        value: action.value().to_owned(),
        label: action.label().to_owned(),
        hint: None,
        disabled: false,
    };
    let asked = topic == Topic::Correct(What::ContractAction);
    ContractAction::ALL.iter().filter(|_| asked).map(choice).collect()
}

fn documents(case: &Case, topic: Topic) -> Vec<Choice> {
    let choice = |document: &Document| Choice {
        value: document.id.to_string(),
        label: document.file_name.clone(),
        hint: Some(particulars(case, document)),
        disabled: false,
    };
    let asked = matches!(topic, Topic::Correct(What::DocumentWithdrawn | What::DocumentDated));
    case.in_view().filter(|_| asked).map(choice).collect()
}

/// List and date of a document, and the versions that hold it where these are several.
fn particulars(case: &Case, document: &Document) -> String {
    let added = document.date_added().map(|added| format!("added {added}"));
    let held = Some(case.versions_with(document)).filter(|held| held.len() > 1);
    let held = held.map(|held| format!("held by {}", versions_in_words(held)));
    let parts = [Some(document.category.label().to_owned()), added, held];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The box for every version, where a document has several; it names them where that is the same for each.
fn all_versions(case: &Case, topic: Topic) -> Vec<Choice> {
    let asked = topic == Topic::Correct(What::DocumentWithdrawn);
    let held = case.in_view().filter(|_| asked).map(|document| case.versions_with(document));
    let mut held: Vec<&[i32]> = held.filter(|held| held.len() > 1).collect();
    held.dedup();
    let label = match held.as_slice() {
        [] => return Vec::new(),
        [all] => format!("Withdraw it from all {} versions that hold it: {}", all.len(), versions_in_words(all)),
        _ => "Withdraw it from all versions that hold it, as named beside it".to_owned(),
    };
    let hint = Some(format!("Otherwise it is withdrawn from version {} alone.", case.revision));
    vec![Choice { value: "yes".to_owned(), label, hint, disabled: false }]
}

fn list(category: &Category) -> List {
    List {
        name: format!("documents.{}", category.as_str()),
        label: category.label(),
        hint: format!(
            "One file of at most 100 MiB, if it belongs here: {}.",
            accept_attribute(*category).replace(',', ", ")
        ),
        accept: accept_attribute(*category),
    }
}

/// What will happen.
fn sentences(case: &Case, topic: Topic) -> Vec<String> {
    let what = match topic {
        Topic::Undo(_) => return vec!["What stood there before counts again. The history keeps both.".to_owned()],
        Topic::Correct(what) => what,
    };
    let state = &case.state_name;
    let own = match what {
        What::FirstSent => "Lists, pages and reports go by the corrected time.".to_owned(),
        What::ContractAction => "Pages and reports go by the corrected contract action. The status stays: whether it is \
                                 subject to review is determined afresh when it is sent again or a withdrawal is undone."
            .to_owned(),
        What::DocumentAdded => "The document stands in its list, marked as added.".to_owned(),
        What::DocumentWithdrawn => {
            "Nobody but administrators can open the document, and it is left out of downloads. Its name stays in the list, \
             with the reason."
                .to_owned()
        }
        What::DocumentDated => "The list shows the corrected date.".to_owned(),
    };
    let mut sentences = vec![own, format!("Version {} stays as it was sent.", case.revision)];
    if what != What::FirstSent {
        sentences.push(format!("If it is unlocked, the next version of {state} begins with what is corrected."));
    }
    sentences
}
