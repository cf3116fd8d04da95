//! `POST /submissions/{key}/edit/{page}`: saving a page of the form. A save is whole or nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use sqlx::PgConnection;

use super::conflict::{Stale, Verdict, Write};
use super::entry::{Action, Entry, categories};
use super::page::{Extras, Sheet, colleagues, problems};
use super::way::{Asked, Way};
use super::{gone, state_user};
use crate::documents::{self, Document, FileProblem, PostedForm, ReceivedFile};
use crate::domain::clock::Moment;
use crate::domain::document::Category;
use crate::domain::forms::{Change, HealthPlan, Page, Problem, Programs, Situation, typed, typed_again};
use crate::submissions::draft::{self, Draft, Save};
use crate::submissions::lock;
use crate::web::flash::Flash;
use crate::web::{Error, Result, SignedIn, see_other};

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
    let proof = state_user(&who)?;
    let (given, segment) = path.into_inner();
    let page = Page::from_segment(&segment).filter(|page| *page != Page::Review).ok_or(Error::NotFound)?;
    let key = gone::known(&who, &given).await?;
    let form = PostedForm::read(&who, &req, payload, categories(page), proof).await?;
    save(&who, &Way::new(key, page, &asked), Entry::sort(&form, page, proof)?).await
}

/// What a save works on.
struct Desk<'a> {
    who: &'a SignedIn,
    way: &'a Way,
    entry: Entry,
    draft: Draft,
    programs: Programs,
    documents: Vec<Document>,
    /// The list in which a file is checked again.
    checked: Option<Category>,
}

/// Saves a posted page and answers.
///
/// # Errors
/// When the database fails.
pub async fn save(who: &SignedIn, way: &Way, entry: Entry) -> Result<HttpResponse> {
    let proof = state_user(who)?;
    let mut tx = who.app.db.begin().await?;
    let programs = draft::programs(&mut tx, &who.app.clock, proof.state_code).await?;
    let submission = match lock(&mut tx, proof.person, &way.key.to_string()).await {
        Err(Error::NotFound) => return gone::deleted(&mut tx, who, way, &entry, &programs).await,
        found => found?,
    };
    if !submission.status.writable() {
        return gone::sent(&mut tx, who, way, &submission, &entry, &programs).await;
    }
    let draft = draft::load(&mut tx, submission).await?;
    let checked = match entry.action {
        // A file that somebody else took out meanwhile needs no check.
        Action::CheckAgain(document) => documents::check_again(&mut tx, &who.app.clock, draft.id, document).await?,
        _ => None,
    };
    let documents = documents::of_submission(&mut tx, draft.id).await?;
    let desk = Desk { who, way, entry, draft, programs, documents, checked };
    match desk.judge(&mut tx).await? {
        Verdict::Refused { drawn_from, problems } => {
            tx.rollback().await?;
            desk.refuse(&drawn_from, &problems).await
        }
        Verdict::Clash(panel) => {
            tx.rollback().await?;
            panel.answer(who, &desk.draft.submission.name)
        }
        Verdict::Nothing { news } => {
            tx.commit().await?;
            if let Some(news) = &news {
                who.tell(&Flash::news(news))?;
            }
            let refused = desk.entry.files.iter().filter_map(refusal).collect();
            let saved = Saved { data: desk.draft.data.clone(), version: desk.draft.version, refused };
            desk.answer(saved, news.into_iter().collect(), desk.documents.clone()).await
        }
        Verdict::Write(write) => {
            let notices = write.notices.iter().map(|notice| (*notice).to_owned()).collect();
            let saved = desk.write(&mut tx, *write).await?;
            let documents = documents::of_submission(&mut tx, desk.draft.id).await?;
            tx.commit().await?;
            desk.answer(saved, notices, documents).await
        }
    }
}

/// A draft after a save.
struct Saved {
    data: HealthPlan,
    version: i32,
    refused: Vec<(Category, String)>,
}

/// Why a file was not taken.
fn refusal(file: &ReceivedFile) -> Option<(Category, String)> {
    file.outcome.as_ref().err().map(|problem| (file.category, problem.message()))
}

impl Desk<'_> {
    async fn judge(&self, conn: &mut PgConnection) -> Result<Verdict> {
        let Self { way, entry, draft, programs, .. } = self;
        if entry.drawn_from() != draft.version {
            let saves = draft::saves_since(conn, draft.id, entry.drawn_from()).await?;
            let me = self.who.person().id;
            return Stale { draft, saves: &saves, entry, way, programs, documents: &self.documents, me }.judge();
        }
        let situation = Situation { programs, rates_were_sent: false };
        Ok(match entry.wish(way.page, &draft.data, &situation) {
            Err(problems) => Verdict::Refused { drawn_from: draft.data.clone(), problems },
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

    /// Writes answers and files together; the draft's version grows by one.
    async fn write(&self, conn: &mut PgConnection, write: Write) -> Result<Saved> {
        let (proof, clock) = (state_user(self.who)?, &self.who.app.clock);
        let mut refused = Vec::new();
        for file in &write.files {
            if let Some(refusal) = refusal(file) {
                refused.push(refusal);
            } else if let Err(problem) = documents::attach(conn, clock, proof.person, self.draft.id, file).await? {
                refused.push((file.category, problem.message()));
            }
        }
        if let Some(document) = write.remove {
            let removed = documents::remove(conn, self.draft.id, document).await?;
            removed.ok_or_else(|| Error::unprocessable("The file to be removed is not in this draft."))?;
        }
        let now = documents::of_submission(conn, self.draft.id).await?;
        let save = Save { data: &write.data, documents: list_changes(&self.documents, &now) };
        let version = draft::save(conn, clock, proof, &self.draft, save, &self.programs).await?;
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
    async fn refuse(&self, drawn_from: &HealthPlan, problems: &[Problem]) -> Result<HttpResponse> {
        let extras = Extras {
            kept: self.entry.kept.clone(),
            kept_names: taken(&self.entry.files),
            leave: (self.entry.action == Action::Back).then(|| self.way.back()),
            refused: self.entry.files.iter().filter_map(refusal).collect(),
            notices: Vec::new(),
        };
        let sheet = Sheet {
            way: self.way,
            name: &self.draft.submission.name,
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
    async fn answer(&self, saved: Saved, notices: Vec<String>, documents: Vec<Document>) -> Result<HttpResponse> {
        let open = match self.entry.action {
            Action::Continue => problems(self.who, self.way.page, &saved.data, &self.programs, &documents),
            _ => Vec::new(),
        };
        if open.is_empty() && saved.refused.is_empty() {
            return self.go_on(&saved, notices, &documents);
        }
        let name = draft::name(&self.way.key, &saved.data, &self.programs);
        let sheet = Sheet {
            way: self.way,
            name: &name,
            version: saved.version,
            data: &saved.data,
            shown: typed(self.way.page, &saved.data),
            problems: &open,
            programs: &self.programs,
            documents: &documents,
            colleagues: colleagues(self.who, &self.draft).await?,
            extras: Extras { notices, refused: saved.refused, ..Extras::default() },
        };
        sheet.draw(self.who, self.refused_as())
    }

    /// The list that this press changed something in.
    fn touched(&self, documents: &[Document]) -> Option<Category> {
        self.checked.or_else(|| touched_list(&self.documents, documents))
    }

    fn go_on(&self, saved: &Saved, mut notices: Vec<String>, documents: &[Document]) -> Result<HttpResponse> {
        let way = self.way;
        let location = match self.entry.action {
            Action::Continue => way.next(),
            Action::Back => way.back(),
            Action::Save => way.here(),
            Action::AddContact => {
                let last = saved.data.state_contacts.len().saturating_sub(1);
                way.part(&format!("state_contacts.{last}.first_name"))
            }
            Action::RemoveContact(_) => way.part("add_contact"),
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

/// The names of files whose content was taken.
fn taken(files: &[ReceivedFile]) -> Vec<String> {
    files.iter().filter(|file| file.outcome.is_ok()).map(|file| file.file_name.clone()).collect()
}

fn list(documents: &[Document], category: Category) -> impl Iterator<Item = &Document> {
    documents.iter().filter(move |document| document.category == category)
}

fn touched_list(before: &[Document], after: &[Document]) -> Option<Category> {
    let ids = |documents, category| list(documents, category).map(|document| document.id).collect::<Vec<_>>();
    Category::ALL.into_iter().find(|category| ids(before, *category) != ids(after, *category))
}

/// What changed in the lists of files. They are told apart by key: another file may have the same name.
fn list_changes(before: &[Document], after: &[Document]) -> Vec<Change> {
    let ids = |documents, category| list(documents, category).map(|document| document.id).collect::<Vec<_>>();
    let names = |documents, category| -> serde_json::Value {
        list(documents, category).map(|document| document.file_name.as_str()).collect()
    };
    let changed = Category::ALL.into_iter().filter(|category| ids(before, *category) != ids(after, *category));
    let change = |category: Category| Change {
        key: format!("documents.{}", category.as_str()),
        old: names(before, category),
        new: names(after, category),
    };
    changed.map(change).collect()
}
