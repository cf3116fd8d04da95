//! PDF files: whether the whole of one is there, and whether it opens without a password. Of a file its beginning and its end
//! are read, and what these lead to.
//!
//! Readers open much that is not as the format says, looking for the objects themselves where the tables of them are wrong. So
//! a file is refused only for what no reader overcomes: an end that is missing, or a password.

mod objects;
mod password;
mod tables;

use std::io::{Read, Seek};

use super::{Verdict, read_at};
use crate::documents::file_type::FileType;
use objects::{Dictionary, Object, Parser};
use tables::{Section, Sections};

/// How much of the end of a file is looked at: its mark is to be within the last 1,024 bytes, and readers look a little further.
const TAIL: u64 = 4096;

/// Where a PDF begins in the first bytes of a file; `None` when it is none.
pub(super) fn begins(start: &[u8]) -> Option<u64> {
    start.windows(5).position(|window| window == b"%PDF-").map(|at| at as u64)
}

/// What a file is that begins like a PDF, after `header` bytes of something else.
pub(super) fn judge(file: &mut (impl Read + Seek), start: &[u8], header: u64, size: u64) -> Verdict {
    if promised_length(start).is_some_and(|length| length > size) {
        return Verdict::Incomplete;
    }
    let tail_start = size.saturating_sub(TAIL);
    let Some(tail) = read_at(file, tail_start, size - tail_start) else { return Verdict::Unknown };
    let Some(end) = last(&tail, b"%%EOF") else { return Verdict::Incomplete };
    let table =
        last(&tail[..end], b"startxref").and_then(|at| Parser::new(&tail[at + b"startxref".len()..end]).natural());
    match table {
        // A table at the very beginning is what the first part of a file says whose last part is missing.
        Some(0) => Verdict::Incomplete,
        Some(at) if at >= size => Verdict::Incomplete,
        Some(at) => judge_by_tables(&mut Sections { file, header }, at),
        None => Verdict::Is(FileType::Pdf),
    }
}

fn judge_by_tables(sections: &mut Sections<'_, impl Read + Seek>, at: u64) -> Verdict {
    let Some(newest) = sections.section(at) else { return Verdict::Is(FileType::Pdf) };
    let Some(encryption) = newest.trailer.get("Encrypt").cloned() else { return Verdict::Is(FileType::Pdf) };
    let id = match newest.trailer.array("ID") {
        Some([Object::String(first), ..]) => first.clone(),
        _ => Vec::new(),
    };
    match found(sections, newest, encryption) {
        Some(encryption) if password::opens_without_password(&encryption, &id) => Verdict::Is(FileType::Pdf),
        Some(_) => Verdict::Locked,
        // Without it nobody can read what it has encrypted.
        None => Verdict::Incomplete,
    }
}

/// The dictionary of the encryption, which may stand elsewhere.
fn found(sections: &mut Sections<'_, impl Read + Seek>, newest: Section, encryption: Object) -> Option<Dictionary> {
    match encryption {
        Object::Dictionary(encryption) => Some(encryption),
        Object::Reference(number) => sections.object(newest, number),
        _ => None,
    }
}

/// How long a file that is made to be read while it comes says that it is at least.
fn promised_length(start: &[u8]) -> Option<u64> {
    let at = last(start, b"/Linearized")?;
    let begin = last(&start[..at], b"<<")?;
    Parser::new(&start[begin..]).dictionary()?.natural("L")
}

fn last(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|window| window == wanted)
}

#[cfg(test)]
mod tests;
