//! Every next step, in a world where it holds, and where its row leads.

use mc_review::domain::lifecycle::Decision;
use mc_review::domain::role::Department;
use serde_json::json;
use time::Duration;

use super::{TABS, UNASSIGNED, row, rows, take, work};
use crate::support::{Page, World};

const MAYA: &str = "maya.lindqvist";

fn cell(page: &Page, label: &str) -> String {
    page.text(&format!("#results [data-label='{label}']"))
}

#[tokio::test]
async fn a_review_goes_from_taken_over_started_and_asked_to_signed_off() {
    let world = World::start().await;
    let story = world.sent(MAYA).await;
    let review = world.review_of(&story).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(UNASSIGNED).await;
    assert_eq!(rows(&page), [row("Take it", "MN-0001")]);
    assert_eq!((cell(&page, "My part"), cell(&page, "DMCO review")), ("–".to_owned(), "Not started".to_owned()));
    assert_eq!(page.link("MN-0001"), Some(format!("/submissions/MN-0001#dr-{review}")));

    let taken = page.form(&format!("/department-reviews/{review}/reviewers")).press("Take").await;
    assert_eq!((taken.status(), taken.location()), (303, UNASSIGNED));
    let page = taken.follow().await;
    let said = "DMCO review of MN-0001: primary reviewer Sam Lee, secondary reviewer nobody";
    assert_eq!((page.flash().as_deref(), rows(&page)), (Some(said), vec![]));

    world.pass(Duration::days(2));
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/work").await;
    assert_eq!(rows(&page), [row("Not started", "MN-0001")]);
    assert_eq!((cell(&page, "My part"), cell(&page, "Days in status")), ("Primary".to_owned(), "2 days".to_owned()));
    let started = page.form(&format!("/department-reviews/{review}/status")).press("Start").await;
    assert_eq!((started.status(), started.location()), (303, "/work"));
    let page = started.follow().await;
    assert_eq!(page.flash().as_deref(), Some("DMCO review of MN-0001: in review"));
    assert_eq!(
        (rows(&page), cell(&page, "Days in status")),
        (vec![row("In review", "MN-0001")], "since today".to_owned())
    );

    world.ask("sam.lee", &story, None).await;
    assert_eq!(work(&sam, "/work").await, []);
    assert_eq!(work(&sam, TABS[1]).await, [row("Round 1 open since 03/12 (today)", "MN-0001")]);
    world.respond(MAYA, &story, Department::Dmco).await;
    assert_eq!(work(&sam, "/work").await, [row("State answered round 1", "MN-0001")]);
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    assert_eq!(work(&sam, "/work").await, []);
    assert_eq!(work(&sam, TABS[3]).await, [row("Nothing left to do", "MN-0001")]);
}

#[tokio::test]
async fn what_is_unlocked_waits_and_a_new_version_says_what_was_decided_before() {
    let world = World::start().await;
    let story = world.decided(MAYA, "sam.lee", Decision::SignedOff).await;
    world.pass(Duration::days(1));
    world.unlock("sam.lee", &story).await;
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(work(&sam, TABS[1]).await, [row("Unlocked since 03/11 (today)", "MN-0001")]);
    assert_eq!(work(&sam, TABS[3]).await, [], "what waits is not decided");
    world.pass(Duration::days(1));
    world.send(MAYA, &story).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let page = sam.get("/work").await;
    assert_eq!(rows(&page), [row("Version 2 came 03/12; you signed off on version 1", "MN-0001")]);
    assert!(cell(&page, "Subject").contains("Version 2, not read yet"));
    sam.get("/submissions/MN-0001").await;
    assert!(!cell(&sam.get("/work").await, "Subject").contains("not read yet"));
    assert_eq!(work(&kim, "/work").await, [], "it is Sam's");
}

#[tokio::test]
async fn what_is_long_ago_says_in_which_year_and_for_how_long() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate(MAYA).await;
    let sam = world.signed_in("sam.lee").await;
    take(&sam, "/submissions/MN-0001").await;
    world.ask("sam.lee", &story, None).await;
    sam.get(&story.path("")).await;
    world.ask("owen.park", &story, Some(&rate)).await;
    world.pass(Duration::days(386));
    let sam = world.signed_in("sam.lee").await;
    let open = "Round 1 open since 03/10/2026 (386 days)";
    assert_eq!(work(&sam, TABS[1]).await, [row(open, "MN-0001")]);
    let page = sam.get(&story.path("")).await;
    assert_eq!(page.text("#department-reviews td[data-label='Rounds'] a"), format!("{open}, DMCO review of MN-0001"));
    let since = page.link_like("Since ").expect("something came");
    assert!(since.starts_with("Since 03/10/2026: "), "{since}");
}

#[tokio::test]
async fn an_objection_to_the_version_before_names_who_objected() {
    let world = World::start().await;
    let story = world.decided(MAYA, "sam.lee", Decision::Objection).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let back = sam.get("/submissions/MN-0001").await.form("Hand back").press("Hand back").await;
    assert_eq!(back.status(), 303);
    world.resent(&story, &json!({}), &json!({})).await;
    take(&kim, "/submissions/MN-0001").await;
    assert_eq!(work(&kim, "/work").await, [row("Version 2 came 03/10; Sam Lee objected to version 1", "MN-0001")]);
}

#[tokio::test]
async fn a_note_that_names_somebody_stands_first_until_they_open_it() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate(MAYA).await;
    let (owen, kim) = (world.signed_in("owen.park").await, world.signed_in("kim.ode").await);
    take(&kim, "/submissions/MN-0001").await;
    for page in ["/submissions/MN-0001/notes".to_owned(), format!("/rates/{rate}/notes")] {
        let form = owen.get(&page).await.form("Add note").set("text", "Look at this, @Kim Ode");
        assert_eq!(form.press("Add note").await.status(), 303);
    }
    let page = kim.get("/work").await;
    let mentioned = [row("Mentioned by Owen Park", "MN-0001"), row("Mentioned by Owen Park", "Rate MN-R0001")];
    let mut found = rows(&page);
    found.sort_by_key(|(_, key)| key.starts_with("Rate"));
    assert_eq!(found, mentioned);
    assert!(page.has("#results form[action$='/status']"), "what can be done is offered beside it");
    let href = page.link("Rate MN-R0001").expect("the row leads on");
    let (notes, anchor) = href.split_once('#').expect("to the very note");
    assert!(kim.get(notes).await.has(&format!("[id='{anchor}']")));
    assert_eq!(work(&kim, "/work").await, [row("Mentioned by Owen Park", "MN-0001")]);
    kim.get("/submissions/MN-0001/notes").await;
    assert_eq!(work(&kim, "/work").await, [row("Not started", "MN-0001")]);
}

#[tokio::test]
async fn a_package_with_every_department_signed_off_waits_for_approvers_of_all_departments() {
    let world = World::start().await;
    let story = world.decided(MAYA, "sam.lee", Decision::SignedOff).await;
    world.decided(MAYA, "sam.lee", Decision::Objection).await;
    for approver in ["dana.ruiz", "ruth.abara", "linda.castellanos"] {
        let page = world.signed_in(approver).await.get("/work").await;
        assert_eq!(rows(&page), [row("Ready to approve", "MN-0001")], "{approver}");
        assert_eq!(page.link("MN-0001").as_deref(), Some("/submissions/MN-0001#department-reviews"));
    }
    assert_eq!(work(&world.signed_in("kim.ode").await, "/work").await, [], "reviewers do not approve");
    // A rate that nobody has signed off keeps its package back; a newer version does too.
    let (rated, _) = world.sent_with_rate(MAYA).await;
    let start = "select id from department_review where contract_review_id = $1";
    let review: uuid::Uuid = sqlx::query_scalar(start).bind(rated.id.0).fetch_one(&world.db).await.unwrap();
    let sam = world.signed_in("sam.lee").await;
    let started = sam.get("/submissions/MN-0003").await.form(&format!("/department-reviews/{review}/status"));
    assert_eq!(started.press("Start").await.status(), 303);
    world.decide(&rated, "sam.lee", Decision::SignedOff).await;
    let dana = world.signed_in("dana.ruiz").await;
    assert_eq!(work(&dana, "/work").await, [row("Ready to approve", "MN-0001")]);
    world.resent(&story, &json!({}), &json!({})).await;
    assert_eq!(work(&dana, "/work").await, []);
}

#[tokio::test]
async fn the_nearest_effective_date_comes_first_then_the_longest_in_status() {
    let world = World::start().await;
    for (author, start) in [
        (MAYA, "2027-01-01"),
        ("elena.vargas", "2026-05-01"),
        ("andre.fontaine", "2026-05-01"),
        ("grace.holloway", "2026-02-01"),
    ] {
        world.sent_with(author, &json!({ "contract_date_start": start, "contract_date_end": "2027-12-31" })).await;
        world.pass(Duration::days(1));
    }
    let sam = world.signed_in("sam.lee").await;
    let keys =
        async |address: &str| -> Vec<String> { work(&sam, address).await.into_iter().map(|(_, key)| key).collect() };
    assert_eq!(keys(UNASSIGNED).await, ["KY-0001", "TX-0001", "FL-0001", "MN-0001"]);
    let page = sam.get(UNASSIGNED).await;
    assert_eq!(cell(&page, "Days to start"), "Started 41 days ago");
    assert!(page.text(".results__count").contains("4 reviews, nearest effective date first"));
    assert_eq!(keys("/work?tab=unassigned&sort=-start").await, ["MN-0001", "FL-0001", "TX-0001", "KY-0001"]);
    assert_eq!(keys("/work?tab=unassigned&sort=-days").await, ["MN-0001", "TX-0001", "FL-0001", "KY-0001"]);
    let shortest = sam.get("/work?tab=unassigned&sort=days").await;
    assert_eq!(rows(&shortest)[0], row("Take it", "KY-0001"));
    assert_eq!(shortest.attribute("th[aria-sort]", "aria-sort").as_deref(), Some("ascending"));
    assert_eq!(shortest.link("Days in status").as_deref(), Some("/work?tab=unassigned&sort=-days"));
}
