//! Who has how much: the people of the departments with the numbers of their reviews, each of which leads to the list
//! that it counts.

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};

use super::Reach;
use super::address::{Address, Tab};
use super::choices::Sought;
use super::filters::Filters;
use super::rows::{Counts, OPEN_AND_UNASSIGNED, push_decisions, push_tallied};
use crate::domain::clock::{days_between, days_since, eastern_date};
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
    all_my_turn: i64,
    all_awaiting: i64,
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

/// From `tallied`: how much who is on.
const WORK: &str = ",
     work as (
       select account_id as person, department, coalesce(sum(reviews) filter (where part = 'primary'), 0)::bigint as primary_open,
              coalesce(sum(reviews) filter (where part <> 'primary'), 0)::bigint as secondary_open,
              coalesce(sum(reviews) filter (where stage in ('turn', 'held')), 0)::bigint as my_turn,
              coalesce(sum(reviews) filter (where stage = 'waiting'), 0)::bigint as awaiting
         from tallied where part in ('primary', 'secondary', 'secondary_alone') group by account_id, department)";
/// Everybody of the departments, and others who are on reviews or decided some, with their numbers and those of all.
const PEOPLE_WITH_NUMBERS: &str = ") union select person, department from work union select person, department from decisions)
     select together.*, people.person, a.given_name || ' ' || a.family_name as name, a.active, people.department,
            array(select f.state_code from state_assignment f where f.account_id = a.id order by f.state_code) as follows,
            coalesce(work.primary_open, 0) as primary_open, coalesce(work.secondary_open, 0) as secondary_open,
            coalesce(work.my_turn, 0) as my_turn, coalesce(work.awaiting, 0) as awaiting, oldest.since as oldest,
            coalesce(decisions.decided, 0) as decided
       from together
       left join people on true
       left join account a on a.id = people.person
       left join work on (work.person, work.department) = (people.person, people.department)
       left join decisions on (decisions.person, decisions.department) = (people.person, people.department)
       left join lateral (select min(status_since) as since from (";

/// Everybody's, under the filters of the address.
///
/// # Errors
/// When the database fails.
pub async fn read(conn: &mut PgConnection, reach: &Reach, asked: &Address, today: Date) -> sqlx::Result<Workload> {
    let found: Vec<Found> = statement(reach, &asked.filters, today).build_query_as().fetch_all(conn).await?;
    let Some(first) = found.first() else { return Ok(Workload::default()) };
    let (unassigned, open) = (first.unassigned, first.open_reviews);
    let together = Numbers { my_turn: first.all_my_turn, awaiting: first.all_awaiting, ..Numbers::default() };
    let people: Vec<Load> = found.into_iter().filter_map(Found::load).collect();
    let together = people.iter().fold(together, |sum, load| Numbers {
        primary: sum.primary + load.numbers.primary,
        secondary: sum.secondary + load.numbers.secondary,
        oldest: sum.oldest.into_iter().chain(load.numbers.oldest).min(),
        decided: sum.decided + load.numbers.decided,
        ..sum
    });
    Ok(Workload { counts: Counts { unassigned, open, decided: together.decided }, together, people })
}

fn statement(reach: &Reach, filters: &Filters, today: Date) -> QueryBuilder<Postgres> {
    let mut sql = QueryBuilder::new("");
    push_tallied(&mut sql, reach, filters);
    sql.push(WORK);
    push_decisions(&mut sql, reach, filters, today);
    // A review that two people are on counts once in what all have together.
    sql.push(format_args!(
        ",
     together as (
       select {OPEN_AND_UNASSIGNED},
              coalesce(sum(reviews) filter (where stage in ('turn', 'held') and part in ('primary', 'secondary_alone')), 0)::bigint as all_my_turn,
              coalesce(sum(reviews) filter (where stage = 'waiting' and part in ('primary', 'secondary_alone')), 0)::bigint as all_awaiting
         from tallied),
     people as (
       select id as person, department from account
        where active and role in ('cms_reviewer', 'cms_approver') and department = any("
    ));
    sql.push_bind(filters.departments_within(reach).to_vec()).push(PEOPLE_WITH_NUMBERS);
    for (at, part) in ["primary", "secondary"].into_iter().enumerate() {
        for stage in ["turn", "held", "waiting"] {
            let union = if at == 0 && stage == "turn" { "" } else { " union all " };
            sql.push(format_args!(
                "{union}(select status_since from review_standing where {part}_reviewer_id = people.person
                    and department = people.department and stage = '{stage}' and open"
            ));
            filters.push(&mut sql, reach);
            sql.push(" order by status_since limit 1)");
        }
    }
    sql.push(") longest) oldest on true order by people.department, a.family_name, a.given_name, a.id");
    sql
}

/// A number and the address of the list that it counts.
#[derive(Debug)]
pub struct Cell {
    /// Its heading.
    pub heading: &'static str,
    /// The number, which of days is one of words.
    pub words: String,
    /// The number itself.
    pub number: Option<i64>,
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

/// The same as a file has them.
pub const FILE_NUMBERS: [&str; 6] =
    ["Primary open", "Secondary open", "My turn", "Awaiting state", "Longest in status (days)", "Decided in 30 days"];

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
    let counted = |number: i64| (number.to_string(), Some(number));
    let oldest = numbers.oldest.map(|since| (days_since(since, today), Some(days_between(eastern_date(since), today))));
    let all = [
        (counted(numbers.primary), open(Filters { primary: vec![who], ..filters.clone() })),
        (counted(numbers.secondary), open(Filters { secondary: vec![who], ..filters.clone() })),
        (counted(numbers.my_turn), on_it(&MY_TURN)),
        (counted(numbers.awaiting), on_it(&[AWAITING])),
        (oldest.unwrap_or_else(|| ("–".to_owned(), None)), on_it(&[MY_TURN[0], MY_TURN[1], AWAITING])),
        (counted(numbers.decided), list(Tab::Decided, Filters { decided_by, ..filters.clone() })),
    ];
    let mut headings = NUMBERS.into_iter();
    all.map(|((words, number), href)| Cell { heading: headings.next().unwrap_or_default(), words, number, href })
}
