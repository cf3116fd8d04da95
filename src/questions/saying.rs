//! What the forms of a question and of a response have in common: a text, files, and for administrators the fields of
//! what they record for somebody else.

use sqlx::PgConnection;
use time::Date;

use super::recording::{Behalf, Offered, Recording};
use crate::documents::{self, FileProblem, PostedForm, accept_attribute, accepted_in_words};
use crate::domain::document::{Category, MAX_FILES_PER_LIST, ScanResult};
use crate::domain::permission::Person;
use crate::domain::text::Text;
use crate::web::form::FormState;
use crate::web::{Error, Result, SignedIn, Typed};

/// The fields as a page draws them.
pub(super) struct Fields {
    pub(super) form: FormState,
    /// The label of the text.
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    /// The name of the control for files, what it takes in words, and to the browser.
    pub(super) files: String,
    pub(super) files_hint: String,
    pub(super) accept: String,
    /// Files that were stored already, by name, with what carries them on.
    pub(super) kept: Vec<(String, String)>,
    /// For whom an administrator can record.
    pub(super) people: Option<Vec<Offered>>,
}

impl Fields {
    pub(super) fn new(category: Category, recording: Option<&Recording>, typed: Typing) -> Self {
        let (label, hint) = match category {
            Category::Question => ("Question", "The state reads this, with your name and department."),
            _ => ("Response", "CMS reads this, with your name."),
        };
        let types = accepted_in_words(category);
        Self {
            form: typed.form,
            label,
            hint,
            files: name_of(category),
            files_hint: format!("{types}; up to {MAX_FILES_PER_LIST} files of at most 100 MiB each."),
            accept: accept_attribute(category),
            kept: typed.kept,
            people: recording.map(Recording::offered),
        }
    }
}

fn name_of(category: Category) -> String {
    format!("documents.{}", category.as_str())
}

/// What was typed into the form, and the files that it brought before.
#[derive(Default)]
pub(super) struct Typing {
    pub(super) form: FormState,
    pub(super) kept: Vec<(String, String)>,
}

/// What a form says, with nothing wrong about it.
pub(super) struct Says {
    pub(super) text: Option<String>,
    pub(super) behalf: Option<Behalf>,
}

/// Reads what a form says, or gives it back with what is wrong.
///
/// # Errors
/// When the database fails.
pub(super) async fn read(
    conn: &mut PgConnection,
    who: &SignedIn,
    posted: &PostedForm,
    category: Category,
    recording: Option<&Recording>,
    today: Date,
) -> Result<Result<Says, Typing>> {
    let mut state = FormState::filled(posted.pairs().to_vec());
    let text = Text::NOTE.read(state.value("text"));
    let text = text.map_err(|sentence| state.refuse("text", sentence)).ok().flatten();
    if text.is_none() && state.error("text").is_none() && posted.files().is_empty() {
        state.refuse("text", "Write a text, add documents, or both.");
    }
    let behalf = recording.map(|recording| recording.read(&mut state, today));
    for problem in problems(posted) {
        state.refuse(name_of(category), problem);
    }
    let mut unfit = Vec::new();
    for (place, scan) in documents::not_clean(conn, posted.files()).await? {
        let name = &posted.files()[place].file_name;
        let sentence = match scan {
            ScanResult::Pending => {
                format!("{name} is still being checked for viruses. Press the button again in a moment.")
            }
            ScanResult::Infected => format!("A virus was found in {name}. It is left out."),
            ScanResult::Failed | ScanResult::Clean => {
                format!("{name} could not be checked for viruses. It is left out.")
            }
        };
        state.refuse(name_of(category), sentence);
        if scan != ScanResult::Pending {
            unfit.push(place);
        }
    }
    if state.failed() {
        return Ok(Err(Typing { form: state, kept: kept(who.person(), posted, &unfit) }));
    }
    Ok(Ok(Says { text, behalf: behalf.flatten() }))
}

/// Why files were not taken: by themselves, or since the form has the same content twice.
fn problems(posted: &PostedForm) -> Vec<String> {
    let files = posted.files();
    let hash = |place: usize| files[place].outcome.as_ref().ok().map(|blob| &blob.sha256);
    let judged = files.iter().enumerate().filter_map(|(place, file)| match &file.outcome {
        Err(problem) => Some(problem.message()),
        Ok(blob) => {
            let twin = (0..place).find(|before| hash(*before) == Some(&blob.sha256))?;
            let problem = FileProblem::Duplicate { name: file.file_name.clone(), other: files[twin].file_name.clone() };
            Some(problem.message())
        }
    });
    judged.collect()
}

/// The files that were stored, by name, with what carries them on; each content once.
fn kept(person: &Person, posted: &PostedForm, without: &[usize]) -> Vec<(String, String)> {
    let stored = posted.files().iter().enumerate().filter(|(_, file)| file.outcome.is_ok());
    let mut seen = Vec::new();
    stored
        .zip(posted.kept_tokens(person))
        .filter(|((place, file), _)| {
            let hash = file.outcome.as_ref().ok().map(|blob| blob.sha256.clone());
            let first = !seen.contains(&hash);
            seen.push(hash);
            first && !without.contains(place)
        })
        .map(|((_, file), token)| (file.file_name.clone(), token))
        .collect()
}

/// What a form that could not be saved carries on: everything typed but these fields, and its files.
pub(super) fn carried(person: &Person, posted: &PostedForm, anew: &[&str]) -> Vec<(String, String)> {
    let typed = posted.pairs().iter().filter(|(name, _)| name != "csrf" && !anew.contains(&name.as_str()));
    let files = posted.kept_tokens(person).into_iter().map(|token| ("kept_file".to_owned(), token));
    typed.cloned().chain(files).collect()
}

/// The same for the page of a failure of ours.
pub(super) fn typed(who: &SignedIn, posted: &PostedForm, label: &str, leave_href: String) -> Typed {
    Typed {
        action: who.here().to_owned(),
        pairs: carried(who.person(), posted, &[]),
        texts: vec![(label.to_owned(), text_of(posted).to_owned())],
        leave_href,
        lost: posted.lost().to_vec(),
    }
}

/// The text as it was typed.
pub(super) fn text_of(posted: &PostedForm) -> &str {
    value(posted.pairs(), "text").unwrap_or_default()
}

/// The first value of a field.
pub(super) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
}

/// The first value of a field that every form of ours has.
///
/// # Errors
/// [`Error::Unprocessable`] when it is not there, or not of its kind.
pub(super) fn carried_value<T: std::str::FromStr>(pairs: &[(String, String)], name: &str) -> Result<T> {
    let lacks = || Error::unprocessable("The form lacks a field or holds a value that this page does not send.");
    value(pairs, name).and_then(|value| value.parse().ok()).ok_or_else(lacks)
}
