//! Small real PDF files, so that invented documents open in every reader.

/// A page in Letter size with a heading and lines below it.
pub fn page(heading: &str, lines: &[String]) -> Vec<u8> {
    let mut text = format!("BT /F1 18 Tf 72 700 Td ({}) Tj /F1 11 Tf 0 -32 Td 16 TL", escaped(heading));
    for line in lines {
        text.push_str(&format!(" ({}) Tj T*", escaped(line)));
    }
    text.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let entries = objects.len() + 1;
    let begin = file.len();
    file.push_str(&format!(
        "xref\n0 {entries}\n{table}trailer\n<< /Size {entries} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n"
    ));
    file.into_bytes()
}

/// A text of ASCII letters within the brackets of a PDF; what is not ASCII becomes a question mark.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '(' | ')' | '\\' => escaped.extend(['\\', letter]),
            letter if letter.is_ascii() && !letter.is_ascii_control() => escaped.push(letter),
            _ => escaped.push('?'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_at_the_end_points_at_every_object() {
        let file = String::from_utf8(page("A (first) page", &["One".to_owned(), "Two\\".to_owned()])).unwrap();
        let begin: usize = file.lines().rev().nth(1).unwrap().parse().unwrap();
        let table = &file[begin..];
        assert!(table.starts_with("xref\n0 6\n"));
        for (index, entry) in table.lines().skip(3).take(5).enumerate() {
            let place: usize = entry[..10].parse().unwrap();
            assert!(file[place..].starts_with(&format!("{} 0 obj\n", index + 1)), "object {}", index + 1);
        }
        assert!(file.contains(r"(A \(first\) page)"));
    }
}
