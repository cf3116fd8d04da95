//! Tables as comma-separated values, for spreadsheets.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use csv::{Terminator, Writer, WriterBuilder};

use super::cell::Cell;

/// A table that is being written.
#[derive(Debug)]
pub struct Table {
    writer: Writer<Vec<u8>>,
}

fn writer(text: Vec<u8>) -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(text)
}

impl Table {
    /// A table with these headings. The mark at its start tells spreadsheets that it is UTF-8.
    pub fn new<'a>(headings: impl IntoIterator<Item = &'a str>) -> Self {
        let text = "\u{feff}".as_bytes().to_vec();
        let mut table = Self { writer: writer(text) };
        table.row(headings.into_iter().map(Cell::from));
        table
    }

    /// The rows that follow those of a table which has its headings.
    pub fn continued() -> Self {
        Self { writer: writer(Vec::new()) }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let cells = cells.into_iter().map(|cell| cell.plain().into_owned());
        self.writer.write_record(cells).expect("memory takes what is written");
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.writer.into_inner().expect("memory takes what is written")
    }

    /// The file as a download under a plain name.
    pub fn answer(self, file_name: &str) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
            .body(self.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table};

    #[test]
    fn a_cell_is_text_whatever_it_holds() {
        let mut table = Table::new(["Name", "Note"]);
        table.row(["合同.pdf", "say \"b\", c"].map(Cell::from));
        for formula in ["=1+1", "+1", "-1", "@sum", "\tx"] {
            table.row([formula, "two\nlines"].map(Cell::from));
        }
        let text = String::from_utf8(table.finish()).unwrap();
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[..3], ["\u{feff}Name,Note", "合同.pdf,\"say \"\"b\"\", c\"", "'=1+1,\"two\nlines\""]);
        assert_eq!(
            lines[3..],
            ["'+1,\"two\nlines\"", "'-1,\"two\nlines\"", "'@sum,\"two\nlines\"", "'\tx,\"two\nlines\"", ""]
        );
    }
}
