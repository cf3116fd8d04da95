//! Documents, told by their content, then by their name; with what was corrected about them.

use super::{File, Item, Kind, NOT_THERE, Part, Side};
use crate::domain::clock::Moment;
use crate::domain::correction::What;
use crate::domain::document::Category;
use crate::domain::text::{comparison_key, normalized};

/// The documents of these lists in both versions; newer order, those that went last. A document that moved from one
/// list to the other stands where it is now. What was withdrawn from view is in no version any more.
pub(super) fn compare(older: &[File], newer: &[File], lists: &[Category], prefix: &str) -> Vec<Item> {
    let (was, is) = (in_view(older, newer), in_view(newer, older));
    let pairs = pairs(&was, &is);
    let listed = |file: &File| lists.contains(&file.category);
    let mut items = Vec::new();
    for (place, newer) in is.iter().enumerate().filter(|(_, newer)| listed(newer.file)) {
        let pair = pairs.iter().find(|(_, taken, _)| *taken == place);
        let before = pair.map(|(older, ..)| was[*older].file);
        let kind = pair.map_or(Kind::Added, |(.., kind)| *kind);
        items.extend(told(kind, before, Some(newer.file)));
    }
    let stays = |place: usize| pairs.iter().any(|(older, ..)| *older == place);
    let gone = was.iter().enumerate().filter(|(place, older)| listed(older.file) && !stays(*place));
    items.extend(gone.flat_map(|(_, older)| told(Kind::Removed, Some(older.file), None)));
    for (files, is_newer) in [(older, false), (newer, true)] {
        for file in files.iter().filter(|file| listed(file) && file.is_withdrawn()) {
            say_withdrawn(&mut items, file, is_newer);
        }
    }
    for item in &mut items {
        item.anchor.insert_str(0, prefix);
    }
    items
}

/// A document that is in view.
struct InView<'a> {
    file: &'a File,
    /// Whether the other version had it in the same list, and it was withdrawn from view there: then it is the same as
    /// no other document.
    alone: bool,
}

fn in_view<'a>(own: &'a [File], other: &[File]) -> Vec<InView<'a>> {
    let withdrawn = |file: &File| other.iter().any(|other| other.is_withdrawn() && is_same(other, file));
    let in_view = own.iter().filter(|file| !file.is_withdrawn());
    in_view.map(|file| InView { file, alone: withdrawn(file) }).collect()
}

/// Whether two documents have one content in one list.
fn is_same(one: &File, other: &File) -> bool {
    (&one.sha256, one.category) == (&other.sha256, other.category)
}

/// Which document of the older version is which of the newer, and what happened to it: the same content in its list,
/// the same content elsewhere, the same name in its list.
fn pairs(older: &[InView<'_>], newer: &[InView<'_>]) -> Vec<(usize, usize, Kind)> {
    let ways: [fn(&File, &File) -> Option<Kind>; 3] = [
        |was, is| {
            let same_name = normalized(&was.file_name) == normalized(&is.file_name);
            let kind = if same_name { Kind::Unchanged } else { Kind::Renamed };
            is_same(was, is).then_some(kind)
        },
        |was, is| (was.sha256 == is.sha256).then_some(Kind::Moved),
        |was, is| {
            let same_name = comparison_key(&was.file_name) == comparison_key(&is.file_name);
            (same_name && was.category == is.category).then_some(Kind::Replaced)
        },
    ];
    let mut pairs: Vec<(usize, usize, Kind)> = Vec::new();
    for way in ways {
        for (place, was) in older.iter().enumerate().filter(|(_, was)| !was.alone) {
            if pairs.iter().any(|(taken, ..)| *taken == place) {
                continue;
            }
            let open = |at: usize| pairs.iter().all(|(_, taken, _)| *taken != at);
            let mut found = newer.iter().enumerate().filter(|(at, is)| open(*at) && !is.alone);
            let found = found.find_map(|(at, is)| way(was.file, is.file).map(|kind| (place, at, kind)));
            pairs.extend(found);
        }
    }
    pairs
}

/// What is told of a document in either version: what happened to it, and when it was added, where that was corrected.
fn told(kind: Kind, older: Option<&File>, newer: Option<&File>) -> Vec<Item> {
    let Some(file) = newer.or(older) else { return Vec::new() };
    let side = |file: Option<&File>| file.map_or(NOT_THERE, |file| shown(kind, file));
    let added = |file: Option<&File>| file.and_then(|file| file.corrected(What::DocumentAdded));
    let whole = Item {
        anchor: anchor(file),
        about: about(file),
        label: file.file_name.clone(),
        kind,
        older: side(older),
        newer: side(newer),
        corrected: (added(older), added(newer)),
    };
    [whole].into_iter().chain(dated(file, older, newer)).collect()
}

/// When a document was added, where that was corrected in either version.
fn dated(file: &File, older: Option<&File>, newer: Option<&File>) -> Option<Item> {
    let of = |file: Option<&File>| file.and_then(|file| file.corrected(What::DocumentDated));
    let corrected = (of(older), of(newer));
    if corrected == (None, None) {
        return None;
    }
    let date = |file: Option<&File>| file.and_then(File::date_added);
    let (was, is) = (date(older), date(newer));
    let kind = match (older, newer) {
        (None, _) => Kind::Added,
        (_, None) => Kind::Removed,
        _ if was == is => Kind::Unchanged,
        _ => Kind::Changed,
    };
    let side = |file: Option<&File>| match (file, date(file)) {
        (None, _) => NOT_THERE,
        (_, Some(at)) => Side::Moment(Moment(at), kind != Kind::Unchanged),
        (_, None) => Side::Nothing("Not yet submitted"),
    };
    Some(Item {
        anchor: format!("{}.added", anchor(file)),
        about: about(file),
        label: format!("{}, date added", file.file_name),
        kind,
        older: side(older),
        newer: side(newer),
        corrected,
    })
}

/// Says why a document that was withdrawn from view is not in a version: where its other version is told, or by itself.
fn say_withdrawn(items: &mut Vec<Item>, file: &File, is_newer: bool) {
    let (there, alone) = (anchor(file), format!("{}.withdrawn", anchor(file)));
    let side = |item: &Item| if is_newer { item.newer == NOT_THERE } else { item.older == NOT_THERE };
    let place = items.iter().position(|item| item.anchor == alone || item.anchor == there && side(item));
    let place = place.unwrap_or_else(|| {
        items.push(Item {
            anchor: alone,
            about: about(file),
            label: file.file_name.clone(),
            kind: Kind::Unchanged,
            older: NOT_THERE,
            newer: NOT_THERE,
            corrected: (None, None),
        });
        items.len() - 1
    });
    let corrected = &mut items[place].corrected;
    let slot = if is_newer { &mut corrected.1 } else { &mut corrected.0 };
    *slot = file.corrected(What::DocumentWithdrawn);
}

fn anchor(file: &File) -> String {
    format!("{}.{}", file.category.as_str(), file.sha256)
}

fn about(file: &File) -> String {
    format!("{} document", file.category.label())
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
