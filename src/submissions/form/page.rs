//! `/submissions/{key}/edit/{page}`: drawing a page of the form.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::view::{Block, Control, Source, blocks};
use super::way::{Asked, Step, Way, address, steps};
use super::{gone, review, state_user};
use crate::documents::{self, Document};
use crate::domain::document::Category;
use crate::domain::forms::{ContractForm, Form, Package, Page, Posted, Problem, Programs, check_page, typed};
use crate::domain::id::ContractReviewId;
use crate::submissions::draft::{self, Colleague, Draft};
use crate::submissions::open;
use crate::web::chrome::Chrome;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, html, see_other};

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
    /// Who else works on the draft.
    pub colleagues: Vec<Colleague>,
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
}

/// What a page of a draft is drawn from.
pub struct Sheet<'a> {
    /// Which page.
    pub way: &'a Way,
    /// The name of the submission.
    pub name: &'a str,
    /// The version that the form is drawn from.
    pub version: i32,
    /// The answers.
    pub data: &'a ContractForm,
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

impl Sheet<'_> {
    /// The page; refused when anything is wrong with it.
    ///
    /// # Errors
    /// When the page can't be drawn.
    pub fn draw(self, who: &SignedIn, status: StatusCode) -> Result<HttpResponse> {
        let key = &self.way.key;
        let frame = Frame {
            heading: self.name.to_owned(),
            title: format!("{} – {key}", self.way.page.step_name(self.data.kind())),
            crumb: key.to_string(),
            post_to: self.way.here(),
            version: Some(self.version),
            id: None,
            back_label: Some(self.way.back_label()),
            delete_href: Some(format!("/submissions/{key}/delete")),
            colleagues: self.colleagues,
            extras: self.extras,
        };
        let source = Source {
            data: self.data,
            programs: self.programs,
            shown: &self.shown,
            documents: self.documents,
            refused: &frame.extras.refused,
        };
        draw(who, status, self.way.page, &frame, &source, self.problems)
    }
}

/// A page of the form, of a draft or of one not yet started.
///
/// # Errors
/// When the page can't be drawn.
pub fn draw(
    who: &SignedIn,
    status: StatusCode,
    page: Page,
    frame: &Frame,
    source: &Source<'_>,
    problems: &[Problem],
) -> Result<HttpResponse> {
    let form = form_state(source.shown, problems, source.refused);
    let list = ("/submissions".to_owned(), "Submissions".to_owned());
    let chrome = who.chrome(&frame.title).crumbs([list], &frame.crumb).failed(form.failed());
    let drawn = source.data.drawn(page).into_iter().filter(|field| field.is_answer()).map(|field| field.key).collect();
    let (steps, blocks) = (steps(source.data, page), blocks(page, source));
    html(status, &FormPage { chrome, heading: &frame.heading, steps, form, blocks, drawn, frame })
}

/// What stands in the fields and what is wrong, as the macros take it.
fn form_state(shown: &Posted, problems: &[Problem], refused: &[(Category, String)]) -> FormState {
    let mut form = FormState::filled(shown.iter().map(|(name, value)| (name.to_owned(), showable(value))).collect());
    // The lists of files stand first on their page and show these themselves; under a name of their own the messages
    // are in the summary alone.
    for (category, message) in refused {
        let input = format!("documents.{}", category.as_str());
        form.refuse_at(format!("{input}.refused"), input, message);
    }
    for problem in problems {
        form.refuse_at(&problem.path, &problem.target, &problem.message);
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
    let proof = state_user(&who)?;
    let (given, segment) = path.into_inner();
    let page = Page::from_segment(&segment).ok_or(Error::NotFound)?;
    let mut conn = who.app.db.acquire().await?;
    let submission = open(&mut conn, &who, &given).await?;
    if !submission.status.writable() {
        who.tell(&gone::news(&mut conn, &submission).await?)?;
        return Ok(see_other(format!("/submissions/{}", submission.key)));
    }
    let programs = draft::programs(&mut conn, &who.app.clock, proof.state_code).await?;
    let draft = draft::load(&mut conn, submission).await?;
    if let (Page::Rates, Some(next)) = (page, draft.data.next(page)) {
        return Ok(see_other(address(&draft.submission.key, next)));
    }
    let documents = documents::of_submission(&mut conn, draft.id).await?;
    let colleagues = draft::colleagues(&mut conn, &who.app.clock, draft.id, proof.person.id).await?;
    drop(conn);
    let way = Way::new(draft.submission.key.clone(), page, &asked);
    if page == Page::Review {
        return review::draw(&who, &draft, &programs, &documents, colleagues, StatusCode::OK);
    }
    let problems = if asked.marked() { problems(&who, page, &draft.data, &programs, &documents) } else { Vec::new() };
    let sheet = Sheet {
        way: &way,
        name: &draft.submission.name,
        version: draft.version,
        data: &draft.data,
        shown: typed(page, &draft.data),
        problems: &problems,
        programs: &programs,
        documents: &documents,
        colleagues,
        extras: Extras::default(),
    };
    sheet.draw(&who, StatusCode::OK)
}

/// The open points of a page.
pub fn problems(
    who: &SignedIn,
    page: Page,
    data: &ContractForm,
    programs: &Programs,
    documents: &[Document],
) -> Vec<Problem> {
    let documents: Vec<_> = documents.iter().map(Document::facts).collect();
    let package = Package { contract: data, programs, documents: &documents, rates: &[] };
    check_page(&package, page, who.app.clock.today())
}

/// Draws the page again after a refused or a saved press: who else works on the draft is read anew.
///
/// # Errors
/// When the database fails.
pub async fn colleagues(who: &SignedIn, draft: &Draft) -> Result<Vec<Colleague>> {
    let mut conn = who.app.db.acquire().await?;
    draft::colleagues(&mut conn, &who.app.clock, draft.id, who.person().id).await
}
