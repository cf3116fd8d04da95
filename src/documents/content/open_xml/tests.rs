//! ZIPs made as office programs make them, and as nobody should.

use std::io::{Cursor, Write};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const EXCEL_WITH_MACROS: &str = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";

fn list(main_part: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><Types><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/main.xml\" ContentType=\"{main_part}\"/></Types>"
    )
}

fn archive(options: SimpleFileOptions, entries: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn office(main_part: &str) -> Vec<u8> {
    let content = "word ".repeat(5_000);
    archive(SimpleFileOptions::default(), &[("main.xml", &content), ("[Content_Types].xml", &list(main_part))])
}

fn judged(bytes: Vec<u8>) -> Verdict {
    judge(&mut Cursor::new(bytes))
}

#[test]
fn the_main_part_tells_the_type() {
    assert_eq!(judged(office(WORD)), Verdict::Is(FileType::Docx));
    assert_eq!(judged(office(EXCEL)), Verdict::Is(FileType::Xlsx));
    assert_eq!(judged(office(EXCEL_WITH_MACROS)), Verdict::Is(FileType::Xlsm));
    assert_eq!(judged(office("application/vnd.ms-word.document.macroEnabled.main+xml")), Verdict::Unknown);
}

#[test]
fn the_list_may_be_stored_uncompressed() {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    assert_eq!(judged(archive(options, &[("[Content_Types].xml", &list(WORD))])), Verdict::Is(FileType::Docx));
}

#[test]
fn an_archive_written_as_a_stream_or_in_the_64_bit_format_is_read() {
    let mut zip = ZipWriter::new_stream(Vec::new());
    zip.start_file("[Content_Types].xml", SimpleFileOptions::default()).unwrap();
    zip.write_all(list(WORD).as_bytes()).unwrap();
    assert_eq!(judged(zip.finish().unwrap().into_inner()), Verdict::Is(FileType::Docx));
    let options = SimpleFileOptions::default().large_file(true);
    assert_eq!(judged(archive(options, &[("[Content_Types].xml", &list(EXCEL))])), Verdict::Is(FileType::Xlsx));
}

#[test]
fn values_of_64_bits_are_found_where_the_narrow_ones_say_so() {
    let mut extra = vec![9, 9, 2, 0, 7, 7, 1, 0, 16, 0];
    extra.extend_from_slice(&5_u64.to_le_bytes());
    extra.extend_from_slice(&6_u64.to_le_bytes());
    assert_eq!(widened([u32::MAX, 3, u32::MAX], &extra), [5, 3, 6]);
    assert_eq!(widened([1, 2, 3], &extra), [1, 2, 3]);
    assert_eq!(widened([u32::MAX, 2, 3], &[]), [u64::from(u32::MAX), 2, 3]);
}

#[test]
fn a_directory_of_64_bits_is_found() {
    let plain = office(WORD);
    let end = plain.len() - 22;
    let (length, start) = (u32_at(&plain, end + 12).unwrap(), u32_at(&plain, end + 16).unwrap());
    let mut wide = plain[..end].to_vec();
    wide.extend_from_slice(b"PK\x06\x06");
    wide.extend_from_slice(&[0; 36]);
    wide.extend_from_slice(&u64::from(length).to_le_bytes());
    wide.extend_from_slice(&u64::from(start).to_le_bytes());
    wide.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    wide.extend_from_slice(&(end as u64).to_le_bytes());
    wide.extend_from_slice(&[1, 0, 0, 0]);
    wide.extend_from_slice(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
    assert_eq!(judged(wide), Verdict::Is(FileType::Docx));
}

#[test]
fn an_archive_of_something_else_is_none_of_these_and_one_cut_off_is_not_whole() {
    assert_eq!(judged(archive(SimpleFileOptions::default(), &[("notes.txt", WORD)])), Verdict::Unknown);
    for half in [2, 3, 40] {
        let mut cut = office(WORD);
        cut.truncate(cut.len() - cut.len() / half);
        assert_eq!(judged(cut), Verdict::Incomplete, "without 1/{half}");
    }
    assert_eq!(judged(b"PK\x03\x04".to_vec()), Verdict::Incomplete);
    let without_beginning = [b"PK\x03\x04", &office(WORD)[40..]].concat();
    assert_eq!(judged(without_beginning), Verdict::Incomplete);
}

#[test]
fn an_archive_whose_list_is_encrypted_is_locked() {
    let mut locked = office(WORD);
    let directory = locked.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    locked[directory + 8] |= 1;
    assert_eq!(judged(locked), Verdict::Locked);
}

#[test]
fn no_forged_length_takes_memory_or_panics() {
    let whole = office(WORD);
    for at in whole.len() - 200..whole.len() {
        let mut forged = whole.clone();
        let end = (at + 4).min(forged.len());
        forged[at..end].fill(0xFF);
        judged(forged);
    }
}
