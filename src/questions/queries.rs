//! Reading rounds: those of a page, with every response and document; and, in short, those that go on.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::Date;
use uuid::Uuid;

use crate::documents::{self, Document};
use crate::domain::clock::{Moment, date_in_words};
use crate::domain::id::{AccountId, QuestionId};
use crate::domain::key::RateKey;
use crate::domain::lifecycle::RoundStatus;
use crate::domain::permission::Person;
use crate::domain::role::{Department, Role, Side};
use crate::history::Author;
use crate::web::Result;

/// A round as its readers see it: the question, and the responses in their order.
#[derive(Clone, Debug)]
pub struct Round {
    /// The question's key.
    pub id: QuestionId,
    /// The rate that it is about; none for the contract.
    pub rate: Option<RateKey>,
    /// Whose it is.
    pub department: Department,
    /// Which of the department's rounds on its subject it is.
    pub number: i32,
    /// Where it stands.
    pub status: RoundStatus,
    /// The version of its row.
    pub version: i32,
    /// What was asked.
    pub question: Said,
    /// What was answered, what was removed aside.
    pub responses: Vec<Said>,
    /// How it ended.
    pub closed: Option<Closed>,
}

/// A question or a response.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its key.
    pub id: Uuid,
    /// Who.
    pub author: String,
    /// When it came in.
    pub at: Moment,
    /// The words.
    pub text: Option<String>,
    /// The documents with it.
    pub documents: Vec<Document>,
    /// The day on which it happened, where that was recorded.
    pub day: Option<Date>,
    /// That an administrator recorded it: for whom, of which day, and why.
    pub recorded: Option<Recorded>,
}

/// What is said of something that was recorded for somebody else.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// "recorded by Alex Morgan for Sam Lee, of 11/10/2026"
    pub line: String,
    /// Why it was recorded.
    pub reason: String,
}

/// How a round ended, as its reader's side may know.
#[derive(Clone, Debug)]
pub struct Closed {
    /// When.
    pub at: Moment,
    /// That it was closed: to CMS also by whom.
    pub what: String,
    /// How, in words.
    pub how: Option<&'static str>,
    /// Why, where it had no answer.
    pub reason: Option<String>,
}

/// How many rounds of a page go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    /// Without an answer.
    pub open: i64,
    /// Answered, and not closed.
    pub answered: i64,
}

impl Rounds {
    /// "2 open, 1 answered"; nothing where none goes on.
    pub fn in_words(self) -> Option<String> {
        match (self.open, self.answered) {
            (0, 0) => None,
            (open, 0) => Some(format!("{open} open")),
            (0, answered) => Some(format!("{answered} answered")),
            (open, answered) => Some(format!("{open} open, {answered} answered")),
        }
    }
}

impl Round {
    /// The round in words: `OACT, round 2`.
    pub fn title(&self) -> String {
        format!("{}, round {}", self.department.short_name(), self.number)
    }

    /// Its place on a page of questions.
    pub fn anchor(&self) -> String {
        format!("round-{}", self.id)
    }
}

/// Somebody who said something.
struct Speaker(AccountId, Author);

fn speaker(
    id: AccountId,
    name: String,
    role: Role,
    department: Option<Department>,
    state_name: Option<String>,
) -> Speaker {
    Speaker(id, Author { name, role: Some(role), department, state_name })
}

impl Speaker {
    fn seen_by(&self, reader: &Person) -> String {
        if self.0 == reader.id { "You".to_owned() } else { self.1.seen_by(reader.side()) }
    }
}

fn recorded(by: &str, for_whom: Option<String>, day: Option<Date>, reason: Option<String>) -> Option<Recorded> {
    let (for_whom, day, reason) = (for_whom?, day?, reason?);
    Some(Recorded { line: format!("Recorded by {by} for {for_whom}, of {}", date_in_words(day)), reason })
}

/// The rounds that stand on the page of a submission or rate, newest first in each subject and department.
///
/// # Errors
/// When the database fails.
pub async fn of_page(conn: &mut PgConnection, reader: &Person, page: Uuid) -> Result<Vec<Round>> {
    let rows = sqlx::query!(
        r#"select q.id as "id!: QuestionId", r.state_code as "rate_state?", r.number as "rate_number?", q.department, q.round, q.status,
                  q.version, q.text, q.asked_at, q.recorded_day, q.recorded_reason, q.closed_at, q.closed_because, q.close_reason,
                  a.id as "asker: AccountId", a.given_name || ' ' || a.family_name as "asker_name!", a.role as asker_role,
                  a.department as "asker_department: Department", f.given_name || ' ' || f.family_name as recorded_for,
                  c.id as "closer?: AccountId", c.given_name || ' ' || c.family_name as closer_name, c.role as "closer_role?: Role",
                  c.department as "closer_department?: Department"
             from question_page p
             join question q on q.id = p.question_id
             join account a on a.id = q.asked_by
             left join account f on f.id = q.recorded_for
             left join account c on c.id = q.closed_by
             left join rate_review r on r.id = q.rate_review_id
            where p.page_id = $1
            order by r.number nulls first, q.department, q.round desc"#,
        page,
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut documents = documents::of_rounds(conn, &ids).await?;
    let mut responses = responses(conn, reader, &ids, &mut documents).await?;
    let mut rounds = Vec::new();
    for row in rows {
        let asker = speaker(row.asker, row.asker_name, row.asker_role, row.asker_department, None);
        let author = asker.seen_by(reader);
        let closer = row.closer.zip(row.closer_name).zip(row.closer_role);
        let closer = closer.map(|((id, name), role)| speaker(id, name, role, row.closer_department, None));
        let question = Said {
            id: row.id.0,
            day: row.recorded_day,
            recorded: recorded(&author, row.recorded_for, row.recorded_day, row.recorded_reason),
            author,
            at: Moment(row.asked_at),
            text: row.text,
            documents: documents.remove(&row.id.0).unwrap_or_default(),
        };
        let reason = row.close_reason;
        let closed = row.closed_at.zip(row.closed_because).zip(closer).map(|((at, closing), closer)| Closed {
            at: Moment(at),
            what: match reader.side() {
                Side::Cms => format!("Closed by {}", closer.seen_by(reader)),
                Side::State => "CMS closed this question".to_owned(),
            },
            how: match reader.side() {
                Side::Cms => Some(closing.label_for_cms()),
                Side::State => closing.label_for_state(),
            },
            reason,
        });
        rounds.push(Round {
            id: row.id,
            rate: row.rate_state.zip(row.rate_number).map(|(state_code, number)| RateKey { state_code, number }),
            department: row.department,
            number: row.round,
            status: row.status,
            version: row.version,
            question,
            responses: responses.remove(&row.id.0).unwrap_or_default(),
            closed,
        });
    }
    Ok(rounds)
}

async fn responses(
    conn: &mut PgConnection,
    reader: &Person,
    questions: &[Uuid],
    documents: &mut HashMap<Uuid, Vec<Document>>,
) -> Result<HashMap<Uuid, Vec<Said>>> {
    let rows = sqlx::query!(
        r#"select x.id, x.question_id, x.text, x.sent_at, x.recorded_day, x.recorded_reason,
                  a.id as "sender: AccountId", a.given_name || ' ' || a.family_name as "sender_name!", a.role as sender_role,
                  s.name as "state_name?", f.given_name || ' ' || f.family_name as recorded_for
             from response x
             join account a on a.id = x.sent_by
             left join state s on s.code = a.state_code
             left join account f on f.id = x.recorded_for
             join event e on e.row_id = x.question_id and e.kind = 'response_sent' and e.details ->> 'response' = x.id::text
            where x.question_id = any($1) and x.removed_at is null
            order by e.seq"#,
        questions,
    )
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<Uuid, Vec<Said>> = HashMap::new();
    for row in rows {
        let author = speaker(row.sender, row.sender_name, row.sender_role, None, row.state_name).seen_by(reader);
        found.entry(row.question_id).or_default().push(Said {
            id: row.id,
            day: row.recorded_day,
            recorded: recorded(&author, row.recorded_for, row.recorded_day, row.recorded_reason),
            author,
            at: Moment(row.sent_at),
            text: row.text,
            documents: documents.remove(&row.id).unwrap_or_default(),
        });
    }
    Ok(found)
}

/// A round that goes on, in short.
#[derive(Clone, Debug)]
pub struct GoingOn {
    /// The row of what it is about.
    pub subject: Uuid,
    /// The rate that it is about; none for the contract.
    pub rate: Option<RateKey>,
    /// Whose it is.
    pub department: Department,
    /// Which of the department's rounds it is.
    pub number: i32,
    /// Where it stands.
    pub status: RoundStatus,
    /// Since when: asked, or last answered.
    pub since: Moment,
    /// Its place on the page of questions.
    pub anchor: String,
}

impl GoingOn {
    /// "Round 2 open since 11/12 (6 days)", as it is on a day.
    pub fn in_words(&self, today: Date) -> String {
        format!("Round {} {} {}", self.number, self.status.label().to_lowercase(), self.since.since(today))
    }

    /// "OACT on rate MN-R0012: round 2 open since 11/12/2026"
    pub fn sentence(&self) -> String {
        let about = self.rate.as_ref().map_or_else(|| "the contract".to_owned(), |rate| format!("rate {rate}"));
        let (department, since) = (self.department.short_name(), self.since.day());
        format!("{department} on {about}: round {} {} since {since}", self.number, self.status.label().to_lowercase())
    }
}

/// The rounds that stand on the page of a submission or rate and go on.
///
/// # Errors
/// When the database fails.
pub async fn going_on(conn: &mut PgConnection, page: Uuid) -> sqlx::Result<Vec<GoingOn>> {
    let rows = sqlx::query!(
        r#"select q.id, coalesce(q.contract_review_id, q.rate_review_id) as "subject!", r.state_code as "rate_state?",
                  r.number as "rate_number?", q.department, q.round, q.status,
                  case q.status when 'open' then q.asked_at
                    else (select max(sent_at) from response where question_id = q.id) end as "since!"
             from question_page p
             join question q on q.id = p.question_id
             left join rate_review r on r.id = q.rate_review_id
            where p.page_id = $1 and p.status <> 'closed'
            order by r.number nulls first, q.department"#,
        page,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| GoingOn {
            subject: row.subject,
            rate: row.rate_state.zip(row.rate_number).map(|(state_code, number)| RateKey { state_code, number }),
            department: row.department,
            number: row.round,
            status: row.status,
            since: Moment(row.since),
            anchor: format!("round-{}", row.id),
        })
        .collect())
}
