//! Who may go where: every address × everybody × one's own, another state's and unsent things.

pub mod routes;
mod rows;

use std::collections::BTreeSet;

use uuid::Uuid;

pub use self::rows::ROWS;

use crate::answers::without_address;
use crate::support::story::Story;
use crate::support::{Browser, Page, World};

/// The columns of the table, and somebody who stands for each.
pub const PEOPLE: [(&str, &str); 10] = [
    ("state user of the state", "maya.lindqvist"),
    ("state user of another state", "elena.vargas"),
    ("reviewer of the department", "sam.lee"),
    ("reviewer of another department", "owen.park"),
    ("approver of the department", "dana.ruiz"),
    ("approver of another department", "ruth.abara"),
    ("admin", "alex.morgan"),
    ("help desk", "hannah.desai"),
    ("business owner", "bernard.owusu"),
    ("read only", "rita.olsen"),
];

/// What the placeholders of an address stand for; all of Minnesota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// Nothing has to be there.
    Anything,
    /// Sent, its department review under way, its document clean.
    Sent,
    /// Approved.
    Approved,
    /// Never sent.
    Draft,
    /// Deleted before it was sent.
    Deleted,
    /// Sent, with a document whose check failed.
    Unclean,
    /// Sent with a rate, which DMCP reviews.
    Rated,
    /// A draft with a rate that was never sent.
    RatedDraft,
    /// Sent, and DMCO has asked about it.
    Asked,
    /// Sent with a rate, about which DMCP has asked.
    RateAsked,
    /// A program of Minnesota.
    Program,
    /// A saved view of DMCO's.
    View,
    /// Never was.
    Missing,
}
use Thing::{
    Anything, Approved, Asked, Deleted, Draft, Missing, Program, RateAsked, Rated, RatedDraft, Sent, Unclean, View,
};

/// A world with one of each thing.
pub async fn furnished() -> (World, Vec<(Thing, Story, Uuid)>) {
    let world = World::start().await;
    let author = "maya.lindqvist";
    let sent = world.in_review(author, "sam.lee").await;
    let approved = world.approved(author, "sam.lee", "dana.ruiz").await;
    let draft = world.drafted(author).await;
    let deleted = world.deleted(author).await;
    let unclean = world.sent(author).await;
    let failed = "update blob set scan = 'failed' where sha256 = (select sha256 from document where id = $1)";
    sqlx::query(failed).bind(unclean.document.0).execute(&world.db).await.unwrap();
    let (rated, _) = world.sent_with_rate(author).await;
    let (rated_draft, _) = world.drafted_with_rate(author).await;
    let dmcp = "select id from department_review where department = 'DMCP'";
    let dmcp: Uuid = sqlx::query_scalar(dmcp).fetch_one(&world.db).await.unwrap();
    let asked = world.sent(author).await;
    world.ask("sam.lee", &asked, None).await;
    let (rate_asked, rate) = world.sent_with_rate(author).await;
    world.ask("owen.park", &rate_asked, Some(&rate)).await;
    let program = sqlx::query_scalar("select id from program where name = 'SNBC'").fetch_one(&world.db).await.unwrap();
    let dana = world.signed_in("dana.ruiz").await;
    let form = dana.get("/views?list=rates&shown=status%3Dany").await.form("Save view").set("name", "All");
    assert_eq!(form.set("for", "DMCO").press("Save view").await.status(), 303);
    let view = sqlx::query_scalar("select id from saved_view").fetch_one(&world.db).await.unwrap();
    let (first, second) = (world.review_of(&sent).await.0, world.review_of(&approved).await.0);
    let reviews = [
        first,
        second,
        Uuid::nil(),
        Uuid::nil(),
        Uuid::nil(),
        dmcp,
        Uuid::nil(),
        Uuid::nil(),
        Uuid::nil(),
        program,
        view,
    ];
    let stories =
        [sent.clone(), approved, draft, deleted, unclean, rated, rated_draft, asked, rate_asked, sent.clone(), sent];
    let things = [Sent, Approved, Draft, Deleted, Unclean, Rated, RatedDraft, Asked, RateAsked, Program, View]
        .into_iter()
        .zip(stories);
    (world, things.zip(reviews).map(|((thing, story), review)| (thing, story, review)).collect())
}

/// The address of a row with its placeholders filled.
pub fn address(things: &[(Thing, Story, Uuid)], route: &str, thing: Thing) -> String {
    let (_, path) = route.split_once(' ').unwrap();
    let of = things.iter().find(|(found, ..)| *found == thing);
    let key = of.map_or("MN-0999", |(_, story, _)| &story.key);
    let id = of.map_or(
        Uuid::nil(),
        |(_, story, review)| if path.starts_with("/documents") { story.document.0 } else { *review },
    );
    // The rates in the order in which they were made.
    let rate = match thing {
        Rated => "MN-R0001",
        RatedDraft => "MN-R0002",
        RateAsked => "MN-R0003",
        _ => "MN-R0999",
    };
    let path = path.replace("{key}", key).replace("{rate}", rate).replace("{id}", &id.to_string());
    let department = if path.starts_with("/rates") { "dmcp" } else { "dmco" };
    let path = path.replace("{department}", department).replace("{round}", "1");
    let path = path.replace("{hash}/{path:.*}", "0/app.css").replace("{page}", "contract").replace("{n}", "1");
    match path.as_str() {
        "/live" | "/presence" => format!("{path}?on=submission:{key}"),
        _ if path.ends_with("/status") => format!("{path}?to=signed_off"),
        _ if path.ends_with("/changes") => format!("{path}?since=0"),
        _ => path,
    }
}

async fn answer(browser: &Browser, csrf: Option<&str>, route: &str, address: &str) -> Page {
    if route.starts_with("GET") {
        return browser.get(address).await;
    }
    let token = csrf.map(|token| ("csrf", token));
    browser.post(address, token.as_slice()).await
}

#[tokio::test]
async fn everybody_gets_where_they_may_and_nowhere_else() {
    let (world, things) = furnished().await;
    let mut people = Vec::new();
    for (title, name) in PEOPLE {
        let browser = world.signed_in(name).await;
        let csrf = browser.csrf().await;
        people.push((title, browser, csrf));
    }
    let mut wrong = Vec::new();
    for (route, thing, signed_out, expected) in ROWS {
        let address = address(&things, route, *thing);
        let met = answer(&world.browser(), None, route, &address).await;
        let sent_on =
            met.status() != 303 || met.location().starts_with("/sign-in?next=/") || *route == "POST /sign-out";
        if met.status() != *signed_out || !sent_on {
            wrong.push(format!("{route} of {thing:?}, signed out: {} instead of {signed_out}", met.status()));
        }
        for ((title, browser, csrf), expected) in people.iter().zip(expected) {
            let met = answer(browser, Some(csrf), route, &address).await.status();
            if met != *expected {
                wrong.push(format!("{route} of {thing:?}, {title}: {met} instead of {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

#[tokio::test]
async fn no_post_does_anything_without_the_token_whoever_sends_it() {
    let (world, things) = furnished().await;
    let events = "select count(*) from event";
    let before = world.count(events).await;
    for (place, (_, name)) in PEOPLE.iter().enumerate() {
        let browser = world.signed_in(name).await;
        for (route, thing, _, expected) in ROWS.iter().filter(|(route, ..)| route.starts_with("POST")) {
            let address = address(&things, route, *thing);
            let met = answer(&browser, None, route, &address).await.status();
            // Forms with files are not read, 500 MiB at worst, for a thing that is not there.
            let unread = ["/edit/{page}", "/edit/rates/{rate}", "submissions/new", "/correct", "/ask", "/respond"]
                .iter()
                .any(|part| route.contains(part));
            let refused = if unread && expected[place] == 404 { 404 } else { 403 };
            assert_eq!(met, refused, "{route} of {thing:?}, {name}");
        }
    }
    assert_eq!(world.count(events).await, before);
}

#[tokio::test]
async fn nobody_learns_from_a_404_whether_the_thing_is_there() {
    let (world, things) = furnished().await;
    let mut compared = 0;
    for (place, (_, name)) in PEOPLE.iter().enumerate() {
        let browser = world.signed_in(name).await;
        let csrf = browser.csrf().await;
        for (route, thing, _, expected) in ROWS.iter().filter(|(_, thing, ..)| ![Anything, Missing].contains(thing)) {
            if expected[place] != 404 {
                continue;
            }
            let path = address(&things, route, *thing);
            let there = answer(&browser, Some(&csrf), route, &path).await;
            // Below what a person may see, what they may not know of reads as what never was there.
            let own = path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
            let seen = path.len() > own.len() && browser.get(&own).await.status() != 404;
            let never = if seen { format!("{own}/never") } else { address(&things, route, Missing) };
            let missing = answer(&browser, Some(&csrf), route, &never).await;
            assert_eq!(without_address(&there), without_address(&missing), "{route} of {thing:?}, {name}");
            let names = |page: &Page| page.texts("header, main");
            assert_eq!(names(&there).len(), names(&missing).len());
            compared += 1;
        }
    }
    assert!(compared > 50, "only {compared} pairs were compared");
}

#[tokio::test]
async fn a_part_of_a_page_asked_for_without_a_session_is_401_and_no_sign_in_form() {
    let world = World::start().await;
    for (route, thing, signed_out, _) in ROWS {
        if route.starts_with("GET") && *signed_out == 303 {
            let (_, path) = route.split_once(' ').unwrap();
            let answer = world
                .browser()
                .get_htmx(&path.replace("{key}", "MN-0001").replace("{rate}", "MN-R0001").replace("{id}", "x"))
                .await;
            assert_eq!((answer.status(), answer.body()), (401, &b""[..]), "{route} of {thing:?}");
            assert!(answer.header("hx-redirect").is_some_and(|to| to.starts_with("/sign-in?next=/")), "{route}");
        }
    }
}

#[test]
fn the_table_has_every_address_of_the_product_and_no_other() {
    let rows: BTreeSet<String> = ROWS.iter().map(|(route, ..)| (*route).to_owned()).collect();
    let routes = routes::read();
    let without_a_row: Vec<_> = routes.difference(&rows).collect();
    assert!(without_a_row.is_empty(), "no row tells who may go to {without_a_row:?}");
    let gone: Vec<_> = rows.difference(&routes).filter(|row| *row != "GET /nothing/of/the/kind").collect();
    assert!(gone.is_empty(), "there is no such address: {gone:?}");
    assert!(routes.len() > 20);
}
