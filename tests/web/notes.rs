//! Notes: who reads and writes them, who is named in them, that a press makes one, and that to a state there are none.

use time::Duration;

use crate::matrix::{ROWS, address, furnished};
use crate::support::{Browser, Page, World};

const SECRET: &str = "The withhold is hidden in appendix Q.";

async fn add(browser: &Browser, page: &str, text: &str) -> Page {
    browser.get(page).await.form("Add note").set("text", text).press("Add note").await
}

/// The words of the notes of a page.
fn notes(page: &Page) -> Vec<String> {
    page.texts(".note .text-kept")
}

#[tokio::test]
async fn a_note_is_read_by_all_of_cms_with_its_author_and_told_without_its_text() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    assert!(sam.get(&story.path("notes")).await.reading().contains("No notes"));
    let answer = add(&sam, &story.path("notes"), "  Two lines,\r\none note. ").await;
    let id: uuid::Uuid = sqlx::query_scalar("select id from note").fetch_one(&world.db).await.unwrap();
    assert_eq!((answer.status(), answer.location()), (303, "/submissions/MN-0001/notes"));
    let page = answer.follow().await;
    assert_eq!(page.flash().as_deref(), Some("Your note was added."));
    let stored: String = sqlx::query_scalar("select text from note").fetch_one(&world.db).await.unwrap();
    assert_eq!(stored, "Two lines,\none note.");

    let rita = world.signed_in("rita.olsen").await;
    let page = rita.get("/submissions/MN-0001").await;
    let page = rita.get(&page.link("Notes (1)").expect("CMS reads how many there are")).await;
    assert_eq!(
        (page.h1().as_str(), notes(&page)),
        ("Notes on MCR-MN-0001-MSC+-MSHO", vec!["Two lines, one note.".to_owned()])
    );
    assert_eq!(page.text(".note__head"), "Sam Lee, DMCO reviewer, 03/10/2026 11:30 PM ET");
    assert!(page.buttons().is_empty() && !page.has("main form"), "who reads only is offered nothing");

    let history = rita.get(&story.path("history")).await;
    let entry = &history.texts(".timeline__entry")[0];
    assert!(entry.starts_with("Note by Sam Lee") && !entry.contains("one note"), "{entry}");
    assert_eq!(history.link("Read the note"), Some(format!("/submissions/MN-0001/notes#note-{id}")));
    let told: i64 = world.count("select count(*) from event where to_jsonb(event)::text like '%one note%'").await;
    assert_eq!(told, 0);
}

#[tokio::test]
async fn who_is_named_with_an_at_or_chosen_beside_it_is_mentioned_until_they_open_the_page() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (sam, owen) = (world.signed_in("sam.lee").await, world.signed_in("owen.park").await);
    let ruth = world.person("ruth.abara").await.id.to_string();
    let form = sam.get(&story.path("notes")).await.form("Add note");
    let offered = form.offered("mention");
    assert!(offered.contains(&ruth) && !offered.contains(&world.person("sam.lee").await.id.to_string()));
    assert!(!offered.contains(&world.person("maya.lindqvist").await.id.to_string()), "people of states are not named");
    let form = form.set("text", "@Owen Park, is this yours? @Nobody Inparticular").set("mention", &ruth);
    let page = form.press("Add note").await.follow().await;
    assert_eq!(page.flash().as_deref(), Some("Your note was added. Named in it: Ruth Abara, Owen Park."));
    let mentioned = "Mentioned: Ruth Abara (not opened yet), Owen Park (not opened yet)";
    assert_eq!(page.text(".note > .quiet"), mentioned);

    world.pass(Duration::minutes(5));
    owen.get("/submissions/MN-0001").await;
    assert_eq!(sam.get(&story.path("notes")).await.text(".note > .quiet"), mentioned, "the note itself was not opened");
    let opened = "Mentioned: Ruth Abara (not opened yet), Owen Park (opened 03/10/2026 11:35 PM ET)";
    assert_eq!(owen.get(&story.path("notes")).await.text(".note > .quiet"), opened);
    world.pass(Duration::minutes(5));
    owen.get(&story.path("notes")).await;
    assert_eq!(sam.get(&story.path("notes")).await.text(".note > .quiet"), opened, "the first time counts");
}

#[tokio::test]
async fn a_form_pressed_twice_makes_one_note_and_with_another_text_asks_first() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(&story.path("notes")).await.form("Add note").set("text", "Once.");
    let (one, other) = tokio::join!(form.press("Add note"), form.press("Add note"));
    assert_eq!((one.status(), other.status(), one.location()), (303, 303, other.location()));
    assert_eq!(notes(&sam.get(&story.path("notes")).await), ["Once."]);

    let panel = form.clone().set("text", "Once more.").press("Add note").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.alert().contains("this form has added its note already"), "{}", panel.alert());
    assert_eq!(notes(&sam.get(&story.path("notes")).await), ["Once."]);
    assert_eq!(panel.form("Add as a further note").press("Add as a further note").await.status(), 303);
    assert_eq!(notes(&sam.get(&story.path("notes")).await), ["Once more.", "Once."]);

    // Nor does the key of one person's note serve another, or another submission.
    let key = form.value("id");
    let second = world.sent("maya.lindqvist").await;
    for (who, page) in [("dana.ruiz", &story), ("sam.lee", &second)] {
        let form = world.signed_in(who).await.get(&page.path("notes")).await.form("Add note");
        assert_eq!(form.tamper("id", &key).set("text", "Once.").press("Add note").await.status(), 422);
    }
    assert_eq!(world.count("select count(*) from note").await, 2);
    assert_eq!(world.count("select count(*) from event where kind = 'note_added'").await, 2);
}

#[tokio::test]
async fn what_is_no_note_is_refused_beside_the_field_and_changes_nothing() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let long = "ä".repeat(10_001);
    for (text, problem) in
        [(" \n", "Write the note."), (long.as_str(), "Shorten this to 10000 characters; it has 10001.")]
    {
        let page = add(&sam, &story.path("notes"), text).await;
        assert_eq!((page.status(), page.errors()), (422, vec![problem.to_owned()]));
        assert_eq!(page.form("Add note").value("text").trim(), text.trim());
    }
    let gone = world.person("ruth.abara").await.id.to_string();
    let form = sam.get(&story.path("notes")).await.form("Add note").set("text", "Kept.").set("mention", &gone);
    crate::walk::run(
        &world,
        "update account set active = false where email like 'ruth.abara@%';
         insert into event (id, at, actor_name, subject, subject_id, kind, audience, row_table, row_id, version_before, version_after,
                            previous_sha256, sha256)
         select gen_random_uuid(), now(), 'Somebody', 'account', id, 'account_deactivated', 'cms', 'account', id, version - 1, version,
                '', '' from account where email like 'ruth.abara@%'",
    )
    .await;
    let page = form.press("Add note").await;
    assert_eq!(page.status(), 422);
    assert_eq!(page.errors(), ["Choose somebody from the list; who was there before may have left."]);
    assert_eq!(page.form("Add note").value("text").trim(), "Kept.");
    assert_eq!(world.count("select count(*) from note").await, 0);
    let again = page.form("Add note").press("Add note").await;
    assert_eq!(again.status(), 303, "nobody is chosen any more");
}

#[tokio::test]
async fn the_page_of_a_submission_has_the_notes_of_its_rates_and_that_of_a_rate_its_own() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    add(&sam, &story.path("notes"), "On the contract.").await;
    world.pass(Duration::minutes(1));
    let on_rate = add(&sam, &format!("/rates/{rate}/notes"), "On the rate.").await.follow().await;
    assert_eq!(notes(&on_rate), ["On the rate."]);
    assert!(on_rate.link("Notes (1)").is_some());
    let page = sam.get(&story.path("notes")).await;
    assert_eq!(notes(&page), ["On the rate.", "On the contract."]);
    assert!(page.link("Notes (2)").is_some());
    assert_eq!(page.link(&rate), Some(format!("/rates/{rate}/notes")));
    let history = sam.get(&format!("/rates/{rate}/history")).await;
    assert!(history.link("Read the note").unwrap().starts_with(&format!("/rates/{rate}/notes#note-")));
}

#[tokio::test]
async fn a_note_typed_when_the_session_ended_opens_again_and_is_added_once() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(&story.path("notes")).await.form("Add note").set("text", "Typed for long.");
    world.pass(Duration::minutes(31));
    assert_eq!(form.press("Add note").await.status(), 303);
    assert_eq!(world.count("select count(*) from note").await, 0);
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("notes")).await;
    assert!(page.text(".held").starts_with("Nothing was saved yet."));
    let form = page.form("Add note");
    assert_eq!(form.value("text").trim(), "Typed for long.");
    assert_eq!(form.press("Add note").await.status(), 303);
    assert!(!sam.get(&story.path("notes")).await.has(".held"));
    assert_eq!(world.count("select count(*) from note").await, 1);
}

/// Everything that a state can open, as it stands in the table of who may go where.
async fn all_that_a_state_opens(maya: &Browser, addresses: &[String]) -> Vec<(String, u16, Vec<u8>)> {
    let csrf = maya.csrf().await.into_bytes();
    let mut read = Vec::new();
    for address in addresses {
        let page = maya.get(address).await;
        let mut body = page.body().to_vec();
        // The token is of the session; the key of what a form makes is new each time.
        while let Some(at) = body.windows(csrf.len()).position(|found| found == csrf) {
            body.drain(at..at + csrf.len());
        }
        let made = b"name=\"id\" value=\"";
        if let Some(at) = body.windows(made.len()).position(|found| found == made) {
            body.drain(at + made.len()..at + made.len() + 36);
        }
        read.push((address.clone(), page.status(), body));
    }
    read
}

#[tokio::test]
async fn to_a_state_nothing_changes_when_a_note_is_written_or_opened() {
    let (world, things) = furnished().await;
    let gets = ROWS.iter().filter(|(route, ..)| route.starts_with("GET") && !route.contains("readyz"));
    let mut addresses: Vec<String> = gets.map(|(route, thing, ..)| address(&things, route, *thing)).collect();
    addresses.extend(["/submissions?sort=-activity", "/rates?sort=-activity"].map(str::to_owned));
    world.pass(Duration::minutes(7));
    let maya = world.signed_in("maya.lindqvist").await;
    let before = all_that_a_state_opens(&maya, &addresses).await;
    let (sam, owen) = (world.signed_in("sam.lee").await, world.signed_in("owen.park").await);
    let mut pages: Vec<String> = ["1", "2", "5", "6"].map(|number| format!("/submissions/MN-000{number}/notes")).into();
    pages.push("/rates/MN-R0001/notes".to_owned());
    for page in &pages {
        assert_eq!(add(&sam, page, &format!("{SECRET} @Owen Park")).await.status(), 303, "{page}");
        assert_eq!(owen.get(page).await.status(), 200);
    }
    let after = all_that_a_state_opens(&maya, &addresses).await;
    let ids: Vec<String> =
        sqlx::query_scalar("select id::text from note union select id::text from event where kind = 'note_added'")
            .fetch_all(&world.db)
            .await
            .unwrap();
    assert_eq!(ids.len(), 2 * pages.len());
    let holds = |body: &[u8], text: &str| body.windows(text.len()).any(|found| found == text.as_bytes());
    for ((address, status, body), (_, status_before, body_before)) in after.iter().zip(&before) {
        let told =
            ids.iter().map(String::as_str).chain([SECRET, "appendix Q", "Notes ("]).find(|text| holds(body, text));
        assert_eq!(told, None, "{address}");
        assert_eq!(status, status_before, "{address}");
        // An error page has a number of its own each time.
        if *status == 200 {
            assert_eq!(String::from_utf8_lossy(body), String::from_utf8_lossy(body_before), "{address}");
        }
    }
    assert!(after.iter().filter(|(_, status, _)| *status == 200).count() > 20);
    let there = holds(sam.get("/submissions/MN-0001/notes").await.body(), "appendix Q");
    assert!(there, "what is looked for would be found");
}
