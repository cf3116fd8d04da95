//! Adding a note: once under the key that its form was drawn with, with its entry and the people named in it.

use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::About;
use crate::domain::clock::Clock;
use crate::domain::event::Kind;
use crate::domain::id::{AccountId, NoteId};
use crate::domain::permission::NoteWriter;
use crate::history::{Actor, Happening, Row, record};
use crate::web::{Error, Result};

/// A note to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewNote<'a> {
    /// Its key, which its form carried.
    pub id: NoteId,
    /// What it is about.
    pub about: About,
    /// The address of the rate that it is about.
    pub rate: Option<&'a str>,
    /// Its text.
    pub text: &'a str,
    /// Who is named in it.
    pub mentions: &'a [AccountId],
}

/// What adding a note came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It was added.
    Now,
    /// The same form had come before, with the same text.
    Before,
    /// The same form had come before, at this time, with another text; that note stands.
    Otherwise(OffsetDateTime),
}

/// Adds a note. The caller has locked the submission, and the rate that the note is about, and commits.
///
/// # Errors
/// [`Error::Unprocessable`] when the key is that of somebody else's note or of one about something else; when the
/// database fails.
pub async fn add(conn: &mut PgConnection, clock: &Clock, proof: NoteWriter<'_>, note: NewNote<'_>) -> Result<Added> {
    let NoteWriter(person) = proof;
    let made = sqlx::query!(
        "insert into note (id, contract_review_id, rate_review_id, text, written_at, written_by)
         values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing",
        note.id as _,
        note.about.contract(),
        note.about.rate(),
        note.text,
        clock.now(),
        person.id as _,
    )
    .execute(&mut *conn)
    .await?;
    if made.rows_affected() == 0 {
        return before(conn, person.id, note).await;
    }
    let (subject, subject_id) = note.about.history();
    let happening = Happening {
        kind: Kind::NoteAdded,
        subject,
        subject_id,
        row: Row { table: "note", id: note.id.0, status: (None, None), version: (None, 1) },
        reason: None,
        details: note.rate.map_or_else(|| json!({}), |rate| json!({ "rate": rate })),
    };
    record(&mut *conn, clock, &Actor::from(person), happening).await?;
    // Who was deactivated a moment ago is not named any more.
    let mentions: Vec<Uuid> = note.mentions.iter().map(|account| account.0).collect();
    sqlx::query!(
        "insert into mention (note_id, account_id)
         select $1, id from account where id = any($2) and active and role <> 'state_user' order by id for share",
        note.id as _,
        &mentions,
    )
    .execute(conn)
    .await?;
    Ok(Added::Now)
}

/// What is there already under the key of a note.
async fn before(conn: &mut PgConnection, author: AccountId, note: NewNote<'_>) -> Result<Added> {
    let there = sqlx::query!(
        "select text, written_at from note
          where id = $1 and written_by = $2 and contract_review_id is not distinct from $3
            and rate_review_id is not distinct from $4",
        note.id as _,
        author as _,
        note.about.contract(),
        note.about.rate(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Error::unprocessable("The form carries the key of another note. Open the page again."))?;
    Ok(if there.text == note.text { Added::Before } else { Added::Otherwise(there.written_at) })
}
