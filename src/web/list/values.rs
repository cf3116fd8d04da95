//! Values of a filter: each stands there once.

/// Adds what was found, once; whether anything was.
pub fn add<T: PartialEq>(to: &mut Vec<T>, found: Option<T>) -> bool {
    let Some(found) = found else { return false };
    if !to.contains(&found) {
        to.push(found);
    }
    true
}

/// All but one.
pub fn without<T: PartialEq + Clone>(all: &[T], one: &T) -> Vec<T> {
    all.iter().filter(|other| *other != one).cloned().collect()
}
