//! Which two versions an address asks to compare.

use serde::Deserialize;

use crate::domain::role::Side;
use crate::history::Look;
use crate::web::{Error, Result};

/// What an address calls the version that the state is writing.
const DRAFT: &str = "draft";
/// What an address calls the version that the person saw when they looked last.
const SEEN: &str = "seen";

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    from: Option<String>,
    to: Option<String>,
    show: Option<String>,
}

/// A version that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// One that was sent.
    Sent(i32),
    /// The one that the state is writing.
    Draft(i32),
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Nothing: only one version was sent.
    Only,
    /// Two versions.
    Two(Which, Which),
    /// What came since the person looked last, a newer version among it.
    Since(Look, Which, Which),
    /// What came since the person looked last at the version that is still the newest.
    Same(Look, Which),
    /// The person asks what came since they looked last, and never did.
    NeverLooked,
}

impl Wanted {
    /// Whether what is equal is shown too.
    pub fn all(&self) -> bool {
        self.show.as_deref() == Some("all")
    }

    /// What a state is writing is not there for CMS.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn may_ask(&self, side: Side) -> Result<()> {
        let draft = [&self.from, &self.to].into_iter().flatten().any(|given| given == DRAFT);
        if draft && side == Side::Cms { Err(Error::NotFound) } else { Ok(()) }
    }
}

impl Which {
    /// Its number.
    pub fn revision(self) -> i32 {
        match self {
            Self::Sent(revision) | Self::Draft(revision) => revision,
        }
    }

    /// Whether it is not sent yet.
    pub fn is_draft(self) -> bool {
        matches!(self, Self::Draft(_))
    }

    /// What an address calls it.
    pub fn value(self) -> String {
        match self {
            Self::Sent(revision) => revision.to_string(),
            Self::Draft(_) => DRAFT.to_owned(),
        }
    }

    /// Its name.
    pub fn label(self) -> String {
        match self {
            Self::Sent(revision) => format!("Version {revision}"),
            Self::Draft(revision) => format!("Your draft of version {revision}"),
        }
    }
}

impl Chosen {
    /// The two versions, the older first as asked.
    pub fn pair(self) -> Option<(Which, Which)> {
        match self {
            Self::Two(older, newer) | Self::Since(_, older, newer) => Some((older, newer)),
            Self::Only | Self::Same(..) | Self::NeverLooked => None,
        }
    }

    /// When the person looked last, where they ask what came since.
    pub fn look(self) -> Option<Look> {
        match self {
            Self::Since(look, ..) | Self::Same(look, _) => Some(look),
            Self::Only | Self::Two(..) | Self::NeverLooked => None,
        }
    }
}

/// Reads what is asked for. Without numbers it is the newest version with the one before. `sent` has at least one
/// number, the newest first.
///
/// # Errors
/// [`Error::Unprocessable`] for a version that was not sent, and for one compared with itself.
pub fn choose(wanted: &Wanted, sent: &[i32], draft: Option<i32>, look: Option<Look>) -> Result<Chosen> {
    let newest = Which::Sent(*sent.first().ok_or(Error::NotFound)?);
    let which = |given: &String| {
        let known = if given == DRAFT { draft.map(Which::Draft) } else { number(given, sent) };
        known.ok_or_else(|| {
            Error::unprocessable("The address asks for a version that was not sent. Choose another one.")
        })
    };
    let to = wanted.to.as_ref().map(which).transpose()?;
    if wanted.from.as_deref() == Some(SEEN) {
        let to = to.unwrap_or(newest);
        return Ok(match look {
            None => Chosen::NeverLooked,
            Some(look) if Which::Sent(look.revision) == to => Chosen::Same(look, to),
            Some(look) => Chosen::Since(look, Which::Sent(look.revision), to),
        });
    }
    let before = |which: Which| match which {
        Which::Draft(_) => Some(newest),
        Which::Sent(revision) => sent.iter().find(|other| **other < revision).map(|other| Which::Sent(*other)),
    };
    let from = wanted.from.as_ref().map(which).transpose()?;
    let (older, newer) = match (from, to) {
        (Some(from), to) => (from, to.unwrap_or(newest)),
        (None, to) => match before(to.unwrap_or(newest)) {
            Some(before) => (before, to.unwrap_or(newest)),
            None if to.is_none() => return Ok(Chosen::Only),
            None => return Err(Error::unprocessable("No version was sent before the first one.")),
        },
    };
    if older == newer {
        return Err(Error::unprocessable("A version is not compared with itself. Choose two different ones."));
    }
    Ok(Chosen::Two(older, newer))
}

fn number(given: &str, sent: &[i32]) -> Option<Which> {
    given.parse().ok().filter(|revision| sent.contains(revision)).map(Which::Sent)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::clock::Moment;

    fn chosen(from: &str, to: &str, sent: &[i32], draft: Option<i32>) -> Option<Chosen> {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let look = Look { at: Moment(datetime!(2026-11-12 15:00 UTC)), event_seq: 7, revision: 1 };
        choose(&Wanted { from: given(from), to: given(to), show: None }, sent, draft, Some(look)).ok()
    }

    #[test]
    fn without_numbers_the_newest_is_compared_with_the_one_before() {
        let two = |older, newer| Some(Chosen::Two(Which::Sent(older), Which::Sent(newer)));
        assert_eq!(chosen("", "", &[4, 2, 1], None), two(2, 4));
        assert_eq!(chosen("", "2", &[4, 2, 1], None), two(1, 2));
        assert_eq!(chosen("1", "", &[4, 2, 1], None), two(1, 4));
        assert_eq!(chosen("4", "1", &[4, 2, 1], None), two(4, 1));
        assert_eq!(chosen("", "", &[1], None), Some(Chosen::Only));
        assert_eq!(chosen("", "draft", &[2, 1], Some(3)), Some(Chosen::Two(Which::Sent(2), Which::Draft(3))));
    }

    #[test]
    fn equal_and_unknown_versions_are_refused() {
        for (from, to) in
            [("1", "1"), ("4", ""), ("1", "3"), ("9", "1"), ("-1", "1"), ("x", "1"), ("", "1"), ("1", "draft")]
        {
            assert_eq!(chosen(from, to, &[4, 2, 1], None), None, "{from} with {to}");
        }
    }

    #[test]
    fn what_was_seen_last_is_compared_with_the_newest() {
        assert!(matches!(chosen("seen", "", &[2, 1], None), Some(Chosen::Since(_, Which::Sent(1), Which::Sent(2)))));
        assert!(matches!(chosen("seen", "", &[1], None), Some(Chosen::Same(_, Which::Sent(1)))));
        let wanted = Wanted { from: Some("seen".to_owned()), ..Wanted::default() };
        assert_eq!(choose(&wanted, &[2, 1], None, None).ok(), Some(Chosen::NeverLooked));
    }

    #[test]
    fn a_draft_is_not_there_for_cms() {
        let wanted = Wanted { to: Some("draft".to_owned()), ..Wanted::default() };
        assert!(wanted.may_ask(Side::State).is_ok() && wanted.may_ask(Side::Cms).is_err());
    }
}
