//! What the deeds of CMS change.

use mc_review::domain::lifecycle::{
    Closing, ContractReviewStatus as C, DepartmentReviewStatus as D, RateReviewStatus as R, RoundStatus,
};
use mc_review::domain::role::Department;

use super::attempt::{Attempt, Deed, Life, Staff, Work};
use super::judge::mccrs;
use super::{Contract, End, Fate, Form, Model, Place, Rate, RateEnd, Review, Subject, Told, Version, What, Who};

impl Contract {
    /// The row changes, and its history tells of it.
    pub fn change(&mut self, what: What, status: C) {
        let moved = self.status != status;
        self.version += 1;
        self.status = status;
        self.told.push(Told { version: self.version, what, status, moved });
    }
}

impl Rate {
    /// The row changes, and its history tells of it.
    pub fn change(&mut self, what: What, status: R) {
        let moved = self.status != status;
        self.version += 1;
        self.status = status;
        self.told.push(Told { version: self.version, what, status, moved });
    }

    /// What became of the version that was written.
    pub fn close_draft(&mut self, end: RateEnd) {
        for (_, open) in self.versions.iter_mut().filter(|(_, open)| *open == RateEnd::Open) {
            *open = end;
        }
    }
}

impl Review {
    /// One that nobody has begun.
    fn new(subject: Subject, department: Department) -> Self {
        Self {
            id: None,
            subject,
            department,
            status: D::NotStarted,
            before: None,
            decision: None,
            note: None,
            decided_revision: None,
            primary: None,
            secondary: None,
            version: 1,
            told: Vec::new(),
        }
    }

    /// The row changes, and its history tells of it.
    fn change(&mut self, what: What, status: D) {
        let moved = self.status != status;
        self.version += 1;
        self.status = status;
        self.told.push(Told { version: self.version, what, status, moved });
    }

    fn wait(&mut self) {
        if self.status != D::AwaitingState {
            self.before = Some(self.status);
            self.change(What::Reviewed, D::AwaitingState);
        }
    }

    /// The department has asked: it goes on in review, whatever an unlock met.
    pub(super) fn wait_for_answer(&mut self) {
        if (self.status, self.before) != (D::AwaitingState, Some(D::InReview)) {
            self.before = Some(D::InReview);
            self.change(What::Reviewed, D::AwaitingState);
        }
    }

    /// The next version came, or the answer.
    pub(super) fn resume(&mut self) {
        if self.status == D::AwaitingState {
            let begun = self.before.take() != Some(D::NotStarted);
            self.change(What::Reviewed, if begun { D::InReview } else { D::NotStarted });
        }
    }

    /// The unlock was undone.
    fn give_back(&mut self) {
        if let Some(before) = self.before.take() {
            self.change(What::Reviewed, before);
        }
    }

    /// The two reviewers after a change of them.
    pub fn staffed_by(&self, who: Who, staff: Staff) -> (Option<Who>, Option<Who>) {
        let but = |slot: Option<Who>| slot.filter(|other| *other != who);
        match staff {
            Staff::Take => (Some(who), but(self.secondary)),
            Staff::HandBack => (but(self.primary), but(self.secondary)),
            Staff::Set(primary, secondary) => (primary, secondary),
        }
    }

    fn work(&mut self, who: Who, work: Work, revision: i32) {
        if work == Work::Start(true) && self.primary.is_none() {
            (self.primary, self.secondary) = self.staffed_by(who, Staff::Take);
        }
        if matches!(work, Work::SignOff | Work::Object) {
            (self.decision, self.note, self.decided_revision) = (Some(work.leads_to()), work.note(), Some(revision));
        }
        self.change(What::Reviewed, work.leads_to());
    }
}

impl Model {
    /// Does what can be done.
    pub fn carry_out(&mut self, attempt: &Attempt) {
        let who = attempt.who;
        match attempt.deed {
            Deed::Life(place, life) => match life {
                Life::Unlock => self.unlock(place),
                Life::UndoUnlock => self.undo_unlock(place),
                Life::UndoApproval => {
                    let before = self.contracts[place].status_before().expect("it was sent");
                    self.contracts[place].change(What::ApprovalUndone, before);
                }
                Life::Withdraw => self.withdraw(place, who),
                Life::UndoWithdraw => self.undo_withdraw(place),
            },
            Deed::Approve(place) => {
                for subject in self.subjects(place, &self.children(place)) {
                    self.close_all(subject, Closing::Approval, who);
                }
                self.contracts[place].change(What::Approved, C::Approved);
            }
            Deed::Number(place, number) => {
                let contract = &mut self.contracts[place];
                contract.mccrs = mccrs(number);
                contract.change(What::Numbered, contract.status);
            }
            Deed::WithdrawRate(place) => self.withdraw_rate(place, false, who),
            Deed::UndoWithdrawRate(place) => self.bring_back(place),
            Deed::Work(place, work) => {
                let Review { subject, department, .. } = self.reviews[place];
                let revision = self.current_revision(subject);
                self.reviews[place].work(who, work, revision);
                if work == Work::SignOff {
                    self.close_answered(subject, department, Closing::SignOff, who);
                }
            }
            Deed::Round(asking) => self.carry_out_asking(who, asking),
            Deed::Staff(place, staff) => {
                let review = &mut self.reviews[place];
                (review.primary, review.secondary) = review.staffed_by(who, staff);
                review.change(What::Staffed, review.status);
            }
            _ => self.write(attempt),
        }
    }

    /// A contract, and these rates.
    fn subjects(&self, contract: Place, rates: &[Place]) -> Vec<Subject> {
        [Subject::Contract(contract)].into_iter().chain(rates.iter().copied().map(Subject::Rate)).collect()
    }

    /// The reviews of a submission and of these rates that wait for no answer.
    fn waiting_for_none(&mut self, contract: Place, rates: &[Place]) -> impl Iterator<Item = &mut Review> {
        let subjects = self.subjects(contract, rates);
        let Self { reviews, rounds, .. } = self;
        let asked = |review: &Review| {
            let mut open = rounds.iter().filter(|round| round.status == RoundStatus::Open);
            open.any(|round| (round.subject, round.department) == (review.subject, review.department))
        };
        reviews.iter_mut().filter(move |review| subjects.contains(&review.subject) && !asked(review))
    }

    fn unlock(&mut self, place: Place) {
        let rates: Vec<Place> = self.children(place).into_iter().filter(|rate| self.rates[*rate].in_review()).collect();
        let stays = |(rate, _): &&(Place, Option<i32>)| self.rates[*rate].status != R::Withdrawn;
        let contract = &self.contracts[place];
        let package = contract.package().iter().filter(stays).map(|(rate, _)| (*rate, None)).collect();
        let last = |number: fn(&Version) -> i32| contract.versions.iter().map(number).max().unwrap_or_default() + 1;
        let next = Version {
            revision: last(|version| version.revision),
            version: last(|version| version.version),
            end: End::Open,
            form: contract.sent().map_or(Form::WithRates, |sent| sent.form),
            answered: contract.sent().is_some_and(|sent| sent.answered),
            package,
            saves: Vec::new(),
        };
        self.contracts[place].versions.push(next);
        self.contracts[place].change(What::Unlocked, C::Unlocked);
        for rate in &rates {
            let rate = &mut self.rates[*rate];
            let next = rate.versions.iter().map(|(revision, _)| *revision).max().unwrap_or_default() + 1;
            rate.versions.push((next, RateEnd::Open));
            rate.change(What::Unlocked, R::Unlocked);
        }
        self.waiting_for_none(place, &rates).for_each(Review::wait);
    }

    fn undo_unlock(&mut self, place: Place) {
        let children = self.children(place);
        let of_status = |status: R| -> Vec<Place> {
            children.iter().copied().filter(|rate| self.rates[*rate].status == status).collect()
        };
        let (unlocked, drafted) = (of_status(R::Unlocked), of_status(R::Draft));
        let contract = &mut self.contracts[place];
        if let Some(draft) = contract.draft_mut() {
            draft.package.retain(|(rate, _)| !drafted.contains(rate));
            draft.version += 1;
            draft.end = End::Discarded;
        }
        let before = contract.status_before().expect("it was sent");
        contract.change(What::UnlockUndone, before);
        for rate in &unlocked {
            let rate = &mut self.rates[*rate];
            rate.close_draft(RateEnd::Discarded);
            rate.change(What::UnlockUndone, rate.status_before());
        }
        for rate in drafted {
            let rate = &mut self.rates[rate];
            rate.close_draft(RateEnd::Discarded);
            rate.deleted = true;
            rate.change(What::Deleted, R::Draft);
        }
        self.waiting_for_none(place, &unlocked).for_each(Review::give_back);
    }

    fn withdraw(&mut self, place: Place, who: Who) {
        let fates = self.fates(place);
        self.contracts[place].moved.clear();
        for (rate, fate) in fates {
            match fate {
                Fate::Moves(other) => {
                    if self.contracts[other].status == C::Approved {
                        self.close_all(Subject::Rate(rate), Closing::Approval, who);
                    }
                    self.rates[rate].parent = other;
                    let status = self.rates[rate].status;
                    self.rates[rate].change(What::Moved, status);
                    self.take_back(other, rate, who);
                    self.contracts[place].moved.push(rate);
                }
                Fate::Withdrawn => self.withdraw_rate(rate, true, who),
                Fate::AlreadyWithdrawn | Fate::Stays(_) => {}
            }
        }
        self.close_all(Subject::Contract(place), Closing::Withdrawal, who);
        self.contracts[place].change(What::Withdrawn, C::Withdrawn);
    }

    /// A draft that had dropped a rate which moves to its submission has it again, last.
    fn take_back(&mut self, place: Place, rate: Place, who: Who) {
        let contract = &mut self.contracts[place];
        let sent = contract.sent().map_or(Form::WithRates, |sent| sent.form);
        let Some(draft) = contract.draft_mut().filter(|draft| !draft.has(rate)) else { return };
        if draft.form.bars_rates() {
            draft.form = sent;
        }
        draft.package.push((rate, None));
        draft.version += 1;
        draft.saves.push(who);
    }

    /// A rate that is withdrawn leaves what is being written.
    fn withdraw_rate(&mut self, rate: Place, with_parent: bool, who: Who) {
        for draft in self.contracts.iter_mut().filter_map(Contract::draft_mut).filter(|draft| draft.has(rate)) {
            draft.package.retain(|(held, _)| *held != rate);
            draft.version += 1;
            draft.saves.push(who);
        }
        self.close_all(Subject::Rate(rate), Closing::Withdrawal, who);
        let rate = &mut self.rates[rate];
        rate.withdrawn_with_parent = with_parent;
        rate.change(What::Withdrawn, R::Withdrawn);
    }

    fn bring_back(&mut self, rate: Place) {
        let rate = &mut self.rates[rate];
        rate.withdrawn_with_parent = false;
        rate.change(What::WithdrawalUndone, rate.status_before());
    }

    fn undo_withdraw(&mut self, place: Place) {
        let contract = &mut self.contracts[place];
        let sent = contract.versions.iter().filter(|version| matches!(version.end, End::Sent(_))).count();
        let subject = contract.sent().is_some_and(|sent| sent.form != Form::ChipOnly);
        contract.moved.clear();
        contract.change(
            What::WithdrawalUndone,
            match (subject, sent) {
                (false, _) => C::NotSubjectToReview,
                (true, 1) => C::Submitted,
                (true, _) => C::Resubmitted,
            },
        );
        for rate in self.children(place) {
            if self.rates[rate].withdrawn_with_parent {
                self.bring_back(rate);
            }
        }
        let rates: Vec<Place> = self.children(place).into_iter().filter(|rate| self.rates[*rate].in_review()).collect();
        if subject {
            self.make_missing(place, &rates);
        }
    }

    /// The reviews that a package lacks which is subject to review.
    pub fn make_missing(&mut self, place: Place, rates: &[Place]) {
        let rates = rates
            .iter()
            .flat_map(|rate| [Department::Dmcp, Department::Oact].map(|department| (Subject::Rate(*rate), department)));
        for (subject, department) in [(Subject::Contract(place), Department::Dmco)].into_iter().chain(rates) {
            if self.review_of(subject, department).is_none() {
                let mut review = Review::new(subject, department);
                if self.asked(subject, department) {
                    review.wait_for_answer();
                }
                self.reviews.push(review);
            }
        }
    }

    /// The next version of a submission and of these rates came: their departments go on.
    pub fn resume(&mut self, place: Place, rates: &[Place]) {
        self.waiting_for_none(place, rates).for_each(Review::resume);
    }
}
