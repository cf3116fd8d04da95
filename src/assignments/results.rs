//! What became of the reviews that somebody ticked and assigned, each told on the next page of the assignments.

use serde::{Deserialize, Serialize};

use crate::web::{Result, SignedIn, ticked};

const ENTRY: &str = "assigned";

/// What is said of a review that is none of those that the person assigns.
pub const NOT_THERE: &str = "It is not among those that you assign.";

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The slot holds whom it was to hold.
    Assigned,
    /// It did before.
    Already,
    /// Somebody changed the review meanwhile.
    Changed,
    /// It can't be.
    Refused,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Assigned, Self::Already, Self::Changed, Self::Refused];

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Assigned => "Assigned",
            Self::Already => "Already so",
            Self::Changed => "Changed meanwhile",
            Self::Refused => "Refused",
        }
    }
}

/// A row of the results.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResultRow {
    /// "OACT review of MN-R0012"
    pub title: String,
    /// Where it stands.
    pub href: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// From whom to whom, or by whom and when.
    pub why: String,
    /// What a further form asks for: of one that was assigned the reverse, of one that changed meanwhile the same again.
    pub wish: Option<String>,
}

/// What became of all of them.
#[derive(Clone, Debug)]
pub struct Results {
    /// "3 reviews: 2 assigned, 1 changed meanwhile."
    pub line: String,
    /// What the list had beyond those that were looked at.
    pub beyond: usize,
    /// Each.
    pub rows: Vec<ResultRow>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Left {
    beyond: usize,
    rows: Vec<ResultRow>,
}

impl Results {
    fn of(rows: Vec<ResultRow>, beyond: usize) -> Self {
        let outcomes: Vec<Outcome> = rows.iter().map(|row| row.outcome).collect();
        Self { line: ticked::line(&Outcome::ALL, Outcome::label, &outcomes), beyond, rows }
    }

    /// The wishes of the rows with an outcome.
    fn wishes(&self, outcome: Outcome) -> Vec<&str> {
        self.rows.iter().filter(|row| row.outcome == outcome).filter_map(|row| row.wish.as_deref()).collect()
    }

    /// What takes back what was assigned.
    pub fn undo(&self) -> Vec<&str> {
        self.wishes(Outcome::Assigned)
    }

    /// What tries again what changed meanwhile.
    pub fn again(&self) -> Vec<&str> {
        self.wishes(Outcome::Changed)
    }
}

/// Leaves the results for the next page.
///
/// # Errors
/// When they can't be kept.
pub fn leave(who: &SignedIn, rows: Vec<ResultRow>, beyond: usize) -> Result<()> {
    ticked::leave(who, ENTRY, Left { beyond, rows })
}

/// The results that were left, once.
pub fn results(who: &SignedIn) -> Option<Results> {
    ticked::left(who, ENTRY).map(|left: Left| Results::of(left.rows, left.beyond))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_add_up_and_name_only_what_happened() {
        let row = |outcome| {
            let wish = Some(format!("{outcome:?}"));
            ResultRow { title: String::new(), href: None, outcome, why: String::new(), wish }
        };
        let rows = [Outcome::Changed, Outcome::Assigned, Outcome::Assigned, Outcome::Refused].map(row);
        let results = Results::of(rows.into(), 0);
        assert_eq!(results.line, "4 reviews: 2 assigned, 1 changed meanwhile, 1 refused.");
        assert_eq!((results.undo(), results.again()), (vec!["Assigned", "Assigned"], vec!["Changed"]));
    }
}
