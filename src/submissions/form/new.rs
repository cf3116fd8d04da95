//! `/submissions/new`: choosing the kind, then the first page of the form. A draft begins with that page complete, or
//! with the first answer that the page saves by itself.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::PgConnection;

use super::autosave::{self, Outcome};
use super::entry::Entry;
use super::page::{Extras, Frame, Sheet, draw};
use super::save::save;
use super::view::{Choice, Source};
use super::way::{Asked, Way, address};
use super::{gone, state_user};
use crate::documents::PostedForm;
use crate::domain::forms::{
    ContractForm, Package, Page, Posted, Problem, Programs, Situation, changes, check_page, read_page, typed,
    typed_again,
};
use crate::domain::id::ContractReviewId;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::SubmissionKind;
use crate::submissions::draft::{self, Created};
use crate::submissions::{Submission, visible};
use crate::web::chrome::Chrome;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, Typed, held, html, not_saved, see_other};

/// The query of the page.
#[derive(Debug, Deserialize)]
pub struct Kind {
    kind: Option<String>,
    start: Option<String>,
    held: Option<String>,
}

impl Kind {
    /// The kind that was chosen, if it is one.
    fn chosen(&self) -> Option<SubmissionKind> {
        SubmissionKind::ALL.into_iter().find(|kind| self.kind.as_deref() == Some(kind.as_str()))
    }
}

#[derive(Template)]
#[template(path = "submissions/form/kind.html")]
struct KindPage {
    chrome: Chrome,
    form: FormState,
    kinds: Vec<Choice>,
}

/// `GET /submissions/new`
///
/// # Errors
/// [`Error::NotFound`] for anyone but people of a state.
pub async fn get(who: SignedIn, kind: web::Query<Kind>) -> Result<HttpResponse> {
    let proof = state_user(&who)?;
    if let Some(chosen) = kind.chosen() {
        let mut conn = who.app.db.acquire().await?;
        let programs = draft::programs(&mut conn, &who.app.clock, proof.state_code).await?;
        let empty = ContractForm::blank(chosen);
        let held = held::found(&mut conn, &who, &post_to(chosen)).await?.filter(|_| kind.held.is_none());
        drop(conn);
        let id = held.as_ref().and_then(|held| held.value("id")?.parse().ok());
        let id = id.unwrap_or_else(|| who.app.clock.new_id());
        let as_saved = || format!("{}&held=no", post_to(chosen));
        let shown = held.as_ref().map_or_else(
            || typed(Page::Type, &empty),
            |held| typed_again(Page::Type, &empty, &held.fields().iter().cloned().collect()),
        );
        let extras = Extras { held: held.map(|held| held.notice(as_saved())), ..Extras::default() };
        return first_page(&who, StatusCode::OK, (id, extras), (&empty, &programs), &shown, &[]);
    }
    let mut form = FormState::default();
    let first = format!("kind-{}", SubmissionKind::HealthPlan.as_str());
    match (&kind.kind, &kind.start) {
        (Some(_), _) => form.refuse_at("kind", first, "Choose one of the answers listed."),
        (None, Some(_)) => form.refuse_at("kind", first, "Choose what you are sending"),
        (None, None) => {}
    }
    let offer = |kind: SubmissionKind| Choice {
        value: kind.as_str().to_owned(),
        label: in_full(kind).to_owned(),
        hint: None,
        disabled: false,
    };
    let kinds = SubmissionKind::ALL.map(offer).into();
    let status = if form.failed() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let list = ("/submissions".to_owned(), "Submissions".to_owned());
    let chrome = who.chrome("Start a submission").crumbs([list], "Start a submission").failed(form.failed());
    html(status, &KindPage { chrome, form, kinds })
}

fn in_full(kind: SubmissionKind) -> &'static str {
    match kind {
        SubmissionKind::HealthPlan => "Health plan contract",
        SubmissionKind::Eqro => "External Quality Review Organization (EQRO) contract",
    }
}

fn first_page(
    who: &SignedIn,
    status: StatusCode,
    (id, extras): (ContractReviewId, Extras),
    (empty, programs): (&ContractForm, &Programs),
    shown: &Posted,
    problems: &[Problem],
) -> Result<HttpResponse> {
    let heading = match empty.kind() {
        SubmissionKind::HealthPlan => "New health plan submission",
        SubmissionKind::Eqro => "New EQRO submission",
    };
    let frame = Frame {
        heading: heading.to_owned(),
        title: heading.to_owned(),
        crumb: "New submission".to_owned(),
        post_to: post_to(empty.kind()),
        version: None,
        id: Some(id),
        back_label: None,
        delete_href: None,
        unlocked: None,
        colleagues: Vec::new(),
        leaving: String::new(),
        extras,
    };
    let source = Source { data: empty, programs, shown, documents: &[], refused: &[] };
    draw(who, status, (Page::Type, empty), &frame, &source, problems)
}

fn post_to(kind: SubmissionKind) -> String {
    format!("/submissions/new?kind={}", kind.as_str())
}

/// `POST /submissions/new`: starts the draft, once for each page drawn.
///
/// # Errors
/// [`Error::NotFound`] for anyone but people of a state, [`Error::Unprocessable`] for a form that is none of ours.
pub async fn post(
    req: HttpRequest,
    who: SignedIn,
    kind: web::Query<Kind>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let proof = state_user(&who)?;
    let (form, stored) = PostedForm::read(&who, &req, payload, &[], proof).await?;
    let posted: Posted = form.pairs().iter().cloned().collect();
    let blank = ContractForm::blank(kind.chosen().unwrap_or(SubmissionKind::HealthPlan));
    let typed = Typed {
        action: post_to(blank.kind()),
        pairs: form.pairs().to_vec(),
        texts: gone::as_typed(Page::Type, &posted, &blank),
        leave_href: post_to(blank.kind()),
        lost: form.lost().to_vec(),
    };
    let saved = match stored {
        Ok(()) => start(&who, &kind, posted).await,
        Err(error) => Err(error),
    };
    match saved {
        Err(error) => not_saved(&who, error, typed),
        answered => answered,
    }
}

async fn start(who: &SignedIn, kind: &Kind, posted: Posted) -> Result<HttpResponse> {
    let proof = state_user(who)?;
    let outdated = || Error::unprocessable("The form lacks a field that this page sends. Open the page again.");
    let empty = ContractForm::blank(kind.chosen().ok_or_else(outdated)?);
    let autosaves = who.htmx && posted.value("action") == Some("autosave");
    let is_ours = autosaves || posted.value("action") == Some("continue");
    let id: ContractReviewId =
        posted.value("id").and_then(|id| id.parse().ok()).filter(|_| is_ours).ok_or_else(outdated)?;
    let clock = &who.app.clock;
    let mut tx = who.app.writes.begin().await?;
    let programs = draft::programs(&mut tx, clock, proof.state_code).await?;
    let form = NewForm { who, id, empty: &empty, programs: &programs, posted: &posted };
    let situation = Situation { programs: &programs, rates_were_sent: false, rates: 0 };
    let reading = match read_page(Page::Type, &posted, &empty, &situation) {
        Ok(reading) => reading,
        Err(problems) if autosaves => return form.not_autosaved(&problems),
        Err(problems) => return form.refuse(&problems),
    };
    if autosaves && changes(&empty, &reading.data).is_empty() {
        // A draft takes a number, so none begins before there is an answer to keep.
        return Ok(HttpResponse::NoContent().finish());
    }
    let package = Package { contract: &reading.data, programs: &programs, documents: &[], rates: &[] };
    let open = if autosaves { Vec::new() } else { check_page(&package, Page::Type, clock.today()) };
    if !open.is_empty() {
        return form.refuse(&open);
    }
    match draft::create(&mut tx, clock, proof, id, &reading.data, &programs).await? {
        Created::Now(key) => {
            held::forget(&mut tx, who, &post_to(empty.kind())).await?;
            if autosaves {
                let page = form.begun(&mut tx, key).await?;
                tx.commit().await?;
                return Ok(page);
            }
            tx.commit().await?;
            if !reading.notices.is_empty() {
                who.tell(&Flash::news(reading.notices.join(" ")))?;
            }
            Ok(see_other(address(&key, Page::Contract)))
        }
        Created::Before(key) if autosaves => form.begun(&mut tx, key).await,
        Created::Before(key) => {
            let submission = visible(&mut tx, proof.person, &key.to_string()).await;
            tx.rollback().await?;
            again(who, key, submission, posted).await
        }
    }
}

/// The first page once more, after it started a draft: it is saved there.
async fn again(
    who: &SignedIn,
    key: SubmissionKey,
    submission: Result<Submission>,
    posted: Posted,
) -> Result<HttpResponse> {
    match submission {
        Ok(found) if found.status.writable() => {
            save::<ContractForm>(who, &Way::new(key, Page::Type, &Asked::default()), Entry::again(posted)).await
        }
        Ok(_) => Ok(see_other(format!("/submissions/{key}"))),
        Err(Error::NotFound) => {
            who.tell(&Flash::news(format!("{key} was started from this page and deleted since.")))?;
            Ok(see_other("/submissions"))
        }
        Err(error) => Err(error),
    }
}

/// A first page as it was posted.
struct NewForm<'a> {
    who: &'a SignedIn,
    id: ContractReviewId,
    empty: &'a ContractForm,
    programs: &'a Programs,
    posted: &'a Posted,
}

impl NewForm<'_> {
    /// The page again as it was typed, with what is wrong.
    fn refuse(&self, problems: &[Problem]) -> Result<HttpResponse> {
        let shown = typed_again(Page::Type, self.empty, self.posted);
        let page = (self.id, Extras::default());
        first_page(self.who, StatusCode::UNPROCESSABLE_ENTITY, page, (self.empty, self.programs), &shown, problems)
    }

    /// The answer to an autosave in which something can't be read.
    fn not_autosaved(&self, problems: &[Problem]) -> Result<HttpResponse> {
        let shown = typed_again(Page::Type, self.empty, self.posted);
        let source = Source { data: self.empty, programs: self.programs, shown: &shown, documents: &[], refused: &[] };
        autosave::answer(Page::Type, &source, self.posted, &Outcome::refused(None, problems), None)
    }

    /// The answer to the autosave that started a draft, now or before: the page of the draft, drawn from its first
    /// version. The script goes on as that page, and what was typed since is saved over that version.
    async fn begun(&self, conn: &mut PgConnection, key: SubmissionKey) -> Result<HttpResponse> {
        let proof = state_user(self.who)?;
        let submission = visible(conn, proof.person, &key.to_string()).await?;
        if !submission.status.writable() {
            return Err(Error::NotFound);
        }
        let draft = draft::load(conn, submission).await?;
        let sheet = Sheet {
            way: &Way::new(key, Page::Type, &Asked::default()),
            draft: &draft,
            version: Entry::FIRST_VERSION,
            data: &draft.data,
            shown: typed_again(Page::Type, &draft.data, self.posted),
            problems: &[],
            programs: self.programs,
            documents: &[],
            colleagues: Vec::new(),
            extras: Extras::default(),
        };
        sheet.draw(self.who, StatusCode::OK)
    }
}
