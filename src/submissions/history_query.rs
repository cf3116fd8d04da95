//! What the address of a history asks for: a part of it, a page of that, or how something came to its status. An address
//! is never silently wider than asked.

use actix_web::web;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use crate::domain::event::Group;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, RateReviewStatus};
use crate::domain::role::{Department, Side};
use crate::history::{Filter, Somebody};
use crate::web::{Error, Result};

/// The query of an address, name by name.
pub type Pairs = web::Query<Vec<(String, String)>>;

const IN_ADDRESSES: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b',');

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// What is read.
    pub(super) filter: Filter,
    /// The page of entries older than this one.
    pub(super) before: Option<Uuid>,
    /// The page of entries newer than this one.
    pub(super) after: Option<Uuid>,
    /// How something came to this status.
    pub(super) explain: Option<String>,
    /// The department of whose review this is asked; without it, of the submission or rate itself.
    pub(super) review: Option<Department>,
}

impl Asked {
    /// Reads the query of an address. `people` are those that the history can be filtered by.
    ///
    /// # Errors
    /// [`Error::Unprocessable`] when it asks for something that the history does not have.
    pub(super) fn read(pairs: &[(String, String)], side: Side, people: &[Somebody]) -> Result<Self> {
        let mut asked = Self::default();
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "kind" => {
                    for item in value.split(',').filter(|item| !item.is_empty()) {
                        asked.add_group(item, side)?;
                    }
                }
                "person" if people.iter().any(|person| person.value == *value) => asked.filter.by = Some(value.clone()),
                "before" => asked.before = Some(entry(value)?),
                "after" => asked.after = Some(entry(value)?),
                "explain" if is_status(value) => asked.explain = Some(value.clone()),
                "review" if side == Side::Cms => asked.review = Some(department(value)?),
                _ => return Err(Error::unprocessable(format!("The history has no {name} “{value}”."))),
            }
        }
        if asked.review.is_some() && asked.explain.is_none() {
            return Err(Error::unprocessable("The address does not say which status is to be explained."));
        }
        Ok(asked)
    }

    fn add_group(&mut self, item: &str, side: Side) -> Result<()> {
        let offered = Group::offered_to(side).iter().find(|group| group.as_str() == item);
        let group = *offered.ok_or_else(|| Error::unprocessable(format!("The history has no kind “{item}”.")))?;
        if !self.filter.groups.contains(&group) {
            self.filter.groups.push(group);
        }
        Ok(())
    }

    /// What is said of an address that names something which this history does not have.
    pub(super) fn no_such_entry() -> Error {
        Error::unprocessable("The address names an entry that this history does not have.")
    }

    /// An address that asks for the same, and for what is added.
    pub(super) fn address(&self, path: &str, added: &[(&str, String)]) -> String {
        let groups: Vec<&str> = self.filter.groups.iter().map(|group| group.as_str()).collect();
        let own = [
            ("kind", Some(groups.join(",")).filter(|groups| !groups.is_empty())),
            ("person", self.filter.by.clone()),
            ("explain", self.explain.clone()),
            ("review", self.review.map(|review| review.short_name().to_owned())),
        ];
        let own = own.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let pairs: Vec<String> = own
            .chain(added.iter().cloned())
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(&value, IN_ADDRESSES)))
            .collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

fn entry(text: &str) -> Result<Uuid> {
    text.parse().map_err(|_| Asked::no_such_entry())
}

fn department(text: &str) -> Result<Department> {
    let found = Department::ALL.into_iter().find(|department| department.short_name() == text);
    found.ok_or_else(|| Error::unprocessable(format!("There is no department “{text}”.")))
}

fn is_status(text: &str) -> bool {
    ContractReviewStatus::ALL.iter().any(|status| status.as_str() == text)
        || RateReviewStatus::ALL.iter().any(|status| status.as_str() == text)
        || DepartmentReviewStatus::from_stored(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, side: Side) -> Result<Asked> {
        let people = [Somebody { value: "administrator".to_owned(), label: "CMS administrator".to_owned() }];
        Asked::read(&serde_html_form::from_str::<Vec<(String, String)>>(query).expect("a query"), side, &people)
    }

    #[test]
    fn an_address_is_read_and_written_again() {
        let asked = read("kind=status&kind=notes,status&person=administrator", Side::Cms).expect("it is fine");
        assert_eq!(asked.filter.groups, [Group::Status, Group::Notes]);
        assert_eq!(asked.address("/h", &[]), "/h?kind=status,notes&person=administrator");
        let page = [("before", Uuid::nil().to_string())];
        let next = asked.address("/h", &page);
        assert_eq!(read(next.split_once('?').unwrap().1, Side::Cms).unwrap().before, Some(Uuid::nil()));
        let explained = read("explain=not_subject_to_review", Side::State).expect("it is fine");
        assert_eq!(explained.address("/h", &[]), "/h?explain=not_subject_to_review");
        assert_eq!(read("kind=&person=", Side::State).expect("nothing is asked").address("/h", &[]), "/h");
    }

    #[test]
    fn what_a_side_may_not_know_of_it_can_not_ask_for() {
        for refused in ["kind=notes", "kind=reviews", "person=somebody", "explain=done", "colour=red", "before=x"] {
            assert!(read(refused, Side::State).is_err(), "{refused}");
        }
        assert!(read("explain=in_review&review=DMCO", Side::State).is_err());
        assert!(read("review=DMCO", Side::Cms).is_err() && read("explain=in_review&review=DMCX", Side::Cms).is_err());
        let explained = read("explain=in_review&review=DMCO", Side::Cms).expect("CMS may ask");
        assert_eq!(explained.address("/h", &[]), "/h?explain=in_review&review=DMCO");
    }
}
