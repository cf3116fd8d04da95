//! Reading a history back: the newest entries, a page of them, all of them.

use std::mem::take;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Kind};
use crate::domain::id::AccountId;
use crate::domain::key::RateKey;
use crate::domain::role::{Department, Role, Side};

use super::author::Author;
use super::details::Details;
use super::filter::Filter;
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
    /// Its address, as titles and links name it.
    pub key: &'a str,
}

/// An entry as its reader sees it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its key, which is also where a page goes on.
    pub id: Uuid,
    /// Its place among all entries.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// What happened.
    pub title: String,
    /// Who, with role, department or state.
    pub who: String,
    /// What else there is to say.
    pub lines: Vec<Line>,
    /// Where the thing stands: addresses with their words.
    pub links: Vec<(String, String)>,
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

impl Place {
    /// Everything after a place of the order.
    pub fn after(seq: i64) -> Self {
        Self { after: seq, ..NEWEST }
    }
}

const NEWEST: Place = Place { after: 0, before: i64::MAX };

/// The place that an address asks for: entries older than `before`, newer than `after`, or the newest. None when it
/// names no entry that stands in this part of the history.
///
/// # Errors
/// When the database fails.
pub async fn first_place(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    filter: &Filter,
    before: Option<Uuid>,
    after: Option<Uuid>,
) -> sqlx::Result<Option<Place>> {
    let Some(named) = before.or(after) else { return Ok(Some(NEWEST)) };
    let [both, own] = Audience::read_by(reader.side);
    let row = sqlx::query!(
        r#"select here.seq,
                  (select newer.seq
                     from history_story($2) story
                     cross join lateral (
                       select e.seq from event e
                        where e.subject_id = story.subject_id
                          and history_holds(e, $2, story.own, story.since, story.sent_here)
                          and e.audience in ($3, $4) and e.seq > here.seq
                          and ($6::text[] is null or e.kind = any($6)) and ($7::text is null or history_actor(e, $8) = $7)
                        order by e.seq limit $5::bigint + 1) newer
                    order by newer.seq offset $5 limit 1) as beyond
             from event here join history_story($2) part on part.subject_id = here.subject_id
            where here.id = $1 and history_holds(here, $2, part.own, part.since, part.sent_here)
              and here.audience in ($3, $4)
              and ($6::text[] is null or here.kind = any($6)) and ($7::text is null or history_actor(here, $8) = $7)"#,
        named,
        reader.subject_id,
        both as _,
        own as _,
        PAGE,
        filter.kinds() as _,
        filter.by,
        reader.side == Side::State,
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
pub async fn page(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    filter: &Filter,
    place: Place,
) -> sqlx::Result<TimelinePage> {
    let mut entries = read(conn, reader, filter, place, PAGE + 1).await?;
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    Ok(TimelinePage { entries, newer: place.before < i64::MAX, older: more || place.after > 0 })
}

/// The newest `most` entries of a history.
///
/// # Errors
/// When the database fails.
pub async fn newest(conn: &mut PgConnection, reader: &Reader<'_>, most: i64) -> sqlx::Result<Vec<Entry>> {
    read(conn, reader, &Filter::default(), NEWEST, most).await
}

/// A part of a history from end to beginning.
///
/// # Errors
/// When the database fails.
pub async fn all(conn: &mut PgConnection, reader: &Reader<'_>, filter: &Filter) -> sqlx::Result<Vec<Entry>> {
    read(conn, reader, filter, NEWEST, i64::MAX).await
}

/// An entry as it is stored.
pub(super) struct Stored {
    pub(super) id: Uuid,
    pub(super) seq: i64,
    pub(super) at: OffsetDateTime,
    pub(super) kind: Kind,
    pub(super) subject_id: Uuid,
    pub(super) rate_state: Option<String>,
    pub(super) rate_number: Option<i32>,
    pub(super) actor_id: Option<AccountId>,
    pub(super) actor_name: String,
    pub(super) actor_role: Option<Role>,
    pub(super) actor_department: Option<Department>,
    pub(super) state_name: Option<String>,
    pub(super) row_table: String,
    pub(super) row_id: Uuid,
    pub(super) status_after: Option<String>,
    pub(super) version_before: Option<i32>,
    pub(super) version_after: i32,
    pub(super) reason: Option<String>,
    pub(super) details: serde_json::Value,
    /// The first words of a question or response, unless it was taken from view.
    pub(super) said: Option<String>,
    pub(super) said_removed: Option<bool>,
    pub(super) said_documents: i64,
}

async fn read(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    filter: &Filter,
    place: Place,
    most: i64,
) -> sqlx::Result<Vec<Entry>> {
    let stored = stored(conn, reader, filter, place, most).await?;
    Ok(stored.into_iter().map(|stored| told(reader, stored)).collect())
}

/// A part of a history as it is stored, newest first. Each story is read by itself, from its end: the order of all
/// entries would be gone through from its end.
pub(super) async fn stored(
    conn: &mut PgConnection,
    reader: &Reader<'_>,
    filter: &Filter,
    place: Place,
    most: i64,
) -> sqlx::Result<Vec<Stored>> {
    let [both, own] = Audience::read_by(reader.side);
    sqlx::query_as!(
        Stored,
        r#"with told as materialized (
             select told.seq
               from history_story($1) story
               cross join lateral (
                 select e.seq from event e
                  where e.subject_id = story.subject_id and history_holds(e, $1, story.own, story.since, story.sent_here)
                    and e.audience in ($2, $3) and e.seq > $4 and e.seq < $5
                    and ($7::text[] is null or e.kind = any($7)) and ($8::text is null or history_actor(e, $9) = $8)
                  order by e.seq desc limit $6) told
              order by told.seq desc limit $6)
           select e.id, e.seq, e.at, e.kind as "kind: Kind", e.subject_id, r.state_code as "rate_state?", r.number as "rate_number?",
                  e.actor_id as "actor_id: AccountId", e.actor_name, e.actor_role, e.actor_department, s.name as "state_name?", e.row_table, e.row_id, e.status_after,
                  e.version_before, e.version_after, e.reason, e.details,
                  case when said.removed then null else left(said.text, 200) end as said, said.removed as "said_removed?",
                  (select count(*) from document d where d.question_id = said.question or d.response_id = said.response) as "said_documents!"
             from told join event e using (seq)
             left join rate_review r on r.id = e.subject_id
             left join state s on s.code = e.actor_state
             left join lateral (
               select q.text, q.removed_at is not null as removed, q.id as question, null::uuid as response
                 from question q where e.kind = 'question_asked' and q.id = e.row_id
               union all
               select x.text, coalesce(x.removed_at, q.removed_at) is not null, null, x.id
                 from response x join question q on q.id = x.question_id
                where e.kind = 'response_sent' and x.id = (e.details ->> 'response')::uuid) said on true
            order by seq desc"#,
        reader.subject_id,
        both as _,
        own as _,
        place.after,
        place.before,
        most,
        filter.kinds() as _,
        filter.by,
        reader.side == Side::State,
    )
    .fetch_all(conn)
    .await
}

/// An entry as its reader sees it.
pub(super) fn told(reader: &Reader<'_>, mut stored: Stored) -> Entry {
    let mut details = Details::read(take(&mut stored.details));
    let rate = stored.rate_state.take().zip(stored.rate_number);
    details.rate = rate.map(|(state_code, number)| RateKey { state_code, number }.to_string()).or(details.rate);
    let beside = stored.subject_id != reader.subject_id;
    let links = links(reader, &stored, &details, beside);
    let author = Author {
        name: stored.actor_name,
        role: stored.actor_role,
        department: stored.actor_department,
        state_name: stored.state_name,
    };
    let mut lines = words::body(stored.kind, reader.side, stored.reason.as_deref(), &details);
    lines.extend(words::said(stored.said.as_deref(), stored.said_documents, stored.said_removed.unwrap_or_default()));
    Entry {
        id: stored.id,
        seq: stored.seq,
        at: Moment(stored.at),
        title: words::title(stored.kind, &author.name, reader.key, &details, beside),
        who: author.of_event(stored.kind, reader.side),
        lines,
        links,
        versions: (reader.side == Side::Cms)
            .then_some(RowVersions { before: stored.version_before, after: stored.version_after }),
    }
}

/// Where what an entry is about stands. A version that was sent is compared with the one that was sent before it, whatever
/// numbers drafts took in between.
fn links(reader: &Reader<'_>, stored: &Stored, details: &Details, beside: bool) -> Vec<(String, String)> {
    let page =
        details.rate.as_ref().map_or_else(|| format!("/submissions/{}", reader.key), |rate| format!("/rates/{rate}"));
    let sent = details.revision.filter(|_| matches!(stored.kind, Kind::Submitted | Kind::Resubmitted));
    let version = sent.map(|sent| (format!("{page}/versions/{sent}"), format!("See version {sent}")));
    let compared = sent
        .filter(|sent| *sent > 1)
        .map(|sent| (format!("{page}/compare?to={sent}"), format!("Compare version {sent} with the one before")));
    let place = match stored.row_table.as_str() {
        "department_review" => {
            let department = details.department.map_or("department", Department::short_name);
            Some((format!("{page}#dr-{}", stored.row_id), format!("See the {department} review")))
        }
        "rate_review" if beside => Some((page, "See the rate".to_owned())),
        "question" => Some((format!("{page}/questions#round-{}", stored.row_id), "See the round".to_owned())),
        "note" => Some((format!("{page}/notes#note-{}", stored.row_id), "Read the note".to_owned())),
        _ => None,
    };
    [version, compared, place].into_iter().flatten().collect()
}
