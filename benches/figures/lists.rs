//! The lists: beside their own SQL in pgbench, as they grow, at their depth, and the memory that they take.

use crate::databases::Databases;
use crate::page;
use crate::plain::{DRAWN, Plain};
use crate::server::{CONNECTIONS, REVIEWER, Server};
use crate::table::{Figure, Table};
use crate::{Plan, http, median};

/// What a reviewer sees first: of the submissions, and of the rates.
const LISTS: [&str; 2] = ["/submissions", "/rates"];
/// Everything that was ever sent, so that there are enough pages.
const ALL: &str = "?status=any";
/// There are fewer rates than submissions.
const DEPTHS: [usize; 2] = [1, 4];

/// Measures everything about the lists.
pub fn measure(plan: &Plan, databases: &Databases, table: &mut Table) {
    memory(plan, databases, table);
    table.add(beside_plain(plan, databases));
    for (list, part) in LISTS.into_iter().zip(DEPTHS) {
        eprintln!("The list {list}");
        let what = format!("50 rows of `{list}`, {} submissions, {CONNECTIONS} clients", plan.middle);
        let server = Server::start(databases, plan.middle);
        table.add(page::beside_pgbench(plan, databases, (plan.middle, &server), (REVIEWER, list), (what, 0.5)));
        growth(plan, databases, list, table);
        depth(plan, databases, list, plan.deep_page / part, table);
    }
}

/// Before and after all clients have asked for the first list for a while.
fn memory(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("Memory");
    let server = Server::start(databases, plan.middle);
    let request = http::get(server.host(), LISTS[0], &server.cookies(REVIEWER), "");
    http::rate(server.host(), &request, 1, plan.round / 10);
    let at_rest = server.memory("VmRSS");
    http::rate(server.host(), &request, CONNECTIONS, plan.round);
    let figures = [("at rest", at_rest, 64.0), ("at most, under that load", server.memory("VmHWM"), 128.0)];
    for (when, mebibytes, most) in figures {
        table.add(Figure {
            what: format!("memory {when}"),
            measured: format!("{mebibytes:.0} MiB resident"),
            beside: String::new(),
            must: format!("at most {most} MiB"),
            met: mebibytes <= most,
        });
    }
}

/// The first list beside the same rows in memory, drawn by the same template and sent by nothing but a handler.
fn beside_plain(plan: &Plan, databases: &Databases) -> Figure {
    let server = Server::start(databases, plan.middle);
    let cookies = server.cookies(REVIEWER);
    let plain = Plain::start(databases, plan.middle, &cookies);
    let (list, drawn) = (http::get(server.host(), LISTS[0], &cookies, ""), http::get(plain.host(), DRAWN, "", ""));
    let (mut product, mut best) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        product.push(http::rate(server.host(), &list, CONNECTIONS, plan.round));
        best.push(http::rate(plain.host(), &drawn, CONNECTIONS, plan.round));
    }
    let (product, best) = (median(product), median(best));
    Figure {
        what: format!("`{}` beside a plain handler that has its rows in memory, {CONNECTIONS} clients", LISTS[0]),
        measured: format!("{product:.0} requests/s"),
        beside: format!("{best:.0}/s drawn by the same template: {:.2} of it", product / best),
        must: String::new(),
        met: true,
    }
}

fn growth(plan: &Plan, databases: &Databases, list: &str, table: &mut Table) {
    let (few, many) = (Server::start(databases, plan.small), Server::start(databases, plan.large));
    let request = |server: &Server| http::get(server.host(), list, &server.cookies(REVIEWER), "");
    let (few_request, many_request) = (request(&few), request(&many));
    let (few, many) = alternating(plan, (few.host(), &few_request), (many.host(), &many_request));
    table.add(Figure {
        what: format!("`{list}` with {} submissions against {}", plan.large, plan.small),
        measured: format!("{many:.2} ms"),
        beside: format!("{few:.2} ms: {:.2} times", many / few),
        must: "at most 1.5 times".to_owned(),
        met: many / few <= 1.5,
    });
}

fn depth(plan: &Plan, databases: &Databases, list: &str, deep_page: usize, table: &mut Table) {
    let server = Server::start(databases, plan.large);
    let cookies = server.cookies(REVIEWER);
    let mut connection = http::Connection::to(server.host());
    let all = format!("{list}{ALL}");
    let mut deep = all.clone();
    for page in 1..deep_page {
        let answer = connection.send(&http::get(server.host(), &deep, &cookies, ""));
        let body = String::from_utf8(connection.body(answer)).expect("a page is text");
        let next = body.split_once("rel=\"next\" href=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (next, _) = next.unwrap_or_else(|| panic!("page {page} leads on"));
        deep = next.replace("&#38;", "&").replace("&amp;", "&");
    }
    let (first, last) = (http::get(server.host(), &all, &cookies, ""), http::get(server.host(), &deep, &cookies, ""));
    let (first, last) = alternating(plan, (server.host(), &first), (server.host(), &last));
    table.add(Figure {
        what: format!("`{list}`, page {deep_page} against page 1, {} submissions", plan.large),
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
