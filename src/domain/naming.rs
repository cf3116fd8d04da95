//! The names of submissions and rates: `MCR-MN-0005-PMAP-SNBC`.

use std::cmp::Ordering;

use time::Date;

use super::key::SubmissionKey;
use super::text::comparison_key;

/// The name of a contract review, made of its key and the short names of its programs in any order.
pub fn contract_review_name<'a>(key: &SubmissionKey, programs: impl IntoIterator<Item = &'a str>) -> String {
    let mut name = format!("MCR-{key}");
    append(&mut name, program_tokens(programs));
    name
}

/// What a rate certification is, as far as its name says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certification {
    /// A new one for a rating period.
    New {
        /// The first day of the rating period.
        start: Option<Date>,
        /// The last day of the rating period.
        end: Option<Date>,
    },
    /// An amendment to a prior one.
    Amendment {
        /// The first day on which the amendment is in effect.
        start: Option<Date>,
        /// The last day on which the amendment is in effect.
        end: Option<Date>,
    },
}

/// The name of a rate, made of its state, the short names of its programs in any order, what is certified and when it
/// was certified: `MCR-MN-SNBC-20210422-20220329-CERTIFICATION-20210422`. What is not known is left out.
pub fn rate_name<'a>(
    state_code: &str,
    programs: impl IntoIterator<Item = &'a str>,
    certification: Option<Certification>,
    certified: Option<Date>,
) -> String {
    let mut name = format!("MCR-{state_code}");
    append(&mut name, program_tokens(programs));
    let (start, end, word) = match certification {
        None => (None, None, None),
        Some(Certification::New { start, end }) => (start, end, Some("CERTIFICATION")),
        Some(Certification::Amendment { start, end }) => (start, end, Some("AMENDMENT")),
    };
    append(&mut name, [start, end].into_iter().flatten().map(compact_date));
    append(&mut name, word.map(str::to_owned));
    append(&mut name, certified.map(compact_date));
    name
}

/// A day as names write it: `20210422`.
fn compact_date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day())
}

fn append(name: &mut String, parts: impl IntoIterator<Item = String>) {
    for part in parts {
        name.push('-');
        name.push_str(&part);
    }
}

/// The tokens of programs, in natural order of the short names.
fn program_tokens<'a>(programs: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut programs: Vec<&str> = programs.into_iter().collect();
    programs.sort_by(|a, b| natural_order(a, b));
    programs.into_iter().map(program_token).filter(|token| !token.is_empty()).collect()
}

/// The part of a name that stands for a program: upper case, everything but `A-Z`, `0-9` and `+` removed.
pub fn program_token(short_name: &str) -> String {
    short_name.to_uppercase().chars().filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '+').collect()
}

/// The order of short names: case does not count, runs of digits count by their value.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (left, right) = (comparison_key(a), comparison_key(b));
    compare_chunks(&left, &right).then_with(|| a.cmp(b))
}

fn compare_chunks(mut a: &str, mut b: &str) -> Ordering {
    while let (Some(x), Some(y)) = (a.chars().next(), b.chars().next()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (digits_a, rest_a) = split_digits(a);
            let (digits_b, rest_b) = split_digits(b);
            let (value_a, value_b) = (digits_a.trim_start_matches('0'), digits_b.trim_start_matches('0'));
            let order = value_a.len().cmp(&value_b.len()).then_with(|| value_a.cmp(value_b));
            if order.is_ne() {
                return order;
            }
            (a, b) = (rest_a, rest_b);
        } else if x != y {
            return x.cmp(&y);
        } else {
            (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]);
        }
    }
    a.len().cmp(&b.len())
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn name(state_code: &str, number: i32, programs: &[&str]) -> String {
        contract_review_name(&SubmissionKey { state_code: state_code.to_owned(), number }, programs.iter().copied())
    }

    #[test]
    fn names_show_the_programs_as_tokens_in_natural_order() {
        assert_eq!(name("MN", 5, &["SNBC", "PMAP"]), "MCR-MN-0005-PMAP-SNBC");
        assert_eq!(name("MN", 12, &["MSHO", "MSC+"]), "MCR-MN-0012-MSC+-MSHO");
        assert_eq!(name("TX", 3, &["STAR+PLUS", "CHIP Dental"]), "MCR-TX-0003-CHIPDENTAL-STAR+PLUS");
        assert_eq!(name("IN", 7, &["HIP 2.0"]), "MCR-IN-0007-HIP20");
        assert_eq!(name("MN", 12345, &[]), "MCR-MN-12345");
    }

    #[test]
    fn the_name_of_a_rate_says_what_was_certified_when_and_leaves_out_what_is_not_known() {
        let (start, end) = (Some(date!(2021 - 04 - 22)), Some(date!(2022 - 03 - 29)));
        let new = Some(Certification::New { start, end });
        assert_eq!(rate_name("MN", ["SNBC"], new, start), "MCR-MN-SNBC-20210422-20220329-CERTIFICATION-20210422");
        let amendment = Some(Certification::Amendment { start, end });
        assert_eq!(
            rate_name("MN", ["SNBC", "MSC+"], amendment, Some(date!(2021 - 03 - 02))),
            "MCR-MN-MSC+-SNBC-20210422-20220329-AMENDMENT-20210302"
        );
        let begun = Some(Certification::Amendment { start: None, end });
        assert_eq!(rate_name("MN", ["PMAP"], begun, None), "MCR-MN-PMAP-20220329-AMENDMENT");
        assert_eq!(rate_name("MN", [], None, None), "MCR-MN");
    }

    #[test]
    fn digits_in_short_names_count_by_value_and_case_does_not_count() {
        let mut names = ["Plan 10", "plan 9", "Plan 010b", "alpha"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["alpha", "plan 9", "Plan 10", "Plan 010b"]);
    }
}
