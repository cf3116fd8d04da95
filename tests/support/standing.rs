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
             from review_tally group by 1, 2, 3, 4, 5 having sum(reviews) <> 0)
         select 'kept: ' || kept::text from (table kept except table review_standing_made) kept
         union all
         select 'in truth: ' || made::text from (table review_standing_made except table kept) made
         union all
         select 'counted: ' || counted::text from (table counted except table review_tally_made) counted
         union all
         select 'to be counted: ' || made::text from (table review_tally_made except table counted) made",
    )
    .fetch_all(db)
    .await
    .expect("the standings can be made")
}
