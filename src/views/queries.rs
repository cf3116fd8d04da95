//! Saved views as the database keeps them: read, made, changed, removed, and chosen for a list to open with.

use sqlx::PgConnection;
use time::OffsetDateTime;

use super::listed::Listed;
use crate::db::broken_rule;
use crate::domain::clock::Clock;
use crate::domain::id::{AccountId, SavedViewId};
use crate::domain::permission::{Person, ViewKeeper};
use crate::domain::role::{Department, Role};

/// A view that a person uses.
#[derive(Clone, Debug)]
pub struct View {
    pub id: SavedViewId,
    pub list: Listed,
    /// Whose it is; none: the person's own.
    pub department: Option<Department>,
    pub name: String,
    pub query: String,
    /// Whether somebody has deleted it.
    pub removed: bool,
    pub version: i32,
    /// Whether its list opens with it for the person.
    pub opens: bool,
}

/// What can be changed of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub name: String,
    pub query: String,
}

/// A view as it was in one of its versions, and who made it so.
#[derive(Debug)]
pub struct Version {
    pub version: i32,
    pub content: Content,
    pub removed: bool,
    pub by: AccountId,
    pub who: String,
    pub at: OffsetDateTime,
}

/// Why a view was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum Unkept {
    /// Another view of the same owner and list has the name.
    #[error("another view has this name")]
    NameTaken,
    /// It is not as it was read.
    #[error("the view was changed by somebody else in the meantime")]
    Changed,
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Unkept {
    fn from(error: sqlx::Error) -> Self {
        match broken_rule(&error) {
            Some("saved_view_name_of_account" | "saved_view_name_of_department") => Self::NameTaken,
            _ => Self::Database(error),
        }
    }
}

impl From<Unkept> for crate::web::Error {
    fn from(unkept: Unkept) -> Self {
        match unkept {
            Unkept::Database(error) => error.into(),
            other => anyhow::Error::from(other).into(),
        }
    }
}

impl View {
    /// What can be changed of it.
    pub fn content(&self) -> Content {
        Content { name: self.name.clone(), query: self.query.clone() }
    }
}

/// The views that a person uses, of one list or all: their own before those of departments, in order of names.
///
/// # Errors
/// When the database fails.
pub async fn all(conn: &mut PgConnection, person: &Person, list: Option<Listed>) -> sqlx::Result<Vec<View>> {
    let departments = person.uses_views_of();
    sqlx::query_as!(
        View,
        r#"select v.id as "id: SavedViewId", v.list as "list: Listed", v.department, v.name, v.query, v.removed, v.version,
                  d.view_id is not null as "opens!"
             from saved_view v left join list_default d on d.view_id = v.id and d.account_id = $1
            where (v.account_id = $1 or v.department = any($2)) and not v.removed and ($3::text is null or v.list = $3)
            order by v.department nulls first, lower(v.name)"#,
        person.id as _,
        &departments as _,
        list.map(Listed::name),
    )
    .fetch_all(conn)
    .await
}

/// A view that a person uses, deleted or not, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(conn: &mut PgConnection, person: &Person, id: SavedViewId) -> sqlx::Result<Option<View>> {
    let departments = person.uses_views_of();
    sqlx::query_as!(
        View,
        r#"select v.id as "id: SavedViewId", v.list as "list: Listed", v.department, v.name, v.query, v.removed, v.version,
                  exists (select from list_default d where d.view_id = v.id and d.account_id = $1) as "opens!"
             from saved_view v
            where v.id = $3 and (v.account_id = $1 or v.department = any($2)) for no key update"#,
        person.id as _,
        &departments as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

/// The versions of a view from one on, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn versions(conn: &mut PgConnection, id: SavedViewId, from: i32) -> sqlx::Result<Vec<Version>> {
    let rows = sqlx::query!(
        r#"select w.version, w.name, w.query, w.removed, w.changed_by as "by: AccountId", w.changed_at,
                  a.given_name || ' ' || a.family_name as "who!", a.role, a.department
             from saved_view_version w join account a on a.id = w.changed_by
            where w.view_id = $1 and w.version >= $2 order by w.version"#,
        id as _,
        from,
    )
    .fetch_all(conn)
    .await?;
    let version = rows.into_iter().map(|row| Version {
        version: row.version,
        content: Content { name: row.name, query: row.query },
        removed: row.removed,
        by: row.by,
        who: in_words(&row.who, row.role, row.department),
        at: row.changed_at,
    });
    Ok(version.collect())
}

fn in_words(name: &str, role: Role, department: Option<Department>) -> String {
    format!("{name} ({})", department.map_or(role.label(), Department::short_name))
}

/// A view that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewView<'a> {
    /// Its key, which its form carried.
    pub id: SavedViewId,
    pub list: Listed,
    pub content: &'a Content,
}

/// What making a view came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was made, or the same form had made it before.
    So,
    /// The same form had made it, and it was deleted since.
    Gone,
    /// The same form had made another, of this name.
    Otherwise(String),
    /// The key is that of something which the person did not make.
    Foreign,
}

/// Makes a view, once under its key.
///
/// # Errors
/// [`Unkept::NameTaken`], and when the database fails.
pub async fn make(
    conn: &mut PgConnection,
    clock: &Clock,
    by: ViewKeeper<'_>,
    view: NewView<'_>,
) -> Result<Made, Unkept> {
    let NewView { id, list, content } = view;
    let made = sqlx::query!(
        "insert into saved_view (id, list, account_id, department, name, query, changed_by, changed_at)
         values ($1, $2, case when $4::department is null then $3::uuid end, $4, $5, $6, $3, $7) on conflict do nothing",
        id as _,
        list.name(),
        by.person.id as _,
        by.department as _,
        content.name,
        content.query,
        clock.now(),
    )
    .execute(&mut *conn)
    .await?;
    if made.rows_affected() > 0 {
        return Ok(Made::So);
    }
    let there = sqlx::query!(
        r#"select v.list, v.department, v.removed, w.name, w.query, w.changed_by as "by: AccountId"
             from saved_view v join saved_view_version w on w.view_id = v.id and w.version = 1 where v.id = $1"#,
        id as _,
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Unkept::NameTaken)?;
    let same = (there.list == list.name(), there.department) == (true, by.department)
        && (&there.name, &there.query) == (&content.name, &content.query);
    Ok(match there.by == by.person.id {
        true if same && there.removed => Made::Gone,
        true if same => Made::So,
        true => Made::Otherwise(there.name),
        false => Made::Foreign,
    })
}

/// Changes a view, unless it has changed since it was read.
///
/// # Errors
/// [`Unkept::NameTaken`], [`Unkept::Changed`], and when the database fails.
pub async fn change(
    conn: &mut PgConnection,
    clock: &Clock,
    by: ViewKeeper<'_>,
    view: &View,
    content: &Content,
) -> Result<i32, Unkept> {
    sqlx::query_scalar!(
        "update saved_view set name = $3, query = $4, changed_by = $5, changed_at = $6
          where id = $1 and version = $2 returning version",
        view.id as _,
        view.version,
        content.name,
        content.query,
        by.person.id as _,
        clock.now(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Unkept::Changed)
}

/// Deletes a view, unless it has changed since it was read; no list opens with it any more.
///
/// # Errors
/// [`Unkept::Changed`], and when the database fails.
pub async fn remove(conn: &mut PgConnection, clock: &Clock, by: ViewKeeper<'_>, view: &View) -> Result<i32, Unkept> {
    sqlx::query_scalar!(
        "update saved_view set removed = true, changed_by = $3, changed_at = $4
          where id = $1 and version = $2 returning version",
        view.id as _,
        view.version,
        by.person.id as _,
        clock.now(),
    )
    .fetch_optional(conn)
    .await?
    .ok_or(Unkept::Changed)
}

/// Has the list of a view open with it for a person, or as it does for everybody.
///
/// # Errors
/// When the database fails.
pub async fn open_with(conn: &mut PgConnection, person: &Person, view: &View, opens: bool) -> sqlx::Result<()> {
    let (account, list) = (person.id, view.list.name());
    if opens {
        sqlx::query!(
            "insert into list_default (account_id, list, view_id) values ($1, $2, $3)
             on conflict (account_id, list) do update set view_id = excluded.view_id",
            account as _,
            list,
            view.id as _,
        )
        .execute(conn)
        .await?;
    } else {
        sqlx::query!("delete from list_default where account_id = $1 and view_id = $2", account as _, view.id as _)
            .execute(conn)
            .await?;
    }
    Ok(())
}
