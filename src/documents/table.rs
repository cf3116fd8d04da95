//! A list of documents as a table that is only read.

use askama::Template;
use askama::filters::HtmlSafe;

use super::document::Document;
use crate::domain::document::Category;
use crate::domain::lifecycle::Tag;

/// The documents of one list. A page's template writes it as `{{ table }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/table.html")]
pub struct DocumentTable {
    /// The list in words.
    pub caption: String,
    /// Its documents, in order.
    pub documents: Vec<Document>,
}

impl HtmlSafe for DocumentTable {}

impl DocumentTable {
    /// A table for each of these lists, in order; empty ones too.
    pub fn of_lists(documents: Vec<Document>, lists: &[Category]) -> Vec<Self> {
        let mut documents = documents;
        let of = |&category: &Category| {
            let own = documents.extract_if(.., |document| document.category == category).collect();
            Self { caption: format!("{} documents", category.label()), documents: own }
        };
        lists.iter().map(of).collect()
    }

    fn new_mark() -> Tag {
        Tag { label: "NEW".into(), colour: "blue-warm-60v", bold: true }
    }
}
