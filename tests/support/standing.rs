//! Whether every department review stands in the pages of work as it does in truth, and is counted so.

use sqlx::PgPool;

/// The reviews whose standing is not what it would be if it were made anew, and the counts that are not those of the rows: none.
pub async fn misplaced_reviews(db: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "with kept as (
           select review_id, department, subject_id, is_rate, state_code, number, package_id, package_status, withdrawn, sent_revision,
                  starts_on, first_sent_at, status, status_since, primary_reviewer_id, secondary_reviewer_id, decided_revision,
                  decided_by, decided_at from review_standing),
         counted as (
           select department, account_id, part, stage, open, sum(reviews)::bigint as reviews
             from review_tally group by 1, 2, 3, 4, 5 having sum(reviews) <> 0),
         decisions as (
           select decided_on, department, decided_by, sum(reviews)::bigint as reviews
             from decision_tally group by 1, 2, 3 having sum(reviews) <> 0)
         select 'kept: ' || kept::text from (table kept except table review_standing_made) kept
         union all
         select 'in truth: ' || made::text from (table review_standing_made except table kept) made
         union all
         select 'counted: ' || counted::text from (table counted except table review_tally_made) counted
         union all
         select 'to be counted: ' || made::text from (table review_tally_made except table counted) made
         union all
         select 'decided: ' || counted::text from (table decisions except table decision_tally_made) counted
         union all
         select 'decided in truth: ' || made::text from (table decision_tally_made except table decisions) made
         union all
         select 'not so: ' || w::text from review_standing w
          where w.decided_on is distinct from (w.decided_at at time zone 'America/New_York')::date
             or w.open <> (w.package_status in ('submitted', 'resubmitted', 'unlocked') and not w.withdrawn)
             or w.stage is distinct from case when not w.open or w.decided_revision = w.sent_revision and w.status in ('signed_off', 'objection') then 'decided'
                                when w.status = 'awaiting_state' then 'waiting'
                                when w.package_status in ('submitted', 'resubmitted') and w.status in ('not_started', 'in_review') then 'turn'
                                when w.package_status = 'unlocked' and w.status in ('not_started', 'in_review') then 'held' end::review_stage
             or w.decider_id is distinct from case when w.decided_by not in (
                  select p from unnest(array[w.primary_reviewer_id, w.secondary_reviewer_id]) p where p is not null) then w.decided_by end",
    )
    .fetch_all(db)
    .await
    .expect("the standings can be made")
}
