//! Starting, signing off, objecting and reopening.

use mc_review::domain::lifecycle::Decision;
use mc_review::domain::role::Department;

use super::{Case, done};
use crate::support::{Page, World};

const DECIDED: &str = "select count(*) from event where kind in ('review_signed_off', 'review_objected')";

#[tokio::test]
async fn a_review_is_started_signed_off_reopened_and_objected_to() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let start = case.open(&sam).await.form("Start");
    assert_eq!(done(start.submit().await).await, "DMCO review of MN-0001: in review");
    let row = &case.open(&sam).await.table("Department reviews")[0];
    assert_eq!((row.cell("Status"), row.cell("Primary")), ("In review", "Sam Lee"));

    let signed = case.to(&sam, "signed_off").await.set("note", "Rates agree.").press("Sign off").await;
    assert_eq!(done(signed).await, "DMCO review of MN-0001: signed off on version 1");
    let page = case.open(&sam).await;
    assert!(page.text(".department-reviews__line").starts_with("1 of 1 signed off on version 1"));
    assert_eq!(page.table("Department reviews")[0].cell("Decided"), "Version 1, Sam Lee, 03/10/2026");
    assert!(page.text("#department-reviews .fold").contains("Rates agree."));

    let reopened = case.to(&sam, "in_review").await.set("reason", "One more look.").press("Reopen").await;
    assert_eq!(done(reopened).await, "DMCO review of MN-0001: in review");
    let panel = case.open(&sam).await;
    let fold = panel.text("#department-reviews .fold");
    assert_eq!(
        fold, "Signed off on version 1, note of the DMCO review of MN-0001Rates agree.",
        "until the next decision"
    );
    let objected = case.to(&sam, "objection").await.set("note", "Section 4 is missing.").press("Object").await;
    assert_eq!(done(objected).await, "DMCO review of MN-0001: objection on version 1");
    assert!(case.open(&sam).await.text("#department-reviews .fold").contains("Section 4 is missing."));
}

#[tokio::test]
async fn what_was_decided_stays_readable_until_the_next_decision_and_for_cms_alone() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::Objection).await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    assert!(!case.open(&sam).await.text("#department-reviews").contains("Objected to"), "it stands");
    let former = "Objected to version 1, note of the DMCO review of MN-0001As discussed.";
    world.unlock("sam.lee", &case.story).await;
    let page = case.open(&sam).await;
    assert_eq!(page.text("#department-reviews .fold"), former, "while it waits");
    world.send("maya.lindqvist", &case.story).await;
    for rita in [case.open(&sam).await, case.open(&world.signed_in("rita.olsen").await).await] {
        assert_eq!(rita.text("#department-reviews .fold"), former, "in review again");
        assert_eq!(rita.texts("#department-reviews .fold summary").len(), 1);
    }
    assert!(!case.open(&maya).await.reading().contains("Objected to"));
    done(case.to(&sam, "signed_off").await.press("Sign off").await).await;
    assert!(!case.open(&sam).await.text("#department-reviews").contains("Objected to"), "the next decision");
    let reopened = case.to(&sam, "in_review").await.set("reason", "One more look.").press("Reopen").await;
    done(reopened).await;
    let panel = case.open(&sam).await;
    assert!(panel.text("#department-reviews td[data-label='Status']").ends_with("Signed off on version 2"));
    assert!(!panel.has("#department-reviews .fold"), "it came without a note");
}

#[tokio::test]
async fn whoever_starts_without_the_tick_is_not_made_primary() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let sam = world.signed_in("sam.lee").await;
    done(case.open(&sam).await.form("Start").untick("primary", "me").submit().await).await;
    let row = &case.open(&sam).await.table("Department reviews")[0];
    assert_eq!((row.cell("Status"), row.cell("Primary")), ("In review", "nobody"));
}

#[tokio::test]
async fn blank_words_are_refused_where_words_are_needed() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let object = case.to(&sam, "objection").await.set("note", " \n ").press("Object").await;
    assert_eq!((object.status(), object.errors()), (422, vec!["Say what you object to.".to_owned()]));
    assert!(object.title().starts_with("Error: "));
    done(case.to(&sam, "signed_off").await.press("Sign off").await).await;
    let reopen = case.to(&sam, "in_review").await.set("reason", "  ").press("Reopen").await;
    assert_eq!((reopen.status(), reopen.errors()), (422, vec!["Say why the review is reopened.".to_owned()]));
    assert_eq!(world.count("select count(*) from event where kind = 'review_reopened'").await, 0);
}

#[tokio::test]
async fn words_that_are_too_long_are_refused_and_stay() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let long = "The trend is missing. ".repeat(500);
    let refused = case.to(&sam, "objection").await.set("note", &long).press("Object").await;
    assert_eq!((refused.status(), refused.errors().len()), (422, 1));
    assert_eq!(refused.form(&case.status()).value("note").trim(), long.trim());
    assert_eq!(world.count(DECIDED).await, 0);
}

#[tokio::test]
async fn a_second_reviewer_gets_a_conflict_with_who_when_and_three_values_and_keeps_the_note() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let form = case.to(&sam, "signed_off").await.set("note", "Rates agree.");
    world.pass(time::Duration::minutes(4));
    done(case.to(&kim, "objection").await.set("note", "Trend factor missing.").press("Object").await).await;

    for answer in [form.press("Sign off").await, form.press_htmx("Sign off").await] {
        assert_eq!(answer.status(), 409);
        assert_eq!(
            answer.text("#conflict-heading"),
            "Not saved: Kim Ode (DMCO) changed this review after you opened it"
        );
        let change = answer.text(".conflict__changes");
        assert!(change.starts_with("03/10/2026 11:34 PM ET Kim Ode (DMCO) status In review → Objection"), "{change}");
        assert!(change.contains("Trend factor missing."), "{change}");
        let row = &answer.table("What changed")[0];
        let values = ["When you opened", "Now", "You wanted"].map(|heading| row.cell(heading));
        assert_eq!(values, ["In review", "Objection", "Signed off"]);
        assert!(answer.alert().contains("Nothing was saved and nothing you typed is lost."));
        assert_eq!(answer.texts("textarea[readonly]"), ["Rates agree."]);
        assert!(!answer.buttons().contains(&"Sign off all the same".to_owned()), "the status forbids it");
    }
    assert_eq!(world.count(DECIDED).await, 1);

    // On from there: reopen, and the note is still in the form.
    let panel = form.press("Sign off").await;
    let reopen = sam.get(&panel.link("Reopen the review").expect("the next step")).await.form(&case.status());
    done(reopen.set("reason", "It came by mail.").press("Reopen").await).await;
    let again = case.to(&sam, "signed_off").await;
    assert_eq!(again.value("note").trim(), "Rates agree.");
    done(again.press("Sign off").await).await;
    assert_eq!(case.to(&kim, "in_review").await.value("reason"), "");
}

#[tokio::test]
async fn what_can_still_be_done_goes_on_from_the_panel_and_a_third_change_conflicts_again() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let dana = world.signed_in("dana.ruiz").await;
    let form = case.to(&sam, "objection").await.set("note", "Trend factor missing.");
    done(case.assign(&dana).await.set("secondary", &super::id(&world, "kim.ode").await).press("Assign").await).await;
    let panel = form.press("Object").await;
    assert_eq!(panel.status(), 409);
    let rows = panel.table("What changed");
    let secondary = rows.iter().find(|row| row.cell("Field") == "Secondary reviewer").expect("it changed");
    assert_eq!((secondary.cell("When you opened"), secondary.cell("Now")), ("nobody", "Kim Ode"));
    assert_eq!(secondary.cell("Choose"), "kept: you did not change it");

    done(case.open(&kim).await.form("Hand back").press("Hand back").await).await;
    let second = panel.form("Object all the same").press("Object all the same").await;
    assert_eq!(second.status(), 409);
    assert!(second.text("#conflict-heading").contains("Kim Ode (DMCO)"));
    let done = done(second.form("Object all the same").press("Object all the same").await).await;
    assert_eq!(done, "DMCO review of MN-0001: objection on version 1");
    assert!(case.open(&sam).await.text("#department-reviews .fold").contains("Trend factor missing."));
}

#[tokio::test]
async fn my_own_second_press_is_a_success_with_one_entry() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let form = case.to(&sam, "signed_off").await.set("note", "Rates agree.");
    let first = done(form.press("Sign off").await).await;
    assert_eq!(done(form.press("Sign off").await).await, first);
    let htmx = form.press_htmx("Sign off").await;
    assert_eq!((htmx.status(), htmx.attribute("#department-reviews", "data-announce")), (200, Some(first)));
    assert_eq!(world.count(DECIDED).await, 1);
}

#[tokio::test]
async fn a_deed_in_place_redraws_the_newest_events_too() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let before = case.open(&sam).await;
    assert_eq!(before.attribute("#newest-events", "data-hx-swap-oob"), None);
    let answer = case.to(&sam, "signed_off").await.set("note", "Rates agree.").press_htmx("Sign off").await;
    assert_eq!((answer.status(), answer.header("hx-retarget")), (200, Some("#department-reviews")));
    assert_eq!(answer.attribute("#newest-events", "data-hx-swap-oob").as_deref(), Some("true"));
    let (drawn, page) = (answer.texts("#newest-events li"), case.open(&sam).await);
    assert!(drawn[0].contains("Rates agree."), "{drawn:?}");
    assert_eq!(drawn.len(), before.texts("#newest-events li").len() + 1);
    assert_eq!(drawn, page.texts("#newest-events li"), "as the page draws it");
}

#[tokio::test]
async fn the_same_wish_come_true_by_another_hand_is_news() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let form = case.to(&sam, "signed_off").await;
    done(case.to(&kim, "signed_off").await.press("Sign off").await).await;
    let news = done(form.press("Sign off").await).await;
    assert_eq!(
        news,
        "Already signed off on version 1, by Kim Ode (DMCO), 03/10/2026 11:30 PM ET. Nothing was left to do."
    );
    assert_eq!(world.count(DECIDED).await, 1);
    // Other words are another wish.
    assert_eq!(form.set("note", "Rates agree.").press("Sign off").await.status(), 409);
}

#[tokio::test]
async fn a_decision_on_a_version_that_is_not_the_current_one_is_refused() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let form = case.to(&sam, "signed_off").await.set("note", "Rates agree.");
    for revision in ["0", "2"] {
        let refused = form.clone().tamper("revision", revision).press("Sign off").await;
        assert_eq!(refused.status(), 409, "{revision}");
        assert!(refused.alert().contains(&format!("You decided on version {revision}. Version 1 came meanwhile")));
        assert_eq!(refused.texts("textarea[readonly]"), ["Rates agree."]);
        assert!(refused.link("Read version 1").is_some());
    }
    assert_eq!(world.count(DECIDED).await, 0);
}

#[tokio::test]
async fn what_the_status_does_not_allow_leads_back_with_the_reason() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::Objection).await;
    let sam = world.signed_in("sam.lee").await;
    let answer = sam.get(&format!("{}?to=signed_off", case.status())).await;
    assert_eq!(done(answer).await, "The DMCO review is already at “Objection”.");
    for to in ["", "?to=approved", "?to=awaiting_state"] {
        let status = sam.get(&format!("{}{to}", case.status())).await.status();
        assert_eq!(status, if to == "?to=awaiting_state" { 303 } else { 422 }, "{to}");
    }
    let form = case.to(&sam, "in_review").await.set("reason", "One more look.");
    assert_eq!(form.tamper("to", "awaiting_state").press("Reopen").await.status(), 422);
}

#[tokio::test]
async fn a_decision_on_an_approved_package_says_that_its_reviews_are_closed() {
    let world = World::start().await;
    let case = Case::decided(&world, Decision::SignedOff).await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    let form = case.to(&sam, "in_review").await.set("reason", "One more look.");
    let approve = dana.get(&case.story.path("approve")).await.form("Approve").set("released_on", "03/10/2026");
    done(approve.press("Approve").await).await;
    let refused = form.press("Reopen").await;
    assert_eq!(refused.status(), 409);
    assert!(refused.alert().contains("MN-0001 is approved now: its department reviews are closed."));
    assert_eq!(refused.texts("textarea[readonly]"), ["One more look."]);
}

#[tokio::test]
async fn the_form_says_what_else_signing_off_does_and_the_page_around_it_follows() {
    let world = World::start().await;
    let case = Case::in_review(&world).await;
    world.ask("sam.lee", &case.story, None).await;
    world.respond("maya.lindqvist", &case.story, Department::Dmco).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let said = |page: Page| page.texts(".inline-form p").join(" ");
    let address = |to: &str| format!("{}?to={to}", case.status());
    let (closes, whose) = ("This closes question 1 (answered).", "Sam Lee is the primary reviewer.");
    let to_kim = said(kim.get(&address("signed_off")).await);
    assert!(to_kim.contains(closes) && to_kim.contains(whose), "{to_kim}");
    let objecting = said(kim.get(&address("objection")).await);
    assert!(!objecting.contains("closes") && objecting.contains(whose), "{objecting}");
    let to_sam = said(sam.get(&address("signed_off")).await);
    assert!(to_sam.contains(closes) && !to_sam.contains("primary reviewer"), "{to_sam}");
    // A form that comes back says it again.
    let long = "x".repeat(10_001);
    let refused = case.to(&kim, "signed_off").await.set("note", &long).press("Sign off").await;
    assert_eq!(refused.status(), 422);
    assert!(said(refused).contains(closes));

    assert_eq!(case.open(&kim).await.text("#side-questions"), "Questions (1 answered)");
    let form = kim.get_htmx(&address("signed_off")).await.form(&case.status());
    let done = form.press_htmx("Sign off").await;
    assert_eq!((done.status(), done.text("#side-questions").as_str()), (200, "Questions"));
    assert_eq!(done.attribute("#side-questions", "data-hx-swap-oob").as_deref(), Some("true"));
    let page = case.open(&kim).await;
    for part in ["#side-questions", "#side-versions", "#side-notes", "#turn"] {
        assert_eq!(done.text(part), page.text(part), "{part}");
    }
}

#[tokio::test]
async fn on_the_page_of_a_rate_its_own_counts_follow() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let owen = world.signed_in("owen.park").await;
    world.ask("owen.park", &story, Some(&rate)).await;
    let page = owen.get(&format!("/rates/{rate}")).await;
    assert_eq!(page.text("#side-questions"), "Questions (1 open)");
    let taken = page.form("Take").header("hx-current-url", &format!("http://localhost/rates/{rate}"));
    let taken = taken.press_htmx("Take").await;
    assert_eq!(taken.text("#side-questions"), "Questions (1 open)");
    assert_eq!(taken.attribute("#side-questions", "href"), Some(format!("/rates/{rate}/questions")));
    assert!(!taken.has("#turn"), "the page of a rate does not show it");
}
