//! Very many submissions: copies of those that were lived through, each at another time, set by set.
//!
//! A copy walks through the same statuses as its original, so that every rule of the database is asked as if people had
//! done it: numbers come from the state's counter, each status has its event, and every event its place in the chain.
//! Originals with rates are not copied.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use sqlx::{Connection, PgConnection};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::story::REACH;
use crate::domain::clock::Clock;
use crate::domain::id::ContractReviewId;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::ContractReviewStatus;

/// So many copies are made in one transaction.
const BATCH: usize = 500;
/// Originals on which somebody still works move back at most so many weeks; else the past were full of open work.
const OPEN_WORK_WEEKS: i64 = 10;

/// A submission that was lived through.
struct Original {
    id: Uuid,
    /// What its name has after its key.
    programs: String,
    begins: OffsetDateTime,
    /// The weeks, mostly negative, by which it can be moved.
    weeks: (i64, i64),
}

/// What is made of whom: one entry of each list per copy.
#[derive(Default)]
struct Batch {
    originals: Vec<Uuid>,
    reviews: Vec<Uuid>,
    versions: Vec<Uuid>,
    department_reviews: Vec<Uuid>,
    numbers: Vec<i32>,
    names: Vec<String>,
    weeks: Vec<i32>,
}

/// Makes `count` copies of `originals`, all of one state.
///
/// # Errors
/// When the database fails or refuses.
pub async fn copy(
    conn: &mut PgConnection,
    rng: &mut StdRng,
    state_code: &str,
    originals: &[ContractReviewId],
    now: OffsetDateTime,
    count: usize,
) -> anyhow::Result<()> {
    let originals = find(conn, originals, now).await?;
    let mut choices: Vec<(OffsetDateTime, &Original, i64)> = Vec::with_capacity(count);
    for _ in 0..count {
        let Some(original) = originals.choose(rng) else { break };
        let weeks = rng.random_range(original.weeks.0..=original.weeks.1);
        choices.push((original.begins + Duration::weeks(weeks), original, weeks));
    }
    // Numbers are given in the order of time.
    choices.sort_by_key(|(begins, original, _)| (*begins, original.id));
    for chunk in choices.chunks(BATCH) {
        let mut tx = conn.begin().await?;
        let batch = Batch::of(&mut tx, state_code, chunk).await?;
        batch.insert(&mut tx).await?;
        batch.walk(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn find(conn: &mut PgConnection, ids: &[ContractReviewId], now: OffsetDateTime) -> sqlx::Result<Vec<Original>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select r.id, r.state_code, r.number, r.name, r.status, min(e.at) as "begins!", max(e.at) as "ends!"
             from contract_review r join event e on e.subject_id = r.id
            where r.id = any($1) and not exists (select from package_rate p where p.contract_review_id = r.id)
            group by r.id order by r.number"#,
        &ids,
    )
    .fetch_all(conn)
    .await?;
    let originals = rows.into_iter().map(|row| {
        let key = SubmissionKey { state_code: row.state_code, number: row.number };
        let programs = row.name.strip_prefix(&format!("MCR-{key}")).unwrap_or_default().to_owned();
        let earliest = (now - REACH - row.begins).whole_weeks().min(0);
        let latest = (now - row.ends).whole_weeks().max(0);
        let ended = matches!(row.status, ContractReviewStatus::Approved | ContractReviewStatus::NotSubjectToReview);
        let weeks = if ended { (earliest, latest) } else { (earliest.max(-OPEN_WORK_WEEKS), latest) };
        Original { id: row.id, programs, begins: row.begins, weeks }
    });
    Ok(originals.collect())
}

impl Batch {
    /// Takes the numbers and makes the keys.
    async fn of(
        conn: &mut PgConnection,
        state_code: &str,
        chosen: &[(OffsetDateTime, &Original, i64)],
    ) -> anyhow::Result<Self> {
        let last = sqlx::query_scalar!(
            "update state set last_contract_number = last_contract_number + $2 where code = $1 returning last_contract_number",
            state_code,
            i32::try_from(chosen.len())?,
        )
        .fetch_one(conn)
        .await?;
        let mut batch = Self::default();
        let first = last - i32::try_from(chosen.len())? + 1;
        for ((begins, original, weeks), number) in chosen.iter().zip(first..) {
            let clock = Clock::set_to(*begins);
            let key = SubmissionKey { state_code: state_code.to_owned(), number };
            batch.originals.push(original.id);
            batch.reviews.push(clock.new_id());
            batch.versions.push(clock.new_id());
            batch.department_reviews.push(clock.new_id());
            batch.numbers.push(number);
            batch.names.push(format!("MCR-{key}{}", original.programs));
            batch.weeks.push(i32::try_from(*weeks)?);
        }
        Ok(batch)
    }

    /// The drafts: review, version, programs and documents.
    async fn insert(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into contract_review (id, state_code, number, kind, name, effective_from, last_activity_state_at)
             select copy.review, r.state_code, copy.number, r.kind, copy.name,
                    (r.effective_from + make_interval(months => round(copy.weeks * 7 / 30.44)::int))::date,
                    s.created_at + make_interval(weeks => copy.weeks)
               from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[])
                    as copy (original, review, number, name, weeks)
               join contract_review r on r.id = copy.original
               join contract_submission s on s.contract_review_id = copy.original and s.revision = 1",
            &self.originals,
            &self.reviews,
            &self.numbers,
            &self.names,
            &self.weeks,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
             select copy.version, copy.review, s.revision,
                    s.contract_data || jsonb_build_object(
                      'contract_date_start', ((s.contract_data->>'contract_date_start')::date + copy.months)::date,
                      'contract_date_end', ((s.contract_data->>'contract_date_end')::date + 1 + copy.months)::date - 1),
                    s.form_version, s.created_at + make_interval(weeks => copy.weeks), s.created_by
               from (select *, make_interval(months => round(weeks * 7 / 30.44)::int) as months
                       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) as one (original, review, version, weeks)) copy
               join contract_submission s on s.contract_review_id = copy.original and s.revision = 1",
            &self.originals,
            &self.reviews,
            &self.versions,
            &self.weeks,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into contract_review_program (contract_review_id, program_id)
             select copy.review, p.program_id
               from unnest($1::uuid[], $2::uuid[]) as copy (original, review)
               join contract_review_program p on p.contract_review_id = copy.original",
            &self.originals,
            &self.reviews,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into document (id, contract_submission_id, category, sha256, file_name, position, uploaded_at, uploaded_by,
                                   first_submitted_at)
             select (lpad(to_hex((extract(epoch from d.uploaded_at + copy.later) * 1000)::bigint), 12, '0') || '7'
                     || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
                    copy.version, d.category, d.sha256, d.file_name, d.position, d.uploaded_at + copy.later, d.uploaded_by,
                    d.first_submitted_at + copy.later
               from (select original, version, make_interval(weeks => weeks) as later
                       from unnest($1::uuid[], $2::uuid[], $3::int[]) as one (original, version, weeks)) copy
               join contract_submission s on s.contract_review_id = copy.original and s.revision = 1
               join document d on d.contract_submission_id = s.id",
            &self.originals,
            &self.versions,
            &self.weeks,
        )
        .execute(&mut *conn)
        .await?;
        Ok(())
    }

    /// Everything that happened to the originals, in its order.
    async fn walk(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        self.tell(conn, "contract_review", 1).await?;
        self.submit(conn).await?;
        self.tell(conn, "contract_review", 2).await?;
        self.make_reviews(conn).await?;
        self.tell(conn, "department_review", 1).await?;
        let last = sqlx::query_scalar!(
            r#"select coalesce(max(version), 0) as "last!" from department_review where contract_review_id = any($1)"#,
            &self.originals,
        )
        .fetch_one(&mut *conn)
        .await?;
        for version in 2..=last {
            self.review(conn, version).await?;
            self.tell(conn, "department_review", version).await?;
        }
        self.approve(conn).await?;
        self.tell(conn, "contract_review", 3).await
    }

    async fn submit(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "update contract_submission sent
                set submitted_at = s.submitted_at + make_interval(weeks => copy.weeks), submitted_by = s.submitted_by,
                    submit_reason = s.submit_reason, led_to = s.led_to
               from unnest($1::uuid[], $2::uuid[], $3::int[]) as copy (original, version, weeks)
               join contract_submission s on s.contract_review_id = copy.original and s.revision = 1
              where sent.id = copy.version and s.submitted_at is not null",
            &self.originals,
            &self.versions,
            &self.weeks,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "update contract_review r
                set status = s.led_to, sent_revision = s.revision, first_submitted_at = s.submitted_at,
                    last_submitted_at = s.submitted_at, last_activity_cms_at = s.submitted_at
               from unnest($1::uuid[]) as copy (version) join contract_submission s on s.id = copy.version
              where r.id = s.contract_review_id and s.submitted_at is not null",
            &self.versions,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn make_reviews(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into department_review (id, contract_review_id, department, status_since)
             select copy.department_review, copy.review, d.department, made.at + make_interval(weeks => copy.weeks)
               from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) as copy (original, review, department_review, weeks)
               join department_review d on d.contract_review_id = copy.original
               join event made on made.row_id = d.id and made.version_after = 1",
            &self.originals,
            &self.reviews,
            &self.department_reviews,
            &self.weeks,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    /// What changed with a version of the department reviews, read back from its entry in the history.
    async fn review(&self, conn: &mut PgConnection, version: i32) -> sqlx::Result<()> {
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
               from (select original, department_review, make_interval(weeks => weeks) as later
                       from unnest($1::uuid[], $2::uuid[], $3::int[]) as one (original, department_review, weeks)) copy
               join (select *, kind in ('review_signed_off', 'review_objected') as decides from event) e
                 on e.subject_id = copy.original and e.row_table = 'department_review' and e.version_after = $4
              where d.id = copy.department_review",
            &self.originals,
            &self.department_reviews,
            &self.weeks,
            version,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn approve(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "update contract_review r set status = o.status, released_on = o.released_on + 7 * copy.weeks
               from unnest($1::uuid[], $2::uuid[], $3::int[]) as copy (original, review, weeks)
               join contract_review o on o.id = copy.original
              where r.id = copy.review and o.status = 'approved'",
            &self.originals,
            &self.reviews,
            &self.weeks,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    /// The entries of the history that tell how a row came to a version.
    async fn tell(&self, conn: &mut PgConnection, table: &str, version: i32) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into event (id, at, actor_id, actor_name, actor_role, actor_department, actor_state, subject, subject_id, kind,
                                audience, row_table, row_id, status_before, status_after, version_before, version_after, reason,
                                details, previous_sha256, sha256)
             select (lpad(to_hex((extract(epoch from e.at + copy.later) * 1000)::bigint), 12, '0') || '7'
                     || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
                    e.at + copy.later, e.actor_id, e.actor_name, e.actor_role, e.actor_department, e.actor_state, e.subject,
                    copy.review, e.kind, e.audience, e.row_table,
                    case e.row_table when 'contract_review' then copy.review else copy.department_review end,
                    e.status_before, e.status_after, e.version_before, e.version_after, e.reason,
                    case when e.details ? 'released_on'
                      then e.details || jsonb_build_object('released_on', (e.details ->> 'released_on')::date + 7 * copy.weeks)
                      else e.details end, '', ''
               from (select *, make_interval(weeks => weeks) as later
                       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[])
                            as one (original, review, department_review, weeks)) copy
               join event e on e.subject_id = copy.original and e.row_table = $5 and e.version_after = $6",
            &self.originals,
            &self.reviews,
            &self.department_reviews,
            &self.weeks,
            table,
            version,
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}
