//! What is wanted of one slot of one review, as forms carry it.

use std::fmt;
use std::str::FromStr;

use crate::domain::id::{AccountId, DepartmentReviewId};

/// One of the two places on a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Who does it.
    Primary,
    /// Who helps.
    Secondary,
}

impl Slot {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Secondary];

    /// As forms have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Primary => "Primary",
            Self::Secondary => "Secondary",
        }
    }

    /// Reads what a form has.
    pub fn from_form(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.as_str() == text)
    }
}

/// The text is not what a page writes.
#[derive(Debug, PartialEq, Eq)]
pub struct Malformed;

/// A row of a preview that was ticked: the review, the version that the preview showed, and the slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// The review.
    pub review: DepartmentReviewId,
    /// Its version.
    pub version: i32,
    /// The slot.
    pub slot: Slot,
}

impl fmt::Display for Ticked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.review, self.version, self.slot.as_str())
    }
}

impl FromStr for Ticked {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let parts: Vec<&str> = text.split(':').collect();
        let &[review, version, slot] = parts.as_slice() else { return Err(Malformed) };
        Ok(Self {
            review: review.parse().map_err(|_| Malformed)?,
            version: version.parse().map_err(|_| Malformed)?,
            slot: Slot::from_form(slot).ok_or(Malformed)?,
        })
    }
}

/// Who a slot of a review is to hold, whatever the version of the review; with one, as long as that is its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The review.
    pub review: DepartmentReviewId,
    /// The slot.
    pub slot: Slot,
    /// Who; nobody, where it is to be empty.
    pub to: Option<AccountId>,
    /// The version that it goes on from, if it does.
    pub version: Option<i32>,
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let to = self.to.map_or_else(String::new, |to| to.to_string());
        let version = self.version.map_or_else(String::new, |version| version.to_string());
        write!(f, "{}:{}:{to}:{version}", self.review, self.slot.as_str())
    }
}

impl FromStr for Wish {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        fn given<T: FromStr>(part: &str) -> Result<Option<T>, Malformed> {
            if part.is_empty() { Ok(None) } else { part.parse().map(Some).map_err(|_| Malformed) }
        }
        let parts: Vec<&str> = text.split(':').collect();
        let &[review, slot, to, version] = parts.as_slice() else { return Err(Malformed) };
        Ok(Self {
            review: review.parse().map_err(|_| Malformed)?,
            slot: Slot::from_form(slot).ok_or(Malformed)?,
            to: given(to)?,
            version: given(version)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_forms_carry_is_read_as_it_was_written() {
        let id = |number: u128| uuid::Uuid::from_u128(number);
        let review = DepartmentReviewId(id(7));
        let ticked = Ticked { review, version: 3, slot: Slot::Secondary };
        assert_eq!(ticked.to_string().parse(), Ok(ticked));
        for (to, version) in [(None, None), (Some(AccountId(id(8))), Some(4)), (None, Some(4))] {
            let wish = Wish { review, slot: Slot::Primary, to, version };
            assert_eq!(wish.to_string().parse(), Ok(wish));
        }
        for text in
            ["", "x:1:primary", &format!("{review}:x:primary"), &format!("{review}:1:both"), &format!("{review}:1")]
        {
            assert_eq!(text.parse::<Ticked>(), Err(Malformed), "{text}");
        }
        for text in
            ["", &format!("{review}:primary:x:"), &format!("{review}:primary::x"), &format!("{review}:primary:")]
        {
            assert_eq!(text.parse::<Wish>(), Err(Malformed), "{text}");
        }
    }
}
