//! Telling the life of one submission, part by part: each says what may happen, how likely and how much later.

use std::ops::Range;

use rand::RngExt;
use rand::rngs::StdRng;
use time::{Duration, OffsetDateTime};

use super::{Deed, Step, working_hours};

/// Whether the story goes on after a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// There is more to tell.
    More,
    /// It stays as it is.
    Rest,
}

/// A story while it is told.
pub struct Telling<'a> {
    rng: &'a mut StdRng,
    at: OffsetDateTime,
    steps: Vec<Step>,
}

impl<'a> Telling<'a> {
    /// Begins with the draft.
    pub fn begin(rng: &'a mut StdRng, begun: OffsetDateTime) -> Self {
        Self { rng, at: begun, steps: vec![(begun, Deed::Begin)] }
    }

    /// The whole life, oldest deed first.
    pub fn whole(mut self) -> Vec<Step> {
        if self.writing() == Then::More && self.coming_in() == Then::More && self.reviewing() == Then::More {
            self.ending();
        }
        self.steps
    }

    /// The state writes and sends the first version.
    fn writing(&mut self) -> Then {
        self.minutes_later(Deed::FillInContract);
        if self.chance(0.04) {
            return Then::Rest;
        }
        self.minutes_later(Deed::FillInRates);
        self.minutes_later(Deed::FillInContacts);
        if self.chance(0.02) {
            return Then::Rest;
        }
        self.days_later(0..12, Deed::Submit);
        self.goes_on(0.98)
    }

    /// CMS gives the submission a number and people.
    fn coming_in(&mut self) -> Then {
        if self.chance(0.88) {
            self.days_later(0..3, Deed::NoteNumber);
        }
        let deed = if self.chance(0.7) { Deed::Take } else { Deed::Assign };
        self.days_later(1..8, deed);
        if self.goes_on(0.97) == Then::Rest {
            return Then::Rest;
        }
        self.maybe(0.3, 0..2, Deed::Remark);
        self.maybe(0.7, 1..4, Deed::Replace);
        self.days_later(0..6, Deed::Start);
        self.goes_on(0.96)
    }

    /// The departments read, ask for changes, and decide.
    fn reviewing(&mut self) -> Then {
        self.reading();
        if self.chance(0.3) && self.asking() == Then::Rest {
            return Then::Rest;
        }
        if self.chance(0.06) && self.withdrawal() == Then::Rest {
            return Then::Rest;
        }
        for once_more in [0.22, 0.45, 0.4] {
            if !self.chance(once_more) {
                break;
            }
            if self.giving_back() == Then::Rest {
                return Then::Rest;
            }
        }
        self.deciding()
    }

    /// What happens to a package that lies with the departments, before any of them decides.
    fn reading(&mut self) {
        self.maybe(0.35, 1..9, Deed::Remark);
        if self.chance(0.16) {
            self.days_later(2..14, Deed::WithdrawRate);
            self.maybe(0.35, 1..9, Deed::BringRateBack);
        }
        if self.chance(0.06) {
            self.days_later(1..12, Deed::Correct);
            self.maybe(0.3, 1..6, Deed::UndoCorrection);
        }
    }

    /// A department asks, sometimes twice, and the state answers.
    fn asking(&mut self) -> Then {
        for once_more in [1.0, 0.3] {
            if !self.chance(once_more) {
                break;
            }
            self.days_later(1..10, Deed::Ask);
            self.maybe(0.25, 0..3, Deed::Ask);
            if self.chance(0.06) {
                return Then::Rest;
            }
            self.days_later(2..18, Deed::Answer);
            if self.chance(0.04) {
                return Then::Rest;
            }
            self.maybe(0.6, 0..5, Deed::CloseRounds);
        }
        Then::More
    }

    /// The state gets the package back, changes it and sends it again.
    fn giving_back(&mut self) -> Then {
        self.days_later(2..20, Deed::Unlock);
        if self.chance(0.12) {
            self.days_later(0..3, Deed::UndoUnlock);
            return Then::More;
        }
        if self.chance(0.08) {
            return Then::Rest;
        }
        self.days_later(2..15, Deed::Revise);
        if self.chance(0.1) {
            return Then::Rest;
        }
        self.days_later(0..5, Deed::Resubmit);
        if self.chance(0.05) {
            return Then::Rest;
        }
        self.maybe(0.25, 1..3, Deed::Remark);
        self.days_later(1..6, Deed::Start);
        Then::More
    }

    fn withdrawal(&mut self) -> Then {
        self.days_later(2..25, Deed::Withdraw);
        if !self.chance(0.5) {
            return Then::Rest;
        }
        self.days_later(1..12, Deed::UndoWithdraw);
        Then::More
    }

    fn deciding(&mut self) -> Then {
        if self.chance(0.18) {
            self.days_later(6..45, Deed::Object);
            if self.objection() == Then::Rest {
                return Then::Rest;
            }
        } else {
            self.days_later(6..60, Deed::SignOff);
        }
        // Something is found late: the departments have signed off on a version that is not the last.
        for late in [0.15, 0.35] {
            if !self.chance(late) {
                break;
            }
            if self.giving_back() == Then::Rest || self.chance(0.35) {
                return Then::Rest;
            }
            self.days_later(1..12, Deed::SignOff);
        }
        Then::More
    }

    /// What comes of an objection: the state mends the package, or DMCO sees it in another light.
    fn objection(&mut self) -> Then {
        if self.chance(0.3) {
            return Then::Rest;
        }
        if self.chance(0.5) {
            if self.giving_back() == Then::Rest {
                return Then::Rest;
            }
        } else if self.chance(0.8) {
            self.days_later(2..20, Deed::Reopen);
        } else {
            return Then::More;
        }
        self.days_later(1..12, Deed::SignOff);
        Then::More
    }

    fn ending(&mut self) {
        self.maybe(0.15, 0..3, Deed::Remark);
        if self.chance(0.06) {
            return;
        }
        self.days_later(1..14, Deed::Approve);
        if self.chance(0.07) {
            self.days_later(1..8, Deed::UndoApproval);
            self.maybe(0.75, 1..10, Deed::Approve);
        }
        self.maybe(0.03, 2..20, Deed::Correct);
    }

    fn chance(&mut self, chance: f64) -> bool {
        self.rng.random_bool(chance)
    }

    fn goes_on(&mut self, chance: f64) -> Then {
        if self.chance(chance) { Then::More } else { Then::Rest }
    }

    fn maybe(&mut self, chance: f64, days: Range<i64>, deed: Deed) {
        if self.chance(chance) {
            self.days_later(days, deed);
        }
    }

    fn minutes_later(&mut self, deed: Deed) {
        self.at += Duration::seconds(self.rng.random_range(300..3000));
        self.steps.push((self.at, deed));
    }

    fn days_later(&mut self, days: Range<i64>, deed: Deed) {
        let days = self.rng.random_range(days);
        if days == 0 {
            return self.minutes_later(deed);
        }
        self.at = working_hours(self.rng, (self.at + Duration::days(days)).date());
        self.steps.push((self.at, deed));
    }
}
