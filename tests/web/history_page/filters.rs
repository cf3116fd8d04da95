//! A part of a history: by what it is about, by person, as a file, and what led to a status.

use uuid::Uuid;

use super::{TITLES, history, ids, take_and_hand_back, tamper};
use crate::support::{Page, World};

/// A submission that was sent, taken and handed back, started, and remarked on.
async fn lived(world: &World) {
    world.sent("maya.lindqvist").await;
    take_and_hand_back(world, 1).await;
    let started = world.signed_in("sam.lee").await.get("/submissions/MN-0001").await.form("Start").press("Start").await;
    assert_eq!(started.status(), 303);
    let dana = world.signed_in("dana.ruiz").await;
    let form = dana.get("/submissions/MN-0001/notes").await.form("Add note");
    assert_eq!(form.set("text", "=1+1").press("Add note").await.status(), 303);
}

/// The part of the history that CMS reads under this query.
async fn part(world: &World, query: &str) -> Vec<String> {
    let page = world.signed_in("rita.olsen").await.get(&format!("/submissions/MN-0001/history?{query}")).await;
    assert_eq!(page.status(), 200, "{query}");
    page.texts(TITLES)
}

#[tokio::test]
async fn a_history_is_filtered_by_what_it_is_about_and_by_person() {
    let world = World::start().await;
    lived(&world).await;
    let (reviewers, kim) = ("Primary reviewer of DMCO review of MN-0001", world.person("kim.ode").await.id);
    let reviews = ["DMCO review of MN-0001 started", "DMCO review of MN-0001 made"];
    assert_eq!(part(&world, "kind=versions").await, ["Version 1 sent"]);
    assert_eq!(part(&world, "kind=reviews").await, reviews);
    assert_eq!(part(&world, "kind=notes").await, ["Note by Dana Ruiz"]);
    assert_eq!(part(&world, "kind=people,notes").await, ["Note by Dana Ruiz", reviewers, reviewers]);
    assert_eq!(part(&world, &format!("person={kim}")).await, [reviewers, reviewers]);
    assert_eq!(part(&world, &format!("kind=notes&person={kim}")).await, [""; 0]);
    assert_eq!(part(&world, "person=product").await, [reviews[1]]);

    let rita = world.signed_in("rita.olsen").await;
    let page = rita.get("/submissions/MN-0001/history").await;
    let form = page.form("Apply");
    assert_eq!(form.offered("person").len(), 6, "anybody, and five who did something");
    let filtered = form.tick("kind", "notes").set("person", "product").press("Apply").await;
    assert!(filtered.path.ends_with("/history?kind=notes&person=product"), "{}", filtered.path);
    assert!(filtered.reading().contains("Nothing matches"));
    assert_eq!(filtered.link("Clear all filters"), Some("/submissions/MN-0001/history".to_owned()));
    let fragment = rita.get_htmx("/submissions/MN-0001/history?kind=notes").await;
    assert!(!fragment.has("h1") && fragment.has("#results .timeline__entry"));
    assert_eq!(fragment.attribute("#results", "data-announce").as_deref(), Some("1 entry"));
}

#[tokio::test]
async fn a_state_filters_what_it_may_know_and_learns_no_name_of_an_admin() {
    let world = World::start().await;
    world.decided("maya.lindqvist", "sam.lee", mc_review::domain::lifecycle::Decision::SignedOff).await;
    let alex = world.signed_in("alex.morgan").await;
    let form = alex.get("/submissions/MN-0001/approve").await.form("Approve");
    let approved = form.set("released_on", "03/10/2026").press("Approve").await;
    assert_eq!(approved.status(), 303, "{}", approved.reading());
    let maya = world.signed_in("maya.lindqvist").await;
    let page = maya.get("/submissions/MN-0001/history").await;
    let form = page.form("Apply");
    let person = world.person("maya.lindqvist").await.id.to_string();
    assert_eq!(form.offered("person"), ["", "administrator", &person]);
    assert!(page.texts("option").contains(&"CMS administrator".to_owned()) && !page.reading().contains("Alex"));
    let of_admins = form.set("person", "administrator").press("Apply").await;
    assert_eq!(of_admins.texts(TITLES), ["Approved"]);
    let alex = world.person("alex.morgan").await.id;
    let sam = world.person("sam.lee").await.id;
    for refused in [
        "kind=reviews".to_owned(),
        "kind=notes".to_owned(),
        format!("person={alex}"),
        format!("person={sam}"),
        "explain=signed_off&review=DMCO".to_owned(),
        "explain=done".to_owned(),
        "colour=red".to_owned(),
    ] {
        for page in ["history", "history.csv"] {
            let answer = maya.get(&format!("/submissions/MN-0001/{page}?{refused}")).await;
            assert_eq!(answer.status(), 422, "{page}?{refused}");
        }
    }
}

#[tokio::test]
async fn paging_stays_within_the_filter() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    take_and_hand_back(&world, 51).await;
    let rita = world.signed_in("rita.olsen").await;
    let kim = world.person("kim.ode").await.id;
    let first = rita.get(&format!("/submissions/MN-0001/history?kind=people&person={kim}")).await;
    let second = rita.get(&first.link("Next ›").expect("older entries")).await;
    let third = rita.get(&second.link("Next ›").expect("older entries")).await;
    assert_eq!((ids(&first).len(), ids(&second).len(), ids(&third).len()), (50, 50, 2));
    assert!(third.link("Next ›").is_none());
    let back = rita.get(&third.link("‹ Previous").expect("newer entries")).await;
    assert_eq!(ids(&back), ids(&second));
    let file = rita.get(&second.link("Download as CSV").unwrap()).await;
    assert_eq!(rows(&file).len(), 1 + 102);
    let sent: Uuid =
        sqlx::query_scalar("select id from event where kind = 'submitted'").fetch_one(&world.db).await.unwrap();
    let outside = format!("/submissions/MN-0001/history?kind=people&before={sent}");
    assert_eq!(rita.get(&outside).await.status(), 422);
}

/// The rows of a file, headings first.
fn rows(file: &Page) -> Vec<Vec<String>> {
    assert_eq!((file.status(), file.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let text = file.body().strip_prefix("\u{feff}".as_bytes()).expect("the mark of UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn the_file_has_exactly_what_the_page_shows_and_no_formula() {
    let world = World::start().await;
    lived(&world).await;
    tamper(&world, "update event set actor_name = '=cmd()' where kind = 'note_added'").await;
    let rita = world.signed_in("rita.olsen").await;
    let page = rita.get("/submissions/MN-0001/history?kind=versions,notes").await;
    let file = rita.get(&page.link("Download as CSV").unwrap()).await;
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"MN-0001 history.csv\""));
    let read = rows(&file);
    let headings = ["Time", "What", "Who", "More", "Address", "Record version before", "Record version after"];
    assert_eq!(read[0], headings);
    let note: Uuid = sqlx::query_scalar("select id from note").fetch_one(&world.db).await.unwrap();
    let (at, address) = ("2026-03-10T23:30:00-04:00", format!("/submissions/MN-0001/notes#note-{note}"));
    assert_eq!(read[1], [at, "Note by =cmd()", "'=cmd(), DMCO approver", "", &address, "", "1"]);
    let version = "/submissions/MN-0001/versions/1";
    assert_eq!(read[2], [at, "Version 1 sent", "Maya Lindqvist, Minnesota", "Subject to review", version, "1", "2"]);
    assert_eq!(read.len(), 3);

    let maya = world.signed_in("maya.lindqvist").await;
    let own = rows(&maya.get("/submissions/MN-0001/history.csv").await);
    assert_eq!(own[0], headings[..5]);
    assert_eq!([own[1][1].as_str(), &own[2][1]], ["Version 1 sent", "Draft started"]);
    assert_eq!(own.len(), 3);
}

#[tokio::test]
async fn a_status_tag_leads_to_what_led_to_it() {
    let world = World::start().await;
    lived(&world).await;
    let rita = world.signed_in("rita.olsen").await;
    let page = rita.get("/submissions/MN-0001").await;
    let tags = page.attributes("main a.tag", "href");
    let [submission, review] = tags.as_slice() else { panic!("two statuses are shown: {tags:?}") };
    let of_submission = rita.get(submission).await;
    assert_eq!(of_submission.text("main h2"), "How MN-0001 came to “Submitted”");
    assert_eq!(of_submission.texts(TITLES), ["Version 1 sent"]);
    let of_review = rita.get(review).await;
    assert_eq!(of_review.text("main h2"), "How DMCO review of MN-0001 came to “In review”");
    assert_eq!(of_review.texts(TITLES), ["DMCO review of MN-0001 started", "DMCO review of MN-0001 made"]);
    assert_eq!(rows(&rita.get(&of_review.link("Download as CSV").unwrap()).await).len(), 3);
    assert_eq!(of_review.link("See the whole history"), Some("/submissions/MN-0001/history".to_owned()));

    let list = rita.get("/submissions").await;
    assert_eq!(list.attributes("tbody a.tag", "href"), [submission.clone(), review.clone()]);
    let late = rita.get("/submissions/MN-0001/history?explain=approved").await;
    assert_eq!(late.text(".usa-alert--info"), "The status is another one by now: “Submitted”.");
    assert_eq!(late.texts(TITLES), ["Version 1 sent"]);
    let other = rita.get("/submissions/MN-0001/history?explain=in_review&review=OACT").await;
    assert_eq!(other.status(), 422, "OACT has no review of a contract");

    let maya = world.signed_in("maya.lindqvist").await;
    let own = maya.get("/submissions/MN-0001").await;
    assert_eq!(own.attributes("main a.tag", "href"), std::slice::from_ref(submission));
    assert_eq!(maya.get(submission).await.texts(TITLES), ["Version 1 sent", "Draft started"]);
}

#[tokio::test]
async fn a_rate_has_a_history_with_the_same_filters_and_its_reviews_stand_in_that_of_its_submission() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    let rita = world.signed_in("rita.olsen").await;
    let made = ["OACT", "DMCP"].map(|department| format!("{department} review of {rate} made"));
    let page = rita.get(&format!("/rates/{rate}/history?kind=reviews")).await;
    assert_eq!(page.texts(TITLES), made);
    let whole = part(&world, "kind=reviews").await;
    assert!(made.iter().all(|title| whole.contains(title)) && whole.len() == 3, "{whole:?}");
    assert_eq!(page.text(".intact"), "Record intact, checked 11:30 PM ET");
    assert_eq!(rows(&rita.get(&format!("/rates/{rate}/history.csv")).await).len(), 4);
    let tags = rita.get("/rates").await.attributes("tbody a.tag", "href");
    for tag in &tags {
        let explained = rita.get(tag).await;
        assert_eq!((explained.status(), explained.texts(TITLES).len()), (200, 1), "{tag}");
    }
    assert_eq!(tags.len(), 3);
    tamper(&world, "update event set reason = 'x' where kind = 'review_made' and subject = 'rate_review'").await;
    assert!(history(&world, "rita.olsen").await.alert().contains("This record was altered"));
}

#[tokio::test]
async fn what_becomes_of_a_linked_rate_stands_in_the_history_of_every_package_that_was_sent_with_it() {
    let world = World::start().await;
    let (parent, rate) = world.sent_with_rate("maya.lindqvist").await;
    let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
    let sam = world.signed_in("sam.lee").await;
    world.unlock("sam.lee", &parent).await;
    world.send("maya.lindqvist", &parent).await;
    world.pass(time::Duration::minutes(1));
    world.send("maya.lindqvist", &holder).await;
    let linked = format!("Linked rate {rate}, version");
    let titles = async |browser: &crate::support::Browser, story: &crate::support::story::Story| {
        browser.get(&story.path("history")).await.texts(TITLES)
    };
    assert!(
        !titles(&sam, &holder).await.iter().any(|title| title.starts_with(&linked)),
        "it was sent before it was held"
    );
    world.unlock("sam.lee", &parent).await;
    world.send("maya.lindqvist", &parent).await;
    let form = sam.get(&format!("/rates/{rate}/withdraw")).await.form(&format!("/rates/{rate}/withdraw"));
    let withdrawn = form.set("reason", "Sent in error.").press("Withdraw").await;
    assert_eq!(withdrawn.status(), 303, "{}", withdrawn.reading());

    let maya = world.signed_in("maya.lindqvist").await;
    for browser in [&sam, &maya] {
        let told = titles(browser, &holder).await;
        assert_eq!(told[..2], [format!("Rate {rate} withdrawn"), format!("{linked} 3")]);
        assert!(!told.contains(&format!("{linked} 2")), "{told:?}");
        let told = titles(browser, &parent).await;
        assert_eq!(told[0], format!("Rate {rate} withdrawn"));
        assert!(!told.iter().any(|title| title.starts_with(&linked)), "{told:?}");
    }
    let page = maya.get(&holder.path("history")).await;
    let entry = &page.texts(".timeline__entry")[1];
    assert!(entry.contains(&format!("Sent with {}", parent.key)), "{entry}");
    assert_eq!(page.link("See the rate"), Some(format!("/rates/{rate}")));
    assert_eq!(sam.get(&holder.path("history")).await.text(".intact"), "Record intact, checked 11:31 PM ET");
}
