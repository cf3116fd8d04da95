//! Adding programs, changing and retiring them; each writes its entry into the program's history.

use serde::Serialize;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;
use time::Date;

use super::names;
use super::refusal::ProgramError;
use crate::domain::clock::Clock;
use crate::domain::event::{Kind, Subject};
use crate::domain::id::ProgramId;
use crate::domain::naming::natural_order;
use crate::domain::permission::ProgramKeeper;
use crate::history::{Actor, Happening, Row, record};

time::serde::format_description!(day, Date, "[year]-[month]-[day]");

/// A program as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProgram {
    /// Its key.
    pub id: ProgramId,
    /// Grows with every change.
    pub version: i32,
    /// Its state, which never changes.
    pub state_code: String,
    /// What can be changed.
    pub fields: Fields,
}

/// What can be changed of a program. Its names in JSON are those that its history uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fields {
    /// The short name, unique in the state; fixed once a sent version is named by it.
    pub name: String,
    /// The full name.
    pub full_name: String,
    /// Whether rate certifications alone can choose it.
    pub rate_only: bool,
    /// The day from which nothing new can choose it.
    #[serde(with = "day::option")]
    pub retired_on: Option<Date>,
    /// What to choose instead, of the same state.
    pub replaced_by: Option<ProgramId>,
}

/// How a program is retired; without a day it is brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// The day from which nothing new can choose it.
    pub retired_on: Option<Date>,
    /// What to choose instead.
    pub replaced_by: Option<ProgramId>,
}

/// Adds a program.
///
/// # Errors
/// [`ProgramError::Refused`] when a rule forbids it.
pub async fn add(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    id: ProgramId,
    state_code: &str,
    fields: &Fields,
) -> Result<(), ProgramError> {
    sqlx::query!(
        "insert into program (id, state_code, name, full_name, rate_only, retired_on, replaced_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id as _,
        state_code,
        fields.name,
        fields.full_name,
        fields.rate_only,
        fields.retired_on,
        fields.replaced_by as _,
    )
    .execute(&mut *conn)
    .await?;
    let mut details = json!(fields);
    details["state"] = json!(state_code);
    tell(conn, clock, actor, Kind::ProgramAdded, id, (None, 1), details).await?;
    Ok(())
}

/// Every program, or those of one state, by state and in natural order of the short names.
///
/// # Errors
/// When the database fails.
pub async fn list(conn: &mut PgConnection, state_code: Option<&str>) -> sqlx::Result<Vec<KnownProgram>> {
    let rows = sqlx::query!(
        r#"select id as "id: ProgramId", version, state_code, name, full_name, rate_only, retired_on,
                  replaced_by as "replaced_by: ProgramId"
             from program where $1::text is null or state_code = $1"#,
        state_code,
    )
    .fetch_all(conn)
    .await?;
    let known = rows.into_iter().map(|row| KnownProgram {
        id: row.id,
        version: row.version,
        state_code: row.state_code,
        fields: Fields {
            name: row.name,
            full_name: row.full_name,
            rate_only: row.rate_only,
            retired_on: row.retired_on,
            replaced_by: row.replaced_by,
        },
    });
    let mut known: Vec<KnownProgram> = known.collect();
    known.sort_by(|a, b| a.state_code.cmp(&b.state_code).then_with(|| natural_order(&a.fields.name, &b.fields.name)));
    Ok(known)
}

/// The program with this key, its row locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(conn: &mut PgConnection, id: ProgramId) -> sqlx::Result<Option<KnownProgram>> {
    let row = sqlx::query!(
        r#"select version, state_code, name, full_name, rate_only, retired_on, replaced_by as "replaced_by: ProgramId"
             from program where id = $1 for no key update"#,
        id as _,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| KnownProgram {
        id,
        version: row.version,
        state_code: row.state_code,
        fields: Fields {
            name: row.name,
            full_name: row.full_name,
            rate_only: row.rate_only,
            retired_on: row.retired_on,
            replaced_by: row.replaced_by,
        },
    }))
}

/// Retires a program, or brings it back, unless it has changed since `known` was read.
///
/// # Errors
/// As [`change`].
pub async fn retire(
    conn: &mut PgConnection,
    clock: &Clock,
    by: ProgramKeeper<'_>,
    known: &KnownProgram,
    retirement: Retirement,
) -> Result<Map<String, Value>, ProgramError> {
    let Retirement { retired_on, replaced_by } = retirement;
    let wanted = Fields { retired_on, replaced_by, ..known.fields.clone() };
    change(conn, clock, &Actor::from(by.0), known, &wanted).await
}

/// Makes the program be as `wanted`, unless it has changed since `known` was read; returns each field that changed, with
/// its old and its new value. The names of drafts follow a new short name. Run it in a transaction.
///
/// # Errors
/// [`ProgramError::Changed`] when it changed meanwhile; [`ProgramError::Refused`] when a rule forbids it.
pub async fn change(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    known: &KnownProgram,
    wanted: &Fields,
) -> Result<Map<String, Value>, ProgramError> {
    let changed = differences(&known.fields, wanted);
    if changed.is_empty() {
        return Ok(changed);
    }
    let renamed = known.fields.name != wanted.name;
    let drafts = if renamed { names::lock_drafts(conn, known.id).await? } else { Vec::new() };
    let version = sqlx::query_scalar!(
        "update program set name = $3, full_name = $4, rate_only = $5, retired_on = $6, replaced_by = $7
          where id = $1 and version = $2 returning version",
        known.id as _,
        known.version,
        wanted.name,
        wanted.full_name,
        wanted.rate_only,
        wanted.retired_on,
        wanted.replaced_by as _,
    )
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(ProgramError::Changed)?;
    names::follow(conn, &drafts).await?;
    let retired = known.fields.retired_on.is_none() && wanted.retired_on.is_some();
    let kind = if retired { Kind::ProgramRetired } else { Kind::ProgramChanged };
    let versions = (Some(known.version), version);
    tell(conn, clock, actor, kind, known.id, versions, Value::Object(changed.clone())).await?;
    Ok(changed)
}

async fn tell(
    conn: &mut PgConnection,
    clock: &Clock,
    actor: &Actor,
    kind: Kind,
    id: ProgramId,
    version: (Option<i32>, i32),
    details: Value,
) -> sqlx::Result<()> {
    let happening = Happening {
        kind,
        subject: Subject::Program,
        subject_id: id.0,
        row: Row { table: "program", id: id.0, status: (None, None), version },
        reason: None,
        details,
    };
    record(conn, clock, actor, happening).await
}

/// `{"rate_only": [false, true]}` for each field that differs.
pub(super) fn differences(before: &Fields, after: &Fields) -> Map<String, Value> {
    let object = |fields: &Fields| match json!(fields) {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let mut after = object(after);
    object(before)
        .into_iter()
        .filter_map(|(name, old)| after.remove(&name).filter(|new| *new != old).map(|new| (name, json!([old, new]))))
        .collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn only_what_differs_is_told_with_its_old_and_new_value() {
        let before = Fields {
            name: "SNBC".to_owned(),
            full_name: "Special Needs".to_owned(),
            rate_only: false,
            retired_on: None,
            replaced_by: None,
        };
        let after = Fields { rate_only: true, retired_on: Some(date!(2026 - 07 - 01)), ..before.clone() };
        let told = Value::Object(differences(&before, &after));
        assert_eq!(told, json!({ "rate_only": [false, true], "retired_on": [null, "2026-07-01"] }));
        assert!(differences(&before, &before).is_empty());
    }
}
