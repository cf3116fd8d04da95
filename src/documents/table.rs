//! A list of documents as a table that is only read.

use askama::Template;
use askama::filters::HtmlSafe;

use super::document::Document;
use crate::corrections::Mark;
use crate::domain::clock::Moment;
use crate::domain::correction::Was;
use crate::domain::document::Category;
use crate::domain::lifecycle::Tag;
use crate::domain::role::Side;

/// The documents of one list. A page's template writes it as `{{ table }}`.
#[derive(Clone, Debug, Template)]
#[template(path = "documents/table.html")]
pub struct DocumentTable {
    /// The list in words.
    pub caption: String,
    /// Its documents, in order.
    pub documents: Vec<Document>,
    /// Who reads it.
    pub side: Side,
}

impl HtmlSafe for DocumentTable {}

impl DocumentTable {
    /// A table for each of these lists, in order, for a reader of this side; empty ones too.
    pub fn of_lists(documents: Vec<Document>, lists: &[Category], side: Side) -> Vec<Self> {
        let mut documents = documents;
        let of = |&category: &Category| {
            let own = documents.extract_if(.., |document| document.category == category).collect();
            Self { caption: format!("{} documents", category.label()), documents: own, side }
        };
        lists.iter().map(of).collect()
    }

    /// That a document was added to what was sent, or withdrawn from view.
    fn marks(&self, document: &Document) -> Vec<Mark> {
        let corrections = document.added().into_iter().chain(document.withdrawn());
        corrections.map(|correction| Mark::of(self.side, correction, None)).collect()
    }

    /// That its date was corrected.
    fn dated_mark(&self, document: &Document) -> Option<Mark> {
        let was = document.first_submitted_at.map(|at| Was::Moment(Moment(at)));
        document.dated().map(|correction| Mark::of(self.side, correction, was))
    }

    fn new_mark() -> Tag {
        Tag { label: "NEW".into(), colour: "blue-warm-60v", bold: true }
    }
}
