//! Files as qpdf writes them, each with a page without anything on it, and what may become of them on their way.

use std::io::Cursor;

use super::*;

const OPEN: [(&str, &[u8]); 8] = [
    ("plain", include_bytes!("../../../../tests/samples/pdf/plain.pdf")),
    ("linearized", include_bytes!("../../../../tests/samples/pdf/linearized.pdf")),
    ("with its table in a stream", include_bytes!("../../../../tests/samples/pdf/stream.pdf")),
    ("with an owner password, revision 2", include_bytes!("../../../../tests/samples/pdf/owner-2.pdf")),
    ("with an owner password, revision 3", include_bytes!("../../../../tests/samples/pdf/owner-3.pdf")),
    ("with an owner password, revision 4", include_bytes!("../../../../tests/samples/pdf/owner-4.pdf")),
    ("with an owner password, revision 5", include_bytes!("../../../../tests/samples/pdf/owner-5.pdf")),
    ("with an owner password, revision 6", include_bytes!("../../../../tests/samples/pdf/owner-6.pdf")),
];
const LOCKED: [(&str, &[u8]); 5] = [
    ("revision 2", include_bytes!("../../../../tests/samples/pdf/user-2.pdf")),
    ("revision 3", include_bytes!("../../../../tests/samples/pdf/user-3.pdf")),
    ("revision 4", include_bytes!("../../../../tests/samples/pdf/user-4.pdf")),
    ("revision 5", include_bytes!("../../../../tests/samples/pdf/user-5.pdf")),
    ("revision 6", include_bytes!("../../../../tests/samples/pdf/user-6.pdf")),
];
const OPENS: Verdict = Verdict::Is(FileType::Pdf);

fn judged(bytes: &[u8]) -> Verdict {
    let start = &bytes[..bytes.len().min(1024)];
    let header = begins(start).expect("a PDF");
    judge(&mut Cursor::new(bytes), start, header, bytes.len() as u64)
}

#[test]
fn a_file_that_opens_without_a_password_is_a_pdf() {
    for (name, file) in OPEN {
        assert_eq!(judged(file), OPENS, "{name}");
    }
}

#[test]
fn a_file_that_asks_for_a_password_is_locked() {
    for (name, file) in LOCKED {
        assert_eq!(judged(file), Verdict::Locked, "{name}");
    }
}

#[test]
fn a_file_that_was_cut_is_not_whole() {
    for (name, file) in OPEN.into_iter().chain(LOCKED) {
        for kept in [file.len() / 2, file.len() * 3 / 4, file.len() - 12] {
            assert_eq!(judged(&file[..kept]), Verdict::Incomplete, "{name}, {kept} of {} bytes", file.len());
        }
    }
    // Of a file that is read while it comes, the first part ends as a whole one does.
    let linearized = OPEN[1].1;
    let first_end = linearized.windows(5).position(|window| window == b"%%EOF").unwrap() + 5;
    assert_eq!(judged(&linearized[..first_end]), Verdict::Incomplete);
}

#[test]
fn what_stands_before_and_behind_a_file_does_not_count() {
    for (name, file) in OPEN.into_iter().chain(LOCKED) {
        let expected = judged(file);
        for behind in [&b"\r\n"[..], &[0; 1000], b"<html>an error page</html>"] {
            assert_eq!(judged(&[file, behind].concat()), expected, "{name}");
        }
        assert_eq!(judged(&[b"a line of a mail gateway\r\n", file].concat()), expected, "{name}");
        assert_eq!(judged(&[file, &[b' '; 5000]].concat()), Verdict::Incomplete, "{name}");
    }
}

/// The file with an object added, as a program does that saves what was changed behind what was there.
fn added_to(file: &[u8], times: usize) -> Vec<u8> {
    let mut whole = file.to_vec();
    for number in 0..times {
        let at = last(&whole, b"startxref").unwrap();
        let before = Parser::new(&whole[at + 9..]).natural().unwrap();
        let newest = Sections { file: &mut Cursor::new(&whole), header: 0 }.section(before).unwrap();
        let kept = ["Encrypt", "ID", "Root"].into_iter().filter_map(|key| Some((key, newest.trailer.get(key)?)));
        let kept: String = kept.map(|(key, value)| format!("/{key} {} ", written(value))).collect();
        let object = whole.len() + 1;
        whole.extend(format!("\n{} 0 obj\n<< /Added {number} >>\nendobj\n", 90 + number).into_bytes());
        let table = whole.len();
        let entry = format!("xref\n0 1\n0000000000 65535 f \n{} 1\n{object:010} 00000 n \n", 90 + number);
        let trailer = format!("trailer\n<< /Size 99 /Prev {before} {kept}>>\nstartxref\n{table}\n%%EOF\n");
        whole.extend([entry, trailer].concat().into_bytes());
    }
    whole
}

fn written(value: &Object) -> String {
    match value {
        Object::Reference(number) => format!("{number} 0 R"),
        Object::String(bytes) => format!("<{}>", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        Object::Array(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(" ")),
        other => panic!("{other:?} is not in the trailers of these files"),
    }
}

#[test]
fn a_file_that_was_added_to_is_judged_as_before() {
    for (name, file) in OPEN.into_iter().chain(LOCKED) {
        for times in [1, 300] {
            assert_eq!(judged(&added_to(file, times)), judged(file), "{name}, {times} times");
        }
    }
}

#[test]
fn tables_that_are_wrong_do_not_shut_a_file_that_readers_mend() {
    let plain = OPEN[0].1;
    let at = last(plain, b"startxref").unwrap();
    for wrong in ["startxref\n7\n%%EOF", "startxref\nsoon\n%%EOF", "%%EOF"] {
        assert_eq!(judged(&[&plain[..at], wrong.as_bytes()].concat()), OPENS, "{wrong}");
    }
    let beyond = format!("startxref\n{}\n%%EOF", plain.len() + 1000);
    assert_eq!(judged(&[&plain[..at], beyond.as_bytes()].concat()), Verdict::Incomplete);
}

#[test]
fn no_forged_byte_makes_it_panic_or_go_on_for_ever() {
    for (_, file) in OPEN.into_iter().chain(LOCKED) {
        for at in 10..file.len() {
            let mut forged = file.to_vec();
            forged[at] = if forged[at].is_ascii_digit() { b'9' } else { b'(' };
            judged(&forged);
        }
    }
    let circle = b"%PDF-1.7\nxref\n0 0\ntrailer <</Encrypt 5 0 R /Prev 9 /XRefStm 9>>\nstartxref\n9\n%%EOF";
    assert_eq!(judged(circle), Verdict::Incomplete);
}
