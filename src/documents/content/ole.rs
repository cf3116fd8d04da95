//! Office files up to 2003 (DOC, XLS): an OLE compound file with a stream of Word or of Excel. A newer file that is locked by
//! a password is one as well, of two other streams.

mod workbook;

use std::io::{Read, Seek, SeekFrom};

use cfb::CompoundFile;

use super::{Verdict, u16_at};
use crate::documents::file_type::FileType;

/// What the stream of a document begins with, in the versions of Word that made such files (MS-DOC, 2.5.2).
const WORD: [u16; 6] = [0xA5EC, 0xA5DC, 0xA5DB, 0xA697, 0xA698, 0xA699];
/// Of these, the one whose tables stand in a stream of their own.
const WORD_97: u16 = 0xA5EC;
/// Flags of a document: it is encrypted; its tables are in the second of two streams.
const ENCRYPTED: u16 = 0x0100;
const SECOND_TABLE: u16 = 0x0200;

/// What an OLE compound file is.
pub(super) fn judge(file: impl Read + Seek) -> Verdict {
    // Its directory may stand anywhere, and says where all else is: one that is not whole can't be read.
    let Ok(mut file) = CompoundFile::open(file) else { return Verdict::Incomplete };
    if file.is_stream("/EncryptedPackage") {
        Verdict::Locked
    } else if file.is_stream("/WordDocument") {
        document(&mut file).unwrap_or(Verdict::Incomplete)
    } else if let Some(stream) = ["/Workbook", "/Book"].into_iter().find(|stream| file.is_stream(stream)) {
        workbook(&mut file, stream).unwrap_or(Verdict::Incomplete)
    } else {
        Verdict::Unknown
    }
}

fn document<F: Read + Seek>(file: &mut CompoundFile<F>) -> Option<Verdict> {
    let start = whole_stream(file, "/WordDocument")?;
    let (version, flags) = (u16_at(&start, 0)?, u16_at(&start, 10)?);
    if !WORD.contains(&version) {
        return Some(Verdict::Unknown);
    }
    if flags & ENCRYPTED != 0 {
        return Some(Verdict::Locked);
    }
    if version == WORD_97 {
        whole_stream(file, if flags & SECOND_TABLE == 0 { "/0Table" } else { "/1Table" })?;
    }
    Some(Verdict::Is(FileType::Doc))
}

fn workbook<F: Read + Seek>(file: &mut CompoundFile<F>, stream: &str) -> Option<Verdict> {
    Some(workbook::judge(&whole_stream(file, stream)?))
}

/// The first bytes of a stream whose last one is there as well.
fn whole_stream<F: Read + Seek>(file: &mut CompoundFile<F>, name: &str) -> Option<Vec<u8>> {
    let mut stream = file.open_stream(name).ok()?;
    let mut start = Vec::new();
    stream.by_ref().take(4096).read_to_end(&mut start).ok()?;
    stream.seek(SeekFrom::End(-1)).ok()?;
    stream.read_exact(&mut [0]).ok()?;
    Some(start)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn compound(streams: &[(&str, &[u8])]) -> Vec<u8> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for (stream, content) in streams {
            if let Some((storage, _)) = stream.rsplit_once('/').filter(|(storage, _)| !storage.is_empty()) {
                file.create_storage_all(storage).unwrap();
            }
            let content = [content, &[7; 50_000][..]].concat();
            file.create_stream(stream).unwrap().write_all(&content).unwrap();
        }
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    fn judged(streams: &[(&str, &[u8])]) -> Verdict {
        judge(Cursor::new(compound(streams)))
    }

    /// The beginning of a document of Word with these flags.
    fn word(version: u16, flags: u16) -> Vec<u8> {
        [version, 0x00C1, 0, 0x0409, 0, flags].into_iter().flat_map(u16::to_le_bytes).collect()
    }

    const WORKBOOK: &[u8] = &[0x09, 0x08, 8, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0xE1, 0, 2, 0, 0xB0, 4];

    #[test]
    fn word_and_excel_are_known_by_their_stream() {
        let document = ("/WordDocument", &*word(0xA5EC, 0x12F0 & !ENCRYPTED));
        assert_eq!(judged(&[("/1Table", b""), document]), Verdict::Is(FileType::Doc));
        assert_eq!(judged(&[("/0Table", b""), ("/WordDocument", &word(0xA5EC, 0))]), Verdict::Is(FileType::Doc));
        assert_eq!(judged(&[("/WordDocument", &word(0xA5DC, 0))]), Verdict::Is(FileType::Doc), "Word 95");
        assert_eq!(judged(&[("/Workbook", WORKBOOK)]), Verdict::Is(FileType::Xls));
        assert_eq!(judged(&[("/Book", WORKBOOK)]), Verdict::Is(FileType::Xls));
        assert_eq!(judged(&[("/WordDocument", b"")]), Verdict::Unknown, "a stream of that name alone");
        assert_eq!(judged(&[("/Workbook", b"")]), Verdict::Unknown);
    }

    #[test]
    fn a_file_that_a_password_locks_is_told_from_others() {
        assert_eq!(judged(&[("/EncryptionInfo", b""), ("/EncryptedPackage", b"")]), Verdict::Locked);
        assert_eq!(judged(&[("/1Table", b""), ("/WordDocument", &word(0xA5EC, 0x0300))]), Verdict::Locked);
        assert_eq!(judged(&[("/WordDocument", &word(0xA5DC, ENCRYPTED))]), Verdict::Locked);
        let locked = [&WORKBOOK[..12], &[0x2F, 0, 6, 0, 0, 0, 1, 2, 3, 4][..]].concat();
        assert_eq!(judged(&[("/Workbook", &locked)]), Verdict::Locked);
        assert_eq!(judged(&[("/Book", &locked)]), Verdict::Locked);
    }

    #[test]
    fn a_workbook_inside_of_something_else_does_not_count() {
        assert_eq!(judged(&[("/PowerPoint Document", b""), ("/MBD0001/Workbook", WORKBOOK)]), Verdict::Unknown);
    }

    #[test]
    fn a_file_cut_off_is_not_whole() {
        let whole = compound(&[("/1Table", b""), ("/WordDocument", &word(0xA5EC, SECOND_TABLE))]);
        assert_eq!(judge(Cursor::new(&whole)), Verdict::Is(FileType::Doc));
        for length in [700, whole.len() / 2, whole.len() * 3 / 4] {
            assert_eq!(judge(Cursor::new(&whole[..length])), Verdict::Incomplete, "{length} of {}", whole.len());
        }
        assert_eq!(judged(&[("/0Table", b""), ("/WordDocument", &word(0xA5EC, SECOND_TABLE))]), Verdict::Incomplete);
    }
}
