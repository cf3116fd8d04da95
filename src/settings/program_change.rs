//! The retirement of a program as a form asks for it: read, compared with what is there, and merged.

use serde::Deserialize;
use time::Date;

use crate::domain::forms::parse_date;
use crate::domain::id::ProgramId;
use crate::history::Told;
use crate::programs::{KnownProgram, Retirement};
use crate::web::conflict::{Merge, merge};

/// What the form posts.
#[derive(Debug, Deserialize)]
pub struct ProgramForm {
    /// The version that the form was drawn from.
    pub version: i32,
    /// The version that the first form was drawn from, where a panel came between.
    pub opened: Option<i32>,
    /// The day, as it was typed.
    #[serde(default)]
    pub retired_on: String,
    /// The key of the replacement, or nothing.
    #[serde(default)]
    pub replaced_by: String,
    /// What the panel let choose.
    #[serde(rename = "choose.retired_on")]
    pub choose_retired_on: Option<String>,
    /// The same for the replacement.
    #[serde(rename = "choose.replaced_by")]
    pub choose_replaced_by: Option<String>,
}

/// What is wrong with a field.
pub type Problem = (&'static str, String);

impl ProgramForm {
    /// The version from which on changes are told.
    pub fn drawn_from(&self) -> i32 {
        self.opened.unwrap_or(self.version)
    }

    /// What the form asks for; `others` are the programs that can take its place.
    ///
    /// # Errors
    /// The sentences for the fields.
    pub fn read(&self, others: &[KnownProgram]) -> Result<Retirement, Vec<Problem>> {
        let mut problems: Vec<Problem> = Vec::new();
        let typed = self.retired_on.trim();
        let retired_on = parse_date(typed);
        if retired_on.is_none() && !typed.is_empty() {
            problems.push(("retired_on", "Enter Retired on as MM/DD/YYYY, for example 07/01/2026.".to_owned()));
        }
        let chosen = self.replaced_by.trim();
        let replaced_by = others.iter().map(|other| other.id).find(|id| id.to_string() == chosen);
        if replaced_by.is_none() && !chosen.is_empty() {
            problems.push(("replaced_by", "Choose another program of the same state.".to_owned()));
        }
        if problems.is_empty() { Ok(Retirement { retired_on, replaced_by }) } else { Err(problems) }
    }
}

/// What can't be, however it came about.
pub fn contradiction(wanted: Retirement) -> Option<Problem> {
    let sentence = "Enter the day from which the program is retired, or choose no replacement.";
    (wanted.replaced_by.is_some() && wanted.retired_on.is_none()).then(|| ("retired_on", sentence.to_owned()))
}

/// The retirement of a program now.
pub fn now(program: &KnownProgram) -> Retirement {
    Retirement { retired_on: program.fields.retired_on, replaced_by: program.fields.replaced_by }
}

/// The retirement as it was before what is told.
pub fn then(program: &KnownProgram, told: &[Told]) -> Retirement {
    let before = |field: &str| told.iter().find_map(|entry| entry.details.get(field)?.get(0).cloned());
    let now = now(program);
    Retirement {
        retired_on: match before("retired_on") {
            Some(value) => value.as_str().and_then(parse_date),
            None => now.retired_on,
        },
        replaced_by: match before("replaced_by") {
            Some(value) => value.as_str().and_then(|id| id.parse::<ProgramId>().ok()),
            None => now.replaced_by,
        },
    }
}

/// Both fields merged.
#[derive(Clone, Copy, Debug)]
pub struct Merged {
    /// The day.
    pub retired_on: Merge<Option<Date>>,
    /// The replacement.
    pub replaced_by: Merge<Option<ProgramId>>,
}

impl Merged {
    /// Merges what a form wants into what is there. What was chosen counts for the version that the panel showed.
    pub fn of([then, now, wanted]: [Retirement; 3], form: &ProgramForm, version: i32) -> Self {
        let chosen = |choice: &Option<String>| choice.clone().filter(|_| form.version == version);
        let (day, other) = (chosen(&form.choose_retired_on), chosen(&form.choose_replaced_by));
        Self {
            retired_on: merge(then.retired_on, now.retired_on, wanted.retired_on, day.as_deref()),
            replaced_by: merge(then.replaced_by, now.replaced_by, wanted.replaced_by, other.as_deref()),
        }
    }

    /// The result, unless somebody has to choose.
    pub fn settled(self) -> Option<Retirement> {
        match (self.retired_on, self.replaced_by) {
            (Merge::Settled(retired_on, _), Merge::Settled(replaced_by, _)) => {
                Some(Retirement { retired_on, replaced_by })
            }
            _ => None,
        }
    }
}
