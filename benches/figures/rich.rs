//! The page of a submission with a long life: it takes as many statements as when it had just been sent.

use crate::databases::{Data, Databases};
use crate::package::{ready, send, signed_in};
use crate::server::{CONNECTIONS, REVIEWER, Server};
use crate::support::Browser;
use crate::table::{Figure, Table};
use crate::{Plan, page};

/// So many versions it has in the end.
const VERSIONS: usize = 10;
/// So many questions are asked about it.
const ROUNDS: usize = 30;
/// So many entries its own history has at least, those of its rates aside.
const EVENTS: usize = 500;
/// The most statements that the page may take.
const MOST_STATEMENTS: usize = 15;

/// Gives a submission that was just sent the rest of its life, and measures its page; `rates` is how many it has.
pub fn measure(
    plan: &Plan,
    databases: &Databases,
    (data, server): (Data, &Server),
    (path, rates): (&str, usize),
    table: &mut Table,
) {
    eprintln!("The page of a submission with {VERSIONS} versions and {EVENTS} events");
    let plain = page::statements(databases, (data, server), (REVIEWER, path));
    versions(server, path);
    rounds(server, path);
    remarks(databases, data, server, path);
    let rich = page::statements(databases, (data, server), (REVIEWER, path));
    let what = format!(
        "the page of a submission with {VERSIONS} versions, {rates} rates, {ROUNDS} rounds and {EVENTS} events"
    );
    table.add(Figure {
        what: format!("statements of {what}"),
        measured: rich.to_string(),
        beside: format!("{plain} with one version and nothing beyond it"),
        must: format!("at most {MOST_STATEMENTS}, and no more than beside it"),
        met: rich <= MOST_STATEMENTS && rich <= plain,
    });
    let what = format!("{what}, {CONNECTIONS} clients");
    table.add(page::beside_pgbench(plan, databases, (data, server), (REVIEWER, path), (what, 0.4)));
}

/// CMS gives it back and the state sends it again, until it has its versions.
fn versions(server: &Server, path: &str) {
    let (reviewer, author) = (server.reviewer(), signed_in(server));
    for version in 2..=VERSIONS {
        let form = server.wait(reviewer.get(&format!("{path}/unlock"))).form("Unlock");
        let form = form.set("reason", "Section 4.3 and the attachment differ. Please send the right one.");
        assert_eq!(server.wait(form.press("Unlock")).status(), 303, "{path} is unlocked for version {version}");
        let form = ready(server, &author, path);
        send(server, &form.set("summary", "The attachment is now the one that section 4.3 names."));
    }
}

/// DMCO asks and the state answers, round after round; the last one stays open.
fn rounds(server: &Server, path: &str) {
    let (reviewer, author) = (server.reviewer(), signed_in(server));
    for round in 1..=ROUNDS {
        let form = server.wait(reviewer.get(&format!("{path}/questions/ask"))).form("Ask");
        let form = form.set("text", "Which standard applies from the effective date on?");
        assert_eq!(server.wait(form.press("Ask")).status(), 303, "{path}: round {round} is asked");
        if round < ROUNDS {
            let form = server.wait(author.get(&format!("{path}/questions/dmco/{round}/respond"))).form("Send response");
            let form = form.set("text", "The one that was published in January.");
            assert_eq!(server.wait(form.press("Send response")).status(), 303, "{path}: round {round} is answered");
        }
    }
}

/// Reviewers write about it, until its history has its entries.
fn remarks(databases: &Databases, data: Data, server: &Server, path: &str) {
    let reviewer = server.reviewer();
    let key = path.trim_start_matches("/submissions/");
    let sql = format!(
        "select count(*)::text from event e join contract_review r on r.id = e.subject_id
          where submission_key(r.state_code, r.number) = '{key}'"
    );
    let there: usize = databases.ask_of(data, &sql).parse().expect("a count is a number");
    for number in there..EVENTS {
        remark(server, &reviewer, path, number);
    }
    assert!(databases.ask_of(data, &sql).parse::<usize>().is_ok_and(|events| events >= EVENTS), "{path} has a history");
}

fn remark(server: &Server, reviewer: &Browser, path: &str, number: usize) {
    let form = server.wait(reviewer.get(&format!("{path}/notes"))).form("Add note");
    let form = form.set("text", &format!("Read up to page {number}; nothing to ask so far. @Owen Park"));
    assert_eq!(server.wait(form.press("Add note")).status(), 303, "remark {number} is kept");
}
