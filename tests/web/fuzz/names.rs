//! The names that addresses may carry, read from the code as the routes are.

use std::collections::BTreeSet;
use std::path::Path;

/// Every field of a structure that a query is read into, and what lists and histories read name by name.
pub fn read() -> BTreeSet<String> {
    let mut texts = Vec::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut texts);
    let mut names = BTreeSet::new();
    for structure in texts.iter().flat_map(|text| asked_for(text)).collect::<BTreeSet<_>>() {
        let begins = format!("struct {structure} {{");
        let bodies = texts.iter().filter_map(|text| text.split_once(&begins).map(|(_, rest)| rest));
        for body in bodies.filter_map(|rest| rest.split_once("\n}").map(|(body, _)| body)) {
            names.extend(body.lines().filter_map(field));
        }
    }
    assert!(["since", "held", "next", "to"].iter().all(|name| names.contains(*name)), "they are read: {names:?}");
    // Read from pairs, with the filters of the lists.
    for text in &texts {
        let places = text.split("name: \"").skip(1).chain(text.split("match name.as_str() {").skip(1));
        names.extend(places.flat_map(|rest| rest.split('"').next().map(str::to_owned)));
    }
    let others = ["q", "status", "state", "sort", "size", "cols", "only", "after", "before", "view", "tab", "kind"];
    names.extend(others.map(str::to_owned));
    names.extend(
        ["person", "explain", "review", "list", "shown", "first_sent-from", "first_sent-to"].map(str::to_owned),
    );
    names
        .retain(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte)));
    names
}

fn collect(folder: &Path, texts: &mut Vec<String>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).expect("the code is here").flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::path);
    for path in entries.into_iter().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, texts);
        } else {
            texts.push(std::fs::read_to_string(path).expect("code is text"));
        }
    }
}

fn asked_for(text: &str) -> impl Iterator<Item = String> + '_ {
    let structures = text.split("web::Query<").skip(1).filter_map(|rest| rest.split_once('>'));
    structures.map(|(name, _)| name.to_owned()).filter(|name| name.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn field(line: &str) -> Option<String> {
    let line = line.trim().trim_start_matches("pub ").trim_start_matches("pub(super) ");
    let (name, _) = line.split_once(':')?;
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then(|| name.to_owned())
}
