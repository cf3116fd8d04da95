//! Pages take a handful of statements, and no more for a submission to which everything has happened than for a plain one.

use mc_review::domain::lifecycle::Decision;
use mc_review::domain::role::Department;
use mc_review::notes::{self, About, NewNote};
use mc_review::rates;
use mc_review::reviews::{self, Decided};
use serde_json::json;

use crate::support::World;
use crate::support::story::Story;

/// The most that a page may take.
const MOST: usize = 15;
/// A state user's and a CMS approver's view.
const READERS: [&str; 2] = ["maya.lindqvist", "dana.ruiz"];

/// A submission with one version and one rate, and the address of the rate.
async fn plain(world: &World) -> (Story, String) {
    world.sent_with_rate("maya.lindqvist").await
}

/// One with four versions and three rates, decided on again and again, with notes about it and its rates.
async fn rich(world: &World) -> (Story, String) {
    let (story, rate) = world.drafted_with_rate("maya.lindqvist").await;
    world.add_rate("maya.lindqvist", &story).await;
    world.add_rate("maya.lindqvist", &story).await;
    world.send("maya.lindqvist", &story).await;
    for description in ["More counties.", "Fewer counties.", "The counties as they were."] {
        let rate_answers = json!({ "rate_capitation_type": "RATE_RANGE" });
        world.resent(&story, &json!({ "submission_description": description }), &rate_answers).await;
    }
    reviewed(world, &story).await;
    noted(world, &story, &rate).await;
    (story, rate)
}

/// DMCO begins, decides and thinks again, more than once.
async fn reviewed(world: &World, story: &Story) {
    let dana = world.person("dana.ruiz").await;
    let proof = dana.member_of(Department::Dmco).expect("the department decides");
    let mut tx = world.db.begin().await.unwrap();
    for number in 0..6 {
        let review = reviews::of_submission(&mut tx, story.id).await.unwrap().remove(0);
        let decided = Decided { decision: Decision::SignedOff, note: None, revision: 4 };
        let written = match number {
            0 => reviews::start(&mut tx, &world.clock, proof, &review, 4, true).await,
            1 | 3 | 5 => reviews::decide(&mut tx, &world.clock, proof, &review, decided).await,
            _ => reviews::reopen(&mut tx, &world.clock, proof, &review, "One more look.").await,
        };
        written.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Somebody writes about the submission and its rate.
async fn noted(world: &World, story: &Story, rate: &str) {
    let (sam, owen) = (world.person("sam.lee").await, world.person("owen.park").await);
    let proof = sam.note_writer().expect("a reviewer writes");
    let mut tx = world.db.begin().await.unwrap();
    let found = rates::visible(&mut tx, &sam, rate).await.unwrap();
    for number in 0..12 {
        let about = if number % 2 == 0 { About::Contract(story.id) } else { About::Rate(found.id) };
        let rate = (number % 2 == 1).then_some(rate);
        let text = format!("Remark {number} for @Owen Park.");
        let note = NewNote { id: world.clock.new_id(), about, rate, text: &text, mentions: &[owen.id] };
        notes::add(&mut tx, &world.clock, proof, note).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_rich_submission_takes_no_more_statements_than_a_plain_one() {
    let world = World::start().await;
    let ((plain, plain_rate), (rich, rich_rate)) = (plain(&world).await, rich(&world).await);
    for reader in READERS {
        let browser = world.signed_in(reader).await;
        let pages = ["", "versions", "history"].map(|page| (plain.path(page), rich.path(page)));
        let rates = (format!("/rates/{plain_rate}"), format!("/rates/{rich_rate}"));
        for (plain, rich) in pages.into_iter().chain([rates]) {
            let (few, many) = (world.statements(&browser, &plain).await, world.statements(&browser, &rich).await);
            assert_eq!(few, many, "{reader} reads {rich} and {plain}");
            assert!(many.len() <= MOST, "{reader} reads {rich} by {} statements: {many:#?}", many.len());
        }
    }
}

#[tokio::test]
async fn the_assignments_take_as_many_statements_for_many_rows_as_for_none() {
    let world = World::start().await;
    let browser = world.signed_in("alex.morgan").await;
    let pages = ["", "?tab=open", "?tab=workload", "?tab=decided"].map(|tab| format!("/assignments{tab}"));
    let mut few = Vec::new();
    for page in &pages {
        few.push(world.statements(&browser, page).await);
    }
    for _ in 0..5 {
        plain(&world).await;
        world.decided("maya.lindqvist", "sam.lee", Decision::SignedOff).await;
    }
    for (page, few) in pages.iter().zip(few) {
        let many = world.statements(&browser, page).await;
        assert_eq!(many.len(), few.len(), "{page}: {many:#?}");
        assert!(many.len() <= 6, "{page} takes {} statements: {many:#?}", many.len());
    }
}

#[tokio::test]
async fn a_page_reads_session_and_account_first_and_writes_no_session_that_it_left_as_it_was() {
    let world = World::start().await;
    let browser = world.signed_in("sam.lee").await;
    let story = world.sent("maya.lindqvist").await;
    for page in ["/work", "/assignments"] {
        let reader = if page == "/work" { &browser } else { &world.signed_in("alex.morgan").await };
        let heard = world.statements(reader, page).await;
        assert_eq!(heard.iter().find(|statement| statement.starts_with("update session")), None, "{page}: {heard:#?}");
    }
    let heard = world.statements(&browser, &story.path("")).await;
    assert!(heard[0].starts_with("select id, state from") && heard[1].starts_with("select a.id"), "{heard:#?}");
    assert_eq!(heard.iter().find(|statement| statement.starts_with("update session")), None, "{heard:#?}");
}

#[tokio::test]
async fn work_its_files_and_what_came_to_it_take_no_more_statements_with_many_rows() {
    let world = World::start().await;
    let browser = world.signed_in("sam.lee").await;
    world.sent("maya.lindqvist").await;
    let addresses = ["/work?tab=unassigned", "/work.csv?tab=unassigned", "/work.xlsx?tab=unassigned"];
    let addresses = addresses.into_iter().chain(["/work/changes?since=0&tab=unassigned", "/submissions.xlsx"]);
    let mut few = Vec::new();
    for address in addresses.clone() {
        few.push(world.statements(&browser, address).await);
    }
    for _ in 0..30 {
        world.sent("maya.lindqvist").await;
    }
    for (address, few) in addresses.zip(few) {
        let many = world.statements(&browser, address).await;
        assert_eq!(few, many, "{address}");
        assert!(many.len() <= MOST, "{address} takes {} statements: {many:#?}", many.len());
    }
}

#[tokio::test]
async fn many_saved_views_are_read_and_counted_by_as_many_statements_as_few() {
    let world = World::start().await;
    for reader in READERS {
        let browser = world.signed_in(reader).await;
        let save = async |list: &str, name: &str| {
            let form = browser.get(&format!("/views?list={list}&shown=status%3Dany")).await.form("Save view");
            assert_eq!(form.set("name", name).tamper("for", "me").press("Save view").await.status(), 303);
        };
        plain(&world).await;
        save("submissions", "First").await;
        save("rates", "First").await;
        let address = "/views?list=rates&shown=status%3Dany";
        let few = [world.statements(&browser, "/views").await, world.statements(&browser, address).await];
        for name in ["Second", "Third", "Fourth"] {
            save("submissions", name).await;
            save("rates", name).await;
        }
        let many = [world.statements(&browser, "/views").await, world.statements(&browser, address).await];
        assert_eq!(few.each_ref().map(Vec::len), many.each_ref().map(Vec::len), "{few:#?} {many:#?}");
        assert!(many.iter().all(|heard| heard.len() <= MOST), "{many:#?}");
        let list = world.statements(&browser, "/submissions").await;
        let view = browser.get("/views").await.attribute("td a[href^='/views/']", "href").expect("a view");
        browser.get(&view).await.form("Open it with this view").press("Open it with this view").await;
        assert_eq!(world.statements(&browser, "/submissions").await.len(), list.len());
    }
}
