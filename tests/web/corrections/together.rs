//! Corrections and others: two administrators at once, decisions on what was not shown, second presses.

use super::*;

#[tokio::test]
async fn two_who_correct_the_same_are_shown_both_values_and_choose() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let here = story.path("");
    // Two windows of administrators: there is one such account here.
    let (alex, other) = (world.signed_in("alex.morgan").await, world.signed_in("alex.morgan").await);
    let sent = alex.get(&here).await.definition("First sent");
    let mine = form(&alex, &here, "first_sent").await.set("day", "03/02/2026").set("time", "9:30 AM");
    let kept = form(&alex, &here, "first_sent").await.set("day", "03/04/2026").set("time", "9:30 AM");
    let agreed = form(&alex, &here, "first_sent").await.set("day", "03/03/2026").set("time", "8:00 AM");
    done(first_sent(&other, &here, "03/03/2026", "8:00 AM").await).await;

    let met = mine.press("Correct").await;
    assert_eq!(met.status(), 409);
    let row = met.table("").remove(0);
    assert_eq!(row.cell("When you opened"), sent);
    assert_eq!(row.cell("Now"), "03/03/2026 8:00 AM ET");
    assert_eq!(row.cell("You wanted"), "03/02/2026 9:30 AM ET");
    assert!(met.text("main").contains("correction first sent"), "{}", met.text("main"));
    let panel = met.form("Save my choice");
    let unchosen = panel.press("Save my choice").await;
    assert_eq!(unchosen.status(), 422);
    assert!(unchosen.text("main").contains("Choose one."), "{}", unchosen.text("main"));
    done(unchosen.form("Save my choice").set("choose.corrected", "mine").press("Save my choice").await).await;
    assert!(alex.get(&here).await.definition("First sent").starts_with("03/02/2026 9:30 AM ET"));

    let met = kept.press("Correct").await;
    assert_eq!(met.status(), 409);
    let left = met.form("Save my choice").set("choose.corrected", "keep").press("Save my choice").await;
    assert_eq!(done(left).await, "MN-0001 is left as it is.");
    assert_eq!(world.count("select count(*) from correction").await, 2);

    done(first_sent(&other, &here, "03/03/2026", "8:00 AM").await).await;
    let (sam, path) = (world.signed_in("sam.lee").await, story.path("mccrs-number"));
    let number = sam.get(&path).await.form("Save").set("mccrs_number", "4711");
    done(number.press("Save").await).await;
    let news = done(agreed.press("Correct").await).await;
    assert!(news.starts_with("MN-0001 is that already, by Alex Morgan (Administrator), "), "{news}");
    assert_eq!(world.count("select count(*) from correction").await, 3);
    intact(&world).await;
}

#[tokio::test]
async fn a_correction_beside_another_change_is_offered_again_and_a_second_press_has_one_effect() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let here = story.path("");
    let alex = world.signed_in("alex.morgan").await;
    let date = form(&alex, &here, "first_sent").await.set("day", "03/02/2026").set("time", "9:30 AM");
    let annex = form(&alex, &here, "document_added").await;
    let annex =
        annex.attach("documents.contract_supporting", "annex.pdf", "%PDF-1.7\nAn annex.\n%%EOF", "application/pdf");
    let base = form(&alex, &here, "contract_action").await.set("contract_action", "BASE");
    assert_eq!(base.press("Correct").await.status(), 303);
    assert_eq!(base.press("Correct").await.status(), 303);
    assert_eq!(world.count("select count(*) from correction").await, 1, "a second press has one effect");
    for stale in [date, annex] {
        let met = stale.press("Correct").await;
        assert_eq!(met.status(), 409);
        assert!(met.text("main").contains("It can still be done."), "{}", met.text("main"));
        assert!(met.text("main").contains("correction contract action"), "{}", met.text("main"));
        done(met.form("Correct all the same").press("Correct all the same").await).await;
    }
    let page = alex.get(&here).await;
    assert!(page.definition("First sent").starts_with("03/02/2026"));
    assert!(page.link("annex.pdf").is_some(), "the file came along");
    let rows = alex.get(&format!("{here}/correct")).await.table("Corrections");
    let kinds: Vec<_> = rows.iter().map(|row| row.cell("Corrected")).collect();
    assert_eq!(kinds, ["Contract action", "First sent", "Document added"]);
    intact(&world).await;
}

#[tokio::test]
async fn a_correction_of_what_moved_on_says_so_and_gives_back_the_reason() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let here = story.path("");
    let alex = world.signed_in("alex.morgan").await;
    let stale = form(&alex, &here, "first_sent").await.set("day", "03/02/2026").set("time", "9:30 AM");
    world.unlock("sam.lee", &story).await;
    let refused = stale.press("Correct").await;
    assert_eq!(refused.status(), 409);
    let said = refused.text("main");
    assert!(said.contains("MN-0001 is unlocked: with state. Only what is submitted"), "{said}");
    assert!(said.contains("Noted wrongly."), "{said}");
    world.send("maya.lindqvist", &story).await;
    let refused = stale.press("Correct").await;
    assert_eq!(refused.status(), 409);
    let said = refused.text("main");
    assert!(said.contains("Your form was about version 1. Version 2 came meanwhile: read it first."), "{said}");
    assert_eq!(world.count("select count(*) from correction").await, 0);
}

#[tokio::test]
async fn a_correction_undone_by_somebody_else_is_news() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let here = story.path("");
    let alex = world.signed_in("alex.morgan").await;
    done(first_sent(&alex, &here, "03/02/2026", "9:30 AM").await).await;
    let href = alex.get(&format!("{here}/correct")).await.attributes("table td a", "href").remove(0);
    let stale = alex.get(&href).await.form(&href).set("reason", "It was right.");
    undo(&alex, &here, "First sent").await;
    let news = done(stale.press("Undo correction").await).await;
    assert!(news.starts_with("The correction of MN-0001 does not count any more since "), "{news}");
    assert_eq!(done(alex.get(&href).await).await, "This correction does not count any more.");
    assert_eq!(world.count("select count(*) from correction").await, 2);
}

#[tokio::test]
async fn an_approval_that_was_drawn_before_a_correction_is_refused_with_it() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (alex, dana) = (world.signed_in("alex.morgan").await, world.signed_in("dana.ruiz").await);
    let path = story.path("approve");
    let approve = dana.get(&path).await.form(&path).set("released_on", "03/10/2026").set("reason", "As agreed.");
    let base = form(&alex, &story.path(""), "contract_action").await.set("contract_action", "BASE");
    done(base.press("Correct").await).await;
    let refused = approve.press("Approve").await;
    assert_eq!(refused.status(), 409);
    let said = refused.text("main");
    assert!(said.contains("correction contract action Amendment to a base contract → Base contract"), "{said}");
}
