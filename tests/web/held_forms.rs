//! What was typed when the session had ended: held for the same account alone, for a day, and not carried out.

mod pages;

use time::Duration;

use crate::support::filled::PDF;
use crate::support::page::Page;
use crate::support::{Browser, Form, World};

/// Maya's page of a draft with a description that is not saved, and its address.
async fn typed(world: &World, browser: &Browser, text: &str) -> (Form, String) {
    let draft = world.drafted("maya.lindqvist").await;
    let address = format!("/submissions/{}/edit/type", draft.key);
    let page = browser.get(&address).await;
    (page.form("Save and leave").set("submission_description", text), address)
}

async fn descriptions(world: &World, text: &'static str) -> i64 {
    sqlx::query_scalar("select count(*) from contract_submission where contract_data ->> 'submission_description' = $1")
        .bind(text)
        .fetch_one(&world.db)
        .await
        .unwrap()
}

fn is_held(page: &Page, text: &str) -> bool {
    page.has(".held") && page.form("Save and leave").value("submission_description") == text
}

#[tokio::test]
async fn a_form_posted_after_the_session_ended_opens_again_with_what_was_typed() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (form, address) = typed(&world, &maya, "Typed for half an hour.").await;
    world.pass(Duration::minutes(31));
    let answer = form.press("Save as draft").await;
    assert_eq!((answer.status(), answer.location()), (303, format!("/sign-in?reason=ended&next={address}").as_str()));
    assert_eq!(descriptions(&world, "Typed for half an hour.").await, 0);

    // Another account sees nothing of it, though of the same state and in the same browser.
    maya.sign_in("robert.okafor").await;
    let other = maya.get(&address).await;
    assert!(!other.has(".held") && !other.reading().contains("Typed for half an hour."));

    let again = world.browser();
    let sign_in = again.get(answer.location()).await;
    let page = sign_in.form("Maya Lindqvist").submit().await.follow().await;
    assert!(page.text(".held").starts_with("Nothing was saved yet."), "{}", page.text(".held"));
    assert!(is_held(&page, "Typed for half an hour."));
    assert_eq!(page.form("Save and leave").value("version"), form.value("version"));
    let saved = again.get(&page.link("Open the page as it is saved").unwrap()).await;
    assert!(!is_held(&saved, "Typed for half an hour."));
    assert!(is_held(&again.get(&address).await, "Typed for half an hour."), "it waits until it is saved");

    assert_eq!(page.form("Save as draft").press("Save as draft").await.status(), 303);
    assert_eq!(descriptions(&world, "Typed for half an hour.").await, 1);
    assert!(!again.get(&address).await.has(".held"));
    assert_eq!(world.count("select count(*) from held_form").await, 0);
}

#[tokio::test]
async fn what_is_held_meets_the_version_check_like_any_form() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (form, address) = typed(&world, &maya, "Of Maya.").await;
    world.pass(Duration::minutes(31));
    form.press("Save as draft").await;
    let robert = world.signed_in("robert.okafor").await;
    let his = robert.get(&address).await.form("Save as draft").set("submission_description", "Of Robert.");
    assert_eq!(his.press("Save as draft").await.status(), 303);
    let maya = world.signed_in("maya.lindqvist").await;
    let panel = maya.get(&address).await.form("Save as draft").press("Save as draft").await;
    assert_eq!(panel.status(), 409);
    let row = panel.text(".conflict__long");
    assert!(row.contains("Of Robert.") && row.contains("Of Maya."), "{row}");
}

#[tokio::test]
async fn files_of_a_late_form_are_named_and_not_kept() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = world.drafted("maya.lindqvist").await;
    let address = format!("/submissions/{}/edit/contract", draft.key);
    let form = maya.get(&address).await.form("Save as draft").set("contract_date_start", "07/04/2026");
    let form = form.attach("documents.contract", "a.pdf", PDF, "application/pdf");
    let blobs = world.count("select count(*) from blob").await;
    world.pass(Duration::minutes(31));
    assert_eq!(
        form.attach("documents.contract", "b.pdf", PDF, "application/pdf").press("Continue").await.status(),
        303
    );
    assert_eq!(world.count("select count(*) from blob").await, blobs);
    let page = world.signed_in("maya.lindqvist").await.get(&address).await;
    assert!(page.text(".held").contains("choose them again: a.pdf, b.pdf."), "{}", page.text(".held"));
    assert_eq!(page.form("Save as draft").value("contract_date_start"), "07/04/2026");
}

#[tokio::test]
async fn what_is_held_goes_after_a_day() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (form, address) = typed(&world, &maya, "Held.").await;
    world.pass(Duration::minutes(31));
    form.press("Save as draft").await;
    world.pass(Duration::hours(24) - Duration::seconds(1));
    assert!(is_held(&world.signed_in("maya.lindqvist").await.get(&address).await, "Held."));
    world.pass(Duration::seconds(1));
    assert!(!world.signed_in("maya.lindqvist").await.get(&address).await.has(".held"));
    let swept = mc_review::web::held::sweep(&world.db, world.clock.now()).await.unwrap();
    assert_eq!((swept, world.count("select count(*) from held_form").await), (1, 0));
}

#[tokio::test]
async fn nothing_is_held_after_signing_out_or_when_somebody_ended_the_session() {
    let world = World::start().await;
    for end in ["sign out", "end", "deactivate", "forge", "elsewhere"] {
        let maya = world.signed_in("maya.lindqvist").await;
        let (mut form, _) = typed(&world, &maya, "Not held.").await;
        match end {
            "sign out" => drop(maya.get("/account").await.form("Sign out").press("Sign out").await),
            "end" => drop(sqlx::query("delete from session").execute(&world.db).await.unwrap()),
            "deactivate" => {
                let off = "update account set active = false where email like 'maya.%'";
                sqlx::query(off).execute(&world.db).await.unwrap();
            }
            "elsewhere" => form = form.header("sec-fetch-site", "cross-site"),
            _ => form = form.tamper("csrf", "anything"),
        }
        world.pass(Duration::minutes(31));
        assert_eq!(form.press("Save as draft").await.status(), 303, "{end}");
        assert_eq!(world.count("select count(*) from held_form").await, 0, "{end}");
        sqlx::query("update account set active = true").execute(&world.db).await.unwrap();
    }
}

#[tokio::test]
async fn the_form_of_an_old_session_in_another_tab_is_held_and_offered() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (form, address) = typed(&world, &maya, "From an old tab.").await;
    world.pass(Duration::minutes(31));
    maya.sign_in("maya.lindqvist").await;
    let answer = form.press("Save as draft").await;
    assert_eq!((answer.status(), answer.h1().as_str()), (403, "This form is out of date"));
    assert_eq!(answer.link("Open the form with what you typed").as_deref(), Some(address.as_str()));
    assert!(is_held(&maya.get(&address).await, "From an old tab."));
    let part = form.press_htmx("Save as draft").await;
    assert_eq!((part.status(), part.header("hx-redirect")), (403, Some(address.as_str())));

    // Somebody else who signed in meanwhile learns nothing of it.
    world.pass(Duration::minutes(31));
    maya.sign_in("robert.okafor").await;
    let answer = form.press("Save as draft").await;
    assert_eq!((answer.status(), answer.link("Open the form with what you typed")), (403, None));
    assert!(!maya.get(&address).await.has(".held"));
}

#[tokio::test]
async fn the_script_holds_the_open_form_before_the_session_ends_and_that_is_no_activity() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (form, address) = typed(&world, &maya, "Held in time.").await;
    let csrf = form.value("csrf");
    let version = form.value("version");
    let fields = [
        ("csrf", csrf.as_str()),
        ("version", &version),
        ("held_for", &address),
        ("held_file", "a.pdf"),
        ("submission_description", "Held in time."),
    ];
    world.pass(Duration::minutes(29));
    assert_eq!(maya.post("/session/hold", &fields).await.status(), 204);
    assert_eq!(maya.post("/session/hold", &fields[..1]).await.status(), 422);
    assert_eq!(maya.post("/session/hold", &[&fields[..2], &fields[4..]].concat()).await.status(), 422);
    world.pass(Duration::minutes(1));
    assert_eq!(maya.get("/session").await.status(), 303, "it did not make the session longer");
    let page = world.signed_in("maya.lindqvist").await.get(&address).await;
    assert!(is_held(&page, "Held in time.") && page.text(".held").contains("choose it again: a.pdf."));
}

#[tokio::test]
async fn a_decision_and_an_assignment_are_held_too() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    let path = format!("/department-reviews/{}/status", world.review_of(&story).await);
    let form =
        sam.get(&format!("{path}?to=objection")).await.form("Object").set("note", "The trend factor is missing.");
    world.pass(Duration::minutes(31));
    let answer = form.press("Object").await;
    assert_eq!(answer.location(), format!("/sign-in?reason=ended&next={path}"));
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&path).await;
    assert!(page.has(".held"));
    assert_eq!(page.form("Object").value("note"), "The trend factor is missing.");
    assert!(!sam.get(&format!("{path}?to=signed_off")).await.has(".held"), "that is another form");
    assert_eq!(page.form("Object").press("Object").await.status(), 303);
    assert_eq!(world.count("select count(*) from held_form").await, 0);

    let dana = world.signed_in("dana.ruiz").await;
    let path = format!("/department-reviews/{}/reviewers", world.review_of(&story).await);
    let form = dana.get(&path).await.form("Assign");
    let nobody = form.clone().set("primary", "");
    world.pass(Duration::minutes(31));
    assert_eq!(nobody.press("Assign").await.status(), 303);
    let page = world.signed_in("dana.ruiz").await.get(&path).await;
    assert!(page.has(".held"));
    assert_eq!(page.form("Assign").value("primary"), "");
}

#[tokio::test]
async fn a_draft_not_yet_started_is_held_too() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let address = "/submissions/new?kind=health_plan";
    let form = maya.get(address).await.form("Continue").set("submission_description", "Just begun.");
    world.pass(Duration::minutes(31));
    form.press("Continue").await;
    let page = world.signed_in("maya.lindqvist").await.get(address).await;
    let again = page.form("Continue");
    assert_eq!(
        (again.value("submission_description"), again.value("id")),
        ("Just begun.".to_owned(), form.value("id"))
    );
    assert!(page.has(".held"));
}
