//! Reading a page of a list: one statement, so that rows and count are of one moment.

use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{Lanes, List, ListQuery, Reader, Reading, Status, Value};
use crate::domain::key::Key;
use crate::web::paging::Page;

/// The page that the query asks for, and how many rows match in all.
///
/// # Errors
/// When the database fails.
pub async fn page<L: List>(
    conn: &mut PgConnection,
    reader: Reader<'_>,
    query: &ListQuery<L>,
) -> sqlx::Result<(Page<L::Row, L::Key>, i64)> {
    let rows: Vec<L::Row> = statement(reader, query).build_query_as().fetch_all(&mut *conn).await?;
    let total = match rows.first() {
        Some(row) => L::total(row),
        None => {
            let mut count = QueryBuilder::new("select ");
            push_total(&mut count, reader, query);
            count.build_query_scalar().fetch_one(conn).await?
        }
    };
    Ok((Page::of(rows, query.size, &query.position, |row| L::cursor(row, query.sort)), total))
}

/// The statement: the keys of the page from the lanes, then what belongs to those few.
fn statement<L: List>(reader: Reader<'_>, query: &ListQuery<L>) -> QueryBuilder<Postgres> {
    let reading = Reading::of(query, reader.side, reader.own_state, reader.states);
    let mut sql = QueryBuilder::new("with keys as (");
    push_keys(&mut sql, &reading, query, query.size + 1);
    sql.push("), ");
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

/// The exact number of matches, from the counts that the database keeps; of rows that were ticked they are counted.
pub fn push_total<L: List>(sql: &mut QueryBuilder<Postgres>, reader: Reader<'_>, query: &ListQuery<L>) {
    let table = L::TABLE;
    match &query.only {
        None => {
            sql.push(format_args!("(select coalesce(sum(reviews), 0)::bigint from {table}_tally where status = any("))
        }
        Some(only) => {
            sql.push(format_args!("(select count(*) from {table} r where r.deleted_at is null"));
            push_only(sql, only);
            sql.push(" and status = any(")
        }
    };
    sql.push_bind(query.wanted_statuses(reader.side).to_vec()).push(")");
    if let Some(own) = reader.own_state {
        sql.push(" and state_code = ").push_bind(own.to_owned());
    } else if !query.states.is_empty() {
        sql.push(" and state_code = any(").push_bind(query.states.clone()).push(")");
    }
    sql.push(") as total");
}

/// Of the rows `r` those that were ticked.
fn push_only<K: Key>(sql: &mut QueryBuilder<Postgres>, only: &[K]) {
    let (states, numbers): (Vec<String>, Vec<i32>) =
        only.iter().map(|key| (key.state_code().to_owned(), key.number())).unzip();
    sql.push(" and (r.state_code, r.number) in (select * from unnest(").push_bind(states).push("::text[], ");
    sql.push_bind(numbers).push("::int[]))");
}

fn push_keys<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reading: &Reading<L::Status>,
    query: &ListQuery<L>,
    limit: usize,
) {
    push_lanes(sql, reading, query, &reading.filled, false, limit);
    if !reading.blank.ranks.is_empty() {
        sql.push(" union all ");
        push_lanes(sql, reading, query, &reading.blank, true, limit);
    }
    push_order(sql, reading, "");
    sql.push(" limit ").push(limit);
}

/// The rows of a part of the list, by rank: at most a page from each lane.
fn push_lanes<L: List>(
    sql: &mut QueryBuilder<Postgres>,
    reading: &Reading<L::Status>,
    query: &ListQuery<L>,
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
    if let Some(only) = &query.only {
        push_only(sql, only);
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

fn push_order<S: Status>(sql: &mut QueryBuilder<Postgres>, reading: &Reading<S>, table: &str) {
    let direction = direction(reading);
    let of = |column: &str| if table.is_empty() { column.to_owned() } else { format!("{table}.{column}") };
    sql.push(format_args!(" order by {}, ", of("rank")));
    if reading.order.column().is_some() {
        sql.push(format_args!("{} {direction}, ", of("value")));
    }
    sql.push(format_args!("{} {direction}, {} {direction}", of("state_code"), of("number")));
}

fn direction<S: Status>(reading: &Reading<S>) -> &'static str {
    if reading.ascending { "asc" } else { "desc" }
}
