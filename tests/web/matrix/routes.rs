//! The addresses of the product, read from its table of contents.

use std::collections::BTreeSet;

/// Methods and addresses of the table of contents, read as people read it.
pub fn read() -> BTreeSet<String> {
    let text = include_str!("../../../src/routes.rs");
    let (_, body) = text.split_once("pub fn without_sessions").unwrap();
    let mut found = BTreeSet::new();
    for piece in body.split("(\"/").skip(1) {
        let (path, rest) = piece.split_once('"').unwrap();
        for (method, word) in [("GET", "get("), ("POST", "post("), ("PUT", "put("), ("DELETE", "delete(")] {
            let called = |at: usize| rest[..at].ends_with([' ', '.', '(', '\n']);
            if rest.match_indices(word).any(|(at, _)| called(at)) {
                found.insert(format!("{method} /{path}"));
            }
        }
    }
    found
}
