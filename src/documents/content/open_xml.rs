//! Office files of today (DOCX, XLSX, XLSM): a ZIP whose list of content types names the main part.
//!
//! The directory is read by hand. The `zip` crate makes room for as many entries as the file claims to have before it
//! reads one, so that a forged file could take all memory.

use std::io::{Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use super::{Verdict, read_at, u16_at};
use crate::documents::file_type::FileType;

/// The largest directory of a ZIP that is read, in bytes; a workbook of 10,000 parts has less than one million.
const MOST_DIRECTORY: u64 = 4 * 1024 * 1024;
/// How much of the list of content types is read, in bytes.
const MOST_CONTENT_TYPES: u64 = 1024 * 1024;
/// The name of that list.
const CONTENT_TYPES: &[u8] = b"[Content_Types].xml";
/// The length of the record that ends a ZIP, and of the longest comment after it.
const END_RECORD: u64 = 22;
const LONGEST_COMMENT: u64 = 65_535;

const MAIN_PARTS: [(&str, FileType); 3] = [
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", FileType::Docx),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", FileType::Xlsx),
    ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", FileType::Xlsm),
];

/// What a ZIP is.
pub(super) fn judge(file: &mut (impl Read + Seek)) -> Verdict {
    // The directory stands at the end: of a file that was cut off there is none.
    let Some((start, length)) = directory(file) else { return Verdict::Incomplete };
    if length > MOST_DIRECTORY {
        return Verdict::Unknown;
    }
    let Some(directory) = read_at(file, start, length) else { return Verdict::Incomplete };
    let Some(entry) = Entries(&directory).find(|entry| entry.name.eq_ignore_ascii_case(CONTENT_TYPES)) else {
        return Verdict::Unknown;
    };
    if entry.encrypted {
        return Verdict::Locked;
    }
    let Some(content_types) = content_types(file, &entry) else { return Verdict::Incomplete };
    let named = |part: &str| content_types.split(['"', '\'']).any(|value| value == part);
    let found = MAIN_PARTS.into_iter().find(|(part, _)| named(part));
    found.map_or(Verdict::Unknown, |(_, file_type)| Verdict::Is(file_type))
}

fn content_types(file: &mut (impl Read + Seek), entry: &Entry<'_>) -> Option<String> {
    let local = read_at(file, entry.local_header, 30)?;
    if !local.starts_with(b"PK\x03\x04") {
        return None;
    }
    let names = u64::from(u16_at(&local, 26)?) + u64::from(u16_at(&local, 28)?);
    file.seek(SeekFrom::Start(entry.local_header.checked_add(30 + names)?)).ok()?;
    let mut content = Vec::new();
    match entry.method {
        0 => file.take(entry.size.min(MOST_CONTENT_TYPES)).read_to_end(&mut content).ok()?,
        8 => DeflateDecoder::new(file).take(MOST_CONTENT_TYPES).read_to_end(&mut content).ok()?,
        _ => return None,
    };
    Some(String::from_utf8_lossy(&content).into_owned())
}

/// Where the directory stands, and its length.
fn directory(file: &mut (impl Read + Seek)) -> Option<(u64, u64)> {
    let size = file.seek(SeekFrom::End(0)).ok()?;
    let tail_start = size.checked_sub(END_RECORD)?.saturating_sub(LONGEST_COMMENT);
    let tail = read_at(file, tail_start, size - tail_start)?;
    let end = (0..=tail.len() - END_RECORD as usize).rev().find(|&at| tail[at..].starts_with(b"PK\x05\x06"))?;
    let (length, start) = (u32_at(&tail, end + 12)?, u32_at(&tail, end + 16)?);
    if length != u32::MAX && start != u32::MAX {
        return Some((start.into(), length.into()));
    }
    // The values stand in the record of the 64-bit format, which a locator before this record leads to.
    let locator = read_at(file, (tail_start + end as u64).checked_sub(20)?, 20)?;
    let record = read_at(file, u64_at(&locator, 8).filter(|_| locator.starts_with(b"PK\x06\x07"))?, 56)?;
    record.starts_with(b"PK\x06\x06").then_some((u64_at(&record, 48)?, u64_at(&record, 40)?))
}

struct Entry<'a> {
    name: &'a [u8],
    encrypted: bool,
    method: u16,
    size: u64,
    local_header: u64,
}

/// The entries of a directory, as long as they can be read.
struct Entries<'a>(&'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let record = self.0;
        if !record.starts_with(b"PK\x01\x02") {
            return None;
        }
        let length = |at: usize| u16_at(record, at).map(usize::from);
        let name_end = 46 + length(28)?;
        let extra_end = name_end + length(30)?;
        let name = record.get(46..name_end)?;
        let extra = record.get(name_end..extra_end)?;
        self.0 = record.get(extra_end + length(32)?..)?;
        let [size, _, local_header] = widened([u32_at(record, 24)?, u32_at(record, 20)?, u32_at(record, 42)?], extra);
        let encrypted = u16_at(record, 8)? & 1 == 1;
        Some(Entry { name, encrypted, method: u16_at(record, 10)?, size, local_header })
    }
}

/// Values that do not fit stand, in this order, in the extra field of the 64-bit format.
fn widened(narrow: [u32; 3], mut extra: &[u8]) -> [u64; 3] {
    let mut wide: &[u8] = &[];
    while let (Some(kind), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = (4 + usize::from(length)).min(extra.len());
        if kind == 1 {
            wide = &extra[4..end];
        }
        extra = &extra[end..];
    }
    narrow.map(|value| match u64_at(wide, 0) {
        Some(value_64) if value == u32::MAX => {
            wide = &wide[8..];
            value_64
        }
        _ => value.into(),
    })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().copied().map(u64::from_le_bytes)
}

#[cfg(test)]
mod tests;
