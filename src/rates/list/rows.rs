//! The rows of the list, as one statement reads them.

use sqlx::{FromRow, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::columns::{COLUMNS, SortBy};
use super::filters;
use super::view::ListRow;
use crate::domain::key::RateKey;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, RateReviewStatus};
use crate::domain::role::{Department, Side};
use crate::search::Thing;
use crate::web::cell::Cell;
use crate::web::list::{Column, Filter, Given, List, ListQuery, Reader, push_programs, push_total};
use crate::web::paging::{Cursor, day_number, moment_number};

/// The list of rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates;

/// A rate as the list shows it: from the version last sent.
#[derive(Debug, FromRow)]
pub struct Row {
    pub id: Uuid,
    pub state_code: String,
    pub number: i32,
    pub state_name: String,
    pub name: String,
    pub status: RateReviewStatus,
    pub rate_type: Option<String>,
    pub rating_from: Option<Date>,
    pub rating_to: Option<Date>,
    pub certified_on: Option<Date>,
    pub amendment_from: Option<Date>,
    /// The version sent last.
    pub sent_revision: i32,
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
    pub chosen: ChosenColumns,
    #[sqlx(flatten)]
    pub cms: CmsColumns,
    /// How many rates match.
    pub total: i64,
}

/// What is read only when its column was chosen.
#[derive(Debug, Default, FromRow)]
#[sqlx(default)]
pub struct ChosenColumns {
    /// The numbers of other submissions of the state whose package holds it.
    pub also_in: Option<Vec<i32>>,
    pub rate_capitation_type: Option<String>,
    /// Of the first certifying actuary.
    pub firm: Option<String>,
    pub other_firm: Option<String>,
    /// CMS alone: "DMCP: Owen Park", for each department in order.
    pub primaries: Option<Vec<String>>,
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

    const NAME: &'static str = "rates";
    const PATH: &'static str = "/rates";
    const THING: &'static str = "rate";
    const SEARCHED: Thing = Thing::Rate;
    const TABLE: &'static str = "rate_review";

    fn reviewed_by() -> &'static [Department] {
        &[Department::Dmcp, Department::Oact]
    }

    fn visible(_: Side) -> &'static [RateReviewStatus] {
        &RateReviewStatus::SENT
    }

    fn going_on() -> &'static [RateReviewStatus] {
        use RateReviewStatus::{Resubmitted, Submitted, Unlocked};
        &[Submitted, Unlocked, Resubmitted]
    }

    fn columns() -> &'static [Column<SortBy>] {
        COLUMNS
    }

    fn filters() -> &'static [Filter] {
        filters::FILTERS
    }

    fn push_filter(sql: &mut QueryBuilder<Postgres>, name: &str, given: &Given, reader: Reader<'_>) {
        filters::push(sql, name, given, reader);
    }

    fn select(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<Self>) {
        let cms = reader.side == Side::Cms;
        sql.push(
            "page as (
               select keys.*, r.id, r.name, r.status, r.sent_revision, r.parent_id, r.rating_from, r.rating_to, r.certified_on,
                      r.amendment_from, r.first_submitted_at, rounds.*, ",
        );
        sql.push(if cms { "r.last_activity_cms_at" } else { "r.last_activity_state_at" });
        sql.push(
            " as last_activity_at
                from keys join rate_review r using (state_code, number)
               cross join lateral (
                 select count(*) filter (where q.status = 'open') as open_rounds,
                        count(*) filter (where q.status = 'answered') as answered_rounds
                   from question q where q.rate_review_id = r.id and q.status <> 'closed' and q.removed_at is null) rounds), ",
        );
        push_programs::<Self>(sql, reader);
        sql.push(
            " select page.*, s.name as state_name, programs.program_names, programs.programs_retired,
                     sent.rate_type, parent.number as parent_number, parent.status as parent_status, ",
        );
        if cms {
            sql.push(
                "dmcp.status as dmcp_status, dmcp.decided_revision as dmcp_revision,
                 oact.status as oact_status, oact.decided_revision as oact_revision, ",
            );
        }
        push_chosen(sql, reader.side, query);
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

    fn id(row: &Row) -> Uuid {
        row.id
    }

    fn name(row: &Row) -> &str {
        &row.name
    }

    fn cursor(row: &Row, sort: SortBy) -> Cursor<RateKey> {
        let value = match sort {
            SortBy::Rate | SortBy::State => None,
            SortBy::RatingFrom => row.rating_from.map(day_number),
            SortBy::RatingTo => row.rating_to.map(day_number),
            SortBy::Status => Some(row.status as i64),
            SortBy::Certified => row.certified_on.map(day_number),
            SortBy::AmendmentFrom => row.amendment_from.map(day_number),
            SortBy::FirstSent => Some(moment_number(row.first_submitted_at)),
            SortBy::LastActivity => Some(moment_number(row.last_activity_at)),
        };
        Cursor { value, key: row.key() }
    }

    fn total(row: &Row) -> i64 {
        row.total
    }

    fn cells(row: Row, query: &ListQuery<Self>, reader: Reader<'_>) -> Vec<Cell> {
        ListRow::of(row, reader.side, reader.today).cells(query)
    }
}

/// The columns that were chosen.
fn push_chosen(sql: &mut QueryBuilder<Postgres>, side: Side, query: &ListQuery<Rates>) {
    if query.shows("capitation") {
        sql.push("sent.rate_capitation_type, ");
    }
    if query.shows("firm") {
        sql.push(
            "sent.rate_data -> 'certifying_actuaries' -> 0 ->> 'actuarial_firm' as firm,
             sent.rate_data -> 'certifying_actuaries' -> 0 ->> 'actuarial_firm_other' as other_firm, ",
        );
    }
    if query.shows("primaries") {
        sql.push(
            "(select array_agg(d.department || ': ' || coalesce(a.given_name || ' ' || a.family_name, 'nobody') order by d.department)
                from department_review d left join account a on a.id = d.primary_reviewer_id
               where d.rate_review_id = page.id) as primaries, ",
        );
    }
    if query.shows("also") {
        // A state's open draft holds rates too; CMS knows of what was sent.
        sql.push(
            "(select array_agg(distinct c.number)
                from package_rate p join contract_submission v on v.id = p.contract_submission_id
                join contract_review c on c.id = v.contract_review_id
               where p.rate_review_id = page.id and c.id <> page.parent_id and c.deleted_at is null and v.discarded_at is null
                 and (v.revision = c.sent_revision",
        );
        sql.push(if side == Side::State { " or v.submitted_at is null" } else { "" });
        sql.push(")) as also_in, ");
    }
}
