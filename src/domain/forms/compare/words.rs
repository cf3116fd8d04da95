//! Long texts, word by word. Blanks between words do not count, nor which characters a word is composed of.

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::Part;
use crate::domain::text::normalized;

/// Two texts in pieces, with the words marked that the other does not have.
pub(super) fn compare(older: &str, newer: &str) -> (Vec<Part>, Vec<Part>) {
    // Of several shortest ways from one text to the other the same is found from either side.
    if older > newer {
        let (newer, older) = compare(newer, older);
        return (older, newer);
    }
    let (was, is) = (words(older), words(newer));
    let bare = |words: &[&str]| words.iter().map(|word| normalized(word.trim_end())).collect::<Vec<_>>();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for step in capture_diff_slices(Algorithm::Myers, &bare(&was), &bare(&is)) {
        let mark = step.tag() != DiffTag::Equal;
        for (pieces, words) in [(&mut left, &was[step.old_range()]), (&mut right, &is[step.new_range()])] {
            if !words.is_empty() {
                pieces.push(Part::new(words.concat(), mark));
            }
        }
    }
    (joined(left), joined(right))
}

/// Whether two texts have the same words.
pub(super) fn equal(older: &str, newer: &str) -> bool {
    older.split_whitespace().map(normalized).eq(newer.split_whitespace().map(normalized))
}

/// Neighbours of one kind as one piece. Blanks behind the last marked word are not marked.
fn joined(pieces: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for mut piece in pieces {
        match joined.last_mut() {
            Some(last) if last.mark == piece.mark => last.text += &piece.text,
            Some(last) if last.mark => {
                let blanks = last.text.split_off(last.text.trim_end().len());
                piece.text.insert_str(0, &blanks);
                joined.push(piece);
            }
            _ => joined.push(piece),
        }
    }
    joined
}

/// The words, each with the blanks behind it.
fn words(text: &str) -> Vec<&str> {
    let text = text.trim_start();
    let mut starts = vec![0];
    let mut blank = false;
    for (at, character) in text.char_indices() {
        if blank && !character.is_whitespace() {
            starts.push(at);
        }
        blank = character.is_whitespace();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).filter(|word| !word.is_empty()).collect()
}
