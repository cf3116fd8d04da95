//! Free text that people type outside the form of a submission: reasons and notes.

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

    /// Reads what was typed: trimmed, each line end one `\n`; nothing typed is none.
    ///
    /// # Errors
    /// The sentence to say at the field.
    pub fn read(self, typed: &str) -> Result<Option<String>, String> {
        let text = typed.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        if text.is_empty() {
            return self.missing.map_or(Ok(None), |sentence| Err(sentence.to_owned()));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err("This holds characters that can't be stored. Type it again.".to_owned());
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
    }

    #[test]
    fn a_reason_is_trimmed_and_counts_a_line_end_once() {
        assert_eq!(Text::REASON.read(" a\r\nb "), Ok(Some("a\nb".to_owned())));
        let longest = format!("{}\r\n{}", "ä".repeat(1000), "ö".repeat(999));
        assert!(Text::REASON.read(&longest).is_ok());
        assert!(Text::REASON.read(&format!("{longest}!")).unwrap_err().contains("it has 2001"));
        assert!(Text::REASON.read("nul\0").is_err());
    }
}
