//! A reviewer's and approver's day: what stands in which tab and why, taking, filters, and who sees none of it.

mod changes;
mod counts;
mod filters;
mod steps;
mod taking;
mod ticked;

use mc_review::domain::role::Department;

use crate::support::{Browser, Page, World};

/// The addresses of the tabs, in order.
const TABS: [&str; 4] = ["/work", "/work?tab=waiting", "/work?tab=unassigned", "/work?tab=decided"];
const UNASSIGNED: &str = TABS[2];

/// The numbers beside the tabs, in order.
fn counts(page: &Page) -> [usize; 4] {
    let number = |words: String| {
        let (_, number) = words.rsplit_once('(').expect("a tab has its number");
        number.trim_end_matches(')').parse().expect("a number")
    };
    let numbers: Vec<usize> = page.texts(".tabs a").into_iter().map(number).collect();
    numbers.try_into().expect("there are four tabs")
}

/// The rows of the page: next step, and key of the subject.
fn rows(page: &Page) -> Vec<(String, String)> {
    let steps = page.texts("#results td[data-label='Next step']");
    let keys = page.texts("#results th[data-label=Subject] a");
    assert_eq!(steps.len(), keys.len(), "every row says why");
    steps.into_iter().zip(keys).collect()
}

/// The same of the tab of somebody.
async fn work(who: &Browser, tab: &str) -> Vec<(String, String)> {
    let page = who.get(tab).await;
    assert_eq!(page.status(), 200, "{tab}: {}", page.reading());
    rows(&page)
}

fn row(step: &str, key: &str) -> (String, String) {
    (step.to_owned(), key.to_owned())
}

/// Puts somebody on a review as its primary reviewer, by the button of its page.
async fn take(who: &Browser, page: &str) {
    let taken = who.get(page).await.form("Take").press("Take").await;
    assert_eq!(taken.status(), 303, "{}", taken.reading());
}

#[tokio::test]
async fn the_work_is_the_first_page_of_those_who_have_some() {
    let world = World::start().await;
    for (name, first) in [
        ("sam.lee", "/work"),
        ("dana.ruiz", "/work"),
        ("alex.morgan", "/assignments"),
        ("rita.olsen", "/submissions"),
        ("maya.lindqvist", "/submissions"),
    ] {
        let browser = world.signed_in(name).await;
        assert_eq!(browser.get("/").await.location(), first, "{name}");
        let nav = browser.get("/help").await.texts("header nav a");
        assert_eq!(nav.first().is_some_and(|item| item == "My work"), first == "/work", "{name}: {nav:?}");
    }
    let page = world.signed_in("sam.lee").await.get("/work").await;
    assert_eq!((page.h1().as_str(), page.title().as_str()), ("My work", "My turn – My work – MC-Review"));
    assert_eq!(page.attribute("header nav a[aria-current]", "href").as_deref(), Some("/work"));
}

#[tokio::test]
async fn whoever_has_no_department_is_led_home_and_a_state_finds_nothing() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    for name in ["alex.morgan", "hannah.desai", "bernard.owusu", "rita.olsen"] {
        let browser = world.signed_in(name).await;
        let answer = browser.get("/work?tab=unassigned").await;
        assert_eq!((answer.status(), answer.location()), (303, "/"), "{name}");
        let csrf = browser.csrf().await;
        let refused = browser.post("/work/take", &[("csrf", &csrf), ("next", "1")]).await;
        assert_eq!(refused.status(), 403, "{name}");
    }
    let maya = world.signed_in("maya.lindqvist").await;
    let csrf = maya.csrf().await;
    assert_eq!(maya.get("/work").await.status(), 404);
    assert_eq!(maya.post("/work/take", &[("csrf", &csrf), ("next", "1")]).await.status(), 404);
    assert_eq!(world.count("select count(*) from event where kind = 'reviewers_changed'").await, 0);
}

#[tokio::test]
async fn other_departments_rows_and_drafts_never_appear() {
    let world = World::start().await;
    world.drafted("maya.lindqvist").await;
    world.drafted_with_rate("maya.lindqvist").await;
    let (story, _) = world.sent_with_rate("elena.vargas").await;
    let deleted = world.deleted("maya.lindqvist").await;
    assert_ne!(deleted.key, story.key);
    let everybody = [
        ("sam.lee", vec![row("Take it", "TX-0001")]),
        ("owen.park", vec![row("Take it", "Rate TX-R0001")]),
        ("ivan.petrov", vec![row("Take it", "Rate TX-R0001")]),
    ];
    for (name, unassigned) in everybody {
        let browser = world.signed_in(name).await;
        for tab in TABS {
            let expected = if tab == UNASSIGNED { unassigned.clone() } else { Vec::new() };
            assert_eq!(work(&browser, tab).await, expected, "{name}, {tab}");
        }
        assert!(!browser.get(UNASSIGNED).await.reading().contains("MN-"), "{name}");
    }
    // What a state is changing since it was unlocked stands as it was last sent.
    world.unlock("sam.lee", &story).await;
    let page = world.signed_in("owen.park").await.get(UNASSIGNED).await;
    assert_eq!(rows(&page), [row("Take it", "Rate TX-R0001")]);
    assert!(!page.reading().contains("Version 2"));
}

#[tokio::test]
async fn an_empty_tab_says_so_and_leads_to_what_can_be_taken() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let empty = sam.get("/work").await;
    assert_eq!(empty.text(".empty__heading"), "Nothing waits for you");
    assert!(empty.text(".empty").contains("(0)") && !empty.has(".empty a"));
    world.sent("maya.lindqvist").await;
    world.sent("elena.vargas").await;
    let page = sam.get("/work").await;
    assert_eq!(page.text(".empty__heading"), "Nothing waits for you");
    assert_eq!(page.link("Unassigned (2)").as_deref(), Some(UNASSIGNED));
    for (tab, heading) in [(TABS[1], "Nothing waits for a state"), (TABS[3], "Nothing decided yet")] {
        assert_eq!(sam.get(tab).await.text(".empty__heading"), heading);
    }
    let filtered = sam.get("/work?tab=unassigned&state=KY").await;
    assert_eq!(filtered.text(".empty__heading"), "Nothing matches");
    assert_eq!(filtered.link("Clear all").as_deref(), Some(UNASSIGNED));
}

#[tokio::test]
async fn a_department_asks_about_what_it_does_not_review_and_finds_its_round_again() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    world.ask("owen.park", &story, None).await;
    let owen = world.signed_in("owen.park").await;
    assert_eq!(work(&owen, TABS[1]).await, [row("Round 1 open since 03/10 (today)", "MN-0001")]);
    assert_eq!(work(&world.signed_in("ruth.abara").await, TABS[1]).await, [], "it is Owen's");
    world.respond("maya.lindqvist", &story, Department::Dmcp).await;
    let page = owen.get("/work").await;
    assert_eq!((counts(&page), rows(&page)), ([1, 0, 0, 0], vec![row("State answered round 1", "MN-0001")]));
    let href = page.link("MN-0001").expect("the row leads on");
    let anchor = href.strip_prefix("/submissions/MN-0001/questions#").expect("it leads to the round");
    assert!(owen.get("/submissions/MN-0001/questions").await.has(&format!("[id='{anchor}']")));
}
