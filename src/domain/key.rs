//! The addresses of submissions and rates: state and number, `MN-0005` and `MN-R0005`. The SQL functions `submission_key` and
//! `rate_key` spell them the same.

use std::fmt::{self, Debug, Display};
use std::str::FromStr;

/// The text is no spelling of a key.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAKey;

/// What all kinds of keys have.
pub trait Key: Clone + Debug + Display + FromStr + Ord {
    /// Two capital letters.
    fn state_code(&self) -> &str;
    /// The number within the state, from 1.
    fn number(&self) -> i32;
}

/// Makes a kind of key: state code and number, with a prefix before the number.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            /// Two capital letters.
            pub state_code: String,
            /// The number within the state, from 1.
            pub number: i32,
        }

        impl Key for $name {
            fn state_code(&self) -> &str {
                &self.state_code
            }

            fn number(&self) -> i32 {
                self.number
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!("{}-", $prefix, "{:04}"), self.state_code, self.number)
            }
        }

        impl FromStr for $name {
            type Err = NotAKey;

            /// Reads any spelling, such as `mn-5` or `mn-r5`. Compare with `to_string` to learn whether it was the right one.
            fn from_str(text: &str) -> Result<Self, NotAKey> {
                let (state_code, number) = parts(text, $prefix).ok_or(NotAKey)?;
                Ok(Self { state_code, number })
            }
        }
    };
}

key! {
    /// The address of a submission: state code and number of its contract review, `MN-0005`.
    SubmissionKey, ""
}

key! {
    /// The address of a rate: state code and number of its rate review, `MN-R0005`. Rates are numbered apart from
    /// submissions, so the letter keeps the two apart.
    RateKey, "R"
}

/// The key of a submission or of a rate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubjectKey {
    /// Of a submission.
    Submission(SubmissionKey),
    /// Of a rate.
    Rate(RateKey),
}

impl SubjectKey {
    /// Of what the columns of a row say.
    pub fn new(is_rate: bool, state_code: String, number: i32) -> Self {
        if is_rate {
            Self::Rate(RateKey { state_code, number })
        } else {
            Self::Submission(SubmissionKey { state_code, number })
        }
    }

    /// Whether it is that of a rate.
    pub fn is_rate(&self) -> bool {
        matches!(self, Self::Rate(_))
    }

    /// The address of the page.
    pub fn page(&self) -> String {
        match self {
            Self::Submission(key) => format!("/submissions/{key}"),
            Self::Rate(key) => format!("/rates/{key}"),
        }
    }
}

impl Key for SubjectKey {
    fn state_code(&self) -> &str {
        match self {
            Self::Submission(key) => &key.state_code,
            Self::Rate(key) => &key.state_code,
        }
    }

    fn number(&self) -> i32 {
        match self {
            Self::Submission(key) => key.number,
            Self::Rate(key) => key.number,
        }
    }
}

impl Display for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Submission(key) => Display::fmt(key, f),
            Self::Rate(key) => Display::fmt(key, f),
        }
    }
}

impl FromStr for SubjectKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        text.parse().map(Self::Submission).or_else(|NotAKey| text.parse().map(Self::Rate))
    }
}

fn parts(text: &str, prefix: &str) -> Option<(String, i32)> {
    let (state, number) = text.split_once('-')?;
    let (letter, number) = number.split_at_checked(prefix.len())?;
    let is_state = state.len() == 2 && state.bytes().all(|b| b.is_ascii_alphabetic());
    let is_number = (1..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !is_state || !is_number || !letter.eq_ignore_ascii_case(prefix) {
        return None;
    }
    let number = number.parse().ok().filter(|n| *n > 0)?;
    Some((state.to_ascii_uppercase(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_of_a_key_are_read_as_the_right_one() {
        for spelling in ["MN-0005", "mn-5", "Mn-005", "MN-00005"] {
            assert_eq!(spelling.parse::<SubmissionKey>().unwrap().to_string(), "MN-0005");
        }
        assert_eq!("MN-12345".parse::<SubmissionKey>().unwrap().to_string(), "MN-12345");
        for spelling in ["MN-R0014", "mn-r14", "Mn-R014", "MN-r00014"] {
            assert_eq!(spelling.parse::<RateKey>().unwrap().to_string(), "MN-R0014");
        }
        assert_eq!("MN-R12345".parse::<RateKey>().unwrap().to_string(), "MN-R12345");
    }

    #[test]
    fn a_key_is_that_of_a_submission_or_that_of_a_rate() {
        assert_eq!("MN-R0014".parse::<SubmissionKey>(), Err(NotAKey));
        assert_eq!("MN-0014".parse::<RateKey>(), Err(NotAKey));
        for (spelling, page) in [("mn-5", "/submissions/MN-0005"), ("mn-r5", "/rates/MN-R0005")] {
            let key: SubjectKey = spelling.parse().unwrap();
            assert_eq!((key.page(), key.state_code(), key.number()), (page.to_owned(), "MN", 5));
            assert_eq!(SubjectKey::new(key.is_rate(), "MN".to_owned(), 5), key);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "MN", "MN-", "M-5", "MNN-5", "MN-0", "MN-5a", "MN--5", "MN-99999999999", "1N-5", "ÄN-5"] {
            assert_eq!(text.parse::<SubmissionKey>(), Err(NotAKey), "{text}");
            assert_eq!(text.parse::<RateKey>(), Err(NotAKey), "{text}");
        }
        for text in ["MN-R", "MN-R0", "MNR5", "MN-RR5", "MN-R-5", "M-R5", "MN-R5a", "MN-É5", "MN-ſ5", "R-5"] {
            assert_eq!(text.parse::<SubjectKey>(), Err(NotAKey), "{text}");
        }
    }
}
