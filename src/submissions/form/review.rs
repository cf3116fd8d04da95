//! `/submissions/{key}/edit/review`: everything on one page, what is still open, and sending it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use sqlx::{Postgres, Transaction};

use super::told::{heading, told};
use super::way::{Step, Way, address, steps};
use super::{gone, state_user};
use crate::documents::{self, Document};
use crate::domain::clock::Clock;
use crate::domain::document::Category;
use crate::domain::forms::{
    ContractForm, Determination, ListedProvision, NOT_ANSWERED, Package, Page, Problem, Programs, ProvisionLists,
    Section, check, determination, rate_section, sections,
};
use crate::domain::id::AccountId;
use crate::domain::lifecycle::{ContractReviewAction, SubmissionKind};
use crate::domain::role::Side;
use crate::domain::text::{Text, is_blank};
use crate::rates::{self, Content, DraftRate, SentFacts};
use crate::reviews;
use crate::submissions::draft::{self, Colleague, Draft, PastSave};
use crate::submissions::submit;
use crate::submissions::{Submission, lock};
use crate::web::chrome::Chrome;
use crate::web::conflict::ConflictPanel;
use crate::web::flash::Flash;
use crate::web::form::FormState;
use crate::web::held::{self, Held};
use crate::web::posted::Posted;
use crate::web::{Error, Result, SignedIn, html, see_other};

#[derive(Template)]
#[template(path = "submissions/form/review.html")]
struct ReviewPage<'a> {
    chrome: Chrome,
    draft: &'a Draft,
    here: String,
    steps: Vec<Step>,
    open: Vec<OpenPage>,
    open_points: usize,
    pressed: bool,
    sections: Vec<Section>,
    /// Where the rates stand: behind the contract, of what can be sent with rates.
    rates: Option<Vec<RateReview<'a>>>,
    lists: Vec<DocumentList<'a>>,
    colleagues: Vec<Colleague>,
    says: String,
    /// What stands in the form that sends it.
    form: FormState,
    not_answered: &'static str,
}

/// The open points of a page.
struct OpenPage {
    title: &'static str,
    points: Vec<(String, String)>,
}

/// A rate of the package.
struct RateReview<'a> {
    key: String,
    name: String,
    /// Where it is edited, if it is here.
    edit: Option<String>,
    linked_from: Option<String>,
    section: Option<Section>,
    sent: Option<&'a SentFacts>,
    lists: Vec<DocumentList<'a>>,
}

impl RateReview<'_> {
    fn answer_at(&self, target: &str) -> String {
        format!("{}#{target}", self.edit.as_deref().unwrap_or_default())
    }
}

/// The documents of a category.
struct DocumentList<'a> {
    title: &'static str,
    required: bool,
    edit: String,
    documents: Vec<&'a Document>,
}

#[derive(Debug, Deserialize)]
struct SubmitForm {
    version: i32,
    action: String,
    #[serde(default)]
    summary: String,
}

impl ReviewPage<'_> {
    /// The address at which a question is answered.
    fn answer_at(&self, page: &Page, target: &str) -> String {
        format!("{}?from=review#{target}", self.page(page))
    }

    fn edit(&self, page: &Page) -> String {
        format!("{}?from=review", self.page(page))
    }

    fn edit_rates(&self) -> String {
        self.edit(&Page::Rates)
    }

    fn page(&self, page: &Page) -> String {
        address(&self.draft.submission.key, *page)
    }

    /// The lists of provisions with their headings, and whether they are still to be answered.
    fn provision_lists<'l>(&self, lists: &'l ProvisionLists) -> [(&'static str, &'l [ListedProvision], bool); 3] {
        [
            ("Provisions included", &lists.included, false),
            ("Provisions not included", &lists.not_included, false),
            ("Provisions not answered yet", &lists.open, true),
        ]
    }

    fn send_label(&self) -> &'static str {
        let action = if self.draft.is_first() { ContractReviewAction::Submit } else { ContractReviewAction::Resubmit };
        action.rule().label
    }

    /// The version that the form is drawn from; of one that was held, that of then.
    fn version(&self) -> i32 {
        self.form.value("version").parse().unwrap_or(self.draft.version)
    }

    fn previous(&self) -> String {
        self.page(&Page::Contacts)
    }
}

/// What stands in the form at first: the summary that was typed when the session had ended.
pub fn begun(held: Option<Held>, way: &Way) -> FormState {
    let typed = |held: &Held| held.value("summary").is_some_and(|summary| !is_blank(summary));
    held.filter(typed).map_or_else(FormState::default, |held| {
        FormState::filled(held.fields().to_vec()).held_as(Some(held.notice(way.as_saved())))
    })
}

/// The review page; refused when Submit was pressed while points are open.
///
/// # Errors
/// When the page can't be drawn.
pub fn draw(
    who: &SignedIn,
    draft: &Draft,
    programs: &Programs,
    documents: &[Document],
    colleagues: Vec<Colleague>,
    form: FormState,
    status: StatusCode,
) -> Result<HttpResponse> {
    let pressed = status != StatusCode::OK;
    let key = &draft.submission.key;
    let problems = open_points(draft, programs, documents, &who.app.clock);
    let list = ("/submissions".to_owned(), "Submissions".to_owned());
    let title = format!("{} – {key}", Page::Review.step_name(draft.data.kind()));
    let page = ReviewPage {
        chrome: who.chrome(title).crumbs([list], &key.to_string()).failed(pressed),
        here: address(key, Page::Review),
        steps: steps(&draft.data, Page::Review),
        open: by_page(draft, &problems),
        open_points: problems.len() + form.problems().len(),
        pressed,
        sections: sections(&draft.data, programs.read_by(Side::State)),
        rates: draft
            .data
            .steps()
            .contains(&Page::Rates)
            .then(|| draft.rates.iter().map(|rate| rate_review(draft, rate, programs)).collect()),
        lists: Category::CONTRACT.into_iter().map(|category| document_list(draft, category, documents)).collect(),
        colleagues,
        form,
        says: says_beforehand(draft),
        not_answered: NOT_ANSWERED,
        draft,
    };
    html(status, &page)
}

fn open_points(draft: &Draft, programs: &Programs, documents: &[Document], clock: &Clock) -> Vec<Problem> {
    let documents: Vec<_> = documents.iter().map(Document::facts).collect();
    let rates: Vec<_> = draft.rates.iter().map(DraftRate::in_package).collect();
    check(&Package { contract: &draft.data, programs, documents: &documents, rates: &rates }, clock.today())
}

fn by_page(draft: &Draft, problems: &[Problem]) -> Vec<OpenPage> {
    let of = |page: Page| OpenPage {
        title: page.step_name(draft.data.kind()),
        points: problems
            .iter()
            .filter(|problem| problem.page.step() == page)
            .map(|problem| {
                let list = address(&draft.submission.key, page);
                match problem.rate.as_ref().map(ToString::to_string) {
                    Some(key) if problem.page == Page::Rate => {
                        let message = format!("{key}: {}", problem.message);
                        (format!("{list}/{key}?from=review&check=1#{}", problem.target), message)
                    }
                    Some(key) => (format!("{list}/{key}?from=review&check=1"), problem.message.clone()),
                    None => (format!("{list}?from=review&check=1#{}", problem.target), problem.message.clone()),
                }
            })
            .collect(),
    };
    draft.data.steps().iter().map(|page| of(*page)).filter(|page| !page.points.is_empty()).collect()
}

fn rate_review<'a>(draft: &'a Draft, rate: &'a DraftRate, programs: &Programs) -> RateReview<'a> {
    let linked = rate.parent != draft.submission.key;
    let mut review = RateReview {
        key: rate.key.to_string(),
        name: rate.name.clone(),
        edit: None,
        linked_from: linked.then(|| rate.parent.to_string()),
        section: None,
        sent: None,
        lists: Vec::new(),
    };
    match &rate.content {
        Content::Own(own) => {
            let page = format!("{}/{}", address(&draft.submission.key, Page::Rates), rate.key);
            review.name = own.form.name(&rate.key.state_code, programs);
            review.section = Some(rate_section(&own.form, programs.read_by(Side::State)));
            review.lists = Category::RATE
                .into_iter()
                .map(|category| DocumentList {
                    title: category.label(),
                    required: category == Category::RateCertification,
                    edit: format!("{page}?from=review#documents.{}", category.as_str()),
                    documents: own.documents.iter().filter(|document| document.category == category).collect(),
                })
                .collect();
            review.edit = Some(format!("{page}?from=review"));
        }
        Content::Sent(facts) => review.sent = Some(facts),
    }
    review
}

fn document_list<'a>(draft: &Draft, category: Category, documents: &'a [Document]) -> DocumentList<'a> {
    let contract = address(&draft.submission.key, Page::Contract);
    DocumentList {
        title: if category == Category::Contract { "Contract documents" } else { "Supporting documents" },
        required: category == Category::Contract,
        edit: format!("{contract}?from=review#documents.{}", category.as_str()),
        documents: documents.iter().filter(|document| document.category == category).collect(),
    }
}

fn says_beforehand(draft: &Draft) -> String {
    let name = &draft.submission.name;
    let decided = determination(&draft.data);
    if let ContractForm::Eqro(eqro) = &draft.data {
        let said = if eqro.is_undecided() {
            "some of them are still missing".to_owned()
        } else {
            format!("with these: {}. {}", decided.decision().to_lowercase(), decided.why())
        };
        let said = said.trim_end_matches('.');
        return format!(
            "Your answers decide whether CMS reviews {name}; {said}. It is locked afterwards; you can’t change it unless CMS unlocks it."
        );
    }
    match decided {
        Determination::SubjectToReview { .. } => {
            format!("{name} goes to CMS for review. You can’t change it afterwards unless CMS unlocks it.")
        }
        Determination::NotSubject { .. } => format!(
            "{name} is CHIP-only: it is kept for the record and not reviewed. It is locked afterwards; you can’t change it unless CMS unlocks it."
        ),
    }
}

fn says_afterwards(kind: SubmissionKind, name: &str, determination: &Determination, again: bool) -> String {
    let name = &if again { format!("{name} was sent to CMS again") } else { format!("{name} was sent to CMS") };
    match determination {
        _ if kind == SubmissionKind::Eqro => {
            format!("{name}. Decision: {}.", determination.decision().to_lowercase())
        }
        Determination::SubjectToReview { .. } => format!("{name}. To change it, ask CMS to unlock it."),
        Determination::NotSubject { .. } => format!("{name}. It is not subject to review."),
    }
}

/// `POST /submissions/{key}/edit/review`: sends the draft to CMS.
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state.
pub async fn post(who: SignedIn, path: web::Path<String>, posted: Posted) -> Result<HttpResponse> {
    let proof = state_user(&who)?;
    let clock = &who.app.clock;
    let mut tx = who.app.writes.begin().await?;
    let submission = lock(&mut tx, proof.person, &path).await?;
    let form: SubmitForm = posted.read()?;
    if form.action != "submit" {
        return Err(Error::unprocessable("The form lacks a field that this page sends. Open the page again."));
    }
    if !submission.status.writable() {
        let sent = gone::latest_sent(&mut tx, &submission).await?;
        // One's own second press is answered like the first.
        if sent.end.by == Some(proof.person.id) && sent.version == form.version + 1 {
            return sent_answer(&who, &submission, &submission.name, &determination(&sent.data), sent.revision > 1);
        }
        return gone::sent_panel(&submission, &sent.end, Vec::new()).answer(&who, &submission.name);
    }
    let programs = draft::programs(&mut tx, clock, proof.state_code).await?;
    let draft = draft::load(&mut tx, submission).await?;
    rates::lock(&mut tx, draft.package()).await?;
    reviews::lock_all(&mut tx, draft.submission.id).await?;
    let summary = match Text::REASON.required("Summarize what you changed.").read(&form.summary) {
        Err(sentence) if !draft.is_first() => {
            let mut state = FormState::filled(posted.pairs()?);
            state.refuse("summary", sentence);
            return refused(&who, tx, &draft, &programs, state).await;
        }
        read => read.unwrap_or_default(),
    };
    if form.version < draft.first_version {
        let sent = gone::latest_sent(&mut tx, &draft.submission).await?;
        let copy = vec![("Summary of changes".to_owned(), form.summary)];
        return gone::sent_panel(&draft.submission, &sent.end, copy).answer(&who, &draft.submission.name);
    }
    if form.version > draft.version {
        return Err(Error::unprocessable("The form was drawn from a version that never was. Open the page again."));
    }
    if form.version != draft.version {
        let saves = draft::saves_since(&mut tx, draft.id, form.version).await?;
        return panel(&draft, &saves, &programs, proof.person.id, &form).answer(&who, &draft.submission.name);
    }
    match submit::submit(&mut tx, clock, proof, &draft, &programs, summary.as_deref()).await? {
        Ok(sent) => {
            held::forget(&mut tx, &who, &address(&draft.submission.key, Page::Review)).await?;
            tx.commit().await?;
            sent_answer(&who, &draft.submission, &sent.name, &sent.determination, !draft.is_first())
        }
        Err(_) => refused(&who, tx, &draft, &programs, FormState::filled(posted.pairs()?)).await,
    }
}

/// The page again, with what was typed and what is open; nothing is sent.
async fn refused(
    who: &SignedIn,
    mut tx: Transaction<'_, Postgres>,
    draft: &Draft,
    programs: &Programs,
    form: FormState,
) -> Result<HttpResponse> {
    let documents = documents::of_submission(&mut tx, draft.id).await?;
    let colleagues = draft::colleagues(&mut tx, &who.app.clock, draft.id, who.person().id).await?;
    tx.rollback().await?;
    draw(who, draft, programs, &documents, colleagues, form, StatusCode::UNPROCESSABLE_ENTITY)
}

fn sent_answer(
    who: &SignedIn,
    submission: &Submission,
    name: &str,
    determination: &Determination,
    again: bool,
) -> Result<HttpResponse> {
    who.tell(&Flash::success(says_afterwards(submission.kind, name, determination, again)))?;
    Ok(see_other(format!("/submissions/{}", submission.key)))
}

fn panel(draft: &Draft, saves: &[PastSave], programs: &Programs, me: AccountId, form: &SubmitForm) -> ConflictPanel {
    let review = address(&draft.submission.key, Page::Review);
    let hidden =
        [("version", draft.version.to_string()), ("action", "submit".to_owned()), ("summary", form.summary.clone())];
    ConflictPanel {
        heading: heading(saves, me).replacen("Not saved", "Not sent", 1),
        lead: vec![
            "Nothing was sent. Read what changed, then send it as it is now, or go back to the whole page.".to_owned(),
        ],
        changes: told(saves, &draft.data, programs, me),
        action: review.clone(),
        hidden: hidden.map(|(name, value)| (name.to_owned(), value)).into(),
        save_label: Some("Submit to CMS as it is now".to_owned()),
        next_step: Some((review.clone(), "Look at the whole page first".to_owned())),
        leave_href: review,
        ..ConflictPanel::default()
    }
}
