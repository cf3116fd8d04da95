//! A page: beside its own SQL in pgbench, as what it is of grows, and far down its list.

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

/// How long a page takes somebody with many submissions, against few.
pub fn growth(plan: &Plan, databases: &Databases, (person, path): (&str, &str)) -> Figure {
    let (few, many) = (Server::start(databases, plan.small), Server::start(databases, plan.large));
    let request = |server: &Server| http::get(server.host(), path, &server.cookies(person), "");
    let (few_request, many_request) = (request(&few), request(&many));
    let (few, many) = alternating(plan, (few.host(), &few_request), (many.host(), &many_request));
    Figure {
        what: format!("`{path}` with {} submissions against {}", plan.large, plan.small),
        measured: format!("{many:.2} ms"),
        beside: format!("{few:.2} ms: {:.2} times", many / few),
        must: "at most 1.5 times".to_owned(),
        met: many / few <= 1.5,
    }
}

/// How long a page far down a list takes somebody, against its first.
pub fn depth(plan: &Plan, databases: &Databases, (person, path): (&str, &str), deep_page: usize) -> Figure {
    let server = Server::start(databases, plan.large);
    let cookies = server.cookies(person);
    let mut connection = http::Connection::to(server.host());
    let mut deep = path.to_owned();
    for page in 1..deep_page {
        let answer = connection.send(&http::get(server.host(), &deep, &cookies, ""));
        let body = String::from_utf8(connection.body(answer)).expect("a page is text");
        let next = body.split_once("rel=\"next\" href=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (next, _) = next.unwrap_or_else(|| panic!("page {page} leads on"));
        deep = next.replace("&#38;", "&").replace("&amp;", "&");
    }
    let (first, last) = (http::get(server.host(), path, &cookies, ""), http::get(server.host(), &deep, &cookies, ""));
    let (first, last) = alternating(plan, (server.host(), &first), (server.host(), &last));
    Figure {
        what: format!("`{path}`, page {deep_page} against page 1, {} submissions", plan.large),
        measured: format!("{last:.2} ms"),
        beside: format!("{first:.2} ms: {:.2} times", last / first),
        must: "at most 1.5 times".to_owned(),
        met: last / first <= 1.5,
    }
}

/// The milliseconds of two requests by one client each, measured in turns.
fn alternating(plan: &Plan, one: (&str, &[u8]), other: (&str, &[u8])) -> (f64, f64) {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        ones.push(http::milliseconds(one.0, one.1, plan.round / 2));
        others.push(http::milliseconds(other.0, other.1, plan.round / 2));
    }
    (median(ones), median(others))
}
