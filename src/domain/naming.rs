//! The names of submissions: `MCR-MN-0005-PMAP-SNBC`.

use std::cmp::Ordering;

use super::key::SubmissionKey;

/// The name of a contract review, made of its key and the short names of its programs in any order.
pub fn contract_review_name<'a>(key: &SubmissionKey, programs: impl IntoIterator<Item = &'a str>) -> String {
    let mut programs: Vec<&str> = programs.into_iter().collect();
    programs.sort_by(|a, b| natural_order(a, b));
    let mut name = format!("MCR-{key}");
    for token in programs.into_iter().map(program_token).filter(|token| !token.is_empty()) {
        name.push('-');
        name.push_str(&token);
    }
    name
}

/// The part of a name that stands for a program: upper case, everything but `A-Z`, `0-9` and `+` removed.
pub fn program_token(short_name: &str) -> String {
    short_name.to_uppercase().chars().filter(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '+').collect()
}

/// The order of short names: case does not count, runs of digits count by their value.
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (left, right) = (a.to_lowercase(), b.to_lowercase());
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
    fn digits_in_short_names_count_by_value_and_case_does_not_count() {
        let mut names = ["Plan 10", "plan 9", "Plan 010b", "alpha"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["alpha", "plan 9", "Plan 10", "Plan 010b"]);
    }
}
