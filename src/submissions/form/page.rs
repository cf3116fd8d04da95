//! `/submissions/{key}/edit/{page}`: drawing a page of the form.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use sqlx::PgConnection;

use super::entry::Entry;
use super::part::{Part, Sight};
use super::view::{Block, Control, Source, blocks};
use super::way::{Asked, Step, Way, address, steps};
use super::{gone, rates, review, state_user};
use crate::documents::{self, Document};
use crate::domain::document::Category;
use crate::domain::forms::{ContractForm, Form, Page, Posted, Problem, Programs, RateForm, typed, typed_again};
use crate::domain::id::ContractReviewId;
use crate::domain::key::RateKey;
use crate::submissions::draft::{self, Colleague, Draft, Unlocked};
use crate::submissions::open;
use crate::web::chrome::Chrome;
use crate::web::form::{FormState, HeldNotice};
use crate::web::{Error, Result, SignedIn, held, html, see_other};

#[derive(Template)]
#[template(path = "submissions/form/page.html")]
struct FormPage<'a> {
    chrome: Chrome,
    heading: &'a str,
    steps: Vec<Step>,
    form: FormState,
    blocks: Vec<Block>,
    drawn: Vec<&'static str>,
    frame: &'a Frame,
}

/// What stands around the questions of a page.
pub struct Frame {
    /// The heading.
    pub heading: String,
    /// The title of the page.
    pub title: String,
    /// The last step of the breadcrumb.
    pub crumb: String,
    /// Where the form is posted.
    pub post_to: String,
    /// The version that it is drawn from; none of a draft not yet started.
    pub version: Option<i32>,
    /// The key under which a draft is started.
    pub id: Option<ContractReviewId>,
    /// The words on Back; none where there is Cancel instead.
    pub back_label: Option<&'static str>,
    /// Where a draft is deleted.
    pub delete_href: Option<String>,
    /// Why CMS gave the submission back.
    pub unlocked: Option<Unlocked>,
    /// Who else works on the draft.
    pub colleagues: Vec<Colleague>,
    /// The rates that leave the draft with the answers given, if they do.
    pub leaving: String,
    /// What else is said.
    pub extras: Extras,
}

/// What a page says besides its questions.
#[derive(Default)]
pub struct Extras {
    /// What the save changed on its own.
    pub notices: Vec<String>,
    /// What stands for files that came with a refused page.
    pub kept: Vec<String>,
    /// The names of those files.
    pub kept_names: Vec<String>,
    /// The link by which a refused page is left without saving.
    pub leave: Option<String>,
    /// Files that were not taken, and why.
    pub refused: Vec<(Category, String)>,
    /// Whether the page shows its problems as they come and go.
    pub marked: bool,
    /// What is said of a form that was held.
    pub held: Option<HeldNotice>,
}

/// What a page of a draft is drawn from.
pub struct Sheet<'a, F> {
    /// Which page.
    pub way: &'a Way,
    /// The draft.
    pub draft: &'a Draft,
    /// The version that the form is drawn from.
    pub version: i32,
    /// The answers.
    pub data: &'a F,
    /// What stands in the fields.
    pub shown: Posted,
    /// What is wrong.
    pub problems: &'a [Problem],
    /// The programs of the state.
    pub programs: &'a Programs,
    /// The documents of the draft.
    pub documents: &'a [Document],
    /// Who else works on the draft.
    pub colleagues: Vec<Colleague>,
    /// What else is said.
    pub extras: Extras,
}

impl<F: Part> Sheet<'_, F> {
    /// The page; refused when anything is wrong with it.
    ///
    /// # Errors
    /// When the page can't be drawn.
    pub fn draw(self, who: &SignedIn, status: StatusCode) -> Result<HttpResponse> {
        let key = &self.way.key;
        let frame = Frame {
            heading: self.data.heading(self.draft, self.way, self.programs),
            title: match &self.way.rate {
                Some(rate) => format!("Rate {rate} – {key}"),
                None => format!("{} – {key}", self.way.page.step_name(self.draft.submission.kind)),
            },
            crumb: key.to_string(),
            post_to: self.way.here(),
            version: Some(self.version),
            id: None,
            back_label: Some(self.way.back_label()),
            delete_href: Some(format!("/submissions/{key}/delete"))
                .filter(|_| self.draft.is_first() && self.way.rate.is_none()),
            unlocked: self.draft.unlocked.clone(),
            colleagues: self.colleagues,
            leaving: self.draft.rates.iter().map(|rate| rate.key.to_string()).collect::<Vec<_>>().join(", "),
            extras: self.extras,
        };
        let source = Source {
            data: self.data,
            programs: self.programs,
            shown: &self.shown,
            documents: self.documents,
            refused: &frame.extras.refused,
        };
        let contract = self.data.contract(self.draft);
        draw(who, status, (self.way.page, contract), &frame, &source, self.problems)
    }
}

/// A page of the form, of a draft or of one not yet started.
///
/// # Errors
/// When the page can't be drawn.
pub fn draw<F: Form>(
    who: &SignedIn,
    status: StatusCode,
    (page, contract): (Page, &ContractForm),
    frame: &Frame,
    source: &Source<'_, F>,
    problems: &[Problem],
) -> Result<HttpResponse> {
    let form = form_state(source.shown, problems, source.refused).held_as(frame.extras.held.clone());
    let list = ("/submissions".to_owned(), "Submissions".to_owned());
    let chrome = who.chrome(&frame.title).crumbs([list], &frame.crumb).failed(form.failed());
    let drawn = source.data.drawn(page).into_iter().filter(|field| field.is_answer()).map(|field| field.key).collect();
    let (steps, blocks) = (steps(contract, page), blocks(page, source));
    html(status, &FormPage { chrome, heading: &frame.heading, steps, form, blocks, drawn, frame })
}

/// What stands in the fields and what is wrong, as the macros take it.
pub fn form_state(shown: &Posted, problems: &[Problem], refused: &[(Category, String)]) -> FormState {
    let mut form = FormState::filled(shown.iter().map(|(name, value)| (name.to_owned(), showable(value))).collect());
    // The lists of files stand first on their page and show these themselves; under a name of their own the messages
    // are in the summary alone.
    for (category, message) in refused {
        let input = format!("documents.{}", category.as_str());
        form.refuse_at(format!("{input}.refused"), input, message);
    }
    for problem in problems {
        form.refuse_at(problem.control(), &problem.target, &problem.message);
    }
    form
}

/// What was typed, with a mark in place of each character that no page can hold.
fn showable(typed: &str) -> String {
    typed.replace(|character: char| character.is_control() && !"\n\r\t".contains(character), "\u{fffd}")
}

/// `GET /submissions/{key}/edit/{page}`
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state.
pub async fn get(who: SignedIn, path: web::Path<(String, String)>, asked: web::Query<Asked>) -> Result<HttpResponse> {
    let (given, segment) = path.into_inner();
    let page = Page::from_segment(&segment).ok_or(Error::NotFound)?;
    let mut conn = who.app.db.acquire().await?;
    let opened = match open_draft(&mut conn, &who, &given).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let way = Way::new(opened.draft.submission.key.clone(), page, &asked);
    match page {
        Page::Rates if !opened.draft.data.steps().contains(&page) => {
            let next = opened.draft.data.next(page).unwrap_or(Page::Review);
            Ok(see_other(address(&way.key, next)))
        }
        Page::Rates => rates::draw(&who, &mut conn, &way, &opened, &asked).await,
        Page::Review => {
            let documents = documents::of_submission(&mut conn, opened.draft.id).await?;
            let here = address(&way.key, Page::Review);
            let held = held::found(&mut conn, &who, &here).await?.filter(|_| !asked.as_saved());
            drop(conn);
            let Opened { draft, programs, colleagues } = opened;
            let form = review::begun(held, &way);
            review::draw(&who, &draft, &programs, &documents, colleagues, form, StatusCode::OK)
        }
        _ => draw_stored::<ContractForm>(&who, &mut conn, &way, opened, &asked).await,
    }
}

/// `GET /submissions/{key}/edit/rates/{rate}`
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state, and for a rate that is not the draft's own to edit.
pub async fn get_rate(
    who: SignedIn,
    path: web::Path<(String, String)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse> {
    let (given, rate) = path.into_inner();
    let key: RateKey = rate.parse().map_err(|_| Error::NotFound)?;
    let mut conn = who.app.db.acquire().await?;
    let opened = match open_draft(&mut conn, &who, &given).await? {
        Ok(opened) => opened,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if rate != key.to_string() {
        return Err(Error::Moved(who.here().replacen(&rate, &key.to_string(), 1)));
    }
    let way = Way::to_rate(opened.draft.submission.key.clone(), key, &asked);
    draw_stored::<RateForm>(&who, &mut conn, &way, opened, &asked).await
}

/// A draft as a page opens it.
pub struct Opened {
    /// The draft.
    pub draft: Draft,
    /// The programs of its state.
    pub programs: Programs,
    /// Who else works on it.
    pub colleagues: Vec<Colleague>,
}

/// The draft that an address names, for the people of its state; what can't be edited leads on to its page with the
/// news.
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state.
pub async fn open_draft(
    conn: &mut PgConnection,
    who: &SignedIn,
    given: &str,
) -> Result<std::result::Result<Opened, HttpResponse>> {
    let proof = state_user(who)?;
    let submission = open(conn, who, given).await?;
    if !submission.status.writable() {
        who.tell(&gone::news(conn, &submission).await?)?;
        return Ok(Err(see_other(format!("/submissions/{}", submission.key))));
    }
    let programs = draft::programs(conn, &who.app.clock, proof.state_code).await?;
    let draft = draft::load(conn, submission).await?;
    let colleagues = draft::colleagues(conn, &who.app.clock, draft.id, proof.person.id).await?;
    Ok(Ok(Opened { draft, programs, colleagues }))
}

/// A page as its form is stored.
///
/// # Errors
/// [`Error::NotFound`] when the draft has no such form.
pub async fn draw_stored<F: Part>(
    who: &SignedIn,
    conn: &mut PgConnection,
    way: &Way,
    opened: Opened,
    asked: &Asked,
) -> Result<HttpResponse> {
    let Opened { draft, programs, colleagues } = opened;
    let data = F::stored(&draft, way).ok_or(Error::NotFound)?;
    let documents = F::documents(conn, &draft, way).await?;
    let sight = Sight { draft: &draft, way, programs: &programs, documents: &documents };
    if let Some(entry) = held_entry(who, conn, way, asked).await? {
        return draw_held(who, &sight, &data, colleagues, entry);
    }
    let problems = if asked.marked() { data.problems(&sight, who.app.clock.today()) } else { Vec::new() };
    let sheet = Sheet {
        way,
        draft: &draft,
        version: draft.version,
        data: &data,
        shown: typed(way.page, &data),
        problems: &problems,
        programs: &programs,
        documents: &documents,
        colleagues,
        extras: Extras { marked: asked.marked(), ..Extras::default() },
    };
    sheet.draw(who, StatusCode::OK)
}

/// What is held of the page, and what is said of it.
async fn held_entry(
    who: &SignedIn,
    conn: &mut PgConnection,
    way: &Way,
    asked: &Asked,
) -> Result<Option<(Entry, HeldNotice)>> {
    if asked.as_saved() {
        return Ok(None);
    }
    let held = held::found(conn, who, &way.here()).await?;
    // What is none of the page's forms is not shown.
    Ok(held.and_then(|held| Some((Entry::held(held.fields(), way.page).ok()?, held.notice(way.as_saved())))))
}

/// The page as it was typed before the session ended, with the version that it was drawn from. Nothing of it is saved.
fn draw_held<F: Part>(
    who: &SignedIn,
    sight: &Sight<'_>,
    data: &F,
    colleagues: Vec<Colleague>,
    (entry, notice): (Entry, HeldNotice),
) -> Result<HttpResponse> {
    let sheet = Sheet {
        way: sight.way,
        draft: sight.draft,
        version: entry.drawn_from(),
        data,
        shown: typed_again(sight.way.page, data, &entry.posted),
        problems: &[],
        programs: sight.programs,
        documents: sight.documents,
        colleagues,
        extras: Extras { held: Some(notice), ..Extras::default() },
    };
    sheet.draw(who, StatusCode::OK)
}

/// Draws the page again after a refused or a saved press: who else works on the draft is read anew.
///
/// # Errors
/// When the database fails.
pub async fn colleagues(who: &SignedIn, draft: &Draft) -> Result<Vec<Colleague>> {
    let mut conn = who.app.db.acquire().await?;
    draft::colleagues(&mut conn, &who.app.clock, draft.id, who.person().id).await
}
