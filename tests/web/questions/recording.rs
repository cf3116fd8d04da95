//! What administrators do with rounds: recording for others, and removing from view.

use super::*;

#[tokio::test]
async fn an_administrator_records_a_round_and_its_answer_for_those_whose_they_are() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let (alex, maya) = (world.signed_in("alex.morgan").await, world.signed_in("maya.lindqvist").await);
    let owen = world.person("owen.park").await.id.to_string();
    let form = asking(&alex, &story.path("")).await.set("text", "By mail.");
    let refused = form.clone().press("Ask").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(
        refused.errors(),
        [
            "Choose for whom you record this.",
            "Enter the day on which it happened as MM/DD/YYYY.",
            "Say why you record this for somebody else.",
        ]
    );
    let form = form.set("for", &owen).set("reason", "He was away.");
    let tomorrow = form.clone().set("day", "03/11/2026").press("Ask").await;
    assert_eq!(tomorrow.errors(), ["Enter a day that is not in the future."]);
    assert_eq!(form.set("day", "3/9/2026").press("Ask").await.status(), 303);

    let page = maya.get(&story.path("questions")).await;
    assert!(page.text(".round__head").starts_with("DMCP, round 1"), "{}", page.text(".round__head"));
    assert!(page.text(".said").contains("Recorded by CMS administrator for Owen Park, of 03/09/2026: He was away."));
    let entry = maya.get(&story.path("history?kind=questions")).await.text(".timeline__entry");
    assert!(entry.contains("Recorded for Owen Park, of 03/09/2026"), "{entry}");

    let form =
        alex.get(&story.path("questions/dmcp/1/respond")).await.form("Send response").set("text", "By mail too.");
    let maya_id = world.person("maya.lindqvist").await.id.to_string();
    let form = form.set("for", &maya_id).set("reason", "It came by mail.");
    let before = form.clone().set("day", "03/08/2026").press("Send response").await;
    assert_eq!(before.errors(), ["Enter a day that is not before 03/09/2026, the day of the question."]);
    assert_eq!(form.set("day", "03/10/2026").press("Send response").await.status(), 303);
    let said = world.signed_in("sam.lee").await.get(&story.path("questions")).await.text(".said--response");
    assert!(said.contains("Recorded by Alex Morgan, administrator for Maya Lindqvist, of 03/10/2026"), "{said}");
    intact(&world).await;
}

#[tokio::test]
async fn a_removed_round_is_seen_in_the_history_alone_and_its_number_is_not_given_again() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let (alex, sam, maya) = (
        world.signed_in("alex.morgan").await,
        world.signed_in("sam.lee").await,
        world.signed_in("maya.lindqvist").await,
    );
    let form = asking(&sam, &story.path("")).await.set("text", "A name that must not stand here.");
    form.attach("documents.question", "annex.pdf", PDF, "application/pdf").press("Ask").await;
    let document = maya.get(&story.path("questions")).await.link("annex.pdf").unwrap();
    let form = alex.get(&story.path("questions/dmco/1/remove")).await.form("Remove");
    let refused = form.press("Remove").await;
    assert_eq!(refused.errors(), ["Say why; the state reads this."]);
    let form = form.set("reason", "Holds personal data.");
    assert_eq!(done(form.press("Remove").await).await, "DMCO, round 1, is removed from view.");
    assert_eq!(done(form.press("Remove").await).await, "DMCO, round 1, is removed from view.");
    assert_eq!(departments(&world).await, ["DMCO in_review"], "as if the round were closed");

    for who in [&sam, &maya, &alex] {
        let page = who.get(&story.path("questions")).await;
        assert!(page.reading().contains("No questions yet") && !page.reading().contains("must not stand"));
        let history = who.get(&story.path("history")).await.reading();
        assert!(history.contains("Round 1 of DMCO removed from view") && history.contains("Holds personal data."));
        assert!(history.contains("DMCO asked, round 1") && !history.contains("must not stand"), "{history}");
    }
    assert_eq!((maya.get(&document).await.status(), sam.get(&document).await.status()), (403, 403));
    assert_eq!(maya.get(&story.path("questions/dmco/1/respond")).await.status(), 404);
    assert_eq!(world.ask("sam.lee", &story, None).await, 2);
    intact(&world).await;
}

#[tokio::test]
async fn a_removed_response_leaves_its_round_as_it_is() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &story, None).await;
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    let alex = world.signed_in("alex.morgan").await;
    let page = alex.get(&story.path("questions")).await;
    let href = page.attribute(".said--response a", "href").expect("an administrator removes it");
    let form = alex.get(&href).await.form("Remove").set("reason", "Sent to the wrong round.");
    assert_eq!(done(form.press("Remove").await).await, "A response to DMCO, round 1, is removed from view.");
    let page = world.signed_in("maya.lindqvist").await.get(&story.path("questions")).await;
    assert_eq!(page.text(".round__head .tag"), "Answered");
    assert!(!page.has(".said--response"));
    assert_eq!(departments(&world).await, ["DMCO in_review"]);
    intact(&world).await;
}
