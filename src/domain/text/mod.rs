//! Text that people type: what is kept of it, what it is compared by, and what is refused.

mod characters;
mod email;
mod refused;

pub use characters::{comparison_key, is_blank, normalized, without_ignorable};
pub use email::{BAD_EMAIL, read_email};
pub use refused::refused_character;

/// Each line end as one `\n`.
pub fn with_line_ends(typed: &str) -> String {
    typed.replace("\r\n", "\n").replace('\r', "\n")
}

/// What is kept of a text whose line ends are `\n`: without white space around it; of one in which nothing can be seen, nothing.
/// `static/app.js` counts the same.
pub fn kept(text: &str) -> Option<String> {
    (!is_blank(text)).then(|| text.trim().to_owned())
}

/// What a text must be.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The most characters it may have.
    pub most: usize,
    missing: Option<&'static str>,
}

impl Text {
    /// Why something is done: at most 2,000 characters.
    pub const REASON: Self = Self { most: 2_000, missing: None };
    /// Words with a decision: at most 10,000 characters.
    pub const NOTE: Self = Self { most: 10_000, missing: None };

    /// What something is called: at most 100 characters.
    pub const NAME: Self = Self { most: 100, missing: None };

    /// The same, and it can't be left out: then the sentence is said.
    pub const fn required(self, sentence: &'static str) -> Self {
        Self { missing: Some(sentence), ..self }
    }

    /// Reads what was typed: trimmed, each line end one `\n`; what nobody sees is none.
    ///
    /// # Errors
    /// The sentence to say at the field.
    pub fn read(self, typed: &str) -> Result<Option<String>, String> {
        let typed = with_line_ends(typed);
        let Some(text) = kept(&typed) else {
            return self.missing.map_or(Ok(None), |sentence| Err(sentence.to_owned()));
        };
        if let Some(sentence) = refused_character(&typed) {
            return Err(sentence);
        }
        let length = text.chars().count();
        if length > self.most {
            return Err(format!("Shorten this to {} characters; it has {length}.", self.most));
        }
        Ok(Some(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_no_reason() {
        assert_eq!(Text::REASON.required("Say why.").read(" \r\n\t "), Err("Say why.".to_owned()));
        assert_eq!(Text::NOTE.read("  "), Ok(None));
        for unseen in ["\u{200b}", "\u{2060}", "\u{3164}", "\u{2800}", "\u{ad}", " \u{200b}\u{ad}\n\u{2800}"] {
            assert_eq!(Text::REASON.required("Say why.").read(unseen), Err("Say why.".to_owned()), "{unseen:?}");
            assert_eq!(Text::NOTE.read(unseen), Ok(None), "{unseen:?}");
        }
    }

    #[test]
    fn a_reason_is_trimmed_and_counts_a_line_end_once() {
        assert_eq!(Text::REASON.read(" a\r\nb "), Ok(Some("a\nb".to_owned())));
        let longest = format!("{}\r\n{}", "ä".repeat(1000), "ö".repeat(999));
        assert!(Text::REASON.read(&longest).is_ok());
        assert!(Text::REASON.read(&format!("{longest}!")).unwrap_err().contains("it has 2001"));
        let refused = Text::REASON.read("One\r\ntwo \0").unwrap_err();
        assert!(refused.starts_with("Line 2, character 5 is a control character (U+0000)."), "{refused}");
    }
}
