//! What the list of submissions can be filtered by beside status and state, and what each filter demands in SQL.

use sqlx::{Postgres, QueryBuilder};

use crate::domain::forms::{Choice, Population};
use crate::domain::role::Side;
use crate::web::list::{Filter, Given, ROUNDS, Reader, Takes, WORK, push_any, push_days, push_moments, push_reviewers};

const YES_NO: Takes = Takes::Any(&[Choice::new("yes", "Yes"), Choice::new("no", "No")]);
/// Whether the contract is new or changes an earlier one.
pub const ACTION: Takes = Takes::Any(&[Choice::new("BASE", "Base"), Choice::new("AMENDMENT", "Amendment")]);
/// What a submission includes.
pub const TYPE: Takes = Takes::Any(&[
    Choice::new("CONTRACT_ONLY", "Contract only"),
    Choice::new("CONTRACT_AND_RATES", "Contract and rates"),
]);
/// Who a contract action covers.
pub const POPULATION: Takes = Takes::Any(Population::CHOICES);
/// Whether all parties signed.
pub const EXECUTION: Takes =
    Takes::Any(&[Choice::new("EXECUTED", "Executed"), Choice::new("UNEXECUTED", "Not executed")]);

/// Every filter, in the order of the form.
pub const FILTERS: &[Filter] = &[
    Filter::new("kind", "Kind", Takes::Any(&[Choice::new("health_plan", "Health plan"), Choice::new("eqro", "EQRO")])),
    Filter::new("action", "Contract action", ACTION),
    Filter::new("type", "Submission type", TYPE),
    Filter::new("program", "Program", Takes::Programs),
    Filter::new("population", "Population", POPULATION),
    Filter::new("dsnp", "D-SNP", YES_NO),
    Filter::new(
        "turn",
        "Turn",
        Takes::Any(&[
            Choice::new("state", "State"),
            Choice::new("both", "State and CMS"),
            Choice::new("cms", "CMS"),
            Choice::new("nobody", "Nobody"),
        ]),
    ),
    Filter::new("questions", "Questions", ROUNDS),
    Filter::of_cms("dmco", "DMCO", WORK),
    Filter::of_cms("dmcp", "DMCP", WORK),
    Filter::of_cms("oact", "OACT", WORK),
    Filter::of_cms("reviewer", "Reviewer", Takes::Reviewers),
    Filter::of_cms("follows", "States I follow", Takes::Any(&[Choice::new("yes", "Yes")])),
    Filter::of_cms("mccrs", "Has MC-CRS number", YES_NO),
    Filter::new("first-sent", "First sent", Takes::Days),
    Filter::new("last-activity", "Last activity", Takes::Days),
    Filter::new("effective", "Effective date", Takes::Days),
];

/// Pushes what a filter demands of a submission `r`.
pub fn push(sql: &mut QueryBuilder<Postgres>, name: &str, given: &Given, reader: Reader<'_>) {
    let values = given.values(name);
    match name {
        "first-sent" => push_moments(sql, "r.first_submitted_at", given.days(name)),
        "last-activity" => push_moments(sql, last_activity(reader.side), given.days(name)),
        "effective" => push_days(sql, "r.effective_from", given.days(name)),
        _ if values.is_empty() => {}
        "kind" => push_any(sql, "r.kind::text", values),
        "action" => push_action(sql, values, reader.side),
        "type" => push_answer(sql, "submission_type", values, reader.side),
        "population" => push_answer(sql, "population_covered", values, reader.side),
        "dsnp" => {
            let stored = values.iter().map(|value| (value == "yes").to_string()).collect::<Vec<_>>();
            push_answer(sql, "dsnp_contract", &stored, reader.side);
        }
        "program" => {
            sql.push(" and r.id in (select contract_review_id from contract_review_program where program_id = any(");
            sql.push_bind(values.to_vec()).push("::text[]::uuid[]))");
        }
        "turn" => push_any(sql, &turn_of(reader.side), values),
        "questions" => push_any(sql, ROUNDS_OF, values),
        "dmco" | "dmcp" | "oact" => {
            sql.push(" and r.id in (select page_id from department_review_page where department = ");
            sql.push_bind(name.to_uppercase()).push("::department group by page_id having min(status)::text = any(");
            sql.push_bind(values.to_vec()).push("::text[]))");
        }
        "reviewer" => push_reviewers(sql, "select page_id from department_review_page d where (", values, reader),
        "follows" => {
            sql.push(" and r.state_code in (select state_code from state_assignment where account_id = ");
            sql.push_bind(reader.account).push(")");
        }
        "mccrs" => push_any(sql, "case when r.mccrs_number is null then 'no' else 'yes' end", values),
        _ => unreachable!("every filter of the list demands something"),
    }
}

/// The column of the last thing that happened as far as a side may see.
pub fn last_activity(side: Side) -> &'static str {
    match side {
        Side::Cms => "r.last_activity_cms_at",
        Side::State => "r.last_activity_state_at",
    }
}

/// The column of `contract_review_turn` that a side reads.
pub fn turn(side: Side) -> &'static str {
    match side {
        Side::Cms => "turn",
        Side::State => "turn_for_state",
    }
}

/// As `contract_review_turn` has it, which is asked only where somebody was asked or waits.
fn turn_of(side: Side) -> String {
    let turn = turn(side);
    format!(
        "case when r.status in ('draft', 'unlocked') then 'state'
         when r.status not in ('submitted', 'resubmitted') then 'nobody'
         when r.id in (select page_id from department_review_page where status = 'awaiting_state'
                       union select page_id from question_page where status = 'open')
           then (select {turn}::text from contract_review_turn t where t.contract_review_id = r.id)
         else 'cms' end"
    )
}

/// An open round tells before an answered one.
const ROUNDS_OF: &str = "case when r.id in (select page_id from question_page where status = 'open') then 'open'
         when r.id in (select page_id from question_page where status = 'answered') then 'answered' else 'none' end";

/// The version that a side sees.
fn revision(side: Side) -> &'static str {
    match side {
        Side::Cms => "r.sent_revision",
        Side::State => {
            "(select max(revision) from contract_submission v where v.contract_review_id = r.id and v.discarded_at is null)"
        }
    }
}

/// Pushes that the contract action of the version that the side sees is one of these. It can be corrected, so what counts is
/// asked where anything of the kind was; the rest is as it was sent.
fn push_action(sql: &mut QueryBuilder<Postgres>, values: &[String], side: Side) {
    let revision = revision(side);
    sql.push(format_args!(
        " and case when r.id in (select contract_review_id from correction where what = 'contract_action')
                   then (select contract_action from contract_answers a where a.contract_review_id = r.id and a.revision = {revision}) = any("
    ));
    sql.push_bind(values.to_vec());
    sql.push(format_args!(
        "::text[]) else (r.id, {revision}) in (select contract_review_id, revision from contract_submission where contract_action = any("
    ));
    sql.push_bind(values.to_vec()).push("::text[])) end");
}

/// Pushes that an answer of the version that the side sees is one of these.
fn push_answer(sql: &mut QueryBuilder<Postgres>, answer: &str, values: &[String], side: Side) {
    let revision = revision(side);
    sql.push(format_args!(
        " and (r.id, {revision}) in (select contract_review_id, revision from contract_answers where {answer} = any("
    ));
    sql.push_bind(values.to_vec()).push("::text[]))");
}
