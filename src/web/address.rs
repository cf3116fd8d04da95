//! Writing the query of an address.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const IN_ADDRESSES: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b',');

/// Names and values as the query of an address; commas between values stay readable.
pub fn query<Name: AsRef<str>>(pairs: &[(Name, String)]) -> String {
    let pair =
        |(name, value): &(Name, String)| format!("{}={}", name.as_ref(), utf8_percent_encode(value, IN_ADDRESSES));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}
