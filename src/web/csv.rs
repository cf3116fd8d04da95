//! Tables as comma-separated text, for spreadsheets.

/// One line: every value in quotes. What a spreadsheet would take for a formula is led by an apostrophe.
pub fn line<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = |value: &str| {
        let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
        format!("\"{}{}\"", if formula { "'" } else { "" }, value.replace('"', "\"\""))
    };
    let values: Vec<String> = values.into_iter().map(quoted).collect();
    values.join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn quotes_are_doubled_and_formulas_are_none() {
        assert_eq!(line(["a", "say \"b\", c", "=1+1"]), "\"a\",\"say \"\"b\"\", c\",\"'=1+1\"\r\n");
    }
}
