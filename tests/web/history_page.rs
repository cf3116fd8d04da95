//! The history of a submission: what each side reads of it, page by page, and whether it is as it was written.

mod filters;

use std::collections::HashSet;

use mc_review::history::{Flaw, verify_page};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::support::{Page, World};

const TITLES: &str = ".timeline strong";

/// What somebody does to the record who may switch its rules off.
async fn tamper(world: &World, sql: &str) {
    let mut tx = world.db.begin().await.unwrap();
    let script = format!("set local session_replication_role = replica; {sql}");
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn history(world: &World, who: &str) -> Page {
    world.signed_in(who).await.get("/submissions/MN-0001/history").await
}

/// Somebody takes a review and hands it back, so many times.
async fn take_and_hand_back(world: &World, times: usize) {
    let kim = world.signed_in("kim.ode").await;
    for _ in 0..times {
        for button in ["Take", "Hand back"] {
            let done = kim.get("/submissions/MN-0001").await.form(button).press(button).await;
            assert_eq!(done.status(), 303);
        }
    }
}

#[tokio::test]
async fn cms_reads_who_did_what_with_versions_and_that_the_record_is_intact() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    take_and_hand_back(&world, 1).await;
    let page = history(&world, "rita.olsen").await;
    assert_eq!(page.h1(), "History of MCR-MN-0001-MSC+-MSHO");
    assert_eq!(page.text(".intact"), "Record intact, checked 11:30 PM ET");
    let titles = page.texts(TITLES);
    let reviewers = "Primary reviewer of DMCO review of MN-0001";
    assert_eq!(titles, [reviewers, reviewers, "DMCO review of MN-0001 made", "Version 1 sent"]);
    let entries = page.texts(".timeline__entry");
    assert!(entries[0].contains("Kim Ode, DMCO reviewer Handed back Primary: Kim Ode → nobody"), "{}", entries[0]);
    assert!(entries[0].contains("Record version 2 → 3"), "{}", entries[0]);
    assert!(entries[3].contains("Maya Lindqvist, Minnesota Subject to review"), "{}", entries[3]);
    assert!(page.reading().contains("DMCO: Division of Managed Care Operations."));
}

#[tokio::test]
async fn a_state_reads_its_part_without_numbers() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    take_and_hand_back(&world, 1).await;
    let page = history(&world, "robert.okafor").await;
    assert_eq!(page.texts(TITLES), ["Version 1 sent", "Draft started"]);
    assert!(!page.reading().contains("Record"), "{}", page.reading());
    assert_eq!(page.texts(".timeline__foot"), ["See version 1"]);
}

#[tokio::test]
async fn a_draft_never_sent_has_one_entry() {
    let world = World::start().await;
    world.drafted("maya.lindqvist").await;
    assert_eq!(history(&world, "robert.okafor").await.texts(TITLES), ["Draft started"]);
}

#[tokio::test]
async fn fifty_entries_are_a_page_and_none_is_skipped_or_shown_twice() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    take_and_hand_back(&world, 51).await;
    let rita = world.signed_in("rita.olsen").await;
    let first = rita.get("/submissions/MN-0001/history").await;
    assert!(first.link("‹ Previous").is_none() && first.link("First").is_none());
    let second = rita.get(&first.link("Next ›").expect("older entries")).await;
    let third = rita.get(&second.link("Next ›").expect("older entries")).await;
    assert!(third.link("Next ›").is_none());
    let all = [ids(&first), ids(&second), ids(&third)].concat();
    assert_eq!((ids(&first).len(), ids(&second).len(), all.len()), (50, 50, 104));
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 104);
    let back = rita.get(&third.link("‹ Previous").expect("newer entries")).await;
    assert_eq!(ids(&back), ids(&second));
    let back = rita.get(&back.link("‹ Previous").expect("newer entries")).await;
    assert_eq!(ids(&back), ids(&first));
    assert!(back.link("‹ Previous").is_none());
}

/// The anchors of the entries of a page.
fn ids(page: &Page) -> Vec<String> {
    page.attributes(".timeline__entry", "id")
}

#[tokio::test]
async fn an_address_that_names_no_entry_of_this_history_is_refused() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    let hidden: Uuid =
        sqlx::query_scalar("select id from event where kind = 'review_made'").fetch_one(&world.db).await.unwrap();
    let maya = world.signed_in("maya.lindqvist").await;
    for wrong in ["before=x".to_owned(), format!("after={}", Uuid::nil()), format!("before={hidden}")] {
        assert_eq!(maya.get(&format!("/submissions/MN-0001/history?{wrong}")).await.status(), 422, "{wrong}");
    }
}

#[tokio::test]
async fn an_altered_record_alarms_cms_and_points_at_the_first_bad_entry() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    take_and_hand_back(&world, 1).await;
    tamper(&world, "update event set actor_name = 'Sam Lee' where kind = 'reviewers_changed'").await;
    let page = history(&world, "rita.olsen").await;
    let alert = page.alert();
    assert!(
        alert.contains("This record was altered") && alert.contains("its content is not what was written"),
        "{alert}"
    );
    let bad = page.link("the entry of 03/10/2026 11:30 PM ET").expect("the bad entry is named");
    let first_bad: Uuid =
        sqlx::query_scalar("select id from event where kind = 'reviewers_changed' order by seq limit 1")
            .fetch_one(&world.db)
            .await
            .unwrap();
    assert_eq!(bad, format!("#entry-{first_bad}"));
    assert!(page.has(&bad) && !page.has(".intact"));
}

#[tokio::test]
async fn of_an_altered_entry_that_only_the_state_may_read_cms_learns_no_content() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    tamper(&world, "update event set reason = 'A secret' where kind = 'created'").await;
    let page = history(&world, "rita.olsen").await;
    assert!(
        page.alert().contains("an entry of 03/10/2026 11:30 PM ET that only the state may read"),
        "{}",
        page.alert()
    );
    assert!(!page.reading().contains("A secret") && !page.reading().contains("Draft started"));
    assert_eq!(history(&world, "maya.lindqvist").await.texts(".usa-alert"), [""; 0]);
}

#[tokio::test]
async fn the_check_of_one_history_does_not_look_at_others() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    world.sent("maya.lindqvist").await;
    tamper(&world, "delete from event where kind = 'review_made' and subject_id = (select id from contract_review where number = 2)").await;
    let mut conn = world.db.acquire().await.unwrap();
    let mut flaws = Vec::new();
    for number in [1, 2] {
        let id: Uuid = sqlx::query_scalar("select id from contract_review where number = $1")
            .bind(number)
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        let report = verify_page(&mut conn, id).await.unwrap();
        assert_eq!(report.subjects, 1);
        flaws.push(report.breaks.into_iter().map(|found| found.flaw).collect::<Vec<_>>());
    }
    assert_eq!(flaws, [vec![], vec![Flaw::CutOff, Flaw::Untold]]);
}
