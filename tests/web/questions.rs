//! Questions: a department asks, its state responds, rounds end; also when somebody else was there first.

mod life;
mod recording;
mod together;

use mc_review::domain::role::Department;

use crate::life::{departments, intact};
use crate::support::story::Story;
use crate::support::{Browser, Form, Page, World};

const PDF: &[u8] = b"%PDF-1.7\nThe withhold in full.\n%%EOF";

/// The form that asks about a submission, or about a rate by its address.
async fn asking(who: &Browser, page: &str) -> Form {
    let page = who.get(&format!("{page}/questions/ask")).await;
    assert_eq!(page.status(), 200, "{:?}", page.header("location"));
    page.form("Ask")
}

/// The form that responds to a round.
async fn responding(who: &Browser, story: &Story, round: &str) -> Form {
    let page = who.get(&story.path(&format!("questions/{round}/respond"))).await;
    assert_eq!(page.status(), 200, "{:?}", page.header("location"));
    page.form("Send response")
}

/// What is said after something was done.
async fn done(answer: Page) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text("main"));
    answer.follow().await.flash().unwrap_or_default()
}

#[tokio::test]
async fn a_department_asks_and_its_state_answers_with_a_document() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let (sam, maya, owen) =
        (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await, world.signed_in("owen.park").await);
    assert!(sam.get(&story.path("questions")).await.reading().contains("No questions yet"));
    let page = sam.get(&story.path("")).await;
    let href = page.link("Ask the state, DMCO review of MN-0001").expect("the department asks from its review");
    assert_eq!(href, "/submissions/MN-0001/questions/ask");
    let form = asking(&sam, "/submissions/MN-0001").await.set("text", " Where is\r\nthe withhold? ");
    assert_eq!(done(form.press("Ask").await).await, "Round 1 about the contract of MN-0001 is asked.");
    assert_eq!(departments(&world).await, ["DMCO awaiting_state"]);

    // Both sides read it, and whose turn it is.
    let page = sam.get(&story.path("")).await;
    assert_eq!(page.definition("Turn"), "State: 1 question open");
    assert!(page.text("#department-reviews").contains("Awaiting state (question)"));
    assert!(page.text("#department-reviews").contains("Round 1 open since 03/10 (today)"));
    let page = maya.get(&story.path("")).await;
    assert_eq!(page.definition("Turn"), "With CMS; 1 question for you");
    assert!(page.text(".deeds").contains("CMS has a question for you."));
    assert!(page.link("Questions (1 open)").is_some());
    let page = maya.get(&page.link("Respond").expect("the state responds")).await;
    assert_eq!(page.texts("main h2"), ["For you to answer"]);
    assert_eq!(page.text(".said .text-kept"), "Where is the withhold?");
    assert!(page.text(".said__who").contains("Sam Lee, Division of Managed Care Operations (DMCO), 03/10/2026"));

    let form = responding(&maya, &story, "dmco/1").await.set("text", "In the annex.");
    let form = form.attach("documents.response", "annex.pdf", PDF, "application/pdf");
    assert_eq!(done(form.press("Send response").await).await, "The response to DMCO, round 1, is sent.");
    assert_eq!(departments(&world).await, ["DMCO in_review"], "the review goes on");
    for (who, author) in [(&maya, "You"), (&sam, "Maya Lindqvist, Minnesota"), (&owen, "Maya Lindqvist, Minnesota")] {
        let page = who.get(&story.path("questions")).await;
        assert!(page.text(".said--response").contains(&format!("Response · {author}")), "{}", page.text(".round"));
        assert_eq!(page.text(".round__head .tag"), "Answered");
        let document = page.link("annex.pdf").expect("it is there for all who read the round");
        assert_eq!(who.get(&document).await.body(), PDF);
    }
    assert_eq!(sam.get(&story.path("")).await.definition("Turn").split(' ').next(), Some("CMS"));
    assert!(sam.get(&story.path("")).await.link("Questions (1 answered)").is_some());

    let page = sam.get(&story.path("questions/dmco/1/close")).await;
    assert!(!page.form("Close").names().contains(&"reason"), "an answered round needs no reason");
    assert_eq!(done(page.form("Close").press("Close").await).await, "DMCO, round 1, is closed.");
    let page = maya.get(&story.path("questions")).await;
    assert!(page.text(".said__closed").starts_with("CMS closed this question, 03/10/2026"));
    let page = owen.get(&story.path("questions")).await;
    assert!(page.text(".said__closed").starts_with("Closed by Sam Lee, DMCO reviewer, 03/10/2026"));
    assert_eq!(page.link("Respond to DMCO, round 1 on the contract"), None);
    intact(&world).await;
}

#[tokio::test]
async fn the_history_tells_of_rounds_and_is_filtered_by_them() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.ask("sam.lee", &story, None).await;
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    for name in ["maya.lindqvist", "rita.olsen"] {
        let who = world.signed_in(name).await;
        let page = who.get(&story.path("history?kind=questions")).await;
        let entries = page.texts(".timeline__entry");
        assert_eq!(entries.len(), 2, "{entries:?}");
        assert!(entries[0].starts_with("State answered DMCO, round 1") && entries[0].contains("In section 4."));
        assert!(
            entries[1].starts_with("DMCO asked, round 1") && entries[1].contains("Where is the withhold described?")
        );
        let id: uuid::Uuid = sqlx::query_scalar("select id from question").fetch_one(&world.db).await.unwrap();
        assert_eq!(page.link("See the round"), Some(format!("/submissions/MN-0001/questions#round-{id}")));
    }
    // That its review waited and went on is CMS's own.
    let maya = world.signed_in("maya.lindqvist").await;
    assert!(!maya.get(&story.path("history")).await.reading().contains("DMCO review"));
    let sam = world.signed_in("sam.lee").await;
    let history = sam.get(&story.path("history")).await.reading();
    assert!(history.contains("A question was asked") && history.contains("No question is open any more"), "{history}");
}

#[tokio::test]
async fn a_question_says_something_or_is_refused_beside_the_field_and_keeps_what_was_typed() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let sam = world.signed_in("sam.lee").await;
    let form = asking(&sam, &story.path("")).await;
    let refused = form.clone().set("text", " \n ").press("Ask").await;
    assert_eq!((refused.status(), refused.errors()), (422, vec!["Write a text, add documents, or both.".to_owned()]));
    let long = "ä".repeat(10_001);
    let file = |form: Form| form.attach("documents.question", "annex.pdf", PDF, "application/pdf");
    let refused = file(form.clone().set("text", &long)).press("Ask").await;
    assert_eq!(refused.errors(), ["Shorten this to 10000 characters; it has 10001."]);
    let again = refused.form("Ask");
    assert_eq!(again.value("text"), long);
    assert!(refused.text("main").contains("Documents that came with the form annex.pdf"));
    let page = again.set("text", &"ä".repeat(10_000)).press("Ask").await.follow().await;
    assert!(page.link("annex.pdf").is_some(), "the file that came first is not sent twice");

    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    let form = asking(&sam, &story.path("")).await;
    let wrong =
        form.clone().attach("documents.question", "run.exe", b"MZ".to_vec(), "application/pdf").press("Ask").await;
    assert!(wrong.errors()[0].starts_with("run.exe: this type is not accepted."), "{:?}", wrong.errors());
    // A file alone says something; the same content twice does not.
    let twice = file(file(form.clone())).press("Ask").await;
    assert!(twice.errors()[0].contains("has the same content as"), "{:?}", twice.errors());
    assert_eq!(twice.form("Ask").press("Ask").await.status(), 303);
    assert_eq!(world.count("select count(*) from question").await, 2);
    assert_eq!(world.count("select count(*) from question where text is null").await, 1);
    intact(&world).await;
}

#[tokio::test]
async fn files_that_the_virus_check_does_not_let_through_are_not_sent() {
    let world = World::start_with_checks().await;
    let story = {
        let story = world.drafted("maya.lindqvist").await;
        sqlx::query("update blob set scan = 'clean'").execute(&world.db).await.unwrap();
        world.send("maya.lindqvist", &story).await;
        story
    };
    let sam = world.signed_in("sam.lee").await;
    let form = asking(&sam, &story.path("")).await.set("text", "See the annex.");
    let waiting = form.attach("documents.question", "annex.pdf", PDF, "application/pdf").press("Ask").await;
    assert_eq!(waiting.errors(), ["annex.pdf is still being checked for viruses. Press the button again in a moment."]);
    let form = waiting.form("Ask");
    sqlx::query("update blob set scan = 'infected' where scan = 'pending'").execute(&world.db).await.unwrap();
    let infected = form.clone().press("Ask").await;
    assert_eq!(infected.status(), 422);
    assert!(infected.errors()[0].contains("annex.pdf") && !infected.reading().contains("came with the form"));
    sqlx::query("update blob set scan = 'clean' where scan = 'infected'").execute(&world.db).await.unwrap();
    assert_eq!(form.press("Ask").await.status(), 303);
}

#[tokio::test]
async fn a_rate_is_asked_about_by_its_departments_and_its_rounds_stand_on_every_package_that_holds_it() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let linking = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &linking).await;
    let (owen, ivan, maya, elena) = (
        world.signed_in("owen.park").await,
        world.signed_in("ivan.petrov").await,
        world.signed_in("maya.lindqvist").await,
        world.signed_in("elena.vargas").await,
    );
    let page = format!("/rates/{rate}");
    let asked = asking(&owen, &page).await.set("text", "Which trend?").press("Ask").await;
    assert_eq!(asked.location().split('#').next(), Some("/rates/MN-R0001/questions"));
    assert_eq!(asking(&ivan, &page).await.set("text", "Which data?").press("Ask").await.status(), 303);
    for who in [&owen, &maya] {
        for here in [&page, &story.path(""), &linking.path("")] {
            let heads = who.get(&format!("{here}/questions")).await.texts(".round__head");
            assert_eq!(heads.len(), 2, "{here}");
            assert!(heads.iter().any(|head| head.starts_with("OACT, round 1, on rate MN-R0001 Open")), "{heads:?}");
        }
    }
    // To another state there is nothing of it.
    for path in [format!("{page}/questions"), format!("{page}/questions/dmcp/1/respond")] {
        assert_eq!(elena.get(&path).await.status(), 404);
    }
    // A submission that only links the rate is not held up by its rounds; its own parent is.
    let turn = |key: &str| {
        format!(
            "select turn::text from contract_review_turn join contract_review r on r.id = contract_review_id where number = {}",
            &key[3..]
        )
    };
    for (key, expected) in [(&story.key, "both"), (&linking.key, "cms")] {
        let turn: String = sqlx::query_scalar(sqlx::AssertSqlSafe(turn(key))).fetch_one(&world.db).await.unwrap();
        assert_eq!(turn, expected, "{key}");
    }
    let told = maya.get(&linking.path("history?kind=questions")).await.texts(".timeline__entry");
    assert_eq!(told.len(), 2, "{told:?}");
    let page = maya.get(&format!("{page}/questions/oact/1/respond")).await;
    assert_eq!(page.form("Send response").set("text", "See the exhibit.").press("Send response").await.status(), 303);
    assert_eq!(departments(&world).await[2..], ["DMCP awaiting_state", "OACT in_review"]);
    intact(&world).await;
}

#[tokio::test]
async fn lists_tell_whose_turn_it_is_and_how_many_rounds_go_on() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.ask("sam.lee", &story, None).await;
    world.ask("owen.park", &story, Some(&rate)).await;
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let row = sam.get("/submissions").await.table("submission").remove(0);
    assert_eq!((row.cell("Turn"), row.cell("Questions")), ("State and CMS", "1 open, 1 answered"));
    let row = maya.get("/submissions").await.table("submission").remove(0);
    assert_eq!((row.cell("Turn"), row.cell("Questions")), ("With CMS; 1 question for you", "1 open, 1 answered"));
    let row = maya.get("/rates").await.table("rate").remove(0);
    assert_eq!(row.cell("Questions"), "1 open");
}

#[tokio::test]
async fn of_an_eqro_contract_dmco_alone_asks() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = crate::forms::eqro::complete(&maya, "YES").await;
    let sent = maya.get(&format!("{draft}/edit/review")).await.form("Submit to CMS").press("Submit to CMS").await;
    assert_eq!(sent.status(), 303);
    let page = format!("{draft}/questions/ask");
    let owen = world.signed_in("owen.park").await.get(&page).await;
    assert_eq!(owen.status(), 403);
    assert!(owen.reading().contains("Only DMCO asks"), "{}", owen.reading());
    assert_eq!(world.signed_in("sam.lee").await.get(&page).await.status(), 200);
    let alex = world.signed_in("alex.morgan").await.get(&page).await;
    assert!(alex.form("Ask").offered("for").len() >= 2);
    let ivan = world.person("ivan.petrov").await.id.to_string();
    assert!(!alex.form("Ask").offered("for").contains(&ivan));
}

#[tokio::test]
async fn rounds_are_filtered_by_department_state_and_subject() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.ask("sam.lee", &story, None).await;
    world.respond("maya.lindqvist", &story, Department::Dmco).await;
    world.ask("owen.park", &story, Some(&rate)).await;
    world.ask("ivan.petrov", &story, Some(&rate)).await;
    let owen = world.signed_in("owen.park").await;
    let page = owen.get(&story.path("questions")).await;
    assert_eq!(page.texts(".rounds h2"), ["DMCP, your department", "DMCO", "OACT"]);
    let heads =
        async |query: &str| owen.get(&story.path(&format!("questions?{query}"))).await.texts(".round__head").len();
    assert_eq!(heads("department=dmcp").await, 1);
    assert_eq!(heads("department=&status=open&subject=").await, 2);
    assert_eq!(heads("subject=contract").await, 1);
    assert_eq!(heads("subject=MN-R0001&department=oact").await, 1);
    assert!(owen.get(&story.path("questions?status=closed")).await.reading().contains("Nothing matches"));
    for wrong in ["department=cms", "status=lost", "subject=MN-0009"] {
        assert_eq!(owen.get(&story.path(&format!("questions?{wrong}"))).await.status(), 422, "{wrong}");
    }
}
