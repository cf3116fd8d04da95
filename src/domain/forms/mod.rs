//! What a state fills in: its questions, when each is asked, what is refused and in which words. Pure rules, no I/O.
//!
//! There are three forms: [`HealthPlan`] and [`Eqro`], which a submission holds as its [`ContractForm`], and the
//! [`RateForm`] of each rate. One table of [`Field`]s per form is the source of everything: the form pages, reading what was posted,
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
pub mod compare;
mod contract;
mod contract_fields;
mod dates;
mod determination;
mod display;
mod documents;
mod earlier;
mod entries;
mod entry;
mod eqro;
mod eqro_fields;
mod field;
mod form;
mod health_plan;
mod health_plan_fields;
mod merge;
mod page;
mod people;
mod posted;
mod problem;
mod programs;
mod provisions;
mod rate;
mod rate_fields;
mod typed;

#[cfg(test)]
mod tests;

pub use answers::{
    ActuarialFirm, ActuaryContact, CapitationType, Choice, ContractAction, Entity, ExecutionStatus, FederalAuthority,
    Population, RatePopulation, RateType, SubmissionType,
};
pub use changes::{Change, changes, revert};
pub use check::{MOST_RATES, Package, PackageRate, RateKind, check, check_page, check_rate};
pub use contract::ContractForm;
pub use contract_fields::MOST_CONTACTS;
pub use dates::{parse_date, show_date};
pub use determination::{Determination, determination};
pub use display::{
    Group, ListedProvision, NOT_ANSWERED, ProvisionLists, Row, Section, Wording, field_label, in_words, rate_section,
    sections,
};
pub use documents::DocumentFacts;
pub use earlier::earlier;
pub use entries::{add_entry, for_submit, remove_entry, without_blank_entries};
pub use entry::{Reading, Situation, read_page};
pub use eqro::{Activities, ContractOnly, Eqro};
pub use field::{Field, Kind, Note, Offer, Rule, When, control_id, offers};
pub use form::{Form, ReadError, Upcast, read, write};
pub use health_plan::HealthPlan;
pub use merge::{Collision, Merge, Resolution, merge, resolve};
pub use page::Page;
pub use people::{Actuary, Contact};
pub use posted::Posted;
pub use problem::{Code, Problem, confirm_removal};
pub use programs::{ProgramFacts, Programs};
pub use provisions::{Provision, ProvisionVariant, Provisions};
pub use rate::{RateAnswers, RateForm};
pub use rate_fields::MOST_ACTUARIES;
pub use typed::{typed, typed_again};
