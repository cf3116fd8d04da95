//! Whether a file is text, told while it streams by.

/// Bytes that Windows-1252 gives no character to.
const UNDEFINED: [u8; 5] = [0x81, 0x8D, 0x8F, 0x90, 0x9D];

/// Watches for what no text holds: a NUL byte, or bytes that are neither UTF-8 nor Windows-1252.
#[derive(Debug)]
pub(in crate::documents) struct TextWatch {
    utf8: bool,
    windows_1252: bool,
    /// The beginning of a character whose rest is still to come.
    begun: Vec<u8>,
}

impl TextWatch {
    pub(in crate::documents) fn new() -> Self {
        Self { utf8: true, windows_1252: true, begun: Vec::new() }
    }

    /// The next bytes.
    pub(in crate::documents) fn see(&mut self, bytes: &[u8]) {
        if (self.utf8 || self.windows_1252) && bytes.contains(&0) {
            (self.utf8, self.windows_1252) = (false, false);
        }
        if self.windows_1252 && bytes.iter().any(|byte| UNDEFINED.contains(byte)) {
            self.windows_1252 = false;
        }
        if self.utf8 {
            self.see_utf8(bytes);
        }
    }

    fn see_utf8(&mut self, bytes: &[u8]) {
        let joined;
        let bytes = if self.begun.is_empty() {
            bytes
        } else {
            joined = [&self.begun, bytes].concat();
            &joined
        };
        let begun = match std::str::from_utf8(bytes) {
            Ok(_) => Vec::new(),
            Err(error) => {
                self.utf8 = error.error_len().is_none();
                bytes[error.valid_up_to()..].to_vec()
            }
        };
        self.begun = if self.utf8 { begun } else { Vec::new() };
    }

    /// Whether all that was seen is text.
    pub(in crate::documents) fn is_text(&self) -> bool {
        (self.utf8 && self.begun.is_empty()) || self.windows_1252
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_text(chunks: &[&[u8]]) -> bool {
        let mut watch = TextWatch::new();
        chunks.iter().for_each(|chunk| watch.see(chunk));
        watch.is_text()
    }

    #[test]
    fn text_is_utf8_or_windows_1252() {
        assert!(is_text(&["name,county\nMüller,Århus\n".as_bytes()]));
        assert!(is_text(&[b"name,county\nM\xFCller,\x80 5\n"]));
        assert!(!is_text(&[b"name\x81,county\nM\xFCller\n"]));
    }

    #[test]
    fn a_character_may_be_cut_by_the_end_of_a_chunk() {
        let euro = "€".as_bytes();
        // 0x9D has no character in Windows-1252, so that only UTF-8 can explain these.
        assert!(is_text(&[&euro[..1], &euro[1..2], &euro[2..], "”".as_bytes()]));
        assert!(!is_text(&["”".as_bytes(), &euro[..1]]));
    }

    #[test]
    fn nothing_with_a_nul_is_text() {
        assert!(!is_text(&[b"name,county\n", b"a\0b"]));
    }
}
