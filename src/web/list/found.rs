//! How a page is found under filters that no index has in the order asked for: all that matches is read once, counted,
//! and the page cut from it. A search alone is read from the entries of the search, without the rows themselves; in the order
//! of the last activity, a page of what many have is found among the first, and the rest only counted.

use std::collections::HashMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::sql::{direction, push_order};
use super::{List, ListQuery, Order, Reader, Reading, Status, Value};
use crate::domain::key::Key;
use crate::domain::role::Side;
use crate::search::{self, Place};
use crate::web::paging::Cursor;

/// How many rows are looked at in their order, for each of the page, before all that matches is put in order.
const LOOKED_AT: usize = 8;

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

/// The keys of the page, as `keys`, and the number of all that match, as `counted`.
pub(super) fn push_keys<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reader: Reader<'_>,
    query: &ListQuery<L>,
    reading: &Reading<L::Status>,
    limit: usize,
) {
    let source = Source::in_order(query, reading.order);
    let among_first = push_among_first(sql, reader, query, reading, limit);
    sql.push("matching as materialized (select ");
    push_rank::<L>(sql, reader, reading, source);
    sql.push(" as rank, ");
    if let Some(column) = reading.order.column() {
        let column = if source == Source::Entries { "last_activity_at" } else { column };
        sql.push(format_args!("r.{column} as value, "));
    }
    sql.push("r.state_code, r.number");
    push_matching(sql, reader, query, source);
    if among_first {
        sql.push(" and not (select page from among_first)");
    }
    sql.push("), keys as (");
    if among_first {
        sql.push("select * from first where (select page from among_first) union all (");
    }
    sql.push("select * from matching");
    if let Some(cursor) = query.position.cursor() {
        let rank = reading.rank_of(cursor, &reader.choices.states);
        sql.push(" where rank > ").push_bind(rank).push(" or rank = ").push_bind(rank).push(" and ");
        push_beyond(sql, reading, "value", cursor);
    }
    push_order(sql, reading, "");
    sql.push(" limit ").push(limit);
    sql.push(if among_first { "))" } else { ")" });
    sql.push(", counted as (select (select count(*) from matching)");
    if among_first {
        sql.push(" + (select count(*)");
        push_matching(sql, reader, query, source);
        sql.push(" and (select page from among_first))");
    }
    sql.push(" as total)");
}

/// Of a search by CMS in the order of the last activity: what is found among the first rows, as `first`, and whether that
/// is a page, as `among_first`. What many rows have fills one soon, and need not be put in order as a whole. Returns whether
/// there is such a search.
fn push_among_first<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reader: Reader<'_>,
    query: &ListQuery<L>,
    reading: &Reading<L::Status>,
    limit: usize,
) -> bool {
    let by_entries = Source::in_order(query, reading.order) == Source::Entries;
    let (Some(words), Some(column)) = (&query.words, reading.order.column().filter(|_| by_entries)) else {
        return false;
    };
    let cursor = query.position.cursor();
    if reader.side != Side::Cms || cursor.is_some() && reading.from_value.is_none() {
        return false;
    }
    let direction = direction(reading);
    let order = format!("{column} {direction}, state_code {direction}, number {direction}");
    sql.push("first as materialized (select 0 as rank, r.last_activity_at as value, r.state_code, r.number from (");
    sql.push(format_args!("select id, {column}, state_code, number from {} where {column} is not null", L::TABLE));
    if let Some(cursor) = cursor {
        sql.push(" and ");
        push_beyond(sql, reading, column, cursor);
    }
    sql.push(format_args!(" order by {order} limit {}) a, ", LOOKED_AT * limit));
    search::push_entries(sql, L::SEARCHED, reader.side, reader.own_state, words, Some("a.id"));
    push_status_ranks(sql, query);
    push_states(sql, reader, query);
    let order = format!("a.{column} {direction}, a.state_code {direction}, a.number {direction}");
    sql.push(format_args!(" order by {order} limit {limit}), "));
    sql.push(format_args!("among_first as (select count(*) = {limit} as page from first), "));
    true
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
            search::push_entries(sql, L::SEARCHED, reader.side, reader.own_state, words, None);
            push_status_ranks(sql, query);
        }
        _ => {
            sql.push(format_args!(" from {} r where r.deleted_at is null and r.status = any(", L::TABLE));
            sql.push_bind(query.wanted_statuses(reader.side).to_vec()).push(")");
        }
    }
    push_states(sql, reader, query);
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

/// The statuses that are filtered by, of an entry.
fn push_status_ranks<L: List>(sql: &mut QueryBuilder<Postgres>, query: &ListQuery<L>) {
    if !query.statuses.is_empty() {
        let ranks: Vec<i16> = query.statuses.iter().filter_map(|status| status.rank().try_into().ok()).collect();
        sql.push(" and r.status_rank = any(").push_bind(ranks).push(")");
    }
}

/// The states that are filtered by, or that of the reader.
fn push_states<L: List>(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<L>) {
    if let Some(own) = reader.own_state {
        sql.push(" and r.state_code = ").push_bind(own.to_owned());
    } else if !query.states.is_empty() {
        sql.push(" and r.state_code = any(").push_bind(query.states.clone()).push(")");
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

/// What follows the cursor in reading direction, among rows of its rank: by a value where they have one, and by key.
fn push_beyond<K: Key, S: Status>(
    sql: &mut QueryBuilder<Postgres>,
    reading: &Reading<S>,
    value: &str,
    cursor: &Cursor<K>,
) {
    let follows = if reading.ascending { ">" } else { "<" };
    let value = if reading.from_value.is_some() { format!("{value}, ") } else { String::new() };
    sql.push(format_args!("({value}state_code, number) {follows} ("));
    match reading.from_value {
        Some(Value::Moment(at)) => sql.push_bind(at).push(", "),
        Some(Value::Day(day)) => sql.push_bind(day).push(", "),
        None => sql,
    };
    sql.push_bind(cursor.key.state_code().to_owned()).push(", ").push_bind(cursor.key.number()).push(")");
}
