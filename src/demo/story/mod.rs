//! What happens to a submission and when: a plausible life, told up to the present.

use rand::RngExt;
use rand::rngs::StdRng;
use time::{Date, Duration, OffsetDateTime, Time, Weekday};

/// How far back the invented world goes.
pub const REACH: Duration = Duration::days(730);

/// One thing that somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The state fills in the contract page and uploads the documents.
    FillInContract,
    /// The state adds its rates and fills them in, if it sends any.
    FillInRates,
    /// The state fills in the contacts.
    FillInContacts,
    /// The state submits.
    Submit,
    /// A reviewer takes the review.
    Take,
    /// The approver puts two reviewers on it.
    Assign,
    /// A reviewer starts it.
    Start,
    /// The reviewer signs off.
    SignOff,
    /// The reviewer objects.
    Object,
    /// The reviewer takes the decision back.
    Reopen,
    /// The approver approves.
    Approve,
}

/// A deed and its moment.
pub type Step = (OffsetDateTime, Deed);

/// The moments at which `count` submissions are begun, oldest first. The present has more of them than the past, so
/// that there is work to do.
pub fn beginnings(rng: &mut StdRng, now: OffsetDateTime, count: usize) -> Vec<OffsetDateTime> {
    let mut beginnings: Vec<_> = (0..count)
        .map(|_| {
            let back: f64 = rng.random();
            working_hours(rng, (now - REACH * (back * back)).date())
        })
        .map(|at| if at > now { at - Duration::WEEK } else { at })
        .collect();
    beginnings.sort();
    beginnings
}

/// Everything that happens after a beginning, oldest first and none after `now`.
pub fn life(rng: &mut StdRng, begun: OffsetDateTime, now: OffsetDateTime) -> Vec<Step> {
    let mut told = Telling { rng, at: begun, steps: Vec::new() };
    told.tell();
    let mut steps = told.steps;
    steps.retain(|(at, _)| *at <= now);
    steps
}

struct Telling<'a> {
    rng: &'a mut StdRng,
    at: OffsetDateTime,
    steps: Vec<Step>,
}

impl Telling<'_> {
    fn tell(&mut self) {
        self.minutes_later(Deed::FillInContract);
        if self.chance(0.04) {
            return;
        }
        self.minutes_later(Deed::FillInRates);
        self.minutes_later(Deed::FillInContacts);
        if self.chance(0.02) {
            return;
        }
        self.days_later(0..12, Deed::Submit);
        if self.chance(0.02) {
            return;
        }
        let deed = if self.chance(0.7) { Deed::Take } else { Deed::Assign };
        self.days_later(1..10, deed);
        if self.chance(0.03) {
            return;
        }
        self.days_later(0..6, Deed::Start);
        if self.chance(0.04) {
            return;
        }
        self.decide();
    }

    fn decide(&mut self) {
        if self.chance(0.18) {
            self.days_later(6..45, Deed::Object);
            if self.chance(0.3) {
                return;
            }
            if self.chance(0.8) {
                self.days_later(2..20, Deed::Reopen);
                self.days_later(1..12, Deed::SignOff);
            }
        } else {
            self.days_later(6..60, Deed::SignOff);
        }
        if !self.chance(0.06) {
            self.days_later(1..14, Deed::Approve);
        }
    }

    fn chance(&mut self, chance: f64) -> bool {
        self.rng.random_bool(chance)
    }

    fn minutes_later(&mut self, deed: Deed) {
        self.at += Duration::seconds(self.rng.random_range(300..3000));
        self.steps.push((self.at, deed));
    }

    fn days_later(&mut self, days: std::ops::Range<i64>, deed: Deed) {
        let days = self.rng.random_range(days);
        if days == 0 {
            return self.minutes_later(deed);
        }
        self.at = working_hours(self.rng, (self.at + Duration::days(days)).date());
        self.steps.push((self.at, deed));
    }
}

/// A moment of this day or the next that is not of a weekend, between nine and five of US Eastern's winter.
fn working_hours(rng: &mut StdRng, mut day: Date) -> OffsetDateTime {
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day += Duration::DAY;
    }
    day.with_time(Time::MIDNIGHT).assume_utc()
        + Duration::milliseconds(rng.random_range(14 * 3_600_000..22 * 3_600_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-03-11 15:30 UTC);

    fn lives() -> Vec<Vec<Step>> {
        let mut rng = StdRng::seed_from_u64(7);
        let beginnings = beginnings(&mut rng, NOW, 400);
        beginnings.into_iter().map(|begun| life(&mut rng, begun, NOW)).collect()
    }

    #[test]
    fn lives_go_forward_in_time_and_stop_at_the_present() {
        for life in lives() {
            assert!(life.is_sorted_by(|(earlier, _), (later, _)| earlier < later), "{life:?}");
            assert!(life.iter().all(|(at, _)| *at <= NOW && *at > NOW - REACH - Duration::DAY), "{life:?}");
        }
    }

    #[test]
    fn there_are_lives_that_ended_at_every_deed() {
        let lives = lives();
        let last = |deed| lives.iter().filter(|life| life.last().is_some_and(|(_, last)| *last == deed)).count();
        for deed in [Deed::Submit, Deed::Take, Deed::Assign, Deed::Start, Deed::SignOff, Deed::Object, Deed::Approve] {
            assert!(last(deed) > 0, "{deed:?}");
        }
        assert!(last(Deed::Approve) > 200, "most are approved");
    }

    #[test]
    fn the_same_seed_tells_the_same_lives() {
        assert_eq!(lives(), lives());
    }
}
