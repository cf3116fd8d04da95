//! The forms that ask, respond, close and remove.

use mc_review::domain::role::{Department, Role};
use uuid::Uuid;

use super::forms::Form;
use crate::life::model::attempt::Attempt;
use crate::life::model::rounds::{Asking, Round, asker, responder};
use crate::life::model::{Model, PEOPLE, Place, Subject, Who};

/// The day on which what is recorded happened.
const DAY: &str = "03/10/2026";

/// The form of an attempt, drawn as things stood `then`.
pub fn draw((now, then): (&Model, &Model), attempt: &Attempt, asking: Asking, accounts: &[Uuid]) -> Form {
    match asking {
        Asking::Ask(subject, department) => question((now, then), attempt, (subject, department), accounts),
        Asking::Respond(place) => {
            let mut form = of_round((now, then), place, "respond");
            form.fields.push(("id", random_key()));
            let text = if attempt.careful { "In the annex." } else { " " };
            form.fields.push(("text", text.to_owned()));
            record(attempt, || responder(now.state_of(now.rounds[place].subject)), accounts, &mut form);
            form
        }
        Asking::Close(place) => with_reason(of_round((now, then), place, "close"), attempt),
        Asking::Remove(place) => with_reason(of_round((now, then), place, "remove"), attempt),
        Asking::RemoveResponse(place, at) => {
            let mut form = with_reason(of_round((now, then), place, "remove"), attempt);
            let response = now.rounds[place].responses[at].id.unwrap_or_default();
            form.path = format!("{}?response={response}", form.path);
            form
        }
    }
}

fn random_key() -> String {
    Uuid::from_u128(rand::random()).to_string()
}

/// Where the rounds on a contract or a rate stand.
fn page(now: &Model, subject: Subject) -> String {
    match subject {
        Subject::Contract(place) => format!("/submissions/{}/questions", now.contracts[place].key()),
        Subject::Rate(place) => format!("/rates/{}/questions", now.rates[place].key()),
    }
}

fn question(
    (now, then): (&Model, &Model),
    attempt: &Attempt,
    (subject, department): (Subject, Department),
    accounts: &[Uuid],
) -> Form {
    let drawn_from = if then.knows(subject) { then } else { now };
    let mut fields = vec![
        ("id", random_key()),
        ("revision", drawn_from.current_revision(subject).to_string()),
        ("text", if attempt.careful { "Where is it?" } else { " " }.to_owned()),
    ];
    for (place, review) in drawn_from.reviews.iter().enumerate().filter(|(_, review)| review.subject == subject) {
        // What was not looked at then is known by now.
        let id = review.id.or(now.reviews[place].id).unwrap_or_default();
        fields.push(("review", format!("{id}:{}", review.version)));
    }
    let mut form = Form { path: format!("{}/ask", page(now, subject)), fields };
    record(attempt, || asker(department), accounts, &mut form);
    form
}

/// What an administrator says of what somebody else has said.
fn record(attempt: &Attempt, for_whom: impl FnOnce() -> Who, accounts: &[Uuid], form: &mut Form) {
    if PEOPLE[attempt.who].role == Role::Admin {
        let by_mail = [("for", accounts[for_whom()].to_string()), ("day", DAY.to_owned())];
        form.fields.extend(by_mail);
        form.fields.push(("reason", "It came by mail.".to_owned()));
    }
}

fn of_round((now, then): (&Model, &Model), place: Place, deed: &str) -> Form {
    let Round { subject, department, number, .. } = &now.rounds[place];
    let department = department.short_name().to_ascii_lowercase();
    let version = then.rounds.get(place).unwrap_or(&now.rounds[place]).version;
    let path = format!("{}/{department}/{number}/{deed}", page(now, *subject));
    Form { path, fields: vec![("version", version.to_string())] }
}

fn with_reason(mut form: Form, attempt: &Attempt) -> Form {
    form.fields.push(("reason", if attempt.careful { "Put right by phone." } else { " " }.to_owned()));
    form
}
