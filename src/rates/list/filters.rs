//! What the list of rates can be filtered by beside status and state, and what each filter demands in SQL.

use sqlx::{Postgres, QueryBuilder};

use crate::domain::forms::{ActuarialFirm, Choice};
use crate::domain::key::{Key, SubmissionKey};
use crate::web::list::{Filter, Given, ROUNDS, Reader, Takes, WORK, push_any, push_days, push_moments, push_reviewers};

/// Whether the certification is new or changes an earlier one.
pub const TYPE: Takes = Takes::Any(&[Choice::new("NEW", "New"), Choice::new("AMENDMENT", "Amendment")]);
/// What the actuaries certify.
pub const CAPITATION: Takes =
    Takes::Any(&[Choice::new("RATE_CELL", "Rate cell"), Choice::new("RATE_RANGE", "Rate range")]);
/// Where the actuaries work.
pub const FIRM: Takes = Takes::Any(ActuarialFirm::CHOICES);

/// Every filter, in the order of the form.
pub const FILTERS: &[Filter] = &[
    Filter::new("type", "Type", TYPE),
    Filter::new("program", "Program", Takes::Programs),
    Filter::new("questions", "Questions", ROUNDS),
    Filter::of_cms("dmcp", "DMCP", WORK),
    Filter::of_cms("oact", "OACT", WORK),
    Filter::of_cms("reviewer", "Reviewer", Takes::Reviewers),
    Filter::new("rating", "Rating period", Takes::Days),
    Filter::new("certified", "Certified", Takes::Days),
    Filter::new("first-sent", "First sent", Takes::Days),
    Filter::new("submission", "Submission", Takes::Keys),
];

/// Pushes what a filter demands of a rate `r`.
pub fn push(sql: &mut QueryBuilder<Postgres>, name: &str, given: &Given, reader: Reader<'_>) {
    let values = given.values(name);
    match name {
        "rating" => push_days(sql, "r.rating_from", given.days(name)),
        "certified" => push_days(sql, "r.certified_on", given.days(name)),
        "first-sent" => push_moments(sql, "r.first_submitted_at", given.days(name)),
        _ if values.is_empty() => {}
        "type" => {
            sql.push(" and (r.id, r.sent_revision) in (select rate_review_id, revision from rate_submission where rate_type = any(");
            sql.push_bind(values.to_vec()).push("::text[]))");
        }
        "program" => {
            sql.push(" and r.id in (select rate_review_id from rate_review_program where program_id = any(");
            sql.push_bind(values.to_vec()).push("::text[]::uuid[]))");
        }
        "questions" => push_any(sql, ROUNDS_OF, values),
        "dmcp" | "oact" => {
            sql.push(" and r.id in (select rate_review_id from department_review where department = ");
            sql.push_bind(name.to_uppercase()).push("::department and status::text = any(");
            sql.push_bind(values.to_vec()).push("::text[]))");
        }
        "reviewer" => push_reviewers(
            sql,
            "select rate_review_id from department_review d where d.rate_review_id is not null and (",
            values,
            reader,
        ),
        "submission" => push_parents(sql, values),
        _ => unreachable!("every filter of the list demands something"),
    }
}

/// An open round tells before an answered one.
const ROUNDS_OF: &str = "case when r.id in (select rate_review_id from question where rate_review_id is not null and status = 'open' and removed_at is null) then 'open'
         when r.id in (select rate_review_id from question where rate_review_id is not null and status = 'answered' and removed_at is null) then 'answered'
         else 'none' end";

fn push_parents(sql: &mut QueryBuilder<Postgres>, values: &[String]) {
    let keys: Vec<SubmissionKey> = values.iter().filter_map(|value| value.parse().ok()).collect();
    sql.push(" and r.parent_id in (select p.id from contract_review p join unnest(");
    sql.push_bind(keys.iter().map(|key| key.state_code().to_owned()).collect::<Vec<_>>()).push("::text[], ");
    sql.push_bind(keys.iter().map(Key::number).collect::<Vec<_>>());
    sql.push("::int[]) as asked (state_code, number) using (state_code, number))");
}
