//! Reading a history back: the newest entries, a page of them, and the last change of status.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Kind};
use crate::domain::role::{Department, Role, Side};

use super::author::Author;
use super::details::Details;
use super::words::{self, Line};

/// How many entries a page shows.
const PAGE: i64 = 50;

/// Whose history is read, and from which side.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The side of the person who reads.
    pub side: Side,
    /// The key of the contract review's or rate review's row.
    pub subject_id: Uuid,
    /// What else stands in this history: of these subjects, the entries about rows of this table.
    pub beside: (&'a [Uuid], &'static str),
    /// Its address, as titles and links name it.
    pub key: &'a str,
}

/// An entry as its reader sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key, which is also where a page goes on.
    pub id: Uuid,
    /// When.
    pub at: Moment,
    /// What happened.
    pub title: String,
    /// Who, with role, department or state.
    pub who: String,
    /// What else there is to say.
    pub lines: Vec<Line>,
    /// Where the thing stands: address and words.
    pub link: Option<(String, String)>,
    /// The version of the row that changed; for CMS alone.
    pub versions: Option<RowVersions>,
}

/// The version of a row before (none for a new row) and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowVersions {
    /// Before.
    pub before: Option<i32>,
    /// After.
    pub after: i32,
}

/// Where in a history to read: everything strictly between two places of the order of all entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    after: i64,
    before: i64,
}

/// A page of a history, newest first.
#[derive(Clone, Debug)]
pub struct TimelinePage {
    /// Its entries.
    pub entries: Vec<Entry>,
    /// Whether there are newer ones.
    pub newer: bool,
    /// Whether there are older ones.
    pub older: bool,
}

/// The last change of status of a contract review.
#[derive(Clone, Debug)]
pub struct StatusChange {
    /// What led to the status.
    pub kind: Kind,
    /// When.
    pub at: Moment,
    /// Who.
    pub author: Author,
    /// Why, as they typed it.
    pub reason: Option<String>,
    /// What else the entry holds.
    pub details: Details,
}

impl Place {
    /// Everything after a place of the order.
    pub fn after(seq: i64) -> Self {
        Self { after: seq, ..NEWEST }
    }
}

const NEWEST: Place = Place { after: 0, before: i64::MAX };

/// The place that an address asks for: entries older than `before`, newer than `after`, or the newest. None when it
/// names no entry of this history that the reader may see.
///
/// # Errors
/// When the database fails.
pub async fn first_place(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    before: Option<Uuid>,
    after: Option<Uuid>,
) -> sqlx::Result<Option<Place>> {
    let Some(named) = before.or(after) else { return Ok(Some(NEWEST)) };
    let [both, own] = Audience::read_by(reader.side);
    let row = sqlx::query!(
        r#"select here.seq,
                  (select newer.seq
                     from (select $2::uuid as subject_id, null as only_of union all select unnest($6::uuid[]), $7) story
                     cross join lateral (
                       select seq from event
                        where subject_id = story.subject_id and (story.only_of is null or row_table = story.only_of)
                          and audience in ($3, $4) and seq > here.seq
                        order by seq limit $5::bigint + 1) newer
                    order by newer.seq offset $5 limit 1) as beyond
             from event here
            where here.id = $1 and (here.subject_id = $2 or here.subject_id = any($6) and here.row_table = $7)
              and here.audience in ($3, $4)"#,
        named,
        reader.subject_id,
        both as _,
        own as _,
        PAGE,
        reader.beside.0,
        reader.beside.1,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| match before {
        Some(_) => Place { before: row.seq, ..NEWEST },
        None => Place { after: row.seq, before: row.beyond.unwrap_or(i64::MAX) },
    }))
}

/// A page of a history.
///
/// # Errors
/// When the database fails.
pub async fn page(conn: &mut PgConnection, reader: &Reader<'_>, place: Place) -> sqlx::Result<TimelinePage> {
    let mut entries = read(conn, reader, place, PAGE + 1).await?;
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    Ok(TimelinePage { entries, newer: place.before < i64::MAX, older: more || place.after > 0 })
}

/// The newest `most` entries of a history.
///
/// # Errors
/// When the database fails.
pub async fn newest(conn: &mut PgConnection, reader: &Reader<'_>, most: i64) -> sqlx::Result<Vec<Entry>> {
    read(conn, reader, NEWEST, most).await
}

/// An entry as it is stored.
struct Stored {
    id: Uuid,
    at: OffsetDateTime,
    kind: Kind,
    actor_name: String,
    actor_role: Option<Role>,
    actor_department: Option<Department>,
    state_name: Option<String>,
    row_table: String,
    row_id: Uuid,
    version_before: Option<i32>,
    version_after: i32,
    reason: Option<String>,
    details: serde_json::Value,
}

/// Each history is read by itself, from its end: the order of all entries would be gone through from its end.
async fn read(conn: &mut PgConnection, reader: &Reader<'_>, place: Place, most: i64) -> sqlx::Result<Vec<Entry>> {
    let [both, own] = Audience::read_by(reader.side);
    let stored = sqlx::query_as!(
        Stored,
        r#"with told as materialized (
             select told.seq
               from (select $1::uuid as subject_id, null as only_of union all select unnest($7::uuid[]), $8) story
               cross join lateral (
                 select seq from event
                  where subject_id = story.subject_id and (story.only_of is null or row_table = story.only_of)
                    and audience in ($2, $3) and seq > $4 and seq < $5
                  order by seq desc limit $6) told
              order by told.seq desc limit $6)
           select e.id, e.at, e.kind as "kind: Kind", e.actor_name, e.actor_role, e.actor_department,
                  (select name from state where code = e.actor_state) as state_name, e.row_table, e.row_id,
                  e.version_before, e.version_after, e.reason, e.details
             from told join event e using (seq)
            order by seq desc"#,
        reader.subject_id,
        both as _,
        own as _,
        place.after,
        place.before,
        most,
        reader.beside.0,
        reader.beside.1,
    )
    .fetch_all(conn)
    .await?;
    Ok(stored.into_iter().map(|stored| told(reader, stored)).collect())
}

fn told(reader: &Reader<'_>, stored: Stored) -> Entry {
    let details = Details::read(stored.details);
    let author = Author {
        name: stored.actor_name,
        role: stored.actor_role,
        department: stored.actor_department,
        state_name: stored.state_name,
    };
    let of_review = stored.row_table == "department_review";
    Entry {
        id: stored.id,
        at: Moment(stored.at),
        title: words::title(stored.kind, reader.key, &details),
        who: author.seen_by(reader.side),
        lines: words::body(stored.kind, reader.side, stored.reason.as_deref(), &details),
        link: of_review.then(|| {
            let department = details.department.map_or("department", Department::short_name);
            let page = details
                .rate
                .as_ref()
                .map_or_else(|| format!("/submissions/{}", reader.key), |rate| format!("/rates/{rate}"));
            (format!("{page}#dr-{}", stored.row_id), format!("See the {department} review"))
        }),
        versions: (reader.side == Side::Cms)
            .then_some(RowVersions { before: stored.version_before, after: stored.version_after }),
    }
}

/// The last change of a row's status by an entry of one of these kinds.
///
/// # Errors
/// When the database fails.
pub async fn last_of(conn: &mut PgConnection, row_id: Uuid, kinds: &[Kind]) -> sqlx::Result<Option<StatusChange>> {
    newest_of(conn, row_id, kinds, true).await
}

/// The last entry of a kind about a row, whether its status changed or not.
///
/// # Errors
/// When the database fails.
pub async fn last_of_kind(conn: &mut PgConnection, row_id: Uuid, kind: Kind) -> sqlx::Result<Option<StatusChange>> {
    newest_of(conn, row_id, &[kind], false).await
}

/// The last change of a contract review's status; every review has one once it was started.
///
/// # Errors
/// When the database fails.
pub async fn last_status_change(conn: &mut PgConnection, review_id: Uuid) -> sqlx::Result<Option<StatusChange>> {
    let kinds = Kind::ALL.map(|(kind, ..)| kind);
    newest_of(conn, review_id, &kinds, true).await
}

async fn newest_of(
    conn: &mut PgConnection,
    row_id: Uuid,
    kinds: &[Kind],
    of_status: bool,
) -> sqlx::Result<Option<StatusChange>> {
    let row = sqlx::query!(
        r#"select e.kind as "kind: Kind", e.at, e.actor_name, e.actor_role, e.actor_department, s.name as "state_name?",
                  e.reason, e.details
             from event e left join state s on s.code = e.actor_state
            where e.row_id = $1 and e.kind = any($2) and (not $3 or e.status_after is distinct from e.status_before)
            order by e.version_after desc limit 1"#,
        row_id,
        kinds as _,
        of_status,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| StatusChange {
        kind: row.kind,
        at: Moment(row.at),
        author: Author {
            name: row.actor_name,
            role: row.actor_role,
            department: row.actor_department,
            state_name: row.state_name,
        },
        reason: row.reason,
        details: Details::read(row.details),
    }))
}
