//! What is to be done with the reviews that are chosen.

use serde::Deserialize;

use super::wish::{Slot, Wish};
use crate::domain::id::AccountId;
use crate::reviews::Candidate;
use crate::web::form::FormState;

const NOTHING: (&str, &str) = ("do-suggest", "Choose what is to be done.");

/// What a form asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OperationForm {
    #[serde(rename = "do")]
    deed: String,
    primary_to: String,
    secondary_to: String,
    slot: String,
    whom: String,
    by: String,
    /// Whether approvers are suggested too.
    approvers: Option<String>,
    /// Slots with whom they are to hold, of rows that are tried again or taken back.
    wish: Vec<String>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Put somebody in a slot.
    Set(Slot, AccountId),
    /// Empty a slot.
    Empty(Slot),
    /// Put somebody wherever somebody else stands.
    Replace(AccountId, AccountId),
    /// Find somebody who follows the state: a reviewer, or also an approver.
    Suggest {
        /// Whether approvers count.
        approvers: bool,
    },
    /// What each row says, which takes back what was assigned.
    Undo(Vec<Wish>),
    /// What each row says, which somebody's change was in the way of.
    Again(Vec<Wish>),
}

impl Operation {
    /// Reads what a form asks for. Whom it names has to be among the people.
    ///
    /// # Errors
    /// The controls that lack something, and what.
    pub fn read(form: &OperationForm, people: &[Candidate]) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let person = |value: &str| {
            let id: AccountId = value.parse().ok()?;
            people.iter().any(|person| person.reviewer.id == id).then_some(id)
        };
        let contradictions = form.contradictions();
        if !contradictions.is_empty() {
            return Err(contradictions);
        }
        match form.deed.as_str() {
            "suggest" => Ok(Self::Suggest { approvers: form.approvers.is_some() }),
            "primary" => {
                let to =
                    person(&form.primary_to).ok_or(vec![("primary_to", "Choose who is to be primary reviewer.")])?;
                Ok(Self::Set(Slot::Primary, to))
            }
            "secondary" => {
                let to = person(&form.secondary_to)
                    .ok_or(vec![("secondary_to", "Choose who is to be secondary reviewer.")])?;
                Ok(Self::Set(Slot::Secondary, to))
            }
            "empty" => Slot::from_form(&form.slot)
                .map(Self::Empty)
                .ok_or(vec![("slot", "Choose which slot is to be emptied.")]),
            "replace" => replaced(form.whom.parse().ok(), person(&form.by)),
            "undo" => wishes(form).map(Self::Undo),
            "again" => wishes(form).map(Self::Again),
            _ => Err(vec![NOTHING]),
        }
    }

    /// What is to be done, in words.
    pub fn in_words(&self, name: impl Fn(AccountId) -> String) -> String {
        match self {
            Self::Set(slot, to) => format!("{} reviewer: {}", slot.label(), name(*to)),
            Self::Empty(slot) => format!("{} reviewer: nobody", slot.label()),
            Self::Replace(whom, by) => format!("{} takes over from {}", name(*by), name(*whom)),
            Self::Suggest { approvers: false } => "Suggested by state, among reviewers".to_owned(),
            Self::Suggest { approvers: true } => "Suggested by state, among reviewers and approvers".to_owned(),
            Self::Undo(_) => "Taking back what was assigned".to_owned(),
            Self::Again(_) => "The same again".to_owned(),
        }
    }

    /// What each row says for itself.
    pub fn wishes(&self) -> Option<&[Wish]> {
        match self {
            Self::Undo(wishes) | Self::Again(wishes) => Some(wishes),
            Self::Set(..) | Self::Empty(_) | Self::Replace(..) | Self::Suggest { .. } => None,
        }
    }
}

impl OperationForm {
    /// What was chosen for another deed than the one that is asked for, and what to do about it: nothing says which of the
    /// two was meant.
    fn contradictions(&self) -> Vec<(&'static str, &'static str)> {
        let fields = [
            (
                "primary",
                "primary_to",
                &self.primary_to,
                "You chose a primary reviewer: select “Set primary to” as well, or “- Select -” here.",
            ),
            (
                "secondary",
                "secondary_to",
                &self.secondary_to,
                "You chose a secondary reviewer: select “Set secondary to” as well, or “- Select -” here.",
            ),
            ("empty", "slot", &self.slot, "You chose a slot: select “Empty a slot” as well, or “- Select -” here."),
            (
                "replace",
                "whom",
                &self.whom,
                "You chose who hands over: select “Hand over from” as well, or “- Select -” here.",
            ),
            (
                "replace",
                "by",
                &self.by,
                "You chose who takes over: select “Hand over from” as well, or “- Select -” here.",
            ),
        ];
        let other = |(deed, _, value, _): &(&str, &str, &String, &str)| !value.is_empty() && self.deed != *deed;
        fields.into_iter().filter(other).map(|(_, field, _, sentence)| (field, sentence)).collect()
    }
}

fn wishes(form: &OperationForm) -> Result<Vec<Wish>, Vec<(&'static str, &'static str)>> {
    form.wish.iter().map(|wish| wish.parse().map_err(|_| vec![NOTHING])).collect()
}

fn replaced(whom: Option<AccountId>, by: Option<AccountId>) -> Result<Operation, Vec<(&'static str, &'static str)>> {
    match (whom, by) {
        (Some(whom), Some(by)) if whom == by => Err(vec![("by", "Choose somebody else to take over.")]),
        (Some(whom), Some(by)) => Ok(Operation::Replace(whom, by)),
        (whom, by) => {
            let whom = whom.is_none().then_some(("whom", "Choose who is to be replaced."));
            let by = by.is_none().then_some(("by", "Choose who takes over."));
            Err([whom, by].into_iter().flatten().collect())
        }
    }
}

/// The state of the form with what is wrong with it.
pub fn refused(pairs: Vec<(String, String)>, problems: Vec<(&'static str, &'static str)>) -> FormState {
    let mut form = FormState::filled(pairs);
    for (field, sentence) in problems {
        form.refuse(field, sentence);
    }
    form
}
