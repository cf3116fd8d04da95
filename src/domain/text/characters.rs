//! What texts are to people, whatever characters they were typed with. The database has the same functions under the same
//! names (`migrations/0001_people.up.sql`); a test holds them equal.

use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;

/// What Unicode calls default-ignorable: not seen, and of no account in comparisons.
const IGNORABLE: [RangeInclusive<char>; 17] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fff8}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

fn is_ignorable(character: char) -> bool {
    IGNORABLE.iter().any(|range| range.contains(&character))
}

/// Whether nothing is seen of a character: of white space, of what is ignorable, of the empty Braille pattern and of the
/// marks around annotations.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || is_ignorable(character)
        || matches!(character, '\u{2800}' | '\u{fff9}'..='\u{fffb}')
}

/// Whether a text has nothing in it that can be seen.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// The text without characters that are ignorable.
pub fn without_ignorable(text: &str) -> String {
    text.chars().filter(|&character| !is_ignorable(character)).collect()
}

/// A text as it would be with the usual characters in the usual composition: what reads the same is the same.
pub fn normalized(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { without_ignorable(text).nfkc().collect() }
}

/// What texts are compared and found by, never shown: composed or not, with ligatures or without, in upper or lower case. To
/// go by upper case first brings together what has one capital: ß and ss, ς and σ.
pub fn comparison_key(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    normalized(text).to_uppercase().to_lowercase().replace('ς', "σ").nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_has_one_key() {
        for (one, other) in [
            ("Peña", "Pen\u{303}a"),
            ("contract", "con\u{ad}tract"),
            ("ﬁscal", "FISCAL"),
            ("Straße", "STRASSE"),
            ("ΟΔΟΣ", "οδος"),
            ("ＭＮ－５", "mn-5"),
            ("zero\u{200b}width", "ZeroWidth"),
            ("Kelvin", "\u{212a}elvin"),
        ] {
            assert_eq!(comparison_key(one), comparison_key(other), "{one}");
        }
        for (one, other) in [("Pena", "Peña"), ("a b", "ab"), ("resume", "résumé")] {
            assert_ne!(comparison_key(one), comparison_key(other), "{one}");
        }
        assert_eq!(normalized("Pen\u{303}a"), "Peña");
    }

    #[test]
    fn a_text_that_nobody_sees_is_blank() {
        let invisible = "\u{200b}\u{2060}\u{3164}\u{2800}\u{ad}\u{feff}\u{a0}\u{3000}\u{115f}\u{e0020}\u{fffa}\n\t ";
        for character in invisible.chars() {
            assert!(is_blank(&character.to_string()), "{character:?}");
        }
        assert!(is_blank(""));
        for visible in [".", "\u{301}", "❤\u{fe0f}", "\u{e000}", " x "] {
            assert!(!is_blank(visible), "{visible:?}");
        }
    }
}
