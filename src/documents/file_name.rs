//! The names of files: as they are given in a request, kept, and handed out again.

use actix_web::http::header::{ContentDisposition, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::domain::text::is_blank;

/// The longest name that is kept, in characters.
const MOST_CHARACTERS: usize = 200;
/// The longest extension, with its dot, that a shortened name still ends in.
const MOST_EXTENSION: usize = 20;
/// What stands for a name that has nothing left in it.
pub(super) const UNNAMED: &str = "unnamed";

/// What may stand unescaped in an extended parameter (RFC 5987, `attr-char`).
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The name that a part of a form gives to its file; `None` when the part is no file.
pub(super) fn given(header: &HeaderValue) -> Option<String> {
    let disposition = ContentDisposition::from_raw(header).ok()?;
    if let Some(extended) = disposition.get_filename_ext() {
        return Some(String::from_utf8_lossy(&extended.value).into_owned());
    }
    let unescaped = disposition.get_filename()?;
    let name = literal(header.as_bytes()).unwrap_or_else(|| unescaped.to_owned());
    // Browsers write a quotation mark in a name like this, and nothing else.
    Some(name.replace("%22", "\""))
}

/// The quoted name as it stands. Browsers do not escape backslashes, so that only an escaped quotation mark or
/// backslash is taken for an escape: a path of Windows stays one.
fn literal(header: &[u8]) -> Option<String> {
    let header = std::str::from_utf8(header).ok()?;
    let at = header.to_ascii_lowercase().find("filename=\"")? + "filename=\"".len();
    let quoted = &header[at..];
    let quoted = &quoted[..quoted.rfind('"')?];
    let only_value = quoted.replace("\\\\", "").replace("\\\"", "");
    (!only_value.contains('"')).then(|| quoted.replace("\\\"", "\"").replace("\\\\", "\\"))
}

/// The name that is kept: the last component of a path, without characters that steer, at most 200 characters.
pub(super) fn cleaned(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|&character| !steers(character)).collect();
    let name = name.trim();
    if is_blank(name) { UNNAMED.to_owned() } else { shortened(name) }
}

/// Control characters, and those that would make a name read in another order than it is written.
fn steers(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A name too long loses the end of its stem, not its extension.
fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= MOST_CHARACTERS {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
    let extension = if extension.chars().count() > MOST_EXTENSION { "" } else { extension };
    let stem = MOST_CHARACTERS - extension.chars().count();
    name.chars().take(stem).chain(extension.chars()).collect()
}

/// The `Content-Disposition` that hands a file out under its name, whatever characters it has (RFC 6266).
pub fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|character| match character {
            '"' | '\\' | '%' => '_',
            ' '..='~' => character,
            _ => '_',
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent_encode(name.as_bytes(), ATTRIBUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_in(header: &str) -> Option<String> {
        given(&HeaderValue::from_bytes(header.as_bytes()).unwrap())
    }

    #[test]
    fn a_part_without_a_file_name_is_no_file() {
        assert_eq!(given_in("form-data; name=\"submission_description\""), None);
        assert_eq!(given_in("form-data; name=\"documents.contract\"; filename=\"\"").as_deref(), Some(""));
    }

    #[test]
    fn a_name_is_read_as_browsers_write_it() {
        let name = |value: &str| given_in(&format!("form-data; name=\"f\"; filename=\"{value}\"")).unwrap();
        assert_eq!(name("Verträge; 合同.pdf"), "Verträge; 合同.pdf");
        assert_eq!(name("C:\\Users\\maya\\contract.pdf"), "C:\\Users\\maya\\contract.pdf");
        assert_eq!(name("C:\\\\Users\\\\contract.pdf"), "C:\\Users\\contract.pdf");
        assert_eq!(name("the \\\"new\\\" one.pdf"), "the \"new\" one.pdf");
        assert_eq!(name("the %22new%22 one.pdf"), "the \"new\" one.pdf");
    }

    #[test]
    fn an_extended_name_goes_before_a_plain_one() {
        let header = "form-data; name=\"f\"; filename=\"x.pdf\"; filename*=utf-8''Vertr%C3%A4ge.pdf";
        assert_eq!(given_in(header).as_deref(), Some("Verträge.pdf"));
    }

    #[test]
    fn a_kept_name_is_the_last_component_of_a_path() {
        assert_eq!(cleaned("C:\\Users\\maya\\contract.pdf"), "contract.pdf");
        assert_eq!(cleaned("/etc/../tmp/contract.pdf"), "contract.pdf");
        assert_eq!(cleaned("folder/"), UNNAMED);
        assert_eq!(cleaned(""), UNNAMED);
        assert_eq!(cleaned("\u{200b}\u{3164}"), UNNAMED);
    }

    #[test]
    fn a_kept_name_has_no_characters_that_steer_and_all_others() {
        assert_eq!(cleaned("con\u{0}tr\u{7f}act\r\n.pdf"), "contract.pdf");
        assert_eq!(cleaned("contract\u{202e}fdp.exe"), "contractfdp.exe");
        assert_eq!(cleaned("  <b>合同</b> 👩‍👩‍👧 \"ž\".pdf "), "b> 👩‍👩‍👧 \"ž\".pdf");
        assert_eq!(cleaned("合同 <i> 👩‍👩‍👧 \"ž\".pdf"), "合同 <i> 👩‍👩‍👧 \"ž\".pdf");
    }

    #[test]
    fn a_name_too_long_keeps_its_extension() {
        let exact = format!("{}.pdf", "ž".repeat(196));
        assert_eq!(cleaned(&exact), exact);
        let kept = cleaned(&format!("{}.pdf", "ž".repeat(197)));
        assert_eq!(kept, exact);
        assert_eq!(cleaned(&format!("a.{}", "b".repeat(300))).chars().count(), 200);
    }

    #[test]
    fn any_name_can_be_handed_out() {
        assert_eq!(
            attachment("contract 1.pdf"),
            "attachment; filename=\"contract 1.pdf\"; filename*=UTF-8''contract%201.pdf"
        );
        assert_eq!(
            attachment("\"ž\\%\".pdf"),
            "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%22%C5%BE%5C%25%22.pdf"
        );
    }
}
