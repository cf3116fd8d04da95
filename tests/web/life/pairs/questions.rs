//! Pairs of people of whom one asks, responds, closes or removes.

use mc_review::domain::role::Department;

use super::{ALEX, CHIP, DANA, MAYA, OWEN, Pair, Pressed, ROBERT, SAM, STARTED, UNLOCKED, life, pair};
use crate::life::model::attempt::{Deed, Life, Work};
use crate::life::model::rounds::Asking;
use crate::life::model::{Form, Subject, Who};

const RUTH: Who = 6;

const fn round(who: Who, asking: Asking) -> Pressed {
    (who, Deed::Round(asking))
}

const fn asks(who: Who) -> Pressed {
    round(who, Asking::Ask(Subject::Contract(0), Department::Dmco))
}

const fn responds(who: Who) -> Pressed {
    round(who, Asking::Respond(0))
}

const ASKED: Pressed = asks(SAM);
const ANSWERED: [Pressed; 2] = [ASKED, responds(MAYA)];
const OWEN_ASKS: Pressed = round(OWEN, Asking::Ask(Subject::Rate(0), Department::Dmcp));
const SIGNS_OFF: Pressed = (SAM, Deed::Work(0, Work::SignOff));
const CLOSES: Pressed = round(SAM, Asking::Close(0));
const REMOVES: Pressed = round(ALEX, Asking::Remove(0));
const WITHDRAWS: Pressed = life(DANA, 0, Life::Withdraw);

/// Asked about while it was not reviewed; what is written now will be.
const TO_BE_REVIEWED: [Pressed; 5] = [
    CHIP[0],
    CHIP[1],
    round(SAM, Asking::Ask(Subject::Contract(3), Department::Dmco)),
    life(SAM, 3, Life::Unlock),
    (MAYA, Deed::Turn(3, Form::ContractOnly)),
];

pub(super) const PAIRS: [Pair; 26] = [
    pair("ask, ask of one department", &[], ASKED, asks(DANA)),
    pair("ask the next, ask the next of one department", &ANSWERED, ASKED, asks(DANA)),
    pair("ask, record what was asked", &[], ASKED, asks(ALEX)),
    pair("ask, sign off", &[STARTED], asks(DANA), SIGNS_OFF),
    pair("ask, approve", &[], ASKED, (DANA, Deed::Approve(0))),
    pair("ask, unlock", &[], ASKED, life(DANA, 0, Life::Unlock)),
    pair("ask, undo an unlock", &[UNLOCKED], ASKED, life(ALEX, 0, Life::UndoUnlock)),
    pair("ask, resubmit", &[UNLOCKED], ASKED, (MAYA, Deed::Send(0))),
    pair("ask, withdraw", &[], ASKED, WITHDRAWS),
    pair("respond, respond", &[ASKED], responds(MAYA), responds(ROBERT)),
    pair("respond, close", &[ASKED], responds(MAYA), CLOSES),
    pair("respond, approve", &[ASKED], responds(MAYA), (DANA, Deed::Approve(0))),
    pair("respond, withdraw", &[ASKED], responds(MAYA), WITHDRAWS),
    pair("respond, resubmit", &[ASKED, UNLOCKED], responds(MAYA), (ROBERT, Deed::Send(0))),
    pair("respond, undo an unlock", &[ASKED, UNLOCKED], responds(MAYA), life(ALEX, 0, Life::UndoUnlock)),
    pair("respond, send what is to be reviewed now", &TO_BE_REVIEWED, responds(ROBERT), (MAYA, Deed::Send(3))),
    pair("close, close", &[ASKED], CLOSES, round(DANA, Asking::Close(0))),
    pair("close, ask the next", &ANSWERED, CLOSES, asks(DANA)),
    pair("sign off, respond further", &ANSWERED, SIGNS_OFF, responds(ROBERT)),
    pair("sign off, resubmit what was answered", &[ASKED, responds(MAYA), UNLOCKED], SIGNS_OFF, (MAYA, Deed::Send(0))),
    pair("sign off, unlock what was answered", &ANSWERED, SIGNS_OFF, life(DANA, 0, Life::Unlock)),
    pair("ask about a rate, withdraw it", &[], OWEN_ASKS, (RUTH, Deed::WithdrawRate(0))),
    pair("ask about a rate, withdraw its parent", &[], OWEN_ASKS, life(SAM, 0, Life::Withdraw)),
    pair("respond about a rate, withdraw its parent", &[OWEN_ASKS], responds(MAYA), life(SAM, 0, Life::Withdraw)),
    pair("remove, respond", &[ASKED], REMOVES, responds(MAYA)),
    pair("remove a response, respond further", &ANSWERED, round(ALEX, Asking::RemoveResponse(0, 0)), responds(ROBERT)),
];
