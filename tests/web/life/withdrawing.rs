//! Taking a package out of review, and what becomes of its rates.

use super::{departments, do_it, done, form, intact, rate_status, status};
use crate::support::World;

/// How many rates the submission of this number has.
async fn children(world: &World, number: i32) -> i64 {
    let query = "select count(*) from rate_review r join contract_review c on c.id = r.parent_id where c.number = $1";
    sqlx::query_scalar(query).bind(number).fetch_one(&world.db).await.unwrap()
}

#[tokio::test]
async fn a_rate_that_nobody_else_holds_is_withdrawn_with_its_submission_and_comes_back_with_it() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("withdraw")).await;
    assert_eq!(page.table("Rates")[0].cell("What becomes of it"), "withdrawn with it");
    assert_eq!(do_it(&sam, &story, "withdraw", "Withdraw").await, "MN-0001 is withdrawn.");
    assert_eq!(
        (status(&world, &story.key).await, rate_status(&world, &rate).await),
        ("withdrawn".into(), "withdrawn".into())
    );
    let maya = world.signed_in("maya.lindqvist").await;
    let told = maya.get(&story.path("")).await.text(".banner");
    assert!(
        told.contains("Sam Lee, Division of Managed Care Operations (DMCO)")
            && told.contains(&format!("Rate {rate}: withdrawn with it.")),
        "{told}"
    );
    let page = sam.get(&story.path("undo-withdraw")).await;
    assert_eq!(page.table("Rates")[0].cell("What becomes of it"), "comes back with it");
    assert_eq!(do_it(&sam, &story, "undo-withdraw", "Undo withdrawal").await, "MN-0001 is not withdrawn any more.");
    assert_eq!(
        (status(&world, &story.key).await, rate_status(&world, &rate).await),
        ("submitted".into(), "submitted".into())
    );
    assert_eq!(departments(&world).await, ["DMCO not_started", "DMCP not_started", "OACT not_started"]);
    intact(&world).await;
}

#[tokio::test]
async fn a_rate_that_others_hold_moves_to_the_one_under_review_with_the_lowest_number_and_stays_there() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let mut holders = Vec::new();
    for _ in 0..3 {
        let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
        world.send("maya.lindqvist", &holder).await;
        holders.push(holder);
    }
    world.unlock("sam.lee", &holders[0]).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("withdraw")).await;
    assert_eq!(page.table("Rates")[0].cell("What becomes of it"), "moves to MN-0003, its new parent");
    do_it(&sam, &story, "withdraw", "Withdraw").await;
    assert_eq!(rate_status(&world, &rate).await, "submitted");
    assert_eq!(children(&world, 3).await, 1);
    let page = sam.get(&story.path("undo-withdraw")).await;
    assert_eq!(page.table("Rates")[0].cell("What becomes of it"), "stays with MN-0003");
    do_it(&sam, &story, "undo-withdraw", "Undo withdrawal").await;
    assert_eq!(children(&world, 3).await, 1);
    // The rate's own history tells of it.
    let told = sam.get(&format!("/rates/{rate}/history")).await.text("main");
    assert!(told.contains("From MN-0001, which was withdrawn, to MN-0003"), "{told}");
    intact(&world).await;
}

#[tokio::test]
async fn a_draft_that_had_dropped_the_rate_takes_it_back_when_it_moves_there() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &holder).await;
    world.unlock("sam.lee", &holder).await;
    let maya = world.signed_in("maya.lindqvist").await;
    // The draft has no rates any more, and says so.
    let form = maya.get(&holder.path("edit/type")).await.form(&holder.path("edit/type"));
    let asked = form.set("submission_type", "CONTRACT_ONLY").press("Save as draft").await;
    let confirmed = asked.form(&holder.path("edit/type")).tick("confirm_removal", "yes");
    assert_eq!(confirmed.press("Save as draft").await.status(), 303);
    let in_draft = "select count(*) from package_rate p join contract_submission s on s.id = p.contract_submission_id
                     where s.submitted_at is null and s.discarded_at is null";
    assert_eq!(world.count(in_draft).await, 0);
    let stale = maya.get(&holder.path("edit/contacts")).await.form(&holder.path("edit/contacts"));

    world.withdraw("sam.lee", &story).await;
    assert_eq!(world.count(in_draft).await, 1);
    assert_eq!(rate_status(&world, &rate).await, "submitted");
    let page = maya.get(&holder.path("edit/rates")).await.text("main");
    assert!(page.contains(&rate), "{page}");
    // Whoever had it open meets what changed.
    let refused = stale.set("state_contacts.0.last_name", "Newer").press("Save as draft").await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text("main").contains("Sam Lee"), "{}", refused.text("main"));
    world.send("maya.lindqvist", &holder).await;
    assert_eq!(rate_status(&world, &rate).await, "submitted", "it keeps its status until it is unlocked here");
    intact(&world).await;
}

#[tokio::test]
async fn a_fate_that_differs_at_the_press_is_refused_with_the_new_one() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let old = form(&sam, &story, "withdraw").await.set("reason", "Sent by mistake.");
    let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &holder).await;
    let refused = old.press("Withdraw").await;
    assert_eq!(refused.status(), 409);
    let said = refused.text("main");
    assert!(
        said.contains(&format!("What becomes of {rate} is another thing now: moves to MN-0002, its new parent.")),
        "{said}"
    );
    let again = refused.form(&story.path("withdraw")).press("Withdraw all the same").await;
    assert_eq!(done(again).await, "MN-0001 is withdrawn.");
    assert_eq!(children(&world, 2).await, 1);
}

#[tokio::test]
async fn what_is_linked_stays_when_its_holder_is_withdrawn() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &holder).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&holder.path("withdraw")).await;
    assert_eq!(page.table("Rates")[0].cell("What becomes of it"), "stays, belongs to MN-0001");
    do_it(&sam, &holder, "withdraw", "Withdraw").await;
    assert_eq!((rate_status(&world, &rate).await, children(&world, 1).await), ("submitted".into(), 1));
    intact(&world).await;
}

#[tokio::test]
async fn a_withdrawal_of_what_was_not_reviewed_goes_back_to_that() {
    let world = World::start().await;
    let chip = serde_json::json!({ "population_covered": "CHIP", "federal_authorities": ["TITLE_XXI"] });
    let story = world.sent_with("maya.lindqvist", &chip).await;
    let sam = world.signed_in("sam.lee").await;
    do_it(&sam, &story, "withdraw", "Withdraw").await;
    do_it(&sam, &story, "undo-withdraw", "Undo withdrawal").await;
    assert_eq!(status(&world, &story.key).await, "not_subject_to_review");
    assert_eq!(departments(&world).await, [""; 0]);
    intact(&world).await;
}
