//! Documents: taking in what is uploaded, judging it by its content, checking it for viruses, listing it, handing it
//! out again.

mod archive;
mod archive_name;
mod attach;
mod body;
mod content;
mod document;
mod download;
mod file_name;
mod file_state;
mod file_type;
mod intake;
mod kept;
mod posted_form;
mod problem;
mod rounds;
mod scanner;
mod scanning;
mod table;
mod tidy;

pub use archive::{ArchiveEntry, Content, archive};
pub use attach::{add_beside, attach, check_again, copy, remove, sealed_at_submit, sealed_with_rate};
pub use document::{Document, Owner, of_rates, of_submission, size_in_words};
pub use download::{download, submission_of};
pub use file_name::attachment;
pub use file_state::{FileState, check, list_line};
pub use file_type::{FileType, accept_attribute, accepted, accepted_in_words};
pub use intake::{ReceivedFile, Storage, StoredBlob, receive};
pub use posted_form::PostedForm;
pub use problem::FileProblem;
pub use rounds::{Said, add_to_round, not_clean, of_rounds};
pub use scanner::Scanner;
pub use scanning::{Turn, keep_scanning, scan_next};
pub use table::DocumentTable;
pub use tidy::{Findings, check_storage, mend};
