//! How a page is found under filters that no index has in the order asked for: all that matches is read once, counted,
//! and the page cut from it. A search alone is read from the entries of the search, without the rows themselves.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::sql::push_order;
use super::{List, ListQuery, Order, Reader, Reading, Status, Value};
use crate::domain::key::Key;
use crate::search::{self, Place};
use crate::web::paging::Cursor;

/// What the rows `r` are read from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Their table.
    Table,
    /// The entries of the search.
    Entries,
}

impl Source {
    /// That of all that matches, where nothing but its number matters: entries have words, status and state.
    pub(super) fn of<L: List>(query: &ListQuery<L>) -> Self {
        let searched_alone = query.words.is_some() && query.given.is_empty() && query.only.is_none();
        if searched_alone { Self::Entries } else { Self::Table }
    }

    /// That of all that matches, to be put in order: entries have the last activity, as far as their side sees.
    pub(super) fn in_order<L: List>(query: &ListQuery<L>, order: Order) -> Self {
        match order {
            Order::Day { .. } => Self::Table,
            Order::Moment { column, .. } if !column.starts_with("last_activity") => Self::Table,
            _ => Self::of(query),
        }
    }
}

/// All rows that match, as `matching`, and of them the keys of the page, as `keys`.
pub(super) fn push_keys<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reader: Reader<'_>,
    query: &ListQuery<L>,
    reading: &Reading<L::Status>,
    limit: usize,
) {
    let source = Source::in_order(query, reading.order);
    sql.push("matching as materialized (select ");
    push_rank::<L>(sql, reader, reading, source);
    sql.push(" as rank, ");
    if let Some(column) = reading.order.column() {
        let column = if source == Source::Entries { "last_activity_at" } else { column };
        sql.push(format_args!("r.{column} as value, "));
    }
    sql.push("r.state_code, r.number");
    push_matching(sql, reader, query, source);
    sql.push("), keys as (select * from matching");
    if let Some(cursor) = query.position.cursor() {
        let rank = reading.rank_of(cursor, &reader.choices.states);
        push_beyond(sql, reading, rank, cursor);
    }
    push_order(sql, reading, "");
    sql.push(" limit ").push(limit).push(")");
}

/// `from` and `where` of all that matches, each row as `r`.
pub(super) fn push_matching<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reader: Reader<'_>,
    query: &ListQuery<L>,
    source: Source,
) {
    match (&query.words, source) {
        (Some(words), Source::Entries) => {
            sql.push(" from ");
            search::push_entries(sql, L::SEARCHED, reader.side, reader.own_state, words);
            if !query.statuses.is_empty() {
                let ranks: Vec<i16> =
                    query.statuses.iter().filter_map(|status| status.rank().try_into().ok()).collect();
                sql.push(" and r.status_rank = any(").push_bind(ranks).push(")");
            }
        }
        _ => {
            sql.push(format_args!(" from {} r where r.deleted_at is null and r.status = any(", L::TABLE));
            sql.push_bind(query.wanted_statuses(reader.side).to_vec()).push(")");
        }
    }
    if let Some(own) = reader.own_state {
        sql.push(" and r.state_code = ").push_bind(own.to_owned());
    } else if !query.states.is_empty() {
        sql.push(" and r.state_code = any(").push_bind(query.states.clone()).push(")");
    }
    for filter in L::filters() {
        L::push_filter(sql, filter.name, &query.given, reader);
    }
    if let Some(only) = &query.only {
        let (states, numbers): (Vec<String>, Vec<i32>) =
            only.iter().map(|key| (key.state_code().to_owned(), key.number())).unzip();
        sql.push(" and (r.state_code, r.number) in (select * from unnest(").push_bind(states).push("::text[], ");
        sql.push_bind(numbers).push("::int[]))");
    }
    if let Some(words) = query.words.as_ref().filter(|_| source == Source::Table) {
        sql.push(" and ");
        search::push_condition(sql, L::SEARCHED, reader.side, reader.own_state, words);
    }
}

/// For a search that matches nothing: the same for near spellings, if there are any.
///
/// # Errors
/// When the database fails.
pub(super) async fn nearest<L: List>(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    query: &ListQuery<L>,
) -> sqlx::Result<Option<ListQuery<L>>> {
    let Some(words) = &query.words else { return Ok(None) };
    let near = search::nearest(conn, L::SEARCHED, reader.side, reader.own_state, words).await?;
    Ok(near.map(|near| ListQuery { words: Some(near), ..query.clone() }))
}

/// Of a search: where in each row the words stand that are not in its key or name, in words.
///
/// # Errors
/// When the database fails.
pub(super) async fn places<L: List>(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    query: &ListQuery<L>,
    rows: &[L::Row],
) -> sqlx::Result<HashMap<Uuid, String>> {
    let Some(words) = query.words.as_ref().filter(|_| !rows.is_empty()) else { return Ok(HashMap::new()) };
    let ids: Vec<Uuid> = rows.iter().map(L::id).collect();
    let places = search::places(conn, L::SEARCHED, reader.side, reader.own_state, &ids, words).await?;
    let told = |places: Vec<Place>| places.into_iter().map(Place::words).collect::<Vec<_>>().join(", ");
    Ok(places.into_iter().map(|(id, places)| (id, told(places))).collect())
}

/// The rank of a row in reading direction, as the lanes have it.
fn push_rank<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reader: Reader<'_>,
    reading: &Reading<L::Status>,
    source: Source,
) {
    let sign = |forward: bool| if forward { "" } else { "-" };
    match reading.order {
        Order::Key => sql.push("0"),
        Order::Moment { .. } if source == Source::Entries => sql.push("0"),
        Order::Status if source == Source::Entries => {
            sql.push(format_args!("{}r.status_rank::int", sign(reading.ascending)))
        }
        Order::Moment { column, .. } | Order::Day { column } => {
            sql.push(format_args!("{}(r.{column} is null)::int", sign(!reading.backward)))
        }
        Order::Status => sql.push(format_args!(
            "{}(array_position(enum_range(null::{}_status), r.status) - 1)",
            sign(reading.ascending),
            L::TABLE
        )),
        Order::StateName => {
            let codes: Vec<String> = reader.choices.states.iter().map(|state| state.code.clone()).collect();
            sql.push(format_args!("{}(array_position(", sign(reading.ascending)));
            sql.push_bind(codes).push("::text[], r.state_code) - 1)")
        }
    };
}

/// What follows the cursor in reading direction.
fn push_beyond<K: Key, S: Status>(
    sql: &mut QueryBuilder<Postgres>,
    reading: &Reading<S>,
    rank: i32,
    cursor: &Cursor<K>,
) {
    let follows = if reading.ascending { ">" } else { "<" };
    sql.push(" where rank > ").push_bind(rank).push(" or rank = ").push_bind(rank).push(" and (");
    if reading.from_value.is_some() {
        sql.push("value, ");
    }
    sql.push(format_args!("state_code, number) {follows} ("));
    match reading.from_value {
        Some(Value::Moment(at)) => sql.push_bind(at).push(", "),
        Some(Value::Day(day)) => sql.push_bind(day).push(", "),
        None => sql,
    };
    sql.push_bind(cursor.key.state_code().to_owned()).push(", ").push_bind(cursor.key.number()).push(")");
}
