//! How an attempt is answered: first what may not be known of, then who may, then what was typed, then whether it can
//! be done as things stand and as they were shown.

use mc_review::domain::lifecycle::{ContractReviewStatus as C, DepartmentReviewStatus as D, RateReviewStatus as R};
use mc_review::domain::role::Role;

use super::attempt::{Answer, Attempt, Deed, Life, Staff, Work};
use super::{Contract, End, Form, Model, PEOPLE, Person, Place, Rate, Review, What};

impl Contract {
    /// Whether somebody may know of it.
    pub(super) fn is_known_to(&self, person: &Person) -> bool {
        !self.deleted && person.state.map_or(self.status != C::Draft, |state| state == self.state)
    }

    /// The version of the draft that a form carries, or of what became of it.
    pub fn shown(&self) -> i32 {
        self.versions.last().map_or(0, |version| version.version)
    }
}

/// Answers that end the question, one after the other.
macro_rules! answer {
    ($($condition:expr => $answer:ident),+ $(,)?) => {
        $(if $condition { return Answer::$answer; })+
    };
}
pub(super) use answer;

impl Model {
    /// The answer to an attempt whose form was drawn from `then`.
    pub fn judge(&self, attempt: &Attempt, then: &Self) -> Answer {
        let Attempt { who, deed, careful } = attempt;
        let person = &PEOPLE[*who];
        match *deed {
            Deed::Create(_) => Answer::Done,
            Deed::Turn(place, form) => self.judge_turn(person, place, form),
            Deed::Add(place) | Deed::Link(place, _) | Deed::Remove(place, _) => self.judge_list(attempt, place, then),
            Deed::MoveUp(place, _) | Deed::MoveDown(place, _) => self.judge_list(attempt, place, then),
            Deed::Send(place) => self.judge_sending(attempt, place, then),
            Deed::Delete(place) => self.judge_deletion(person, place, then),
            Deed::Life(place, life) => self.judge_life(person, place, life, *careful, then),
            Deed::Approve(place) => self.judge_approval(person, place, *careful, then),
            Deed::Number(place, number) => self.judge_number(person, place, number, *careful, then),
            Deed::WithdrawRate(place) => self.judge_rate(person, place, true, *careful, then),
            Deed::UndoWithdrawRate(place) => self.judge_rate(person, place, false, *careful, then),
            Deed::Work(place, work) => self.judge_work(person, place, work, *careful, then),
            Deed::Staff(place, staff) => self.judge_staff(*who, place, staff, then),
            Deed::Round(asking) => self.judge_asking(person, asking, *careful, then),
        }
    }

    /// A submission as it was when a form was drawn from it.
    pub fn contract_in<'a>(&'a self, then: &'a Self, place: Place) -> &'a Contract {
        then.contracts.get(place).unwrap_or(&self.contracts[place])
    }

    fn rate_in<'a>(&'a self, then: &'a Self, place: Place) -> &'a Rate {
        then.rates.get(place).unwrap_or(&self.rates[place])
    }

    fn review_in<'a>(&'a self, then: &'a Self, place: Place) -> (&'a Self, &'a Review) {
        then.reviews.get(place).map_or((self, &self.reviews[place]), |review| (then, review))
    }

    /// To others than the people of its state, and once it is deleted, a draft's pages are not there.
    fn writes(&self, person: &Person, place: Place) -> bool {
        let contract = &self.contracts[place];
        person.state == Some(contract.state) && !contract.deleted
    }

    fn judge_turn(&self, person: &Person, place: Place, form: Form) -> Answer {
        answer!(!self.writes(person, place) => Missing);
        let Some(draft) = self.contracts[place].draft() else { return Answer::Conflict };
        let locked = form != draft.form && (form == Form::ChipOnly || form.bars_rates() != draft.form.bars_rates());
        answer!(locked && self.rates_were_sent(place) => Unprocessable);
        Answer::Done
    }

    /// The list of rates of a draft.
    fn judge_list(&self, attempt: &Attempt, place: Place, then: &Self) -> Answer {
        answer!(!self.writes(&PEOPLE[attempt.who], place) => Missing);
        let contract = &self.contracts[place];
        let Some(draft) = contract.draft() else { return Answer::Conflict };
        let shown = self.contract_in(then, place).shown();
        let stale = shown != draft.version;
        match attempt.deed {
            Deed::Add(_) | Deed::Link(..) if draft.form.bars_rates() => {
                answer!(stale => Conflict, true => Unprocessable);
            }
            Deed::Link(_, rate) => {
                let other = &self.rates[rate];
                let linkable = other.linkable() && other.state == contract.state && other.parent != place;
                answer!(
                    draft.has(rate) && stale => Same,
                    draft.has(rate) || !linkable => Unprocessable,
                );
            }
            Deed::Remove(_, rate) => {
                let since = draft.version.saturating_sub(shown).max(0) as usize;
                let mine = draft.saves.iter().rev().take(since).all(|by| *by == attempt.who);
                let stays = self.rates[rate].parent == place && self.rates[rate].sent_revision().is_some();
                answer!(
                    stale && !draft.has(rate) && mine => Same,
                    stale => Conflict,
                    !draft.has(rate) || stays => Unprocessable,
                );
            }
            Deed::MoveUp(_, rate) | Deed::MoveDown(_, rate) => {
                answer!(stale => Conflict, !draft.has(rate) => Unprocessable);
            }
            _ => {}
        }
        if stale { Answer::Conflict } else { Answer::Done }
    }

    fn judge_sending(&self, attempt: &Attempt, place: Place, then: &Self) -> Answer {
        answer!(!self.writes(&PEOPLE[attempt.who], place) => Missing);
        let contract = &self.contracts[place];
        let shown = self.contract_in(then, place).shown();
        let Some(draft) = contract.draft() else {
            let last = contract.versions.last();
            let mine = |last: &super::Version| {
                matches!(last.end, End::Sent(_)) && last.version == shown + 1 && last.saves.last() == Some(&attempt.who)
            };
            return if last.is_some_and(mine) { Answer::Same } else { Answer::Conflict };
        };
        answer!(
            contract.sent().is_some() && !attempt.careful => Unprocessable,
            shown != draft.version => Conflict,
            !draft.complete() => Unprocessable,
        );
        Answer::Done
    }

    fn judge_deletion(&self, person: &Person, place: Place, then: &Self) -> Answer {
        let contract = &self.contracts[place];
        answer!(
            person.state != Some(contract.state) => Missing,
            contract.deleted => Same,
            contract.status != C::Draft => Conflict,
            self.contract_in(then, place).shown() != contract.shown() => Conflict,
        );
        Answer::Done
    }

    fn judge_life(&self, person: &Person, place: Place, life: Life, careful: bool, then: &Self) -> Answer {
        let contract = &self.contracts[place];
        let old = self.contract_in(then, place);
        let (may, from, what): (bool, &[C], What) = match life {
            Life::Unlock => (person.reviews(), &[C::Submitted, C::Resubmitted, C::NotSubjectToReview], What::Unlocked),
            Life::UndoUnlock => (person.role == Role::Admin, &[C::Unlocked], What::UnlockUndone),
            Life::UndoApproval => (person.role == Role::Admin, &[C::Approved], What::ApprovalUndone),
            Life::Withdraw => {
                (person.reviews(), &[C::Submitted, C::Resubmitted, C::NotSubjectToReview], What::Withdrawn)
            }
            Life::UndoWithdraw => (person.reviews(), &[C::Withdrawn], What::WithdrawalUndone),
        };
        let since = contract.told.iter().rev().take_while(|told| told.version > old.version);
        let already = since.into_iter().find(|told| told.moved).is_some_and(|told| told.what == what);
        answer!(
            person.state.is_some() || !contract.is_known_to(person) => Missing,
            !may => Forbidden,
            already => Same,
            !careful => Unprocessable,
            old.version != contract.version || old.sent_revision() != contract.sent_revision() => Conflict,
            !from.contains(&contract.status) => Conflict,
            self.shows_otherwise(place, life, then) => Conflict,
        );
        Answer::Done
    }

    /// Whether what becomes of some rate is another thing than the form showed.
    fn shows_otherwise(&self, place: Place, life: Life, then: &Self) -> bool {
        let then = if place < then.contracts.len() { then } else { self };
        let (was, is) = match life {
            Life::Withdraw => (then.told_of_withdrawal(place), self.told_of_withdrawal(place)),
            Life::UndoWithdraw => (then.told_of_return(place), self.told_of_return(place)),
            _ => return false,
        };
        was.len() != is.len() || is.iter().any(|shown| !was.contains(shown))
    }

    fn judge_approval(&self, person: &Person, place: Place, careful: bool, then: &Self) -> Answer {
        let contract = &self.contracts[place];
        let old = self.contract_in(then, place);
        let shown = if place < then.contracts.len() { then } else { self };
        let statuses = |model: &Self| -> Vec<(Place, D)> {
            model.deciding(place).map(|(place, review)| (place, review.status)).collect()
        };
        answer!(
            person.state.is_some() || !contract.is_known_to(person) => Missing,
            !person.approves() => Forbidden,
            contract.status == C::Approved => Same,
            old.version != contract.version || old.sent_revision() != contract.sent_revision() => Conflict,
            !contract.under_review() => Conflict,
            statuses(shown) != statuses(self) => Conflict,
            !careful && self.lacks_sign_off(place) => Unprocessable,
        );
        Answer::Done
    }

    fn judge_number(&self, person: &Person, place: Place, number: u8, careful: bool, then: &Self) -> Answer {
        let contract = &self.contracts[place];
        let old = self.contract_in(then, place);
        let mut since = contract.told.iter().filter(|told| told.version > old.version);
        answer!(
            person.state.is_some() || !contract.is_known_to(person) => Missing,
            !person.reviews() => Forbidden,
            !careful => Unprocessable,
            contract.mccrs == mccrs(number) => Same,
            since.any(|told| told.what == What::Numbered) => Conflict,
        );
        Answer::Done
    }

    fn judge_rate(&self, person: &Person, place: Place, withdraw: bool, careful: bool, then: &Self) -> Answer {
        let rate = &self.rates[place];
        let old = self.rate_in(then, place);
        let what = if withdraw { What::Withdrawn } else { What::WithdrawalUndone };
        let mut since = rate.told.iter().rev().take_while(|told| told.version > old.version);
        let already = since.find(|told| told.moved).is_some_and(|told| told.what == what);
        let parent = &self.contracts[rate.parent];
        let possible = if withdraw {
            rate.in_review() && self.holders(place).all(|holder| self.contracts[holder].status != C::Approved)
        } else {
            let alone = rate.status == R::Withdrawn && !rate.withdrawn_with_parent;
            alone && parent.under_review() && parent.holds(place)
        };
        answer!(
            person.state.is_some() || rate.status == R::Draft => Missing,
            !person.reviews() => Forbidden,
            already => Same,
            !careful => Unprocessable,
            old.version != rate.version || old.sent_revision() != rate.sent_revision() => Conflict,
            !possible => Conflict,
        );
        Answer::Done
    }

    fn judge_work(&self, person: &Person, place: Place, work: Work, careful: bool, then: &Self) -> Answer {
        let review = &self.reviews[place];
        let (at, old) = self.review_in(then, place);
        let (shown, current) = (at.current_revision(old.subject), self.current_revision(review.subject));
        let decided = matches!(work, Work::SignOff | Work::Object);
        let same = !decided || review.decided_revision == Some(shown) && review.note == work.note();
        let mut since = review.told.iter().filter(|told| told.version > old.version && told.moved);
        let already = review.status == work.leads_to() && same && since.any(|told| told.status == work.leads_to());
        let home = &self.contracts[self.home(review.subject)];
        answer!(
            person.state.is_some() => Missing,
            person.department != Some(review.department) => Forbidden,
            !careful && matches!(work, Work::Object | Work::Reopen) => Unprocessable,
            already => Same,
            old.version != review.version || shown != current => Conflict,
            !work.possible_from(review.status) || !home.under_review() || self.is_closed(review.subject) => Conflict,
        );
        Answer::Done
    }

    fn judge_staff(&self, who: super::Who, place: Place, staff: Staff, then: &Self) -> Answer {
        let (person, review) = (&PEOPLE[who], &self.reviews[place]);
        let (works, assigns) = (person.department == Some(review.department), person.assigns(review.department));
        let of_department =
            |slot: Option<super::Who>| slot.is_none_or(|who| PEOPLE[who].department == Some(review.department));
        let open = self.contracts[self.home(review.subject)].is_open() && !self.is_closed(review.subject);
        let set = matches!(staff, Staff::Set(..));
        let stale = !set && self.review_in(then, place).1.version != review.version;
        answer!(
            person.state.is_some() => Missing,
            if set { !assigns } else { !works } => Forbidden,
            matches!(staff, Staff::Set(first, second) if !of_department(first) || !of_department(second)) => Unprocessable,
            matches!(staff, Staff::Set(first, second) if first.is_some() && first == second) => Unprocessable,
            open && review.staffed_by(who, staff) == (review.primary, review.secondary) => Same,
            !open => Conflict,
            staff == Staff::Take && review.primary.is_some() => Conflict,
            stale => Conflict,
        );
        Answer::Done
    }
}

/// The number that an attempt types.
pub fn mccrs(number: u8) -> Option<String> {
    (number % 2 == 1).then(|| format!("{number}"))
}
