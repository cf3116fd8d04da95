//! The managed care programs of the states: the list that forms offer, changed one by one or loaded as a whole.

mod import;
mod manage;
mod names;
mod refusal;
mod tsv;

pub use import::{Import, ImportError, Step, Totals, import};
pub use manage::{Fields, KnownProgram, Retirement, add, change, list, lock, retire};
pub use refusal::ProgramError;
pub use tsv::{BadLine, COLUMNS};
