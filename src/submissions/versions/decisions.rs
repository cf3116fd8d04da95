//! Which departments decided on a version, as the history tells.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::event::Kind;
use crate::domain::role::Department;
use crate::history::Details;

/// What a department decided.
#[derive(Debug)]
pub struct Decision {
    /// The department.
    pub department: Department,
    /// On which rate, where it was one.
    pub rate: Option<String>,
    /// Whether it signed off; else it objected.
    pub signed_off: bool,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The words with it.
    pub note: Option<String>,
    /// Whether it was taken back before the next version came.
    pub reopened: bool,
}

/// The last decision of each department on these versions of a submission and of rates.
///
/// # Errors
/// When the database fails.
pub async fn decisions_on(conn: &mut PgConnection, versions: &[(Uuid, i32)]) -> sqlx::Result<Vec<Decision>> {
    let (subjects, revisions): (Vec<Uuid>, Vec<i32>) = versions.iter().copied().unzip();
    let rows = sqlx::query!(
        r#"select distinct on (shown.place, e.row_id) e.kind as "kind!: Kind", e.at as "at!", e.actor_name as "actor_name!",
                  e.reason, e.details as "details!",
                  exists (select from event later
                           where later.subject_id = e.subject_id and later.row_id = e.row_id and later.seq > e.seq
                             and later.kind = 'review_reopened'
                             and not exists (select from event sent
                                              where sent.subject_id = e.subject_id and sent.row_id = e.subject_id
                                                and sent.kind in ('submitted', 'resubmitted')
                                                and sent.seq > e.seq and sent.seq < later.seq)) as "reopened!"
             from unnest($1::uuid[], $2::integer[]) with ordinality as shown (subject_id, revision, place)
             join event e on e.subject_id = shown.subject_id and e.details -> 'revision' = to_jsonb(shown.revision)
              and e.kind in ('review_signed_off', 'review_objected')
            order by shown.place, e.row_id, e.seq desc"#,
        &subjects,
        &revisions,
    )
    .fetch_all(conn)
    .await?;
    let decisions = rows.into_iter().filter_map(|row| {
        let details = Details::read(row.details);
        Some(Decision {
            department: details.department?,
            rate: details.rate,
            signed_off: row.kind == Kind::ReviewSignedOff,
            by: row.actor_name,
            at: Moment(row.at),
            note: row.reason,
            reopened: row.reopened,
        })
    });
    Ok(decisions.collect())
}
