//! Work given to people in bulk: whose reviews are whose, who has how much, and assigning many at once, each looked at
//! before and told after.

mod address;
mod assign;
mod choices;
mod chosen;
mod export;
mod filters;
mod operation;
mod page;
mod plan;
mod preview;
mod results;
mod rows;
mod selected;
mod view;
mod wish;
mod workload;

pub use assign::post;
pub use export::{csv, xlsx};
pub use page::get;
pub use preview::{get as no_preview, post as preview};
pub use selected::{of_rates, of_submissions};

use self::address::Address;
use crate::domain::permission::Person;
use crate::domain::role::{Department, Side};
use crate::web::{Error, Result};

const NOT_YOURS: &str =
    "Approvers assign the reviewers of their department; admins, the help desk and business owners those of all.";

/// The most reviews that one preview holds.
const MOST: usize = 500;

/// Of which departments somebody assigns the reviewers.
#[derive(Clone, Debug)]
struct Reach {
    departments: Vec<Department>,
}

impl Reach {
    /// What somebody may assign.
    ///
    /// # Errors
    /// [`Error::NotFound`] for people of a state, for whom there is no such page; 403 for those who assign nobody.
    fn of(person: &Person) -> Result<Self> {
        if person.side() == Side::State {
            return Err(Error::NotFound);
        }
        let departments: Vec<Department> =
            Department::ALL.into_iter().filter(|department| person.assigner_for(*department).is_some()).collect();
        if departments.is_empty() {
            return Err(Error::Forbidden(NOT_YOURS));
        }
        Ok(Self { departments })
    }

    /// Holds what an address asks for against what they may assign.
    ///
    /// # Errors
    /// 403 for another department's reviews.
    fn allows(&self, asked: &Address) -> Result<()> {
        let own = |department: &Department| self.departments.contains(department);
        if asked.filters.departments.iter().all(own) { Ok(()) } else { Err(Error::Forbidden(NOT_YOURS)) }
    }
}
