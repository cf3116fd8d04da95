//! What a form page posts: names and values in order, a name as often as it was sent.
//!
//! A browser sends nothing for a group of checkboxes or radios without a tick, which looks the same as a group that
//! was not on the page. So a page sends, for each question it draws, a hidden field `drawn` with the question's key:
//! a drawn question without a value was left unanswered; one neither drawn nor sent keeps its stored answer.

/// The hidden field that names the questions a page draws.
const DRAWN: &str = "drawn";

/// The names and values of one posted form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted(Vec<(String, String)>);

impl Posted {
    /// No values at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Notes that the page draws this question.
    pub fn draw(&mut self, key: &str) {
        self.push(DRAWN, key);
    }

    /// All names and values, as sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a name, as sent.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.iter().find(|(sent, _)| *sent == name).map(|(_, value)| value)
    }

    /// All values of a name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(sent, _)| *sent == name).map(|(_, value)| value)
    }

    /// Whether this name came with this value: whether a radio or checkbox is ticked.
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|sent| sent == value)
    }

    /// The numbers of the entries of a list, such as 0 and 1 for `state_contacts`, ascending.
    pub fn entries(&self, key: &str) -> Vec<usize> {
        let mut numbers: Vec<usize> = self.iter().filter_map(|(name, _)| entry_number(name, key)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Whether the page drew this question, or something was sent for it.
    pub fn touches(&self, key: &str) -> bool {
        self.holds(DRAWN, key) || self.iter().any(|(name, _)| belongs_to(name, key))
    }

    /// Takes over all that `other` has for this question.
    pub(super) fn take_over(&mut self, other: &Self, key: &str) {
        let theirs = other.0.iter().filter(|(name, value)| belongs_to(name, key) || (name == DRAWN && value == key));
        self.0.extend(theirs.cloned());
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Posted {
    fn from_iter<T: IntoIterator<Item = (N, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Whether a posted name is this question, or a part of an entry of this list.
fn belongs_to(name: &str, key: &str) -> bool {
    name == key || entry_number(name, key).is_some()
}

fn entry_number(name: &str, key: &str) -> Option<usize> {
    let (number, _part) = name.strip_prefix(key)?.strip_prefix('.')?.split_once('.')?;
    number.parse().ok()
}
