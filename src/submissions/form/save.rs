//! `POST /submissions/{key}/edit/{page}`: saving a page of the form. A save is whole or nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use sqlx::PgConnection;

use super::autosave::{self, Outcome, Top};
use super::conflict::{Stale, Verdict, Write};
use super::entry::{Action, Entry, categories, people};
use super::files::{list_changes, taken, touched_list};
use super::page::{Extras, Sheet, colleagues};
use super::part::{Part, Sight};
use super::view::Source;
use super::way::{Asked, Way, address, steps};
use super::{gone, state_user};
use crate::documents::{self, Document, FileProblem, PostedForm, ReceivedFile};
use crate::domain::clock::Moment;
use crate::domain::document::Category;
use crate::domain::forms::{
    ContractForm, Form, Page, Posted, Problem, Programs, RateForm, changes, typed, typed_again,
};
use crate::domain::key::RateKey;
use crate::domain::lifecycle::SubmissionKind;
use crate::submissions::draft::{self, Draft};
use crate::submissions::lock;
use crate::web::flash::Flash;
use crate::web::{Error, Result, SignedIn, Typed, held, not_saved, see_other};

/// `POST /submissions/{key}/edit/{page}`
///
/// # Errors
/// [`Error::NotFound`] for anyone but the people of its state, [`Error::Unprocessable`] for a form that is none of
/// ours.
pub async fn post(
    req: HttpRequest,
    who: SignedIn,
    path: web::Path<(String, String)>,
    asked: web::Query<Asked>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    state_user(&who)?;
    let (given, segment) = path.into_inner();
    let page = Page::from_segment(&segment)
        .filter(|page| !matches!(page, Page::Rates | Page::Review))
        .ok_or(Error::NotFound)?;
    let way = Way::new(gone::known(&who, &given).await?, page, &asked);
    // Texts have the same labels in the forms of both kinds.
    take_in(&req, &who, way, payload, ContractForm::blank(SubmissionKind::HealthPlan)).await
}

/// `POST /submissions/{key}/edit/rates/{rate}`
///
/// # Errors
/// As [`post`].
pub async fn post_rate(
    req: HttpRequest,
    who: SignedIn,
    path: web::Path<(String, String)>,
    asked: web::Query<Asked>,
    payload: web::Payload,
) -> Result<HttpResponse> {
    state_user(&who)?;
    let (given, rate) = path.into_inner();
    let rate: RateKey = rate.parse().map_err(|_| Error::NotFound)?;
    let way = Way::to_rate(gone::known(&who, &given).await?, rate, &asked);
    take_in(&req, &who, way, payload, RateForm::default()).await
}

/// Reads what was posted and saves it; what can't be saved by our fault comes back with what was typed.
async fn take_in<F: Part>(
    req: &HttpRequest,
    who: &SignedIn,
    way: Way,
    payload: web::Payload,
    blank: F,
) -> Result<HttpResponse> {
    let proof = state_user(who)?;
    let (form, stored) = PostedForm::read(who, req, payload, categories(way.page), proof).await?;
    let mut entry = Entry::sort(&form, way.page, proof)?;
    if entry.action == Action::Autosave && !who.htmx {
        // The panel of a conflict is settled by a press.
        entry.action = Action::Save;
    }
    let typed = Typed {
        action: way.here(),
        pairs: entry.whole(),
        texts: gone::as_typed(way.page, &entry.posted, &blank),
        leave_href: way.here(),
        lost: form.lost().to_vec(),
    };
    let saved = match stored {
        Ok(()) => save::<F>(who, &way, entry).await,
        Err(error) => Err(error),
    };
    match saved {
        Err(error) => not_saved(who, error, typed),
        answered => answered,
    }
}

/// What a save works on.
struct Desk<'a, F> {
    who: &'a SignedIn,
    way: &'a Way,
    entry: Entry,
    draft: Draft,
    programs: Programs,
    /// The form as the draft holds it, and its documents.
    form: F,
    documents: Vec<Document>,
    /// The list in which a file is checked again.
    checked: Option<Category>,
}

/// Saves a posted page and answers.
///
/// # Errors
/// When the database fails.
pub async fn save<F: Part>(who: &SignedIn, way: &Way, entry: Entry) -> Result<HttpResponse> {
    let proof = state_user(who)?;
    let mut tx = who.app.writes.begin().await?;
    let programs = draft::programs(&mut tx, &who.app.clock, proof.state_code).await?;
    let submission = match lock(&mut tx, proof.person, &way.key.to_string()).await {
        Err(Error::NotFound) => return gone::deleted(&mut tx, who, way, &entry, &programs).await,
        found => found?,
    };
    if !submission.status.writable() {
        return gone::sent(&mut tx, who, way, &submission, &entry, &programs).await;
    }
    let draft = draft::load(&mut tx, submission).await?;
    if entry.drawn_from() < draft.first_version {
        return gone::sent(&mut tx, who, way, &draft.submission, &entry, &programs).await;
    }
    let Some(form) = F::stored(&draft, way) else {
        return gone::removed(&mut tx, who, way, &draft, &entry).await;
    };
    let owner = F::owner(&draft, way).ok_or(Error::NotFound)?;
    let checked = match entry.action {
        Action::CheckAgain(document) => documents::check_again(&mut tx, &who.app.clock, owner, document).await?,
        _ => None,
    };
    let documents = F::documents(&mut tx, &draft, way).await?;
    let desk = Desk { who, way, entry, draft, programs, form, documents, checked };
    match desk.judge(&mut tx).await? {
        Verdict::Refused { drawn_from, problems } => {
            tx.rollback().await?;
            desk.refuse(&drawn_from, &problems).await
        }
        Verdict::Clash(panel) => {
            tx.rollback().await?;
            panel.answer(who, &desk.draft.submission.name)
        }
        Verdict::Nothing { news, answers_shown } => {
            desk.forget_held(&mut tx).await?;
            tx.commit().await?;
            if desk.entry.action == Action::Autosave {
                return desk.already_saved();
            }
            if let Some(news) = news.as_deref().filter(|_| !desk.uploads_alone()) {
                who.tell(&Flash::news(news))?;
            }
            let refused = desk.entry.files.iter().filter_map(refusal).collect();
            // The script draws files anew and no answers, so it goes on from the version that it shows.
            let stays = desk.uploads_alone() && !answers_shown;
            let version = if stays { desk.entry.version } else { desk.draft.version };
            let saved = Saved { data: desk.form.clone(), version, refused };
            desk.answer(saved, news.into_iter().collect(), desk.documents.clone()).await
        }
        Verdict::Write(write) => {
            let notices = write.notices.iter().map(|notice| (*notice).to_owned()).collect();
            let saved = desk.write(&mut tx, *write).await?;
            let documents = F::documents(&mut tx, &desk.draft, way).await?;
            desk.forget_held(&mut tx).await?;
            tx.commit().await?;
            desk.answer(saved, notices, documents).await
        }
    }
}

/// A draft after a save.
struct Saved<F> {
    data: F,
    version: i32,
    refused: Vec<(Category, String)>,
}

/// Why a file was not taken.
fn refusal(file: &ReceivedFile) -> Option<(Category, String)> {
    file.outcome.as_ref().err().map(|problem| (file.category, problem.message()))
}

impl<F: Part> Desk<'_, F> {
    fn sight<'b>(&'b self, documents: &'b [Document]) -> Sight<'b> {
        Sight { draft: &self.draft, way: self.way, programs: &self.programs, documents }
    }

    async fn judge(&self, conn: &mut PgConnection) -> Result<Verdict<F>> {
        let Self { way, entry, draft, programs, form, .. } = self;
        if entry.drawn_from() != draft.version {
            let saves = draft::saves_since(conn, draft.id, entry.drawn_from()).await?;
            let me = self.who.person().id;
            return Stale { draft, form, saves: &saves, entry, way, programs, documents: &self.documents, me }.judge();
        }
        Ok(match entry.wish(way.page, form, &draft.situation(programs)) {
            Err(problems) => Verdict::Refused { drawn_from: form.clone(), problems },
            Ok(reading) => Verdict::Write(Box::new(Write {
                data: reading.data,
                notices: reading.notices,
                files: entry.files.clone(),
                remove: match entry.action {
                    Action::RemoveFile(document) => Some(document),
                    _ => None,
                },
            })),
        })
    }

    /// Whether the page's script uploads a file on its own, without the answers around it.
    fn uploads_alone(&self) -> bool {
        self.entry.action == Action::Upload && self.who.htmx
    }

    /// Drops what was held of the page, now that it is saved. An upload by itself does not save the answers.
    async fn forget_held(&self, conn: &mut PgConnection) -> Result<()> {
        if self.uploads_alone() { Ok(()) } else { held::forget(conn, self.who, &self.way.here()).await }
    }

    fn open_points(&self, data: &F, documents: &[Document]) -> Vec<Problem> {
        data.problems(&self.sight(documents), self.who.app.clock.today())
    }

    /// Writes answers and files together; the draft's version grows by one.
    async fn write(&self, conn: &mut PgConnection, write: Write<F>) -> Result<Saved<F>> {
        let (proof, clock) = (state_user(self.who)?, &self.who.app.clock);
        let owner = F::owner(&self.draft, self.way).ok_or(Error::NotFound)?;
        let mut refused = Vec::new();
        for file in &write.files {
            if let Some(refusal) = refusal(file) {
                refused.push(refusal);
            } else if let Err(problem) = documents::attach(conn, clock, proof.person, owner, file).await? {
                refused.push((file.category, problem.message()));
            }
        }
        if let Some(document) = write.remove {
            let removed = documents::remove(conn, owner, document).await?;
            removed.ok_or_else(|| Error::unprocessable("The file to be removed is not in this draft."))?;
        }
        let now = F::documents(conn, &self.draft, self.way).await?;
        let changed = list_changes(&self.documents, &now);
        let version = write.data.store(conn, clock, proof, &self.sight(&self.documents), changed).await?;
        let version = version.ok_or_else(|| anyhow::anyhow!("the draft changed under the lock of its review"))?;
        Ok(Saved { data: write.data, version, refused })
    }

    /// The status of a page that comes back: the limit of a file has one of its own.
    fn refused_as(&self) -> StatusCode {
        let too_large = |file: &ReceivedFile| matches!(file.outcome, Err(FileProblem::TooLarge { .. }));
        if self.entry.files.iter().any(too_large) {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        }
    }

    /// The page again as it was typed, with what is wrong: nothing of it was saved.
    async fn refuse(&self, drawn_from: &F, problems: &[Problem]) -> Result<HttpResponse> {
        if self.entry.action == Action::Autosave {
            let shown = typed_again(self.way.page, drawn_from, &self.entry.posted);
            let outcome = Outcome::refused(Some(self.entry.version), problems);
            return self.autosaved(drawn_from, &shown, &self.documents, &outcome);
        }
        let extras = Extras {
            kept: self.entry.kept.clone(),
            kept_names: taken(&self.entry.files),
            leave: (self.entry.action == Action::Back).then(|| self.way.back(drawn_from.contract(&self.draft))),
            refused: self.entry.files.iter().filter_map(refusal).collect(),
            ..Extras::default()
        };
        let sheet = Sheet {
            way: self.way,
            draft: &self.draft,
            version: self.entry.drawn_from(),
            data: drawn_from,
            shown: typed_again(self.way.page, drawn_from, &self.entry.posted),
            problems,
            programs: &self.programs,
            documents: &self.documents,
            colleagues: colleagues(self.who, &self.draft).await?,
            extras,
        };
        sheet.draw(self.who, self.refused_as())
    }

    /// After a save: on, or the page again when something is to be mended.
    async fn answer(&self, saved: Saved<F>, notices: Vec<String>, documents: Vec<Document>) -> Result<HttpResponse> {
        let marked = match self.entry.action {
            Action::Continue => true,
            Action::Autosave => autosave::is_marked(&self.entry.posted),
            _ => false,
        };
        let open = if marked { self.open_points(&saved.data, &documents) } else { Vec::new() };
        if self.entry.action == Action::Autosave {
            let line = autosave::saved_line(self.who);
            let outcome = Outcome { version: Some(saved.version), line, notices, problems: &open };
            return self.autosaved(&saved.data, &typed(self.way.page, &saved.data), &documents, &outcome);
        }
        if open.is_empty() && saved.refused.is_empty() && !self.uploads_alone() {
            return self.go_on(&saved, notices, &documents);
        }
        let sheet = Sheet {
            way: self.way,
            draft: &self.draft,
            version: saved.version,
            data: &saved.data,
            shown: typed(self.way.page, &saved.data),
            problems: &open,
            programs: &self.programs,
            documents: &documents,
            colleagues: colleagues(self.who, &self.draft).await?,
            extras: Extras { notices, refused: saved.refused, ..Extras::default() },
        };
        let whole = open.is_empty() && sheet.extras.refused.is_empty();
        sheet.draw(self.who, if whole { StatusCode::OK } else { self.refused_as() })
    }

    /// The answer to an autosave of what the draft holds already. The page goes on from the present version only where
    /// it shows all that this holds: else it would take back what others saved without showing it.
    fn already_saved(&self) -> Result<HttpResponse> {
        let wish = self.entry.wish(self.way.page, &self.form, &self.draft.situation(&self.programs)).ok();
        // The same once it is read: then the page shows it, as saved, and what reading changed is said again.
        let same = wish.filter(|wish| changes(&self.form, &wish.data).is_empty());
        let version = if same.is_some() { self.draft.version } else { self.entry.version };
        let open = if autosave::is_marked(&self.entry.posted) {
            self.open_points(&self.form, &self.documents)
        } else {
            Vec::new()
        };
        let line = autosave::saved_line(self.who);
        let (shown, notices) = match same {
            Some(same) => (typed(self.way.page, &self.form), same.notices),
            None => (typed_again(self.way.page, &self.form, &self.entry.posted), Vec::new()),
        };
        let notices = notices.into_iter().map(str::to_owned).collect();
        let outcome = Outcome { version: Some(version), line, notices, problems: &open };
        self.autosaved(&self.form, &shown, &self.documents, &outcome)
    }

    fn autosaved(
        &self,
        data: &F,
        shown: &Posted,
        documents: &[Document],
        outcome: &Outcome<'_>,
    ) -> Result<HttpResponse> {
        let source = Source { data, programs: &self.programs, shown, documents, refused: &[] };
        let (way, draft) = (self.way, &self.draft);
        let heading = data.heading(draft, way, &self.programs);
        let top = Top { heading, steps: steps(data.contract(draft), way.page) };
        autosave::answer(way.page, &source, &self.entry.posted, outcome, Some(top))
    }

    /// The list that this press changed something in.
    fn touched(&self, documents: &[Document]) -> Option<Category> {
        self.checked.or_else(|| touched_list(&self.documents, documents))
    }

    /// Where Continue leads; on to the first rate while there is none.
    fn after(&self, data: &F) -> String {
        let next = self.way.next(data.contract(&self.draft));
        let to_rates = next == address(&self.way.key, Page::Rates) && self.way.rate.is_none();
        if to_rates && self.draft.rates.is_empty() { format!("{next}/new") } else { next }
    }

    fn go_on(&self, saved: &Saved<F>, mut notices: Vec<String>, documents: &[Document]) -> Result<HttpResponse> {
        let way = self.way;
        let location = match self.entry.action {
            Action::Continue => self.after(&saved.data),
            Action::Back => way.back(saved.data.contract(&self.draft)),
            Action::Save | Action::Autosave => way.here(),
            Action::AddEntry => way.part(&last_entry(way.page, &saved.data)),
            Action::RemoveEntry(_) => way.part(if way.page == Page::Rate { "add_actuary" } else { "add_contact" }),
            Action::Upload | Action::RemoveFile(_) | Action::CheckAgain(_) => match self.touched(documents) {
                Some(category) => way.part(&format!("documents.{}-line", category.as_str())),
                None => way.here(),
            },
        };
        if self.entry.action == Action::Upload && self.entry.files.is_empty() {
            notices.push("No file was chosen. Choose one, then press Upload.".to_owned());
        }
        let saved_at = format!("Draft saved at {}", Moment(self.who.app.clock.now()).time_of_day());
        if self.entry.action == Action::Save {
            let text = if notices.is_empty() { saved_at } else { format!("{saved_at}. {}", notices.join(" ")) };
            self.who.tell(&Flash::success(text))?;
        } else if !notices.is_empty() {
            self.who.tell(&Flash::news(notices.join(" ")))?;
        }
        Ok(see_other(location))
    }
}

/// The first field of the last entry in the page's list of people.
fn last_entry<F: Form>(page: Page, data: &F) -> String {
    let list = people(page);
    let entries = data.document().get(list).and_then(|entries| entries.as_array().map(Vec::len)).unwrap_or_default();
    format!("{list}.{}.first_name", entries.saturating_sub(1))
}
