//! The forms of a walk, as their pages would have drawn them.

use mc_review::domain::role::Role;
use uuid::Uuid;

use super::questions;
use crate::life::model::attempt::{Attempt, Deed, Life, Staff, Work};
use crate::life::model::kinds::Kind;
use crate::life::model::rounds::Asking;
use crate::life::model::{Contract, Form as Answers, Model, PEOPLE, Place};

/// A form to be posted.
pub struct Form {
    pub path: String,
    pub fields: Vec<(&'static str, String)>,
}

/// The kind of a deed.
pub fn kind(attempt: &Attempt) -> Kind {
    let records = PEOPLE[attempt.who].role == Role::Admin;
    match attempt.deed {
        Deed::Create(_) => Kind::Create,
        Deed::Turn(..) => Kind::Turn,
        Deed::Add(_) => Kind::Add,
        Deed::Link(..) => Kind::Link,
        Deed::Remove(..) => Kind::Remove,
        Deed::MoveUp(..) | Deed::MoveDown(..) => Kind::MoveUp,
        Deed::Send(_) => Kind::Send,
        Deed::Delete(_) => Kind::Delete,
        Deed::Life(_, Life::Unlock) => Kind::Unlock,
        Deed::Life(_, Life::UndoUnlock) => Kind::UndoUnlock,
        Deed::Life(_, Life::UndoApproval) => Kind::UndoApproval,
        Deed::Life(_, Life::Withdraw) => Kind::Withdraw,
        Deed::Life(_, Life::UndoWithdraw) => Kind::UndoWithdraw,
        Deed::Approve(_) => Kind::Approve,
        Deed::Number(..) => Kind::Number,
        Deed::WithdrawRate(_) => Kind::WithdrawRate,
        Deed::UndoWithdrawRate(_) => Kind::UndoWithdrawRate,
        Deed::Work(_, Work::Start(_)) => Kind::Start,
        Deed::Work(_, Work::SignOff) => Kind::SignOff,
        Deed::Work(_, Work::Object) => Kind::Object,
        Deed::Work(_, Work::Reopen) => Kind::Reopen,
        Deed::Staff(_, Staff::Take) => Kind::Take,
        Deed::Staff(_, Staff::HandBack) => Kind::HandBack,
        Deed::Staff(_, Staff::Set(..)) => Kind::Set,
        Deed::Round(Asking::Ask(..) | Asking::Respond(_)) if records => Kind::Record,
        Deed::Round(Asking::Ask(..)) => Kind::Ask,
        Deed::Round(Asking::Respond(_)) => Kind::Respond,
        Deed::Round(Asking::Close(_)) => Kind::Close,
        Deed::Round(Asking::Remove(_)) => Kind::RemoveRound,
        Deed::Round(Asking::RemoveResponse(..)) => Kind::RemoveResponse,
    }
}

/// The form of an attempt, drawn as things stood `then`.
pub fn draw(now: &Model, then: &Model, attempt: &Attempt, accounts: &[Uuid]) -> Form {
    let words = if attempt.careful { "As agreed on the phone." } else { " " };
    match attempt.deed {
        Deed::Create(_) | Deed::Add(_) | Deed::Turn(..) => unreachable!("these are posted by themselves"),
        Deed::Link(place, rate) => {
            let mut form = add(now, then, place, Uuid::from_u128(rand::random()));
            form.fields.retain(|(name, _)| *name != "origin");
            form.fields.extend([("origin", "LINK".to_owned()), ("rate_review_id", now.rates[rate].id.to_string())]);
            form
        }
        Deed::Remove(place, rate) => on_the_list(now, then, place, format!("remove_rate:{}", now.rates[rate].key())),
        Deed::MoveUp(place, rate) => on_the_list(now, then, place, format!("move_up:{}", now.rates[rate].key())),
        Deed::MoveDown(place, rate) => on_the_list(now, then, place, format!("move_down:{}", now.rates[rate].key())),
        Deed::Send(place) => {
            let version = now.contract_in(then, place).shown().to_string();
            let fields = vec![("action", "submit".to_owned()), ("version", version), ("summary", words.to_owned())];
            Form { path: below(&now.contracts[place], "edit/review"), fields }
        }
        Deed::Delete(place) => {
            let version = now.contract_in(then, place).shown().to_string();
            let fields = vec![("version", version), ("confirm", "yes".to_owned())];
            Form { path: below(&now.contracts[place], "delete"), fields }
        }
        Deed::Life(place, life) => of_life(now, then, place, life, words),
        Deed::Approve(place) => approval(now, then, place, words),
        Deed::Number(place, number) => {
            let typed = if attempt.careful { crate::life::model::mccrs(number) } else { Some("12a".to_owned()) };
            let version = now.contract_in(then, place).version.to_string();
            let fields = vec![("version", version), ("mccrs_number", typed.unwrap_or_default())];
            Form { path: below(&now.contracts[place], "mccrs-number"), fields }
        }
        Deed::WithdrawRate(place) => of_rate(now, then, place, "withdraw", words),
        Deed::UndoWithdrawRate(place) => of_rate(now, then, place, "undo-withdraw", words),
        Deed::Work(place, work) => of_work(now, then, place, work, attempt.careful),
        Deed::Staff(place, staff) => of_staff(now, then, place, staff, accounts),
        Deed::Round(asking) => questions::draw((now, then), attempt, asking, accounts),
    }
}

fn below(contract: &Contract, page: &str) -> String {
    format!("/submissions/{}/{page}", contract.key())
}

/// The form that adds a rate of one's own under this key.
pub fn add(now: &Model, then: &Model, place: Place, id: Uuid) -> Form {
    let fields = vec![
        ("action", "continue".to_owned()),
        ("version", now.contract_in(then, place).shown().to_string()),
        ("id", id.to_string()),
        ("origin", "OWN".to_owned()),
    ];
    Form { path: below(&now.contracts[place], "edit/rates/new"), fields }
}

/// The first page of a draft, with other answers.
pub fn turn(now: &Model, place: Place, to: Answers) -> Form {
    let fields = vec![
        ("action", "save".to_owned()),
        ("version", now.contracts[place].shown().to_string()),
        ("population_covered", to.population().to_owned()),
        ("submission_type", to.includes().to_owned()),
        ("confirm_removal", "yes".to_owned()),
    ];
    Form { path: below(&now.contracts[place], "edit/type"), fields }
}

/// The contract page after a save of the first page, with an answer to what a CHIP-only amendment is not asked.
pub fn provisions(now: &Model, place: Place) -> Form {
    let mut fields = vec![("action", "save".to_owned()), ("version", (now.contracts[place].shown() + 1).to_string())];
    fields.extend(NOT_OF_CHIP.map(|provision| (provision, "NO".to_owned())));
    Form { path: below(&now.contracts[place], "edit/contract"), fields }
}

/// The provisions that a CHIP-only amendment is not asked about.
const NOT_OF_CHIP: [&str; 8] = [
    "provisions.in_lieu_services_and_settings",
    "provisions.modified_risk_sharing_strategy",
    "provisions.modified_incentive_arrangements",
    "provisions.modified_withhold_arrangements",
    "provisions.modified_state_directed_payments",
    "provisions.modified_pass_through_payments",
    "provisions.modified_payments_for_mental_disease_institutions",
    "provisions.modified_other_financial_payment_incentive",
];

fn on_the_list(now: &Model, then: &Model, place: Place, action: String) -> Form {
    let version = now.contract_in(then, place).shown().to_string();
    let fields = vec![("action", action), ("version", version), ("confirm_removal", "yes".to_owned())];
    Form { path: below(&now.contracts[place], "edit/rates"), fields }
}

fn of_life(now: &Model, then: &Model, place: Place, life: Life, words: &str) -> Form {
    let contract = now.contract_in(then, place);
    let drawn_from = if place < then.contracts.len() { then } else { now };
    let (page, seen) = match life {
        Life::Unlock => ("unlock", Vec::new()),
        Life::UndoUnlock => ("undo-unlock", Vec::new()),
        Life::UndoApproval => ("undo-approval", Vec::new()),
        Life::Withdraw => ("withdraw", drawn_from.told_of_withdrawal(place)),
        Life::UndoWithdraw => ("undo-withdraw", drawn_from.told_of_return(place)),
    };
    let mut fields = vec![
        ("version", contract.version.to_string()),
        ("revision", contract.sent_revision().to_string()),
        ("reason", words.to_owned()),
    ];
    fields.extend(seen.into_iter().map(|seen| ("seen", seen)));
    Form { path: below(contract, page), fields }
}

fn approval(now: &Model, then: &Model, place: Place, words: &str) -> Form {
    let contract = now.contract_in(then, place);
    let drawn_from = if place < then.contracts.len() { then } else { now };
    let mut fields = vec![
        ("version", contract.version.to_string()),
        ("revision", contract.sent_revision().to_string()),
        ("released_on", "03/10/2026".to_owned()),
        ("reason", words.to_owned()),
    ];
    for (at, review) in drawn_from.deciding(place) {
        // What was not looked at then is known by now.
        let id = review.id.or(now.reviews[at].id).unwrap_or_default();
        fields.push(("review", format!("{id}:{}:{}", review.version, review.status.as_str())));
    }
    Form { path: below(contract, "approve"), fields }
}

fn of_rate(now: &Model, then: &Model, place: Place, page: &str, words: &str) -> Form {
    let rate = then.rates.get(place).unwrap_or(&now.rates[place]);
    let fields = vec![
        ("version", rate.version.to_string()),
        ("revision", rate.sent_revision().unwrap_or_default().to_string()),
        ("reason", words.to_owned()),
    ];
    Form { path: format!("/rates/{}/{page}", rate.key()), fields }
}

fn of_work(now: &Model, then: &Model, place: Place, work: Work, careful: bool) -> Form {
    let drawn_from = if place < then.reviews.len() { then } else { now };
    let review = &drawn_from.reviews[place];
    let mut fields = vec![
        ("to", work.leads_to().as_str().to_owned()),
        ("version", review.version.to_string()),
        ("revision", drawn_from.current_revision(review.subject).to_string()),
    ];
    match work {
        Work::Start(true) => fields.push(("primary", "me".to_owned())),
        Work::Start(false) | Work::SignOff => {}
        Work::Object if careful => fields.push(("note", work.note().unwrap_or_default().to_owned())),
        Work::Object => fields.push(("note", " ".to_owned())),
        Work::Reopen => fields.push(("reason", if careful { "Another look." } else { " " }.to_owned())),
    }
    Form { path: format!("/department-reviews/{}/status", id_of(now, place)), fields }
}

fn of_staff(now: &Model, then: &Model, place: Place, staff: Staff, accounts: &[Uuid]) -> Form {
    let set = matches!(staff, Staff::Set(..));
    let review = then.reviews.get(place).filter(|_| !set).unwrap_or(&now.reviews[place]);
    let deed = match staff {
        Staff::Take => "take",
        Staff::HandBack => "hand_back",
        Staff::Set(..) => "set",
    };
    let mut fields = vec![("do", deed.to_owned()), ("version", review.version.to_string())];
    if let Staff::Set(primary, secondary) = staff {
        let slot = |who: Option<usize>| who.map_or_else(String::new, |who| accounts[who].to_string());
        fields.extend([("primary", slot(primary)), ("secondary", slot(secondary))]);
    }
    Form { path: format!("/department-reviews/{}/reviewers", id_of(now, place)), fields }
}

fn id_of(now: &Model, review: Place) -> Uuid {
    now.reviews[review].id.unwrap_or_default()
}

/// The page of a rate, filled in.
pub fn rate(version: i32, program: Uuid) -> Vec<(&'static str, String)> {
    let texts = [
        ("action", "upload"),
        ("rate_type", "NEW"),
        ("rate_capitation_type", "RATE_CELL"),
        ("rate_date_start", "01/01/2026"),
        ("rate_date_end", "12/31/2026"),
        ("rate_date_certified", "03/02/2026"),
        ("certifying_actuaries.0.first_name", "Priya"),
        ("certifying_actuaries.0.last_name", "Raman"),
        ("certifying_actuaries.0.title_role", "Principal"),
        ("certifying_actuaries.0.email", "p.raman@actuary.example.com"),
        ("certifying_actuaries.0.actuarial_firm", "MILLIMAN"),
        ("actuary_communication_preference", "OACT_TO_STATE"),
    ];
    let mut fields: Vec<_> = texts.map(|(name, value)| (name, value.to_owned())).to_vec();
    fields.extend([("version", version.to_string()), ("rate_program_ids", program.to_string())]);
    fields
}
