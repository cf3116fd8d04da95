//! Email addresses as people type and paste them.

use percent_encoding::percent_decode_str;

use super::characters::without_ignorable;

/// The longest address, in characters.
const LONGEST: usize = 254;
/// What stands around an address in a list or in a sentence.
const AROUND: [char; 12] = ['"', '\'', '“', '”', ';', ',', '<', '>', '(', ')', '[', ']'];

/// What is said of what is no address.
pub const BAD_EMAIL: &str = "Enter an email address like name@example.gov.";
const SEVERAL: &str = "Enter one email address alone, like name@example.gov.";

/// Reads an address without what a paste brings along: `mailto:`, a name before it, brackets and marks around it, and
/// characters that nobody sees; nothing typed is none.
///
/// # Errors
/// The sentence to say at the field.
pub fn read_email(typed: &str) -> Result<Option<String>, &'static str> {
    let text = without_ignorable(typed);
    let text = text.trim_matches(|character: char| character.is_whitespace() || character == '\u{2800}');
    if text.is_empty() {
        return Ok(None);
    }
    if text.split([';', ',', '\n']).filter(|part| part.contains('@')).count() > 1 {
        return Err(SEVERAL);
    }
    let address = bare(text);
    if is_email(&address) { Ok(Some(address)) } else { Err(BAD_EMAIL) }
}

/// The address in `Name <address>`, in `mailto:address?subject=…`, or in quotation marks.
fn bare(text: &str) -> String {
    let around = |character: char| character.is_whitespace() || AROUND.contains(&character);
    let text = text.trim_end_matches(around);
    let text = text.rsplit_once('<').map_or(text, |(_, address)| address).trim_matches(around);
    match text.get(.."mailto:".len()).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
        Some(scheme) => {
            let address = text[scheme.len()..].split('?').next().unwrap_or_default();
            percent_decode_str(address).decode_utf8_lossy().trim_matches(around).to_owned()
        }
        None => text.to_owned(),
    }
}

/// A local part, one `@`, and a domain with a dot, of the characters that addresses are made of.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let of_atoms =
        |atom: &str| !atom.is_empty() && atom.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c));
    let is_label = |label: &str| {
        let ends = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && !ends && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    local.split('.').all(of_atoms)
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && text.chars().count() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_paste_brings_along_is_left_out() {
        for typed in [
            "a.b@x.gov",
            " a.b@x.gov; ",
            "<a.b@x.gov>",
            "<a.b@x.gov>;",
            "mailto:a.b@x.gov",
            "MAILTO:a.b@x.gov?subject=Rates%20of%202026",
            "<mailto:a%2Eb@x.gov>",
            "Ada Berg <a.b@x.gov>",
            "\"Berg, Ada\" <a.b@x.gov>,",
            "Berg, Ada (DHS) <a.b@x.gov>",
            "'a.b@x.gov'",
            "“a.b@x.gov”",
            "a.b@x.gov\u{200b}",
            "\u{feff}a.b@x.g\u{ad}ov\u{a0}",
        ] {
            assert_eq!(read_email(typed), Ok(Some("a.b@x.gov".to_owned())), "{typed}");
        }
        for blank in ["", "  ", "\u{200b}", "\u{2800}"] {
            assert_eq!(read_email(blank), Ok(None), "{blank:?}");
        }
        assert_eq!(read_email("O'Brien+rates@x-y.example.gov"), Ok(Some("O'Brien+rates@x-y.example.gov".to_owned())));
    }

    #[test]
    fn what_is_no_address_is_refused_with_what_to_enter() {
        for bad in [
            "a.b",
            "a@b",
            "a@@x.gov",
            "@x.gov",
            "a@.gov",
            "a@x.",
            "a b@x.gov",
            "a@x y.gov",
            "a@b@x.gov",
            "a..b@x.gov",
            ".a@x.gov",
            "a.@x.gov",
            "a@-x.gov",
            "a@x_y.gov",
            "a@x.gov (work)",
            "Email: a@x.gov",
            "a\u{7}@x.gov",
            "a\\b@x.gov",
            "Ada <a@x.gov> of DHS",
            "Ada <>",
            "mailto:",
            "a:b@x.gov",
        ] {
            assert_eq!(read_email(bad), Err(BAD_EMAIL), "{bad}");
        }
        for several in ["a@x.gov; b@x.gov", "a@x.gov, b@x.gov", "Ada <a@x.gov>; Ben <b@x.gov>", "a@x.gov\nb@x.gov"] {
            assert_eq!(read_email(several), Err(SEVERAL), "{several}");
        }
    }
}
