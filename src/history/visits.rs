//! What somebody saw of a submission or rate when they looked last, and what came since. Looking is no event: it is
//! written down once for each sign-in, again only when there is something new to see, and a page never fails by it.

use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::clock::Moment;
use crate::domain::event::{Audience, Kind};
use crate::web::SignedIn;

/// What somebody saw when they looked last, which was in an earlier sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Moment,
    /// The newest entry then, by its place among all entries.
    pub event_seq: i64,
    /// The version shown.
    pub revision: i32,
}

/// What came since somebody looked last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Since {
    /// When they looked last.
    pub at: Moment,
    /// The day of that: `11/18`, `11/18/2025`.
    pub day: String,
    /// What came, in words: "version 3 came, 1 decision".
    pub words: String,
}

/// Notes that somebody looks at a subject now, at this version of it, and tells what others did since they looked
/// last; nothing where there is nothing to tell.
pub async fn look(conn: &mut PgConnection, who: &SignedIn, subject_id: Uuid, revision: i32) -> Option<Since> {
    let noted = if who.head {
        unnoted(conn, who, subject_id, revision).await
    } else {
        note(conn, who, subject_id, revision).await
    };
    match noted {
        Ok(since) => since,
        Err(error) => {
            tracing::warn!(%error, "a visit was not noted");
            None
        }
    }
}

/// What others did, of one kind.
struct Came {
    kind: Option<Kind>,
    of_status: bool,
    times: i64,
}

/// The same of whoever asks for the head of the page alone: nothing stays noted.
async fn unnoted(
    conn: &mut PgConnection,
    who: &SignedIn,
    subject_id: Uuid,
    revision: i32,
) -> sqlx::Result<Option<Since>> {
    let mut tx = conn.begin().await?;
    let since = note(&mut tx, who, subject_id, revision).await?;
    tx.rollback().await?;
    Ok(since)
}

async fn note(conn: &mut PgConnection, who: &SignedIn, subject_id: Uuid, revision: i32) -> sqlx::Result<Option<Since>> {
    let [both, own] = Audience::read_by(who.person().side());
    let rows = sqlx::query!(
        r#"with story as materialized (
             select $2::uuid as subject_id, null::text[] as only_of
             union all select id, array['department_review', 'question'] from rate_review where parent_id = $2),
           newest as (
             select coalesce(max(told.seq), 0) as seq
               from story cross join lateral (
                 select seq from event
                  where subject_id = story.subject_id and (story.only_of is null or row_table = any(story.only_of))
                    and audience in ($3, $4)
                  order by seq desc limit 1) told),
           noted as (
             insert into visit (account_id, subject_id, signed_in_at, seen_at, event_seq, revision)
             select $1, $2, $5, $6, newest.seq, $7 from newest
              where not exists (select from visit
                                 where account_id = $1 and subject_id = $2 and signed_in_at = $5
                                   and event_seq = newest.seq and revision = $7)
             on conflict (account_id, subject_id, signed_in_at) do update
               set seen_at = excluded.seen_at, event_seq = excluded.event_seq, revision = excluded.revision
             returning account_id),
           -- Of sessions that have surely ended only the newest visit can ever be the last one.
           forgotten as (
             delete from visit old using noted
              where old.account_id = noted.account_id and old.subject_id = $2 and old.signed_in_at < $5::timestamptz - interval '1 day'
                and exists (select from visit later
                             where later.account_id = old.account_id and later.subject_id = $2
                               and later.signed_in_at < $5::timestamptz - interval '1 day' and later.seen_at > old.seen_at)),
           last as (
             select seen_at, event_seq, revision from visit
              where account_id = $1 and subject_id = $2 and signed_in_at < $5
              order by seen_at desc limit 1)
           select last.seen_at, last.revision, came.kind as "kind?: Kind", coalesce(came.of_status, false) as "of_status!",
                  count(came.kind) as "times!"
             from last left join lateral (
               select e.kind, e.row_table not in ('department_review', 'question') and e.status_after is distinct from e.status_before as of_status
                 from story join event e on e.subject_id = story.subject_id
                where (story.only_of is null or e.row_table = any(story.only_of)) and e.audience in ($3, $4)
                  and e.seq > last.event_seq and e.actor_id is distinct from $1) came on true
            group by last.seen_at, last.revision, came.kind, came.of_status"#,
        who.person().id as _,
        subject_id,
        both as _,
        own as _,
        who.signed_in_at(),
        who.app.clock.now(),
        revision,
    )
    .fetch_all(conn)
    .await?;
    let Some((at, before)) = rows.first().map(|row| (Moment(row.seen_at), row.revision)) else { return Ok(None) };
    let came: Vec<Came> =
        rows.into_iter().map(|row| Came { kind: row.kind, of_status: row.of_status, times: row.times }).collect();
    Ok(in_words(before, revision, &came).map(|words| Since { at, day: at.short_day(who.app.clock.today()), words }))
}

/// What came, in words; none when nothing did.
fn in_words(before: i32, revision: i32, came: &[Came]) -> Option<String> {
    let (mut questions, mut responses, mut decisions, mut statuses, mut others) = (0, 0, 0, 0, 0);
    for Came { kind, of_status, times } in came {
        match kind {
            // A new version is told by its number, and what follows of itself is not told.
            None
            | Some(
                Kind::Submitted | Kind::Resubmitted | Kind::ReviewMade | Kind::ReviewWaiting | Kind::ReviewResumed,
            ) => {}
            Some(Kind::QuestionAsked) => questions += times,
            Some(Kind::ResponseSent) => responses += times,
            Some(Kind::ReviewSignedOff | Kind::ReviewObjected) => decisions += times,
            Some(_) if *of_status => statuses += times,
            Some(_) => others += times,
        }
    }
    let mut words = Vec::new();
    if revision > before {
        words.push(format!("version {revision} came"));
    }
    let counted = [
        (questions, "question", "questions"),
        (responses, "response", "responses"),
        (decisions, "decision", "decisions"),
        (statuses, "change of status", "changes of status"),
        (others, "other change", "other changes"),
    ];
    for (count, one, several) in counted {
        if count > 0 {
            words.push(format!("{count} {}", if count == 1 { one } else { several }));
        }
    }
    // Without anything before it, another change is no other one.
    if let [only] = words.as_mut_slice() {
        *only = only.replace(" other ", " ");
    }
    (!words.is_empty()).then(|| words.join(", "))
}

/// What somebody saw when they looked last, in an earlier sign-in.
///
/// # Errors
/// When the database fails.
pub async fn last_look(conn: &mut PgConnection, who: &SignedIn, subject_id: Uuid) -> sqlx::Result<Option<Look>> {
    struct Row {
        seen_at: OffsetDateTime,
        event_seq: i64,
        revision: i32,
    }
    let row = sqlx::query_as!(
        Row,
        "select seen_at, event_seq, revision from visit
          where account_id = $1 and subject_id = $2 and signed_in_at < $3 order by seen_at desc limit 1",
        who.person().id as _,
        subject_id,
        who.signed_in_at(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Look { at: Moment(row.seen_at), event_seq: row.event_seq, revision: row.revision }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(kind: Kind, of_status: bool, times: i64) -> Came {
        Came { kind: Some(kind), of_status, times }
    }

    #[test]
    fn what_came_is_told_by_version_and_by_kind() {
        let all = [
            came(Kind::Resubmitted, true, 1),
            came(Kind::ReviewResumed, false, 3),
            came(Kind::ResponseSent, false, 2),
            came(Kind::ReviewSignedOff, false, 1),
            came(Kind::ReviewObjected, false, 1),
            came(Kind::Unlocked, true, 1),
            came(Kind::ReviewersChanged, false, 2),
        ];
        assert_eq!(
            in_words(2, 3, &all).as_deref(),
            Some("version 3 came, 2 responses, 2 decisions, 1 change of status, 2 other changes")
        );
        assert_eq!(in_words(2, 2, &all[3..4]).as_deref(), Some("1 decision"));
        assert_eq!(in_words(2, 2, &all[6..]).as_deref(), Some("2 changes"));
    }

    #[test]
    fn where_nothing_came_nothing_is_told() {
        let nothing = Came { kind: None, of_status: false, times: 0 };
        assert_eq!(in_words(2, 2, &[nothing]), None);
        assert_eq!(in_words(2, 2, &[came(Kind::ReviewMade, false, 3)]), None);
    }
}
