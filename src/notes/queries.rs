//! Reading notes: those of a submission with its rates, or of one rate; how many there are; who has opened them.

use std::collections::HashMap;

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::About;
use crate::domain::clock::Moment;
use crate::domain::id::{AccountId, NoteId};
use crate::domain::key::RateKey;
use crate::domain::permission::Person;
use crate::domain::role::{Department, Role, Side};
use crate::history::Author;

/// A note.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its key.
    pub id: NoteId,
    /// The rate that it is about, in the notes of a submission and of a rate alike.
    pub rate: Option<RateKey>,
    /// Who wrote it, with role and department then.
    pub author: String,
    /// When.
    pub at: Moment,
    /// What.
    pub text: String,
    /// Who is named in it.
    pub mentions: Vec<Mention>,
}

/// Somebody named in a note.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Their account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// When they opened it.
    pub opened: Option<Moment>,
}

/// The notes about a submission and the rates that are its own or stand in its current package, or about a rate;
/// newest first.
///
/// # Errors
/// When the database fails.
pub async fn of(conn: &mut PgConnection, about: About) -> sqlx::Result<Vec<Note>> {
    let rows = sqlx::query!(
        r#"select n.id as "id!: NoteId", n.text, n.written_at, r.state_code as "state_code?", r.number as "number?",
                  e.actor_name, e.actor_role as "actor_role: Role", e.actor_department as "actor_department: Department"
             from note_page p
             join note n on n.id = p.note_id
             join event e on e.row_id = n.id and e.version_after = 1
             left join rate_review r on r.id = n.rate_review_id
            where p.page_id = $1
            order by e.seq desc"#,
        about.history().1,
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut mentions = mentions(conn, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|row| Note {
            id: row.id,
            rate: row.state_code.zip(row.number).map(|(state_code, number)| RateKey { state_code, number }),
            author: Author {
                name: row.actor_name,
                role: row.actor_role,
                department: row.actor_department,
                state_name: None,
            }
            .seen_by(Side::Cms),
            at: Moment(row.written_at),
            text: row.text,
            mentions: mentions.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

async fn mentions(conn: &mut PgConnection, notes: &[Uuid]) -> sqlx::Result<HashMap<NoteId, Vec<Mention>>> {
    let mut found: HashMap<NoteId, Vec<Mention>> = HashMap::new();
    let rows = sqlx::query!(
        r#"select m.note_id as "note_id: NoteId", m.opened_at, a.id as "account: AccountId",
                  a.given_name || ' ' || a.family_name as "name!"
             from mention m join account a on a.id = m.account_id
            where m.note_id = any($1) order by a.family_name, a.given_name"#,
        notes,
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let mention = Mention { account: row.account, name: row.name, opened: row.opened_at.map(Moment) };
        found.entry(row.note_id).or_default().push(mention);
    }
    Ok(found)
}

/// How many notes [`of`] gives; none for people of a state, for whom nothing is even counted.
///
/// # Errors
/// When the database fails.
pub async fn number(conn: &mut PgConnection, person: &Person, about: About) -> sqlx::Result<Option<i64>> {
    if person.side() == Side::State {
        return Ok(None);
    }
    let (_, page) = about.history();
    let number = sqlx::query_scalar!(r#"select count(*) as "notes!" from note_page where page_id = $1"#, page);
    Ok(Some(number.fetch_one(conn).await?))
}

/// Marks the notes as opened in which a person is named.
///
/// # Errors
/// When the database fails.
pub(super) async fn open_own(
    conn: &mut PgConnection,
    notes: &mut [Note],
    account: AccountId,
    now: OffsetDateTime,
) -> sqlx::Result<()> {
    let waiting = |mention: &&mut Mention| mention.account == account && mention.opened.is_none();
    let mut opened: Vec<Uuid> = Vec::new();
    for note in notes {
        if let Some(mention) = note.mentions.iter_mut().find(waiting) {
            mention.opened = Some(Moment(now));
            opened.push(note.id.0);
        }
    }
    if opened.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update mention set opened_at = $3 where account_id = $1 and note_id = any($2) and opened_at is null",
        account as _,
        &opened,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
