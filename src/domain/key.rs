//! The addresses of submissions and rates: state and number, `MN-0005`.

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

/// Makes a kind of key: state code and number, written `MN-0005`.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
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
                write!(f, "{}-{:04}", self.state_code, self.number)
            }
        }

        impl FromStr for $name {
            type Err = NotAKey;

            /// Reads any spelling: `mn-5` is `MN-0005`. Compare with `to_string` to learn whether it was the right one.
            fn from_str(text: &str) -> Result<Self, NotAKey> {
                let (state_code, number) = parts(text).ok_or(NotAKey)?;
                Ok(Self { state_code, number })
            }
        }
    };
}

key! {
    /// The address of a submission: state code and number of its contract review.
    SubmissionKey
}

key! {
    /// The address of a rate: state code and number of its rate review. Rates are numbered apart from submissions.
    RateKey
}

fn parts(text: &str) -> Option<(String, i32)> {
    let (state, number) = text.split_once('-')?;
    let is_state = state.len() == 2 && state.bytes().all(|b| b.is_ascii_alphabetic());
    let is_number = (1..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !is_state || !is_number {
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
        assert_eq!("mn-14".parse::<RateKey>().unwrap().to_string(), "MN-0014");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "MN", "MN-", "M-5", "MNN-5", "MN-0", "MN-5a", "MN--5", "MN-99999999999", "1N-5", "ÄN-5"] {
            assert_eq!(text.parse::<SubmissionKey>(), Err(NotAKey), "{text}");
        }
    }
}
