//! What an operation would make of a review, and why. Nothing is written here.

use std::collections::HashMap;

use super::chosen::Chosen;
use super::operation::Operation;
use super::wish::{Slot, Wish};
use crate::domain::id::{AccountId, DepartmentReviewId};
use crate::domain::key::Key;
use crate::reviews::Candidate;

/// What would become of a slot of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The slot.
    pub slot: Slot,
    /// Who would be in it.
    pub to: Option<AccountId>,
    /// Whether that is something else than now, and can be.
    pub changes: bool,
    /// Why, or why not.
    pub why: String,
}

/// Plans for row after row: what is suggested for one counts for the next.
#[derive(Debug)]
pub struct Planner<'a> {
    operation: &'a Operation,
    people: &'a [Candidate],
    /// What happened since the versions that wishes go on from.
    since: HashMap<DepartmentReviewId, String>,
    suggested: HashMap<AccountId, i64>,
}

impl<'a> Planner<'a> {
    /// Begins.
    pub fn new(operation: &'a Operation, people: &'a [Candidate], since: HashMap<DepartmentReviewId, String>) -> Self {
        Self { operation, people, since, suggested: HashMap::new() }
    }

    /// What would become of a review.
    pub fn plan(&mut self, row: &Chosen) -> Planned {
        match self.operation {
            Operation::Set(slot, to) => self.put(row, *slot, Some(*to)),
            Operation::Empty(slot) => self.put(row, *slot, None),
            Operation::Replace(whom, by) => self.replaced(row, *whom, *by),
            Operation::Suggest { approvers } => self.suggest(row, *approvers),
            Operation::Undo(wishes) | Operation::Again(wishes) => {
                match wishes.iter().find(|wish| wish.review == row.review) {
                    Some(wish) => self.wished(row, *wish),
                    None => kept(row, Slot::Primary, "Nothing was asked for it."),
                }
            }
        }
    }

    /// Somebody, or nobody, in a slot.
    fn put(&self, row: &Chosen, slot: Slot, to: Option<AccountId>) -> Planned {
        if let Some(closed) = row.closed() {
            return kept(row, slot, format!("Closed: {closed}."));
        }
        let now = row.holder(slot).map(|holder| holder.id);
        if now == to {
            return kept(row, slot, "Already so.");
        }
        let Some(to) = to else {
            return Planned { slot, to, changes: true, why: "Nobody from then on.".to_owned() };
        };
        if self.member(row, to).is_none() {
            let name = self.people.iter().find(|person| person.reviewer.id == to);
            let name = name.map_or("Whoever was chosen", |person| &person.reviewer.name);
            return kept(row, slot, format!("{name} is not in {}.", row.department.short_name()));
        }
        match Slot::ALL.into_iter().find(|other| *other != slot && row.holder(*other).is_some_and(|on| on.id == to)) {
            Some(other) => kept(row, slot, format!("Would hold both slots: {} already.", other.label().to_lowercase())),
            None => Planned { slot, to: Some(to), changes: true, why: "As chosen.".to_owned() },
        }
    }

    fn replaced(&self, row: &Chosen, whom: AccountId, by: AccountId) -> Planned {
        let stands = |slot: &Slot| row.holder(*slot).is_some_and(|holder| holder.id == whom);
        match Slot::ALL.into_iter().find(stands) {
            Some(slot) => self.put(row, slot, Some(by)),
            None => match row.closed() {
                Some(closed) => kept(row, Slot::Primary, format!("Closed: {closed}.")),
                None => kept(row, Slot::Primary, "Who is to be replaced is not on it."),
            },
        }
    }

    /// What a row says for itself; not where the review went on since.
    fn wished(&self, row: &Chosen, wish: Wish) -> Planned {
        let planned = self.put(row, wish.slot, wish.to);
        match self.since.get(&row.review) {
            Some(told) if planned.changes => Planned { changes: false, why: told.clone(), ..planned },
            None if planned.changes && matches!(self.operation, Operation::Undo(_)) => {
                Planned { why: "As it was before.".to_owned(), ..planned }
            }
            _ => planned,
        }
    }

    /// Whoever of the department follows the state and has the fewest open reviews; of equals a reviewer before an approver,
    /// then whoever decided the fewest lately, then by name.
    fn suggest(&mut self, row: &Chosen, approvers: bool) -> Planned {
        let slot = Slot::Primary;
        if let Some(closed) = row.closed() {
            return kept(row, slot, format!("Closed: {closed}."));
        }
        if let Some(primary) = &row.primary {
            return kept(row, slot, format!("Already so: {} has it.", primary.name));
        }
        let (state, department) = (&row.state_name, row.department.short_name());
        let (following, aside): (Vec<&Candidate>, Vec<&Candidate>) = self
            .people
            .iter()
            .filter(|person| person.department == row.department && person.follows(row.key.state_code()))
            .partition(|person| approvers || !person.approves);
        let secondary = row.secondary.as_ref().map(|secondary| secondary.id);
        let free = following.iter().filter(|person| Some(person.reviewer.id) != secondary);
        // Of equals the first by name comes first: the people are in that order.
        let first =
            |person: &&&Candidate| (self.load(person.reviewer.id, person.open), person.approves, person.decided);
        let Some(found) = free.min_by_key(first) else {
            let why = if !aside.is_empty() {
                format!("Left empty: no free reviewer of {department} follows {state}, only approvers do.")
            } else if following.is_empty() {
                format!("Left empty: nobody of {department} follows {state}.")
            } else {
                format!("Left empty: the only one of {department} who follows {state} would hold both slots.")
            };
            return kept(row, slot, why);
        };
        let suggested = self.suggested.get(&found.reviewer.id).copied().unwrap_or_default();
        let load = match (found.open, suggested) {
            (open, 0) => format!("{open} open {}", reviews(open)),
            (open, here) => format!("{open} open {} and {here} suggested above", reviews(open)),
        };
        let fewest = if following.len() == 1 { "the only one" } else { "fewest" };
        *self.suggested.entry(found.reviewer.id).or_default() += 1;
        Planned { slot, to: Some(found.reviewer.id), changes: true, why: format!("Follows {state}; {load}, {fewest}.") }
    }

    fn load(&self, id: AccountId, open: i64) -> i64 {
        open + self.suggested.get(&id).copied().unwrap_or_default()
    }

    fn member(&self, row: &Chosen, id: AccountId) -> Option<&Candidate> {
        self.people.iter().find(|person| person.reviewer.id == id && person.department == row.department)
    }
}

fn reviews(number: i64) -> &'static str {
    if number == 1 { "review" } else { "reviews" }
}

fn kept(row: &Chosen, slot: Slot, why: impl Into<String>) -> Planned {
    Planned { slot, to: row.holder(slot).map(|holder| holder.id), changes: false, why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::super::chosen::Named;
    use super::*;
    use crate::domain::key::{SubjectKey, SubmissionKey};
    use crate::domain::lifecycle::ContractReviewStatus;
    use crate::domain::role::Department;
    use crate::reviews::Reviewer;

    const SUGGEST: Operation = Operation::Suggest { approvers: false };

    fn id(number: u128) -> AccountId {
        AccountId(uuid::Uuid::from_u128(number))
    }

    fn person(number: u128, name: &str, open: i64, follows: &[&str]) -> Candidate {
        let reviewer = Reviewer { id: id(number), name: name.to_owned(), email: String::new() };
        let follows = follows.iter().map(|state| (*state).to_owned()).collect();
        Candidate { reviewer, department: Department::Dmco, open, decided: 0, approves: false, follows }
    }

    fn row(primary: Option<u128>, secondary: Option<u128>) -> Chosen {
        let key = SubmissionKey { state_code: "MN".to_owned(), number: 5 };
        let named = |number: u128| Named { id: id(number), name: format!("Number {number}") };
        Chosen {
            review: DepartmentReviewId(uuid::Uuid::from_u128(99)),
            version: 1,
            department: Department::Dmco,
            key: SubjectKey::Submission(key.clone()),
            state_name: "Minnesota".to_owned(),
            name: String::new(),
            package: key,
            status: ContractReviewStatus::Submitted,
            withdrawn: false,
            primary: primary.map(named),
            secondary: secondary.map(named),
        }
    }

    fn planned(operation: &Operation, people: &[Candidate], row: &Chosen) -> (Slot, Option<AccountId>, bool, String) {
        let Planned { slot, to, changes, why } = Planner::new(operation, people, HashMap::new()).plan(row);
        (slot, to, changes, why)
    }

    #[test]
    fn suggestions_go_to_whoever_has_fewest_and_each_counts_for_the_next() {
        let people = [person(1, "Ada", 2, &["MN"]), person(2, "Ben", 1, &["MN", "TX"]), person(3, "Cleo", 0, &["TX"])];
        let mut planner = Planner::new(&SUGGEST, &people, HashMap::new());
        let plans: Vec<Planned> = (0..4).map(|_| planner.plan(&row(None, None))).collect();
        let told: Vec<(Option<AccountId>, &str)> = plans.iter().map(|plan| (plan.to, plan.why.as_str())).collect();
        assert_eq!(
            told,
            [
                (Some(id(2)), "Follows Minnesota; 1 open review, fewest."),
                (Some(id(1)), "Follows Minnesota; 2 open reviews, fewest."),
                (Some(id(2)), "Follows Minnesota; 1 open review and 1 suggested above, fewest."),
                (Some(id(1)), "Follows Minnesota; 2 open reviews and 1 suggested above, fewest."),
            ]
        );
        assert!(plans.iter().all(|plan| plan.changes && plan.slot == Slot::Primary));
    }

    #[test]
    fn approvers_are_suggested_only_if_asked_for_and_of_equals_the_less_busy_comes_first() {
        let approver = Candidate { approves: true, ..person(1, "Ada", 0, &["MN"]) };
        let busy = Candidate { decided: 9, ..person(2, "Ben", 3, &["MN"]) };
        let people = [approver.clone(), busy, Candidate { decided: 2, ..person(3, "Cleo", 3, &["MN"]) }];
        let to = |people: &[Candidate], approvers| {
            let operation = Operation::Suggest { approvers };
            let mut planner = Planner::new(&operation, people, HashMap::new());
            (0..4).map(|_| planner.plan(&row(None, None)).to.map(|to| to.0.as_u128())).collect::<Vec<_>>()
        };
        assert_eq!(to(&people, false), [Some(3), Some(2), Some(3), Some(2)]);
        assert_eq!(to(&people, true), [Some(1), Some(1), Some(1), Some(3)]);
        assert_eq!(to(std::slice::from_ref(&approver), false), [None; 4]);
        let (.., why) = planned(&SUGGEST, &[approver], &row(None, None));
        assert_eq!(why, "Left empty: no free reviewer of DMCO follows Minnesota, only approvers do.");
    }

    #[test]
    fn where_nobody_follows_the_slot_is_left_empty_and_that_is_said() {
        let elsewhere = [person(1, "Ada", 0, &["TX"])];
        let (_, to, changes, why) = planned(&SUGGEST, &elsewhere, &row(None, None));
        assert_eq!((to, changes, why.as_str()), (None, false, "Left empty: nobody of DMCO follows Minnesota."));
        let helper = [person(1, "Ada", 0, &["MN"])];
        let (_, to, changes, why) = planned(&SUGGEST, &helper, &row(None, Some(1)));
        assert_eq!((to, changes), (None, false));
        assert_eq!(why, "Left empty: the only one of DMCO who follows Minnesota would hold both slots.");
        let (_, to, changes, why) = planned(&SUGGEST, &helper, &row(Some(7), None));
        assert_eq!((to, changes, why.as_str()), (Some(id(7)), false, "Already so: Number 7 has it."));
        let (.., changes, why) = planned(&SUGGEST, &helper, &row(None, None));
        assert_eq!((changes, why.as_str()), (true, "Follows Minnesota; 0 open reviews, the only one."));
    }

    #[test]
    fn what_will_not_change_says_why() {
        let people = [person(1, "Ada", 0, &[]), person(2, "Ben", 0, &[])];
        let set = Operation::Set(Slot::Primary, id(1));
        let why = |operation: &Operation, row: &Chosen| {
            let (_, _, changes, why) = planned(operation, &people, row);
            assert!(!changes, "{why}");
            why
        };
        assert_eq!(why(&set, &row(Some(1), None)), "Already so.");
        assert_eq!(why(&set, &row(None, Some(1))), "Would hold both slots: secondary already.");
        assert_eq!(why(&set, &Chosen { department: Department::Oact, ..row(None, None) }), "Ada is not in OACT.");
        let approved = Chosen { status: ContractReviewStatus::Approved, ..row(None, None) };
        assert_eq!(why(&set, &approved), "Closed: MN-0005 is approved now.");
        assert_eq!(why(&set, &Chosen { withdrawn: true, ..row(None, None) }), "Closed: MN-0005 is withdrawn now.");
        assert_eq!(why(&Operation::Empty(Slot::Secondary), &row(Some(1), None)), "Already so.");
        let replace = Operation::Replace(id(1), id(2));
        assert_eq!(why(&replace, &row(Some(3), None)), "Who is to be replaced is not on it.");
        assert_eq!(why(&replace, &row(Some(1), Some(2))), "Would hold both slots: secondary already.");
    }

    #[test]
    fn somebody_is_replaced_in_the_slot_where_they_stand() {
        let people = [person(2, "Ben", 0, &[])];
        let replace = Operation::Replace(id(1), id(2));
        for (row, slot) in [(row(Some(1), Some(3)), Slot::Primary), (row(Some(3), Some(1)), Slot::Secondary)] {
            assert_eq!(planned(&replace, &people, &row), (slot, Some(id(2)), true, "As chosen.".to_owned()));
        }
        let emptied = planned(&Operation::Empty(Slot::Primary), &people, &row(Some(1), None));
        assert_eq!(emptied, (Slot::Primary, None, true, "Nobody from then on.".to_owned()));
    }

    #[test]
    fn a_wish_is_not_followed_where_the_review_went_on_since() {
        let people = [person(2, "Ben", 0, &[])];
        let row = row(Some(1), None);
        let wish = Wish { review: row.review, slot: Slot::Primary, to: None, version: Some(1) };
        let operation = Operation::Undo(vec![wish]);
        let plan = Planner::new(&operation, &people, HashMap::new()).plan(&row);
        assert_eq!((plan.changes, plan.why.as_str()), (true, "As it was before."));
        let since = HashMap::from([(row.review, "Changed since.".to_owned())]);
        let plan = Planner::new(&operation, &people, since).plan(&row);
        assert_eq!((plan.to, plan.changes, plan.why.as_str()), (None, false, "Changed since."));
    }
}
