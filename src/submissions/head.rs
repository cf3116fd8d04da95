//! What the pages of a submission share: the side navigation, the line above the heading, whose turn it is.

use crate::domain::clock::Moment;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{ContractReviewStatus, Tag, Turn};
use crate::domain::role::Side;
use crate::questions::Rounds;
use crate::rates::Rate;

use super::queries::Submission;

/// A link of the side navigation.
#[derive(Clone, Debug)]
pub struct SideItem {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub label: String,
    /// Whether it is the page shown.
    pub current: bool,
    /// Its `id`, where its words hold a count: an action in place draws it anew.
    pub id: Option<&'static str>,
}

/// The pages of a submission, with the one marked that is shown, and one link for each rate that was sent with it.
/// `notes` is their number, for CMS alone.
pub fn side_nav(submission: &Submission, current: &str, notes: Option<i64>, rates: &[&RateKey]) -> Vec<SideItem> {
    let address = format!("/submissions/{}", submission.key);
    let mut items = pages(&address, current, submission.rounds, (submission.versions, notes));
    items.extend(rates.iter().map(|rate| SideItem {
        href: format!("/rates/{rate}"),
        label: format!("Rate {rate}"),
        current: false,
        id: None,
    }));
    items
}

/// The pages of a rate, with the one marked that is shown, and the way to its submission.
pub fn rate_side_nav(rate: &Rate, current: &str, notes: Option<i64>) -> Vec<SideItem> {
    let mut items = pages(&format!("/rates/{}", rate.key), current, rate.rounds, (rate.versions, notes));
    let parent = &rate.parent.key;
    let (href, label) = (format!("/submissions/{parent}"), format!("Submission {parent}"));
    items.push(SideItem { href, label, current: false, id: None });
    items
}

fn pages(address: &str, current: &str, rounds: Rounds, (versions, notes): (i64, Option<i64>)) -> Vec<SideItem> {
    let item = |name: &str, path: &str| SideItem {
        href: format!("{address}{path}"),
        label: name.to_owned(),
        current: name == current,
        id: None,
    };
    let counted = |name: &str, path: &str, id: &'static str, count: Option<String>| {
        let label = count.map_or_else(|| name.to_owned(), |count| format!("{name} ({count})"));
        SideItem { label, id: Some(id), ..item(name, path) }
    };
    let mut items = vec![item("Summary", "")];
    if versions > 0 {
        items.push(counted("Questions", "/questions", "side-questions", rounds.in_words()));
        items.push(counted("Versions", "/versions", "side-versions", Some(versions.to_string())));
    }
    items.push(item("History", "/history"));
    items.extend(notes.map(|notes| counted("Notes", "/notes", "side-notes", Some(notes.to_string()))));
    items
}

/// Where the people of a state write a submission: its first page, or of one that was sent before, what is left to do.
pub fn form_of(submission: &Submission) -> String {
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

/// Whose turn it is, as a side reads it: what waits for the state, and since which day it is with CMS.
pub(super) fn turn_in_words(side: Side, turn: Turn, open_rounds: i64, since: Option<Moment>) -> String {
    let since = since.map_or_else(String::new, |since| format!(" since {}", since.day()));
    let questions = match open_rounds {
        1 => "1 question".to_owned(),
        several => format!("{several} questions"),
    };
    match (turn, side) {
        (Turn::State, Side::State) if open_rounds > 0 => format!("With you: answer {questions}"),
        (Turn::State, Side::State) => "With you".to_owned(),
        (Turn::Both, Side::State) => format!("With CMS; {questions} for you"),
        (Turn::Cms, Side::State) => format!("With CMS{since}"),
        (Turn::State, Side::Cms) if open_rounds > 0 => format!("State: {questions} open"),
        (Turn::State, Side::Cms) => format!("State{since}"),
        (Turn::Both, Side::Cms) => format!("State and CMS: {questions} open"),
        (Turn::Cms, Side::Cms) => format!("CMS{since}"),
        (Turn::Nobody, Side::State) if open_rounds > 0 => format!("Nobody; {questions} for you"),
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
        let told = |side, turn, open| turn_in_words(side, turn, open, since);
        assert_eq!(told(Side::State, Turn::Cms, 0), "With CMS since 11/03/2026");
        assert_eq!(told(Side::Cms, Turn::Cms, 0), "CMS since 11/03/2026");
        assert_eq!(told(Side::Cms, Turn::State, 0), "State since 11/03/2026");
        assert_eq!(told(Side::State, Turn::State, 0), "With you");
        assert_eq!(told(Side::State, Turn::State, 2), "With you: answer 2 questions");
        assert_eq!(told(Side::State, Turn::Both, 1), "With CMS; 1 question for you");
        assert_eq!(told(Side::Cms, Turn::Both, 1), "State and CMS: 1 question open");
        assert_eq!(told(Side::Cms, Turn::Nobody, 0), "Nobody");
    }
}
