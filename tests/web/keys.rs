//! Single keys: where they are listed, and switching them off and on.

use crate::support::{Browser, World};

/// Whether a page of somebody listens to single keys.
async fn listens(who: &Browser) -> bool {
    let page = who.get("/submissions").await;
    assert_eq!(page.has("dialog#key-list"), page.has("body[data-keys=on]"), "the list is there where the keys are");
    page.has("body[data-keys=on]")
}

/// Version, preferences and number of entries of an account.
async fn account(world: &World, name: &str) -> (i32, serde_json::Value, i64) {
    let sql = "select version, preferences, (select count(*) from event where subject_id = a.id) from account a
                where email like $1 || '@%'";
    sqlx::query_as(sql).bind(name).fetch_one(&world.db).await.unwrap()
}

#[tokio::test]
async fn somebody_switches_single_keys_off_and_on_for_themselves_alone() {
    let world = World::start().await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let chosen = "update account set preferences = '{\"columns\": [\"state\"]}' where email like 'sam.lee@%'";
    sqlx::query(chosen).execute(&world.db).await.unwrap();
    let (before, others) = (account(&world, "sam.lee").await, account(&world, "kim.ode").await);
    assert!(listens(&sam).await, "they are on for whoever never said anything");
    let done = sam.get("/account").await.form("Switch single keys off").submit().await;
    assert_eq!((done.status(), done.location()), (303, "/account#keyboard"));
    assert_eq!(done.follow().await.flash().as_deref(), Some("Single keys are off."));
    assert!(!listens(&sam).await);
    let again = world.signed_in("sam.lee").await;
    assert!(!listens(&again).await, "in every session");

    let after = account(&world, "sam.lee").await;
    assert_eq!(after.1, serde_json::json!({ "columns": ["state"], "keys": false }), "nothing else was touched");
    assert_eq!((after.0, after.2), (before.0, before.2), "it is no edit of the account, and no news in its history");
    assert!(listens(&kim).await);
    assert_eq!(account(&world, "kim.ode").await, others);

    let done = sam.get("/account").await.form("Switch single keys on").submit().await;
    assert_eq!(done.follow().await.flash().as_deref(), Some("Single keys are on."));
    assert!(listens(&sam).await);
}

#[tokio::test]
async fn a_press_in_another_tab_or_a_second_one_has_nothing_left_to_do() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let (one, other) = (sam.get("/account").await, sam.get("/account").await);
    for (page, said) in [(&one, "Single keys are off."), (&other, "Single keys are off already.")] {
        let done = page.form("Switch single keys off").submit().await;
        assert_eq!(done.follow().await.flash().as_deref(), Some(said));
        assert!(!listens(&sam).await);
    }
}

#[tokio::test]
async fn a_form_that_is_forged_or_says_something_else_changes_nothing() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let csrf = sam.csrf().await;
    assert_eq!(sam.post("/account", &[("keys", "off")]).await.status(), 403);
    assert_eq!(sam.post("/account", &[("csrf", "x"), ("keys", "off")]).await.status(), 403);
    let session = uuid::Uuid::nil().to_string();
    for fields in [vec![("keys", "maybe")], vec![], vec![("keys", "off"), ("session", session.as_str())]] {
        let fields: Vec<_> = fields.into_iter().chain([("csrf", csrf.as_str())]).collect();
        assert_eq!(sam.post("/account", &fields).await.status(), 422, "{fields:?}");
    }
    assert!(listens(&sam).await);
}

#[tokio::test]
async fn the_keys_are_listed_on_the_help_page_for_the_places_that_a_person_has() {
    let world = World::start().await;
    let places = async |browser: &Browser| {
        let page = browser.get("/help").await;
        let keys = page.texts("article .keys dt");
        assert_eq!(keys[..7], ["?", "/", "j", "k", "Enter", "x", "t"]);
        keys.into_iter().filter_map(|key| key.strip_prefix("g then ").map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(places(&world.browser()).await, ["w", "s", "r", "a", "h"]);
    let (sam, rita) = (world.signed_in("sam.lee").await, world.signed_in("rita.olsen").await);
    assert_eq!(places(&sam).await, ["w", "s", "r", "h"]);
    assert_eq!(places(&rita).await, ["s", "r", "h"]);
    let page = rita.get("/submissions").await;
    assert_eq!(page.attributes(".masthead a[data-key]", "href"), ["/", "/submissions", "/rates"]);
    assert_eq!(page.link("Keyboard shortcuts").as_deref(), Some("/help#keyboard"), "the dialog is a page too");
    assert!(!world.browser().get("/help").await.has("dialog"), "nobody signed in, no keys");
}
