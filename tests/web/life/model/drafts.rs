//! What the people of a state change: a draft, its rates, and what they send.

use mc_review::domain::lifecycle::{ContractReviewStatus as C, RateReviewStatus as R};
use uuid::Uuid;

use super::attempt::{Attempt, Deed};
use super::{Contract, End, Form, Model, Place, Rate, RateEnd, Version, What, Who};

impl Model {
    /// A draft was started, and got this key.
    pub fn create(&mut self, id: Uuid, state: &'static str, number: i32, form: Form) {
        let first = Version {
            revision: 1,
            version: 1,
            end: End::Open,
            form,
            answered: true,
            package: Vec::new(),
            saves: Vec::new(),
        };
        self.contracts.push(Contract {
            id,
            state,
            number,
            eqro: form == Form::Eqro,
            status: C::Draft,
            version: 1,
            deleted: false,
            mccrs: None,
            versions: vec![first],
            moved: Vec::new(),
            told: Vec::new(),
        });
    }

    /// A rate was added to a draft, and got this key. It was filled in too: that is another save.
    pub fn add(&mut self, place: Place, id: Uuid, number: i32, who: Who) {
        let rate = self.rates.len();
        let contract = &mut self.contracts[place];
        self.rates.push(Rate {
            id,
            state: contract.state,
            number,
            status: R::Draft,
            version: 1,
            parent: place,
            withdrawn_with_parent: false,
            deleted: false,
            versions: vec![(1, RateEnd::Open)],
            told: Vec::new(),
        });
        if let Some(draft) = contract.draft_mut() {
            draft.package.push((rate, None));
            draft.version += 2;
            draft.saves.extend([who, who]);
        }
    }

    /// Does what the people of a state can do.
    pub(super) fn write(&mut self, attempt: &Attempt) {
        let who = attempt.who;
        match attempt.deed {
            Deed::Turn(place, form) => self.turn(place, form, who),
            Deed::Link(place, rate) => self.save(place, who, |package| package.push((rate, None))),
            Deed::Remove(place, rate) => {
                self.save(place, who, |package| package.retain(|(held, _)| *held != rate));
                self.delete_unsent(place, rate);
            }
            Deed::MoveUp(place, rate) => self.shift(place, rate, who, |at| at.checked_sub(1)),
            Deed::MoveDown(place, rate) => self.shift(place, rate, who, |at| Some(at + 1)),
            Deed::Send(place) => self.send(place, who),
            Deed::Delete(place) => self.delete(place),
            deed => unreachable!("{deed:?} is done elsewhere"),
        }
    }

    /// Changes the list of rates of a draft, whose version grows if that changes anything.
    fn save(&mut self, place: Place, who: Who, change: impl FnOnce(&mut Vec<(Place, Option<i32>)>)) {
        let Some(draft) = self.contracts[place].draft_mut() else { return };
        let before = draft.package.clone();
        change(&mut draft.package);
        if draft.package != before {
            draft.version += 1;
            draft.saves.push(who);
        }
    }

    fn shift(&mut self, place: Place, rate: Place, who: Who, to: fn(usize) -> Option<usize>) {
        self.save(place, who, |package| {
            let at = package.iter().position(|(held, _)| *held == rate);
            if let Some((at, to)) = at.and_then(|at| Some((at, to(at)?)))
                && to < package.len()
            {
                package.swap(at, to);
            }
        });
    }

    /// A rate of a submission that was never sent is deleted with its place in the draft.
    fn delete_unsent(&mut self, place: Place, rate: Place) {
        let rate = &mut self.rates[rate];
        if rate.parent == place && rate.status == R::Draft && !rate.deleted {
            rate.deleted = true;
            rate.versions.clear();
            rate.change(What::Deleted, R::Draft);
        }
    }

    fn turn(&mut self, place: Place, form: Form, who: Who) {
        let Some(draft) = self.contracts[place].draft_mut() else { return };
        if draft.form == form {
            return;
        }
        draft.form = form;
        draft.version += 1;
        draft.saves.push(who);
        if !draft.answered && form != Form::ChipOnly {
            // What is asked now is answered by a save of its own.
            draft.answered = true;
            draft.version += 1;
            draft.saves.push(who);
        }
        if form.bars_rates() {
            for (rate, _) in std::mem::take(&mut draft.package) {
                self.delete_unsent(place, rate);
            }
        }
    }

    fn send(&mut self, place: Place, who: Who) {
        let own = |rate: &Place| {
            self.rates[*rate].parent == place && matches!(self.rates[*rate].status, R::Draft | R::Unlocked)
        };
        let Some(draft) = self.contracts[place].draft() else { return };
        let sent: Vec<Place> = draft.package.iter().map(|(rate, _)| *rate).filter(own).collect();
        for rate in &sent {
            let rate = &mut self.rates[*rate];
            let status = if rate.sent_revision().is_some() { R::Resubmitted } else { R::Submitted };
            rate.close_draft(RateEnd::Sent);
            rate.change(What::Sent, status);
        }
        let first = self.contracts[place].sent().is_none();
        let revisions: Vec<Option<i32>> = self.rates.iter().map(Rate::sent_revision).collect();
        let Some(draft) = self.contracts[place].draft_mut() else { return };
        let status = match (draft.form, first) {
            (Form::ChipOnly, _) => C::NotSubjectToReview,
            (_, true) => C::Submitted,
            (_, false) => C::Resubmitted,
        };
        draft.package.iter_mut().for_each(|(rate, revision)| *revision = revisions[*rate]);
        draft.answered = draft.form != Form::ChipOnly;
        draft.end = End::Sent(status);
        draft.version += 1;
        draft.saves.push(who);
        self.contracts[place].change(What::Sent, status);
        self.resume(place, &sent);
        if status != C::NotSubjectToReview {
            self.make_missing(place, &sent);
        }
    }

    fn delete(&mut self, place: Place) {
        let contract = &mut self.contracts[place];
        let versions = std::mem::take(&mut contract.versions);
        contract.deleted = true;
        contract.change(What::Deleted, C::Draft);
        for (rate, _) in versions.into_iter().flat_map(|version| version.package) {
            self.delete_unsent(place, rate);
        }
    }
}
