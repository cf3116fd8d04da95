//! What somebody wants to correct: read from the address and the form, with what is wrong with it.

use serde::Deserialize;
use time::OffsetDateTime;

use super::case::Case;
use super::correct::Change;
use crate::documents::{Document, FileProblem, PostedForm, ReceivedFile};
use crate::domain::clock::{Moment, eastern_date, eastern_moment};
use crate::domain::correction::What;
use crate::domain::document::Category;
use crate::domain::event::Subject;
use crate::domain::forms::{ContractAction, parse_date};
use crate::domain::id::{CorrectionId, DocumentId};
use crate::domain::text::Text;
use crate::web::form::FormState;
use crate::web::{Error, Result};

/// The field that asks for every version.
pub(super) const ALL_VERSIONS: &str = "all_versions";

/// What the address asks for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    what: Option<String>,
    correction: Option<CorrectionId>,
    /// Given when what was held is not wanted.
    pub(super) held: Option<String>,
}

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// Making a correction.
    Correct(What),
    /// Taking one back.
    Undo(CorrectionId),
}

impl Asked {
    /// What the form is for; none where the page offers all.
    pub(super) fn topic(&self) -> Result<Option<Topic>> {
        let Some(what) = self.what.as_deref() else { return Ok(None) };
        let topic = match (what, self.correction) {
            ("undo", Some(correction)) => Some(Topic::Undo(correction)),
            _ => What::ALL.into_iter().find(|known| known.as_str() == what).map(Topic::Correct),
        };
        topic.map(Some).ok_or_else(|| Error::unprocessable("The address asks for a correction that there is none of."))
    }
}

impl Topic {
    /// Where its form stands and is posted.
    pub(super) fn address(self, case: &Case) -> String {
        match self {
            Self::Correct(what) => format!("{}?what={}", case.address(), what.as_str()),
            Self::Undo(correction) => format!("{}?what=undo&correction={correction}", case.address()),
        }
    }

    /// The lists that its form sends files for.
    pub(super) fn lists(self, subject: Subject) -> &'static [Category] {
        match (self, subject) {
            (Self::Correct(What::DocumentAdded), Subject::ContractReview) => &Category::CONTRACT,
            (Self::Correct(What::DocumentAdded), _) => &Category::RATE,
            _ => &[],
        }
    }
}

/// What every form of this page carries.
#[derive(Debug)]
pub(super) struct Sent {
    /// The key of the row that it makes.
    pub(super) id: CorrectionId,
    /// The version of the case.
    pub(super) version: i32,
    /// The version of the form that was shown.
    pub(super) revision: i32,
}

/// The first value of a field.
pub(super) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

impl Sent {
    /// Reads it.
    ///
    /// # Errors
    /// [`Error::Unprocessable`] for a form that no page of ours sends.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<Self> {
        let lacks = || Error::unprocessable("The form lacks a field or holds a value that this page does not send.");
        Ok(Self {
            id: value(pairs, "id").parse().map_err(|_| lacks())?,
            version: value(pairs, "version").parse().map_err(|_| lacks())?,
            revision: value(pairs, "revision").parse().map_err(|_| lacks())?,
        })
    }
}

/// Reads what is wanted and why; what is wrong with it is noted in `state`.
pub(super) fn read<'a>(
    case: &'a Case,
    topic: Topic,
    form: &'a PostedForm,
    now: OffsetDateTime,
    state: &mut FormState,
) -> Option<(Change<'a>, String)> {
    let pairs = form.pairs();
    let change = match topic {
        Topic::Undo(id) => case.correction(id).map(|(correction, document)| Change::Undo(correction, document)),
        Topic::Correct(What::FirstSent) => moment(pairs, now, state).and_then(|at| first_sent(case, at, state)),
        Topic::Correct(What::ContractAction) => action(pairs, state).map(Change::Action),
        Topic::Correct(What::DocumentAdded) => added(case, form, topic, state).map(Change::Add),
        Topic::Correct(What::DocumentWithdrawn) => {
            let all_versions = value(pairs, ALL_VERSIONS) == "yes";
            document(case, pairs, state).map(|document| Change::Withdraw { document, all_versions })
        }
        Topic::Correct(What::DocumentDated) => {
            let document = document(case, pairs, state);
            moment(pairs, now, state).zip(document).map(|(at, document)| Change::Date(document, at))
        }
    };
    if let Some(Change::Undo(correction, Some(document))) = change {
        refuse_a_full_list(case, correction.what, document, state);
    }
    let reason = Text::REASON.required("Say why it is corrected.").read(value(pairs, "reason"));
    let reason = reason.map_err(|sentence| state.refuse("reason", sentence)).ok().flatten();
    change.zip(reason).filter(|_| !state.failed())
}

/// A document that is shown again needs room in its list.
fn refuse_a_full_list(case: &Case, what: What, document: &Document, state: &mut FormState) {
    if what == What::DocumentWithdrawn && is_full(case, document.category) {
        state.refuse("reason", full(document.category));
    }
}

fn is_full(case: &Case, category: Category) -> bool {
    case.in_view().filter(|document| document.category == category).count() >= category.most()
}

fn full(category: Category) -> String {
    let most = category.most();
    let files = if most == 1 { "file" } else { "files" };
    format!("{} documents have at most {most} {files}. Withdraw one from view first.", category.label())
}

fn moment(pairs: &[(String, String)], now: OffsetDateTime, state: &mut FormState) -> Option<OffsetDateTime> {
    let day = parse_date(value(pairs, "day").trim());
    if day.is_none() {
        state.refuse("day", "Enter a date as MM/DD/YYYY.");
    }
    let at = eastern_moment(day.unwrap_or_else(|| eastern_date(now)), value(pairs, "time"));
    if at.is_none() {
        state.refuse("time", "Enter a time of day, as 2:14 PM.");
    }
    let at = at.filter(|_| day.is_some())?;
    if at > now {
        state.refuse("day", "Enter a time that is not in the future.");
        return None;
    }
    Some(at)
}

fn first_sent<'a>(case: &Case, at: OffsetDateTime, state: &mut FormState) -> Option<Change<'a>> {
    if at > case.sent {
        state.refuse("day", format!("Enter a time that is not after {}, when it was last sent.", Moment(case.sent)));
        return None;
    }
    Some(Change::FirstSent(at))
}

fn action(pairs: &[(String, String)], state: &mut FormState) -> Option<ContractAction> {
    let chosen = value(pairs, "contract_action");
    let action = ContractAction::ALL.iter().find(|action| action.value() == chosen).copied();
    if action.is_none() {
        let first = format!("contract_action-{}", ContractAction::CHOICES[0].value);
        state.refuse_at("contract_action", first, "Choose a contract action.");
    }
    action
}

fn document<'a>(case: &'a Case, pairs: &[(String, String)], state: &mut FormState) -> Option<&'a Document> {
    let chosen: Option<DocumentId> = value(pairs, "document").parse().ok();
    let found = case.documents.iter().find(|document| Some(document.id) == chosen);
    if found.is_none() {
        let first = case.in_view().next().map_or_else(String::new, |first| format!("document-{}", first.id));
        state.refuse_at("document", first, "Choose a document.");
    }
    found
}

fn added<'a>(case: &Case, form: &'a PostedForm, topic: Topic, state: &mut FormState) -> Option<&'a ReceivedFile> {
    let first = format!("documents.{}", topic.lists(case.subject).first().map_or("", |list| list.as_str()));
    let file = match form.files() {
        [file] => file,
        [] => {
            state.refuse(first, "Choose a file.");
            return None;
        }
        _ => {
            state.refuse(first, "Add one file at a time, each with its own reason.");
            return None;
        }
    };
    let list = format!("documents.{}", file.category.as_str());
    let problem = match &file.outcome {
        Err(problem) => Some(problem.message()),
        Ok(blob) => {
            let mut same = case.documents.iter().filter(|document| document.category == file.category);
            match same.find(|document| document.sha256 == blob.sha256) {
                Some(other) => {
                    let (name, other) = (file.file_name.clone(), other.file_name.clone());
                    Some(FileProblem::Duplicate { name, other }.message())
                }
                None => is_full(case, file.category).then(|| full(file.category)),
            }
        }
    };
    if let Some(problem) = problem {
        state.refuse(list, problem);
        return None;
    }
    Some(file)
}
