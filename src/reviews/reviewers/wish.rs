//! What a form about reviewers asks for, on the review as it is now.

use super::{Deed, ReviewersForm};
use crate::domain::permission::Person;
use crate::history::Told;
use crate::reviews::conflict::{self, Slot};
use crate::reviews::deeds::How;
use crate::reviews::people::Candidate;
use crate::reviews::review::{DepartmentReview, Reviewer};
use crate::web::conflict::KEEP;

/// What the two slots are to hold.
pub struct Wanted {
    /// The primary reviewer.
    pub primary: Option<Reviewer>,
    /// The secondary reviewer.
    pub secondary: Option<Reviewer>,
    /// In which way.
    pub how: How,
}

impl Wanted {
    /// Whether the slots hold this already.
    pub fn is_so(&self, review: &DepartmentReview) -> bool {
        let id = |reviewer: &Option<Reviewer>| reviewer.as_ref().map(|reviewer| reviewer.id);
        id(&self.primary) == id(&review.primary) && id(&self.secondary) == id(&review.secondary)
    }
}

/// A field and what is wrong with it.
type FieldProblem = (&'static str, String);

/// What the slots are to hold when the deed is done on the review as it is now: a slot that the person left as the
/// form showed it stays as it is now.
///
/// # Errors
/// The fields that hold what can't be.
pub fn wanted(
    person: &Person,
    review: &DepartmentReview,
    form: &ReviewersForm,
    people: &[Candidate],
    told: &[Told],
) -> Result<Wanted, Vec<FieldProblem>> {
    let me = || Reviewer { id: person.id, name: person.name.clone(), email: person.email.clone() };
    let unless_me = |reviewer: &Option<Reviewer>| reviewer.clone().filter(|reviewer| reviewer.id != person.id);
    match form.deed {
        Deed::Take => Ok(Wanted { primary: Some(me()), secondary: unless_me(&review.secondary), how: How::Take }),
        Deed::HandBack => Ok(Wanted {
            primary: unless_me(&review.primary),
            secondary: unless_me(&review.secondary),
            how: How::HandBack,
        }),
        Deed::Set => {
            let then = conflict::then(review, told);
            let primary =
                pick(people, ("primary", &form.primary), (&then.primary, &review.primary), &form.choose_primary);
            let secondary = pick(
                people,
                ("secondary", &form.secondary),
                (&then.secondary, &review.secondary),
                &form.choose_secondary,
            );
            let (primary, secondary) = match (primary, secondary) {
                (Ok(primary), Ok(secondary)) => (primary, secondary),
                (primary, secondary) => return Err([primary.err(), secondary.err()].into_iter().flatten().collect()),
            };
            // While a choice is open, two who were typed apart may yet become different people.
            let same = primary.is_some() && primary == secondary;
            if same && (form.primary == form.secondary || !unchosen(review, form, told)) {
                let sentence = "Primary and secondary reviewer must be two people.".to_owned();
                return Err(vec![("secondary", sentence)]);
            }
            Ok(Wanted { primary, secondary, how: How::Set })
        }
    }
}

fn pick(
    people: &[Candidate],
    (field, typed): (&'static str, &str),
    (then, now): (&Slot, &Option<Reviewer>),
    choice: &Option<String>,
) -> Result<Option<Reviewer>, FieldProblem> {
    let unchanged = then.as_ref().map_or("", |(id, _)| id) == typed;
    if choice.as_deref() == Some(KEEP.value) || (unchanged && choice.is_none()) {
        return Ok(now.clone());
    }
    if typed.is_empty() {
        return Ok(None);
    }
    let found = people.iter().find(|person| person.reviewer.id.to_string() == typed);
    found
        .map(|person| Some(person.reviewer.clone()))
        .ok_or((field, "Choose an active reviewer or approver of the department.".to_owned()))
}

/// Whether the person changed a slot that somebody else changed too, to something else.
pub fn collides(then: &Slot, now: &Slot, typed: &str) -> bool {
    let id = |slot: &Slot| slot.as_ref().map_or(String::new(), |(id, _)| id.clone());
    then != now && id(then) != typed && id(now) != typed
}

/// Whether a slot that collides comes without a choice.
pub fn unchosen(review: &DepartmentReview, form: &ReviewersForm, told: &[Told]) -> bool {
    let (then, (primary, secondary)) = (conflict::then(review, told), conflict::slots(review));
    form.deed == Deed::Set
        && (form.choose_primary.is_none() && collides(&then.primary, &primary, &form.primary)
            || form.choose_secondary.is_none() && collides(&then.secondary, &secondary, &form.secondary))
}
