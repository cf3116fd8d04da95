//! Reading the reviews of a tab: a page of them, and how many each tab has, in one statement, so that numbers and rows
//! are of one moment and of one reading of the rules.

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use time::{Date, Duration, OffsetDateTime};

use super::Reach;
use super::address::{Address, Tab};
use super::filters::Filters;
use crate::domain::clock::eastern_moment;
use crate::domain::id::DepartmentReviewId;
use crate::domain::key::SubjectKey;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus};
use crate::domain::role::Department;
use crate::reviews::{Order, Place, Sorted};
use crate::web::paging::{Cursor, Page};

/// How far back a decision is counted.
const DAYS: Duration = Duration::days(30);

/// A department review in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its key.
    pub review: DepartmentReviewId,
    /// Whose it is.
    pub department: Department,
    /// The key of its subject.
    pub key: SubjectKey,
    /// The state's name.
    pub state_name: String,
    /// The subject's full name.
    pub name: String,
    /// The programs in the name, in no order, and whether each is retired.
    pub programs: (Vec<String>, Vec<bool>),
    /// Where it stands.
    pub status: DepartmentReviewStatus,
    /// Since when.
    pub since: OffsetDateTime,
    /// The version it was decided on.
    pub decided_revision: Option<i32>,
    /// The status of its package.
    pub package: ContractReviewStatus,
    /// Its primary reviewer's name.
    pub primary: Option<String>,
    /// Its secondary reviewer's name.
    pub secondary: Option<String>,
    /// Who of the department follows the state.
    pub followers: Vec<String>,
    /// First day of the contract or of the rating period.
    pub starts_on: Option<Date>,
    /// When its subject was first sent.
    pub first_sent: OffsetDateTime,
    /// Its place in the order.
    pub cursor: Cursor<Place>,
}

/// How many rows each tab has under the filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open reviews without a primary reviewer.
    pub unassigned: i64,
    /// Open reviews.
    pub open: i64,
    /// Reviews decided in the last thirty days; read on their tab alone.
    pub decided: i64,
}

impl Counts {
    /// Those of a tab; the workload has people.
    pub fn of(self, tab: Tab) -> Option<i64> {
        match tab {
            Tab::Unassigned => Some(self.unassigned),
            Tab::Open => Some(self.open),
            Tab::Workload => None,
            Tab::Decided => Some(self.decided),
        }
    }
}

/// What the statement gives: the counts in every row, and in a single row without a review where the page is empty.
#[derive(Debug, FromRow)]
struct Found {
    unassigned: i64,
    open_reviews: i64,
    decided_reviews: i64,
    review: Option<DepartmentReviewId>,
    department: Option<Department>,
    is_rate: Option<bool>,
    state_code: Option<String>,
    number: Option<i32>,
    state_name: Option<String>,
    name: Option<String>,
    program_names: Option<Vec<String>>,
    programs_retired: Option<Vec<bool>>,
    status: Option<DepartmentReviewStatus>,
    status_since: Option<OffsetDateTime>,
    decided_revision: Option<i32>,
    package: Option<ContractReviewStatus>,
    primary_name: Option<String>,
    secondary_name: Option<String>,
    followers: Option<Vec<String>>,
    starts_on: Option<Date>,
    first_sent: Option<OffsetDateTime>,
    decided_at: Option<OffsetDateTime>,
}

impl Found {
    /// The row in an order; none where it lacks what every row has.
    fn row(self, order: Order) -> Option<Row> {
        let key = SubjectKey::new(self.is_rate?, self.state_code?, self.number?);
        let department = self.department?;
        let (since, first_sent) = (self.status_since?, self.first_sent?);
        let sorted = Sorted { starts_on: self.starts_on, since, first_sent, decided_at: self.decided_at };
        Some(Row {
            review: self.review?,
            department,
            cursor: order.cursor(sorted, key.clone(), department),
            key,
            state_name: self.state_name?,
            name: self.name?,
            programs: (self.program_names.unwrap_or_default(), self.programs_retired.unwrap_or_default()),
            status: self.status?,
            since,
            decided_revision: self.decided_revision,
            package: self.package?,
            primary: self.primary_name,
            secondary: self.secondary_name,
            followers: self.followers.unwrap_or_default(),
            starts_on: self.starts_on,
            first_sent,
        })
    }
}

/// The page of a size that an address asks for, and the counts of all tabs at the same moment.
///
/// # Errors
/// When the database fails.
pub async fn read(
    conn: &mut PgConnection,
    reach: &Reach,
    asked: &Address,
    today: Date,
    size: usize,
) -> sqlx::Result<(Page<Row, Place>, Counts)> {
    let found: Vec<Found> = statement(reach, asked, today, size + 1).build_query_as().fetch_all(conn).await?;
    let counts = found.first().map_or_else(Counts::default, |row| Counts {
        unassigned: row.unassigned,
        open: row.open_reviews,
        decided: row.decided_reviews,
    });
    let rows: Option<Vec<Row>> =
        found.into_iter().filter(|row| row.review.is_some()).map(|row| row.row(asked.order())).collect();
    let rows = rows.ok_or_else(|| sqlx::Error::Decode("a row of the assignments lacks a part".into()))?;
    Ok((Page::of(rows, size, &asked.position, |row| row.cursor.clone()), counts))
}

/// Begins a statement with `tallied`: how many open reviews that somebody may assign and the filters let through somebody has,
/// as `review_tally` has them, which is read itself as long as nothing but departments is filtered by; who had some once stands
/// there still.
pub fn push_tallied(sql: &mut QueryBuilder<Postgres>, reach: &Reach, filters: &Filters) {
    sql.push(
        "with tallied as materialized (select department, account_id, part, stage, sum(reviews) as reviews from (",
    );
    sql.push(if filters.of_departments_alone() {
        "select department, account_id, part, stage, reviews from review_tally where open"
    } else {
        "select department, p.account_id, p.part, stage, 1 as reviews
           from review_standing cross join lateral review_parts(primary_reviewer_id, secondary_reviewer_id, decider_id) p
          where open"
    });
    filters.push(sql, reach);
    sql.push(") counted group by department, account_id, part, stage having sum(reviews) <> 0)");
}

/// How many of `tallied` are open, and how many of them nobody has: each review has a primary reviewer or none.
pub const OPEN_AND_UNASSIGNED: &str =
    "coalesce(sum(reviews) filter (where part in ('primary', 'secondary_alone', 'nobody')), 0)::bigint as open_reviews,
     coalesce(sum(reviews) filter (where part in ('secondary_alone', 'nobody')), 0)::bigint as unassigned";

/// Adds `decisions`: how many of the reviews that somebody may assign and the filters let through somebody decided in the days
/// that are counted, as `decision_tally` has them, which is read as long as nothing but departments is filtered by.
pub fn push_decisions(sql: &mut QueryBuilder<Postgres>, reach: &Reach, filters: &Filters, today: Date) {
    sql.push(", decisions as (select decided_by as person, department, sum(reviews)::bigint as decided from (");
    if filters.of_departments_alone() {
        sql.push("select department, decided_by, reviews from decision_tally where decided_on >= ");
        sql.push_bind(today - DAYS);
    } else {
        sql.push("select department, decided_by, 1 as reviews from review_standing where ");
        push_decided(sql, today);
    }
    filters.push(sql, reach);
    sql.push(") counted group by decided_by, department having sum(reviews) <> 0)");
}

/// Adds that a review was decided in the days that are counted.
fn push_decided(sql: &mut QueryBuilder<Postgres>, today: Date) {
    sql.push("decided_at is not null and coalesce(decided_at, '-infinity') >= ");
    sql.push_bind(eastern_moment(today - DAYS, "12:00 AM"));
}

fn statement(reach: &Reach, asked: &Address, today: Date, limit: usize) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("");
    push_tallied(&mut sql, reach, &asked.filters);
    let decided = if asked.tab == Tab::Decided {
        push_decisions(&mut sql, reach, &asked.filters, today);
        "(select coalesce(sum(decided), 0)::bigint from decisions)"
    } else {
        "0::bigint"
    };
    sql.push(format_args!(", counts as (select {OPEN_AND_UNASSIGNED}, {decided} as decided_reviews from tallied)"));
    sql.push(", page as (select * from review_standing where ");
    match asked.tab {
        Tab::Unassigned => {
            sql.push("open and primary_reviewer_id is null");
        }
        Tab::Open | Tab::Workload => {
            sql.push("open");
        }
        Tab::Decided => push_decided(&mut sql, today),
    }
    asked.filters.push(&mut sql, reach);
    sql.push(" and");
    let order = asked.order();
    order.push_beyond(&mut sql, &asked.position);
    order.push_order(&mut sql, &asked.position);
    sql.push(format_args!(" limit {limit})"));
    push_page(&mut sql, today);
    sql
}

/// What belongs to the rows of `page`, which keep their order.
fn push_page(sql: &mut QueryBuilder<Postgres>, today: Date) {
    sql.push(
        " select counts.*, page.review_id as review, page.department, page.is_rate, page.state_code, page.number, s.name as state_name,
                 coalesce(r.name, c.name) as name, g.program_names, g.programs_retired,
                 page.status, page.status_since, page.decided_revision, page.decided_at,
                 case when page.withdrawn then 'withdrawn' else page.package_status end as package,
                 p.given_name || ' ' || p.family_name as primary_name, q.given_name || ' ' || q.family_name as secondary_name,
                 f.followers, page.starts_on, page.first_sent_at as first_sent
            from counts
            left join (select *, row_number() over () as place from page) page on true
            left join rate_review r on r.id = page.subject_id
            left join contract_review c on c.id = page.package_id
            left join state s on s.code = page.state_code
            left join account p on p.id = page.primary_reviewer_id
            left join account q on q.id = page.secondary_reviewer_id
            left join lateral (
              select array_agg(a.given_name || ' ' || a.family_name order by a.family_name, a.given_name, a.id) as followers
                from state_assignment x join account a on a.id = x.account_id
               where x.state_code = page.state_code and a.active and a.department = page.department) f on true
            left join lateral (
              select array_agg(g.name) as program_names, array_agg(coalesce(g.retired_on <= ",
    );
    sql.push_bind(today);
    sql.push(
        ", false)) as programs_retired
                from (select program_id from contract_review_program where not page.is_rate and contract_review_id = page.subject_id
                      union all select program_id from rate_review_program where rate_review_id = page.subject_id) x
                join program g on g.id = x.program_id) g on true
           order by page.place",
    );
}
