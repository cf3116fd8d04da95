//! Loading the list of programs: all of a file or nothing, and nothing that it does not name.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde_json::Value;
use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use super::manage::{self, Fields, KnownProgram, differences};
use super::refusal::ProgramError;
use super::tsv::{self, BadLine, Named};
use crate::domain::clock::{Clock, date_in_words};
use crate::domain::id::ProgramId;
use crate::domain::text::comparison_key;
use crate::history::Actor;

/// What a file changed.
#[derive(Debug)]
pub struct Import {
    /// Every change, in the order of the file.
    pub steps: Vec<Step>,
    /// How many of each.
    pub totals: Totals,
}

/// How many programs met which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// New ones.
    pub added: usize,
    /// Changed, but not retired.
    pub changed: usize,
    /// Retired.
    pub retired: usize,
    /// As the file has them already.
    pub unchanged: usize,
    /// Those that the file does not name.
    pub unnamed: usize,
}

/// One change.
#[derive(Debug)]
pub struct Step {
    /// What a line of the report says.
    pub words: String,
    deed: Deed,
}

#[derive(Debug)]
enum Deed {
    Add(ProgramId, String, Fields),
    Change(Box<KnownProgram>, Fields),
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Lines are bad; each with its number and a sentence.
    #[error("{}", sentences(.0))]
    Bad(Vec<BadLine>),
    /// A rule of the database forbids it.
    #[error(transparent)]
    Refused(#[from] ProgramError),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(error.into())
    }
}

fn sentences(bad: &[BadLine]) -> String {
    let lines: HashSet<usize> = bad.iter().map(|bad| bad.line).collect();
    let count = if lines.len() == 1 { "1 line is bad".to_owned() } else { format!("{} lines are bad", lines.len()) };
    let each: Vec<String> = bad.iter().map(ToString::to_string).collect();
    format!("{}\nNothing was loaded: {count}.", each.join("\n"))
}

/// Loads a file. The caller commits, or rolls back to have learned what it would do.
///
/// # Errors
/// [`ImportError::Bad`] with every bad line.
pub async fn import(conn: &mut PgConnection, clock: &Clock, actor: &Actor, file: &[u8]) -> Result<Import, ImportError> {
    let states = sqlx::query!("select code, name from state").fetch_all(&mut *conn).await?;
    let states: HashMap<String, String> = states.into_iter().map(|state| (state.code, state.name)).collect();
    let (named, mut bad) = tsv::read(file, &states);
    // Who else changes programs waits; who only refers to one does not.
    sqlx::query!("lock table program in share row exclusive mode").execute(&mut *conn).await?;
    sqlx::query!("set constraints program_name_unique, program_replacement_of_same_state deferred")
        .execute(&mut *conn)
        .await?;
    let known = manage::list(conn, None).await?;
    let sent = named_by_sent(conn, &named, &known).await?;
    bad.extend(contradictions(&named, &known, &sent));
    if !bad.is_empty() {
        bad.sort();
        return Err(ImportError::Bad(bad));
    }
    let import = plan(&named, &known, clock.today());
    for step in &import.steps {
        match &step.deed {
            Deed::Add(id, state_code, fields) => manage::add(conn, clock, actor, *id, state_code, fields).await?,
            Deed::Change(known, wanted) => {
                manage::change(conn, clock, actor, known, wanted).await?;
            }
        }
    }
    sqlx::query!("set constraints program_name_unique, program_replacement_of_same_state immediate")
        .execute(conn)
        .await?;
    Ok(import)
}

/// Those to get another short name although a sent version is named by the present one.
async fn named_by_sent(
    conn: &mut PgConnection,
    named: &[Named],
    known: &[KnownProgram],
) -> sqlx::Result<HashSet<ProgramId>> {
    let renamed =
        |program: &&KnownProgram| named.iter().any(|named| named.id == program.id && named.name != program.fields.name);
    let renamed: Vec<Uuid> = known.iter().filter(renamed).map(|program| program.id.0).collect();
    let sent = sqlx::query_scalar!(
        r#"select program.id as "id!: ProgramId" from unnest($1::uuid[]) as program (id) where program_is_sent(program.id)"#,
        &renamed,
    )
    .fetch_all(conn)
    .await?;
    Ok(sent.into_iter().collect())
}

/// What is wrong with lines beside others and beside what is there.
fn contradictions(named: &[Named], known: &[KnownProgram], sent: &HashSet<ProgramId>) -> Vec<BadLine> {
    let known: HashMap<ProgramId, &KnownProgram> = known.iter().map(|program| (program.id, program)).collect();
    let mut first: HashMap<ProgramId, &Named> = HashMap::new();
    let mut bad = Vec::new();
    for program in named {
        if let Some(before) = first.get(&program.id) {
            let sentence = format!("Line {} has the same program_id.", before.line);
            bad.push(BadLine { line: program.line, sentence });
        } else {
            first.insert(program.id, program);
        }
    }
    // The names that will be there: those of the programs that the file leaves alone, and its own.
    let mut names: HashMap<(&str, String), Option<usize>> = known
        .values()
        .filter(|program| !first.contains_key(&program.id))
        .map(|program| ((program.state_code.as_str(), comparison_key(&program.fields.name)), None))
        .collect();
    for program in named {
        let mut say = |sentence: String| bad.push(BadLine { line: program.line, sentence });
        let Named { state_code, name, .. } = program;
        match names.insert((state_code, comparison_key(name)), Some(program.line)) {
            Some(Some(line)) => say(format!("Line {line} has the same name, {name}, in {state_code}.")),
            Some(None) => {
                say(format!("Another program of {state_code} is named {name}, and the file does not name it."));
            }
            None => {}
        }
        if let Some(there) = known.get(&program.id) {
            if there.state_code != *state_code {
                say(format!("The program_id belongs to {} of {}.", there.fields.name, there.state_code));
            } else if sent.contains(&program.id) {
                let old = &there.fields.name;
                say(format!("A sent version is named by {old}: deprecate it and add {name} under an id of its own."));
            }
        }
        if let Some(other) = program.replaced_by {
            let state = first.get(&other).map(|named| &named.state_code);
            match state.or_else(|| known.get(&other).map(|known| &known.state_code)) {
                None => say(format!("The deprecated_by {other} is neither in the file nor known.")),
                Some(of) if of != state_code => say(format!("The deprecated_by {other} belongs to {of}.")),
                Some(_) => {}
            }
        }
    }
    bad
}

fn plan(named: &[Named], known: &[KnownProgram], today: Date) -> Import {
    let by_id: HashMap<ProgramId, &KnownProgram> = known.iter().map(|program| (program.id, program)).collect();
    let mut names: HashMap<ProgramId, &str> =
        known.iter().map(|program| (program.id, program.fields.name.as_str())).collect();
    names.extend(named.iter().map(|program| (program.id, program.name.as_str())));
    let mut steps = Vec::new();
    let mut totals = Totals { unnamed: known.len(), ..Totals::default() };
    for program in named {
        let there = by_id.get(&program.id);
        // The day on which a program was retired stays.
        let since = there.and_then(|there| there.fields.retired_on);
        let wanted = Fields {
            name: program.name.clone(),
            full_name: program.full_name.clone(),
            rate_only: program.rate_only,
            retired_on: program.retired.then(|| since.unwrap_or(today)),
            replaced_by: program.replaced_by,
        };
        totals.unnamed -= usize::from(there.is_some());
        let place = format!("{} {}", program.state_code, there.map_or(&program.name, |there| &there.fields.name));
        match there {
            None => {
                totals.added += 1;
                let words = format!("{place}: added, {}", added_in_words(&wanted, &names));
                steps.push(Step { words, deed: Deed::Add(program.id, program.state_code.clone(), wanted) });
            }
            Some(there) if there.fields == wanted => totals.unchanged += 1,
            Some(there) => {
                let retired = since.is_none() && wanted.retired_on.is_some();
                *(if retired { &mut totals.retired } else { &mut totals.changed }) += 1;
                let words = format!("{place}: {}", changed_in_words(&there.fields, &wanted, &names));
                steps.push(Step { words, deed: Deed::Change(Box::new((*there).clone()), wanted) });
            }
        }
    }
    Import { steps, totals }
}

fn added_in_words(fields: &Fields, names: &HashMap<ProgramId, &str>) -> String {
    let mut words = vec![format!("“{}”", fields.full_name)];
    words.extend(fields.rate_only.then(|| "for rate certifications only".to_owned()));
    words.extend(fields.retired_on.map(|day| format!("retired on {}", date_in_words(day))));
    words.extend(fields.replaced_by.map(|other| format!("replaced by {}", names.get(&other).unwrap_or(&"nothing"))));
    words.join(", ")
}

/// What changes, each with its value before and after.
fn changed_in_words(before: &Fields, after: &Fields, names: &HashMap<ProgramId, &str>) -> String {
    let day = |day: Option<Date>| day.map_or_else(|| "never".to_owned(), date_in_words);
    let other = |id: Option<ProgramId>| id.and_then(|id| names.get(&id).copied()).unwrap_or("nothing").to_owned();
    let of = |field: &str, fields: &Fields| match field {
        "name" => fields.name.clone(),
        "full_name" => format!("“{}”", fields.full_name),
        "rate_only" => if fields.rate_only { "yes" } else { "no" }.to_owned(),
        "retired_on" => day(fields.retired_on),
        _ => other(fields.replaced_by),
    };
    let changed: serde_json::Map<String, Value> = differences(before, after);
    let one = |field: &String| format!("{} {} → {}", field.replace('_', " "), of(field, before), of(field, after));
    changed.keys().map(one).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, changed, retired, unchanged, unnamed } = self;
        write!(
            f,
            "{added} added, {changed} changed, {retired} retired, {unchanged} as they were; {unnamed} that the file does not name stay as they are."
        )
    }
}
