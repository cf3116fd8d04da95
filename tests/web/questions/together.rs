//! Two people at the same round, forms that come again, and forms that were drawn from something older.

use mc_review::domain::lifecycle::ContractReviewAction;
use mc_review::submissions;

use super::*;

#[tokio::test]
async fn whoever_asks_second_reads_what_was_asked_beside_their_own_question() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    let (his, hers) = (asking(&sam, &story.path("")).await, asking(&dana, &story.path("")).await);
    let (his, hers) = (his.set("text", "Where is the withhold?"), hers.set("text", "Where is the incentive?"));
    let (one, other) = tokio::join!(his.press("Ask"), hers.press("Ask"));
    let (won, lost) = if one.status() == 303 { (one, other) } else { (other, one) };
    assert_eq!((won.status(), lost.status()), (303, 409));
    let panel = lost.alert();
    assert!(panel.contains("DMCO has an open round already, asked by"), "{panel}");
    assert!(panel.contains("Where is the withhold?") && panel.contains("Where is the incentive?"), "{panel}");
    assert!(lost.link("Read round 1").is_some());
    assert_eq!(world.count("select count(*) from question").await, 1);
    intact(&world).await;
}

#[tokio::test]
async fn the_same_form_pressed_twice_asks_and_answers_once() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let form = asking(&sam, &story.path("")).await.set("text", "Where?");
    let (one, other) = tokio::join!(form.press("Ask"), form.press("Ask"));
    assert_eq!((one.status(), other.status(), one.location()), (303, 303, other.location()));
    let form = responding(&maya, &story, "dmco/1").await.set("text", "There.");
    let (one, other) = tokio::join!(form.press("Send response"), form.press("Send response"));
    assert_eq!((one.status(), other.status()), (303, 303));
    assert_eq!(world.count("select count(*) from response").await, 1);
    assert_eq!(world.count("select count(*) from event where kind in ('question_asked', 'response_sent')").await, 2);
    // The key of somebody else's question serves nobody.
    let key: uuid::Uuid = sqlx::query_scalar("select id from question").fetch_one(&world.db).await.unwrap();
    let dana = world.signed_in("dana.ruiz").await;
    let stolen = asking(&dana, &story.path("")).await.tamper("id", &key.to_string()).set("text", "Mine.");
    assert_eq!(stolen.press("Ask").await.status(), 422);
}

#[tokio::test]
async fn a_second_response_is_sent_only_after_the_first_was_read() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &story, None).await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let hers = responding(&maya, &story, "dmco/1").await.set("text", "In section 4.");
    let his = responding(&robert, &story, "dmco/1").await.set("text", "In the annex.");
    assert_eq!(hers.press("Send response").await.status(), 303);
    let panel = his.press("Send response").await;
    assert_eq!(panel.status(), 409);
    let alert = panel.alert();
    assert!(alert.contains("Maya Lindqvist") && alert.contains("In section 4.") && alert.contains("In the annex."));
    world.pass(time::Duration::minutes(1));
    let again = panel.form("Send as a further response");
    assert_eq!(again.press("Send as a further response").await.status(), 303);
    let page = maya.get(&story.path("questions")).await;
    assert_eq!(page.texts(".said--response .text-kept"), ["In section 4.", "In the annex."]);
    intact(&world).await;
}

#[tokio::test]
async fn a_response_to_what_was_closed_meanwhile_is_kept_to_copy() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &story, None).await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let form = responding(&maya, &story, "dmco/1").await.set("text", "In section 4.");
    let close = sam.get(&story.path("questions/dmco/1/close")).await.form("Close").set("reason", "Found it.");
    close.press("Close").await;
    let panel = form.press("Send response").await;
    assert_eq!(panel.status(), 409);
    let alert = panel.alert();
    assert!(alert.contains("is closed since") && alert.contains("CMS closed the round"), "{alert}");
    assert!(!alert.contains("Sam Lee"), "who closes a round may have decided: {alert}");
    assert_eq!(panel.text("textarea[readonly]"), "In section 4.");
    assert!(panel.buttons().is_empty(), "nothing can be sent any more");
}

#[tokio::test]
async fn closing_what_was_answered_meanwhile_asks_first() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &story, None).await;
    let sam = world.signed_in("sam.lee").await;
    let close = sam.get(&story.path("questions/dmco/1/close")).await.form("Close").set("reason", "No answer came.");
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    let panel = close.press("Close").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.alert().contains("Maya Lindqvist") && panel.alert().contains("responded"), "{}", panel.alert());
    let again = panel.form("Close it all the same");
    assert_eq!(done(again.press("Close it all the same").await).await, "DMCO, round 1, is closed.");
    let because: String =
        sqlx::query_scalar("select closed_because::text from question").fetch_one(&world.db).await.unwrap();
    assert_eq!(because, "done");
    intact(&world).await;
}

#[tokio::test]
async fn a_question_about_an_older_version_or_a_review_that_moved_on_is_not_asked_unseen() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let (sam, dana) = (world.signed_in("sam.lee").await, world.signed_in("dana.ruiz").await);
    let form = asking(&dana, &story.path("")).await.set("text", "Where?");
    world.decide(&story, "sam.lee", mc_review::domain::lifecycle::Decision::Objection).await;
    let panel = form.press("Ask").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.alert().contains("Sam Lee") && panel.alert().contains("objected"), "{}", panel.alert());
    let again = panel.form("Ask all the same");
    world.unlock("sam.lee", &story).await;
    world.send("maya.lindqvist", &story).await;
    let third = again.press("Ask all the same").await;
    assert_eq!(third.status(), 409);
    assert!(third.alert().contains("Version 2 came meanwhile: read it first."), "{}", third.alert());
    assert_eq!(third.text("textarea[readonly]"), "Where?");
    assert_eq!(world.count("select count(*) from question").await, 0);
    let form = asking(&sam, &story.path("")).await.set("text", "Where?");
    world.withdraw("dana.ruiz", &story).await;
    let panel = form.press("Ask").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.alert().contains("is withdrawn: questions are neither asked"), "{}", panel.alert());
}

#[tokio::test]
async fn a_question_typed_when_the_session_ended_is_offered_again() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    let form = asking(&sam, &story.path("")).await.set("text", "Where is the withhold?");
    world.pass(time::Duration::minutes(31));
    assert_eq!(form.press("Ask").await.status(), 303);
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("questions/ask")).await;
    assert!(page.text(".held").starts_with("Nothing was saved yet."), "{}", page.text("main"));
    assert_eq!(page.form("Ask").value("text"), "Where is the withhold?");
    assert_eq!(page.form("Ask").press("Ask").await.status(), 303);
    assert!(!asking_again(&sam, &story).await);
}

/// Whether the form still offers what was held.
async fn asking_again(who: &Browser, story: &Story) -> bool {
    who.get(&story.path("questions/ask")).await.has(".held")
}

#[tokio::test]
async fn who_asks_about_a_rate_that_moves_keeps_nobody_waiting_in_a_circle() {
    let world = World::start().await;
    let (early, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.pass(time::Duration::minutes(1));
    let late = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &late).await;
    assert!(early.id.0 < late.id.0, "locks are taken in this order");
    let (dana, owen) = (world.signed_in("dana.ruiz").await, world.signed_in("owen.park").await);
    // The rate is of the later submission, and goes back to the earlier one when that is withdrawn.
    life::deed(&dana, &early, "withdraw", "Withdraw").await;
    life::deed(&dana, &early, "undo-withdraw", "Undo withdrawal").await;
    let question = asking(&owen, &format!("/rates/{rate}")).await.set("text", "Which trend?");
    // The later submission is just being withdrawn, which also holds the earlier one.
    let by = world.person("dana.ruiz").await;
    let proof = by.package_deed(ContractReviewAction::Withdraw).unwrap();
    let mut withdrawing = world.db.begin().await.unwrap();
    let submission = submissions::lock(&mut withdrawing, &by, &late.key).await.unwrap();
    mc_review::life::withdraw(&mut withdrawing, &world.clock, proof, &submission, "Sent by mistake.").await.unwrap();
    let waits = async |many: i64| {
        let waiting =
            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while world.count(waiting).await < many {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    let other = async {
        waits(1).await;
        let mut other = world.db.begin().await.unwrap();
        let lock = "select from contract_review where id = $1 for update";
        sqlx::query(lock).bind(early.id.0).execute(&mut *other).await?;
        let locked = sqlx::query(lock).bind(late.id.0).execute(&mut *other).await;
        other.rollback().await.unwrap();
        locked
    };
    // Whoever asks finds out that the rate has moved when the other has the earlier submission and waits for the later.
    let hold_up = async {
        waits(2).await;
        let mut held_up = world.db.begin().await.unwrap();
        sqlx::query("lock table rate_review in access exclusive mode").execute(&mut *held_up).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        held_up.rollback().await.unwrap();
    };
    let commit = async {
        waits(3).await;
        withdrawing.commit().await.unwrap();
    };
    let (asked, locked, (), ()) = tokio::join!(question.press("Ask"), other, hold_up, commit);
    locked.expect("whoever asks has let go of the later submission");
    assert_eq!(asked.status(), 303);
    let parent = "select count(*) from rate_review r join contract_review c on c.id = r.parent_id where c.number = 1";
    assert_eq!(world.count(parent).await, 1);
    intact(&world).await;
}
