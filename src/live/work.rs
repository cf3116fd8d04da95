//! What came to the work of a department: to its reviews and rounds, to the packages they are about, and notes that
//! name whoever reads.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::permission::DepartmentMember;

/// So many entries are told of.
pub const MOST: i64 = 100;

/// An entry that concerns the work of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its place among all entries.
    pub seq: i64,
    /// The contract or rate that it is about.
    pub subject_id: Uuid,
}

/// The entries that concern the work of somebody and came after a place of the order of all entries, but their own deeds
/// up to another, `seen`, which the page shows: the newest, these first.
///
/// # Errors
/// When the database fails.
pub async fn came_to_work(
    conn: &mut PgConnection,
    member: DepartmentMember<'_>,
    after: i64,
    seen: i64,
) -> sqlx::Result<Vec<Entry>> {
    sqlx::query_as!(
        Entry,
        "select e.seq, e.subject_id
           from event e
           left join rate_review r on r.id = e.subject_id
           join contract_review c on c.id = coalesce(r.parent_id, e.subject_id)
          where e.seq > $1 and e.audience in ('both', 'cms') and c.status <> 'draft' and (r.id is null or r.status <> 'draft')
            and case e.row_table
                  when 'department_review' then exists (select from department_review d where d.id = e.row_id and d.department = $2)
                  when 'question' then exists (select from question q where q.id = e.row_id and q.department = $2)
                  when 'note' then exists (select from mention m where m.note_id = e.row_id and m.account_id = $3)
                  else true end
            and not (e.actor_id is not distinct from $3 and e.seq <= $5)
          order by e.seq desc limit $4",
        after,
        member.department as _,
        member.person.id as _,
        MOST,
        seen,
    )
    .fetch_all(conn)
    .await
}
