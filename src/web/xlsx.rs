//! Tables as workbooks, for spreadsheets: every cell is text, and rows go to temporary files as they come.

use std::fs::File;
use std::io::{Seek, Write};

use anyhow::Context;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook as Book, Worksheet, XlsxError};

use super::{SignedIn, csv};
use crate::domain::clock::Moment;

/// So many rows a sheet has at most, that of the headings among them.
const FULL: u32 = 1_048_576;
/// So many characters a cell has at most.
const LONGEST: usize = 32_767;
/// How wide columns are, in characters.
const WIDE: f64 = 22.0;
const WIDEST: f64 = 90.0;

/// What the last sheet says about the others.
#[derive(Clone, Debug)]
pub struct About {
    /// The name of the table, which the sheets have.
    pub name: String,
    /// When it was made.
    pub made: Moment,
    /// What is told of it, each under a heading.
    pub facts: Vec<(&'static str, String)>,
}

impl About {
    /// That of a table that somebody takes now: what was asked for in words, and who asked.
    pub fn of(who: &SignedIn, name: String, filters: &[String], ordered: &str) -> Self {
        let (person, made) = (who.person(), Moment(who.app.clock.now()));
        let by = [person.name.clone(), person.role.label().to_owned(), person.place()];
        let by: Vec<String> = by.into_iter().filter(|part| !part.is_empty()).collect();
        let filters = if filters.is_empty() { "None".to_owned() } else { filters.join("; ") };
        let facts = vec![
            ("List", name.clone()),
            ("Filters", filters),
            ("Order", ordered.to_owned()),
            ("Exported by", by.join(", ")),
            ("Exported at", made.exact()),
        ];
        Self { name, made, facts }
    }

    /// Tells one thing more.
    pub fn tell(&mut self, heading: &'static str, fact: String) {
        self.facts.push((heading, fact));
    }
}

/// A workbook that is being written.
pub struct Workbook {
    book: Book,
    about: About,
    headings: Vec<String>,
    bold: Format,
    /// How many sheets there are, the rows that the last of them has, and how many it can have.
    sheets: usize,
    rows: u32,
    full: u32,
}

impl Workbook {
    /// A workbook without rows.
    pub fn new(about: About, headings: Vec<String>) -> Self {
        let bold = Format::new().set_bold();
        Self { book: Book::new(), about, headings, bold, sheets: 0, rows: 0, full: FULL }
    }

    /// The same with further rows, on a further sheet where one is full.
    ///
    /// # Errors
    /// When the temporary file can't be written.
    pub fn with(mut self, rows: &[Vec<String>]) -> Result<Self, XlsxError> {
        for row in rows {
            if self.sheets == 0 || self.rows == self.full {
                self.begin()?;
            }
            let sheet = self.book.worksheet_from_index(self.sheets - 1)?;
            write(sheet, self.rows, row, None)?;
            self.rows += 1;
        }
        Ok(self)
    }

    /// Begins a sheet: its headings stay in sight.
    fn begin(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let number = if self.sheets == 1 { String::new() } else { format!(" {}", self.sheets) };
        let sheet = self.book.add_worksheet_with_constant_memory();
        sheet.set_name(format!("{}{number}", self.about.name))?.set_freeze_panes(1, 0)?;
        for column in 0..self.headings.len() {
            sheet.set_column_width(u16::try_from(column).unwrap_or(u16::MAX), WIDE)?;
        }
        write(sheet, 0, &self.headings, Some(&self.bold))?;
        self.rows = 1;
        Ok(())
    }

    /// Writes the file, which is nobody's once it is closed; it is to be read from its beginning.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(mut self) -> anyhow::Result<File> {
        if self.sheets == 0 {
            self.begin()?;
        }
        let sheet = self.book.add_worksheet_with_constant_memory();
        sheet.set_name("About")?.set_column_width(0, WIDE)?.set_column_width(1, WIDEST)?;
        for (row, (heading, fact)) in (0..).zip(&self.about.facts) {
            sheet.write_string_with_format(row, 0, *heading, &self.bold)?;
            sheet.write_string(row, 1, cell(fact))?;
        }
        let made = ExcelDateTime::from_timestamp(self.about.made.0.unix_timestamp())?;
        self.book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let mut file = tempfile::tempfile().context("a temporary file can't be made")?;
        self.book.save_to_writer(&mut file)?;
        file.flush()?;
        file.rewind()?;
        Ok(file)
    }
}

fn write(sheet: &mut Worksheet, row: u32, cells: &[String], format: Option<&Format>) -> Result<(), XlsxError> {
    for (column, text) in (0..).zip(cells) {
        match format {
            Some(format) => sheet.write_string_with_format(row, column, cell(text), format)?,
            None => sheet.write_string(row, column, cell(text))?,
        };
    }
    Ok(())
}

/// A cell as comma-separated values have it too: text stays text where somebody saves the sheet as such.
fn cell(text: &str) -> String {
    csv::text(text).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use time::macros::datetime;
    use zip::ZipArchive;

    use super::*;

    fn workbook(full: u32) -> Workbook {
        let about = About {
            name: "Rates".to_owned(),
            made: Moment(datetime!(2026-03-11 03:30:15.5 UTC)),
            facts: vec![("Filters", "=None".to_owned())],
        };
        Workbook { full, ..Workbook::new(about, vec!["Rate".to_owned(), "Name".to_owned()]) }
    }

    /// The parts of a workbook whose names end so, in order.
    fn parts(workbook: Workbook, end: &str) -> Vec<String> {
        let mut archive = ZipArchive::new(workbook.finish().unwrap()).unwrap();
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

    fn row(number: i32) -> Vec<String> {
        vec![format!("MN-{number:04}"), "=cmd()".to_owned()]
    }

    #[test]
    fn rows_go_on_in_a_further_sheet_under_the_same_headings_when_one_is_full() {
        let written = workbook(3).with(&[row(1)]).unwrap().with(&(2..=5).map(row).collect::<Vec<_>>()).unwrap();
        let sheets = parts(written, ".xml").into_iter().filter(|part| part.contains("<sheetData")).collect::<Vec<_>>();
        let rows: Vec<usize> = sheets.iter().map(|sheet| sheet.matches("<row ").count()).collect();
        assert_eq!(rows, [3, 3, 2, 1], "two rows under headings, two, one, and what is said about them");
        for (sheet, keys) in sheets.iter().zip([["MN-0001", "MN-0002"], ["MN-0003", "MN-0004"], ["MN-0005", ""]]) {
            assert!(sheet.contains("<t>Rate</t>") && keys.iter().all(|key| sheet.contains(key)), "{sheet}");
            assert!(sheet.contains(r#"state="frozen""#), "the headings stay in sight");
        }
    }

    #[test]
    fn a_sheet_that_is_just_full_begins_no_other() {
        let names = parts(workbook(3).with(&[row(1), row(2)]).unwrap(), "workbook.xml").concat();
        assert!(names.contains(r#"name="Rates""#) && names.contains(r#"name="About""#), "{names}");
        assert!(!names.contains(r#"name="Rates 2""#), "{names}");
        let empty = parts(workbook(3), "workbook.xml").concat();
        assert!(empty.contains(r#"name="Rates""#), "a table without rows has its headings: {empty}");
    }

    #[test]
    fn no_cell_is_a_formula_and_none_is_longer_than_a_cell_can_be() {
        let long = vec!["x".repeat(LONGEST + 1), "+1".to_owned()];
        let sheets = parts(workbook(3).with(&[row(1), long]).unwrap(), ".xml").concat();
        assert!(!sheets.contains("<f>"));
        for text in ["'=cmd()", "'+1", "'=None"] {
            assert!(sheets.contains(&format!("<t>{text}</t>")), "{text}");
        }
        assert!(sheets.contains(&"x".repeat(LONGEST)) && !sheets.contains(&"x".repeat(LONGEST + 1)));
        let made = parts(workbook(3), "core.xml").concat();
        assert!(made.contains("2026-03-11T03:30:15Z"), "the time is ours: {made}");
    }
}
