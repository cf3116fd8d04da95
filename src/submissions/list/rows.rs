//! The rows of the list, as one statement reads them.

use sqlx::{FromRow, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::columns::{COLUMNS, SortBy};
use super::filters;
use super::view::ListRow;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, SubmissionKind, Turn};
use crate::domain::role::{Department, Side};
use crate::search::Thing;
use crate::web::cell::Cell;
use crate::web::list::{Column, Filter, Given, List, ListQuery, Reader, push_programs, push_total};
use crate::web::paging::{Cursor, day_number, moment_number};

/// The list of submissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submissions;

/// A submission as the list shows it: to CMS from the version last sent, to a state with its open draft.
#[derive(Debug, FromRow)]
pub struct Row {
    pub id: Uuid,
    pub state_code: String,
    pub number: i32,
    pub state_name: String,
    pub kind: SubmissionKind,
    pub name: String,
    pub status: ContractReviewStatus,
    pub effective_from: Option<Date>,
    pub first_submitted_at: Option<OffsetDateTime>,
    pub last_submitted_at: Option<OffsetDateTime>,
    pub last_activity_at: OffsetDateTime,
    pub turn: Turn,
    /// The rounds on it and on the rates of its package that go on.
    pub open_rounds: i64,
    pub answered_rounds: i64,
    /// The programs in the name, in no order, and whether each is retired.
    pub program_names: Option<Vec<String>>,
    pub programs_retired: Option<Vec<bool>>,
    pub submission_type: Option<String>,
    /// The version sent last.
    pub sent_revision: Option<i32>,
    #[sqlx(flatten)]
    pub chosen: ChosenColumns,
    #[sqlx(flatten)]
    pub cms: CmsColumns,
    /// How many submissions match.
    pub total: i64,
}

/// What is read only when its column was chosen.
#[derive(Debug, Default, FromRow)]
#[sqlx(default)]
pub struct ChosenColumns {
    pub contract_action: Option<String>,
    pub population_covered: Option<String>,
    pub dsnp_contract: Option<String>,
    pub contract_execution_status: Option<String>,
    /// The version that the state is writing.
    pub draft_revision: Option<i32>,
    /// How many rates are in the package.
    pub rates: Option<i64>,
    /// CMS alone.
    pub mccrs_number: Option<String>,
    /// CMS alone: "DMCO: Sam Lee", for each department in order.
    pub primaries: Option<Vec<String>>,
}

/// What CMS alone sees; not even read for a state.
#[derive(Debug, Default, FromRow)]
#[sqlx(default)]
pub struct CmsColumns {
    /// One entry for each department review of the contract and of its own rates.
    pub departments: Option<Vec<Department>>,
    pub department_statuses: Option<Vec<DepartmentReviewStatus>>,
    pub decided_revisions: Option<Vec<Option<i32>>>,
    /// Whether it was decided on the version of its subject that was sent last.
    pub decided_current: Option<Vec<bool>>,
}

impl Row {
    /// Its key.
    pub fn key(&self) -> SubmissionKey {
        SubmissionKey { state_code: self.state_code.clone(), number: self.number }
    }
}

impl List for Submissions {
    type Key = SubmissionKey;
    type Status = ContractReviewStatus;
    type SortBy = SortBy;
    type Row = Row;

    const NAME: &'static str = "submissions";
    const PATH: &'static str = "/submissions";
    const THING: &'static str = "submission";
    const SEARCHED: Thing = Thing::Submission;
    const TABLE: &'static str = "contract_review";

    fn reviewed_by() -> &'static [Department] {
        &Department::ALL
    }

    fn visible(side: Side) -> &'static [ContractReviewStatus] {
        match side {
            Side::Cms => &ContractReviewStatus::SENT,
            Side::State => &ContractReviewStatus::ALL,
        }
    }

    fn going_on() -> &'static [ContractReviewStatus] {
        use ContractReviewStatus::{Resubmitted, Submitted, Unlocked};
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
               select keys.*, r.id, r.kind, r.name, r.status, r.sent_revision, r.effective_from, r.first_submitted_at,
                      r.last_submitted_at, rounds.*, ",
        );
        sql.push(format_args!("t.{} as turn, ", filters::turn(reader.side)));
        if query.shows("mccrs") {
            sql.push("r.mccrs_number, ");
        }
        sql.push(filters::last_activity(reader.side));
        sql.push(
            " as last_activity_at
                from keys join contract_review r using (state_code, number)
                join contract_review_turn t on t.contract_review_id = r.id
               cross join lateral (
                 select count(*) filter (where q.status = 'open') as open_rounds,
                        count(*) filter (where q.status = 'answered') as answered_rounds
                   from question_page q where q.page_id = r.id and q.status <> 'closed') rounds), ",
        );
        push_programs::<Self>(sql, reader);
        sql.push(
            " select page.*, s.name as state_name, programs.program_names, programs.programs_retired, now.submission_type, ",
        );
        push_chosen(sql, query);
        if cms {
            sql.push("work.*, ");
        }
        push_total(sql, reader, query);
        sql.push(" from page join state s on s.code = page.state_code left join programs on programs.id = page.id");
        // The version that the side sees: a state its open draft, where there is one.
        sql.push(if cms {
            " left join contract_answers now on now.contract_review_id = page.id and now.revision = page.sent_revision"
        } else {
            " left join contract_answers now on now.contract_review_id = page.id and now.revision =
                (select max(v.revision) from contract_submission v where v.contract_review_id = page.id and v.discarded_at is null)"
        });
        if cms {
            push_work(sql, query);
        }
    }

    fn id(row: &Row) -> Uuid {
        row.id
    }

    fn name(row: &Row) -> &str {
        &row.name
    }

    fn cursor(row: &Row, sort: SortBy) -> Cursor<SubmissionKey> {
        let value = match sort {
            SortBy::Submission | SortBy::State => None,
            SortBy::Status => Some(row.status as i64),
            SortBy::FirstSent => row.first_submitted_at.map(moment_number),
            SortBy::LastSent => row.last_submitted_at.map(moment_number),
            SortBy::LastActivity => Some(moment_number(row.last_activity_at)),
            SortBy::EffectiveFrom => row.effective_from.map(day_number),
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

/// The columns that were chosen, from the version `now` that the side sees.
fn push_chosen(sql: &mut QueryBuilder<Postgres>, query: &ListQuery<Submissions>) {
    for (column, what) in [
        ("action", "now.contract_action, "),
        ("population", "now.population_covered, "),
        ("dsnp", "now.dsnp_contract, "),
        ("execution", "now.contract_execution_status, "),
        (
            "version",
            "case when page.status in ('draft', 'unlocked') and now.revision is distinct from page.sent_revision then now.revision end as draft_revision, ",
        ),
        ("rates", "(select count(*) from package_rate p where p.contract_submission_id = now.id) as rates, "),
    ] {
        if query.shows(column) {
            sql.push(what);
        }
    }
}

/// The department reviews of the contract and of its own rates.
fn push_work(sql: &mut QueryBuilder<Postgres>, query: &ListQuery<Submissions>) {
    sql.push(
        " cross join lateral (
           select array_agg(d.department) as departments, array_agg(d.status) as department_statuses,
                  array_agg(d.decided_revision) as decided_revisions,
                  array_agg(coalesce(d.decided_revision = d.sent_revision, false)) as decided_current",
    );
    if query.shows("primaries") {
        sql.push(
            ", (select array_agg(distinct p.department || ': ' || coalesce(a.given_name || ' ' || a.family_name, 'nobody'))
                  from department_review_page p left join account a on a.id = p.primary_reviewer_id
                 where p.page_id = page.id) as primaries",
        );
    }
    sql.push(
        " from (select d.department, d.status, d.decided_revision, page.sent_revision
                  from department_review d where d.contract_review_id = page.id
                union all
                select d.department, d.status, d.decided_revision, rate.sent_revision
                  from rate_review rate join department_review d on d.rate_review_id = rate.id
                 where rate.parent_id = page.id and rate.status <> 'withdrawn') d) work",
    );
}
