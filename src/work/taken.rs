//! What became of the reviews that somebody ticked and took, each told on the next page of their work.

use serde::{Deserialize, Serialize};

use crate::web::{Result, SignedIn, ticked};

const ENTRY: &str = "taken";

/// What became of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is the person's now.
    Taken,
    /// It was before.
    Already,
    /// Somebody else took it after the page was drawn.
    Meanwhile,
    /// Somebody else has it, as was so before.
    Others,
    /// Something else about it changed; nobody has it.
    Changed,
    /// Its package is not open any more.
    Closed,
    /// It is no review of the person's department.
    NotThere,
}

impl Outcome {
    const ALL: [Self; 7] =
        [Self::Taken, Self::Already, Self::Meanwhile, Self::Others, Self::Changed, Self::Closed, Self::NotThere];

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Taken => "Taken",
            Self::Already => "Already yours",
            Self::Meanwhile => "Taken meanwhile",
            Self::Others => "Already assigned",
            Self::Changed => "Changed meanwhile",
            Self::Closed => "Closed",
            Self::NotThere => "Not in your department",
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
    /// By whom and when.
    pub why: String,
}

/// What became of all of them.
#[derive(Clone, Debug)]
pub struct Results {
    /// "3 reviews: 2 taken, 1 taken meanwhile."
    pub line: String,
    /// Each.
    pub rows: Vec<ResultRow>,
}

impl Results {
    fn of(rows: Vec<ResultRow>) -> Self {
        let outcomes: Vec<Outcome> = rows.iter().map(|row| row.outcome).collect();
        Self { line: ticked::line(&Outcome::ALL, Outcome::label, &outcomes), rows }
    }
}

/// Leaves the results for the next page.
///
/// # Errors
/// When they can't be kept.
pub fn leave(who: &SignedIn, rows: &[ResultRow]) -> Result<()> {
    ticked::leave(who, ENTRY, rows)
}

/// The results that were left, once.
pub fn results(who: &SignedIn) -> Option<Results> {
    ticked::left(who, ENTRY).map(Results::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_add_up_and_name_only_what_happened() {
        let row = |outcome| ResultRow { title: String::new(), href: None, outcome, why: String::new() };
        let rows = [Outcome::Meanwhile, Outcome::Taken, Outcome::Taken, Outcome::Closed].map(row);
        assert_eq!(Results::of(rows.into()).line, "4 reviews: 2 taken, 1 taken meanwhile, 1 closed.");
    }
}
