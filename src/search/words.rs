//! What is looked for: words that must all match, each as the beginning of a word. What somebody types is split into
//! letters and digits, as the database splits what it keeps, so nothing of it can mean anything else; both as they are
//! compared, so that it does not matter which characters they were typed with.

use crate::domain::key::{Key, SubjectKey};
use crate::domain::text::comparison_key;

/// The most characters that a search may have; lists and forms say so of a longer one.
pub const MOST_CHARACTERS: usize = 200;
/// The most words that are looked for; lists say so where there are more.
pub const MOST_WORDS: usize = 10;
/// The database keeps no more of a word.
const LONGEST_WORD: usize = 100;

/// What is looked for: at least one word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    asked: String,
    left_out: bool,
    terms: Vec<Term>,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) kind: Kind,
    /// What was typed, as it is compared.
    pub(super) said: String,
    /// What is looked for in its place: words of the database.
    pub(super) near: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The address of a submission or rate.
    Key(SubjectKey),
    /// The number in an address, or the beginning of a word.
    Number,
    /// The same of a rate alone, `R0012`.
    RateNumber,
    /// The beginning of a word.
    Word,
}

/// Whether a character stands between words. The same are in `search_split`.
fn separates(character: char) -> bool {
    matches!(character, '\0'..='/' | ':'..='@' | '['..='`' | '{'..='¿' | '\u{1680}' | '\u{2000}'..='\u{206f}'
                        | '\u{3000}'..='\u{303f}' | '\u{feff}')
}

impl Words {
    /// Reads what was typed; none if there is no word in it.
    pub fn parse(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let mut terms: Vec<Term> = Vec::new();
        let mut left_out = false;
        for term in comparison_key(typed).split_whitespace().flat_map(terms_of) {
            if terms.iter().any(|known| known.query("") == term.query("")) {
                continue;
            }
            if terms.len() == MOST_WORDS {
                left_out = true;
                break;
            }
            terms.push(term);
        }
        (!terms.is_empty()).then(|| Self { asked: typed.to_owned(), left_out, terms })
    }

    /// What was typed, as the page repeats it.
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// Whether more words were typed than are looked for.
    pub fn left_out(&self) -> bool {
        self.left_out
    }

    /// What is looked for in place of what was typed, word by word: what is spelled nearly so, any of which may match, or
    /// the word itself. None unless [`super::nearest`] found some.
    pub fn near_spellings(&self) -> Vec<Vec<&str>> {
        if self.terms.iter().all(|term| term.near.is_empty()) {
            return Vec::new();
        }
        self.terms.iter().map(Term::spellings).collect()
    }

    pub(super) fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The same with these near spellings in place of the terms of these places.
    pub(super) fn with_near(&self, near: Vec<(usize, Vec<String>)>) -> Self {
        let mut words = self.clone();
        for (place, spellings) in near {
            if let Some(term) = words.terms.get_mut(place) {
                // What the database splits is never more than a word.
                term.near = spellings.into_iter().filter(|word| !word.contains(separates)).collect();
            }
        }
        words
    }

    /// The words as PostgreSQL asks for them, where those of the database begin with `before`.
    pub(super) fn query(&self, before: &str) -> String {
        self.terms.iter().map(|term| term.query(before)).collect::<Vec<_>>().join(" & ")
    }
}

impl Term {
    fn spellings(&self) -> Vec<&str> {
        if self.near.is_empty() { vec![&self.said] } else { self.near.iter().map(String::as_str).collect() }
    }

    pub(super) fn query(&self, before: &str) -> String {
        let word: String = self.said.chars().take(LONGEST_WORD).collect();
        match &self.kind {
            _ if !self.near.is_empty() => {
                let spellings: Vec<String> = self.near.iter().map(|near| format!("'{before}{near}'")).collect();
                format!("({})", spellings.join(" | "))
            }
            Kind::Key(key) => {
                let letter = if key.is_rate() { "r" } else { "" };
                format!("'{before}{}-{letter}{}'", key.state_code().to_ascii_lowercase(), key.number())
            }
            Kind::Number => match word.trim_start_matches('0') {
                "" => format!("'{before}{word}':*"),
                number => format!("('{before}{word}':* | '{before}#{number}')"),
            },
            Kind::RateNumber => {
                let number = word.trim_start_matches('r').trim_start_matches('0');
                format!("('{before}{word}':* | '{before}#r{number}')")
            }
            Kind::Word => format!("'{before}{word}':*"),
        }
    }
}

/// The terms in a piece of what was typed that has no space in it.
fn terms_of(piece: &str) -> Vec<Term> {
    let piece = piece.trim_matches(separates);
    let term = |kind, said: &str| Term { kind, said: said.to_owned(), near: Vec::new() };
    if let Ok(key) = piece.parse() {
        return vec![term(Kind::Key(key), piece)];
    }
    let words = piece.split(separates).filter(|word| !word.is_empty());
    words.map(|word| term(kind_of(word), word)).collect()
}

fn kind_of(word: &str) -> Kind {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match word.strip_prefix(['r', 'R']) {
        _ if is_number(word) => Kind::Number,
        Some(number) if is_number(number) && number.contains(|digit| digit != '0') => Kind::RateNumber,
        _ => Kind::Word,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn query(typed: &str) -> String {
        Words::parse(typed).map(|words| words.query("")).unwrap_or_default()
    }

    #[test]
    fn every_word_is_asked_for_as_a_beginning() {
        assert_eq!(query("  Special  needs\tPROGRAM "), "'special':* & 'needs':* & 'program':*");
        assert_eq!(query("O'Brien, maya.lindqvist@dhs"), "'o':* & 'brien':* & 'maya':* & 'lindqvist':* & 'dhs':*");
        assert_eq!(query("Müller"), "'müller':*");
        assert_eq!(query("rate rate Rate"), "'rate':*");
        assert_eq!(
            query("Mu\u{308}ller con\u{ad}tract ﬁscal zero\u{200b}width"),
            "'müller':* & 'contract':* & 'fiscal':* & 'zerowidth':*"
        );
        assert_eq!(query("ＭＮ－５"), "'mn-5'");
    }

    #[test]
    fn every_spelling_of_a_key_is_that_key() {
        for typed in ["MN-5", "mn-0005", "Mn-05", "(MN-0005),"] {
            assert_eq!(query(typed), "'mn-5'", "{typed}");
        }
        for typed in ["MN-R5", "mn-r0005", "Mn-r05", "(MN-R0005),"] {
            assert_eq!(query(typed), "'mn-r5'", "{typed}");
        }
        assert_eq!(query("MN 5"), "'mn':* & ('5':* | '#5')");
        assert_eq!(query("mn r05"), "'mn':* & ('r05':* | '#r5')");
        assert_eq!(query("MN-0"), "'mn':* & '0':*");
        assert_eq!(query("MCR-MN-0005-PMAP"), "'mcr':* & 'mn':* & ('0005':* | '#5') & 'pmap':*");
    }

    #[test]
    fn a_number_is_that_of_a_key_or_the_beginning_of_a_word() {
        assert_eq!(query("0012"), "('0012':* | '#12')");
        assert_eq!(query("R0012"), "('r0012':* | '#r12')");
        assert_eq!(query("r r0 rr5"), "'r':* & 'r0':* & 'rr5':*");
        assert_eq!(query("HIP20"), "'hip20':*");
    }

    #[test]
    fn in_a_state_every_word_begins_with_its_code() {
        let words = Words::parse("MN-5 12 capit").unwrap();
        assert_eq!(words.query("mn"), "'mnmn-5' & ('mn12':* | 'mn#12') & 'mncapit':*");
    }

    #[test]
    fn near_spellings_stand_in_for_the_word() {
        let words = Words::parse("rate capitaton").unwrap();
        assert!(words.near_spellings().is_empty());
        let near = words.with_near(vec![(1, vec!["capitation".into(), "captain".into(), "no' word".into()])]);
        assert_eq!(near.query("tx"), "'txrate':* & ('txcapitation' | 'txcaptain')");
        assert_eq!(near.near_spellings(), [vec!["rate"], vec!["capitation", "captain"]]);
        assert_eq!(near.asked(), "rate capitaton");
    }

    #[test]
    fn what_is_no_word_is_not_looked_for() {
        for typed in ["", "   ", "%", "'", "&|!:*()<->", "—", "\\'"] {
            assert_eq!(Words::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn more_words_than_are_looked_for_are_left_out_and_of_a_long_one_its_beginning_counts() {
        assert!(!Words::parse("one two").unwrap().left_out());
        let eleven = "a b c d e f g h i j k";
        assert!(Words::parse(eleven).unwrap().left_out());
        assert_eq!(Words::parse(eleven).unwrap().terms().len(), 10);
        let long = Words::parse(&"é".repeat(150)).unwrap();
        assert!(!long.left_out());
        assert_eq!(long.query("").chars().count(), "'':*".len() + 100);
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_gets_out_of_its_quotes(typed in any::<String>()) {
            let query = query(&typed);
            let outside: String = query.split('\'').step_by(2).collect();
            prop_assert!(outside.chars().all(|character| ":*&|() ".contains(character)), "{query}");
            prop_assert!(query.split('\'').skip(1).step_by(2).all(|word| !word.is_empty() && !word.contains('\\')), "{query}");
            prop_assert_eq!(query.matches('\'').count() % 2, 0);
        }
    }
}
