//! What was lived through and is to be copied.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::demo::story::REACH;
use crate::domain::forms::{RateForm, read};
use crate::domain::id::ContractReviewId;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::ContractReviewStatus;

/// Originals on which somebody still works move back at most so many weeks; else the past were full of open work.
const OPEN_WORK_WEEKS: i64 = 10;

/// A submission that was lived through.
pub struct Original {
    /// Its contract review.
    pub id: Uuid,
    /// Its version; there is one.
    pub version: Uuid,
    /// Its name.
    pub name: String,
    /// What its name has after its key.
    pub programs: String,
    /// When its first draft was made.
    pub begins: OffsetDateTime,
    /// The weeks, mostly negative, by which it can be moved.
    pub weeks: (i64, i64),
    /// The department reviews of the contract.
    pub reviews: Vec<Uuid>,
    /// Its own rates, in their order.
    pub rates: Vec<OriginalRate>,
}

/// A rate of its own.
pub struct OriginalRate {
    /// The rate review.
    pub id: Uuid,
    /// Its version.
    pub version: Uuid,
    /// Its name.
    pub name: String,
    /// What the state answered.
    pub form: RateForm,
    /// The department reviews of the rate.
    pub reviews: Vec<Uuid>,
}

/// Reads those that can be copied, in the order of their numbers: what was sent once, and what came of it. Nothing else
/// ever happened to them or to their rates.
pub async fn find(
    conn: &mut PgConnection,
    ids: &[ContractReviewId],
    now: OffsetDateTime,
) -> anyhow::Result<Vec<Original>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select r.id, s.id as version, r.state_code, r.number, r.name, r.status, told.begins as "begins!", told.ends as "ends!",
                  array(select d.id from department_review d where d.contract_review_id = r.id) as "reviews!"
             from contract_review r
             join contract_submission s on s.contract_review_id = r.id and s.revision = 1
            cross join lateral (
                  select min(e.at) as begins, max(e.at) as ends from event e
                   where e.subject_id in (select r.id union all select id from rate_review where parent_id = r.id)) told
            where r.id = any($1)
              and not exists (
                  select from event e
                   where e.subject_id in (select r.id union all select id from rate_review where parent_id = r.id)
                     and e.kind not in ('created', 'submitted', 'approved', 'mccrs_number_set', 'note_added', 'review_made',
                                        'review_started', 'review_signed_off', 'review_objected', 'review_reopened',
                                        'reviewers_changed'))
            order by r.number"#,
        &ids,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut originals = Vec::with_capacity(rows.len());
    for row in rows {
        let key = SubmissionKey { state_code: row.state_code, number: row.number };
        let earliest = (now - REACH - row.begins).whole_weeks().min(0);
        let latest = (now - row.ends).whole_weeks().max(0);
        let ended = matches!(row.status, ContractReviewStatus::Approved | ContractReviewStatus::NotSubjectToReview);
        originals.push(Original {
            id: row.id,
            version: row.version,
            programs: row.name.strip_prefix(&format!("MCR-{key}")).unwrap_or_default().to_owned(),
            name: row.name,
            begins: row.begins,
            weeks: if ended { (earliest, latest) } else { (earliest.max(-OPEN_WORK_WEEKS), latest) },
            reviews: row.reviews,
            rates: rates(conn, row.id).await?,
        });
    }
    Ok(originals)
}

async fn rates(conn: &mut PgConnection, parent: Uuid) -> anyhow::Result<Vec<OriginalRate>> {
    let rows = sqlx::query!(
        r#"select r.id, s.id as version, r.name, s.rate_data, s.form_version,
                  array(select d.id from department_review d where d.rate_review_id = r.id order by d.department) as "reviews!"
             from rate_review r
             join rate_submission s on s.rate_review_id = r.id and s.revision = 1
             join package_rate p on p.rate_review_id = r.id and p.contract_submission_id = s.contract_submission_id
            where r.parent_id = $1 order by p.position"#,
        parent,
    )
    .fetch_all(conn)
    .await?;
    let mut rates = Vec::with_capacity(rows.len());
    for row in rows {
        let form = read(&RateForm::blank(true), row.rate_data, row.form_version)?;
        rates.push(OriginalRate { id: row.id, version: row.version, name: row.name, form, reviews: row.reviews });
    }
    Ok(rates)
}
