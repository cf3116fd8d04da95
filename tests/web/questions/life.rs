//! What rounds do to department reviews, and what the life of a package does to rounds.

use mc_review::domain::lifecycle::Decision;

use super::*;

/// Presses the button of a deed with a reason.
pub(super) async fn deed(who: &Browser, story: &Story, deed: &str, button: &str) -> String {
    let form = who.get(&story.path(deed)).await.form(&story.path(deed));
    done(form.set("reason", "As agreed.").press(button).await).await
}

async fn rounds(world: &World) -> Vec<String> {
    let rounds =
        "select department || ' ' || round || ' ' || q.status || coalesce(' ' || closed_because, '') from question q
      left join contract_review c on c.id = q.contract_review_id order by c.number nulls last, round";
    sqlx::query_scalar(rounds).fetch_all(&world.db).await.unwrap()
}

#[tokio::test]
async fn a_decision_falls_with_a_question_and_is_made_anew_after_the_answer() {
    let world = World::start().await;
    let story = world.decided("maya.lindqvist", "sam.lee", Decision::SignedOff).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("questions/ask")).await;
    assert!(page.text("main").contains("The decision of DMCO falls"), "{}", page.text("main"));
    page.form("Ask").set("text", "One more thing.").press("Ask").await;
    assert_eq!(departments(&world).await, ["DMCO awaiting_state"]);
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    assert_eq!(departments(&world).await, ["DMCO in_review"]);
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    assert_eq!(rounds(&world).await, ["DMCO 1 closed sign_off"], "signing off closes what was answered");
    intact(&world).await;
}

#[tokio::test]
async fn asking_the_next_question_closes_the_round_that_was_answered() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &story, None).await;
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("questions/ask")).await;
    assert!(page.text("main").contains("Round 1, which was answered, is closed."), "{}", page.text("main"));
    let said = done(page.form("Ask").set("text", "And the incentive?").press("Ask").await).await;
    assert_eq!(said, "Round 2 about the contract of MN-0001 is asked.");
    assert_eq!(rounds(&world).await, ["DMCO 1 closed next_round", "DMCO 2 open"]);
    // One round at a time: the page of a further question leads to the one that is open.
    let news = sam.get(&story.path("questions/ask")).await;
    assert_eq!(news.status(), 303);
    assert_eq!(news.follow().await.flash().as_deref(), Some("DMCO: Round 2 open since 03/10 (today)."));
    intact(&world).await;
}

#[tokio::test]
async fn an_open_round_outlasts_an_unlock_and_its_department_waits_on() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &story, None).await;
    let (sam, maya, alex) = (
        world.signed_in("sam.lee").await,
        world.signed_in("maya.lindqvist").await,
        world.signed_in("alex.morgan").await,
    );
    let page = sam.get(&story.path("unlock")).await;
    assert!(page.text("main").contains("Questions that go on stay open"), "{}", page.text("main"));
    deed(&sam, &story, "unlock", "Unlock").await;
    // The state finds its question from every page of the form.
    let form = maya.get(&story.path("edit/review")).await;
    let questions = form.link("Questions (1 open)").expect("the form's pages lead to the questions");
    assert!(maya.get(&questions).await.reading().contains("For you to answer"));
    deed(&alex, &story, "undo-unlock", "Undo unlock").await;
    assert_eq!(departments(&world).await, ["DMCO awaiting_state"], "the question is still open");
    deed(&sam, &story, "unlock", "Unlock").await;
    world.send("maya.lindqvist", &story).await;
    assert_eq!(departments(&world).await, ["DMCO awaiting_state"], "nor does the next version answer it");
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    assert_eq!(departments(&world).await, ["DMCO in_review"]);
    intact(&world).await;
}

#[tokio::test]
async fn what_was_asked_while_unlocked_has_the_review_go_on_in_review() {
    let world = World::start().await;
    let story = world.decided("maya.lindqvist", "sam.lee", Decision::SignedOff).await;
    let (sam, alex) = (world.signed_in("sam.lee").await, world.signed_in("alex.morgan").await);
    deed(&sam, &story, "unlock", "Unlock").await;
    world.ask("sam.lee", &story, None).await;
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    assert_eq!(departments(&world).await, ["DMCO awaiting_state"], "it still is unlocked");
    deed(&alex, &story, "undo-unlock", "Undo unlock").await;
    assert_eq!(departments(&world).await, ["DMCO in_review"], "the sign-off fell with the question");

    // Without a question the decision stands again.
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    deed(&sam, &story, "unlock", "Unlock").await;
    deed(&alex, &story, "undo-unlock", "Undo unlock").await;
    assert_eq!(departments(&world).await, ["DMCO signed_off"]);
    intact(&world).await;
}

#[tokio::test]
async fn approving_and_withdrawing_end_every_round_and_say_so_beforehand() {
    let world = World::start().await;
    let (approved, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.ask("sam.lee", &approved, None).await;
    world.ask("ivan.petrov", &approved, Some(&rate)).await;
    let (dana, sam, maya) =
        (world.signed_in("dana.ruiz").await, world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let page = dana.get(&approved.path("approve")).await;
    let told = page.text("main");
    assert!(
        told.contains("DMCO on the contract: round 1 open") && told.contains("OACT on rate MN-R0001: round 1 open")
    );
    let form = page.form("Approve").set("released_on", "03/10/2026").set("reason", "Agreed by phone.");
    assert_eq!(done(form.press("Approve").await).await, "MN-0001 is approved.");
    assert_eq!(rounds(&world).await, ["DMCO 1 closed approval", "OACT 1 closed approval"]);
    assert_eq!(departments(&world).await, ["DMCO in_review", "DMCP not_started", "OACT in_review"]);
    let page = maya.get(&approved.path("questions")).await;
    assert!(page.reading().contains("MN-0001 is approved: questions are neither asked nor answered any more."));
    assert_eq!(sam.get(&approved.path("questions/ask")).await.location(), approved.path("questions"));

    let withdrawn = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &withdrawn, None).await;
    let page = sam.get(&withdrawn.path("withdraw")).await;
    assert!(page.text("main").contains("This question ends with it: DMCO on the contract: round 1"));
    deed(&sam, &withdrawn, "withdraw", "Withdraw").await;
    assert_eq!(rounds(&world).await[1], "DMCO 1 closed withdrawal");
    deed(&sam, &withdrawn, "undo-withdraw", "Undo withdrawal").await;
    assert_eq!(rounds(&world).await[1], "DMCO 1 closed withdrawal", "closed rounds stay closed");
    intact(&world).await;
}

#[tokio::test]
async fn a_round_without_an_answer_is_closed_with_a_reason_that_the_state_reads() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.ask("sam.lee", &story, None).await;
    let (dana, maya) = (world.signed_in("dana.ruiz").await, world.signed_in("maya.lindqvist").await);
    let form = dana.get(&story.path("questions/dmco/1/close")).await.form("Close");
    let refused = form.press("Close").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Say why; the state reads this.".to_owned()]));
    let form = form.set("reason", "Found it in section 4.");
    assert_eq!(done(form.press("Close").await).await, "DMCO, round 1, is closed.");
    assert_eq!(done(form.press("Close").await).await, "DMCO, round 1, is closed.", "the second press of the same form");
    assert_eq!(departments(&world).await, ["DMCO in_review"], "whoever has asked has begun");
    assert!(maya.get(&story.path("questions")).await.text(".said__closed").ends_with("Found it in section 4."));
    let late = maya.get(&story.path("questions/dmco/1/respond")).await;
    assert_eq!(late.status(), 303);
    let news = late.follow().await.flash().unwrap();
    assert!(news.starts_with("DMCO, round 1, is closed since") && news.ends_with(", by CMS."), "{news}");
    intact(&world).await;
}

#[tokio::test]
async fn a_department_without_a_review_of_the_subject_asks_too_and_stands_beside_the_panel() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let ivan = world.signed_in("ivan.petrov").await;
    let form = asking(&ivan, &story.path("")).await.set("text", "Are there rates to come?");
    assert_eq!(form.press("Ask").await.status(), 303);
    assert_eq!(departments(&world).await, ["DMCO in_review"], "no review waits");
    let panel = ivan.get(&story.path("")).await;
    assert!(panel.text("#department-reviews").contains("OACT, contract: Round 1 open since"));
    assert_eq!(panel.definition("Turn"), "State and CMS: 1 question open");
}

#[tokio::test]
async fn what_is_not_reviewed_is_asked_about_and_waits_once_it_is() {
    let world = World::start().await;
    let chip = serde_json::json!({ "population_covered": "CHIP", "federal_authorities": ["WAIVER_1115"] });
    let story = world.sent_with("maya.lindqvist", &chip).await;
    let sam = world.signed_in("sam.lee").await;
    asking(&sam, &story.path("")).await.set("text", "Is it CHIP alone?").press("Ask").await;
    assert_eq!(departments(&world).await, [""; 0]);
    let maya = world.signed_in("maya.lindqvist").await;
    assert!(maya.get(&story.path("")).await.link("Respond").is_some());
    // It turns out that it is not, and the review that is made waits from its first moment.
    deed(&sam, &story, "unlock", "Unlock").await;
    let other = world.sent("maya.lindqvist").await;
    let answers =
        "update contract_submission set contract_data = (select contract_data from contract_submission where id = $1)
                    where contract_review_id = $2 and submitted_at is null";
    sqlx::query(answers).bind(other.version.0).bind(story.id.0).execute(&world.db).await.unwrap();
    world.send("maya.lindqvist", &story).await;
    assert!(departments(&world).await.contains(&"DMCO awaiting_state".to_owned()));
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    assert!(departments(&world).await.contains(&"DMCO in_review".to_owned()));
    intact(&world).await;
}
