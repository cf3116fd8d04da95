//! The file of programs: a heading and a line for each, its columns separated by tabs.

use std::collections::HashMap;
use std::fmt;

use crate::domain::id::ProgramId;

/// The columns, in this order.
pub const COLUMNS: [&str; 8] = [
    "state_code",
    "state_name",
    "program_id",
    "name",
    "full_name",
    "is_rate_program",
    "is_deprecated",
    "deprecated_by",
];

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BadLine {
    /// Its number, the heading being 1.
    pub line: usize,
    /// A sentence.
    pub sentence: String,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}: {}", self.line, self.sentence)
    }
}

/// A program as a line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The line.
    pub line: usize,
    /// Its key.
    pub id: ProgramId,
    /// Its state, which there is.
    pub state_code: String,
    /// The short name.
    pub name: String,
    /// The full name.
    pub full_name: String,
    /// Whether rate certifications alone can choose it.
    pub rate_only: bool,
    /// Whether it is retired.
    pub retired: bool,
    /// What to choose instead.
    pub replaced_by: Option<ProgramId>,
}

/// Reads the file as far as it can be judged by itself; `states` are the names of the states by their codes.
pub fn read(file: &[u8], states: &HashMap<String, String>) -> (Vec<Named>, Vec<BadLine>) {
    let (mut named, mut bad) = (Vec::new(), Vec::new());
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let mut lines = file.split(|byte| *byte == b'\n').zip(1..);
    let heading = lines.next().and_then(|(text, _)| cells(text));
    if heading.is_none_or(|cells| cells != COLUMNS) {
        let sentence = format!("The columns must be {}, separated by tabs.", COLUMNS.join(", "));
        return (named, vec![BadLine { line: 1, sentence }]);
    }
    for (text, line) in lines.filter(|(text, _)| !text.trim_ascii().is_empty()) {
        match cells(text).ok_or_else(|| vec!["It holds bytes that are no text.".to_owned()]).and_then(|cells| {
            let cells: [&str; 8] = cells
                .try_into()
                .map_err(|cells: Vec<&str>| vec![format!("It has {} columns instead of 8.", cells.len())])?;
            one(line, cells, states)
        }) {
            Ok(program) => named.push(program),
            Err(sentences) => bad.extend(sentences.into_iter().map(|sentence| BadLine { line, sentence })),
        }
    }
    (named, bad)
}

fn cells(line: &[u8]) -> Option<Vec<&str>> {
    let line = std::str::from_utf8(line).ok()?;
    Some(line.strip_suffix('\r').unwrap_or(line).split('\t').map(str::trim).collect())
}

/// The program of one line, or everything that is wrong with it.
fn one(line: usize, cells: [&str; 8], states: &HashMap<String, String>) -> Result<Named, Vec<String>> {
    let [state_code, state_name, id, name, full_name, rate_only, retired, replaced_by] = cells;
    let mut wrong = Vec::new();
    match states.get(state_code) {
        None => wrong.push(format!("There is no state “{state_code}”.")),
        Some(known) if known != state_name => {
            wrong.push(format!("The state {state_code} is {known}, not “{state_name}”."));
        }
        Some(_) => {}
    }
    let parsed_id = id.parse::<ProgramId>().ok();
    if parsed_id.is_none() {
        wrong.push(format!("The program_id “{id}” is no UUID."));
    }
    for (column, text) in [("name", name), ("full_name", full_name)] {
        if text.is_empty() {
            wrong.push(format!("The {column} is blank."));
        } else if text.chars().any(char::is_control) {
            wrong.push(format!("The {column} holds characters that can't be stored."));
        }
    }
    let mut yes = |column: &str, text: &str| match text.to_ascii_lowercase().as_str() {
        "true" => true,
        "false" => false,
        _ => {
            wrong.push(format!("The {column} is “{text}” instead of true or false."));
            false
        }
    };
    let (rate_only, retired) = (yes("is_rate_program", rate_only), yes("is_deprecated", retired));
    let replacement = (!replaced_by.is_empty()).then(|| replaced_by.parse::<ProgramId>());
    match &replacement {
        Some(Err(_)) => wrong.push(format!("The deprecated_by “{replaced_by}” is no UUID.")),
        Some(Ok(_)) if !retired => wrong.push("It has a deprecated_by, but is not deprecated.".to_owned()),
        Some(Ok(other)) if Some(*other) == parsed_id => wrong.push("The program can't replace itself.".to_owned()),
        _ => {}
    }
    match parsed_id {
        Some(id) if wrong.is_empty() => Ok(Named {
            line,
            id,
            state_code: state_code.to_owned(),
            name: name.to_owned(),
            full_name: full_name.to_owned(),
            rate_only,
            retired,
            replaced_by: replacement.and_then(Result::ok),
        }),
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01981c52-7d10-7a41-9c3e-5b0f6d2a1e01";

    fn read_lines(lines: &[String]) -> (Vec<Named>, Vec<String>) {
        let states = HashMap::from([("MN".to_owned(), "Minnesota".to_owned())]);
        let file = format!("{}\r\n{}", COLUMNS.join("\t"), lines.join("\n"));
        let (named, bad) = read(file.as_bytes(), &states);
        (named, bad.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_line_is_read_with_blanks_around_its_values_and_blank_lines_are_passed_over() {
        let line = format!(" MN\tMinnesota\t{ID}\t SNBC \tSpecial Needs\tFALSE\ttrue\t\r");
        let (named, bad) = read_lines(&[String::new(), line, String::new()]);
        assert_eq!(bad, [""; 0]);
        let [program] = &named[..] else { panic!("{named:?}") };
        assert_eq!((program.line, program.name.as_str(), program.rate_only, program.retired), (3, "SNBC", false, true));
    }

    #[test]
    fn everything_wrong_with_a_line_is_said_at_once() {
        let (named, bad) = read_lines(&[
            "ZZ\tNowhere\t12\t\t\tmaybe\tfalse\t".to_owned(),
            format!("MN\tTexas\t{ID}\tA\tB\tfalse\tfalse\t{ID}"),
            "MN\tMinnesota".to_owned(),
            format!("MN\tMinnesota\t{ID}\tA\tB\tfalse\ttrue\t{ID}"),
            format!("MN\tMinnesota\t{ID}\tA\tB\tfalse\ttrue\tlater"),
        ]);
        assert_eq!(named, []);
        assert_eq!(
            bad,
            [
                "Line 2: There is no state “ZZ”.",
                "Line 2: The program_id “12” is no UUID.",
                "Line 2: The name is blank.",
                "Line 2: The full_name is blank.",
                "Line 2: The is_rate_program is “maybe” instead of true or false.",
                "Line 3: The state MN is Minnesota, not “Texas”.",
                "Line 3: It has a deprecated_by, but is not deprecated.",
                "Line 4: It has 2 columns instead of 8.",
                "Line 5: The program can't replace itself.",
                "Line 6: The deprecated_by “later” is no UUID.",
            ]
        );
    }

    #[test]
    fn another_heading_is_refused_and_bytes_that_are_no_text_are_named_by_line() {
        let (named, bad) = read(b"state,name\nMN\t", &HashMap::new());
        assert_eq!((named.len(), bad.len(), bad[0].line), (0, 1, 1));
        let file = [COLUMNS.join("\t").as_bytes(), b"\nMN\t\xFF"].concat();
        let (_, bad) = read(&file, &HashMap::new());
        assert_eq!(bad[0].to_string(), "Line 2: It holds bytes that are no text.");
    }
}
