//! A list of files, as form pages draw it.

use serde_json::Value;

use crate::documents::{Document, FileState, ReceivedFile, accept_attribute, accepted, list_line};
use crate::domain::document::Category;
use crate::domain::forms::{Change, Field};

/// A list of files.
pub struct FileList {
    /// Its path.
    pub name: &'static str,
    /// Its heading.
    pub label: &'static str,
    /// A note below the heading.
    pub note: &'static str,
    /// Whether it must not be empty.
    pub required: bool,
    /// Whether several can be chosen at once.
    pub multiple: bool,
    /// The types that it takes, for the dialog of the browser.
    pub accept: String,
    /// The same in words, with the limit.
    pub hint: String,
    /// How many there are and how they stand.
    pub line: String,
    /// The files.
    pub files: Vec<FileRow>,
    /// Why files were not taken.
    pub refused: Vec<String>,
}

/// A file of a list.
pub struct FileRow {
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The same with how its check stands, as it is drawn.
    pub state: FileState,
}

/// A list with the documents of its category, and why others were not taken.
pub fn file_list(
    field: &Field,
    category: Category,
    documents: &[Document],
    refused: &[(Category, String)],
) -> FileList {
    let documents: Vec<&Document> = documents.iter().filter(|document| document.category == category).collect();
    FileList {
        name: field.key,
        label: field.question,
        note: field.hint.unwrap_or_default(),
        required: field.required.is_some(),
        multiple: category.most() > 1,
        accept: accept_attribute(category),
        hint: hint(category),
        line: list_line(&documents.iter().map(|document| document.scan).collect::<Vec<_>>()),
        files: documents.into_iter().cloned().map(file_row).collect(),
        refused: refused.iter().filter(|(of, _)| *of == category).map(|(_, message)| message.clone()).collect(),
    }
}

fn hint(category: Category) -> String {
    let types: Vec<&str> = accepted(category).iter().map(|file_type| file_type.label()).collect();
    format!("{}; at most 100 MiB each.", types.join(", "))
}

fn file_row(document: Document) -> FileRow {
    FileRow { id: document.id.to_string(), name: document.file_name.clone(), state: document.into() }
}

/// What came into a list of files and what went, by their names: "added b.pdf; removed a.pdf".
pub fn files_in_words(old: &Value, new: &Value) -> String {
    let names = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let (mut gone, mut come) = (names(old), names(new));
    come.retain(|name| match gone.iter().position(|other| other == name) {
        Some(place) => {
            gone.remove(place);
            false
        }
        None => true,
    });
    let part = |words: &str, names: Vec<String>| (!names.is_empty()).then(|| format!("{words} {}", names.join(", ")));
    let parts: Vec<String> = [part("added", come), part("removed", gone)].into_iter().flatten().collect();
    if parts.is_empty() { "a file replaced by another of the same name".to_owned() } else { parts.join("; ") }
}

/// The names of files whose content was taken.
pub fn taken(files: &[ReceivedFile]) -> Vec<String> {
    files.iter().filter(|file| file.outcome.is_ok()).map(|file| file.file_name.clone()).collect()
}

fn list(documents: &[Document], category: Category) -> impl Iterator<Item = &Document> {
    documents.iter().filter(move |document| document.category == category)
}

/// The list that changed.
pub fn touched_list(before: &[Document], after: &[Document]) -> Option<Category> {
    let ids = |documents, category| list(documents, category).map(|document| document.id).collect::<Vec<_>>();
    Category::ALL.into_iter().find(|category| ids(before, *category) != ids(after, *category))
}

/// What changed in the lists of files. They are told apart by key: another file may have the same name.
pub fn list_changes(before: &[Document], after: &[Document]) -> Vec<Change> {
    let ids = |documents, category| list(documents, category).map(|document| document.id).collect::<Vec<_>>();
    let names = |documents, category| -> Value {
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
