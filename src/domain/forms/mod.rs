//! What a state fills in: its questions, when each is asked, what is refused and in which words. Pure rules, no I/O.
//!
//! One table of [`Field`]s per form is the source of everything: the form pages, reading what was posted,
//! [`check`], the review and submission pages, history and the conflict panel. A form is a typed structure that
//! implements [`Form`]; its stored JSON has one value per field key.
//!
//! The road of a save:
//! 1. [`read_page`] turns what was posted into the new answers, or into problems of shape: then nothing is saved;
//! 2. with an old version, [`revert`] gives the answers that the page was drawn from and [`merge`] brings both sides together;
//! 3. [`changes`] says what is written down in `draft_save`; no change means that nothing is written;
//! 4. [`check`] gives the problems of rules that Continue and Submit refuse.

mod answers;
mod changes;
mod check;
mod contacts;
mod dates;
mod determination;
mod display;
mod documents;
mod entry;
mod field;
mod form;
mod health_plan;
mod health_plan_fields;
mod merge;
mod page;
mod posted;
mod problem;
mod programs;
mod provisions;
mod typed;

#[cfg(test)]
mod tests;

pub use answers::{Choice, ContractAction, Entity, ExecutionStatus, FederalAuthority, Population, SubmissionType};
pub use changes::{Change, changes, revert};
pub use check::{Package, check, check_page};
pub use contacts::{Contact, MOST_CONTACTS, add_contact, remove_contact, without_blank_contacts};
pub use dates::{parse_date, show_date};
pub use determination::{Determination, determination};
pub use display::{
    Group, ListedProvision, NOT_ANSWERED, ProvisionLists, Row, Section, field_label, in_words, sections,
};
pub use documents::DocumentFacts;
pub use entry::{Reading, Situation, read_page};
pub use field::{Field, Kind, Offer, control_id, offers};
pub use form::{Form, ReadError, read, write};
pub use health_plan::{HealthPlan, for_submit};
pub use health_plan_fields::OFFERED_SUBMISSION_TYPES;
pub use merge::{Collision, Merge, Resolution, merge, resolve};
pub use page::{Page, STEPS};
pub use posted::Posted;
pub use problem::{Code, Problem};
pub use programs::{ProgramFacts, Programs};
pub use provisions::{Provision, ProvisionVariant, Provisions};
pub use typed::{typed, typed_again};
