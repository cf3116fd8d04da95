//! What somebody can try.

use mc_review::domain::lifecycle::{ContractReviewStatus as C, DepartmentReviewStatus as D, RateReviewStatus as R};

use super::{Form, Model, PEOPLE, Place, Who};

/// Somebody tries something.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub who: Who,
    pub deed: Deed,
    /// Whether what has to be typed is typed: a reason, a summary.
    pub careful: bool,
}

/// What is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A draft is started.
    Create(Form),
    /// The answers of a draft are changed to be of another form.
    Turn(Place, Form),
    /// A rate is added, and filled in.
    Add(Place),
    Link(Place, Place),
    Remove(Place, Place),
    MoveUp(Place, Place),
    MoveDown(Place, Place),
    Send(Place),
    Delete(Place),
    Life(Place, Life),
    Approve(Place),
    /// The number of CMS's contract review system; an even one is none.
    Number(Place, u8),
    WithdrawRate(Place),
    UndoWithdrawRate(Place),
    Work(Place, Work),
    Staff(Place, Staff),
}

/// The deeds that a reason is all it takes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Unlock,
    UndoUnlock,
    UndoApproval,
    Withdraw,
    UndoWithdraw,
}

/// The work of a department.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// And perhaps put oneself on it.
    Start(bool),
    SignOff,
    Object,
    Reopen,
}

/// Who does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staff {
    Take,
    HandBack,
    Set(Option<Who>, Option<Who>),
}

/// How an attempt is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is done.
    Done,
    /// It was so already: nothing changes, and nobody is refused.
    Same,
    Missing,
    Forbidden,
    Unprocessable,
    Conflict,
}

impl Answer {
    /// The status of the answer over HTTP.
    pub fn status(self) -> u16 {
        match self {
            Self::Done | Self::Same => 303,
            Self::Missing => 404,
            Self::Forbidden => 403,
            Self::Unprocessable => 422,
            Self::Conflict => 409,
        }
    }
}

/// The kinds of deeds; those that lead a life on come more often.
pub const KINDS: [Kind; 44] = {
    use Kind::*;
    [
        Send,
        Unlock,
        Link,
        Withdraw,
        Add,
        Send,
        Approve,
        UndoWithdraw,
        WithdrawRate,
        Start,
        Unlock,
        Send,
        UndoUnlock,
        UndoWithdrawRate,
        SignOff,
        Link,
        Send,
        Withdraw,
        UndoApproval,
        Create,
        Object,
        Unlock,
        Send,
        Link,
        UndoWithdraw,
        Remove,
        Take,
        Turn,
        Withdraw,
        Send,
        Start,
        UndoUnlock,
        Reopen,
        Number,
        WithdrawRate,
        Set,
        UndoWithdraw,
        Link,
        Unlock,
        MoveUp,
        HandBack,
        UndoWithdrawRate,
        Delete,
        SignOff,
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
}

/// The most submissions and rates of a walk: more would only be further apart.
const MOST_CONTRACTS: usize = 6;
const MOST_RATES: usize = 9;

impl Model {
    /// Every deed of a kind, on everything there is.
    fn deeds(&self, kind: Kind) -> Vec<Deed> {
        let contracts = 0..self.contracts.len();
        let of_contract = |deed: fn(Place) -> Deed| contracts.clone().map(deed).collect();
        let life = |life: Life| contracts.clone().map(|place| Deed::Life(place, life)).collect();
        let rates = 0..self.rates.len();
        let of_both = |deeds: &[fn(Place, Place) -> Deed]| {
            let pairs = contracts.clone().flat_map(|contract| rates.clone().map(move |rate| (contract, rate)));
            pairs.flat_map(|(contract, rate)| deeds.iter().map(move |deed| deed(contract, rate))).collect()
        };
        let work =
            |works: &[Work]| self.of_reviews(|place| works.iter().map(|work| Deed::Work(place, *work)).collect());
        let staff = |staff: Staff| self.of_reviews(|place| vec![Deed::Staff(place, staff)]);
        let forms = [Form::WithRates, Form::ContractOnly, Form::ChipOnly];
        match kind {
            Kind::Create if contracts.len() < MOST_CONTRACTS => forms.map(Deed::Create).to_vec(),
            Kind::Create => Vec::new(),
            Kind::Turn => contracts.flat_map(|place| forms.map(|form| Deed::Turn(place, form))).collect(),
            Kind::Add if rates.len() < MOST_RATES => of_contract(Deed::Add),
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
        }
    }

    /// Whether everything is there that a deed is done to.
    pub fn has(&self, deed: Deed) -> bool {
        match deed {
            Deed::Create(_) => true,
            Deed::Turn(place, _) | Deed::Life(place, _) | Deed::Number(place, _) => place < self.contracts.len(),
            Deed::Add(place) | Deed::Send(place) | Deed::Delete(place) | Deed::Approve(place) => {
                place < self.contracts.len()
            }
            Deed::Link(place, rate)
            | Deed::Remove(place, rate)
            | Deed::MoveUp(place, rate)
            | Deed::MoveDown(place, rate) => place < self.contracts.len() && rate < self.rates.len(),
            Deed::WithdrawRate(rate) | Deed::UndoWithdrawRate(rate) => rate < self.rates.len(),
            Deed::Work(place, _) | Deed::Staff(place, _) => {
                self.reviews.get(place).is_some_and(|review| review.id.is_some())
            }
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
        let may_start = |who: &Who| kind != Kind::Create || PEOPLE[*who].state.is_some();
        (0..PEOPLE.len()).filter(may_start).flat_map(by).collect()
    }

    /// The status that an attempt would lead to, and of what: for trying the same with plain SQL.
    pub fn wished(&self, deed: Deed) -> Option<Wished> {
        Some(match deed {
            Deed::Send(place) => {
                let first = self.contracts[place].sent().is_none();
                Wished::Contract(place, if first { C::Submitted } else { C::Resubmitted })
            }
            Deed::Approve(place) => Wished::Contract(place, C::Approved),
            Deed::Life(place, life) => {
                let before = self.contracts[place].status_before().unwrap_or(C::Submitted);
                Wished::Contract(
                    place,
                    match life {
                        Life::Unlock => C::Unlocked,
                        Life::Withdraw => C::Withdrawn,
                        Life::UndoUnlock | Life::UndoApproval | Life::UndoWithdraw => before,
                    },
                )
            }
            Deed::WithdrawRate(place) => Wished::Rate(place, R::Withdrawn),
            Deed::UndoWithdrawRate(place) => Wished::Rate(place, self.rates[place].status_before()),
            Deed::Work(place, work) => Wished::Review(
                place,
                match work {
                    Work::SignOff => D::SignedOff,
                    Work::Object => D::Objection,
                    Work::Start(_) | Work::Reopen => D::InReview,
                },
            ),
            _ => return None,
        })
    }
}

/// A row, and the status that it is to have.
#[derive(Clone, Copy, Debug)]
pub enum Wished {
    Contract(Place, C),
    Rate(Place, R),
    Review(Place, D),
}

impl Work {
    /// The deed's own status before it.
    pub fn possible_from(self, status: D) -> bool {
        match self {
            Self::Start(_) => status == D::NotStarted,
            Self::SignOff | Self::Object => status == D::InReview,
            Self::Reopen => matches!(status, D::SignedOff | D::Objection),
        }
    }

    /// Where it leads.
    pub fn leads_to(self) -> D {
        match self {
            Self::Start(_) | Self::Reopen => D::InReview,
            Self::SignOff => D::SignedOff,
            Self::Object => D::Objection,
        }
    }

    /// The words with a decision.
    pub fn note(self) -> Option<&'static str> {
        (self == Self::Object).then_some("Not as it is.")
    }
}
