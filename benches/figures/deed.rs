//! A status change from the press of the button to the answer, beside its own transaction in pgbench.

use std::time::{Duration, Instant};

use crate::databases::Databases;
use crate::http::{Connection, post};
use crate::pgbench::Script;
use crate::server::{CONNECTIONS, Server};
use crate::table::{Figure, Table};
use crate::{Plan, capture, median};

/// Signing off and reopening, and how much a review's version grows by it.
const GROWN: i32 = 2;

/// A reviewer who signs off on a review and reopens it, again and again.
struct Reviewer {
    connection: Connection,
    host: String,
    cookies: String,
    csrf: String,
    review: String,
    revision: String,
    version: i32,
}

impl Reviewer {
    fn set(&mut self, to: &str, words: &str) {
        let Self { csrf, revision, version, .. } = self;
        let body = format!("csrf={csrf}&version={version}&revision={revision}&to={to}&{words}");
        let path = format!("/department-reviews/{}/status", self.review);
        let answer = self.connection.send(&post(&self.host, &path, &self.cookies, &body));
        assert_eq!(answer.status, 303, "version {} is set to {to}", self.version);
        self.version += 1;
    }

    fn cycle(&mut self) {
        self.set("signed_off", "note=Agreed.");
        self.set("in_review", "reason=One+more+look.");
    }

    /// Goes on at another server.
    fn at(&mut self, server: &Server) {
        self.connection = Connection::to(server.host());
        self.host = server.host().to_owned();
    }

    /// The milliseconds of one change, on average over a while.
    fn milliseconds(&mut self, time: Duration) -> f64 {
        let begin = Instant::now();
        let mut changes = 0;
        while begin.elapsed() < time {
            self.cycle();
            changes += GROWN;
        }
        begin.elapsed().as_secs_f64() * 1000.0 / f64::from(changes)
    }
}

/// Measures it.
pub fn measure(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("A status change");
    let (server, logged) = (Server::start(databases, plan.middle), Server::start_logged(databases, plan.middle));
    let mut reviewer = begin(plan, databases, &logged);
    let script = own_transaction(databases, &mut reviewer);
    drop(logged);
    let (mut product, mut database) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        // The server closes a connection on which nothing is sent, as while pgbench runs.
        reviewer.at(&server);
        product.push(reviewer.milliseconds(plan.round));
        let run = script.run(databases, plan.middle, 1, plan.round, reviewer.version);
        database.push(run.milliseconds / f64::from(GROWN));
        let version = format!("select version::text from department_review where id = '{}'", reviewer.review);
        reviewer.version = databases.ask_of(plan.middle, &version).parse().expect("a version is a number");
    }
    let (product, database) = (median(product), median(database));
    table.add(Figure {
        what: "a status change, end to end".to_owned(),
        measured: format!("{product:.2} ms"),
        beside: format!("{database:.2} ms in pgbench, its own transaction: {:.2} times", product / database),
        must: "at most 3 times".to_owned(),
        met: product / database <= 3.0,
    });
}

/// A reviewer with a review that is in review.
fn begin(plan: &Plan, databases: &Databases, server: &Server) -> Reviewer {
    let browser = server.reviewer();
    let sql = "select d.id::text, d.version::text, d.status::text, r.sent_revision::text
                 from department_review d join contract_review r on r.id = d.contract_review_id
                where r.status = 'submitted' and d.status in ('not_started', 'in_review') order by d.id limit 1";
    let found = databases.list_of(plan.middle, sql);
    let [review, version, status, revision] = found[0].as_slice() else { unreachable!("four columns were asked for") };
    let mut reviewer = Reviewer {
        connection: Connection::to(server.host()),
        host: server.host().to_owned(),
        cookies: browser.cookies().expect("whoever is signed in has a cookie"),
        csrf: server.wait(browser.csrf()),
        review: review.clone(),
        revision: revision.clone(),
        version: version.parse().expect("a version is a number"),
    };
    if status == "not_started" {
        reviewer.set("in_review", "note=");
    }
    reviewer
}

/// The transactions of the two changes, which leave the review as it was.
fn own_transaction(databases: &Databases, reviewer: &mut Reviewer) -> Script {
    // A connection that is new to a statement asks for the types of its parameters first: that is not the deed's.
    for _ in 0..2 * CONNECTIONS {
        let version = reviewer.version;
        let twice = capture::transactions(&capture::during(databases, || {
            reviewer.cycle();
            reviewer.cycle();
        }));
        assert_eq!(twice.len(), 4, "every change is one transaction");
        let (first, second) = (twice[..2].concat(), twice[2..].concat());
        if first.len() == second.len() {
            return Script::repeating(&first, &second, version, GROWN);
        }
    }
    panic!("the same deed sends other statements each time")
}
