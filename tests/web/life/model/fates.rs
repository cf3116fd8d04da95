//! What becomes of the rates of a submission when it is withdrawn, and what pages show of that beforehand.

use mc_review::domain::lifecycle::{ContractReviewStatus as C, RateReviewStatus as R};

use super::{Model, Place};

/// What becomes of a rate when its submission is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    AlreadyWithdrawn,
    Stays(Place),
    Moves(Place),
    Withdrawn,
}

impl Model {
    /// What becomes of each rate of the current package when its submission is withdrawn.
    pub fn fates(&self, contract: Place) -> Vec<(Place, Fate)> {
        let fate = |rate: Place| {
            let parent = self.rates[rate].parent;
            if self.rates[rate].status == R::Withdrawn {
                return Fate::AlreadyWithdrawn;
            } else if parent != contract {
                return Fate::Stays(parent);
            }
            let preferred = |place: &Place| {
                let other = &self.contracts[*place];
                let rank = match other.status {
                    C::Submitted | C::Resubmitted => 0,
                    C::Unlocked => 1,
                    _ => 2,
                };
                (rank, other.number)
            };
            let takes = |place: &Place| *place != contract && self.contracts[*place].status != C::Withdrawn;
            self.holders(rate).filter(takes).min_by_key(preferred).map_or(Fate::Withdrawn, Fate::Moves)
        };
        self.contracts[contract].package().iter().map(|(rate, _)| (*rate, fate(*rate))).collect()
    }

    /// What the page of a withdrawal shows of each rate.
    pub fn told_of_withdrawal(&self, contract: Place) -> Vec<String> {
        let shown = |(place, fate): (Place, Fate)| {
            let rate = &self.rates[place];
            let (word, other) = match fate {
                Fate::AlreadyWithdrawn => ("AlreadyWithdrawn", None),
                Fate::Stays(other) => ("Stays", Some(other)),
                Fate::Moves(other) => ("Moves", Some(other)),
                Fate::Withdrawn => ("Withdrawn", None),
            };
            let other = other.map_or_else(|| "-".to_owned(), |other| self.contracts[other].key());
            format!("{}:{}:{word}:{other}", rate.id, rate.version)
        };
        self.fates(contract).into_iter().map(shown).collect()
    }

    /// What the page that undoes a withdrawal shows of each rate.
    pub fn told_of_return(&self, contract: Place) -> Vec<String> {
        let back = self.children(contract).into_iter().map(|place| &self.rates[place]);
        let back = back.filter(|rate| rate.withdrawn_with_parent).map(|rate| format!("{}:{}", rate.id, rate.version));
        back.chain(self.contracts[contract].moved.iter().map(|moved| self.rates[*moved].key())).collect()
    }
}
