//! A reviewer's and approver's day: what waits for them, what waits for a state, what they can take, what they decided.

mod address;
mod answer;
mod changes;
mod export;
mod filters;
mod lanes;
mod page;
mod reason;
mod rows;
mod take;
mod take_chosen;
mod taken;
mod view;

pub use answer::{Back, answer};
pub use changes::changes;
pub use export::{csv, xlsx};
pub use page::get;
pub use take::post as take;
pub use take_chosen::{of_rates as take_of_rates, of_submissions as take_of_submissions};
pub use taken::{Results as Taken, results as taken};

use crate::domain::permission::{DepartmentMember, Person};
use crate::domain::role::Side;
use crate::web::{Error, Result};

const NOT_YOURS: &str = "Reviewers and approvers of a department have a page of their work.";

/// The proof that somebody works for a department.
///
/// # Errors
/// [`Error::NotFound`] for people of a state, for whom there is no such page; 403 for the rest of CMS.
fn worker(person: &Person) -> Result<DepartmentMember<'_>> {
    if person.side() == Side::State {
        return Err(Error::NotFound);
    }
    person.department.and_then(|department| person.member_of(department)).ok_or(Error::Forbidden(NOT_YOURS))
}
