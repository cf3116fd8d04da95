//! Reading the reviews of a tab: a page of them, and how many each tab has, in one statement, so that numbers and rows
//! are of one moment and of one reading of the rules.

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use time::{Date, Duration, OffsetDateTime};

use super::Reach;
use super::address::{Address, Tab};
use super::filters::Filters;
use super::order::{Order, Place, Sort};
use crate::domain::clock::eastern_moment;
use crate::domain::id::DepartmentReviewId;
use crate::domain::key::SubmissionKey;
use crate::domain::lifecycle::{ContractReviewStatus, DepartmentReviewStatus};
use crate::domain::role::Department;
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
    /// Whether it is of a rate.
    pub is_rate: bool,
    /// State and number of its subject.
    pub key: SubmissionKey,
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
    blank: Option<bool>,
    value: Option<i64>,
}

impl Found {
    /// The row; none where it lacks what every row has.
    fn row(self) -> Option<Row> {
        let key = SubmissionKey { state_code: self.state_code?, number: self.number? };
        let (is_rate, department) = (self.is_rate?, self.department?);
        let place = Place { blank: self.blank?, key: key.clone(), is_rate, department };
        Some(Row {
            review: self.review?,
            department,
            is_rate,
            key,
            state_name: self.state_name?,
            name: self.name?,
            programs: (self.program_names.unwrap_or_default(), self.programs_retired.unwrap_or_default()),
            status: self.status?,
            since: self.status_since?,
            decided_revision: self.decided_revision,
            package: self.package?,
            primary: self.primary_name,
            secondary: self.secondary_name,
            followers: self.followers.unwrap_or_default(),
            starts_on: self.starts_on,
            first_sent: self.first_sent?,
            cursor: Cursor { value: Some(self.value?), key: place },
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
    let rows: Option<Vec<Row>> = found.into_iter().filter(|row| row.review.is_some()).map(Found::row).collect();
    let rows = rows.ok_or_else(|| sqlx::Error::Decode("a row of the assignments lacks a part".into()))?;
    Ok((Page::of(rows, size, &asked.position, |row| row.cursor.clone()), counts))
}

/// The first part of a statement, `things`: the reviews that somebody may assign and the filters let through, which are
/// open, or with `decided` were decided lately.
pub fn push_things(sql: &mut QueryBuilder<Postgres>, reach: &Reach, filters: &Filters, today: Date, decided: bool) {
    let since = eastern_moment(today - DAYS, "12:00 AM");
    sql.push(
        "with things as materialized (
           select d.id, d.department, d.status, d.status_since, d.primary_reviewer_id, d.secondary_reviewer_id,
                  d.decided_by, d.decided_at, c.state_code, coalesce(r.number, c.number) as number, r.id is not null as is_rate,
                  case when r.id is null then c.effective_from else r.rating_from end as starts_on,
                  coalesce(r.first_submitted_at, c.first_submitted_at) as first_sent,
                  c.status in ('submitted', 'resubmitted', 'unlocked') and r.status is distinct from 'withdrawn' as open,
                  coalesce(d.decided_at >= ",
    );
    sql.push_bind(since);
    sql.push(
        ", false) as decided
             from department_review d
             left join rate_review r on r.id = d.rate_review_id
             join contract_review c on c.id = coalesce(r.parent_id, d.contract_review_id)
            where (c.status in ('submitted', 'resubmitted', 'unlocked') and r.status is distinct from 'withdrawn'",
    );
    if decided {
        sql.push(" or d.decided_at >= ").push_bind(since);
    }
    sql.push(") and d.department = any(");
    let departments = if filters.departments.is_empty() { &reach.departments } else { &filters.departments };
    sql.push_bind(departments.clone()).push(")");
    filters.push(sql);
    sql.push(")");
}

fn statement(reach: &Reach, asked: &Address, today: Date, limit: usize) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("");
    push_things(&mut sql, reach, &asked.filters, today, asked.tab == Tab::Decided);
    let (blank, value) = placing(asked.order());
    let of_the_tab = match asked.tab {
        Tab::Unassigned => "open and primary_reviewer_id is null",
        Tab::Open | Tab::Workload => "open",
        Tab::Decided => "decided",
    };
    sql.push(format_args!(
        ", counts as (
           select count(*) filter (where open and primary_reviewer_id is null) as unassigned,
                  count(*) filter (where open) as open_reviews, count(*) filter (where decided) as decided_reviews
             from things),
         placed as (select *, {blank} as blank, coalesce({value}, 0)::bigint as value from things where {of_the_tab}),
         page as (select * from placed"
    ));
    const ORDER: &str = "blank, value, state_code, number, is_rate, department";
    if let Some(cursor) = asked.position.cursor() {
        let (place, follows) = (&cursor.key, if asked.position.backward() { "<" } else { ">" });
        sql.push(format_args!(" where ({ORDER}) {follows} ("));
        sql.push_bind(place.blank).push(", ").push_bind(cursor.value.unwrap_or_default()).push(", ");
        sql.push_bind(place.key.state_code.clone()).push(", ").push_bind(place.key.number).push(", ");
        sql.push_bind(place.is_rate).push(", ").push_bind(place.department).push(")");
    }
    let order = if asked.position.backward() { ORDER.replace(',', " desc,") + " desc" } else { ORDER.to_owned() };
    sql.push(format_args!(" order by {order} limit {limit})"));
    push_page(&mut sql, today);
    sql.push(format_args!(" order by {order}"));
    sql
}

/// What the rows lie by: whether it is blank, and as a number that grows.
fn placing(order: Order) -> (&'static str, &'static str) {
    match order {
        Order::By(Sort::Days(true)) => ("false", "date_part('epoch', status_since) * 1000000"),
        Order::By(Sort::Days(false)) => ("false", "date_part('epoch', status_since) * -1000000"),
        Order::By(Sort::Start(true)) => ("starts_on is null", "date '2000-01-01' - starts_on"),
        Order::By(Sort::Start(false)) => ("starts_on is null", "starts_on - date '2000-01-01'"),
        Order::By(Sort::Sent(true)) => ("first_sent is null", "date_part('epoch', first_sent) * -1000000"),
        Order::By(Sort::Sent(false)) => ("first_sent is null", "date_part('epoch', first_sent) * 1000000"),
        Order::Decision => ("decided_at is null", "date_part('epoch', decided_at) * -1000000"),
    }
}

/// What belongs to the rows of `page`.
fn push_page(sql: &mut QueryBuilder<Postgres>, today: Date) {
    sql.push(
        " select counts.unassigned, counts.open_reviews, counts.decided_reviews,
                 page.id as review, page.department, page.is_rate, page.state_code, page.number, s.name as state_name,
                 coalesce(r.name, c.name) as name, g.program_names, g.programs_retired,
                 page.status, page.status_since, d.decided_revision,
                 case when r.status = 'withdrawn' then 'withdrawn' else c.status end as package,
                 p.given_name || ' ' || p.family_name as primary_name, q.given_name || ' ' || q.family_name as secondary_name,
                 f.followers, page.starts_on, page.first_sent, page.blank, page.value
            from counts
            left join page on true
            left join department_review d on d.id = page.id
            left join rate_review r on r.id = d.rate_review_id
            left join contract_review c on c.id = coalesce(r.parent_id, d.contract_review_id)
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
                from (select program_id from contract_review_program where r.id is null and contract_review_id = c.id
                      union all select program_id from rate_review_program where rate_review_id = r.id) x
                join program g on g.id = x.program_id) g on true",
    );
}
