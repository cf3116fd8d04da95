//! The objects of a PDF (ISO 32000-1, 7.3), as far as finding out whether it opens needs them.

/// So many objects may be in each other; honest trailers have three levels.
const DEEPEST: usize = 20;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object {
    /// Null, a boolean, or a number with a fraction: nothing here asks for their values but for `false`.
    Other,
    False,
    Integer(i64),
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Self>),
    Dictionary(Dictionary),
    /// An object elsewhere, by its number.
    Reference(u64),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dictionary(Vec<(Vec<u8>, Object)>);

impl Dictionary {
    pub(super) fn get(&self, key: &str) -> Option<&Object> {
        self.0.iter().find(|(known, _)| known == key.as_bytes()).map(|(_, value)| value)
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Object::Integer(value)) => Some(*value),
            _ => None,
        }
    }

    /// A number that counts something, or a place.
    pub(super) fn natural(&self, key: &str) -> Option<u64> {
        self.integer(key)?.try_into().ok()
    }

    pub(super) fn string(&self, key: &str) -> Option<&[u8]> {
        match self.get(key) {
            Some(Object::String(value)) => Some(value),
            _ => None,
        }
    }

    pub(super) fn is_named(&self, key: &str, name: &str) -> bool {
        self.get(key) == Some(&Object::Name(name.as_bytes().to_vec()))
    }

    pub(super) fn array(&self, key: &str) -> Option<&[Object]> {
        match self.get(key) {
            Some(Object::Array(values)) => Some(values),
            _ => None,
        }
    }

    pub(super) fn dictionary(&self, key: &str) -> Option<&Self> {
        match self.get(key) {
            Some(Object::Dictionary(value)) => Some(value),
            _ => None,
        }
    }

    /// The numbers of an array of nothing else.
    pub(super) fn naturals(&self, key: &str) -> Option<Vec<u64>> {
        let natural = |value: &Object| match value {
            Object::Integer(value) => u64::try_from(*value).ok(),
            _ => None,
        };
        self.array(key)?.iter().map(natural).collect()
    }
}

/// Reads objects one after the other.
#[derive(Clone, Debug)]
pub(super) struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes over white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.rest().first() {
            match byte {
                b'%' => self.at += self.rest().iter().take_while(|byte| !matches!(byte, b'\r' | b'\n')).count(),
                byte if is_space(*byte) => self.at += 1,
                _ => break,
            }
        }
    }

    /// Reads this word, if it comes next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let there = self.rest().starts_with(word.as_bytes());
        if there {
            self.at += word.len();
        }
        there
    }

    /// A number without sign or fraction.
    pub(super) fn natural(&mut self) -> Option<u64> {
        self.skip_space();
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&self.rest()[..digits]).ok()?.parse().ok()?;
        self.at += digits;
        Some(number)
    }

    /// A dictionary, if one comes next.
    pub(super) fn dictionary(&mut self) -> Option<Dictionary> {
        match self.object(0)? {
            Object::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    fn object(&mut self, depth: usize) -> Option<Object> {
        if depth > DEEPEST {
            return None;
        }
        self.skip_space();
        match self.rest() {
            [b'/', ..] => Some(Object::Name(self.name())),
            [b'(', ..] => Some(Object::String(self.literal())),
            [b'<', b'<', ..] => self.entries(depth).map(Object::Dictionary),
            [b'<', ..] => Some(Object::String(self.hexadecimal())),
            [b'[', ..] => self.array(depth).map(Object::Array),
            [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => self.number(),
            _ if self.word("true") || self.word("null") => Some(Object::Other),
            _ if self.word("false") => Some(Object::False),
            _ => None,
        }
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let length = self.rest().iter().take_while(|byte| !is_space(**byte) && !b"()<>[]{}/%".contains(byte)).count();
        let written = &self.rest()[..length];
        self.at += length;
        let mut name = Vec::with_capacity(length);
        let mut left = written;
        while let Some((&byte, rest)) = left.split_first() {
            let escaped = (byte == b'#').then(|| rest.get(..2).and_then(hexadecimal_pair)).flatten();
            name.push(escaped.unwrap_or(byte));
            left = if escaped.is_some() { &rest[2..] } else { rest };
        }
        name
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut string = Vec::new();
        let mut open = 0;
        while let Some(&byte) = self.rest().first() {
            self.at += 1;
            match byte {
                b'\\' => string.extend(self.escaped()),
                b'(' if open == 0 => open = 1,
                b'(' => (open, _) = (open + 1, string.push(byte)),
                b')' if open == 1 => break,
                b')' => (open, _) = (open - 1, string.push(byte)),
                byte => string.push(byte),
            }
        }
        string
    }

    /// What follows a backslash: a letter for what can't be typed, up to three octal digits, a line end that does not
    /// count, or the character itself.
    fn escaped(&mut self) -> Option<u8> {
        let octal = self.rest().iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
        if octal > 0 {
            let value = self.rest()[..octal].iter().fold(0_u16, |value, digit| value * 8 + u16::from(digit - b'0'));
            self.at += octal;
            return Some(value.to_le_bytes()[0]);
        }
        let byte = *self.rest().first()?;
        self.at += if self.rest().starts_with(b"\r\n") { 2 } else { 1 };
        match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\r' | b'\n' => None,
            byte => Some(byte),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        let length = self.rest().iter().take_while(|byte| **byte != b'>').count();
        let mut digits: Vec<u8> = self.rest()[1..length].iter().copied().filter(u8::is_ascii_hexdigit).collect();
        self.at += (length + 1).min(self.rest().len());
        digits.resize(digits.len().next_multiple_of(2), b'0');
        digits.chunks(2).filter_map(hexadecimal_pair).collect()
    }

    fn array(&mut self, depth: usize) -> Option<Vec<Object>> {
        self.at += 1;
        let mut values = Vec::new();
        while !self.word("]") {
            values.push(self.object(depth + 1)?);
        }
        Some(values)
    }

    fn entries(&mut self, depth: usize) -> Option<Dictionary> {
        self.at += 2;
        let mut entries = Vec::new();
        while !self.word(">>") {
            match self.object(depth + 1)? {
                Object::Name(key) => entries.push((key, self.object(depth + 1)?)),
                _ => return None,
            }
        }
        Some(Dictionary(entries))
    }

    /// A number, or where two come before an `R`, a reference.
    fn number(&mut self) -> Option<Object> {
        let mut ahead = self.clone();
        if let (Some(number), Some(_), true) = (ahead.natural(), ahead.natural(), ahead.word("R")) {
            *self = ahead;
            return Some(Object::Reference(number));
        }
        let length = self.rest().iter().take_while(|byte| byte.is_ascii_digit() || b"+-.".contains(byte)).count();
        let number = std::str::from_utf8(&self.rest()[..length]).ok()?;
        self.at += length;
        Some(number.parse().map_or(Object::Other, Object::Integer))
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn hexadecimal_pair(pair: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_dictionary_is_read_with_all_that_may_stand_in_it() {
        let text = b"% a comment\n<</Na#6de/Standard /P -44/V 4.5 /R\n4/O(a\\(b\\)(c)\\101\\n\\\r\nd)/U<41 4>/L[1 0 R 2 3 (x)]\
                     /CF<</StdCF<</CFM/AESV2>>>>/E false/T true/N null/Encrypt 12 0 R>> trailing";
        let mut parser = Parser::new(text);
        let read = parser.dictionary().unwrap();
        assert!(read.is_named("Name", "Standard") && !read.is_named("Name", "V"));
        assert_eq!((read.integer("P"), read.integer("R"), read.integer("V")), (Some(-44), Some(4), None));
        assert_eq!(read.string("O"), Some(&b"a(b)(c)A\nd"[..]));
        assert_eq!(read.string("U"), Some(&b"A@"[..]));
        let list = [Object::Reference(1), Object::Integer(2), Object::Integer(3), Object::String(b"x".to_vec())];
        assert_eq!(read.array("L"), Some(&list[..]));
        assert!(read.dictionary("CF").unwrap().dictionary("StdCF").unwrap().is_named("CFM", "AESV2"));
        assert_eq!((read.get("E"), read.get("Encrypt")), (Some(&Object::False), Some(&Object::Reference(12))));
        assert!(parser.word("trailing"));
    }

    #[test]
    fn what_is_no_dictionary_or_without_end_is_none() {
        for text in ["", "<<", "<</A", "<</A 1", "<<1 2>>", "[1]", "<</A[1>>", "<</A(x>>", "<</A<4"] {
            assert_eq!(Parser::new(text.as_bytes()).dictionary(), None, "{text}");
        }
        assert_eq!(Parser::new("<</A".repeat(10_000).as_bytes()).dictionary(), None);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'<'), Just(b'('), Just(b'/'), Just(b'\\')], 0..200)) {
            let _ = Parser::new(&[b"<<", &bytes[..]].concat()).dictionary();
            let _ = Parser::new(&bytes).dictionary();
        }
    }
}
