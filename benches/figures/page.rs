//! A page, beside its own SQL in pgbench.

use crate::databases::{Data, Databases};
use crate::pgbench::Script;
use crate::server::{CONNECTIONS, Server};
use crate::table::Figure;
use crate::{Plan, capture, http, median};

/// The requests per second that somebody's browsers get of a page of a served database, as a part of what the database
/// alone could answer; it `must` be at least so much.
pub fn beside_pgbench(
    plan: &Plan,
    databases: &Databases,
    (data, server): (Data, &Server),
    (person, path): (&str, &str),
    (what, must): (String, f64),
) -> Figure {
    let cookies = server.cookies(person);
    let request = http::get(server.host(), path, &cookies, "");
    let (script, statements) = own_sql(databases, data, path, &cookies);
    let (mut product, mut database) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        product.push(http::rate(server.host(), &request, CONNECTIONS, plan.round));
        database.push(script.run(databases, data, CONNECTIONS, plan.round, 0).per_second);
    }
    let zipped = http::get(server.host(), path, &cookies, "Accept-Encoding: gzip\r\n");
    let zipped = http::rate(server.host(), &zipped, CONNECTIONS, plan.round);
    let (product, database) = (median(product), median(database));
    let part = product / database;
    Figure {
        what,
        measured: format!("{product:.0} requests/s ({zipped:.0} compressed)"),
        beside: format!("{database:.0}/s in pgbench, the page's own {statements} statements: {part:.2} of it"),
        must: format!("at least {must}"),
        met: part >= must,
    }
}

/// How many statements the page takes for somebody.
pub fn statements(databases: &Databases, (data, server): (Data, &Server), (person, path): (&str, &str)) -> usize {
    let cookies = server.cookies(person);
    own_sql(databases, data, path, &cookies).1
}

/// The statements of one request, as a script, and how many they are.
fn own_sql(databases: &Databases, data: Data, path: &str, cookies: &str) -> (Script, usize) {
    let server = Server::start_logged(databases, data);
    let request = http::get(server.host(), path, cookies, "");
    let mut connection = http::Connection::to(server.host());
    // A connection that is new to a statement asks for the types of its parameters first: that is not the page's.
    let asked = (0..2 * CONNECTIONS).map(|_| {
        capture::during(databases, || {
            connection.send(&request);
        })
    });
    let statements = asked.min_by_key(Vec::len).unwrap_or_default();
    assert!(!statements.is_empty(), "the statements of a request are in PostgreSQL's log");
    (Script::of(&statements), statements.len())
}
