//! Packages with rates: sending one, beside its own transaction in pgbench, and the page of one with as many rates as
//! there can be.

use std::time::Instant;

use crate::capture::Statement;
use crate::databases::{Data, Databases};
use crate::pgbench::Script;
use crate::server::{CONNECTIONS, REVIEWER, Server};
use crate::support::filled::{PDF, filled_contact, filled_contract, filled_rate, filled_type};
use crate::support::{Browser, Form};
use crate::table::{Figure, Table};
use crate::{Plan, capture, median, page, rich};

/// A state user of the state whose programs the filled-in forms name.
const AUTHOR: &str = "maya.lindqvist";
/// What is sent: each rate has one document of the twenty.
const RATES: usize = 5;
const DOCUMENTS: usize = 20;
/// The most rates that a submission can have.
const MOST_RATES: usize = 50;
/// The last buttons of a draft: of the first version, and of a further one.
const SEND: [&str; 2] = ["Submit to CMS", "Resubmit to CMS"];
/// So many packages are sent: enough for every connection of the pool to have seen each statement.
const PACKAGES: usize = 3 * CONNECTIONS;

/// Measures both.
pub fn measure(plan: &Plan, databases: &Databases, table: &mut Table) {
    sending(plan, databases, table);
    largest(plan, databases, table);
}

fn sending(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("Sending a package");
    let drafts = {
        let server = Server::start(databases, plan.middle);
        let author = signed_in(&server);
        let draft = || server.wait(drafted(&author, RATES, DOCUMENTS));
        (0..PACKAGES).map(|_| draft()).collect::<Vec<_>>()
    };
    // What is sent on the copy is still a draft in the original, where pgbench finds it.
    let (kept, statements) = own_transaction(databases, databases.copy(plan.middle), &drafts);
    let script = Script::undone(&statements);

    let server = Server::start(databases, plan.middle);
    let author = signed_in(&server);
    let mut product = Vec::new();
    for draft in drafts.iter().filter(|draft| **draft != kept) {
        let form = ready(&server, &author, draft);
        let begin = Instant::now();
        send(&server, &form);
        product.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    let database = (0..plan.rounds).map(|_| script.run(databases, plan.middle, 1, plan.round, 0).milliseconds);
    let (product, database) = (median(product), median(database.collect()));
    table.add(Figure {
        what: format!("sending a package with {RATES} rates and {DOCUMENTS} documents"),
        measured: format!("{product:.1} ms"),
        beside: format!(
            "{database:.1} ms in pgbench, its own {} statements: {:.2} times",
            statements.len(),
            product / database
        ),
        must: "at most 3 times".to_owned(),
        met: product / database <= 3.0,
    });
}

fn largest(plan: &Plan, databases: &Databases, table: &mut Table) {
    eprintln!("The page of a package with {MOST_RATES} rates");
    let server = Server::start(databases, plan.middle);
    let author = signed_in(&server);
    let draft = server.wait(drafted(&author, MOST_RATES, MOST_RATES + 1));
    send(&server, &ready(&server, &author, &draft));
    let what = format!("the page of a submission with {MOST_RATES} rates, {CONNECTIONS} clients");
    table.add(page::beside_pgbench(plan, databases, (plan.middle, &server), (REVIEWER, &draft), (what, 0.4)));
    rich::measure(plan, databases, (plan.middle, &server), (&draft, MOST_RATES), table);
}

/// A browser in which the author is signed in.
pub fn signed_in(server: &Server) -> Browser {
    let browser = Browser::new(&format!("http://{}", server.host()));
    server.wait(browser.sign_in(AUTHOR));
    browser
}

/// A draft that can be sent; gives its address. Every rate has one of the documents, the contract all others.
async fn drafted(author: &Browser, rates: usize, documents: usize) -> String {
    let new = author.get("/submissions/new?kind=health_plan").await;
    let new = filled_type(&new).set("submission_type", "CONTRACT_AND_RATES").press("Continue").await;
    let draft = new.location().trim_end_matches("/edit/contract").to_owned();
    let contract = new.follow().await;
    let contract = filled_contract(&contract).attach("documents.contract", "contract.pdf", PDF, "application/pdf");
    let supporting = (1..documents - rates).fold(contract, |form, number| {
        let (name, content) = (format!("annex {number}.pdf"), [PDF, number.to_string().as_bytes()].concat());
        form.attach("documents.contract_supporting", &name, content, "application/pdf")
    });
    assert_eq!(supporting.press("Continue").await.status(), 303, "{draft}: the contract is complete");
    for number in 1..=rates {
        let new = author.get(&format!("{draft}/edit/rates/new")).await;
        let rate = new.form("Continue").set("origin", "OWN").press("Continue").await.follow().await;
        let (name, content) =
            (format!("rates {number}.pdf"), [PDF, draft.as_bytes(), number.to_string().as_bytes()].concat());
        let rate = filled_rate(&rate).attach("documents.rate_certification", &name, content, "application/pdf");
        assert_eq!(rate.press("Continue").await.status(), 303, "{draft}: rate {number} is complete");
    }
    let contacts = author.get(&format!("{draft}/edit/contacts")).await;
    let review = filled_contact(&contacts).press("Continue").await;
    assert_eq!(review.location(), format!("{draft}/edit/review"));
    draft
}

/// The form with the last button of a draft.
pub fn ready(server: &Server, author: &Browser, draft: &str) -> Form {
    let page = server.wait(author.get(&format!("{draft}/edit/review")));
    let button = SEND
        .into_iter()
        .find(|button| page.buttons().iter().any(|there| there == button))
        .expect("the draft is complete");
    page.form(button)
}

/// Presses that button.
pub fn send(server: &Server, form: &Form) {
    let button = SEND.into_iter().find(|button| form.buttons().contains(button)).expect("the form is ready");
    let answer = server.wait(form.press(button));
    assert_eq!(
        (answer.status(), answer.location()),
        (303, form.action().trim_end_matches("/edit/review")),
        "it is sent"
    );
}

/// Sends drafts until every connection knows the statements; gives the last one and its transaction.
fn own_transaction(databases: &Databases, data: Data, drafts: &[String]) -> (String, Vec<Statement>) {
    let server = Server::start_logged(databases, data);
    let author = signed_in(&server);
    let mut before = 0;
    for draft in drafts {
        let form = ready(&server, &author, draft);
        let mut sent = capture::transactions(&capture::during(databases, || send(&server, &form)));
        let longest = sent.iter().position(|one| one.len() == sent.iter().map(Vec::len).max().unwrap_or_default());
        let transaction = sent.swap_remove(longest.expect("sending is a transaction"));
        if transaction.len() == before {
            return (draft.clone(), transaction);
        }
        before = transaction.len();
    }
    panic!("the same deed sends other statements each time")
}
