//! What the pages of a submission share: the side navigation, the line above the heading, whose turn it is.

use crate::domain::clock::Moment;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{ContractReviewStatus, Tag, Turn};
use crate::domain::role::Side;
use crate::rates::Rate;

use super::queries::Submission;

/// A link of the side navigation.
#[derive(Debug)]
pub struct SideItem {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: String,
    /// Whether it is the page shown.
    pub current: bool,
}

/// The pages of a submission, with the one marked that is shown, and one link for each rate that was sent with it.
/// `notes` is their number, for CMS alone.
pub fn side_nav(submission: &Submission, current: &str, notes: Option<i64>, rates: &[&RateKey]) -> Vec<SideItem> {
    let mut items = pages(&format!("/submissions/{}", submission.key), current, (submission.versions, notes));
    items.extend(rates.iter().map(|rate| SideItem {
        href: format!("/rates/{rate}"),
        label: format!("Rate {rate}"),
        current: false,
    }));
    items
}

/// The pages of a rate, with the one marked that is shown, and the way to its submission.
pub fn rate_side_nav(rate: &Rate, current: &str, notes: Option<i64>) -> Vec<SideItem> {
    let mut items = pages(&format!("/rates/{}", rate.key), current, (rate.versions, notes));
    let parent = &rate.parent.key;
    let (href, label) = (format!("/submissions/{parent}"), format!("Submission {parent}"));
    items.push(SideItem { href, label, current: false });
    items
}

fn pages(address: &str, current: &str, (versions, notes): (i64, Option<i64>)) -> Vec<SideItem> {
    let item = |name: &str, path: &str, count: Option<i64>| SideItem {
        href: format!("{address}{path}"),
        label: count.map_or_else(|| name.to_owned(), |count| format!("{name} ({count})")),
        current: name == current,
    };
    let mut items = vec![item("Summary", "", None)];
    if versions > 0 {
        items.push(item("Versions", "/versions", Some(versions)));
    }
    items.push(item("History", "/history", None));
    items.extend(notes.map(|notes| item("Notes", "/notes", Some(notes))));
    items
}

/// Where the people of a state write a submission: its first page, or of one that was sent before, what is left to do.
pub(super) fn form_of(submission: &Submission) -> String {
    let first = if submission.status == ContractReviewStatus::Draft { "type" } else { "review" };
    format!("/submissions/{}/edit/{first}", submission.key)
}

/// What names a submission above the heading of each of its pages.
#[derive(Debug)]
pub struct Head {
    /// Its key.
    pub key: String,
    /// Where what led to its status is told.
    pub explain: String,
    /// Its full name.
    pub name: String,
    /// Its state.
    pub state_name: String,
    /// What is sent.
    pub kind: &'static str,
    /// Its status as the reader's side calls it.
    pub tag: Tag,
}

impl Head {
    /// The head of a submission for a reader of this side.
    pub fn of(submission: &Submission, side: Side) -> Self {
        Self {
            key: submission.key.to_string(),
            explain: format!("/submissions/{}/history?explain={}", submission.key, submission.status.as_str()),
            name: submission.name.clone(),
            state_name: submission.state_name.clone(),
            kind: submission.kind.label(),
            tag: submission.status.tag(side),
        }
    }
}

/// Whose turn it is, as a side reads it, and since which day.
pub(super) fn turn_in_words(side: Side, status: ContractReviewStatus, since: Option<Moment>) -> String {
    let since = since.map_or_else(String::new, |since| format!(" since {}", since.day()));
    match (Turn::of(status), side) {
        (Turn::State, Side::State) => "With you".to_owned(),
        (Turn::Cms, Side::State) => format!("With CMS{since}"),
        (Turn::State, Side::Cms) => format!("State{since}"),
        (Turn::Cms, Side::Cms) => format!("CMS{since}"),
        (Turn::Nobody, _) => "Nobody".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_turn_is_told_from_where_the_reader_stands() {
        let since = Some(Moment(datetime!(2026-11-03 15:00 UTC)));
        let told = |side, status| turn_in_words(side, status, since);
        assert_eq!(told(Side::State, ContractReviewStatus::Submitted), "With CMS since 11/03/2026");
        assert_eq!(told(Side::Cms, ContractReviewStatus::Resubmitted), "CMS since 11/03/2026");
        assert_eq!(told(Side::Cms, ContractReviewStatus::Unlocked), "State since 11/03/2026");
        assert_eq!(told(Side::State, ContractReviewStatus::Unlocked), "With you");
        assert_eq!(told(Side::Cms, ContractReviewStatus::Approved), "Nobody");
    }
}
