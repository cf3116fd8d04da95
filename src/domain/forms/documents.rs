//! What the rules need to know about the files of a draft. Documents are rows of their own, never in the JSON.

use crate::domain::document::{Category, ScanResult};
use crate::domain::id::DocumentId;

/// One document of a draft, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// The document.
    pub id: DocumentId,
    /// The list it is in.
    pub category: Category,
    /// The name it was uploaded under.
    pub file_name: String,
    /// What the check of its content found.
    pub scan: ScanResult,
}
