//! How a page is found whatever the filters: lanes, each of one status (and state), in which the rows already lie in
//! the order asked for in an index. The database reads from each no more than a page and merges them.

use super::{List, ListQuery, Order, SortBy, StateName, Status, Value};
use crate::domain::key::Key;
use crate::domain::role::Side;
use crate::web::paging::Cursor;

/// Where a lane begins when it begins at its end: before and after every key there is.
const LEAST: (&str, i32) = ("", 0);
const GREATEST: (&str, i32) = ("ZZ", i32::MAX);

/// The lanes of one part of the list, one array for each column that the database makes of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Lanes<Status> {
    /// Rows of a lower rank come first, in reading direction.
    pub ranks: Vec<i32>,
    /// The status of each lane.
    pub statuses: Vec<Status>,
    /// The state of each lane; empty where lanes are not by state.
    pub states: Vec<String>,
    /// The key that its rows follow, in reading direction.
    pub from_states: Vec<String>,
    /// The same key's number.
    pub from_numbers: Vec<i32>,
}

impl<Status> Lanes<Status> {
    fn none() -> Self {
        Self {
            ranks: Vec::new(),
            statuses: Vec::new(),
            states: Vec::new(),
            from_states: Vec::new(),
            from_numbers: Vec::new(),
        }
    }

    fn push(&mut self, rank: i32, status: Status, state: Option<&str>, from: (&str, i32)) {
        self.ranks.push(rank);
        self.statuses.push(status);
        self.states.push(state.unwrap_or_default().to_owned());
        self.from_states.push(from.0.to_owned());
        self.from_numbers.push(from.1);
    }
}

/// What is read, and in which direction.
#[derive(Debug)]
pub struct Reading<Status> {
    /// How the rows lie.
    pub order: Order,
    /// The direction in which values and keys are read.
    pub ascending: bool,
    /// Whether the rows are read towards the beginning.
    pub backward: bool,
    /// Whether each lane is of one state.
    pub by_state: bool,
    /// The lanes of rows that have a value.
    pub filled: Lanes<Status>,
    /// The value that those rows follow or equal, if they do not begin at an end.
    pub from_value: Option<Value>,
    /// The lanes of rows whose value is blank.
    pub blank: Lanes<Status>,
}

/// The states whose rows are read: those filtered by, or all that the order needs to know apart.
fn lane_states<'a, L: List>(
    query: &'a ListQuery<L>,
    order: Order,
    own: Option<&'a str>,
    all: &'a [StateName],
) -> Vec<&'a str> {
    match own {
        Some(own) => vec![own],
        None if !query.states.is_empty() => query.states.iter().map(String::as_str).collect(),
        None if order == Order::StateName => all.iter().map(|state| state.code.as_str()).collect(),
        None => Vec::new(),
    }
}

impl<S: Status> Reading<S> {
    /// Lays the lanes for a query. `own` is the state of a state user, `all` all states in order of their names.
    pub fn of<L: List<Status = S>>(query: &ListQuery<L>, side: Side, own: Option<&str>, all: &[StateName]) -> Self {
        let order = query.sort.order(side);
        let backward = query.position.backward();
        let states = lane_states(query, order, own, all);
        let mut reading = Self {
            order,
            ascending: query.descending == backward,
            backward,
            by_state: !states.is_empty(),
            filled: Lanes::none(),
            from_value: query.position.cursor().and_then(|cursor| order.value(cursor)),
            blank: Lanes::none(),
        };
        let cursor = query.position.cursor().map(|cursor| (reading.rank_of(cursor, all), &cursor.key));
        let (mut filled, mut blank) = (Lanes::none(), Lanes::none());
        let lane_states: Vec<Option<&str>> =
            if states.is_empty() { vec![None] } else { states.into_iter().map(Some).collect() };
        let parts: &[bool] = if order.blanks() { &[false, true] } else { &[false] };
        for &is_blank in parts {
            let lanes = if is_blank { &mut blank } else { &mut filled };
            for state in &lane_states {
                for status in query.wanted_statuses(side) {
                    let rank = reading.rank(status.rank(), state.unwrap_or_default(), is_blank, all);
                    if let Some(from) = reading.beginning(rank, *state, cursor) {
                        lanes.push(rank, *status, *state, from);
                    }
                }
            }
        }
        (reading.filled, reading.blank) = (filled, blank);
        reading
    }

    /// The rank of a row; only one thing tells rows apart: rank of status, rank of state, or whether the value is blank.
    fn rank(&self, status_rank: i32, state: &str, blank: bool, all: &[StateName]) -> i32 {
        let by_name = || all.iter().position(|other| other.code == state).map_or(0, |at| at as i32);
        match self.order {
            Order::Key => 0,
            // Blanks come last in both directions of the sort, so only the direction of reading turns them.
            Order::Moment { .. } | Order::Day { .. } => turned(i32::from(blank), !self.backward),
            Order::Status => turned(status_rank, self.ascending),
            Order::StateName => turned(by_name(), self.ascending),
        }
    }

    /// The rank of the row that a page follows or precedes.
    pub fn rank_of<K: Key>(&self, cursor: &Cursor<K>, all: &[StateName]) -> i32 {
        let status_rank = cursor.value.unwrap_or_default() as i32;
        self.rank(status_rank, cursor.key.state_code(), cursor.value.is_none(), all)
    }

    /// The key after which a lane is read; none where all of it lies on the near side of the cursor.
    fn beginning<'a, K: Key>(
        &self,
        rank: i32,
        state: Option<&str>,
        cursor: Option<(i32, &'a K)>,
    ) -> Option<(&'a str, i32)> {
        let (nothing_read, all_read) = if self.ascending { (LEAST, GREATEST) } else { (GREATEST, LEAST) };
        let Some((place, key)) = cursor.filter(|(place, _)| rank <= *place) else { return Some(nothing_read) };
        if rank < place {
            return None;
        }
        let from = (key.state_code(), key.number());
        Some(match state {
            None => from,
            Some(state) if state == key.state_code() => from,
            // Among equal values the states come in order of their codes.
            Some(state) if (state < key.state_code()) == self.ascending => all_read,
            Some(_) => nothing_read,
        })
    }
}

fn turned(place: i32, forward: bool) -> i32 {
    if forward { place } else { -place }
}
