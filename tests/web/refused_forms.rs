//! A form that was refused for its fields is still the form of what was on the screen: whoever corrects it and sends it
//! again learns what happened since it was first opened.

use crate::storm::people::sent;
use crate::support::World;

#[tokio::test]
async fn reviewers_corrected_after_a_refusal_do_not_overwrite_who_took_the_review_meanwhile() {
    let world = World::start().await;
    let case = &sent(&world, 1).await[0];
    let (dana, kim) = (world.signed_in("dana.ruiz").await, world.signed_in("kim.ode").await);
    let form = dana.get(&case.address("reviewers")).await.form(&case.address("reviewers"));
    let taken = kim.get(&format!("/submissions/{}", case.key)).await.form("Take").submit().await;
    assert_eq!(taken.status(), 303);

    let somebody = form.offered("primary").remove(1);
    let refused = form.set("primary", &somebody).set("secondary", &somebody).press("Assign").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.errors(), ["Primary and secondary reviewer must be two people."]);
    let again = refused.form(&case.address("reviewers")).set("secondary", "").press("Assign").await;
    assert_eq!(again.status(), 409);
    assert!(again.alert().contains("Kim Ode (DMCO)"), "{}", again.alert());
    assert_eq!(world.count("select count(*) from event where kind = 'reviewers_changed'").await, 1);
}

#[tokio::test]
async fn an_objection_corrected_after_a_refusal_meets_what_was_decided_meanwhile() {
    let world = World::start().await;
    let case = &sent(&world, 1).await[0];
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let page = format!("/submissions/{}", case.key);
    assert_eq!(sam.get(&page).await.form("Start").submit().await.status(), 303);
    let opened = sam.get(&format!("{}?to=objection", case.address("status"))).await.form(&case.address("status"));
    for to in ["signed_off", "in_review"] {
        let form = kim.get(&format!("{}?to={to}", case.address("status"))).await.form(&case.address("status"));
        let form = if to == "in_review" { form.set("reason", "Too soon.") } else { form };
        assert_eq!(form.submit().await.status(), 303);
    }

    let refused = opened.press("Object").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Say what you object to.".to_owned()]));
    let again = refused.form(&case.address("status")).set("note", "The trend is missing.").press("Object").await;
    assert_eq!(again.status(), 409);
    assert!(again.alert().contains("Kim Ode (DMCO)"), "{}", again.alert());
    assert_eq!(world.count("select count(*) from event where kind = 'review_objected'").await, 0);
}

#[tokio::test]
async fn an_approval_corrected_after_a_refusal_meets_a_decision_taken_back_meanwhile() {
    let world = World::start().await;
    let case = &sent(&world, 1).await[0];
    let (dana, kim) = (world.signed_in("dana.ruiz").await, world.signed_in("kim.ode").await);
    let page = format!("/submissions/{}", case.key);
    assert_eq!(kim.get(&page).await.form("Start").submit().await.status(), 303);
    let approve = format!("{page}/approve");
    let opened = dana.get(&approve).await.form(&approve).set("reason", "Agreed by telephone.");
    let objection = kim.get(&format!("{}?to=objection", case.address("status"))).await.form(&case.address("status"));
    assert_eq!(objection.set("note", "The trend is missing.").submit().await.status(), 303);

    let refused = opened.press("Approve").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Enter the release date.".to_owned()]));
    let again = refused.form(&approve).set("released_on", "03/01/2026").press("Approve").await;
    assert_eq!(again.status(), 409);
    assert!(again.alert().contains("Kim Ode (DMCO)"), "{}", again.alert());
    assert_eq!(world.count("select count(*) from event where kind = 'approved'").await, 0);
}
