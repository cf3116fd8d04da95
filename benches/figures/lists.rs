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
        table.add(page::growth(plan, databases, (REVIEWER, list)));
        table.add(page::depth(plan, databases, (REVIEWER, &format!("{list}{ALL}")), plan.deep_page / part));
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
