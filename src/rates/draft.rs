//! The rates of an open draft: adding one, linking one, ordering, saving, removing. Whoever calls has locked the
//! contract review, and saves the draft in the same transaction so that its version grows.

use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::package::{DraftRate, RateDraft};
use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::forms::{Change, Form, MOST_RATES, Programs, RateForm, changes, write};
use crate::domain::id::{ContractReviewId, ContractSubmissionId, RateReviewId, RateSubmissionId};
use crate::domain::key::{RateKey, SubmissionKey};
use crate::domain::permission::StateUser;
use crate::history::{Actor, Happening, Row, record};
use crate::web::{Error, Result};

/// The draft that rates are put into.
#[derive(Clone, Copy, Debug)]
pub struct DraftPackage<'a> {
    /// The contract review.
    pub review: ContractReviewId,
    /// Its open version.
    pub submission: ContractSubmissionId,
    /// Its address.
    pub key: &'a SubmissionKey,
}

impl DraftPackage<'_> {
    /// Whether a rate is a child of the submission, and not linked.
    fn owns(&self, rate: &DraftRate) -> bool {
        rate.parent == *self.key
    }
}

/// What adding a rate came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was added, last in order.
    Now(RateKey),
    /// The same request had come before; this is its rate.
    Before(RateKey),
    /// The draft has as many rates as it can.
    TooMany,
}

/// Adds a rate of the draft's own, under the key that its page was drawn with, and takes its number.
///
/// # Errors
/// When the database fails, or the key is that of something else.
pub async fn add(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    package: DraftPackage<'_>,
    id: RateReviewId,
    form: &RateForm,
) -> Result<Added> {
    let found = sqlx::query!(
        "select state_code, number, parent_id as \"parent: ContractReviewId\" from rate_review where id = $1",
        id as _
    )
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(found) = found {
        let own = found.parent == package.review;
        let key = RateKey { state_code: found.state_code, number: found.number };
        return if own { Ok(Added::Before(key)) } else { Err(Error::unprocessable("The form is out of date.")) };
    }
    let Some(position) = next_position(conn, package).await? else { return Ok(Added::TooMany) };
    let number = sqlx::query_scalar!(
        "update state set last_rate_number = last_rate_number + 1 where code = $1 returning last_rate_number",
        package.key.state_code,
    )
    .fetch_one(&mut *conn)
    .await?;
    let key = RateKey { state_code: package.key.state_code.clone(), number };
    let now = clock.now();
    sqlx::query!(
        "insert into rate_review (id, state_code, number, name, parent_id, last_activity_state_at) values ($1, $2, $3, $4, $5, $6)",
        id as _,
        key.state_code,
        key.number,
        form.name(&package.key.state_code, &Programs::default()),
        package.review as _,
        now,
    )
    .execute(&mut *conn)
    .await?;
    insert_first_version(conn, clock, proof, package, id, form).await?;
    insert_into_package(conn, package, id, position).await?;
    let row = Row { table: "rate_review", id: id.0, status: (None, Some("draft")), version: (None, 1) };
    tell(conn, clock, proof, Kind::Created, row).await?;
    Ok(Added::Now(key))
}

async fn insert_first_version(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    package: DraftPackage<'_>,
    rate: RateReviewId,
    form: &RateForm,
) -> Result<()> {
    let (document, form_version) = write(form);
    sqlx::query!(
        "insert into rate_submission (id, rate_review_id, revision, contract_submission_id, rate_data, form_version, created_at, created_by)
         values ($1, $2, 1, $3, $4, $5, $6, $7)",
        clock.new_id::<RateSubmissionId>() as _,
        rate as _,
        package.submission as _,
        document,
        form_version,
        clock.now(),
        proof.person.id as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

async fn insert_into_package(
    conn: &mut PgConnection,
    package: DraftPackage<'_>,
    rate: RateReviewId,
    position: i32,
) -> Result<()> {
    sqlx::query!(
        "insert into package_rate (contract_submission_id, contract_review_id, state_code, rate_review_id, position)
         values ($1, $2, $3, $4, $5)",
        package.submission as _,
        package.review as _,
        package.key.state_code,
        rate as _,
        position,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The place after the last; none where the package is full.
async fn next_position(conn: &mut PgConnection, package: DraftPackage<'_>) -> Result<Option<i32>> {
    let row = sqlx::query!(
        r#"select count(*) as "rates!", coalesce(max(position), 0) as "last!" from package_rate where contract_submission_id = $1"#,
        package.submission as _,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.rates < MOST_RATES as i64).then_some(row.last + 1))
}

/// What linking a rate came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It is in the package now, last in order.
    Now(RateKey),
    /// It can't be sent with this draft: of another state, never sent, withdrawn, the draft's own, or there already.
    NotLinkable,
    /// The draft has as many rates as it can.
    TooMany,
}

/// Puts a rate that was sent before into the package. Its row is held until the transaction ends, so that it is not
/// withdrawn meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn link(conn: &mut PgConnection, package: DraftPackage<'_>, rate: RateReviewId) -> Result<Linked> {
    let found = sqlx::query_scalar!(
        "select number from rate_review r
          where id = $1 and state_code = $2 and parent_id <> $3 and status in ('submitted', 'unlocked', 'resubmitted')
            and not exists (select from package_rate p where p.contract_submission_id = $4 and p.rate_review_id = r.id)
            for share",
        rate as _,
        package.key.state_code,
        package.review as _,
        package.submission as _,
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(number) = found else { return Ok(Linked::NotLinkable) };
    let Some(position) = next_position(conn, package).await? else { return Ok(Linked::TooMany) };
    insert_into_package(conn, package, rate, position).await?;
    Ok(Linked::Now(RateKey { state_code: package.key.state_code.clone(), number }))
}

/// Takes a rate out of the package: a linked one leaves it, one of its own that was never sent is deleted with its
/// documents. The others close the gap. Gives `false` for one that was sent and has to stay.
///
/// # Errors
/// When the database fails.
pub async fn remove(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    package: DraftPackage<'_>,
    rate: &DraftRate,
) -> Result<bool> {
    if package.owns(rate) && rate.was_sent() {
        return Ok(false);
    }
    sqlx::query!(
        "delete from package_rate where contract_submission_id = $1 and rate_review_id = $2",
        package.submission as _,
        rate.id as _,
    )
    .execute(&mut *conn)
    .await?;
    if let Some(draft) = rate.own() {
        delete(conn, clock, proof, rate, draft).await?;
    }
    renumber(conn, package.submission).await?;
    Ok(true)
}

async fn delete(
    conn: &mut PgConnection,
    clock: &Clock,
    proof: StateUser<'_>,
    rate: &DraftRate,
    draft: &RateDraft,
) -> Result<()> {
    sqlx::query!("delete from document where rate_submission_id = $1", draft.id as _).execute(&mut *conn).await?;
    sqlx::query!("delete from rate_submission where id = $1", draft.id as _).execute(&mut *conn).await?;
    sqlx::query!("delete from rate_review_program where rate_review_id = $1", rate.id as _).execute(&mut *conn).await?;
    let version = sqlx::query_scalar!(
        "update rate_review
            set deleted_at = $2, name = $3, rating_from = null, rating_to = null, certified_on = null, amendment_from = null
          where id = $1 and version = $4 returning version",
        rate.id as _,
        clock.now(),
        format!("MCR-{}", rate.key),
        rate.version,
    )
    .fetch_one(&mut *conn)
    .await?;
    let row = Row {
        table: "rate_review",
        id: rate.id.0,
        status: (Some("draft"), Some("draft")),
        version: (Some(rate.version), version),
    };
    tell(conn, clock, proof, Kind::DraftDeleted, row).await
}

/// Gives the rates of a draft the places 1 to n without gaps, in the order that they have.
///
/// # Errors
/// When the database fails.
pub async fn renumber(conn: &mut PgConnection, draft: ContractSubmissionId) -> Result<()> {
    sqlx::query!(
        "update package_rate p set position = numbered.place
           from (select rate_review_id, row_number() over (order by position)::integer as place
                   from package_rate where contract_submission_id = $1) numbered
          where p.contract_submission_id = $1 and p.rate_review_id = numbered.rate_review_id and p.position <> numbered.place",
        draft as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts the rates of the package into this order.
///
/// # Errors
/// When the database fails.
pub async fn reorder(conn: &mut PgConnection, package: DraftPackage<'_>, order: &[RateReviewId]) -> Result<()> {
    let ids: Vec<Uuid> = order.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update package_rate p set position = wanted.place
           from unnest($2::uuid[]) with ordinality as wanted (rate_review_id, place)
          where p.contract_submission_id = $1 and p.rate_review_id = wanted.rate_review_id and p.position <> wanted.place",
        package.submission as _,
        &ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Saves the answers of a rate's draft; until the rate is first sent, its name, programs and dates follow. Gives what
/// changed, as the record of the draft keeps it.
///
/// # Errors
/// When the database fails.
pub async fn save(
    conn: &mut PgConnection,
    rate: &DraftRate,
    draft: &RateDraft,
    form: &RateForm,
    programs: &Programs,
) -> Result<Vec<Change>> {
    let changed = changes(&draft.form, form);
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let (document, form_version) = write(form);
    sqlx::query!(
        "update rate_submission set rate_data = $2, form_version = $3 where id = $1",
        draft.id as _,
        document,
        form_version,
    )
    .execute(&mut *conn)
    .await?;
    if !rate.was_sent() {
        follow(conn, rate.id, &rate.key.state_code, form, programs).await?;
    }
    let of_rate = |change: Change| Change { key: path(&rate.key, &change.key), ..change };
    Ok(changed.into_iter().map(of_rate).collect())
}

/// The path of a rate's question in the record of a draft and in problems: `rates.MN-R0014.rate_type`.
pub fn path(key: &RateKey, field: &str) -> String {
    format!("rates.{key}.{field}")
}

/// Makes name, programs and dates of a rate what its form says, as far as its answers apply.
///
/// # Errors
/// When the database fails.
pub async fn follow(
    conn: &mut PgConnection,
    rate: RateReviewId,
    state_code: &str,
    form: &RateForm,
    programs: &Programs,
) -> Result<()> {
    let answers = form.applicable().answers;
    sqlx::query!(
        "update rate_review set name = $2, rating_from = $3, rating_to = $4, certified_on = $5, amendment_from = $6 where id = $1",
        rate as _,
        form.name(state_code, programs),
        answers.rate_date_start,
        answers.rate_date_end,
        answers.rate_date_certified,
        answers.amendment_effective_date_start,
    )
    .execute(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = answers.rate_program_ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "delete from rate_review_program where rate_review_id = $1 and program_id <> all($2)",
        rate as _,
        &ids
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into rate_review_program (rate_review_id, program_id) select $1, unnest($2::uuid[]) on conflict do nothing",
        rate as _,
        &ids,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What changed in the list of rates, for the record of the draft; none where nothing did.
pub fn list_change(before: &[DraftRate], after: &[DraftRate]) -> Option<Change> {
    let keys = |rates: &[DraftRate]| rates.iter().map(|rate| rate.key.to_string()).collect::<Vec<_>>();
    let (old, new) = (keys(before), keys(after));
    (old != new).then(|| Change { key: "rates".to_owned(), old: json!(old), new: json!(new) })
}

async fn tell(conn: &mut PgConnection, clock: &Clock, proof: StateUser<'_>, kind: Kind, row: Row) -> Result<()> {
    let happening =
        Happening { kind, subject: Subject::RateReview, subject_id: row.id, row, reason: None, details: json!({}) };
    Ok(record(conn, clock, &Actor::from(proof.person), happening).await?)
}

/// Locks the rates of a draft, in the order of their keys: who sends them holds them.
///
/// # Errors
/// When the database fails.
pub async fn lock(conn: &mut PgConnection, package: DraftPackage<'_>) -> Result<()> {
    sqlx::query!(
        "select id from rate_review where id in (select rate_review_id from package_rate where contract_submission_id = $1)
          order by id for update",
        package.submission as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(())
}
