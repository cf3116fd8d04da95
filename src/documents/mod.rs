//! Documents: taking in what is uploaded, judging it by its content, listing it, handing it out again.

mod attach;
mod body;
mod content;
mod document;
mod download;
mod file_name;
mod file_type;
mod intake;
mod kept;
mod posted_form;
mod problem;
mod table;

pub use attach::{attach, remove, sealed_at_submit, sealed_with_rate};
pub use document::{Document, Owner, of_rates, of_submission};
pub use download::download;
pub use file_type::{FileType, accept_attribute, accepted};
pub use intake::{ReceivedFile, Storage, StoredBlob, receive};
pub use posted_form::{MAX_REQUEST_BYTES, PostedForm};
pub use problem::FileProblem;
pub use table::DocumentTable;
