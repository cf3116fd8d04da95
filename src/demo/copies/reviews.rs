//! The department reviews of the contracts and rates that are copied.

use sqlx::PgConnection;

use super::history::Rows;

/// Makes the reviews that the originals have.
pub async fn make(conn: &mut PgConnection, reviews: &Rows) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into department_review (id, contract_review_id, rate_review_id, department, status_since)
         select copy.id, case when d.contract_review_id is not null then copy.subject end,
                case when d.rate_review_id is not null then copy.subject end,
                d.department, made.at + make_interval(weeks => copy.weeks)
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) as copy (original, id, subject, weeks)
           join department_review d on d.id = copy.original
           join event made on made.row_id = d.id and made.version_after = 1",
        &reviews.originals,
        &reviews.copies,
        &reviews.subjects,
        &reviews.weeks,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The version of the original that changed most; 0 where there are none.
pub async fn last_version(conn: &mut PgConnection, reviews: &Rows) -> sqlx::Result<i32> {
    sqlx::query_scalar!(
        r#"select coalesce(max(version), 0) as "last!" from department_review where id = any($1)"#,
        &reviews.originals,
    )
    .fetch_one(conn)
    .await
}

/// What changed with a version of the reviews, read back from its entry in the history.
pub async fn change(conn: &mut PgConnection, reviews: &Rows, version: i32) -> sqlx::Result<()> {
    sqlx::query!(
        "update department_review d
            set status = e.status_after::department_review_status,
                status_since = case when e.status_after = e.status_before then d.status_since else e.at + copy.later end,
                primary_reviewer_id =
                  case when e.details ? 'primary' then (e.details #>> '{primary,1,id}')::uuid else d.primary_reviewer_id end,
                secondary_reviewer_id =
                  case when e.details ? 'secondary' then (e.details #>> '{secondary,1,id}')::uuid else d.secondary_reviewer_id end,
                decision = case when e.decides then e.status_after::department_decision else d.decision end,
                decision_note = case when e.decides then e.reason else d.decision_note end,
                decided_revision = case when e.decides then (e.details ->> 'revision')::int else d.decided_revision end,
                decided_by = case when e.decides then e.actor_id else d.decided_by end,
                decided_at = case when e.decides then e.at + copy.later else d.decided_at end
           from (select original, id, make_interval(weeks => weeks) as later
                   from unnest($1::uuid[], $2::uuid[], $3::int[]) as one (original, id, weeks)) copy
           join (select *, kind in ('review_signed_off', 'review_objected') as decides from event) e
             on e.row_id = copy.original and e.version_after = $4
          where d.id = copy.id",
        &reviews.originals,
        &reviews.copies,
        &reviews.weeks,
        version,
    )
    .execute(conn)
    .await?;
    Ok(())
}
