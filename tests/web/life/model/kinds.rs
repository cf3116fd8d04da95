//! The kinds of deeds, and everything that people could try of each.

use mc_review::domain::role::{Department, Role};

use super::attempt::{Attempt, Deed, Life, Staff, Work};
use super::rounds::Asking;
use super::{Form, Model, PEOPLE, Place, Who};

/// The kinds of deeds; those that lead a life on come more often.
pub const KINDS: [Kind; 61] = {
    use Kind::*;
    [
        Send,
        Unlock,
        Link,
        Ask,
        Withdraw,
        Add,
        Send,
        Respond,
        Approve,
        UndoWithdraw,
        Ask,
        WithdrawRate,
        Start,
        Unlock,
        Close,
        Send,
        UndoUnlock,
        Respond,
        UndoWithdrawRate,
        SignOff,
        Link,
        Record,
        Send,
        Withdraw,
        UndoApproval,
        Ask,
        Create,
        Object,
        Respond,
        Unlock,
        Send,
        Link,
        RemoveRound,
        UndoWithdraw,
        Remove,
        Ask,
        Take,
        Turn,
        Withdraw,
        Close,
        Send,
        Start,
        UndoUnlock,
        Respond,
        Reopen,
        Number,
        Record,
        WithdrawRate,
        Set,
        UndoWithdraw,
        Ask,
        Link,
        Unlock,
        RemoveResponse,
        MoveUp,
        HandBack,
        UndoWithdrawRate,
        Respond,
        Delete,
        SignOff,
        Close,
    ]
};

/// A kind of deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Create,
    Turn,
    Add,
    Link,
    Remove,
    MoveUp,
    Send,
    Delete,
    Unlock,
    UndoUnlock,
    UndoApproval,
    Withdraw,
    UndoWithdraw,
    Approve,
    Number,
    WithdrawRate,
    UndoWithdrawRate,
    Start,
    SignOff,
    Object,
    Reopen,
    Take,
    HandBack,
    Set,
    Ask,
    Respond,
    /// Both of them for somebody else.
    Record,
    Close,
    RemoveRound,
    RemoveResponse,
}

/// The most submissions and rates of a walk: more would only be further apart.
const MOST_CONTRACTS: usize = 6;
const MOST_RATES: usize = 9;

impl Attempt {
    /// Whether somebody would try this, and whether it is of this kind when it is theirs.
    fn can_be_meant(&self, kind: Kind) -> bool {
        let person = &PEOPLE[self.who];
        let records = person.role == Role::Admin;
        match kind {
            Kind::Create if person.state.is_none() => return false,
            Kind::Ask | Kind::Respond if records => return false,
            Kind::Record if !records => return false,
            _ => {}
        }
        // A form that asks does not say for which department, unless it records.
        let own = person.department.unwrap_or(Department::Dmco);
        !matches!(self.deed, Deed::Round(Asking::Ask(_, department)) if !records && department != own)
    }
}

impl Model {
    /// Every deed of a kind, on everything there is.
    fn deeds(&self, kind: Kind) -> Vec<Deed> {
        let contracts = 0..self.contracts.len();
        // The pages of a draft that has no rates at all, whatever its answers, are walked elsewhere.
        let with_health_plans = contracts.clone().filter(|place| !self.contracts[*place].eqro);
        let of_contract = |deed: fn(Place) -> Deed| contracts.clone().map(deed).collect();
        let life = |life: Life| contracts.clone().map(|place| Deed::Life(place, life)).collect();
        let rates = 0..self.rates.len();
        let of_both = |deeds: &[fn(Place, Place) -> Deed]| {
            let pairs = with_health_plans.clone().flat_map(|contract| rates.clone().map(move |rate| (contract, rate)));
            pairs.flat_map(|(contract, rate)| deeds.iter().map(move |deed| deed(contract, rate))).collect()
        };
        let work =
            |works: &[Work]| self.of_reviews(|place| works.iter().map(|work| Deed::Work(place, *work)).collect());
        let staff = |staff: Staff| self.of_reviews(|place| vec![Deed::Staff(place, staff)]);
        let forms = [Form::WithRates, Form::ContractOnly, Form::ChipOnly];
        let of_rounds =
            |deed: fn(Place) -> Asking| (0..self.rounds.len()).map(|place| Deed::Round(deed(place))).collect();
        let asking = |deeds: Vec<Asking>| deeds.into_iter().map(Deed::Round).collect::<Vec<_>>();
        match kind {
            Kind::Create if contracts.len() < MOST_CONTRACTS => {
                forms.into_iter().chain([Form::Eqro]).map(Deed::Create).collect()
            }
            Kind::Create => Vec::new(),
            Kind::Turn => with_health_plans.flat_map(|place| forms.map(|form| Deed::Turn(place, form))).collect(),
            Kind::Add if rates.len() < MOST_RATES => with_health_plans.map(Deed::Add).collect(),
            Kind::Add => Vec::new(),
            Kind::Link => of_both(&[Deed::Link]),
            Kind::Remove => of_both(&[Deed::Remove]),
            Kind::MoveUp => of_both(&[Deed::MoveUp, Deed::MoveDown]),
            Kind::Send => of_contract(Deed::Send),
            Kind::Delete => of_contract(Deed::Delete),
            Kind::Unlock => life(Life::Unlock),
            Kind::UndoUnlock => life(Life::UndoUnlock),
            Kind::UndoApproval => life(Life::UndoApproval),
            Kind::Withdraw => life(Life::Withdraw),
            Kind::UndoWithdraw => life(Life::UndoWithdraw),
            Kind::Approve => of_contract(Deed::Approve),
            Kind::Number => contracts.flat_map(|place| (0..4).map(move |number| Deed::Number(place, number))).collect(),
            Kind::WithdrawRate => rates.map(Deed::WithdrawRate).collect(),
            Kind::UndoWithdrawRate => rates.map(Deed::UndoWithdrawRate).collect(),
            Kind::Start => work(&[Work::Start(false), Work::Start(true)]),
            Kind::SignOff => work(&[Work::SignOff]),
            Kind::Object => work(&[Work::Object]),
            Kind::Reopen => work(&[Work::Reopen]),
            Kind::Take => staff(Staff::Take),
            Kind::HandBack => staff(Staff::HandBack),
            Kind::Set => self.of_reviews(|place| self.settings_of(place)),
            Kind::Ask => asking(self.questions()),
            Kind::Respond => of_rounds(Asking::Respond),
            Kind::Record => [asking(self.questions()), of_rounds(Asking::Respond)].concat(),
            Kind::Close => of_rounds(Asking::Close),
            Kind::RemoveRound => of_rounds(Asking::Remove),
            Kind::RemoveResponse => asking(self.removals_of_responses()),
        }
    }

    fn of_reviews(&self, deeds: impl Fn(Place) -> Vec<Deed>) -> Vec<Deed> {
        // What the product has not shown yet has no address.
        (0..self.reviews.len()).filter(|place| self.reviews[*place].id.is_some()).flat_map(deeds).collect()
    }

    /// Nobody, either, both and one twice of a department, and somebody of another.
    fn settings_of(&self, review: Place) -> Vec<Deed> {
        let department = self.reviews[review].department;
        let (own, others): (Vec<Who>, Vec<Who>) =
            (0..PEOPLE.len()).partition(|who| PEOPLE[*who].department == Some(department));
        let [first, second] = [own[0], own[1]].map(Some);
        let slots =
            [(None, None), (first, None), (second, first), (None, second), (first, first), (Some(others[0]), None)];
        slots.map(|(primary, secondary)| Deed::Staff(review, Staff::Set(primary, secondary))).to_vec()
    }

    /// Every attempt of a kind, by everybody.
    pub fn attempts(&self, kind: Kind) -> Vec<Attempt> {
        let deeds = self.deeds(kind);
        let by = |who| deeds.iter().map(move |deed| Attempt { who, deed: *deed, careful: true });
        let attempts = (0..PEOPLE.len()).flat_map(by);
        attempts.filter(|attempt| attempt.can_be_meant(kind)).collect()
    }
}
