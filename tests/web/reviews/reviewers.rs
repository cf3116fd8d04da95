//! Taking a review, handing it back, and putting others on.

use super::{Case, done, id};
use crate::support::{Page, World};

const CHANGED: &str = "select count(*) from event where kind = 'reviewers_changed'";

/// What a slot's row of the panel says: then, now, wanted, and what to choose.
fn row(panel: &Page, label: &str) -> [String; 4] {
    let rows = panel.table("What changed");
    let row = rows.iter().find(|row| row.cell("Field") == label).expect("the panel has the slot");
    ["When you opened", "Now", "You wanted", "Choose"].map(|heading| row.cell(heading).to_owned())
}

#[tokio::test]
async fn a_review_is_taken_and_handed_back() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let kim = world.signed_in("kim.ode").await;
    let take = case.open(&kim).await.form("Take");
    let said = done(take.press("Take").await).await;
    assert_eq!(said, "DMCO review of MN-0001: primary reviewer Kim Ode, secondary reviewer nobody");
    assert_eq!(done(take.press("Take").await).await, said, "a second press has one effect");
    let back = case.open(&kim).await.form("Hand back");
    let said = done(back.press("Hand back").await).await;
    assert_eq!(said, "DMCO review of MN-0001: primary reviewer nobody, secondary reviewer nobody");
    assert_eq!(done(back.press("Hand back").await).await, said, "a second press has one effect");
    assert_eq!(world.count(CHANGED).await, 2);
}

#[tokio::test]
async fn a_secondary_reviewer_who_takes_the_review_leaves_the_other_slot() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (dana, kim) = (world.signed_in("dana.ruiz").await, world.signed_in("kim.ode").await);
    done(case.assign(&dana).await.set("secondary", &id(&world, "kim.ode").await).press("Assign").await).await;
    let said = done(case.open(&kim).await.form("Take").press("Take").await).await;
    assert_eq!(said, "DMCO review of MN-0001: primary reviewer Kim Ode, secondary reviewer nobody");
}

#[tokio::test]
async fn whoever_comes_second_reads_who_took_it_and_when() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let (mine, page) = (case.open(&kim).await.form("Take"), case.open(&sam).await);
    world.pass(time::Duration::minutes(2));
    done(page.form("Take").press("Take").await).await;
    world.pass(time::Duration::minutes(2));

    // From the old version, and, as no page sends it, from the present one.
    for form in [mine.clone(), mine.tamper("version", "2")] {
        let refused = form.press("Take").await;
        assert_eq!(refused.status(), 409);
        assert_eq!(refused.text("#conflict-heading"), "Sam Lee took this at 03/10/2026 11:32 PM ET");
        assert_eq!(refused.link("Back to Unassigned").as_deref(), Some("/work?tab=unassigned"));
    }
    assert_eq!(world.count(CHANGED).await, 1);
}

#[tokio::test]
async fn a_review_that_somebody_was_put_on_names_who_did_it() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (dana, kim) = (world.signed_in("dana.ruiz").await, world.signed_in("kim.ode").await);
    let take = case.open(&kim).await.form("Take");
    done(case.assign(&dana).await.set("primary", &id(&world, "sam.lee").await).press("Assign").await).await;
    let refused = take.press("Take").await;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.text("#conflict-heading"), "Dana Ruiz (DMCO) put Sam Lee on this at 03/10/2026 11:30 PM ET");
}

#[tokio::test]
async fn two_who_put_different_people_on_choose_slot_by_slot() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (dana, alex) = (world.signed_in("dana.ruiz").await, world.signed_in("alex.morgan").await);
    let (sam, kim) = (id(&world, "sam.lee").await, id(&world, "kim.ode").await);
    let mine = case.assign(&alex).await.set("primary", &kim);
    done(case.assign(&dana).await.set("primary", &sam).press("Assign").await).await;

    let panel = mine.press("Assign").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.text("#conflict-heading").contains("Dana Ruiz (DMCO)"));
    assert_eq!(row(&panel, "Primary reviewer")[..3], ["nobody", "Sam Lee", "Kim Ode"]);
    assert_eq!(row(&panel, "Secondary reviewer"), ["nobody", "nobody", "–", "kept: you did not change it"]);
    let form = panel.form("Save my choices");
    assert_eq!(form.value("choose.primary"), "", "nothing is chosen beforehand");

    // Without a choice: refused at that row, and nothing is changed.
    for unchosen in [form.press("Save my choices").await, form.press_htmx("Save my choices").await] {
        assert_eq!(unchosen.status(), 422);
        assert!(row(&unchosen, "Primary reviewer")[3].contains("Error: Choose which one it is to be."));
        assert!(!row(&unchosen, "Secondary reviewer")[3].contains("Choose which"));
        assert_eq!(unchosen.form("Save my choices").value("choose.primary"), "");
    }
    assert_eq!(world.count(CHANGED).await, 1);

    // A third change meets another panel, with everything since the first opening.
    done(case.assign(&dana).await.set("primary", "").press("Assign").await).await;
    let second = form.set("choose.primary", "mine").press("Save my choices").await;
    assert_eq!(second.status(), 409);
    assert_eq!(second.texts(".conflict__changes li").len(), 2);
    let said = done(second.form("Save").press("Save").await).await;
    assert_eq!(said, "DMCO review of MN-0001: primary reviewer Kim Ode, secondary reviewer nobody");
}

#[tokio::test]
async fn a_choice_to_keep_is_kept_and_a_later_change_is_shown_with_the_first_wish() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (dana, alex) = (world.signed_in("dana.ruiz").await, world.signed_in("alex.morgan").await);
    let (sam, kim) = (id(&world, "sam.lee").await, id(&world, "kim.ode").await);
    let mine = case.assign(&alex).await.set("primary", &kim);
    done(case.assign(&dana).await.set("primary", &sam).press("Assign").await).await;
    let keep = mine.press("Assign").await.form("Save my choices").set("choose.primary", "keep");
    done(case.assign(&dana).await.set("primary", &id(&world, "dana.ruiz").await).press("Assign").await).await;
    let second = keep.press("Save my choices").await;
    assert_eq!(row(&second, "Primary reviewer")[..3], ["nobody", "Dana Ruiz", "Kim Ode"]);
    let kept = second.form("Save my choices").set("choose.primary", "keep").press("Save my choices").await;
    assert!(done(kept).await.starts_with("Already so, by Dana Ruiz (DMCO)"));
    assert_eq!(world.count(CHANGED).await, 2);
}

#[tokio::test]
async fn slots_that_do_not_collide_are_merged_with_one_press() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (dana, alex) = (world.signed_in("dana.ruiz").await, world.signed_in("alex.morgan").await);
    let mine = case.assign(&alex).await.set("secondary", &id(&world, "kim.ode").await);
    done(case.assign(&dana).await.set("primary", &id(&world, "sam.lee").await).press("Assign").await).await;
    let panel = mine.press("Assign").await;
    assert_eq!(panel.status(), 409);
    assert_eq!(row(&panel, "Primary reviewer"), ["nobody", "Sam Lee", "–", "kept: you did not change it"]);
    assert_eq!(row(&panel, "Secondary reviewer"), ["nobody", "nobody", "Kim Ode", "yours"]);
    let said = done(panel.form("Save").press("Save").await).await;
    assert_eq!(said, "DMCO review of MN-0001: primary reviewer Sam Lee, secondary reviewer Kim Ode");
}

#[tokio::test]
async fn a_merge_that_puts_one_person_into_both_slots_is_refused_and_loses_nobody() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (dana, alex) = (world.signed_in("dana.ruiz").await, world.signed_in("alex.morgan").await);
    let (sam, kim) = (id(&world, "sam.lee").await, id(&world, "kim.ode").await);
    let mine = case.assign(&alex).await.set("primary", &kim).set("secondary", &sam);
    done(case.assign(&dana).await.set("primary", &sam).press("Assign").await).await;
    let panel = mine.press("Assign").await;
    let refused = panel.form("Save my choices").set("choose.primary", "keep").press("Save my choices").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.errors(), ["Primary and secondary reviewer must be two people."]);
    // The form is still the one that was first opened: sent again, it meets what happened since.
    let again = refused.form(&case.reviewers()).press("Assign").await;
    assert_eq!(again.status(), 409);
    assert_eq!(row(&again, "Primary reviewer")[..3], ["nobody", "Sam Lee", "Kim Ode"]);
    assert_eq!(world.count(CHANGED).await, 1);
}

#[tokio::test]
async fn the_same_people_put_on_by_another_hand_is_news() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let (dana, alex) = (world.signed_in("dana.ruiz").await, world.signed_in("alex.morgan").await);
    let sam = id(&world, "sam.lee").await;
    let mine = case.assign(&alex).await.set("primary", &sam);
    done(case.assign(&dana).await.set("primary", &sam).press("Assign").await).await;
    let said = done(mine.press("Assign").await).await;
    assert_eq!(said, "Already so, by Dana Ruiz (DMCO), 03/10/2026 11:30 PM ET. Nothing was left to do.");
    assert_eq!(world.count(CHANGED).await, 1);
}

#[tokio::test]
async fn people_of_another_department_are_refused_at_the_field() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let alex = world.signed_in("alex.morgan").await;
    for stranger in [id(&world, "maya.lindqvist").await, id(&world, "rita.olsen").await, "x".to_owned()] {
        let refused = case.assign(&alex).await.tamper("primary", &stranger).press("Assign").await;
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.errors(), ["Choose an active reviewer or approver of the department."]);
    }
    assert_eq!(world.count(CHANGED).await, 0);
}

#[tokio::test]
async fn reviewers_take_and_hand_back_but_do_not_put_others_on() {
    let world = World::start().await;
    let case = Case::sent(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let form = case.open(&sam).await.form("Take");
    let kim = id(&world, "kim.ode").await;
    assert_eq!(form.clone().tamper("do", "set").tamper("primary", &kim).press("Take").await.status(), 403);
    assert_eq!(form.clone().tamper("do", "give").press("Take").await.status(), 422);
    let said = done(form.tamper("do", "hand_back").press("Take").await).await;
    assert_eq!(said, "You are not on this review.");
    assert_eq!(world.count(CHANGED).await, 0);
}
