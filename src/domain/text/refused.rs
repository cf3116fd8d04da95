//! Characters that no text may hold, and where one stands: nobody can see what is to be deleted.

/// The first character of a text, whose line ends are `\n`, that can't be kept: what it is and where, and what to do. White
/// space around the text does not count, since it is not kept. Written to follow a name and a colon, or to begin a message.
pub fn refused_character(text: &str) -> Option<String> {
    let kept_from = text.len() - text.trim_start().len();
    let kept = text.get(kept_from..text.trim_end().len()).unwrap_or_default();
    let (at, character) = kept.char_indices().find(|(_, character)| is_refused(*character))?;
    let before = &text[..kept_from + at];
    let line = before.matches('\n').count() + 1;
    let place = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place =
        if text.contains('\n') { format!("Line {line}, character {place}") } else { format!("Character {place}") };
    let code = u32::from(character);
    Some(format!("{place} is a control character (U+{code:04X}). Delete it, or type the words around it again."))
}

/// Control characters but line ends and tabs.
fn is_refused(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_character_is_named_with_its_place() {
        let said = refused_character("One\ntwo\nA bell rings \u{7}here").unwrap();
        assert_eq!(
            said,
            "Line 3, character 14 is a control character (U+0007). Delete it, or type the words around it again."
        );
        assert!(refused_character(" žž\u{9b}").unwrap().starts_with("Character 4 is a control character (U+009B)."));
        for fine in ["", "a\tb\nc", "\u{b} a \u{c}", "\u{b}", "❤\u{fe0f}\u{200b}"] {
            assert_eq!(refused_character(fine), None, "{fine:?}");
        }
    }
}
