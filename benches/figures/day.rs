//! A reviewer's day: the page of one's work, reviews handed out, pages that stay open, searching, and taking a list away as
//! a file.

use std::time::{Duration, Instant};

use crate::databases::Databases;
use crate::page;
use crate::server::{ADMIN, CONNECTIONS, REVIEWER, Server};
use crate::table::{Figure, Table};
use crate::{Plan, http};

/// What people search for: keys, names, programs, contacts, what a submission is about, two words at once, a misspelling.
const SEARCHES: [&str; 20] = [
    "MN-5",
    "TX-0012",
    "FL-100",
    "PMAP",
    "SNBC",
    "STAR",
    "CHIP",
    "lindqvist",
    "vargas",
    "capitation",
    "telehealth",
    "amendment",
    "dental+benefits",
    "quality+strategy",
    "rate+certification",
    "MCR-MN",
    "contract.pdf",
    "pmap+snbc",
    "capitaton",
    "nursing",
];
/// How many pages stay open.
const OPEN: usize = 200;
/// The slowest one of so many may take longer.
const PERCENTILE: f64 = 0.95;

/// Measures it all.
pub fn measure(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("A reviewer's day");
    let server = Server::start(databases, plan.middle);
    for (person, address) in [
        (REVIEWER, "/work"),
        (REVIEWER, "/work?tab=unassigned"),
        (ADMIN, "/assignments"),
        (ADMIN, "/assignments?tab=workload"),
    ] {
        let what = format!("`{address}`, {} submissions, {CONNECTIONS} clients", plan.middle);
        table.add(page::beside_pgbench(plan, databases, (plan.middle, &server), (person, address), (what, 0.5)));
    }
    for place in [
        (REVIEWER, "/work"),
        (REVIEWER, "/work?tab=unassigned"),
        (REVIEWER, "/work?tab=decided"),
        (ADMIN, "/assignments"),
        (ADMIN, "/assignments?tab=workload"),
    ] {
        table.add(page::growth(plan, databases, place));
    }
    table.add(page::depth(plan, databases, (REVIEWER, "/work?tab=unassigned"), plan.deep_page / 8));
    table.add(open_pages(&server));
    let server = Server::start(databases, plan.large);
    let cookies = server.cookies(REVIEWER);
    table.add(searching(plan, &server, &cookies));
    export(plan, &server, &cookies, table);
}

/// What pages that stay open and are told of changes cost the server.
fn open_pages(server: &Server) -> Figure {
    let request = http::get(server.host(), "/live?on=list:submissions", &server.cookies(REVIEWER), "");
    let before = server.memory("VmRSS");
    let mut open: Vec<_> = (0..OPEN).map(|_| http::Connection::to(server.host())).collect();
    for connection in &mut open {
        connection.begin(&request);
    }
    let more = server.memory("VmRSS") - before;
    Figure {
        what: format!("memory of {OPEN} pages that are open and told of changes"),
        measured: format!("{more:.0} MiB more than before"),
        beside: String::new(),
        must: "at most 40 MiB".to_owned(),
        met: more <= 40.0,
    }
}

/// How long the answer to a search takes, list and all.
fn searching(plan: &Plan, server: &Server, cookies: &str) -> Figure {
    let mut connection = http::Connection::to(server.host());
    let mut took = Vec::new();
    for round in 0..=plan.rounds {
        for words in SEARCHES {
            let request = http::get(server.host(), &format!("/submissions?q={words}"), cookies, "HX-Request: true\r\n");
            let sent = Instant::now();
            assert_eq!(connection.send(&request).status, 200, "{words}");
            // The first round warms what a running server has warm.
            if round > 0 {
                took.push(sent.elapsed().as_secs_f64() * 1000.0);
            }
        }
    }
    took.sort_by(f64::total_cmp);
    let at = |part: f64| took[((took.len() - 1) as f64 * part).round() as usize];
    Figure {
        what: format!("a search of {} submissions, {} different ones", plan.large, SEARCHES.len()),
        measured: format!("{:.1} ms at the 95th percentile, {:.1} ms in the middle", at(PERCENTILE), at(0.5)),
        beside: String::new(),
        must: "at most 50 ms".to_owned(),
        met: at(PERCENTILE) <= 50.0,
    }
}

/// The whole list as a file of either format: how soon it begins, and what both cost the server.
fn export(plan: &Plan, server: &Server, cookies: &str, table: &mut Table) {
    let list = http::get(server.host(), "/submissions?status=any", cookies, "");
    http::rate(server.host(), &list, 1, plan.round / 10);
    let before = server.memory("VmHWM");
    for format in ["csv", "xlsx"] {
        let request = http::get(server.host(), &format!("/submissions.{format}?status=any"), cookies, "");
        let mut connection = http::Connection::to(server.host());
        let sent = Instant::now();
        let (first, bytes) = connection.drained(&request);
        let (megabytes, seconds) = (bytes as f64 / 1e6, sent.elapsed().as_secs_f64());
        table.add(Figure {
            what: format!("`/submissions.{format}`, {} submissions: its first byte", plan.large),
            measured: format!("{:.0} ms; all {megabytes:.1} MB in {seconds:.1} s", milliseconds(first)),
            beside: String::new(),
            must: "at most 300 ms".to_owned(),
            met: first <= Duration::from_millis(300),
        });
    }
    let more = server.memory("VmHWM") - before;
    table.add(Figure {
        what: "the server's memory while they are sent".to_owned(),
        measured: format!("{more:.0} MiB more at most than before"),
        beside: String::new(),
        must: "at most 32 MiB".to_owned(),
        met: more <= 32.0,
    });
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
