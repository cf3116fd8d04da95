//! The rows of the list, as one statement reads them.

use sqlx::{FromRow, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};

use super::columns::SortBy;
use super::view::ListRow;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, SubmissionKind, Turn};
use crate::domain::role::{Department, Side};
use crate::web::list::{List, ListQuery, Reader, day_number, moment_number, push_programs, push_total};
use crate::web::paging::Cursor;

/// The list of submissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submissions;

/// A submission as the list shows it: to CMS from the version last sent, to a state with its open draft.
#[derive(Debug, FromRow)]
pub struct Row {
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
    #[sqlx(flatten)]
    pub cms: CmsColumns,
    /// How many submissions match.
    pub total: i64,
}

/// What CMS alone sees; not even read for a state.
#[derive(Debug, Default, FromRow)]
#[sqlx(default)]
pub struct CmsColumns {
    pub submission_type: Option<String>,
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

    const PATH: &'static str = "/submissions";
    const THING: &'static str = "submission";
    const TABLE: &'static str = "contract_review";

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

    fn headers(side: Side) -> &'static [(&'static str, Option<SortBy>)] {
        use SortBy as By;
        match side {
            Side::Cms => &[
                ("Submission", Some(By::Submission)),
                ("State", Some(By::State)),
                ("Kind", None),
                ("Submission type", None),
                ("Programs", None),
                ("Status", Some(By::Status)),
                ("Turn", None),
                ("Questions", None),
                ("Departments", None),
                ("First sent", Some(By::FirstSent)),
                ("Last activity", Some(By::LastActivity)),
                ("Days to effective date", Some(By::EffectiveFrom)),
            ],
            Side::State => &[
                ("Submission", Some(By::Submission)),
                ("Kind", None),
                ("Programs", None),
                ("Status", Some(By::Status)),
                ("Turn", None),
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
               select keys.*, r.id, r.kind, r.name, r.status, r.sent_revision, r.effective_from, r.first_submitted_at,
                      r.last_submitted_at, turn_of(r) as turn,
                      (select count(*) from question_page q where q.page_id = r.id and q.status = 'open') as open_rounds,
                      (select count(*) from question_page q where q.page_id = r.id and q.status = 'answered') as answered_rounds, ",
        );
        sql.push(if cms { "r.last_activity_cms_at" } else { "r.last_activity_state_at" });
        sql.push(" as last_activity_at from keys join contract_review r using (state_code, number)), ");
        push_programs::<Self>(sql, reader);
        sql.push(" select page.*, s.name as state_name, programs.program_names, programs.programs_retired, ");
        if cms {
            sql.push("sent.contract_data ->> 'submission_type' as submission_type, work.*, ");
        }
        push_total(sql, reader, query);
        sql.push(" from page join state s on s.code = page.state_code left join programs on programs.id = page.id");
        if cms {
            sql.push(
                " join contract_submission sent on sent.contract_review_id = page.id and sent.revision = page.sent_revision
                 cross join lateral (
                   select array_agg(d.department) as departments, array_agg(d.status) as department_statuses,
                          array_agg(d.decided_revision) as decided_revisions,
                          array_agg(coalesce(d.decided_revision = d.sent_revision, false)) as decided_current
                     from (select d.department, d.status, d.decided_revision, page.sent_revision
                             from department_review d where d.contract_review_id = page.id
                           union all
                           select d.department, d.status, d.decided_revision, rate.sent_revision
                             from rate_review rate join department_review d on d.rate_review_id = rate.id
                            where rate.parent_id = page.id and rate.status <> 'withdrawn') d) work",
            );
        }
    }

    fn cursor(row: &Row, sort: SortBy) -> Cursor<SubmissionKey> {
        let value = match sort {
            SortBy::Submission | SortBy::State => None,
            SortBy::Status => Some(row.status as i64),
            SortBy::FirstSent => row.first_submitted_at.map(moment_number),
            SortBy::LastActivity => Some(moment_number(row.last_activity_at)),
            SortBy::EffectiveFrom => row.effective_from.map(day_number),
        };
        Cursor { value, key: row.key() }
    }

    fn total(row: &Row) -> i64 {
        row.total
    }

    fn cells(row: Row, side: Side, today: Date) -> Vec<String> {
        ListRow::of(row, side, today).cells(side)
    }
}
