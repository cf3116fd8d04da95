//! What happens to a submission and when: a plausible life, told up to the present.

mod deed;
mod telling;

use rand::RngExt;
use rand::rngs::StdRng;
use time::{Date, Duration, OffsetDateTime, Time, Weekday};

pub use deed::Deed;
use telling::Telling;

/// How far back the invented world goes.
pub const REACH: Duration = Duration::days(730);

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

/// Everything that happens from a beginning on, oldest first and none after `now`.
pub fn life(rng: &mut StdRng, begun: OffsetDateTime, now: OffsetDateTime) -> Vec<Step> {
    let mut steps = Telling::begin(rng, begun).whole();
    steps.retain(|(at, _)| *at <= now);
    steps
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
        for deed in [
            Deed::Submit,
            Deed::Take,
            Deed::Assign,
            Deed::Start,
            Deed::SignOff,
            Deed::Object,
            Deed::Unlock,
            Deed::Revise,
            Deed::Resubmit,
            Deed::Withdraw,
            Deed::Ask,
            Deed::Answer,
            Deed::Approve,
        ] {
            assert!(last(deed) > 0, "{deed:?}");
        }
        assert!(last(Deed::Approve) > 150, "most are approved");
    }

    #[test]
    fn what_is_undone_was_done_before() {
        for (undo, deed) in [
            (Deed::UndoUnlock, Deed::Unlock),
            (Deed::UndoApproval, Deed::Approve),
            (Deed::UndoWithdraw, Deed::Withdraw),
            (Deed::BringRateBack, Deed::WithdrawRate),
            (Deed::UndoCorrection, Deed::Correct),
        ] {
            let mut undone = 0;
            for life in lives() {
                let place = |wanted| life.iter().position(|(_, deed)| *deed == wanted);
                if let Some(at) = place(undo) {
                    assert_eq!(life[at - 1].1, deed, "{life:?}");
                    undone += 1;
                }
            }
            assert!(undone > 0, "{undo:?}");
        }
    }

    #[test]
    fn the_same_seed_tells_the_same_lives() {
        assert_eq!(lives(), lives());
    }
}
