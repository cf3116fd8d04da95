//! What a page put into its form and somebody changed there: keys of something else, versions that never were, times that
//! no clock shows. Each is refused in words and changes nothing.

use serde_json::Value;

use crate::support::story::Story;
use crate::support::{Browser, Form, World};

/// Ids that something has.
async fn taken(world: &World) -> Vec<String> {
    let sql = "select id::text from contract_review union all select id::text from rate_review union all
               select id::text from department_review union all select id::text from account where email like 'sam.lee@%'
               union all select id::text from question union all select id::text from note
               union all select id::text from correction";
    sqlx::query_scalar(sql).fetch_all(&world.db).await.unwrap()
}

async fn events(world: &World) -> i64 {
    world.count("select count(*) from event").await
}

/// Sends a form under each of these keys: none is accepted.
async fn refused_under(world: &World, keys: &[String], form: Form, what: &str) {
    let before = events(world).await;
    for key in keys {
        let answer = form.clone().tamper("id", key).submit().await;
        assert_eq!(answer.status(), 422, "{what} under {key}: {}", answer.reading());
    }
    assert_eq!(events(world).await, before, "{what}");
    assert_eq!(form.submit().await.status(), 303, "{what} under its own key");
}

/// The first page of a submission like this draft.
async fn new_like(who: &Browser, draft: &Story) -> Form {
    let filled = who.get(&draft.path("edit/type")).await.form("Continue");
    let mut form = who.get("/submissions/new?kind=health_plan").await.form("Continue");
    for name in
        ["population_covered", "submission_type", "contract_type", "risk_based_contract", "submission_description"]
    {
        form = form.set(name, &filled.value(name));
    }
    filled.values("program_ids").iter().fold(form, |form, program| form.tick("program_ids", program))
}

#[tokio::test]
async fn a_key_that_something_else_has_makes_nothing() {
    let world = World::start().await;
    let (rated, _) = world.sent_with_rate("maya.lindqvist").await;
    let others = world.sent("elena.vargas").await;
    world.ask("sam.lee", &others, None).await;
    let (sam, owen) = (world.signed_in("sam.lee").await, world.signed_in("owen.park").await);
    let (maya, alex) = (world.signed_in("maya.lindqvist").await, world.signed_in("alex.morgan").await);
    let note = owen.get(&others.path("notes")).await.form("Add note").set("text", "Owen\u{2019}s.");
    assert_eq!(note.press("Add note").await.status(), 303);
    let (draft, _) = world.drafted_with_rate("maya.lindqvist").await;
    let keys = taken(&world).await;

    refused_under(&world, &keys, sam.get(&rated.path("notes")).await.form("Add note").set("text", "Mine."), "a note")
        .await;
    let ask = sam.get(&rated.path("questions/ask")).await.form("Ask").set("text", "Where is it?");
    refused_under(&world, &keys, ask, "a question").await;
    let rate = maya.get(&draft.path("edit/rates/new")).await.form("Continue").set("origin", "OWN");
    let of_others: Vec<String> = {
        // A key of one's own rate in the same draft leads to that rate: it is the second press of its form.
        let sql = "select r.id::text from rate_review r join contract_review c on c.id = r.parent_id where c.id = $1";
        let own: Vec<String> = sqlx::query_scalar(sql).bind(draft.id.0).fetch_all(&world.db).await.unwrap();
        keys.iter().filter(|key| !own.contains(key)).cloned().collect()
    };
    refused_under(&world, &of_others, rate, "a rate").await;
    let sql = "select id::text from contract_review where state_code = 'MN'";
    let own: Vec<String> = sqlx::query_scalar(sql).fetch_all(&world.db).await.unwrap();
    let of_others: Vec<String> = keys.iter().filter(|key| !own.contains(key)).cloned().collect();
    refused_under(&world, &of_others, new_like(&maya, &draft).await, "a draft").await;
    let address = rated.path("correct?what=contract_action");
    let correction = alex.get(&address).await.form(&address).set("reason", "So.");
    let correction = correction.set("contract_action", "BASE");
    let of_others: Vec<String> = keys.clone();
    let before = events(&world).await;
    for key in &of_others {
        let status = correction.clone().tamper("id", key).submit().await.status();
        // What makes no entry of its own may have any key that no other correction has.
        assert!([303, 422].contains(&status), "a correction under {key}: {status}");
    }
    assert!(events(&world).await <= before + 1);
}

#[tokio::test]
async fn a_question_or_response_of_ones_own_elsewhere_is_not_taken_for_a_second_press() {
    let world = World::start().await;
    let (one, other) = (world.sent("maya.lindqvist").await, world.sent("maya.lindqvist").await);
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    let ask = sam.get(&one.path("questions/ask")).await.form("Ask").set("text", "Where is it?");
    assert_eq!(ask.submit().await.status(), 303);
    let second = sam.get(&other.path("questions/ask")).await.form("Ask").set("text", "And there?");
    assert_eq!(second.clone().tamper("id", &ask.value("id")).submit().await.status(), 422);
    assert_eq!((ask.submit().await.status(), second.submit().await.status()), (303, 303));
    let respond = maya.get(&one.path("questions/dmco/1/respond")).await.form("Send response").set("text", "Here.");
    assert_eq!(respond.submit().await.status(), 303);
    let second = maya.get(&other.path("questions/dmco/1/respond")).await.form("Send response").set("text", "There.");
    assert_eq!(second.clone().tamper("id", &respond.value("id")).submit().await.status(), 422);
    assert_eq!((respond.submit().await.status(), second.submit().await.status()), (303, 303));
    assert_eq!(world.count("select count(*) from response").await, 2);
    assert_eq!(world.count("select count(*) from question").await, 2);
}

#[tokio::test]
async fn two_states_that_send_the_same_key_at_the_same_moment_make_one_draft() {
    let world = World::start().await;
    let drafts = [world.drafted("maya.lindqvist").await, world.drafted("elena.vargas").await];
    let people = [world.signed_in("maya.lindqvist").await, world.signed_in("elena.vargas").await];
    for _ in 0..5 {
        let (maya, elena) = (new_like(&people[0], &drafts[0]).await, new_like(&people[1], &drafts[1]).await);
        let key = maya.value("id");
        let elena = elena.tamper("id", &key);
        let (one, other) = tokio::join!(maya.submit(), elena.submit());
        let mut statuses = [one.status(), other.status()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
    }
    assert_eq!(world.count("select count(*) from contract_review").await, 2 + 5);
}

#[tokio::test]
async fn a_version_that_never_was_is_refused_in_words() {
    let world = World::start().await;
    let (draft, rate) = world.drafted_with_rate("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let saves = "select count(*) from draft_save";
    let before = world.count(saves).await;
    for page in ["edit/type", "edit/contract", "edit/contacts", &format!("edit/rates/{rate}")] {
        let form = maya.get(&draft.path(page)).await.form("Save as draft");
        for version in ["0", "-1", "-2147483648", "2147483647", "2147483648", "x", ""] {
            for name in ["version", "opened"] {
                let answer = form.clone().tamper(name, version).press("Save as draft").await;
                assert_eq!(answer.status(), 422, "{page}, {name} {version}: {}", answer.reading());
            }
        }
    }
    assert_eq!(world.count(saves).await, before);
}

#[tokio::test]
async fn a_list_drawn_at_a_time_that_no_clock_shows_has_been_open_since_it_was_opened() {
    let world = World::start().await;
    world.sent_with_rate("maya.lindqvist").await;
    let sam = world.signed_in("sam.lee").await;
    for list in ["/submissions", "/rates"] {
        for at in ["253402300799", "253402300800", "-62167219201", "-377705116800", "9223372036854775807", "NaN", ""] {
            let page = sam.get(&format!("{list}/changes?since=0&at={at}")).await;
            assert_eq!(page.status(), 200, "{list}, {at}");
            let said = String::from_utf8_lossy(page.body()).into_owned();
            assert!(said.contains("since you opened this page."), "{list}, {at}: {said}");
        }
    }
}

#[tokio::test]
async fn what_a_page_repeats_is_sound_html_and_where_it_leads_can_stand_in_a_header() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    // Whatever is HTML is looked at when it is read.
    let page = sam.get("/submissions?status=a%00b").await;
    assert_eq!((page.status(), page.texts("main li")), (422, vec!["status “a\u{fffd}b”".to_owned()]));
    let csrf = sam.csrf().await;
    let held = [("csrf", csrf.as_str()), ("version", "1"), ("held_for", "/a\0b")];
    assert_eq!(sam.post("/session/hold", &held).await.status(), 422);
    let (draft, _) = world.drafted_with_rate("maya.lindqvist").await;
    let maya = world.signed_in("maya.lindqvist").await;
    let linking = draft.path("edit/rates/new");
    let search = maya.get(&linking).await.form(&linking).tamper("q", "a\0b");
    assert_eq!(search.press("Search").await.status(), 422, "the database can't look for it");
    let answer = sam.get("/sign-in?next=/%C3%BCbung%20a").await;
    assert_eq!((answer.status(), answer.location()), (303, "/%C3%BCbung a"));
    let left: Value = serde_json::from_slice(sam.get("/session").await.body()).unwrap();
    assert!(left["idle_seconds"].is_number());
}
