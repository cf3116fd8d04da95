//! The programs of a state, in the order in which they are shown, stored and named.

use super::display::Wording;
use crate::domain::id::ProgramId;
use crate::domain::naming::natural_order;
use crate::domain::role::Side;

/// One program, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramFacts {
    /// The program.
    pub id: ProgramId,
    /// Its short name, for example PMAP.
    pub name: String,
    /// Its full name.
    pub full_name: String,
    /// For rate certifications only: no contract names it.
    pub rate_only: bool,
    /// No longer in use.
    pub retired: bool,
    /// The short name of the program that took its place.
    pub replaced_by_name: Option<String>,
}

impl ProgramFacts {
    /// How the form writes it: short name, full name and, once out of use, "(retired)".
    pub fn label(&self) -> String {
        let retired = if self.retired { " (retired)" } else { "" };
        format!("{} - {}{retired}", self.name, self.full_name)
    }
}

/// All programs of one state, retired and rate-only ones too, in natural order of their short names.
#[derive(Debug, Clone, Default)]
pub struct Programs(Vec<ProgramFacts>);

impl Programs {
    /// Takes the programs of a state in any order.
    pub fn new(mut programs: Vec<ProgramFacts>) -> Self {
        programs.sort_by(|a, b| natural_order(&a.name, &b.name));
        Self(programs)
    }

    /// What answers of the state are put into words with for readers of a side.
    pub fn read_by(&self, side: Side) -> Wording<'_> {
        Wording { programs: self, side }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &ProgramFacts> {
        self.0.iter()
    }

    /// One of them.
    pub fn get(&self, id: ProgramId) -> Option<&ProgramFacts> {
        self.0.iter().find(|program| program.id == id)
    }

    /// Those that can be chosen, and those already chosen whatever they are, so that they can be taken out. Only rates
    /// take the programs that are for rates alone.
    pub fn offered<'a>(&'a self, rate_only: bool, chosen: &'a [ProgramId]) -> impl Iterator<Item = &'a ProgramFacts> {
        let open = move |program: &ProgramFacts| !program.retired && (rate_only || !program.rate_only);
        self.0.iter().filter(move |program| chosen.contains(&program.id) || open(program))
    }
}
