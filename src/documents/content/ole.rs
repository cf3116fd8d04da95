//! Office files up to 2003 (DOC, XLS): an OLE compound file with a stream of Word or of Excel. One whose content is
//! locked by a password, a newer format too, has no such stream.

use std::io::{Read, Seek};

use cfb::CompoundFile;

use crate::documents::file_type::FileType;

/// The type of an OLE compound file; `None` when it is neither or can't be read.
pub(super) fn file_type(file: impl Read + Seek) -> Option<FileType> {
    let file = CompoundFile::open(file).ok()?;
    if file.is_stream("/WordDocument") {
        Some(FileType::Doc)
    } else if file.is_stream("/Workbook") || file.is_stream("/Book") {
        Some(FileType::Xls)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn compound(streams: &[&str]) -> Cursor<Vec<u8>> {
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        for stream in streams {
            if let Some((storage, _)) = stream.rsplit_once('/').filter(|(storage, _)| !storage.is_empty()) {
                file.create_storage_all(storage).unwrap();
            }
            file.create_stream(stream).unwrap().write_all(&[7; 5000]).unwrap();
        }
        file.flush().unwrap();
        file.into_inner()
    }

    #[test]
    fn word_and_excel_are_known_by_their_stream() {
        assert_eq!(file_type(compound(&["/1Table", "/WordDocument"])), Some(FileType::Doc));
        assert_eq!(file_type(compound(&["/Workbook"])), Some(FileType::Xls));
        assert_eq!(file_type(compound(&["/Book"])), Some(FileType::Xls));
    }

    #[test]
    fn a_file_locked_by_a_password_is_neither() {
        assert_eq!(file_type(compound(&["/EncryptionInfo", "/EncryptedPackage"])), None);
    }

    #[test]
    fn a_workbook_inside_of_something_else_does_not_count() {
        assert_eq!(file_type(compound(&["/PowerPoint Document", "/MBD0001/Workbook"])), None);
    }

    #[test]
    fn a_file_cut_off_is_neither() {
        let mut whole = compound(&["/WordDocument"]).into_inner();
        whole.truncate(700);
        assert_eq!(file_type(Cursor::new(whole)), None);
    }
}
