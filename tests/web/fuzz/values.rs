//! What nobody types and no page sends.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// The length of what is very long, in bytes, in a body.
const LONG: usize = 100_000;
/// The same in an address: what is longer is refused before the product sees it.
pub const LONG_IN_ADDRESS: usize = 60_000;

/// In the place of a number, or of a place in a list.
const NUMBERS: &[&str] = &[
    "-1",
    "0",
    "1",
    "2",
    "-0",
    "007",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "NaN",
    "-inf",
    "1e308",
    "0.1",
    "1,5",
    "0x10",
    "\u{661}\u{662}",
    "253402300799",
    "253402300800",
    "-62135596801",
    "0.MN-0001",
    "9223372036854775807.MN-0001",
    "-9223372036854775808.MN-0001",
    "253402300799000000.MN-0001",
    "5373484.MN-0001",
    "0.9223372036854775807.0.MN-0001.DMCO",
    "1.0.-9223372036854775808.MN-R0001.DMCP",
];

/// In the place of a day or a time.
const TIMES: &[&str] = &[
    "0000-00-00",
    "99999-12-31",
    "-0001-01-01",
    "2026-02-30",
    "12/31/9999",
    "00/00/0000",
    "02/29/2027",
    "12/31/2099",
    "01/01/1965",
    "9999-12-31T23:59:59Z",
    "25:61 PM",
    "12:00 AM",
];

/// In the place of an id or a key.
const IDS: &[&str] = &[
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "0198zzzz-0000-7000-8000-000000000000",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    "MN-0000",
    "mn-1",
    "MN-2147483648",
    "MN-99999999999",
    "TX-0001",
    "TX-R0001",
    "MN-0003",
    "MN-R0003",
    "mn-r0",
    "\u{d6}\u{d6}-0001",
];

/// In the place of anything.
const TEXTS: &[&str] = &[
    "",
    " ",
    "null",
    "true",
    "[]",
    "{\"a\":1}",
    "\0",
    "a\0b",
    "\u{1}\u{1b}\u{7f}",
    "\r\n",
    "a\r\nSet-Cookie: b=c",
    "\u{85}\u{2028}\u{2029}",
    "\u{202e}drow\u{202d}",
    "\u{200b}\u{200d}\u{feff}",
    "\u{fffe}\u{ffff}",
    "\u{10ffff}",
    "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f466}\u{1f4a3}",
    "e\u{301}\u{302}\u{303}\u{304}",
    "'; drop table account; --",
    "' or '1'='1",
    "\"><script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "%",
    "_",
    "%s%n",
    "\\",
    "\\u0000",
    "%00",
    "&amp;#0;",
    "../../../etc/passwd",
    "/",
    "//elsewhere.example",
    "https://elsewhere.example/",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\u{fc}bung",
    "a,b,,c,any",
    "submitted,draft",
    "-name",
];

/// Bytes that are no text.
const BYTES: &[&[u8]] = &[b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"a\x80", b"\xf4\x90\x80\x80"];

/// All values, each kind by itself.
pub struct Values {
    numbers: Vec<Vec<u8>>,
    times: Vec<Vec<u8>>,
    ids: Vec<Vec<u8>>,
    texts: Vec<Vec<u8>>,
}

impl Values {
    /// With the ids of what is somebody else's.
    pub fn with(foreign: &[String]) -> Self {
        let all = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
        let long = ["x", "\u{1f4a3}", "a b ", "%", "\u{202e}"].map(|part| part.repeat(LONG / part.len()).into_bytes());
        let mut ids = all(IDS);
        ids.extend(foreign.iter().map(|id| id.clone().into_bytes()));
        let mut texts = all(TEXTS);
        texts.extend(BYTES.iter().map(|bytes| bytes.to_vec()));
        texts.extend(long);
        Self { numbers: all(NUMBERS), times: all(TIMES), ids, texts }
    }

    /// Any of them.
    pub fn any(&self, rng: &mut StdRng) -> Vec<u8> {
        let kinds = [&self.numbers, &self.times, &self.ids, &self.texts, &self.texts];
        kinds.choose(rng).and_then(|kind| kind.choose(rng)).expect("there are some").clone()
    }

    /// One for the place of this: mostly of its kind.
    pub fn in_place_of(&self, own: &str, rng: &mut StdRng) -> Vec<u8> {
        let is_id = own.len() == 36 && own.bytes().filter(|byte| *byte == b'-').count() == 4
            || own.len() == 7 && own.as_bytes()[2] == b'-';
        let kind = match own {
            _ if is_id => &self.ids,
            "" => &self.texts,
            _ if own.bytes().all(|byte| byte.is_ascii_digit()) => &self.numbers,
            _ if own.bytes().all(|byte| byte.is_ascii_digit() || b"/-: APM".contains(&byte)) => &self.times,
            _ => &self.texts,
        };
        if rng.random_bool(0.7) { kind.choose(rng).expect("there are some").clone() } else { self.any(rng) }
    }
}

/// The signs between the parts of a value.
const SIGNS: [char; 8] = [':', '.', ',', '~', '|', '/', ';', '='];

/// The parts of a value: `MN-0001` and `3` of `MN-0001:3`.
pub fn parts(own: &str) -> Vec<&str> {
    own.split(SIGNS).collect()
}

/// The value itself with one of its parts replaced.
pub fn replaced(own: &str, place: usize, by: &[u8]) -> Vec<u8> {
    let mut value = Vec::new();
    for (number, part) in own.split_inclusive(SIGNS).enumerate() {
        if number == place {
            value.extend_from_slice(by);
            value.extend(part.chars().next_back().filter(|last| SIGNS.contains(last)).map(|sign| sign as u8));
        } else {
            value.extend_from_slice(part.as_bytes());
        }
    }
    value
}

/// Bytes as they stand in an address or an urlencoded form.
pub fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, NON_ALPHANUMERIC).to_string()
}

/// The same, no longer than an address may be.
pub fn encoded_in_address(bytes: &[u8]) -> String {
    let mut encoded = encoded(bytes);
    if encoded.len() > LONG_IN_ADDRESS {
        encoded.truncate(LONG_IN_ADDRESS);
        // Not within a byte that is spelled out.
        let whole = encoded.rfind('%').filter(|at| at + 3 > encoded.len()).unwrap_or(encoded.len());
        encoded.truncate(whole);
    }
    encoded
}
