//! A save drawn from an old version: what others did meanwhile and what this person wants, brought together or laid
//! before them.

use serde_json::Value;

use super::entry::{Action, Entry};
use super::told::{heading, told};
use super::way::Way;
use crate::documents::{Document, ReceivedFile};
use crate::domain::document::Category;
use crate::domain::forms::{
    Change, Collision, Field, Form, Kind, Merge, Problem, Programs, Resolution, changes, field_label, in_words, merge,
    resolve, revert,
};
use crate::domain::id::{AccountId, DocumentId};
use crate::domain::role::Side;
use crate::submissions::draft::{Draft, PastSave};
use crate::web::conflict::{BOTH, Choice, ConflictPanel, ConflictRow, KEEP, MINE, Segment, differing, plain};
use crate::web::{Error, Result};

/// The question whether a file that others left in place is to go.
const REMOVAL: &str = "remove_file";

/// What is to be written.
pub struct Write<F> {
    /// The answers.
    pub data: F,
    /// What was changed beyond the person's wish.
    pub notices: Vec<&'static str>,
    /// The files to add, and those that were not taken.
    pub files: Vec<ReceivedFile>,
    /// The file to remove.
    pub remove: Option<DocumentId>,
}

/// What comes of a press.
pub enum Verdict<F> {
    /// Something typed can't be read.
    Refused {
        /// The answers that the page was drawn from.
        drawn_from: F,
        /// What is wrong.
        problems: Vec<Problem>,
    },
    /// The draft holds all that was wanted.
    Nothing {
        /// Who had saved it before, unless it was this person.
        news: Option<String>,
        /// Whether only files came or went since the form was drawn: it shows the answers of now.
        answers_shown: bool,
    },
    /// This is saved.
    Write(Box<Write<F>>),
    /// The person decides.
    Clash(Box<ConflictPanel>),
}

/// A save drawn from an older version than the present one.
pub struct Stale<'a, F> {
    /// The draft as it stands.
    pub draft: &'a Draft,
    /// The page's form as it stands.
    pub form: &'a F,
    /// The saves since.
    pub saves: &'a [PastSave],
    /// What was posted.
    pub entry: &'a Entry,
    /// To which page.
    pub way: &'a Way,
    /// The programs of the state.
    pub programs: &'a Programs,
    /// The documents of the draft as it stands.
    pub documents: &'a [Document],
    /// Who saves.
    pub me: AccountId,
}

impl<F: Form> Stale<'_, F> {
    /// Brings both sides together.
    ///
    /// # Errors
    /// [`Error::Unprocessable`] for a version that never was.
    pub fn judge(self) -> Result<Verdict<F>> {
        let Self { draft, entry, way, programs, .. } = self;
        let since = usize::try_from(draft.version - entry.drawn_from()).ok();
        if since != Some(self.saves.len()) || entry.version > draft.version {
            return Err(Error::unprocessable("The form was drawn from a version that never was. Open the page again."));
        }
        let so_far: Vec<Change> = self.saves.iter().flat_map(|save| of_form(&save.changes, &way.prefix())).collect();
        let then = revert(self.form, &so_far).map_err(|error| Error::Internal(error.into()))?;
        let wanted = match entry.wish(way.page, &then, &draft.situation(programs)) {
            Ok(wanted) => wanted,
            Err(problems) => return Ok(Verdict::Refused { drawn_from: then, problems }),
        };
        let merge = merge(&then, self.form, &wanted.data);
        let nothing_typed = merge.unchanged || merge.already_so;
        if nothing_typed && self.new_files().next().is_none() && self.removal().is_none() {
            let answers_shown = so_far.iter().all(|change| change.key.starts_with("documents."));
            return Ok(Verdict::Nothing { news: self.news(&changes(&then, &wanted.data)), answers_shown });
        }
        let answers_panel = entry.opened.is_some() && entry.version == draft.version;
        if !answers_panel {
            return Ok(Verdict::Clash(Box::new(self.panel(&merge, &[]))));
        }
        match self.settle(&merge) {
            Ok((data, remove, more)) => {
                let notices = wanted.notices.into_iter().chain(more).collect();
                let refused = entry.files.iter().filter(|file| file.outcome.is_err());
                let files = self.new_files().chain(refused).cloned().collect();
                Ok(Verdict::Write(Box::new(Write { data, notices, files, remove })))
            }
            Err(problems) => Ok(Verdict::Clash(Box::new(self.panel(&merge, &problems)))),
        }
    }

    /// The files that came and are not in their list by somebody's hand already.
    fn new_files(&self) -> impl Iterator<Item = &ReceivedFile> {
        self.entry.files.iter().filter(|file| {
            file.outcome.as_ref().is_ok_and(|blob| {
                !self.documents.iter().any(|known| known.category == file.category && known.sha256 == blob.sha256)
            })
        })
    }

    /// The file that this press removes, while it is still there.
    fn removal(&self) -> Option<&Document> {
        let Action::RemoveFile(id) = self.entry.action else { return None };
        self.documents.iter().find(|document| document.id == id)
    }

    /// Who else had saved these answers.
    fn news(&self, mine: &[Change]) -> Option<String> {
        let prefix = self.way.prefix();
        let same = |change: &Change| mine.iter().any(|own| change.key == format!("{prefix}{}", own.key));
        let mut others = self.saves.iter().filter(|save| save.by != self.me && save.changes.iter().any(same));
        others.next_back().map(|save| {
            format!("{} had saved the same at {}. Nothing was left to do.", save.name, save.at.time_of_day())
        })
    }

    #[expect(clippy::type_complexity, reason = "it is taken apart at once")]
    fn settle(
        &self,
        merge: &Merge<F>,
    ) -> std::result::Result<(F, Option<DocumentId>, Vec<&'static str>), Vec<Problem>> {
        let removal = self.removal().map(|document| (document.id, self.entry.posted.value(&choose(REMOVAL))));
        let resolved = resolve(merge, &self.entry.posted);
        let missing = removal.filter(|(_, chosen)| !matches!(chosen, Some("keep" | "mine")));
        match (resolved, missing) {
            (Ok((data, notices)), None) => {
                let remove = removal.filter(|(_, chosen)| *chosen == Some("mine")).map(|(document, _)| document);
                Ok((data, remove, notices))
            }
            (resolved, missing) => {
                let mut problems = resolved.err().unwrap_or_default();
                problems.extend(missing.map(|_| self.unanswered_removal()));
                Err(problems)
            }
        }
    }

    fn unanswered_removal(&self) -> Problem {
        let path = choose(REMOVAL);
        Problem {
            page: self.way.page,
            rate: self.way.rate.clone(),
            target: format!("{path}-{}", KEEP.value),
            path,
            code: crate::domain::forms::Code::Required,
            message: "Choose whether the file is removed".to_owned(),
        }
    }

    fn panel(&self, merge: &Merge<F>, problems: &[Problem]) -> ConflictPanel {
        let rows: Vec<ConflictRow> = merge
            .merged
            .fields()
            .iter()
            .filter_map(|field| self.row(field, merge, problems))
            .chain(self.removal().map(|document| removal_row(self.form, document, problems)))
            .chain(self.new_files().map(|file| added_row(self.form, file)))
            .collect();
        let collides = rows.iter().any(|row| !row.choices.is_empty());
        let mut lead = vec!["Nothing was saved and nothing you typed is lost.".to_owned()];
        if !collides {
            lead.push("What you changed does not collide with what others changed. One press saves both.".to_owned());
        }
        lead.extend(self.entry.files.iter().filter_map(|file| file.outcome.as_ref().err().map(|why| why.message())));
        let versions = [("version", self.draft.version), ("opened", self.entry.drawn_from())];
        let kept = self.entry.kept.iter().map(|token| ("kept_file".to_owned(), token.clone()));
        ConflictPanel {
            heading: heading(self.saves, self.me),
            lead,
            changes: told(self.saves, &self.draft.data, self.programs, self.me),
            rows,
            action: self.way.here(),
            hidden: versions
                .map(|(name, version)| (name.to_owned(), version.to_string()))
                .into_iter()
                .chain(self.entry.repeated())
                .chain(kept)
                .collect(),
            save_label: Some(if collides { "Save my choices" } else { "Save" }.to_owned()),
            leave_href: self.way.as_saved(),
            ..ConflictPanel::default()
        }
    }

    fn row(&self, field: &'static Field, merge: &Merge<F>, problems: &[Problem]) -> Option<ConflictRow> {
        let is = |fields: &[&'static Field]| fields.iter().any(|other| other.key == field.key);
        if let Some(collision) = merge.collisions.iter().find(|collision| collision.field.key == field.key) {
            return Some(self.collision_row(merge, collision, problems));
        }
        let note = if is(&merge.kept) {
            "Kept: you did not change it."
        } else if is(&merge.mine) {
            "Yours: nobody else changed it."
        } else {
            return None;
        };
        let change = self.change_of(field, merge)?;
        let long = is_long(field);
        let [old, new] = [&change.old, &change.new].map(|value| plain(self.words(field, value, long)));
        let (now, wanted) = if is(&merge.kept) { (new, plain("")) } else { (old.clone(), new) };
        let label = merge.merged.label(field);
        Some(ConflictRow {
            name: field.key.to_owned(),
            label,
            then: old,
            now,
            wanted,
            note: note.to_owned(),
            long,
            ..ConflictRow::default()
        })
    }

    /// What one side alone did to a question: others since the page was opened, or this person.
    fn change_of(&self, field: &Field, merge: &Merge<F>) -> Option<Change> {
        let prefix = self.way.prefix();
        let own = self.saves.iter().flat_map(|save| of_form(&save.changes, &prefix));
        let theirs: Vec<Change> = own.filter(|change| change.key == field.key).collect();
        if let (Some(first), Some(last)) = (theirs.first(), theirs.last()) {
            return Some(Change { key: first.key.clone(), old: first.old.clone(), new: last.new.clone() });
        }
        changes(self.form, &merge.merged).into_iter().find(|change| change.key == field.key)
    }

    fn collision_row(&self, merge: &Merge<F>, collision: &Collision, problems: &[Problem]) -> ConflictRow {
        let field = collision.field;
        let long = is_long(field);
        let words = |value: &Value| self.words(field, value, long);
        let (now, wanted) = (words(&collision.now), words(&collision.wanted));
        let (now, wanted) = if long { differing(&now, &wanted) } else { (plain(now), plain(wanted)) };
        let of = |resolution: &Resolution| match resolution {
            Resolution::Keep => KEEP,
            Resolution::Mine => MINE,
            Resolution::Both => BOTH,
        };
        ConflictRow {
            name: field.key.to_owned(),
            label: merge.merged.label(field),
            then: plain(words(&collision.then)),
            now,
            wanted,
            choices: collision.resolutions().iter().map(of).collect(),
            error: error_at(&collision.control(), problems),
            long,
            ..ConflictRow::default()
        }
    }

    fn words(&self, field: &Field, value: &Value, long: bool) -> String {
        let words = in_words(self.form, field.key, value, self.programs.read_by(Side::State));
        if long { words } else { words.replace('\n', "; ") }
    }
}

fn choose(name: &str) -> String {
    format!("choose.{name}")
}

fn error_at(path: &str, problems: &[Problem]) -> Option<String> {
    problems.iter().find(|problem| problem.path == path).map(|problem| problem.message.clone())
}

pub(super) fn is_long(field: &Field) -> bool {
    matches!(field.kind, Kind::Text { long: true, .. } | Kind::Entries { .. })
}

fn list_label<F: Form>(data: &F, category: Category) -> String {
    field_label(data, &format!("documents.{}", category.as_str()))
}

fn removal_row<F: Form>(data: &F, document: &Document, problems: &[Problem]) -> ConflictRow {
    let name = || -> Vec<Segment> { plain(&document.file_name) };
    ConflictRow {
        name: REMOVAL.to_owned(),
        label: format!("{}: a file", list_label(data, document.category)),
        then: name(),
        now: name(),
        wanted: plain("Removed"),
        choices: vec![
            Choice { value: KEEP.value, label: "Keep the file" },
            Choice { value: MINE.value, label: "Remove the file" },
        ],
        error: error_at(&choose(REMOVAL), problems),
        ..ConflictRow::default()
    }
}

fn added_row<F: Form>(data: &F, file: &ReceivedFile) -> ConflictRow {
    ConflictRow {
        label: list_label(data, file.category),
        wanted: plain(&file.file_name),
        note: "Yours: it is added to the list.".to_owned(),
        ..ConflictRow::default()
    }
}

/// Of what was saved, what is about the form whose paths begin so; without that beginning.
fn of_form(changes: &[Change], prefix: &str) -> Vec<Change> {
    let own = changes.iter().filter(|change| !prefix.is_empty() || !change.key.starts_with("rates."));
    own.filter_map(|change| Some(Change { key: change.key.strip_prefix(prefix)?.to_owned(), ..change.clone() }))
        .collect()
}
