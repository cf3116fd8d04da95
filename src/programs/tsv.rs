//! The file of programs: a heading and a line for each, its columns separated by tabs.

use std::collections::HashMap;
use std::fmt;

use crate::domain::id::ProgramId;
use crate::domain::text::{is_blank, refused_character, with_line_ends};

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
    let text = match decoded(file) {
        Ok(text) => text,
        Err(unreadable) => return (named, vec![unreadable]),
    };
    let mut rows = rows(&text);
    if let Some(sentence) = wrong_heading(rows.next()) {
        return (named, vec![BadLine { line: 1, sentence }]);
    }
    for (line, cells) in rows.filter(|(_, cells)| cells.iter().any(|cell| !is_blank(cell))) {
        let number = cells.len();
        let eight: Result<[&str; 8], _> = cells.iter().map(|cell| cell.trim()).collect::<Vec<_>>().try_into();
        let program = match eight {
            Ok(cells) => one(line, cells, states),
            Err(_) => {
                let open = cells.iter().any(|cell| cell.contains(['\n', '\t']));
                let open = if open { " A quotation mark may not be closed." } else { "" };
                Err(vec![format!("It has {number} columns instead of 8.{open}")])
            }
        };
        match program {
            Ok(program) => named.push(program),
            Err(sentences) => bad.extend(sentences.into_iter().map(|sentence| BadLine { line, sentence })),
        }
    }
    (named, bad)
}

/// The text of a file in UTF-8 or, as Excel saves "Unicode Text", in UTF-16; each line end as one `\n`.
fn decoded(file: &[u8]) -> Result<String, BadLine> {
    let utf_16 = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let text = char::decode_utf16(pairs.iter().map(|pair| of(*pair))).collect::<Result<String, _>>();
        text.ok().filter(|_| rest.is_empty()).ok_or_else(|| {
            let sentence = "The file is cut off, or is not the text that its first bytes say: save it again.";
            BadLine { line: 1, sentence: sentence.to_owned() }
        })
    };
    let text = match file {
        [0xFF, 0xFE, text @ ..] => utf_16(text, u16::from_le_bytes)?,
        [0xFE, 0xFF, text @ ..] => utf_16(text, u16::from_be_bytes)?,
        // Without a mark at its start: the first letter of the heading is ASCII.
        [first, 0, ..] if *first != 0 => utf_16(file, u16::from_le_bytes)?,
        [0, second, ..] if *second != 0 => utf_16(file, u16::from_be_bytes)?,
        _ => {
            let text = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
            std::str::from_utf8(text).map_err(|error| not_utf_8(&text[..error.valid_up_to()]))?.to_owned()
        }
    };
    Ok(with_line_ends(&text))
}

fn not_utf_8(before: &[u8]) -> BadLine {
    let line = with_line_ends(&String::from_utf8_lossy(before)).matches('\n').count() + 1;
    let sentence = "It holds bytes that are not UTF-8. In Excel, save the list as “Unicode Text (*.txt)”.".to_owned();
    BadLine { line, sentence }
}

/// The rows of the text with their lines. Excel puts what holds a tab, a line end or a quotation mark in quotation marks.
fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<String>)> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    std::iter::from_fn(move || {
        let from = reader.position().clone();
        let there = reader.read_record(&mut row).expect("text in memory is read, with any number of columns");
        // Blank lines before a row are passed over with it.
        let blank = text[from.byte() as usize..].chars().take_while(|character| *character == '\n').count();
        there.then(|| (from.line() as usize + blank, row.iter().map(str::to_owned).collect()))
    })
}

/// What is wrong with the heading, if anything is.
fn wrong_heading(heading: Option<(usize, Vec<String>)>) -> Option<String> {
    let cells: Vec<String> = heading.map(|(_, cells)| cells).unwrap_or_default();
    if cells.iter().map(|cell| cell.trim()).eq(COLUMNS) {
        return None;
    }
    let commas = cells.len() == 1 && cells[0].matches([',', ';']).count() + 1 == COLUMNS.len();
    let columns = COLUMNS.join(", ");
    Some(if commas {
        "The columns are separated by commas or semicolons. In Excel, save the list as “Unicode Text (*.txt)”, which separates them by tabs.".to_owned()
    } else {
        format!("The columns must be {columns}, separated by tabs.")
    })
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
        if is_blank(text) {
            wrong.push(format!("The {column} is blank."));
        } else if text.contains(['\n', '\t']) {
            wrong.push(format!("The {column} holds a line end or a tab. A quotation mark may not be closed."));
        } else if let Some(sentence) = refused_character(text) {
            wrong.push(format!("The {column}: {sentence}"));
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
        assert_eq!(
            bad[0].to_string(),
            "Line 2: It holds bytes that are not UTF-8. In Excel, save the list as “Unicode Text (*.txt)”."
        );
        let commas = COLUMNS.join(";");
        let (_, bad) = read(format!("{commas}\nMN;Minnesota").as_bytes(), &HashMap::new());
        assert!(bad[0].sentence.starts_with("The columns are separated by commas or semicolons."), "{bad:?}");
    }

    /// A list as Excel saves it: what holds commas or quotation marks in quotation marks.
    fn of_excel(line_end: &str) -> String {
        let lines = [
            COLUMNS.join("\t"),
            format!("MN\tMinnesota\t{ID}\t\"MSC+, new\"\t\"The \"\"senior\"\" cäre\"\tFALSE\tTRUE\t"),
            String::new(),
        ];
        lines.join(line_end)
    }

    #[test]
    fn a_list_saved_by_excel_is_read_in_every_way_that_it_saves_text() {
        let states = HashMap::from([("MN".to_owned(), "Minnesota".to_owned())]);
        let expected = ("MSC+, new".to_owned(), "The \"senior\" cäre".to_owned(), true, 2);
        for text in [of_excel("\r\n"), of_excel("\n"), of_excel("\r")] {
            let units = || text.encode_utf16();
            let le: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
            let be: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
            let files = [
                text.clone().into_bytes(),
                [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
                [b"\xFF\xFE".to_vec(), le.clone()].concat(),
                [b"\xFE\xFF".to_vec(), be.clone()].concat(),
                le,
                be,
            ];
            for file in files {
                let (named, bad) = read(&file, &states);
                assert_eq!(bad, [], "{file:?}");
                let [program] = &named[..] else { panic!("{named:?}") };
                let read = (program.name.clone(), program.full_name.clone(), program.retired, program.line);
                assert_eq!(read, expected, "{file:?}");
            }
        }
        for cut in [&b"\xFF\xFEs\0t\0a"[..], b"\xFF\xFEs\0\x00\xD8"] {
            let (_, bad) = read(cut, &states);
            assert!(bad[0].sentence.starts_with("The file is cut off"), "{bad:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_and_a_character_that_is_refused_are_named() {
        let open = format!("MN\tMinnesota\t{ID}\t\"SNBC\tSpecial Needs\tfalse\tfalse\t");
        let (_, bad) = read_lines(&[open, format!("MN\tMinnesota\t{ID}\tA\tB\tfalse\tfalse\t")]);
        assert_eq!(bad, ["Line 2: It has 4 columns instead of 8. A quotation mark may not be closed."]);
        let across = format!("MN\tMinnesota\t{ID}\t\"SN\nBC\"\tNeeds\tfalse\tfalse\t");
        let (_, bad) = read_lines(&[across, format!("MN\tMinnesota\t{ID}\tA\u{7}\tB\tfalse\tfalse\t")]);
        assert_eq!(
            bad,
            [
                "Line 2: The name holds a line end or a tab. A quotation mark may not be closed.",
                "Line 4: The name: Character 2 is a control character (U+0007). Delete it, or type the words around it again.",
            ]
        );
    }
}
