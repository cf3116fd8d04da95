//! The contracts that are copied: drafted, sent, numbered and approved.

use sqlx::PgConnection;
use uuid::Uuid;

use super::documents::{self, Names};
use super::history::Rows;
use super::originals::Original;
use crate::demo::steps::mccrs_number;
use crate::domain::clock::Clock;
use crate::domain::key::SubmissionKey;

/// One entry of each list per copy.
#[derive(Default)]
pub struct Contracts {
    /// The contract reviews.
    pub reviews: Rows,
    versions: Rows,
    numbers: Vec<i32>,
    mccrs_numbers: Vec<String>,
    names: Names,
    months: Vec<i32>,
}

/// What the rates of a copy go into.
#[derive(Clone, Copy)]
pub struct Package {
    /// The contract review.
    pub review: Uuid,
    /// Its version.
    pub version: Uuid,
}

/// Periods stay whole months: by how many those of a copy are moved that is so many weeks later.
pub fn months(weeks: i32) -> i32 {
    (f64::from(weeks) * 7.0 / 30.44).round() as i32
}

impl Contracts {
    /// A copy of an original, under this number.
    pub fn add(&mut self, clock: &Clock, state_code: &str, original: &Original, weeks: i32, number: i32) -> Package {
        let package = Package { review: clock.new_id(), version: clock.new_id() };
        let key = SubmissionKey { state_code: state_code.to_owned(), number };
        self.reviews.add((original.id, package.review), (package.review, ""), weeks);
        self.versions.add((original.version, package.version), (package.review, ""), weeks);
        self.numbers.push(number);
        self.mccrs_numbers.push(mccrs_number(&key));
        self.names.add(&original.name, format!("MCR-{key}{}", original.programs));
        self.months.push(months(weeks));
        package
    }

    /// The drafts: review, version, programs and documents.
    pub async fn insert(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into contract_review (id, state_code, number, kind, name, effective_from, last_activity_state_at)
             select copy.id, r.state_code, copy.number, r.kind, copy.name,
                    (r.effective_from + make_interval(months => copy.months))::date,
                    s.created_at + make_interval(weeks => copy.weeks)
               from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::int[], $7::int[])
                    as copy (original, version, id, number, name, months, weeks)
               join contract_review r on r.id = copy.original
               join contract_submission s on s.id = copy.version",
            &self.reviews.originals,
            &self.versions.originals,
            &self.reviews.copies,
            &self.numbers,
            &self.names.after,
            &self.months,
            &self.reviews.weeks,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into contract_submission (id, contract_review_id, revision, contract_data, form_version, created_at, created_by)
             select copy.id, copy.review, s.revision,
                    s.contract_data || jsonb_build_object(
                      'contract_date_start', ((s.contract_data->>'contract_date_start')::date + copy.later)::date,
                      'contract_date_end', ((s.contract_data->>'contract_date_end')::date + 1 + copy.later)::date - 1),
                    s.form_version, s.created_at + make_interval(weeks => copy.weeks), s.created_by
               from (select *, make_interval(months => months) as later
                       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::int[])
                            as one (original, review, id, months, weeks)) copy
               join contract_submission s on s.id = copy.original",
            &self.versions.originals,
            &self.versions.subjects,
            &self.versions.copies,
            &self.months,
            &self.versions.weeks,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "insert into contract_review_program (contract_review_id, program_id)
             select copy.id, p.program_id
               from unnest($1::uuid[], $2::uuid[]) as copy (original, id)
               join contract_review_program p on p.contract_review_id = copy.original",
            &self.reviews.originals,
            &self.reviews.copies,
        )
        .execute(&mut *conn)
        .await?;
        documents::copy(conn, &self.versions, &self.names).await
    }

    /// Sends those whose originals were sent. Their rates were sent before.
    pub async fn submit(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "update contract_submission sent
                set submitted_at = s.submitted_at + make_interval(weeks => copy.weeks), submitted_by = s.submitted_by,
                    submit_reason = s.submit_reason, led_to = s.led_to
               from unnest($1::uuid[], $2::uuid[], $3::int[]) as copy (original, id, weeks)
               join contract_submission s on s.id = copy.original
              where sent.id = copy.id and s.submitted_at is not null",
            &self.versions.originals,
            &self.versions.copies,
            &self.versions.weeks,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "update contract_review r
                set status = s.led_to, sent_revision = s.revision, first_submitted_at = s.submitted_at,
                    last_submitted_at = s.submitted_at, last_activity_cms_at = s.submitted_at
               from unnest($1::uuid[]) as copy (version) join contract_submission s on s.id = copy.version
              where r.id = s.contract_review_id and s.submitted_at is not null",
            &self.versions.copies,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Gives those whose originals have one a number of the contract review system, each its own.
    pub async fn note_numbers(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "update contract_review r set mccrs_number = copy.mccrs_number
               from unnest($1::uuid[], $2::uuid[], $3::text[]) as copy (original, id, mccrs_number)
               join contract_review o on o.id = copy.original
              where r.id = copy.id and o.mccrs_number is not null",
            &self.reviews.originals,
            &self.reviews.copies,
            &self.mccrs_numbers,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Approves those whose originals are approved.
    pub async fn approve(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "update contract_review r set status = o.status, released_on = o.released_on + 7 * copy.weeks
               from unnest($1::uuid[], $2::uuid[], $3::int[]) as copy (original, id, weeks)
               join contract_review o on o.id = copy.original
              where r.id = copy.id and o.status = 'approved'",
            &self.reviews.originals,
            &self.reviews.copies,
            &self.reviews.weeks,
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}
