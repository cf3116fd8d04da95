//! Documents, told by their content, then by their name.

use super::{File, Item, Kind, NOT_THERE, Part, Side};
use crate::domain::document::Category;

/// The documents of these lists in both versions; newer order, those that went last. A document that moved from one
/// list to the other stands where it is now.
pub(super) fn compare(older: &[File], newer: &[File], lists: &[Category], prefix: &str) -> Vec<Item> {
    let pairs = pairs(older, newer);
    let mut items = Vec::new();
    for (place, file) in newer.iter().enumerate().filter(|(_, file)| lists.contains(&file.category)) {
        let before = pairs.iter().find(|(_, newer, _)| *newer == place);
        items.push(match before {
            Some((before, _, kind)) => item(*kind, file, shown(*kind, &older[*before]), shown(*kind, file)),
            None => item(Kind::Added, file, NOT_THERE, shown(Kind::Added, file)),
        });
    }
    let stays = |place: usize| pairs.iter().any(|(older, ..)| *older == place);
    let gone = older.iter().enumerate().filter(|(place, file)| lists.contains(&file.category) && !stays(*place));
    items.extend(gone.map(|(_, file)| item(Kind::Removed, file, shown(Kind::Removed, file), NOT_THERE)));
    for item in &mut items {
        item.anchor.insert_str(0, prefix);
    }
    items
}

/// Which document of the older version is which of the newer, and what happened to it: the same content in its list,
/// the same content elsewhere, the same name in its list.
fn pairs(older: &[File], newer: &[File]) -> Vec<(usize, usize, Kind)> {
    let ways: [fn(&File, &File) -> Option<Kind>; 3] = [
        |was, is| {
            let same = (&was.sha256, was.category) == (&is.sha256, is.category);
            same.then_some(if was.file_name == is.file_name { Kind::Unchanged } else { Kind::Renamed })
        },
        |was, is| (was.sha256 == is.sha256).then_some(Kind::Moved),
        |was, is| {
            let same = (&was.file_name, was.category) == (&is.file_name, is.category);
            same.then_some(Kind::Replaced)
        },
    ];
    let mut pairs: Vec<(usize, usize, Kind)> = Vec::new();
    for way in ways {
        for (place, was) in older.iter().enumerate() {
            if pairs.iter().any(|(taken, ..)| *taken == place) {
                continue;
            }
            let open = |at: usize| pairs.iter().all(|(_, taken, _)| *taken != at);
            let mut found = newer.iter().enumerate().filter(|(at, _)| open(*at));
            let found = found.find_map(|(at, is)| way(was, is).map(|kind| (place, at, kind)));
            pairs.extend(found);
        }
    }
    pairs
}

fn item(kind: Kind, file: &File, older: Side, newer: Side) -> Item {
    Item {
        anchor: format!("{}.{}", file.category.as_str(), file.sha256),
        about: format!("{} document", file.category.label()),
        label: file.file_name.clone(),
        kind,
        older,
        newer,
    }
}

/// A document as the kind of its change needs it to be told.
fn shown(kind: Kind, file: &File) -> Side {
    let text = match kind {
        Kind::Replaced => format!("{} (fingerprint {})", file.file_name, file.sha256.get(..8).unwrap_or(&file.sha256)),
        Kind::Moved => format!("{}: {}", file.category.label(), file.file_name),
        _ => file.file_name.clone(),
    };
    Side::Answers(vec![Part { text, mark: kind != Kind::Unchanged, href: file.href.clone() }])
}
