//! What a person may not do with rounds, tried again with plain SQL.

use mc_review::domain::lifecycle::{ROUND, RoundStatus};
use mc_review::domain::role::{Department, Role};
use uuid::Uuid;

use super::refused::{Statement, along};
use crate::life::model::rounds::{Asking, Round, asker, responder};
use crate::life::model::{Model, PEOPLE, Subject, Who};

/// The bare changes that a deed comes to.
pub fn statements(model: &Model, who: Who, asking: Asking, accounts: &[Uuid]) -> Vec<Statement> {
    match asking {
        Asking::Ask(subject, department) => {
            let mut statements = vec![question(model, who, (subject, department), accounts)];
            // The next round is not the last one over again.
            let own = |round: &&Round| (round.subject, round.department) == (subject, department);
            statements.extend(model.rounds.iter().rfind(own).and_then(|last| bare(last, RoundStatus::Open)));
            statements
        }
        Asking::Respond(place) => {
            let round = &model.rounds[place];
            [Some(response(model, who, round, accounts)), bare(round, RoundStatus::Answered)]
                .into_iter()
                .flatten()
                .collect()
        }
        Asking::Close(place) => close(&model.rounds[place], who, accounts).into_iter().collect(),
        Asking::Remove(place) => vec![remove(&model.rounds[place], who, accounts)],
        Asking::RemoveResponse(place, at) => {
            let response = &model.rounds[place].responses[at];
            let rule = match (response.removed, PEOPLE[who].role) {
                (true, _) => "response_removed_once",
                (_, Role::Admin) => "response_is_told",
                _ => "response_removed_by_an_admin",
            };
            let sql = format!(
                "update response set removed_at = now(), removed_by = '{}', removal_reason = 'So.' where id = '{}';
                 set constraints response_is_told immediate",
                accounts[who],
                response.id.unwrap_or_default(),
            );
            vec![Statement::refused_by(sql, rule)]
        }
    }
}

/// Only the status of a round changes.
fn bare(round: &Round, to: RoundStatus) -> Option<Statement> {
    let rule = match (round.removed, along(ROUND, round.status, to)) {
        (true, _) => "question_removed_once",
        (_, true) => "question_change_is_told",
        _ => "question_transition",
    };
    let sql = format!(
        "update question set status = '{}' where id = '{}'; set constraints question_change_is_told immediate",
        to.as_str(),
        round.id.unwrap_or_default(),
    );
    (round.status != to).then(|| Statement::refused_by(sql, rule))
}

fn question(model: &Model, who: Who, (subject, department): (Subject, Department), accounts: &[Uuid]) -> Statement {
    let admin = PEOPLE[who].role == Role::Admin;
    let in_turn = model
        .rounds
        .iter()
        .any(|round| (round.subject, round.department) == (subject, department) && round.status != RoundStatus::Closed);
    let rule = if !model.takes_questions(subject) {
        "question_on_what_goes_on"
    } else if model.contracts[model.home(subject)].eqro && department != Department::Dmco {
        "question_of_eqro_by_dmco"
    } else if !PEOPLE[who].asks(department) {
        "question_by_its_department"
    } else if in_turn {
        "question_one_at_a_time"
    } else {
        "question_change_is_told"
    };
    let (column, key) = match subject {
        Subject::Contract(_) => ("contract_review_id", model.subject_key(subject)),
        Subject::Rate(_) => ("rate_review_id", model.subject_key(subject)),
    };
    let recorded = recorded(admin, || accounts[asker(department)], "now()");
    let sql = format!(
        "insert into question (id, {column}, department, round, text, revision, asked_at, asked_by, recorded_for, recorded_day, recorded_reason)
         values (gen_random_uuid(), '{key}', '{}', {}, 'Where?', {}, now(), '{}', {recorded});
         set constraints question_change_is_told immediate",
        department.short_name(),
        model.rounds_of(subject, department) + 1,
        model.current_revision(subject),
        accounts[who],
    );
    Statement::refused_by(sql, rule)
}

/// What is recorded for somebody else, as the last three columns.
fn recorded(admin: bool, for_whom: impl FnOnce() -> Uuid, at: &str) -> String {
    if admin {
        format!("'{}', ({at} at time zone 'America/New_York')::date, 'So.'", for_whom())
    } else {
        "null, null, null".to_owned()
    }
}

fn response(model: &Model, who: Who, round: &Round, accounts: &[Uuid]) -> Statement {
    let state = model.state_of(round.subject);
    let rule = if round.status == RoundStatus::Closed || !model.takes_questions(round.subject) {
        "response_to_what_goes_on"
    } else if !PEOPLE[who].responds(state) {
        "response_by_its_state"
    } else {
        "response_is_told"
    };
    let recorded = recorded(PEOPLE[who].role == Role::Admin, || accounts[responder(state)], "asked_at");
    let sql = format!(
        "insert into response (id, question_id, text, sent_at, sent_by, recorded_for, recorded_day, recorded_reason)
         select gen_random_uuid(), id, 'There.', asked_at, '{}', {recorded} from question where id = '{}';
         set constraints response_is_told immediate",
        accounts[who],
        round.id.unwrap_or_default(),
    );
    Statement::refused_by(sql, rule)
}

fn close(round: &Round, who: Who, accounts: &[Uuid]) -> Option<Statement> {
    let how = match round.status {
        RoundStatus::Open => "'unanswered', close_reason = 'So.'",
        RoundStatus::Answered => "'done'",
        RoundStatus::Closed => return None,
    };
    let may = PEOPLE[who].asks(round.department);
    let rule = if may { "question_change_is_told" } else { "question_closed_by_its_department" };
    let sql = format!(
        "update question set status = 'closed', closed_at = now(), closed_by = '{}', closed_because = {how} where id = '{}';
         set constraints question_change_is_told immediate",
        accounts[who],
        round.id.unwrap_or_default(),
    );
    Some(Statement::refused_by(sql, rule))
}

fn remove(round: &Round, who: Who, accounts: &[Uuid]) -> Statement {
    let rule = match (round.removed, PEOPLE[who].role) {
        (true, _) => "question_removed_once",
        (_, Role::Admin) => "question_removal_is_told",
        _ => "question_removed_by_an_admin",
    };
    let by = accounts[who];
    let sql = format!(
        "update question set status = 'closed', closed_at = coalesce(closed_at, now()), closed_by = coalesce(closed_by, '{by}'),
                closed_because = coalesce(closed_because, 'removal'), removed_at = now(), removed_by = '{by}', removal_reason = 'So.'
          where id = '{}'; set constraints question_removal_is_told immediate",
        round.id.unwrap_or_default(),
    );
    Statement::refused_by(sql, rule)
}
