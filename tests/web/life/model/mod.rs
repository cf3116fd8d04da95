//! The life of packages in plain Rust, written from the rules alone and not from the product: what stands, who may do
//! what, and what it leads to. Random walks hold the product against it.
//!
//! [`attempt`] and [`kinds`] name what somebody can try, [`judge`] says how it is answered, [`deeds`] and [`drafts`] what it changes,
//! [`standing`] what the database holds then. [`rounds`] has all of that for questions and responses; `deeds` has every
//! place where a review waits or goes on.

pub mod attempt;
mod deeds;
mod drafts;
mod fates;
mod judge;
pub mod kinds;
mod people;
pub mod rounds;
pub mod standing;

use mc_review::domain::lifecycle::{ContractReviewStatus as C, DepartmentReviewStatus as D, RateReviewStatus as R};
use mc_review::domain::role::Department;
use uuid::Uuid;

pub use fates::Fate;
pub use judge::mccrs;
pub use people::{PEOPLE, Person, Who};
use rounds::Round;

/// The place of a submission, a rate or a department review in the model.
pub type Place = usize;

/// Everything that the people of a walk act on.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub contracts: Vec<Contract>,
    pub rates: Vec<Rate>,
    pub reviews: Vec<Review>,
    pub rounds: Vec<Round>,
}

/// A submission.
#[derive(Clone, Debug)]
pub struct Contract {
    pub id: Uuid,
    pub state: &'static str,
    pub number: i32,
    pub eqro: bool,
    pub status: C,
    /// The version of its row.
    pub version: i32,
    pub deleted: bool,
    pub mccrs: Option<String>,
    /// Its versions, in their order.
    pub versions: Vec<Version>,
    /// The rates that moved away when it was withdrawn last.
    pub moved: Vec<Place>,
    pub told: Vec<Told<C>>,
}

/// A version of a submission.
#[derive(Clone, Debug)]
pub struct Version {
    pub revision: i32,
    pub version: i32,
    pub end: End,
    pub form: Form,
    /// Whether the questions are answered that are not asked of CHIP-only contracts: what is not asked is not sent, and
    /// so is not in the next version.
    pub answered: bool,
    /// Its rates in their order, each with the version of it that was sent.
    pub package: Vec<(Place, Option<i32>)>,
    /// Who saved it since it began.
    pub saves: Vec<Who>,
}

/// What became of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Open,
    /// Sent, which led to this status.
    Sent(C),
    Discarded,
}

/// The answers that matter to the life of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    WithRates,
    ContractOnly,
    ChipOnly,
    /// Of another kind: with an external quality review organization, which has no rates.
    Eqro,
}

/// A rate.
#[derive(Clone, Debug)]
pub struct Rate {
    pub id: Uuid,
    pub state: &'static str,
    pub number: i32,
    pub status: R,
    pub version: i32,
    pub parent: Place,
    pub withdrawn_with_parent: bool,
    pub deleted: bool,
    /// Its versions: the number, and what became of it.
    pub versions: Vec<(i32, RateEnd)>,
    pub told: Vec<Told<R>>,
}

/// What became of a version of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateEnd {
    Open,
    Sent,
    Discarded,
}

/// What a department reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Contract(Place),
    Rate(Place),
}

/// The work of a department.
#[derive(Clone, Debug)]
pub struct Review {
    /// As the database has it, once it was looked at.
    pub id: Option<Uuid>,
    pub subject: Subject,
    pub department: Department,
    pub status: D,
    pub before: Option<D>,
    pub decision: Option<D>,
    pub note: Option<&'static str>,
    pub decided_revision: Option<i32>,
    pub primary: Option<Who>,
    pub secondary: Option<Who>,
    pub version: i32,
    pub told: Vec<Told<D>>,
}

/// An entry of a history.
#[derive(Clone, Copy, Debug)]
pub struct Told<Status> {
    /// The version of the row afterwards.
    pub version: i32,
    pub what: What,
    pub status: Status,
    /// Whether the status became this by it.
    pub moved: bool,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Sent,
    Unlocked,
    UnlockUndone,
    Approved,
    ApprovalUndone,
    Withdrawn,
    WithdrawalUndone,
    Moved,
    Numbered,
    Deleted,
    Reviewed,
    Staffed,
}

impl Form {
    /// Whether no rates go with it.
    pub fn bars_rates(self) -> bool {
        self != Self::WithRates
    }
}

impl Contract {
    /// Its address.
    pub fn key(&self) -> String {
        format!("{}-{:04}", self.state, self.number)
    }

    /// The version that was sent last.
    pub fn sent(&self) -> Option<&Version> {
        self.versions.iter().rev().find(|version| matches!(version.end, End::Sent(_)))
    }

    /// The number of that version.
    pub fn sent_revision(&self) -> i32 {
        self.sent().map_or(0, |sent| sent.revision)
    }

    /// What the version that was sent last led to.
    pub fn status_before(&self) -> Option<C> {
        self.sent().and_then(|sent| if let End::Sent(status) = sent.end { Some(status) } else { None })
    }

    /// The version that the state writes.
    pub fn draft(&self) -> Option<&Version> {
        self.versions.last().filter(|version| version.end == End::Open)
    }

    /// The same, to be changed.
    pub fn draft_mut(&mut self) -> Option<&mut Version> {
        self.versions.last_mut().filter(|version| version.end == End::Open)
    }

    /// The rates of the current package.
    pub fn package(&self) -> &[(Place, Option<i32>)] {
        self.sent().map_or(&[], |sent| &sent.package)
    }

    /// Whether the current package holds this rate.
    pub fn holds(&self, rate: Place) -> bool {
        self.package().iter().any(|(held, _)| *held == rate)
    }

    /// Whether departments work.
    pub fn under_review(&self) -> bool {
        matches!(self.status, C::Submitted | C::Resubmitted)
    }

    /// Whether reviewers are put on and taken off.
    pub fn is_open(&self) -> bool {
        self.under_review() || self.status == C::Unlocked
    }
}

impl Version {
    /// Whether this rate is in its package.
    pub fn has(&self, rate: Place) -> bool {
        self.package.iter().any(|(held, _)| *held == rate)
    }

    /// Whether it can be sent.
    pub fn complete(&self) -> bool {
        self.form.bars_rates() == self.package.is_empty() && (self.answered || self.form == Form::ChipOnly)
    }
}

impl Rate {
    /// Its address.
    pub fn key(&self) -> String {
        format!("{}-R{:04}", self.state, self.number)
    }

    /// The latest version of it that was sent.
    pub fn sent_revision(&self) -> Option<i32> {
        self.versions.iter().rev().find(|(_, end)| *end == RateEnd::Sent).map(|(revision, _)| *revision)
    }

    /// Where it stood before it was unlocked or withdrawn.
    pub fn status_before(&self) -> R {
        if self.versions.iter().filter(|(_, end)| *end == RateEnd::Sent).count() > 1 {
            R::Resubmitted
        } else {
            R::Submitted
        }
    }

    /// Whether departments review it.
    pub fn in_review(&self) -> bool {
        matches!(self.status, R::Submitted | R::Resubmitted)
    }

    /// Whether a draft of another submission can link it.
    pub fn linkable(&self) -> bool {
        self.in_review() || self.status == R::Unlocked
    }
}

impl Model {
    /// The rates of a submission, in the order of their numbers.
    pub fn children(&self, contract: Place) -> Vec<Place> {
        let own = |place: &Place| self.rates[*place].parent == contract && !self.rates[*place].deleted;
        let mut rates: Vec<Place> = (0..self.rates.len()).filter(own).collect();
        rates.sort_by_key(|place| self.rates[*place].number);
        rates
    }

    /// The submission that a contract is, or a rate is reviewed with.
    pub fn home(&self, subject: Subject) -> Place {
        match subject {
            Subject::Contract(contract) => contract,
            Subject::Rate(rate) => self.rates[rate].parent,
        }
    }

    /// Whether it is a rate that was withdrawn: then nobody reviews it.
    pub fn is_closed(&self, subject: Subject) -> bool {
        matches!(subject, Subject::Rate(rate) if self.rates[rate].status == R::Withdrawn)
    }

    /// The version of the subject that decisions are about.
    pub fn current_revision(&self, subject: Subject) -> i32 {
        match subject {
            Subject::Contract(contract) => self.contracts[contract].sent_revision(),
            Subject::Rate(rate) => self.rates[rate].sent_revision().unwrap_or_default(),
        }
    }

    /// The review of a department on a contract or a rate.
    pub fn review_of(&self, subject: Subject, department: Department) -> Option<Place> {
        self.reviews.iter().position(|review| (review.subject, review.department) == (subject, department))
    }

    /// Whether the state is writing what a department reviews.
    pub fn is_unlocked(&self, subject: Subject) -> bool {
        match subject {
            Subject::Contract(contract) => self.contracts[contract].status == C::Unlocked,
            Subject::Rate(rate) => self.rates[rate].status == R::Unlocked,
        }
    }

    /// The reviews that decide about a submission: its own and those of its rates, withdrawn ones aside.
    pub fn deciding(&self, contract: Place) -> impl Iterator<Item = (Place, &Review)> {
        let own = move |(_, review): &(Place, &Review)| {
            self.home(review.subject) == contract && !self.is_closed(review.subject)
        };
        self.reviews.iter().enumerate().filter(own)
    }

    /// Whether a department has not signed off on the current version.
    pub fn lacks_sign_off(&self, contract: Place) -> bool {
        let signed = |review: &Review| {
            review.status == D::SignedOff && review.decided_revision == Some(self.current_revision(review.subject))
        };
        self.deciding(contract).any(|(_, review)| !signed(review))
    }

    /// Whether some rate of a submission was ever sent: then it stays a submission with rates.
    pub fn rates_were_sent(&self, contract: Place) -> bool {
        self.children(contract).iter().any(|rate| self.rates[*rate].sent_revision().is_some())
    }

    /// The submissions whose current package holds a rate.
    pub fn holders(&self, rate: Place) -> impl Iterator<Item = Place> {
        (0..self.contracts.len()).filter(move |place| self.contracts[*place].holds(rate))
    }
}
