//! Reading the work of a person: a page of one tab, and how many rows each tab has.

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::address::{Address, Tab};
use super::lanes::Statement;
use super::reason::{Facts, Step};
use crate::domain::id::{AccountId, ContractReviewId, DepartmentReviewId};
use crate::domain::key::SubjectKey;
use crate::domain::lifecycle::{ContractReviewStatus, Decision, DepartmentReviewStatus};
use crate::domain::permission::DepartmentMember;
use crate::domain::role::Department;
use crate::reviews::{Order, Place, Sorted};
use crate::web::paging::{Cursor, Page};

/// Something that a person has to do with.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row of the contract or rate that it is about.
    pub subject: Uuid,
    /// The contract review with which it is reviewed.
    pub package: ContractReviewId,
    /// Its key.
    pub key: SubjectKey,
    /// The state's name.
    pub state_name: String,
    /// Its full name.
    pub name: String,
    /// What is to be done next.
    pub step: Step,
    /// With what that is told.
    pub facts: Facts,
    /// Since when it stands as it does.
    pub since: OffsetDateTime,
    /// First day of the contract or of the rating period.
    pub starts_on: Option<Date>,
    /// The status of its package.
    pub status: ContractReviewStatus,
    /// Whether it is a rate that was withdrawn.
    pub withdrawn: bool,
    /// The department's review of it.
    pub review: Option<Review>,
    /// The note that names the person.
    pub note: Option<Uuid>,
    /// The department's round that goes on.
    pub question: Option<Uuid>,
    /// The newest version that the person has looked at.
    pub seen_revision: Option<i32>,
    /// Its place in the order.
    pub cursor: Cursor<Place>,
}

/// The department's review of a subject.
#[derive(Clone, Copy, Debug)]
pub struct Review {
    /// Its key.
    pub id: DepartmentReviewId,
    /// Its version.
    pub version: i32,
    /// Where it stands.
    pub status: DepartmentReviewStatus,
    /// Its primary reviewer.
    pub primary: Option<AccountId>,
    /// Its secondary reviewer.
    pub secondary: Option<AccountId>,
}

/// How many rows each tab has under the filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    my_turn: i64,
    waiting: i64,
    unassigned: i64,
    decided: i64,
}

impl Counts {
    /// Those of a tab.
    pub fn of(self, tab: Tab) -> i64 {
        match tab {
            Tab::MyTurn => self.my_turn,
            Tab::Waiting => self.waiting,
            Tab::Unassigned => self.unassigned,
            Tab::Decided => self.decided,
        }
    }
}

/// What the statement gives: the counts in every row, and in a single row without a subject where the page is empty.
#[derive(Debug, FromRow)]
struct Found {
    my_turn: i64,
    waiting: i64,
    unassigned: i64,
    decided: i64,
    subject: Option<Uuid>,
    package: Option<ContractReviewId>,
    is_rate: Option<bool>,
    state_code: Option<String>,
    state_name: Option<String>,
    number: Option<i32>,
    name: Option<String>,
    step: Option<String>,
    since: Option<OffsetDateTime>,
    starts_on: Option<Date>,
    first_sent: Option<OffsetDateTime>,
    status: Option<ContractReviewStatus>,
    withdrawn: Option<bool>,
    revision: Option<i32>,
    sent_at: Option<OffsetDateTime>,
    review: Option<DepartmentReviewId>,
    review_version: Option<i32>,
    review_status: Option<DepartmentReviewStatus>,
    primary_reviewer: Option<AccountId>,
    secondary_reviewer: Option<AccountId>,
    decision: Option<Decision>,
    decided_revision: Option<i32>,
    decided_by: Option<AccountId>,
    decided_at: Option<OffsetDateTime>,
    decider: Option<String>,
    note: Option<Uuid>,
    mentioned_by: Option<String>,
    question: Option<Uuid>,
    round: Option<i32>,
    asked_at: Option<OffsetDateTime>,
    unlocked_at: Option<OffsetDateTime>,
    seen_revision: Option<i32>,
}

impl Found {
    fn counts(&self) -> Counts {
        let &Self { my_turn, waiting, unassigned, decided, .. } = self;
        Counts { my_turn, waiting, unassigned, decided }
    }

    fn review(&self) -> Option<Review> {
        let (id, version, status) = (self.review?, self.review_version?, self.review_status?);
        let (primary, secondary) = (self.primary_reviewer, self.secondary_reviewer);
        Some(Review { id, version, status, primary, secondary })
    }

    /// The row as `reader` reads it, in an order; none where it lacks what every row has.
    fn row(self, (reader, department): (AccountId, Department), order: Order) -> Option<Row> {
        let key = SubjectKey::new(self.is_rate?, self.state_code.clone()?, self.number?);
        let since = self.since?;
        let sorted =
            Sorted { starts_on: self.starts_on, since, first_sent: self.first_sent?, decided_at: self.decided_at };
        Some(Row {
            subject: self.subject?,
            package: self.package?,
            cursor: order.cursor(sorted, key.clone(), department),
            key,
            step: Step::from_stored(self.step.as_deref()?)?,
            since,
            starts_on: self.starts_on,
            status: self.status?,
            withdrawn: self.withdrawn?,
            review: self.review(),
            note: self.note,
            question: self.question,
            seen_revision: self.seen_revision,
            state_name: self.state_name?,
            name: self.name?,
            facts: Facts {
                mentioned_by: self.mentioned_by,
                round: self.round,
                asked_at: self.asked_at,
                unlocked_at: self.unlocked_at,
                revision: self.revision,
                sent_at: self.sent_at,
                decision: self.decision,
                decided_revision: self.decided_revision,
                decided_by: if self.decided_by == Some(reader) { Some("you".to_owned()) } else { self.decider },
            },
        })
    }
}

/// The page of this size that an address asks for, and the counts of all tabs at the same moment.
///
/// # Errors
/// When the database fails.
pub async fn read(
    conn: &mut PgConnection,
    member: DepartmentMember<'_>,
    asked: &Address,
    size: usize,
) -> sqlx::Result<(Page<Row, Place>, Counts)> {
    let statement = Statement::of(member, &asked.filters).page(asked, size + 1);
    let (rows, counts) = fetch(conn, statement, member, asked.order()).await?;
    Ok((Page::of(rows, size, &asked.position, |row| row.cursor.clone()), counts))
}

/// The row of a review as it is now, whichever tab it stands in and whatever the filters, and the counts of all tabs under
/// these. None where the review is nothing that the person has to do with, or can take.
///
/// # Errors
/// When the database fails.
pub async fn of_review(
    conn: &mut PgConnection,
    member: DepartmentMember<'_>,
    asked: &Address,
    review: DepartmentReviewId,
) -> sqlx::Result<(Option<Row>, Counts)> {
    let statement = Statement::of(member, &asked.filters).row(review);
    let (rows, counts) = fetch(conn, statement, member, asked.order()).await?;
    Ok((rows.into_iter().next(), counts))
}

async fn fetch(
    conn: &mut PgConnection,
    mut statement: QueryBuilder<Postgres>,
    member: DepartmentMember<'_>,
    order: Order,
) -> sqlx::Result<(Vec<Row>, Counts)> {
    let reader = (member.person.id, member.department);
    let found: Vec<Found> = statement.build_query_as().fetch_all(conn).await?;
    let counts = found.first().map(Found::counts).unwrap_or_default();
    let rows = found.into_iter().filter(|row| row.subject.is_some()).map(|row| row.row(reader, order));
    let rows: Option<Vec<Row>> = rows.collect();
    let rows = rows.ok_or_else(|| sqlx::Error::Decode("a row of the work lacks a part".into()))?;
    Ok((rows, counts))
}
