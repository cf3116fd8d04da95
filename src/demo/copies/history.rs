//! The rows that are copied, and what the history tells of them.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::clock::Clock;
use crate::domain::event::Kind;

/// Rows of one table: one entry of each list per copy.
#[derive(Default)]
pub struct Rows {
    /// Whose copies they are.
    pub originals: Vec<Uuid>,
    /// Their keys.
    pub copies: Vec<Uuid>,
    /// The contract review or rate review that each belongs to, itself if it is one.
    pub subjects: Vec<Uuid>,
    /// The key by which that rate review is known; blank with a contract review.
    pub rates: Vec<String>,
    /// By how much each is later than its original.
    pub weeks: Vec<i32>,
}

impl Rows {
    /// A row of a subject, to be copied under this key.
    pub fn add(&mut self, (original, copy): (Uuid, Uuid), (subject, rate): (Uuid, &str), weeks: i32) {
        self.originals.push(original);
        self.copies.push(copy);
        self.subjects.push(subject);
        self.rates.push(rate.to_owned());
        self.weeks.push(weeks);
    }

    /// The department reviews of a subject.
    pub fn add_reviews(&mut self, clock: &Clock, originals: &[Uuid], subject: (Uuid, &str), weeks: i32) {
        for original in originals {
            self.add((*original, clock.new_id()), subject, weeks);
        }
    }

    /// The entries that tell how the rows came to a version, in the order that they had.
    pub async fn tell(&self, conn: &mut PgConnection, version: i32) -> sqlx::Result<()> {
        self.tell_what(conn, Some(version), None).await
    }

    /// The entries of a kind.
    pub async fn tell_kind(&self, conn: &mut PgConnection, kind: Kind) -> sqlx::Result<()> {
        self.tell_what(conn, None, Some(kind)).await
    }

    async fn tell_what(&self, conn: &mut PgConnection, version: Option<i32>, kind: Option<Kind>) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into event (id, at, actor_id, actor_name, actor_role, actor_department, actor_state, subject, subject_id, kind,
                                audience, row_table, row_id, status_before, status_after, version_before, version_after, reason,
                                details, previous_sha256, sha256)
             select (lpad(to_hex((extract(epoch from e.at + copy.later) * 1000)::bigint), 12, '0') || '7'
                     || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
                    e.at + copy.later, e.actor_id, e.actor_name, e.actor_role, e.actor_department, e.actor_state, e.subject,
                    copy.subject, e.kind, e.audience, e.row_table, copy.id,
                    e.status_before, e.status_after, e.version_before, e.version_after, e.reason,
                    e.details
                      || case when e.details ? 'released_on'
                           then jsonb_build_object('released_on', (e.details ->> 'released_on')::date + 7 * copy.weeks)
                           else '{}' end
                      || case when e.details ? 'number'
                           then (select jsonb_build_object('number', jsonb_build_array(null, mccrs_number)) from contract_review where id = copy.id)
                           else '{}' end
                      || case when e.details ? 'rate' then jsonb_build_object('rate', copy.rate) else '{}' end, '', ''
               from (select *, make_interval(weeks => weeks) as later
                       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[])
                            as one (original, id, subject, rate, weeks)) copy
               join event e on e.row_id = copy.original and (e.version_after = $6 or e.kind = $7)
              order by e.seq",
            &self.originals,
            &self.copies,
            &self.subjects,
            &self.rates,
            &self.weeks,
            version,
            kind as _,
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}
