//! The names of files in an archive: such that Windows, macOS and Linux can unpack them, and each a file of its own there.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::file_name::UNNAMED;
use crate::domain::text::comparison_key;

/// The longest name of a file or folder that systems take, in bytes of UTF-8.
const MOST_BYTES: usize = 255;
/// The longest extension, with its dot, that a shortened name still ends in, in bytes.
const MOST_EXTENSION: usize = 40;
/// What Windows takes for a device, whatever extension follows.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The names that an archive has.
#[derive(Debug)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// Those of an archive with nothing in it but files of these names.
    pub(super) fn with(names: &[&str]) -> Self {
        Self { taken: names.iter().map(|name| comparison_key(name)).collect() }
    }

    /// The path under which a file goes into a folder. Some systems do not tell upper from lower case, some not how letters
    /// are composed: the second `a.pdf` is `a (2).pdf`, and so is an `A.pdf`.
    pub(super) fn path(&mut self, folder: &str, name: &str) -> String {
        let folders = folder.split('/').filter(|folder| !folder.is_empty());
        let below: String = folders.map(|folder| format!("{}/", numbered(&portable(folder), 1))).collect();
        let name = portable(name);
        let mut number = 1;
        loop {
            let path = format!("{below}{}", numbered(&name, number));
            if self.taken.insert(comparison_key(&path)) {
                return path;
            }
            number += 1;
        }
    }
}

/// A name without characters that mean something to a system, and that is not the name of a device.
fn portable(name: &str) -> String {
    let means = |character: char| character.is_control() || "<>:\"/\\|?*".contains(character);
    let name: String = name.nfc().map(|character| if means(character) { '_' } else { character }).collect();
    let name = name.trim_start().trim_end_matches([' ', '.']);
    if name.is_empty() {
        return UNNAMED.to_owned();
    }
    if is_device(name) { format!("_{name}") } else { name.to_owned() }
}

/// `COM1`, `lpt¹.pdf` and the like.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_number =
        |rest: &str| matches!(rest.as_bytes(), [digit] if digit.is_ascii_digit()) || ["¹", "²", "³"].contains(&rest);
    DEVICES.contains(&stem.as_str()) || numbered.is_some_and(is_number)
}

/// A name with its number, before its extension, cut to what systems take.
fn numbered(name: &str, number: usize) -> String {
    let number = if number == 1 { String::new() } else { format!(" ({number})") };
    let (stem, extension) = match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= MOST_EXTENSION => name.split_at(dot),
        _ => (name, ""),
    };
    let room = MOST_BYTES - number.len() - extension.len();
    let stem =
        if stem.len() > room { stem[..stem.floor_char_boundary(room)].trim_end_matches([' ', '.']) } else { stem };
    format!("{stem}{number}{extension}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_names_of_a_folder_are_told_apart() {
        let mut names = Names::with(&["manifest.csv"]);
        let mut path = |folder: &str, name: &str| names.path(folder, name);
        assert_eq!(path("Contract", "a.pdf"), "Contract/a.pdf");
        assert_eq!(path("Contract", "A.PDF"), "Contract/A (2).PDF");
        assert_eq!(path("Contract", "a (2).pdf"), "Contract/a (2) (2).pdf");
        assert_eq!(path("Contract", "a.pdf"), "Contract/a (3).pdf");
        assert_eq!(path("Contract supporting", "a.pdf"), "Contract supporting/a.pdf");
        assert_eq!(path("Contract", "Peña.pdf"), "Contract/Peña.pdf");
        assert_eq!(path("Contract", "Pen\u{303}a.pdf"), "Contract/Peña (2).pdf");
        assert_eq!(path("", "Manifest.csv"), "Manifest (2).csv");
        assert_eq!(path("Contract", "a:b.pdf"), "Contract/a_b.pdf");
        assert_eq!(path("Contract", "a_b.pdf"), "Contract/a_b (2).pdf");
    }

    #[test]
    fn names_are_such_as_every_system_takes() {
        for (given, expected) in [
            ("Contract 7:1:2026.pdf", "Contract 7_1_2026.pdf"),
            ("a*|<>.pdf", "a____.pdf"),
            ("CON.pdf", "_CON.pdf"),
            ("lpt¹.tar.gz", "_lpt¹.tar.gz"),
            ("com10.pdf", "com10.pdf"),
            ("aux", "_aux"),
            ("..", UNNAMED),
            (" a. . ", "a"),
            ("合同.pdf", "合同.pdf"),
        ] {
            assert_eq!(portable(given), expected, "{given}");
        }
        let long = numbered(&format!("{}.pdf", "合".repeat(196)), 12);
        assert_eq!((long.len(), long.ends_with("合 (12).pdf")), (255, true), "{long}");
    }

    proptest! {
        #[test]
        fn whatever_files_are_called_each_has_a_portable_name_of_its_own(given in proptest::collection::vec(".{0,300}", 1..20)) {
            let mut names = Names::with(&[]);
            let mut seen = HashSet::new();
            for name in &given {
                let path = names.path("Contract", name);
                let name = path.strip_prefix("Contract/").expect("the folder stays");
                prop_assert!(!name.is_empty() && name.len() <= MOST_BYTES, "{}", name.len());
                prop_assert!(!name.contains(['<', '>', ':', '"', '/', '\\', '|', '?', '*', '\0']), "{name}");
                prop_assert!(!name.ends_with(['.', ' ']) && !is_device(name), "{name}");
                prop_assert!(seen.insert(comparison_key(name)), "{name}");
            }
        }
    }
}
