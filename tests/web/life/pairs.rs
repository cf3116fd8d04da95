//! Two people at the same moment: whatever each of them is answered, and whatever stands afterwards, is as if one had come
//! after the other. Each pair is made to wait for one row after the other that it may need, in both orders, and also pressed as
//! it comes. `bin/walk` tries every such row; among the other tests each pair is tried with some of them.

mod questions;

use futures_util::future::join_all;

use super::intact;
use super::model::attempt::{Attempt, Deed, Life, Staff, Work};
use super::model::{Form, Who};
use super::walks::ordered;
use super::walks::walker::{BEGINNING, Walker};
use crate::support::World;

type Pressed = (Who, Deed);

/// What happened before, and what two people do then.
struct Pair {
    what: &'static str,
    before: &'static [Pressed],
    pressed: [Pressed; 2],
}

const MAYA: Who = 0;
const ROBERT: Who = 1;
const SAM: Who = 3;
const DANA: Who = 4;
const OWEN: Who = 5;
const ALEX: Who = 9;

const fn life(who: Who, contract: usize, life: Life) -> Pressed {
    (who, Deed::Life(contract, life))
}

const UNLOCKED: Pressed = life(SAM, 0, Life::Unlock);
const STARTED: Pressed = (SAM, Deed::Work(0, Work::Start(false)));
/// A further draft of Minnesota that links the rate.
const LINKING: [Pressed; 2] = [(MAYA, Deed::Create(Form::WithRates)), (MAYA, Deed::Link(3, 0))];
/// Nobody but its own submission holds the rate.
const ALONE: Pressed = life(SAM, 1, Life::Withdraw);
/// Each of two submissions holds a rate of its own and one of the other.
const CROSSWISE: [Pressed; 6] = [
    life(SAM, 1, Life::Unlock),
    (MAYA, Deed::Add(1)),
    (MAYA, Deed::Send(1)),
    UNLOCKED,
    (MAYA, Deed::Link(0, 1)),
    (MAYA, Deed::Send(0)),
];
const BOTH_WITHDRAWN: [Pressed; 2] = [life(SAM, 0, Life::Withdraw), life(DANA, 1, Life::Withdraw)];
const CHIP: [Pressed; 2] = [(MAYA, Deed::Create(Form::ChipOnly)), (MAYA, Deed::Send(3))];

const fn pair(what: &'static str, before: &'static [Pressed], first: Pressed, second: Pressed) -> Pair {
    Pair { what, before, pressed: [first, second] }
}

const PAIRS: [Pair; 26] = [
    pair("approve, unlock", &[], (DANA, Deed::Approve(0)), life(SAM, 0, Life::Unlock)),
    pair("approve, resubmit", &[UNLOCKED], (DANA, Deed::Approve(0)), (MAYA, Deed::Send(0))),
    pair("approve, unlock of what is not reviewed", &CHIP, (DANA, Deed::Approve(3)), life(SAM, 3, Life::Unlock)),
    pair("approve, withdraw", &[], (DANA, Deed::Approve(1)), life(SAM, 1, Life::Withdraw)),
    pair("approve, withdraw of a rate in it", &[], (DANA, Deed::Approve(1)), (OWEN, Deed::WithdrawRate(0))),
    pair("withdraw, link", &[LINKING[0]], life(SAM, 0, Life::Withdraw), (MAYA, Deed::Link(3, 0))),
    pair(
        "withdraw, link of a rate alone",
        &[ALONE, LINKING[0]],
        life(SAM, 0, Life::Withdraw),
        (MAYA, Deed::Link(3, 0)),
    ),
    pair("withdraw, withdraw", &[], life(SAM, 0, Life::Withdraw), life(DANA, 0, Life::Withdraw)),
    pair("withdraw both holders", &[], life(SAM, 0, Life::Withdraw), life(DANA, 1, Life::Withdraw)),
    pair("withdraw crosswise", &CROSSWISE, life(SAM, 0, Life::Withdraw), life(DANA, 1, Life::Withdraw)),
    pair("undo both withdrawals", &BOTH_WITHDRAWN, life(SAM, 0, Life::UndoWithdraw), life(DANA, 1, Life::UndoWithdraw)),
    pair(
        "undo a withdrawal twice",
        &BOTH_WITHDRAWN,
        life(SAM, 0, Life::UndoWithdraw),
        life(DANA, 0, Life::UndoWithdraw),
    ),
    pair("undo an unlock twice", &[UNLOCKED], life(ALEX, 0, Life::UndoUnlock), life(ALEX, 0, Life::UndoUnlock)),
    pair("undo an unlock, resubmit", &[UNLOCKED], life(ALEX, 0, Life::UndoUnlock), (MAYA, Deed::Send(0))),
    pair(
        "undo an unlock, withdraw the parent",
        &[life(SAM, 1, Life::Unlock)],
        life(ALEX, 1, Life::UndoUnlock),
        life(DANA, 0, Life::Withdraw),
    ),
    pair(
        "undo an unlock, save",
        &[life(SAM, 1, Life::Unlock)],
        life(ALEX, 1, Life::UndoUnlock),
        (ROBERT, Deed::Remove(1, 0)),
    ),
    pair(
        "save, withdraw the parent",
        &[life(SAM, 1, Life::Unlock)],
        (ROBERT, Deed::Remove(1, 0)),
        life(DANA, 0, Life::Withdraw),
    ),
    pair("sign off, resubmit", &[STARTED, UNLOCKED], (SAM, Deed::Work(0, Work::SignOff)), (MAYA, Deed::Send(0))),
    pair("sign off, unlock", &[STARTED], (SAM, Deed::Work(0, Work::SignOff)), life(DANA, 0, Life::Unlock)),
    pair("sign off, object", &[STARTED], (SAM, Deed::Work(0, Work::SignOff)), (DANA, Deed::Work(0, Work::Object))),
    pair("unlock, unlock", &[], life(SAM, 0, Life::Unlock), life(DANA, 0, Life::Unlock)),
    pair("withdraw a rate, withdraw its submission", &[], (OWEN, Deed::WithdrawRate(0)), life(SAM, 0, Life::Withdraw)),
    pair("withdraw a rate, unlock its submission", &[], (OWEN, Deed::WithdrawRate(0)), life(SAM, 0, Life::Unlock)),
    pair("send what links, withdraw the parent", &LINKING, (MAYA, Deed::Send(3)), life(SAM, 0, Life::Withdraw)),
    pair(
        "send what alone links, withdraw the parent",
        &[ALONE, LINKING[0], LINKING[1]],
        (MAYA, Deed::Send(3)),
        life(SAM, 0, Life::Withdraw),
    ),
    pair("take, take", &[], (SAM, Deed::Staff(0, Staff::Take)), (DANA, Deed::Staff(0, Staff::Take))),
];

/// How often each pair is pressed without being forced.
const UNFORCED: usize = 2;
/// Among the other tests one row in so many is waited for, another one with each pair.
const SOME: usize = 4;
/// How many pairs are tried beside each other.
const WALKERS: usize = 4;

fn careful((who, deed): Pressed) -> Attempt {
    Attempt { who, deed, careful: true }
}

/// Both orders of a pair, forced by one lock in `part` from `first` on, and unforced.
async fn ways(walker: &mut Walker<'_>, pair: &Pair, first: usize, part: usize) -> Vec<String> {
    let steps: Vec<_> = BEGINNING.iter().chain(pair.before).map(|pressed| (careful(*pressed), false)).collect();
    let mut found = Vec::new();
    let mut round = 0;
    loop {
        if let Err(disagreement) = walker.relive(&steps).await {
            return disagreement.differences;
        }
        let locks: Vec<_> = walker.locks().into_iter().skip(first).step_by(part).collect();
        if round >= 2 * locks.len() + UNFORCED {
            return found;
        }
        let held = locks.get(round / 2).map(String::as_str);
        let mut pressed = pair.pressed.map(careful);
        if round % 2 == 1 {
            pressed.reverse();
        }
        let differences = walker.press_both(&pressed, held).await;
        if !differences.is_empty() {
            found.push(format!("{} ({held:?}, round {round}):\n  {}", pair.what, differences.join("\n  ")));
        }
        round += 1;
    }
}

#[tokio::test]
async fn of_two_people_at_the_same_moment_one_comes_after_the_other() {
    let world = World::start().await;
    let part = if ordered().is_some() { 1 } else { SOME };
    let walks = (0..WALKERS).map(async |walker| {
        let mut found = Vec::new();
        let mut people = Walker::arrive(&world).await;
        for (at, pair) in PAIRS.iter().chain(&questions::PAIRS).enumerate().skip(walker).step_by(WALKERS) {
            found.extend(ways(&mut people, pair, at / WALKERS % part, part).await);
        }
        found
    });
    let found = join_all(walks).await.concat();
    assert!(found.is_empty(), "{}", found.join("\n"));
    intact(&world).await;
}
