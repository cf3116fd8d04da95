//! Reading a page of a list: one statement, so that rows and count are of one moment.

use sqlx::{Decode, PgConnection, Postgres, QueryBuilder, Type};
use time::Date;

use super::found::{self, Source};
use super::{Lanes, List, ListQuery, Reader, Reading, SortBy, Status, Value};
use crate::search;
use crate::web::paging::{Page, Position};

/// A page as it was read.
pub struct Read<L: List> {
    /// What it answers: what was asked, or the same for near spellings where nothing matched.
    pub query: ListQuery<L>,
    /// The rows and the neighbours.
    pub page: Page<L::Row, L::Key>,
    /// How many rows match in all.
    pub total: i64,
}

/// The page that the query asks for. A search that matches nothing is made again for near spellings.
///
/// # Errors
/// When the database fails.
pub async fn page<L: List>(conn: &mut PgConnection, reader: Reader<'_>, query: ListQuery<L>) -> sqlx::Result<Read<L>> {
    let read = page_of(conn, reader, query).await?;
    if read.total > 0 {
        return Ok(read);
    }
    match found::nearest(conn, reader, &read.query).await? {
        Some(near) => page_of(conn, reader, near).await,
        None => Ok(read),
    }
}

async fn page_of<L: List>(conn: &mut PgConnection, reader: Reader<'_>, query: ListQuery<L>) -> sqlx::Result<Read<L>> {
    let mut sql = statement(reader, &query);
    let rows: Vec<L::Row> = if Source::in_order(&query, query.sort.order(reader.side)) == Source::Entries {
        let mut tx = search::by_index(conn).await?;
        let rows = sql.build_query_as().fetch_all(&mut *tx).await?;
        tx.commit().await?;
        rows
    } else {
        sql.build_query_as().fetch_all(&mut *conn).await?
    };
    let total = match rows.first() {
        Some(row) => L::total(row),
        // Asked from the beginning there is nothing; what comes meanwhile is of a later moment.
        None if query.position == Position::First => 0,
        None => exactly(conn, reader, &query).await?,
    };
    let page = Page::of(rows, query.size, &query.position, |row| L::cursor(row, query.sort));
    Ok(Read { query, page, total })
}

/// How many rows the list has, whatever the page.
///
/// # Errors
/// When the database fails.
pub async fn count<L: List>(conn: &mut PgConnection, reader: Reader<'_>, query: &ListQuery<L>) -> sqlx::Result<i64> {
    let total = exactly(conn, reader, query).await?;
    if total > 0 {
        return Ok(total);
    }
    match found::nearest(conn, reader, query).await? {
        Some(near) => exactly(conn, reader, &near).await,
        None => Ok(0),
    }
}

/// How many rows each of these has, as [`count`] says, all counted by one statement.
///
/// # Errors
/// When the database fails.
pub async fn counts<L: List>(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    queries: &[ListQuery<L>],
) -> sqlx::Result<Vec<i64>> {
    let mut sql = QueryBuilder::new("select array[");
    for (place, query) in queries.iter().enumerate() {
        sql.push(if place > 0 { ", " } else { "" });
        push_count(&mut sql, reader, query);
    }
    sql.push("]::bigint[]");
    let mut totals: Vec<i64> = one(conn, sql, queries.iter().any(|query| Source::of(query) == Source::Entries)).await?;
    for (total, query) in totals.iter_mut().zip(queries).filter(|(total, _)| **total == 0) {
        if let Some(near) = found::nearest(conn, reader, query).await? {
            *total = exactly(conn, reader, &near).await?;
        }
    }
    Ok(totals)
}

/// How many rows have just what is asked for.
///
/// # Errors
/// When the database fails.
pub async fn exactly<L: List>(conn: &mut PgConnection, reader: Reader<'_>, query: &ListQuery<L>) -> sqlx::Result<i64> {
    let mut sql = QueryBuilder::new("select ");
    push_count(&mut sql, reader, query);
    one(conn, sql, Source::of(query) == Source::Entries).await
}

/// What a statement answers with, which may be a search.
async fn one<T>(conn: &mut PgConnection, mut sql: QueryBuilder<Postgres>, search: bool) -> sqlx::Result<T>
where
    T: for<'r> Decode<'r, Postgres> + Type<Postgres> + Send + Unpin,
{
    if !search {
        return sql.build_query_scalar().fetch_one(conn).await;
    }
    let mut tx = search::by_index(conn).await?;
    let answer = sql.build_query_scalar().fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(answer)
}

fn push_count<L: List>(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<L>) {
    if query.in_lanes() {
        push_tally(sql, reader, query);
    } else {
        sql.push("(select count(*)");
        found::push_matching(sql, reader, query, Source::of(query));
        sql.push(")");
    }
}

/// The statement: the keys of the page, then what belongs to those few.
fn statement<L: List>(reader: Reader<'_>, query: &ListQuery<L>) -> QueryBuilder<Postgres> {
    let reading = Reading::of(query, reader.side, reader.own_state, &reader.choices.states);
    let mut sql = QueryBuilder::new("with ");
    if query.in_lanes() {
        sql.push("keys as (");
        push_keys::<L>(&mut sql, &reading, query.size + 1);
        sql.push(")");
    } else {
        found::push_keys(&mut sql, reader, query, &reading, query.size + 1);
    }
    sql.push(", ");
    L::select(&mut sql, reader, query);
    push_order(&mut sql, &reading, "page");
    sql
}

/// The programs of each row of `page`, which has its `id`, as a further part of a statement named `programs`: their
/// names, in no order, and whether each is retired.
pub fn push_programs<L: List>(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>) {
    sql.push("programs as (select page.id, array_agg(p.name) as program_names, array_agg(coalesce(p.retired_on <= ");
    sql.push_bind(reader.today);
    let table = L::TABLE;
    sql.push(format_args!(
        ", false)) as programs_retired
             from page join {table}_program c on c.{table}_id = page.id join program p on p.id = c.program_id
            group by page.id)"
    ));
}

/// Pushes that `what`, a text, is one of the values; nothing where there is none.
pub fn push_any(sql: &mut QueryBuilder<Postgres>, what: &str, values: &[String]) {
    if !values.is_empty() {
        sql.push(format_args!(" and {what} = any(")).push_bind(values.to_vec()).push("::text[])");
    }
}

/// Pushes that `what`, a day, lies in a range, both ends in.
pub fn push_days(sql: &mut QueryBuilder<Postgres>, what: &str, (from, to): (Option<Date>, Option<Date>)) {
    if let Some(from) = from {
        sql.push(format_args!(" and {what} >= ")).push_bind(from);
    }
    if let Some(to) = to {
        sql.push(format_args!(" and {what} <= ")).push_bind(to);
    }
}

/// Pushes that `what`, a moment, lies on a day of a range in US Eastern time, both ends in.
pub fn push_moments(sql: &mut QueryBuilder<Postgres>, what: &str, (from, to): (Option<Date>, Option<Date>)) {
    const EASTERN: &str = "::timestamp at time zone 'America/New_York')";
    if let Some(from) = from {
        sql.push(format_args!(" and {what} >= (")).push_bind(from).push("::date").push(EASTERN);
    }
    if let Some(to) = to {
        sql.push(format_args!(" and {what} < ((")).push_bind(to).push("::date + 1)").push(EASTERN);
    }
}

/// Pushes that `r` is among what `reviews` selects of department reviews `d`, up to an open bracket of conditions, for
/// one of the people: a person who is on a review, `me`, or `nobody` where it has no primary reviewer.
pub fn push_reviewers(sql: &mut QueryBuilder<Postgres>, reviews: &str, people: &[String], reader: Reader<'_>) {
    let me = reader.account.to_string();
    let asked = people.iter().filter(|value| *value != "nobody");
    let accounts: Vec<String> = asked.map(|value| if value == "me" { me.clone() } else { value.clone() }).collect();
    sql.push(format_args!(" and r.id in ({reviews}d.primary_reviewer_id = any("));
    sql.push_bind(accounts.clone()).push("::text[]::uuid[]) or d.secondary_reviewer_id = any(");
    sql.push_bind(accounts).push("::text[]::uuid[])");
    if people.iter().any(|value| value == "nobody") {
        sql.push(" or d.primary_reviewer_id is null");
    }
    sql.push("))");
}

/// The exact number of matches, as `total`: what was found, or from the counts that the database keeps.
pub fn push_total<L: List>(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<L>) {
    if query.in_lanes() {
        push_tally(sql, reader, query);
    } else {
        sql.push("(select total from counted)");
    }
    sql.push(" as total");
}

fn push_tally<L: List>(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<L>) {
    let table = L::TABLE;
    sql.push(format_args!("(select coalesce(sum(reviews), 0)::bigint from {table}_tally where status = any("));
    sql.push_bind(query.wanted_statuses(reader.side).to_vec()).push(")");
    if let Some(own) = reader.own_state {
        sql.push(" and state_code = ").push_bind(own.to_owned());
    } else if !query.states.is_empty() {
        sql.push(" and state_code = any(").push_bind(query.states.clone()).push(")");
    }
    sql.push(")");
}

fn push_keys<L: List>(sql: &mut QueryBuilder<Postgres>, reading: &Reading<L::Status>, limit: usize) {
    push_lanes::<L>(sql, reading, &reading.filled, false, limit);
    if !reading.blank.ranks.is_empty() {
        sql.push(" union all ");
        push_lanes::<L>(sql, reading, &reading.blank, true, limit);
    }
    push_order(sql, reading, "");
    sql.push(" limit ").push(limit);
}

/// The rows of a part of the list, by rank: at most a page from each lane.
fn push_lanes<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reading: &Reading<L::Status>,
    lanes: &Lanes<L::Status>,
    blank: bool,
    limit: usize,
) {
    let column = reading.order.column();
    let (table, direction) = (L::TABLE, direction(reading));
    sql.push("select lane.rank, found.* from (select * from unnest(");
    sql.push_bind(lanes.ranks.clone()).push("::int[], ");
    sql.push_bind(lanes.statuses.clone()).push(format_args!("::{table}_status[], "));
    sql.push_bind(lanes.states.clone()).push("::text[], ").push_bind(lanes.from_states.clone()).push("::text[], ");
    sql.push_bind(lanes.from_numbers.clone());
    sql.push(
        "::int[]) as lane (rank, status, state_code, from_state, from_number) order by rank) lane cross join lateral (",
    );
    sql.push("select ");
    if let Some(column) = column {
        sql.push(format_args!("r.{column} as value, "));
    }
    sql.push(format_args!(
        "r.state_code, r.number from {table} r where r.deleted_at is null and r.status = lane.status"
    ));
    if reading.by_state {
        sql.push(" and r.state_code = lane.state_code");
    }
    push_beginning(sql, reading, blank);
    sql.push(" order by ");
    if let Some(column) = column {
        sql.push(format_args!("r.{column} {direction}, "));
    }
    if !reading.by_state {
        sql.push(format_args!("r.state_code {direction}, "));
    }
    sql.push(format_args!("r.number {direction} limit {limit}) found"));
}

/// Where the rows of a lane begin: after the value and key of the cursor, in the terms of the index.
fn push_beginning<S: Status>(sql: &mut QueryBuilder<Postgres>, reading: &Reading<S>, blank: bool) {
    let follows = if reading.ascending { ">" } else { "<" };
    let (key, from_key) = if reading.by_state {
        ("r.number", "lane.from_number")
    } else {
        ("r.state_code, r.number", "lane.from_state, lane.from_number")
    };
    match (reading.order.column(), reading.from_value) {
        (Some(column), Some(value)) if !blank => {
            sql.push(format_args!(" and (r.{column}, {key}) {follows} ("));
            match value {
                Value::Moment(at) => sql.push_bind(at),
                Value::Day(date) => sql.push_bind(date),
            };
            sql.push(format_args!(", {from_key})"));
        }
        (Some(column), None) if !blank => {
            sql.push(format_args!(" and r.{column} is not null"));
        }
        (column, _) => {
            if let Some(column) = column {
                sql.push(format_args!(" and r.{column} is null"));
            }
            sql.push(format_args!(" and ({key}) {follows} ({from_key})"));
        }
    }
}

pub(super) fn push_order<S: Status>(sql: &mut QueryBuilder<Postgres>, reading: &Reading<S>, table: &str) {
    let direction = direction(reading);
    let of = |column: &str| if table.is_empty() { column.to_owned() } else { format!("{table}.{column}") };
    sql.push(format_args!(" order by {}, ", of("rank")));
    if reading.order.column().is_some() {
        sql.push(format_args!("{} {direction}, ", of("value")));
    }
    sql.push(format_args!("{} {direction}, {} {direction}", of("state_code"), of("number")));
}

pub(super) fn direction<S: Status>(reading: &Reading<S>) -> &'static str {
    if reading.ascending { "asc" } else { "desc" }
}
