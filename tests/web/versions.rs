//! Versions: each as it was sent, any two compared, and what came since one looked last.

use mc_review::domain::lifecycle::Decision;
use serde_json::{Value, json};
use time::Duration;

use crate::support::story::Story;
use crate::support::{Browser, Page, World};

/// What the state says of its changes.
const SUMMARY: &str = "Changed as asked.";

/// What the second version says otherwise. The description would be a formula in a spreadsheet.
fn answers() -> Value {
    json!({
        "contract_date_end": "2027-06-30",
        "submission_description": "=Amendment 3 extends the special needs program to twelve northern counties.",
        "managed_care_entities": ["MCO", "PAHP"],
    })
}

/// A submission with a rate that was sent twice, the second time a day later.
async fn sent_twice(world: &World) -> (Story, String) {
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.pass(Duration::days(1));
    world.resent(&story, &answers(), &json!({ "rate_capitation_type": "RATE_RANGE" })).await;
    (story, rate)
}

#[tokio::test]
async fn the_history_leads_to_each_version_and_to_its_comparison_with_the_one_before() {
    let world = World::start().await;
    let (story, rate) = sent_twice(&world).await;
    // A number that was set aside: what comes after it is compared with what was sent before it.
    let alex = world.signed_in("alex.morgan").await;
    world.unlock("sam.lee", &story).await;
    let undo = alex.get(&story.path("undo-unlock")).await.form("Undo unlock").set("reason", "By mistake.");
    assert_eq!(undo.press("Undo unlock").await.status(), 303);
    world.resent(&story, &json!({}), &json!({})).await;
    for (who, page) in [
        ("sam.lee", story.path("")),
        ("maya.lindqvist", story.path("")),
        ("rita.olsen", format!("/rates/{rate}")),
        ("robert.okafor", format!("/rates/{rate}")),
    ] {
        let browser = world.signed_in(who).await;
        let history = browser.get(&format!("{page}/history")).await;
        for (version, before) in [(4, Some(2)), (2, Some(1)), (1, None)] {
            let href = history.link(&format!("See version {version}")).expect("the entry leads to the version");
            assert_eq!(href, format!("{page}/versions/{version}"), "{who}");
            assert_eq!(browser.get(&href).await.status(), 200, "{who} {href}");
            let compared = history.link(&format!("Compare version {version} with the one before"));
            assert_eq!(compared.is_some(), before.is_some(), "{who} {page} {version}");
            let (Some(href), Some(before)) = (compared, before) else { continue };
            let compared = browser.get(&href).await;
            let chosen = compared.attributes("select option[selected]", "value");
            assert_eq!(
                (compared.status(), chosen),
                (200, vec![before.to_string(), version.to_string()]),
                "{who} {href}"
            );
        }
    }
}

fn differences(page: &Page) -> Vec<String> {
    page.texts(".difference__table tbody th")
}

#[tokio::test]
async fn every_version_is_read_as_it_was_sent() {
    let world = World::start().await;
    let (story, rate) = sent_twice(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let list = sam.get(&story.path("versions")).await;
    assert_eq!(list.status(), 200);
    assert_eq!(list.texts("tbody th a"), ["Version 2", "Version 1"]);
    assert_eq!(list.texts("tbody td[data-label='Status it led to']"), ["Resubmitted", "Submitted"]);
    assert_eq!(list.texts("tbody td[data-label=Rates]"), ["1", "1"]);
    let why = &list.texts("tbody td[data-label^=Why]")[0];
    assert!(
        why.contains("Please mend the dates.") && why.contains(SUMMARY) && why.contains("Sam Lee, DMCO reviewer"),
        "{why}"
    );
    assert_eq!(list.link("Versions (2)"), Some(story.path("versions")), "the side navigation counts them");

    let first = sam.get(&story.path("versions/1")).await;
    assert_eq!(first.h1(), "Version 1 of MCR-MN-0001-MSC+-MSHO");
    assert!(first.text(".usa-alert--warning").starts_with("Version 1 of 2. See version 2"), "{}", first.alert());
    assert_eq!(first.definition("Amendment end date").as_str(), "12/31/2026");
    assert_eq!(first.link("Next: version 2 ›"), Some(story.path("versions/2")));
    assert!(first.has(&format!("a[href='/rates/{rate}/versions/1']")), "its rate as it went with it");
    assert!(first.has(&format!("a[href='{}']", story.path("versions/1/documents.zip"))));
    assert!(!first.has("main form"), "nothing is done to an old version");
    let second = sam.get(&story.path("versions/2")).await;
    assert_eq!(second.definition("Amendment end date").as_str(), "06/30/2027");
    assert!(!second.has(".usa-alert--warning"));

    let list = sam.get(&format!("/rates/{rate}/versions")).await;
    assert_eq!(list.texts("tbody td[data-label='Sent with']"), ["MN-0001, version 2", "MN-0001, version 1"]);
    let first = sam.get(&format!("/rates/{rate}/versions/1")).await;
    let second = sam.get(&format!("/rates/{rate}/versions/2")).await;
    assert_ne!(first.definition("What is certified"), second.definition("What is certified"));
    assert_eq!(first.definition("Sent with"), "MN-0001, version 1");
}

#[tokio::test]
async fn cms_reads_which_departments_decided_on_a_version_and_the_state_does_not() {
    let world = World::start().await;
    let story = world.decided("maya.lindqvist", "sam.lee", Decision::SignedOff).await;
    world.resent(&story, &answers(), &json!({})).await;
    let sam = world.signed_in("sam.lee").await;
    let first = sam.get(&story.path("versions/1")).await;
    let decision = first.texts("[aria-labelledby=decisions] tbody tr");
    assert_eq!(decision.len(), 1);
    assert!(decision[0].contains("DMCO Contract Signed off Sam Lee"), "{decision:?}");
    let second = sam.get(&story.path("versions/2")).await;
    assert!(second.reading().contains("No department decided on this version."), "{}", second.reading());
    let page = sam.get(&story.path("")).await;
    let what = page.link("See what changed in MN-0001").expect("the decision is on an older version");
    assert_eq!(what, story.path("compare?from=1&to=2"));
    assert_eq!(sam.get(&what).await.status(), 200);
    let maya = world.signed_in("maya.lindqvist").await;
    let first = maya.get(&story.path("versions/1")).await;
    for hidden in ["Decisions", "DMCO Contract", "Signed off"] {
        assert!(!first.text("main").contains(hidden), "a state reads {hidden}");
    }
}

#[tokio::test]
async fn what_is_not_sent_is_the_states_alone() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.unlock("sam.lee", &story).await;
    let maya = world.signed_in("maya.lindqvist").await;
    let (elena, sam) = (world.signed_in("elena.vargas").await, world.signed_in("sam.lee").await);
    let form = maya.get(&story.path("versions/2")).await;
    assert_eq!((form.status(), form.location()), (303, "/submissions/MN-0001/edit/review"));
    let form = maya.get(&format!("/rates/{rate}/versions/2")).await;
    assert_eq!((form.status(), form.location()), (303, "/submissions/MN-0001/edit/rates/MN-R0001"));
    let own = maya.get(&story.path("versions")).await;
    assert!(own.reading().contains("Version 2 is not sent yet."), "{}", own.reading());
    assert_eq!(maya.get(&story.path("compare?to=draft")).await.status(), 200);
    assert_eq!(maya.get(&format!("/rates/{rate}/compare?from=1&to=draft")).await.status(), 200);
    for other in [&sam, &elena] {
        for hidden in [
            "versions/2",
            "compare?to=draft",
            "compare?from=draft&to=1",
            "compare.csv?to=draft",
            "versions/2/documents.zip",
        ] {
            assert_eq!(other.get(&story.path(hidden)).await.status(), 404, "{hidden}");
        }
        assert_eq!(other.get(&format!("/rates/{rate}/versions/2")).await.status(), 404);
        assert_eq!(other.get(&format!("/rates/{rate}/compare?to=draft")).await.status(), 404);
    }
    let list = sam.get(&story.path("versions")).await;
    assert_eq!(list.texts("tbody th a"), ["Version 1"]);
    assert!(!list.reading().contains("not sent yet") && list.link("Versions (1)").is_some());
    assert_eq!(sam.get(&story.path("compare?from=1&to=2")).await.status(), 422, "a number that was not sent");
}

#[tokio::test]
async fn a_number_that_was_set_aside_is_skipped_and_named() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.unlock("sam.lee", &story).await;
    let alex = world.signed_in("alex.morgan").await;
    let undo = alex.get(&story.path("undo-unlock")).await.form("Undo unlock").set("reason", "A mistake.");
    assert_eq!(undo.press("Undo unlock").await.status(), 303);
    world.resent(&story, &answers(), &json!({})).await;
    for name in ["sam.lee", "maya.lindqvist"] {
        let browser = world.signed_in(name).await;
        let list = browser.get(&story.path("versions")).await;
        assert_eq!(list.texts("tbody th"), ["Version 3 the newest", "Version 2", "Version 1"], "{name}");
        assert!(list.reading().contains("Version 2 was not sent"), "{name}");
        assert_eq!(list.link("Compare with version 1 (version 3)"), Some(story.path("compare?from=1&to=3")));
        assert_eq!(browser.get(&story.path("versions/2")).await.status(), 404, "{name}");
        assert_eq!(browser.get(&story.path("compare?from=1&to=2")).await.status(), 422, "{name}");
        let third = browser.get(&story.path("versions/3")).await;
        assert_eq!(third.link("‹ Previous: version 1"), Some(story.path("versions/1")), "{name}");
    }
}

#[tokio::test]
async fn two_versions_are_compared_side_by_side() {
    let world = World::start().await;
    let (story, rate) = sent_twice(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&story.path("compare")).await;
    assert_eq!((page.status(), page.text(".compare__count strong")), (200, "4 changes".to_owned()));
    assert_eq!(
        page.texts(".difference :is(h2, h3)"),
        ["Submission", "Contract", "Rates", "Rate MN-R0001 MCR-MN-MSC+-MSHO-20260101-20261231-CERTIFICATION-20260302"]
    );
    assert_eq!(
        differences(&page),
        [
            "Description Changed",
            "Amendment end date Changed",
            "Managed care entities Changed",
            "What is certified Changed"
        ]
    );
    assert_eq!(page.text("#contract_date_end del"), "removed: 12/31/2026");
    assert_eq!(page.text("#contract_date_end ins"), "added: 06/30/2027");
    assert!(page.texts("#submission_description ins").contains(&"added: twelve".to_owned()));
    assert!(page.reading().contains(SUMMARY), "the state's own words stand beside it");
    assert_eq!(page.texts(".compare__sections a"), ["Submission (1)", "Contract (2)", "Rates", "Rate MN-R0001 (1)"]);

    let swapped = sam.get(&page.link("Swap").expect("both can be swapped")).await;
    assert_eq!(swapped.text("#contract_date_end del"), "removed: 06/30/2027");
    let form = page.form("Compare").set("from", "2").set("to", "1");
    assert_eq!(form.submit().await.text("#contract_date_end del"), "removed: 06/30/2027");

    let all = sam.get(&story.path("compare?from=1&to=2&show=all")).await;
    assert!(
        differences(&all).len() > 20 && differences(&all).contains(&"Population covered Unchanged".to_owned()),
        "{:?}",
        differences(&all)
    );
    assert_eq!(all.text(".compare__count strong"), "4 changes");

    let of_rate = sam.get(&format!("/rates/{rate}/compare?from=1&to=2")).await;
    assert_eq!(differences(&of_rate), ["What is certified Changed"]);
    for wrong in ["from=1&to=1", "from=7&to=1", "from=x", "from=2", "to=1"] {
        assert_eq!(sam.get(&story.path(&format!("compare?{wrong}"))).await.status(), 422, "{wrong}");
        assert_eq!(sam.get(&format!("/rates/{rate}/compare?{wrong}")).await.status(), 422, "{wrong}");
    }
}

#[tokio::test]
async fn with_one_version_there_is_nothing_to_compare() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let page = world.signed_in("sam.lee").await.get(&story.path("compare")).await;
    assert!(page.reading().contains("Only version 1 was sent"), "{}", page.reading());
    assert!(!page.has("main form"));
}

#[tokio::test]
async fn a_comparison_is_had_as_a_table_in_which_no_answer_is_a_formula() {
    let world = World::start().await;
    let (story, rate) = sent_twice(&world).await;
    let sam = world.signed_in("sam.lee").await;
    let file = sam.get(&story.path("compare.csv?from=1&to=2")).await;
    assert_eq!(file.status(), 200);
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(file.header("content-disposition").unwrap().contains("MN-0001-versions-1-2.csv"));
    let text = String::from_utf8(file.body().to_vec()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}Section,Field,Old,New,Kind");
    assert!(text.contains("'=Amendment 3 extends"), "{text}");
    assert!(lines.contains(&"Contract,Amendment end date,12/31/2026,06/30/2027,Changed"), "{text}");
    assert!(lines.iter().any(|line| line.starts_with("Rate MN-R0001,What is certified")), "{text}");
    assert_eq!(lines.len(), 4 + 2);
    let all = sam.get(&story.path("compare.csv?from=1&to=2&show=all")).await;
    assert!(all.body().len() > file.body().len());
    let of_rate = sam.get(&format!("/rates/{rate}/compare.csv")).await;
    assert_eq!(String::from_utf8(of_rate.body().to_vec()).unwrap().lines().count(), 2);
}

/// Signs in again, some time later.
async fn later(world: &World, name: &str) -> Browser {
    world.pass(Duration::hours(13));
    world.signed_in(name).await
}

#[tokio::test]
async fn a_reviewer_reads_what_came_since_they_looked_last() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    let ruth = world.signed_in("ruth.abara").await;
    let line = async |browser: &Browser| browser.get(&story.path("")).await.link_like("Since ");
    assert_eq!(line(&ruth).await, None, "who never looked has nothing to compare with");
    let never = ruth.get(&story.path("compare?from=seen")).await;
    assert_eq!((never.status(), never.location()), (303, "/submissions/MN-0001"));

    let ruth = later(&world, "ruth.abara").await;
    assert_eq!(line(&ruth).await, None, "nothing came");
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    assert_eq!(line(&ruth).await.as_deref(), Some("Since 03/10: 1 decision"));
    world.resent(&story, &answers(), &json!({})).await;
    let told = "Since 03/10: version 2 came, 1 decision, 1 change of status";
    assert_eq!(line(&ruth).await.as_deref(), Some(told));
    assert_eq!(line(&ruth).await.as_deref(), Some(told), "visits of one sign-in count as one");
    let page = ruth.get(&story.path("")).await.link(told).expect("it leads on");
    let since = ruth.get(&page).await;
    assert_eq!(since.status(), 200);
    assert!(differences(&since).contains(&"Amendment end date Changed".to_owned()));
    let events = since.texts(".timeline strong");
    assert!(
        events.contains(&"Version 2 sent".to_owned()) && events.contains(&"DMCO signed off on version 1".to_owned()),
        "{events:?}"
    );
    assert!(!events.contains(&"Version 1 sent".to_owned()), "{events:?}");

    let again = later(&world, "ruth.abara").await;
    assert_eq!(line(&again).await, None, "all of it was seen");
    let seen = again.get(&story.path("compare?from=seen")).await;
    assert!(
        seen.reading().contains("No new version came since") && seen.reading().contains("Nothing happened since"),
        "{}",
        seen.reading()
    );
}

#[tokio::test]
async fn what_a_state_is_told_since_it_looked_holds_nothing_of_the_departments() {
    let world = World::start().await;
    let story = world.in_review("maya.lindqvist", "sam.lee").await;
    world.signed_in("robert.okafor").await.get(&story.path("")).await;
    world.decide(&story, "sam.lee", Decision::SignedOff).await;
    let robert = later(&world, "robert.okafor").await;
    assert_eq!(robert.get(&story.path("")).await.link_like("Since "), None);
    world.resent(&story, &json!({}), &json!({})).await;
    let line = robert.get(&story.path("")).await.link_like("Since ");
    assert_eq!(line.as_deref(), Some("Since 03/10: version 2 came, 1 change of status"));
    let since = robert.get(&story.path("compare?from=seen")).await;
    assert!(
        since.reading().contains("No changes") && !since.text("main").contains("signed off"),
        "{}",
        since.reading()
    );
}

#[tokio::test]
async fn a_visit_is_written_once_and_is_no_event() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let events = world.count("select count(*) from event").await;
    let sam = world.signed_in("sam.lee").await;
    sam.get(&story.path("")).await;
    let written = "select coalesce(sum(xmin::text::bigint), 0)::bigint from visit";
    let once = world.count(written).await;
    for _ in 0..3 {
        sam.get(&story.path("")).await;
    }
    assert_eq!(world.count(written).await, once, "nothing new, nothing written");
    sam.get(&format!("/rates/{rate}")).await;
    assert_eq!(world.count("select count(*) from visit").await, 2);
    for _ in 0..4 {
        later(&world, "sam.lee").await.get(&story.path("")).await;
        world.pass(Duration::days(2));
    }
    assert!(world.count("select count(*) from visit").await <= 4, "old visits are forgotten");
    assert_eq!(world.count("select count(*) from event").await, events);
}

#[tokio::test]
async fn a_page_is_drawn_even_if_the_visit_cannot_be_noted() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    sqlx::query("drop table visit").execute(&world.db).await.unwrap();
    let page = world.signed_in("sam.lee").await.get(&story.path("")).await;
    assert_eq!(page.status(), 200);
    assert!(page.has("#newest-events"));
}
