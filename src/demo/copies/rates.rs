//! The rates that are copied with their contracts: drafted and sent in their packages.

use serde_json::Value;
use sqlx::PgConnection;
use time::{Date, Duration};
use uuid::Uuid;

use super::contracts::{Package, months};
use super::documents::{self, Names};
use super::history::Rows;
use super::originals::OriginalRate;
use crate::demo::answers::months_later;
use crate::domain::clock::Clock;
use crate::domain::forms::{Programs, RateForm, write};
use crate::domain::key::RateKey;

/// One entry of each list per copy.
#[derive(Default)]
pub struct Rates {
    /// The rate reviews.
    pub reviews: Rows,
    versions: Rows,
    numbers: Vec<i32>,
    names: Names,
    parents: Vec<Uuid>,
    packages: Vec<Uuid>,
    answers: Vec<Value>,
    form_versions: Vec<i32>,
}

/// The answers of a copy that is so many weeks later. Periods stay those of whole months, as the contract's do; what
/// was certified before it was sent still is.
fn moved(form: &RateForm, weeks: i32) -> RateForm {
    let first_day = |day: Date| months_later(day, months(weeks));
    let last_day = |day: Date| months_later(day + Duration::DAY, months(weeks)) - Duration::DAY;
    let mut form = form.clone();
    let answers = &mut form.answers;
    answers.rate_date_start = answers.rate_date_start.map(first_day);
    answers.rate_date_end = answers.rate_date_end.map(last_day);
    answers.rate_date_certified = answers.rate_date_certified.map(|day| day + Duration::weeks(weeks.into()));
    answers.amendment_effective_date_start = answers.amendment_effective_date_start.map(first_day);
    answers.amendment_effective_date_end = answers.amendment_effective_date_end.map(last_day);
    form
}

impl Rates {
    /// A copy of a rate in the package of the copied contract, under this number. Gives its row's key and its own.
    pub fn add(
        &mut self,
        clock: &Clock,
        (state_code, programs): (&str, &Programs),
        original: &OriginalRate,
        package: Package,
        weeks: i32,
        number: i32,
    ) -> (Uuid, String) {
        let (review, version) = (clock.new_id(), clock.new_id());
        let key = RateKey { state_code: state_code.to_owned(), number }.to_string();
        let form = moved(&original.form, weeks);
        let (answers, form_version) = write(&form);
        self.reviews.add((original.id, review), (review, &key), weeks);
        self.versions.add((original.version, version), (review, &key), weeks);
        self.numbers.push(number);
        self.names.add(&original.name, form.name(state_code, programs));
        self.parents.push(package.review);
        self.packages.push(package.version);
        self.answers.push(answers);
        self.form_versions.push(form_version);
        (review, key)
    }

    /// The drafts: review, version, programs, documents, and the place in the package.
    pub async fn insert(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        self.insert_reviews(conn).await?;
        self.insert_versions(conn).await?;
        sqlx::query!(
            "insert into rate_review_program (rate_review_id, program_id)
             select copy.id, p.program_id
               from unnest($1::uuid[], $2::uuid[]) as copy (original, id)
               join rate_review_program p on p.rate_review_id = copy.original",
            &self.reviews.originals,
            &self.reviews.copies,
        )
        .execute(&mut *conn)
        .await?;
        documents::copy(conn, &self.versions, &self.names).await?;
        sqlx::query!(
            "insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
             select copy.package, r.parent_id, r.state_code, r.id,
                    row_number() over (partition by copy.package order by p.position)
               from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as copy (original, id, package)
               join rate_review r on r.id = copy.id
               join rate_submission s on s.id = copy.original
               join package_rate p on p.rate_review_id = s.rate_review_id and p.contract_submission_id = s.contract_submission_id",
            &self.versions.originals,
            &self.reviews.copies,
            &self.packages,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn insert_reviews(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into rate_review (id, state_code, number, name, parent_id, rating_from, rating_to, certified_on,
                                      amendment_from, last_activity_state_at)
             select copy.id, r.state_code, copy.number, copy.name, copy.parent,
                    (copy.answers ->> 'rate_date_start')::date, (copy.answers ->> 'rate_date_end')::date,
                    (copy.answers ->> 'rate_date_certified')::date,
                    (copy.answers ->> 'amendment_effective_date_start')::date,
                    s.created_at + make_interval(weeks => copy.weeks)
               from unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::uuid[], $6::jsonb[], $7::int[])
                    as copy (original, id, number, name, parent, answers, weeks)
               join rate_submission s on s.id = copy.original
               join rate_review r on r.id = s.rate_review_id",
            &self.versions.originals,
            &self.reviews.copies,
            &self.numbers,
            &self.names.after,
            &self.parents,
            &self.answers,
            &self.reviews.weeks,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn insert_versions(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version,
                                          created_at, created_by)
             select copy.id, copy.review, s.revision, copy.package, copy.answers, copy.form_version,
                    s.created_at + make_interval(weeks => copy.weeks), s.created_by
               from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::jsonb[], $6::int[], $7::int[])
                    as copy (original, id, review, package, answers, form_version, weeks)
               join rate_submission s on s.id = copy.original",
            &self.versions.originals,
            &self.versions.copies,
            &self.versions.subjects,
            &self.packages,
            &self.answers,
            &self.form_versions,
            &self.versions.weeks,
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Sends those whose originals were sent, and ties them to their packages.
    pub async fn submit(&self, conn: &mut PgConnection) -> sqlx::Result<()> {
        sqlx::query!(
            "update rate_submission sent
                set submitted_at = s.submitted_at + make_interval(weeks => copy.weeks), submitted_by = s.submitted_by,
                    submit_reason = s.submit_reason
               from unnest($1::uuid[], $2::uuid[], $3::int[]) as copy (original, id, weeks)
               join rate_submission s on s.id = copy.original
              where sent.id = copy.id and s.submitted_at is not null",
            &self.versions.originals,
            &self.versions.copies,
            &self.versions.weeks,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "update rate_review r
                set status = 'submitted', sent_revision = s.revision, first_submitted_at = s.submitted_at,
                    last_submitted_at = s.submitted_at, last_activity_cms_at = s.submitted_at
               from unnest($1::uuid[]) as copy (version) join rate_submission s on s.id = copy.version
              where r.id = s.rate_review_id and s.submitted_at is not null",
            &self.versions.copies,
        )
        .execute(&mut *conn)
        .await?;
        sqlx::query!(
            "update package_rate p set rate_submission_id = s.id
               from unnest($1::uuid[]) as copy (version) join rate_submission s on s.id = copy.version
              where p.contract_submission_id = s.contract_submission_id and p.rate_review_id = s.rate_review_id
                and s.submitted_at is not null",
            &self.versions.copies,
        )
        .execute(conn)
        .await?;
        Ok(())
    }
}
