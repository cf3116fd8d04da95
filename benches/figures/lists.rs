//! The list: beside its own SQL in pgbench, as it grows, at its depth, and the memory that it takes.

use crate::databases::Databases;
use crate::pgbench::{ArrayTypes, Script};
use crate::server::{CONNECTIONS, Server};
use crate::table::{Figure, Table};
use crate::{Plan, capture, http, median};

/// What a reviewer sees first.
const LIST: &str = "/submissions";
/// Everything that was ever sent, so that there are enough pages.
const ALL: &str = "/submissions?status=any";

/// Measures everything about the list.
pub fn measure(plan: &Plan, databases: &Databases, table: &mut Table) {
    beside_pgbench(plan, databases, table);
    growth(plan, databases, table);
    depth(plan, databases, table);
}

fn cookies(server: &Server) -> String {
    server.reviewer().cookies().expect("whoever is signed in has a cookie")
}

fn beside_pgbench(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("The list beside pgbench");
    let server = Server::start(databases, plan.middle);
    let cookies = cookies(&server);
    let request = http::get(server.host(), LIST, &cookies, "");
    http::rate(server.host(), &request, 1, plan.round / 10);
    let at_rest = server.memory("VmRSS");
    let (script, statements) = own_sql(plan, databases, &cookies);
    let (mut product, mut database) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        product.push(http::rate(server.host(), &request, CONNECTIONS, plan.round));
        database.push(script.run(databases, plan.middle, CONNECTIONS, plan.round, 0).per_second);
    }
    let zipped = http::get(server.host(), LIST, &cookies, "Accept-Encoding: gzip\r\n");
    let zipped = http::rate(server.host(), &zipped, CONNECTIONS, plan.round);
    let (product, database) = (median(product), median(database));
    table.add(Figure {
        what: format!("a list page of 50 rows, {} submissions, {CONNECTIONS} clients", plan.middle),
        measured: format!("{product:.0} requests/s ({zipped:.0} compressed)"),
        beside: format!(
            "{database:.0}/s in pgbench, the page's own {statements} statements: {:.2} of it",
            product / database
        ),
        must: "at least 0.5".to_owned(),
        met: product / database >= 0.5,
    });
    let memory = |what: &str, mebibytes: f64, most: f64| Figure {
        what: what.to_owned(),
        measured: format!("{mebibytes:.0} MiB resident"),
        beside: String::new(),
        must: format!("at most {most} MiB"),
        met: mebibytes <= most,
    };
    table.add(memory("memory at rest", at_rest, 64.0));
    table.add(memory("memory at most, under that load", server.memory("VmHWM"), 128.0));
}

/// The statements of one request, as a script, and how many they are.
fn own_sql(plan: &Plan, databases: &Databases, cookies: &str) -> (Script, usize) {
    let server = Server::start_logged(databases, plan.middle);
    let request = http::get(server.host(), LIST, cookies, "");
    let mut connection = http::Connection::to(server.host());
    // Every connection of the pool has asked for the types of its parameters by then.
    for _ in 0..CONNECTIONS {
        connection.send(&request);
    }
    let statements = capture::during(databases, || {
        connection.send(&request);
    });
    assert!(!statements.is_empty(), "the statements of a request are in PostgreSQL's log");
    (Script::of(&statements, &ArrayTypes::of(databases, plan.middle)), statements.len())
}

fn growth(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("The list as it grows");
    let (few, many) = (Server::start(databases, plan.small), Server::start(databases, plan.large));
    let request = |server: &Server| http::get(server.host(), LIST, &cookies(server), "");
    let (few_request, many_request) = (request(&few), request(&many));
    let (few, many) = alternating(plan, (few.host(), &few_request), (many.host(), &many_request));
    table.add(Figure {
        what: format!("the same list with {} submissions against {}", plan.large, plan.small),
        measured: format!("{many:.2} ms"),
        beside: format!("{few:.2} ms: {:.2} times", many / few),
        must: "at most 1.5 times".to_owned(),
        met: many / few <= 1.5,
    });
}

fn depth(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("The list at its depth");
    let server = Server::start(databases, plan.large);
    let cookies = cookies(&server);
    let mut connection = http::Connection::to(server.host());
    let mut deep = ALL.to_owned();
    for page in 1..plan.deep_page {
        let answer = connection.send(&http::get(server.host(), &deep, &cookies, ""));
        let body = String::from_utf8(connection.body(answer)).expect("a page is text");
        let next = body.split_once("rel=\"next\" href=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (next, _) = next.unwrap_or_else(|| panic!("page {page} leads on"));
        deep = next.replace("&#38;", "&").replace("&amp;", "&");
    }
    let (first, last) = (http::get(server.host(), ALL, &cookies, ""), http::get(server.host(), &deep, &cookies, ""));
    let (first, last) = alternating(plan, (server.host(), &first), (server.host(), &last));
    table.add(Figure {
        what: format!("page {} against page 1, {} submissions", plan.deep_page, plan.large),
        measured: format!("{last:.2} ms"),
        beside: format!("{first:.2} ms: {:.2} times", last / first),
        must: "at most 1.5 times".to_owned(),
        met: last / first <= 1.5,
    });
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
