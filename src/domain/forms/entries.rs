//! Lists of entries with the same questions each, such as contacts: adding one, removing one, leaving out blank ones.

use serde_json::{Map, Value};

use super::field::{Field, Kind};
use super::form::{Form, at, is_blank, with_values};
use super::problem::{Code, Problem, UNKNOWN_CHOICE, too_many};

/// The answers with one blank entry more in a list.
///
/// # Errors
/// `too_many` when the list is full.
pub fn add_entry<F: Form>(data: &F, list: &str) -> Result<F, Problem> {
    let (field, parts, most, things) = list_of(data, list);
    let blank: Map<_, _> = parts.iter().map(|part| (part.key.to_owned(), Value::Null)).collect();
    let mut entries = stored(data, field);
    if entries.len() >= most {
        return Err(Problem::at(field.page, list, Code::TooMany, too_many(most, things)));
    }
    // The page always shows a first entry, also while none is stored.
    if entries.is_empty() {
        entries.push(Value::Object(blank.clone()));
    }
    entries.push(Value::Object(blank));
    Ok(with_list(data, field, entries))
}

/// The answers without the entry at this place, counted from 0.
///
/// # Errors
/// `unknown_choice` for the first entry, which always stays, and for one that is not there.
pub fn remove_entry<F: Form>(data: &F, list: &str, place: usize) -> Result<F, Problem> {
    let (field, ..) = list_of(data, list);
    let mut entries = stored(data, field);
    if place == 0 || place >= entries.len() {
        return Err(Problem::at(field.page, list, Code::UnknownChoice, UNKNOWN_CHOICE));
    }
    entries.remove(place);
    Ok(with_list(data, field, without_lone_blank(entries)))
}

/// The answers without wholly blank entries, the first of each list aside: what Continue saves.
pub fn without_blank_entries<F: Form>(data: &F) -> F {
    let lists = data.fields().iter().filter(|field| matches!(field.kind, Kind::Entries { .. }));
    lists.fold(data.clone(), |data, field| {
        let entries = stored(&data, field).into_iter().enumerate();
        let filled = entries.filter(|(place, entry)| *place == 0 || !is_blank(entry)).map(|(_, entry)| entry);
        with_list(&data, field, without_lone_blank(filled.collect()))
    })
}

/// The answers as submit stores them: only what applies, blank entries left out.
pub fn for_submit<F: Form>(data: &F) -> F {
    without_blank_entries(&data.applicable())
}

/// One wholly blank entry says as much as none; stored is none.
pub(super) fn without_lone_blank(entries: Vec<Value>) -> Vec<Value> {
    match entries.as_slice() {
        [only] if is_blank(only) => Vec::new(),
        _ => entries,
    }
}

fn list_of<F: Form>(data: &F, list: &str) -> (&'static Field, &'static [Field], usize, &'static str) {
    let lists = data.fields().iter().filter(|field| field.key == list);
    let mut described = lists.filter_map(|field| match field.kind {
        Kind::Entries { parts, most, things, .. } => Some((field, parts, most, things)),
        _ => None,
    });
    described.next().expect("lists are named by the pages that draw them")
}

fn stored<F: Form>(data: &F, field: &Field) -> Vec<Value> {
    at(&data.document(), field.key).and_then(Value::as_array).cloned().unwrap_or_default()
}

fn with_list<F: Form>(data: &F, field: &'static Field, entries: Vec<Value>) -> F {
    with_values(data, [(field.key, Value::Array(entries))]).expect("entries of the list itself, or blank ones")
}
