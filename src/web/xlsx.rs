//! Tables as workbooks, for spreadsheets, written while they are sent: a cell is text, or a number to count with.

use std::fmt::Write as _;
use std::io::{self, Cursor, Read, Write};

use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, XlsxError};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::SignedIn;
use super::cell::Cell;
use crate::domain::clock::Moment;

/// So many rows a sheet has at most, that of the headings among them.
const FULL: u32 = 1_048_576;
/// So many characters a cell has at most.
const LONGEST: usize = 32_767;
/// How wide columns are, in characters.
const WIDE: f64 = 22.0;
const WIDEST: f64 = 90.0;
/// Packed fast: the reader waits for it.
const OPTIONS: SimpleFileOptions =
    SimpleFileOptions::DEFAULT.compression_method(CompressionMethod::Deflated).compression_level(Some(1));

/// What the last sheet says about the others.
#[derive(Clone, Debug)]
pub struct About {
    /// The name of the table, which the sheets have.
    pub name: String,
    /// When it was made.
    pub made: Moment,
    /// What is told of it, each under a heading.
    pub facts: Vec<(&'static str, Cell)>,
}

impl About {
    /// That of a table that somebody takes now: what was asked for in words, and who asked.
    pub fn of(who: &SignedIn, name: String, filters: &[String], ordered: &str) -> Self {
        let (person, made) = (who.person(), Moment(who.app.clock.now()));
        let by = [person.name.clone(), person.role.label().to_owned(), person.place()];
        let by: Vec<String> = by.into_iter().filter(|part| !part.is_empty()).collect();
        let filters = if filters.is_empty() { "None".to_owned() } else { filters.join("; ") };
        let facts = vec![
            ("List", name.as_str().into()),
            ("Filters", filters.into()),
            ("Order", ordered.into()),
            ("Exported by", by.join(", ").into()),
            ("Exported at", made.into()),
        ];
        Self { name, made, facts }
    }

    /// Tells one thing more.
    pub fn tell(&mut self, heading: &'static str, fact: impl Into<Cell>) {
        self.facts.push((heading, fact.into()));
    }
}

/// A workbook that is being written. What surrounds its rows is cut from one that has none.
pub struct Workbook<W: Write> {
    archive: ZipWriter<StreamWriter<W>>,
    about: About,
    headings: Vec<String>,
    /// How many sheets there are, the rows that the last of them has and what ends it, and how many rows it can have.
    sheets: usize,
    rows: u32,
    end: String,
    full: u32,
}

impl<W: Write> Workbook<W> {
    /// A workbook without rows.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn begin(to: W, about: About, headings: Vec<String>) -> io::Result<Self> {
        Self::filling(FULL, to, about, headings)
    }

    fn filling(full: u32, to: W, about: About, headings: Vec<String>) -> io::Result<Self> {
        let archive = ZipWriter::new_stream(to);
        let mut workbook = Self { archive, about, headings, sheets: 0, rows: 0, end: String::new(), full };
        workbook.begin_sheet()?;
        Ok(workbook)
    }

    /// Writes further rows, on a further sheet where one is full, and hands on what was written.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn write(&mut self, rows: &[Vec<Cell>]) -> io::Result<()> {
        let mut text = String::new();
        for row in rows {
            if self.rows == self.full {
                self.archive.write_all(text.as_bytes())?;
                text.clear();
                self.archive.write_all(self.end.as_bytes())?;
                self.begin_sheet()?;
            }
            push_row(&mut text, self.rows, row);
            self.rows += 1;
        }
        self.archive.write_all(text.as_bytes())?;
        self.archive.flush()
    }

    fn begin_sheet(&mut self) -> io::Result<()> {
        self.sheets += 1;
        let name = sheet(self.sheets);
        let mut text = String::new();
        self.without_rows()?.by_name(&name)?.read_to_string(&mut text)?;
        let (begin, end) = text.split_at(text.find("</sheetData>").ok_or(io::ErrorKind::InvalidData)?);
        self.archive.start_file(name, OPTIONS)?;
        // How far the sheet goes is not known yet.
        let (before, rest) = begin.split_once("<dimension").ok_or(io::ErrorKind::InvalidData)?;
        let (_, after) = rest.split_once("/>").ok_or(io::ErrorKind::InvalidData)?;
        self.archive.write_all(before.as_bytes())?;
        self.archive.write_all(after.as_bytes())?;
        end.clone_into(&mut self.end);
        self.rows = 1;
        Ok(())
    }

    /// Writes the rest; gives back what it was written to.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.archive.write_all(self.end.as_bytes())?;
        let mut parts = self.without_rows()?;
        let written: Vec<String> = (1..=self.sheets).map(sheet).collect();
        for at in 0..parts.len() {
            let mut part = parts.by_index(at)?;
            if !written.iter().any(|name| name == part.name()) {
                self.archive.start_file(part.name(), OPTIONS)?;
                io::copy(&mut part, &mut self.archive)?;
            }
        }
        Ok(self.archive.finish()?.into_inner())
    }

    /// The workbook with as many sheets, but with nothing below their headings.
    fn without_rows(&self) -> io::Result<ZipArchive<Cursor<Vec<u8>>>> {
        let book = book(&self.about, &self.headings, self.sheets).map_err(io::Error::other)?;
        Ok(ZipArchive::new(Cursor::new(book))?)
    }
}

/// The name of the part that is a sheet.
fn sheet(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

fn book(about: &About, headings: &[String], sheets: usize) -> Result<Vec<u8>, XlsxError> {
    let (mut book, bold) = (rust_xlsxwriter::Workbook::new(), Format::new().set_bold());
    for number in 1..=sheets {
        // With little memory, texts stand in the sheet itself.
        let sheet = book.add_worksheet_with_constant_memory();
        let number = if number == 1 { String::new() } else { format!(" {number}") };
        sheet.set_name(format!("{}{number}", about.name))?.set_freeze_panes(1, 0)?;
        for (column, heading) in (0..).zip(headings) {
            sheet.set_column_width(column, WIDE)?.write_string_with_format(
                0,
                column,
                text(&heading.as_str().into()),
                &bold,
            )?;
        }
    }
    let sheet = book.add_worksheet_with_constant_memory();
    sheet.set_name("About")?.set_column_width(0, WIDE)?.set_column_width(1, WIDEST)?;
    for (row, (heading, fact)) in (0..).zip(&about.facts) {
        sheet.write_string_with_format(row, 0, *heading, &bold)?;
        match fact {
            // A workbook has no whole numbers of its own; none here is beyond those that it tells exactly.
            Cell::Number(number) => sheet.write_number(row, 1, *number as f64)?,
            Cell::Text(_) => sheet.write_string(row, 1, text(fact))?,
        };
    }
    let made = ExcelDateTime::from_timestamp(about.made.0.unix_timestamp())?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    book.save_to_buffer()
}

/// Adds a row to a sheet; the first is number 0.
fn push_row(xml: &mut String, number: u32, cells: &[Cell]) {
    let _ = write!(xml, r#"<row r="{}">"#, number + 1);
    for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        let place = row_col_to_cell(number, column);
        if let Cell::Number(number) = cell {
            let _ = write!(xml, r#"<c r="{place}"><v>{number}</v></c>"#);
            continue;
        }
        let text = text(cell);
        let space = if text.trim() == text { "" } else { r#" xml:space="preserve""# };
        let _ = write!(xml, r#"<c r="{place}" t="inlineStr"><is><t{space}>"#);
        push_escaped(xml, &text);
        xml.push_str("</t></is></c>");
    }
    xml.push_str("</row>");
}

/// Adds a text as XML has it. Characters that XML can't have are written as spreadsheets read them, `_x000B_` (ECMA-376
/// Part 1, 22.9.2.19), and so is the beginning of what only looks like one.
fn push_escaped(xml: &mut String, text: &str) {
    for (at, char) in text.char_indices() {
        match char {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '\t' | '\n' => xml.push(char),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(xml, "_x{:04X}_", u32::from(char));
            }
            '_' if looks_escaped(&text[at..]) => xml.push_str("_x005F_"),
            _ => xml.push(char),
        }
    }
}

fn looks_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

/// A cell as text, no longer than a cell can be.
fn text(cell: &Cell) -> String {
    cell.plain().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use time::macros::datetime;
    use zip::ZipArchive;

    use super::*;

    /// The parts of a workbook with these rows whose names end so, in order.
    fn parts(full: u32, pieces: &[&[Vec<Cell>]], end: &str) -> Vec<String> {
        let about = About {
            name: "Rates".to_owned(),
            made: Moment(datetime!(2026-03-11 03:30:15.5 UTC)),
            facts: vec![("Filters", "=None".into()), ("Rows", (-1).into())],
        };
        let mut file = Vec::new();
        let mut workbook =
            Workbook::filling(full, &mut file, about, vec!["Rate".to_owned(), "Name".to_owned()]).unwrap();
        for rows in pieces {
            workbook.write(rows).unwrap();
        }
        workbook.finish().unwrap();
        let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
        let mut names: Vec<String> =
            archive.file_names().filter(|name| name.ends_with(end)).map(str::to_owned).collect();
        names.sort();
        let mut text = |name: &String| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        names.iter().map(&mut text).collect()
    }

    fn row(number: i32) -> Vec<Cell> {
        vec![format!("MN-{number:04}").into(), "=cmd()".into()]
    }

    #[test]
    fn rows_go_on_in_a_further_sheet_under_the_same_headings_when_one_is_full() {
        let further: Vec<_> = (2..=5).map(row).collect();
        let sheets = parts(3, &[&[row(1)], &further], ".xml");
        let sheets: Vec<_> = sheets.into_iter().filter(|part| part.contains("<sheetData")).collect();
        let rows: Vec<usize> = sheets.iter().map(|sheet| sheet.matches("<row ").count()).collect();
        assert_eq!(rows, [3, 3, 2, 2], "two rows under headings, two, one, and two things said about them");
        for (sheet, keys) in sheets.iter().zip([["MN-0001", "MN-0002"], ["MN-0003", "MN-0004"], ["MN-0005", ""]]) {
            assert!(sheet.contains("<t>Rate</t>") && keys.iter().all(|key| sheet.contains(key)), "{sheet}");
            assert!(sheet.contains(r#"state="frozen""#), "the headings stay in sight");
            assert!(!sheet.contains("<dimension"), "nothing says how far it goes");
            assert!(sheet.ends_with("</worksheet>"), "{sheet}");
        }
        assert_eq!(sheets.iter().filter(|sheet| sheet.contains("tabSelected")).count(), 1, "one sheet is open");
    }

    #[test]
    fn a_sheet_that_is_just_full_begins_no_other() {
        let names = parts(3, &[&[row(1), row(2)]], "workbook.xml").concat();
        assert!(names.contains(r#"name="Rates""#) && names.contains(r#"name="About""#), "{names}");
        assert!(!names.contains(r#"name="Rates 2""#), "{names}");
        let empty = parts(3, &[], "workbook.xml").concat();
        assert!(empty.contains(r#"name="Rates""#), "a table without rows has its headings: {empty}");
    }

    #[test]
    fn no_cell_is_a_formula_and_none_is_longer_than_a_cell_can_be() {
        let long = vec!["x".repeat(LONGEST + 1).into(), "+1".into(), Cell::Number(-1)];
        let sheets = parts(3, &[&[row(1), long]], ".xml").concat();
        assert!(!sheets.contains("<f>"));
        for text in ["'=cmd()", "'+1", "'=None"] {
            assert!(sheets.contains(&format!("<t>{text}</t>")), "{text}");
        }
        assert!(sheets.contains(&"x".repeat(LONGEST)) && !sheets.contains(&"x".repeat(LONGEST + 1)));
        assert!(sheets.contains("<c r=\"C3\"><v>-1</v></c>"), "a number is one: {sheets}");
        assert!(sheets.contains("<v>-1</v></c></row></sheetData>"), "and so it is where the table is told about");
        let made = parts(3, &[], "core.xml").concat();
        assert!(made.contains("2026-03-11T03:30:15Z"), "the time is ours: {made}");
    }

    #[test]
    fn what_xml_can_not_have_is_written_as_spreadsheets_read_it() {
        let told = |text: &str| parts(3, &[&[vec![text.into()]]], "sheet1.xml").concat();
        for (text, written) in [
            ("A & B <c> \"d\"", "<t>A &amp; B &lt;c&gt; \"d\"</t>"),
            ("one\ntwo\u{b}three\r\n", "<t xml:space=\"preserve\">one\ntwo_x000B_three_x000D_\n</t>"),
            ("_x000B_ and _x12_ and _", "<t>_x005F_x000B_ and _x12_ and _</t>"),
            (" é\u{ffff}", "<t xml:space=\"preserve\"> é_xFFFF_</t>"),
        ] {
            assert!(told(text).contains(written), "{}", told(text));
        }
        assert!(told("").contains(r#"<row r="2"></row>"#));
    }
}
