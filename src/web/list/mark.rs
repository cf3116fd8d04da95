//! The place among all entries of the history at which a list is drawn: what comes after it, the page does not show.

use sqlx::PgConnection;
use time::OffsetDateTime;

/// Where and when a list was drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    /// The newest entry that its reader may know of.
    pub seq: i64,
    /// When.
    pub at: OffsetDateTime,
}

/// The newest entry that somebody may know of: of a state, that of what the state did last and of what was done to it,
/// so that the number tells nothing of others.
///
/// # Errors
/// When the database fails.
pub async fn newest(conn: &mut PgConnection, own_state: Option<&str>) -> sqlx::Result<i64> {
    let Some(state) = own_state else {
        return sqlx::query_scalar!(r#"select coalesce(max(seq), 0) as "seq!" from event"#).fetch_one(conn).await;
    };
    sqlx::query_scalar!(
        r#"with last (id) as (
             select (select id from contract_review
                      where state_code = $1 and status = life.status and deleted_at is null and last_activity_state_at is not null
                      order by last_activity_state_at desc limit 1)
               from unnest(enum_range(null::contract_review_status)) as life (status)
             union all
             select (select id from rate_review
                      where state_code = $1 and status = life.status and deleted_at is null and last_activity_state_at is not null
                      order by last_activity_state_at desc limit 1)
               from unnest(enum_range(null::rate_review_status)) as life (status))
           select coalesce(max(newest.seq), 0) as "seq!"
             from last cross join lateral (
               select seq from event where subject_id = last.id and audience in ('both', 'state') order by seq desc limit 1) newest"#,
        state,
    )
    .fetch_one(conn)
    .await
}
