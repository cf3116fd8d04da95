//! Who has how much: the people of the departments with the numbers of their reviews, each of which leads to the list
//! that it counts.

use sqlx::{FromRow, PgConnection, QueryBuilder};
use time::{Date, OffsetDateTime};

use super::Reach;
use super::address::{Address, Tab};
use super::choices::Sought;
use super::filters::Filters;
use super::rows::{Counts, push_things};
use crate::domain::clock::days_since;
use crate::domain::id::AccountId;
use crate::domain::lifecycle::DepartmentReviewStatus;
use crate::domain::role::Department;

/// Those with which the department can go on, and those with which the state has to.
const MY_TURN: [DepartmentReviewStatus; 2] = [DepartmentReviewStatus::NotStarted, DepartmentReviewStatus::InReview];
const AWAITING: DepartmentReviewStatus = DepartmentReviewStatus::AwaitingState;

/// The numbers of somebody, or of all together.
#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    primary: i64,
    secondary: i64,
    my_turn: i64,
    awaiting: i64,
    oldest: Option<OffsetDateTime>,
    decided: i64,
}

/// Somebody with their numbers.
#[derive(Clone, Debug)]
pub struct Load {
    person: AccountId,
    name: String,
    active: bool,
    department: Department,
    follows: Vec<String>,
    numbers: Numbers,
}

/// The workload of everybody.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    people: Vec<Load>,
    together: Numbers,
    /// How many rows the other tabs have under the same filters.
    pub counts: Counts,
}

/// What the statement gives: what all have together in every row.
#[derive(Debug, FromRow)]
struct Found {
    unassigned: i64,
    open_reviews: i64,
    all_primary: i64,
    all_secondary: i64,
    all_my_turn: i64,
    all_awaiting: i64,
    all_oldest: Option<OffsetDateTime>,
    all_decided: i64,
    person: Option<AccountId>,
    name: Option<String>,
    active: Option<bool>,
    department: Option<Department>,
    follows: Option<Vec<String>>,
    primary_open: i64,
    secondary_open: i64,
    my_turn: i64,
    awaiting: i64,
    oldest: Option<OffsetDateTime>,
    decided: i64,
}

impl Found {
    fn load(self) -> Option<Load> {
        Some(Load {
            person: self.person?,
            name: self.name?,
            active: self.active?,
            department: self.department?,
            follows: self.follows?,
            numbers: Numbers {
                primary: self.primary_open,
                secondary: self.secondary_open,
                my_turn: self.my_turn,
                awaiting: self.awaiting,
                oldest: self.oldest,
                decided: self.decided,
            },
        })
    }
}

/// From `things`: who is on what, how much that is, what they decided, and the people, those of departments that follow.
const PEOPLE_AND_PARTS: &str = ", parts as (
       select primary_reviewer_id as person, 'primary' as part, department, status, status_since
         from things where open and primary_reviewer_id is not null
       union all
       select secondary_reviewer_id, 'secondary', department, status, status_since
         from things where open and secondary_reviewer_id is not null),
     work as (
       select person, department, count(*) filter (where part = 'primary') as primary_open,
              count(*) filter (where part = 'secondary') as secondary_open,
              count(*) filter (where status in ('not_started', 'in_review')) as my_turn,
              count(*) filter (where status = 'awaiting_state') as awaiting,
              min(status_since) filter (where status in ('not_started', 'in_review', 'awaiting_state')) as oldest
         from parts group by person, department),
     decisions as (
       select decided_by as person, department, count(*) as decided from things where decided group by decided_by, department),
     people as (
       select id as person, department from account
        where active and role in ('cms_reviewer', 'cms_approver') and department = any(";
/// Those people, and others who are on reviews or decided some, with their numbers and those of all.
const PEOPLE_WITH_NUMBERS: &str = ") union select person, department from work
       union select person, department from decisions),
     together as (
       select count(*) filter (where open) as open_reviews,
              count(*) filter (where open and primary_reviewer_id is null) as unassigned,
              count(*) filter (where open and primary_reviewer_id is not null) as all_primary,
              count(*) filter (where open and secondary_reviewer_id is not null) as all_secondary,
              count(*) filter (where on_it and status in ('not_started', 'in_review')) as all_my_turn,
              count(*) filter (where on_it and status = 'awaiting_state') as all_awaiting,
              min(status_since) filter (where on_it and status in ('not_started', 'in_review', 'awaiting_state')) as all_oldest,
              count(*) filter (where decided) as all_decided
         from (select *, open and num_nonnulls(primary_reviewer_id, secondary_reviewer_id) > 0 as on_it from things) t)
     select together.*, people.person, a.given_name || ' ' || a.family_name as name, a.active, people.department,
            array(select f.state_code from state_assignment f where f.account_id = a.id order by f.state_code) as follows,
            coalesce(work.primary_open, 0) as primary_open, coalesce(work.secondary_open, 0) as secondary_open,
            coalesce(work.my_turn, 0) as my_turn, coalesce(work.awaiting, 0) as awaiting, work.oldest,
            coalesce(decisions.decided, 0) as decided
       from together
       left join people on true
       left join account a on a.id = people.person
       left join work on (work.person, work.department) = (people.person, people.department)
       left join decisions on (decisions.person, decisions.department) = (people.person, people.department)
      order by people.department, a.family_name, a.given_name, a.id";

/// Everybody's, under the filters of the address.
///
/// # Errors
/// When the database fails.
pub async fn read(conn: &mut PgConnection, reach: &Reach, asked: &Address, today: Date) -> sqlx::Result<Workload> {
    let mut sql = QueryBuilder::new("");
    push_things(&mut sql, reach, &asked.filters, today, true);
    sql.push(PEOPLE_AND_PARTS);
    let departments =
        if asked.filters.departments.is_empty() { &reach.departments } else { &asked.filters.departments };
    sql.push_bind(departments.clone()).push(PEOPLE_WITH_NUMBERS);
    let found: Vec<Found> = sql.build_query_as().fetch_all(conn).await?;
    let Some(first) = found.first() else { return Ok(Workload::default()) };
    Ok(Workload {
        counts: Counts { unassigned: first.unassigned, open: first.open_reviews, decided: first.all_decided },
        together: Numbers {
            primary: first.all_primary,
            secondary: first.all_secondary,
            my_turn: first.all_my_turn,
            awaiting: first.all_awaiting,
            oldest: first.all_oldest,
            decided: first.all_decided,
        },
        people: found.into_iter().filter_map(Found::load).collect(),
    })
}

/// A number and the address of the list that it counts.
#[derive(Debug)]
pub struct Cell {
    /// Its heading.
    pub heading: &'static str,
    /// The number.
    pub words: String,
    /// The list.
    pub href: String,
}

/// A row of the table.
#[derive(Debug)]
pub struct WorkloadRow {
    /// Who.
    pub name: String,
    /// Whose work it is.
    pub department: &'static str,
    /// The codes of the states that they follow.
    pub follows: String,
    /// The numbers.
    pub cells: [Cell; 6],
}

/// The headings of the numbers.
pub const NUMBERS: [&str; 6] =
    ["Primary open", "Secondary open", "My turn", "Awaiting state", "Longest in status", "Decided in 30 days"];

impl Workload {
    /// How many people there are.
    pub fn number(&self) -> i64 {
        i64::try_from(self.people.len()).unwrap_or(i64::MAX)
    }

    /// A row for each, and one for all together, in which a review of two people counts once.
    pub fn rows(&self, asked: &Address, today: Date) -> (Vec<WorkloadRow>, WorkloadRow) {
        let each = self.people.iter().map(|load| {
            let filters = Filters { departments: vec![load.department], ..asked.filters.clone() };
            WorkloadRow {
                name: if load.active { load.name.clone() } else { format!("{} (not active)", load.name) },
                department: load.department.short_name(),
                follows: if load.follows.is_empty() { "none".to_owned() } else { load.follows.join(", ") },
                cells: cells(load.numbers, &filters, Sought::Person(load.person), today),
            }
        });
        let together = WorkloadRow {
            name: "All together".to_owned(),
            department: "–",
            follows: "–".to_owned(),
            cells: cells(self.together, &asked.filters, Sought::Somebody, today),
        };
        (each.collect(), together)
    }
}

fn cells(numbers: Numbers, filters: &Filters, who: Sought, today: Date) -> [Cell; 6] {
    let list = |tab: Tab, filters: Filters| Address { tab, filters, ..Address::default() }.href();
    let open = |filters: Filters| list(Tab::Open, filters);
    let on_it = |statuses: &[DepartmentReviewStatus]| {
        open(Filters { reviewer: vec![who], statuses: statuses.to_vec(), ..filters.clone() })
    };
    let decided_by = if let Sought::Person(id) = who { vec![id] } else { Vec::new() };
    let oldest = numbers.oldest.map(|since| days_since(since, today));
    let all = [
        (numbers.primary.to_string(), open(Filters { primary: vec![who], ..filters.clone() })),
        (numbers.secondary.to_string(), open(Filters { secondary: vec![who], ..filters.clone() })),
        (numbers.my_turn.to_string(), on_it(&MY_TURN)),
        (numbers.awaiting.to_string(), on_it(&[AWAITING])),
        (oldest.unwrap_or_else(|| "–".to_owned()), on_it(&[MY_TURN[0], MY_TURN[1], AWAITING])),
        (numbers.decided.to_string(), list(Tab::Decided, Filters { decided_by, ..filters.clone() })),
    ];
    let mut headings = NUMBERS.into_iter();
    all.map(|(words, href)| Cell { heading: headings.next().unwrap_or_default(), words, href })
}
