//! Deeds and lists whose session ended before they were sent: each page offers again what was typed or pressed.

use super::*;
use crate::support::story::Story;

async fn held(world: &World) -> i64 {
    world.count("select count(*) from held_form").await
}

#[tokio::test]
async fn an_approval_is_offered_again_and_meets_what_happened_since() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let dana = world.signed_in("dana.ruiz").await;
    let path = story.path("approve");
    let form = dana.get(&path).await.form(&path).set("released_on", "03/09/2026").set("reason", "As agreed by all.");
    world.pass(Duration::minutes(31));
    let late = form.press("Approve").await;
    assert_eq!((late.status(), late.location()), (303, format!("/sign-in?reason=ended&next={path}").as_str()));
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(sam.get(&story.path("")).await.form("Start").press("Start").await.status(), 303);

    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get(&path).await;
    assert!(page.text(".held").starts_with("Nothing was saved yet."), "{}", page.text(".held"));
    let again = page.form(&path);
    assert_eq!((again.value("released_on"), again.value("reason")), (form.value("released_on"), form.value("reason")));
    assert_eq!(again.value("review"), form.value("review"), "it is drawn from what it showed then");
    let saved = dana.get(&page.link("Open the page as it is saved").unwrap()).await;
    assert!(!saved.has(".held") && saved.form(&path).value("released_on").is_empty());

    let panel = again.press("Approve").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.text("main").contains("Sam Lee"), "{}", panel.text("main"));
    assert_eq!(held(&world).await, 1, "it waits until it is done");
    let done = panel.form("Approve all the same").press("Approve all the same").await;
    assert_eq!((done.status(), held(&world).await), (303, 0));
    let approved = "select count(*) from contract_review where status = 'approved' and released_on = '2026-03-09'";
    assert_eq!(world.count(approved).await, 1);
}

/// A draft of Maya's with two rates, and the address of their list.
async fn with_two_rates(world: &World) -> (Story, String) {
    let (story, _) = world.drafted_with_rate("maya.lindqvist").await;
    world.add_rate("maya.lindqvist", &story).await;
    let list = story.path("edit/rates");
    (story, list)
}

fn order(page: &Page) -> Vec<String> {
    page.attributes(".rates > li", "id")
}

#[tokio::test]
async fn a_rate_that_was_to_be_moved_or_removed_is_named_again_on_the_list() {
    let world = World::start().await;
    let (_, list) = with_two_rates(&world).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let form = maya.get(&list).await.form("Continue");
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Move up MN-R0002").await.status(), 303);
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&list).await;
    let said = page.text(".held");
    assert!(said.starts_with("Nothing was saved yet.") && said.contains("MN-R0002 was to be moved up:"), "{said}");
    assert_eq!(order(&page), ["rate-MN-R0001", "rate-MN-R0002"], "nothing was moved");
    assert_eq!(page.form("Continue").value("version"), form.value("version"));
    assert!(!maya.get(&page.link("Open the page as it is saved").unwrap()).await.has(".held"));
    assert_eq!(page.form("Continue").press("Move up MN-R0002").await.status(), 303);
    let moved = maya.get(&list).await;
    assert_eq!(
        (order(&moved), moved.has(".held")),
        (vec!["rate-MN-R0002".to_owned(), "rate-MN-R0001".to_owned()], false)
    );

    let asks = moved.form("Continue").press("Remove MN-R0001").await;
    let ticked = asks.form("Continue").tick("confirm_removal", "yes");
    world.pass(Duration::minutes(31));
    assert_eq!(ticked.press("Remove MN-R0001").await.status(), 303);
    let robert = world.signed_in("robert.okafor").await;
    assert!(!robert.get(&list).await.has(".held"), "another account sees nothing of it");
    let back = robert.get(&list).await.form("Continue").press("Move up MN-R0001").await;
    assert_eq!(back.status(), 303);
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&list).await;
    assert!(page.text(".held").contains("MN-R0001 was to be removed:"), "{}", page.text(".held"));
    let again = page.form("Continue");
    assert_eq!(again.value("confirm_removal"), "yes");
    let panel = again.press("Remove MN-R0001").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.text("main").contains("Robert Okafor"), "{}", panel.text("main"));
}

#[tokio::test]
async fn a_press_that_changes_no_rate_is_not_offered_again() {
    let world = World::start().await;
    let (_, list) = with_two_rates(&world).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let form = maya.get(&list).await.form("Continue");
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Continue").await.status(), 303);
    let maya = world.signed_in("maya.lindqvist").await;
    assert!(!maya.get(&list).await.has(".held"));
    // What was to be moved is not wanted any more once the list is left.
    let form = maya.get(&list).await.form("Continue");
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Move down MN-R0001").await.status(), 303);
    let page = world.signed_in("maya.lindqvist").await.get(&list).await;
    assert!(page.has(".held"));
    assert_eq!(page.form("Continue").press("Continue").await.status(), 303);
    assert_eq!(held(&world).await, 0);
}

#[tokio::test]
async fn the_removal_that_the_script_held_is_asked_again() {
    let world = World::start().await;
    let (_, list) = with_two_rates(&world).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let asks = maya.get(&list).await.form("Continue").press("Remove MN-R0002").await.form("Continue");
    let (csrf, version) = (asks.value("csrf"), asks.value("version"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("version", &version),
        ("asking", &asks.value("asking")),
        ("confirm_removal", "yes"),
        ("held_for", &list),
    ];
    assert_eq!(maya.post("/session/hold", &fields).await.status(), 204);
    let page = maya.get(&list).await;
    assert!(page.text(".held").contains("MN-R0002 was to be removed:"), "{}", page.text(".held"));
    assert_eq!(page.form("Continue").value("confirm_removal"), "yes");
    assert_eq!(page.form("Continue").press("Remove MN-R0002").await.status(), 303);
    let removed = maya.get(&list).await;
    assert_eq!((order(&removed), held(&world).await), (vec!["rate-MN-R0001".to_owned()], 0));
}

#[tokio::test]
async fn a_rate_that_was_to_be_added_or_linked_is_offered_again() {
    let world = World::start().await;
    let (sent, _) = world.drafted_with_rate("maya.lindqvist").await;
    for _ in 0..25 {
        world.add_rate("maya.lindqvist", &sent).await;
    }
    world.send("maya.lindqvist", &sent).await;
    let draft =
        world.drafted_with("maya.lindqvist", &serde_json::json!({ "submission_type": "CONTRACT_AND_RATES" })).await;
    let path = draft.path("edit/rates/new");
    let maya = world.signed_in("maya.lindqvist").await;
    let first = maya.get(&path).await.form("Continue");
    let older = first.press("Older ones").await.form("Continue");
    let last = older.offered("rate_review_id").remove(0);
    assert!(!first.offered("rate_review_id").contains(&last), "it stands on the second page");
    let form = older.set("origin", "LINK").set("rate_review_id", &last);
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Continue").await.status(), 303);
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&path).await;
    assert!(page.text(".held").starts_with("Nothing was saved yet."), "{}", page.text(".held"));
    let again = page.form("Continue");
    for field in ["id", "version", "origin", "rate_review_id"] {
        assert_eq!(again.value(field), form.value(field), "{field}");
    }
    assert!(!maya.get(&page.link("Open the page as it is saved").unwrap()).await.has(".held"));
    let linked = again.press("Continue").await;
    assert_eq!(
        (linked.location(), held(&world).await),
        (format!("{}#rate-MN-R0001", draft.path("edit/rates")).as_str(), 0)
    );

    let form = maya.get(&path).await.form("Continue").set("origin", "OWN").set("q", "senior");
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Continue").await.status(), 303);
    let maya = world.signed_in("maya.lindqvist").await;
    let again = maya.get(&path).await.form("Continue");
    assert_eq!((again.value("origin"), again.value("q")), ("OWN".to_owned(), "senior".to_owned()));
    let made = again.press("Continue").await;
    assert_eq!(made.status(), 303);
    assert_eq!(again.press("Continue").await.location(), made.location(), "a second press leads to the same rate");
    assert_eq!(held(&world).await, 0);
}

#[tokio::test]
async fn the_summary_of_a_version_is_offered_again_where_it_is_sent() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.unlock("sam.lee", &story).await;
    let path = story.path("edit/review");
    let maya = world.signed_in("maya.lindqvist").await;
    let form = maya.get(&path).await.form(&path).set("summary", "The dates are mended.");
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Resubmit to CMS").await.status(), 303);
    world.write(&story, &serde_json::json!({ "contract_date_end": "2027-06-30" }), &serde_json::json!({})).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get(&path).await;
    assert!(page.text(".held").starts_with("Nothing was saved yet."), "{}", page.text(".held"));
    let again = page.form(&path);
    assert_eq!((again.value("summary"), again.value("version")), (form.value("summary"), form.value("version")));
    assert!(!maya.get(&page.link("Open the page as it is saved").unwrap()).await.has(".held"));
    assert_eq!(again.press("Resubmit to CMS").await.status(), 409, "the draft changed");
    let saved = maya.get(&format!("{path}?held=no")).await.form(&path).set("summary", "The dates are mended.");
    assert_eq!((saved.press("Resubmit to CMS").await.status(), held(&world).await), (303, 0));
}

#[tokio::test]
async fn a_press_to_send_a_first_version_is_not_offered_again() {
    let world = World::start().await;
    let story = world.drafted("maya.lindqvist").await;
    let path = story.path("edit/review");
    let form = world.signed_in("maya.lindqvist").await.get(&path).await.form(&path);
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Submit to CMS").await.status(), 303);
    assert!(!world.signed_in("maya.lindqvist").await.get(&path).await.has(".held"), "nothing was typed");
}

#[tokio::test]
async fn the_number_of_the_contract_review_system_is_offered_again() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let path = story.path("mccrs-number");
    let form = world.signed_in("sam.lee").await.get(&path).await.form(&path).set("mccrs_number", "4711");
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Save").await.status(), 303);
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&path).await;
    assert!(page.has(".held"));
    assert!(!sam.get(&page.link("Open the page as it is saved").unwrap()).await.has(".held"));
    let again = page.form(&path);
    assert_eq!(again.value("mccrs_number"), "4711");
    assert_eq!((again.press("Save").await.status(), held(&world).await), (303, 0));
}
