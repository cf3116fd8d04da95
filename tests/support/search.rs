//! Whether everything is found by what it now says.

use sqlx::PgPool;

/// The search entries that are not as they would be if they were all made anew: none.
pub async fn stale_entries(db: &PgPool) -> Vec<String> {
    sqlx::query_scalar(
        "with made as (
           select * from search_made(array(select id from contract_review union all select id from rate_review)))
         select concat_ws(' ', scope, subject_id, 'has', entry.words, 'for', made.words)
           from search_entry entry full join made using (scope, subject_id)
          where entry.words is distinct from made.words
         union all
         select concat_ws(' ', scope, subject_id, 'stands elsewhere') from search_entry entry left join search_standing now using (scope, subject_id)
          where (entry.state_code, entry.number, entry.status_rank, entry.last_activity_at)
                is distinct from (now.state_code, now.number, now.status_rank, now.last_activity_at)
         union all
         select 'left behind ' || subject_id from search_stale",
    )
    .fetch_all(db)
    .await
    .expect("the entries can be made")
}
