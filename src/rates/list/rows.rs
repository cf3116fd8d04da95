//! The rows of the list, as one statement reads them.

use sqlx::{FromRow, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};

use super::columns::SortBy;
use super::view::ListRow;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, RateReviewStatus};
use crate::domain::role::Side;
use crate::web::list::{List, ListQuery, Reader, day_number, moment_number, push_programs, push_total};
use crate::web::paging::Cursor;

/// The list of rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates;

/// A rate as the list shows it: from the version last sent.
#[derive(Debug, FromRow)]
pub struct Row {
    pub state_code: String,
    pub number: i32,
    pub state_name: String,
    pub name: String,
    pub status: RateReviewStatus,
    pub rate_type: Option<String>,
    pub rating_from: Option<Date>,
    pub rating_to: Option<Date>,
    /// The submission that it belongs to, of the same state.
    pub parent_number: i32,
    pub parent_status: ContractReviewStatus,
    pub first_submitted_at: OffsetDateTime,
    pub last_activity_at: OffsetDateTime,
    /// The rounds on it that go on.
    pub open_rounds: i64,
    pub answered_rounds: i64,
    /// The programs in the name, in no order, and whether each is retired.
    pub program_names: Option<Vec<String>>,
    pub programs_retired: Option<Vec<bool>>,
    #[sqlx(flatten)]
    pub cms: CmsColumns,
    /// How many rates match.
    pub total: i64,
}

/// What CMS alone sees; not even read for a state. A status, and the version that was decided on.
#[derive(Debug, Default, FromRow)]
#[sqlx(default)]
pub struct CmsColumns {
    pub dmcp_status: Option<DepartmentReviewStatus>,
    pub dmcp_revision: Option<i32>,
    pub oact_status: Option<DepartmentReviewStatus>,
    pub oact_revision: Option<i32>,
}

impl Row {
    /// Its key.
    pub fn key(&self) -> RateKey {
        RateKey { state_code: self.state_code.clone(), number: self.number }
    }
}

impl List for Rates {
    type Key = RateKey;
    type Status = RateReviewStatus;
    type SortBy = SortBy;
    type Row = Row;

    const PATH: &'static str = "/rates";
    const THING: &'static str = "rate";
    const TABLE: &'static str = "rate_review";

    fn visible(_: Side) -> &'static [RateReviewStatus] {
        &RateReviewStatus::SENT
    }

    fn going_on() -> &'static [RateReviewStatus] {
        use RateReviewStatus::{Resubmitted, Submitted, Unlocked};
        &[Submitted, Unlocked, Resubmitted]
    }

    fn headers(side: Side) -> &'static [(&'static str, Option<SortBy>)] {
        use SortBy as By;
        match side {
            Side::Cms => &[
                ("Rate", Some(By::Rate)),
                ("State", Some(By::State)),
                ("Programs", None),
                ("Type", None),
                ("Rating period from", Some(By::RatingFrom)),
                ("Rating period to", Some(By::RatingTo)),
                ("Submission", None),
                ("Status", Some(By::Status)),
                ("DMCP", None),
                ("OACT", None),
                ("Questions", None),
                ("First sent", Some(By::FirstSent)),
                ("Last activity", Some(By::LastActivity)),
            ],
            Side::State => &[
                ("Rate", Some(By::Rate)),
                ("Programs", None),
                ("Type", None),
                ("Rating period from", Some(By::RatingFrom)),
                ("Rating period to", Some(By::RatingTo)),
                ("Submission", None),
                ("Status", Some(By::Status)),
                ("Questions", None),
                ("First sent", Some(By::FirstSent)),
                ("Last activity", Some(By::LastActivity)),
            ],
        }
    }

    fn select(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<Self>) {
        let cms = reader.side == Side::Cms;
        sql.push(
            "page as (
               select keys.*, r.id, r.name, r.status, r.sent_revision, r.parent_id, r.rating_from, r.rating_to,
                      r.first_submitted_at,
                      (select count(*) from question q where q.rate_review_id = r.id and q.status = 'open') as open_rounds,
                      (select count(*) from question q where q.rate_review_id = r.id and q.status = 'answered') as answered_rounds, ",
        );
        sql.push(if cms { "r.last_activity_cms_at" } else { "r.last_activity_state_at" });
        sql.push(" as last_activity_at from keys join rate_review r using (state_code, number)), ");
        push_programs::<Self>(sql, reader);
        sql.push(
            " select page.*, s.name as state_name, programs.program_names, programs.programs_retired,
                     sent.rate_data ->> 'rate_type' as rate_type, parent.number as parent_number, parent.status as parent_status, ",
        );
        if cms {
            sql.push(
                "dmcp.status as dmcp_status, dmcp.decided_revision as dmcp_revision,
                 oact.status as oact_status, oact.decided_revision as oact_revision, ",
            );
        }
        push_total(sql, reader, query);
        sql.push(
            " from page join state s on s.code = page.state_code
              join contract_review parent on parent.id = page.parent_id
              join rate_submission sent on sent.rate_review_id = page.id and sent.revision = page.sent_revision
              left join programs on programs.id = page.id",
        );
        if cms {
            sql.push(
                " left join department_review dmcp on dmcp.rate_review_id = page.id and dmcp.department = 'DMCP'
                  left join department_review oact on oact.rate_review_id = page.id and oact.department = 'OACT'",
            );
        }
    }

    fn cursor(row: &Row, sort: SortBy) -> Cursor<RateKey> {
        let value = match sort {
            SortBy::Rate | SortBy::State => None,
            SortBy::RatingFrom => row.rating_from.map(day_number),
            SortBy::RatingTo => row.rating_to.map(day_number),
            SortBy::Status => Some(row.status as i64),
            SortBy::FirstSent => Some(moment_number(row.first_submitted_at)),
            SortBy::LastActivity => Some(moment_number(row.last_activity_at)),
        };
        Cursor { value, key: row.key() }
    }

    fn total(row: &Row) -> i64 {
        row.total
    }

    fn cells(row: Row, side: Side, _: Date) -> Vec<String> {
        ListRow::of(row, side).cells(side)
    }
}
