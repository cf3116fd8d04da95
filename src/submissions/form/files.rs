//! A list of files, as form pages draw it.

use crate::documents::{Document, FileState, accept_attribute, accepted, list_line};
use crate::domain::document::Category;
use crate::domain::forms::Field;

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
