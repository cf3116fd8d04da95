//! Reading a page of the list: one statement, so that rows and count are of one moment.

use std::fmt::Display;

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};

use super::columns::{SortBy, Value, day_number, moment_number};
use super::lanes::{Lanes, Reading};
use super::query::{ListQuery, StateName};
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus, SubmissionKind};
use crate::domain::role::{Department, Side};
use crate::web::paging::{Cursor, Page};

/// A submission as the list shows it: to CMS from the version last sent, to a state with its open draft.
#[derive(Debug, FromRow)]
pub struct Row {
    pub state_code: String,
    pub number: i32,
    pub state_name: String,
    pub kind: SubmissionKind,
    pub name: String,
    pub status: ContractReviewStatus,
    pub sent_revision: Option<i32>,
    pub effective_from: Option<Date>,
    pub first_submitted_at: Option<OffsetDateTime>,
    pub last_submitted_at: Option<OffsetDateTime>,
    pub last_activity_at: OffsetDateTime,
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
    /// One entry for each department review.
    pub departments: Option<Vec<Department>>,
    pub department_statuses: Option<Vec<DepartmentReviewStatus>>,
    pub decided_revisions: Option<Vec<Option<i32>>>,
}

impl Row {
    /// Its key.
    pub fn key(&self) -> SubmissionKey {
        SubmissionKey { state_code: self.state_code.clone(), number: self.number }
    }

    fn cursor(&self, sort: SortBy) -> Cursor {
        let value = match sort {
            SortBy::Submission | SortBy::State => None,
            SortBy::Status => Some(self.status as i64),
            SortBy::FirstSent => self.first_submitted_at.map(moment_number),
            SortBy::LastActivity => Some(moment_number(self.last_activity_at)),
            SortBy::EffectiveFrom => self.effective_from.map(day_number),
        };
        Cursor { value, key: self.key() }
    }
}

/// Who reads: their side, the state of a state user, all states in order of their names (for CMS), and the day.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    pub side: Side,
    pub own_state: Option<&'a str>,
    pub states: &'a [StateName],
    pub today: Date,
}

/// The page that the query asks for, and how many submissions match in all.
///
/// # Errors
/// When the database fails.
pub async fn page(conn: &mut PgConnection, reader: Reader<'_>, query: &ListQuery) -> sqlx::Result<(Page<Row>, i64)> {
    let rows: Vec<Row> = statement(reader, query).build_query_as().fetch_all(&mut *conn).await?;
    let total = match rows.first() {
        Some(row) => row.total,
        None => {
            let mut count = QueryBuilder::new("select ");
            push_total(&mut count, reader, query);
            count.build_query_scalar().fetch_one(conn).await?
        }
    };
    Ok((Page::of(rows, query.size, &query.position, |row| row.cursor(query.sort)), total))
}

/// The statement: the keys of the page from the lanes, then what belongs to those few.
fn statement(reader: Reader<'_>, query: &ListQuery) -> QueryBuilder<Postgres> {
    let reading = Reading::of(query, reader.side, reader.own_state, reader.states);
    let cms = reader.side == Side::Cms;
    let mut sql = QueryBuilder::new("with keys as (");
    push_keys(&mut sql, &reading, query.size + 1);
    sql.push(
        "), page as (
           select keys.*, r.id, r.kind, r.name, r.status, r.sent_revision, r.effective_from, r.first_submitted_at,
                  r.last_submitted_at, ",
    );
    sql.push(if cms { "r.last_activity_cms_at" } else { "r.last_activity_state_at" });
    sql.push(
        " as last_activity_at
             from keys join contract_review r using (state_code, number)
         ), programs as (
           select page.id, array_agg(p.name) as program_names, array_agg(coalesce(p.retired_on <= ",
    );
    sql.push_bind(reader.today);
    sql.push(
        ", false)) as programs_retired
             from page join contract_review_program c on c.contract_review_id = page.id join program p on p.id = c.program_id
            group by page.id
         )
         select page.*, s.name as state_name, programs.program_names, programs.programs_retired, ",
    );
    if cms {
        sql.push("sent.contract_data ->> 'submission_type' as submission_type, work.*, ");
    }
    push_total(&mut sql, reader, query);
    sql.push(" from page join state s on s.code = page.state_code left join programs on programs.id = page.id");
    if cms {
        sql.push(
            " join contract_submission sent on sent.contract_review_id = page.id and sent.revision = page.sent_revision
             cross join lateral (
               select array_agg(d.department) as departments, array_agg(d.status) as department_statuses,
                      array_agg(d.decided_revision) as decided_revisions
                 from department_review d where d.contract_review_id = page.id) work",
        );
    }
    push_order(&mut sql, &reading, "page");
    sql
}

/// The exact number of matches, from the counts that the database keeps.
fn push_total(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery) {
    sql.push("(select coalesce(sum(reviews), 0)::bigint from contract_review_tally where status = any(");
    sql.push_bind(query.wanted_statuses(reader.side).to_vec()).push(")");
    if let Some(own) = reader.own_state {
        sql.push(" and state_code = ").push_bind(own.to_owned());
    } else if !query.states.is_empty() {
        sql.push(" and state_code = any(").push_bind(query.states.clone()).push(")");
    }
    sql.push(") as total");
}

fn push_keys(sql: &mut QueryBuilder<Postgres>, reading: &Reading, limit: usize) {
    push_lanes(sql, reading, &reading.filled, false, limit);
    if !reading.blank.ranks.is_empty() {
        sql.push(" union all ");
        push_lanes(sql, reading, &reading.blank, true, limit);
    }
    push_order(sql, reading, "");
    sql.push(" limit ").push(limit);
}

/// The rows of a part of the list, by rank: at most a page from each lane.
fn push_lanes(sql: &mut QueryBuilder<Postgres>, reading: &Reading, lanes: &Lanes, blank: bool, limit: usize) {
    let column = reading.order.column();
    let direction = direction(reading);
    sql.push("select lane.rank, found.* from (select * from unnest(");
    sql.push_bind(lanes.ranks.clone()).push(", ").push_bind(lanes.statuses.clone()).push(", ");
    sql.push_bind(lanes.states.clone()).push(", ").push_bind(lanes.from_states.clone()).push(", ");
    sql.push_bind(lanes.from_numbers.clone());
    sql.push(") as lane (rank, status, state_code, from_state, from_number) order by rank) lane cross join lateral (");
    sql.push("select ");
    if let Some(column) = column {
        sql.push(format_args!("r.{column} as value, "));
    }
    sql.push("r.state_code, r.number from contract_review r where r.deleted_at is null and r.status = lane.status");
    if reading.by_state {
        sql.push(" and r.state_code = lane.state_code");
    }
    push_beginning(sql, reading, blank);
    sql.push(" order by ");
    if let Some(column) = column {
        sql.push(format_args!("r.{column} {direction}, "));
    }
    if !reading.by_state {
        sql.push(format_args!("r.state_code {direction}, "));
    }
    sql.push(format_args!("r.number {direction} limit {limit}) found"));
}

/// Where the rows of a lane begin: after the value and key of the cursor, in the terms of the index.
fn push_beginning(sql: &mut QueryBuilder<Postgres>, reading: &Reading, blank: bool) {
    let follows = if reading.ascending { ">" } else { "<" };
    let (key, from_key) = if reading.by_state {
        ("r.number", "lane.from_number")
    } else {
        ("r.state_code, r.number", "lane.from_state, lane.from_number")
    };
    match (reading.order.column(), reading.from_value) {
        (Some(column), Some(value)) if !blank => {
            sql.push(format_args!(" and (r.{column}, {key}) {follows} ("));
            match value {
                Value::Moment(at) => sql.push_bind(at),
                Value::Day(date) => sql.push_bind(date),
            };
            sql.push(format_args!(", {from_key})"));
        }
        (Some(column), None) if !blank => {
            sql.push(format_args!(" and r.{column} is not null"));
        }
        (column, _) => {
            if let Some(column) = column {
                sql.push(format_args!(" and r.{column} is null"));
            }
            sql.push(format_args!(" and ({key}) {follows} ({from_key})"));
        }
    }
}

fn push_order(sql: &mut QueryBuilder<Postgres>, reading: &Reading, table: &str) {
    let direction = direction(reading);
    let of = |column: &str| if table.is_empty() { column.to_owned() } else { format!("{table}.{column}") };
    sql.push(format_args!(" order by {}, ", of("rank")));
    if reading.order.column().is_some() {
        sql.push(format_args!("{} {direction}, ", of("value")));
    }
    sql.push(format_args!("{} {direction}, {} {direction}", of("state_code"), of("number")));
}

fn direction(reading: &Reading) -> impl Display {
    if reading.ascending { "asc" } else { "desc" }
}
