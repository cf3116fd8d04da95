//! The rates of two packages: which came and went, which moved in their order, which belong to another submission.

use super::{Item, Kind, NOT_THERE, Part, RateVersion, Side};
use crate::domain::id::RateReviewId;

/// The rates of both versions; newer order, those that went last. What changed in a rate is compared by itself: such a
/// rate is not told as unchanged.
pub(super) fn compare(older: &[RateVersion], newer: &[RateVersion], revised: &[RateReviewId]) -> Vec<Item> {
    let place = |rates: &[RateVersion], id| rates.iter().position(|rate| rate.id == id);
    let stayed = kept_order(older, newer);
    let mut items = Vec::new();
    for (now, rate) in newer.iter().enumerate() {
        let Some(before) = place(older, rate.id) else {
            items.push(item(rate, Kind::Added, NOT_THERE, whole(rate, true)));
            continue;
        };
        let was = &older[before];
        let start = items.len();
        if was.linked != rate.linked {
            let kind = if rate.linked { Kind::NowLinked } else { Kind::NowChild };
            items.push(item(rate, kind, belongs(was), belongs(rate)));
        }
        if !stayed.contains(&rate.id) {
            let place = |place: usize, of: &[RateVersion]| Side::answer(format!("{} of {}", place + 1, of.len()), true);
            items.push(item(rate, Kind::Moved, place(before, older), place(now, newer)));
        }
        if items.len() == start && !revised.contains(&rate.id) {
            items.push(item(rate, Kind::Unchanged, whole(was, false), whole(rate, false)));
        }
    }
    for rate in older.iter().filter(|rate| place(newer, rate.id).is_none()) {
        let kind = if rate.withdrawn { Kind::WithdrawnSince } else { Kind::Removed };
        items.push(item(rate, kind, whole(rate, true), NOT_THERE));
    }
    items
}

fn item(rate: &RateVersion, kind: Kind, older: Side, newer: Side) -> Item {
    let anchor = match kind {
        Kind::Moved => format!("rates.{}.place", rate.key),
        _ => format!("rates.{}", rate.key),
    };
    Item {
        anchor,
        about: format!("Rate {}", rate.key),
        label: rate.name.clone(),
        kind,
        older,
        newer,
        corrected: (None, None),
    }
}

fn whole(rate: &RateVersion, mark: bool) -> Side {
    let href = Some(format!("/rates/{}/versions/{}", rate.key, rate.revision));
    Side::Answers(vec![Part { text: format!("Version {}", rate.revision), mark, href }])
}

fn belongs(rate: &RateVersion) -> Side {
    Side::answer(if rate.linked { "Linked from another submission" } else { "Its own rate" }, true)
}

/// The rates that stayed in their order: as many as possible of those in both versions, and of several such choices
/// the same whichever version is the older.
fn kept_order(older: &[RateVersion], newer: &[RateVersion]) -> Vec<RateReviewId> {
    let places = |rate: &RateVersion| newer.iter().position(|other| other.id == rate.id).map(|at| (rate.id, at));
    let common: Vec<(RateReviewId, usize)> = older.iter().filter_map(places).collect();
    let mut ranked: Vec<RateReviewId> = common.iter().map(|(id, _)| *id).collect();
    ranked.sort();
    // Each rate weighs one, and a little more that no other choice adds up to.
    let weight =
        |id: RateReviewId| (1_u128 << 100) + ranked.iter().position(|it| *it == id).map_or(0, |at| 1 << at.min(99));
    let mut best: Vec<(u128, Vec<RateReviewId>)> = Vec::new();
    for (at, (id, place)) in common.iter().enumerate() {
        let before = (0..at).filter(|earlier| common[*earlier].1 < *place).max_by_key(|earlier| best[*earlier].0);
        let (sum, mut kept) = before.map_or((0, Vec::new()), |before| best[before].clone());
        kept.push(*id);
        best.push((sum + weight(*id), kept));
    }
    best.into_iter().max_by_key(|(sum, _)| *sum).map_or_else(Vec::new, |(_, kept)| kept)
}
