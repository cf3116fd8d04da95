//! Taking: one row, and the next one, by many at once and twice by the same press.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use mc_review::accounts::{DEMONSTRATION_DOMAIN, NewAccount, add};
use mc_review::domain::role::{Department, Role};
use mc_review::history::Actor;

use super::{UNASSIGNED, counts, row, rows, take, work};
use crate::support::{Browser, Form, Page, World};

const MAYA: &str = "maya.lindqvist";
const TAKEN: &str = "select count(*) from event where kind = 'reviewers_changed'";

/// Further people of a department, signed in.
async fn people(world: &World, department: Department, given_names: &[&str]) -> Vec<Browser> {
    let mut conn = world.db.acquire().await.unwrap();
    for given_name in given_names {
        let email = format!("{given_name}.new{DEMONSTRATION_DOMAIN}").to_lowercase();
        let new = NewAccount {
            email: &email,
            given_name,
            family_name: "New",
            role: Role::CmsReviewer,
            state_code: None,
            department: Some(department),
            eua: None,
        };
        add(&mut conn, &world.clock, &Actor::product(), &new).await.expect("the account is new");
    }
    drop(conn);
    join_all(given_names.iter().map(|name| {
        let name = format!("{}.new", name.to_lowercase());
        async move { world.signed_in(&name).await }
    }))
    .await
}

async fn next_forms(browsers: &[Browser]) -> Vec<Form> {
    let mut forms = Vec::new();
    for browser in browsers {
        forms.push(browser.get(UNASSIGNED).await.form("Take next"));
    }
    forms
}

const EIGHT: [&str; 8] = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal"];

#[tokio::test]
async fn eight_people_who_take_the_next_at_once_get_eight_different_reviews() {
    let world = World::start().await;
    for _ in 0..8 {
        world.sent(MAYA).await;
    }
    let browsers = people(&world, Department::Dmco, &EIGHT).await;
    let ninth = world.signed_in("sam.lee").await;
    let late = ninth.get(UNASSIGNED).await.form("Take next");
    let forms = next_forms(&browsers).await;
    let answers = join_all(forms.iter().map(|form| form.press("Take next"))).await;
    let places: BTreeSet<String> = answers.iter().map(|answer| answer.location().to_owned()).collect();
    assert_eq!(places.len(), 8, "{places:?}");
    for (answer, browser) in answers.iter().zip(&browsers) {
        let (page, anchor) = answer.location().split_once('#').expect("it leads to the very review");
        let page = browser.get(page).await;
        assert!(page.has(&format!("[id='{anchor}']")));
        let key = answer.location().trim_start_matches("/submissions/").split('#').next().unwrap_or_default();
        assert_eq!(page.flash(), Some(format!("You took the DMCO review of {key}.")));
        assert_eq!(work(browser, "/work").await, [row("Not started", key)]);
    }
    assert_eq!(world.count(TAKEN).await, 8);
    let nothing = late.press("Take next").await;
    assert_eq!((nothing.status(), nothing.location()), (303, UNASSIGNED));
    assert_eq!(nothing.follow().await.flash().as_deref(), Some("Nothing is left to take."));
    assert_eq!(world.count(TAKEN).await, 8);
}

#[tokio::test]
async fn the_reviews_of_one_package_go_to_as_many_people_at_once() {
    let world = World::start().await;
    let (story, _) = world.drafted_with_rate(MAYA).await;
    for _ in 0..3 {
        world.add_rate(MAYA, &story).await;
    }
    world.send(MAYA, &story).await;
    let browsers = people(&world, Department::Oact, &EIGHT[..5]).await;
    let forms = next_forms(&browsers).await;
    let answers = join_all(forms.iter().map(|form| form.press("Take next"))).await;
    let places: BTreeSet<&str> = answers.iter().map(|answer| answer.location()).collect();
    assert_eq!(places.len(), 5, "four reviews, and one who finds nothing: {places:?}");
    assert!(places.contains(UNASSIGNED));
    assert_eq!(world.count(TAKEN).await, 4);
    let nobodys = "select count(*) from department_review where department = 'OACT' and primary_reviewer_id is null";
    assert_eq!(world.count(nobodys).await, 0);
}

#[tokio::test]
async fn a_press_that_is_sent_twice_takes_one_review() {
    let world = World::start().await;
    for _ in 0..3 {
        world.sent(MAYA).await;
    }
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(UNASSIGNED).await.form("Take next");
    let (one, other) = tokio::join!(form.press("Take next"), form.press("Take next"));
    assert_eq!(one.location(), other.location());
    assert_eq!(form.press("Take next").await.location(), one.location());
    assert_eq!(world.count(TAKEN).await, 1);
    let further = sam.get(UNASSIGNED).await.form("Take next").press("Take next").await;
    assert_ne!(further.location(), one.location());
    // Without a key of its own, as no page sends it, each press takes one.
    let csrf = sam.csrf().await;
    let plain = sam.post("/work/take", &[("csrf", &csrf), ("next", "1")]).await;
    assert_eq!(plain.status(), 303);
    assert_eq!(world.count(TAKEN).await, 3);
}

#[tokio::test]
async fn the_next_is_the_first_of_the_list_under_its_filters() {
    let world = World::start().await;
    for author in [MAYA, "elena.vargas", MAYA, "elena.vargas"] {
        world.sent(author).await;
        world.pass(time::Duration::minutes(1));
    }
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/work?tab=unassigned&state=TX&sort=days").await;
    let taken = page.form("Take next").press("Take next").await;
    assert!(taken.location().starts_with("/submissions/TX-0001#dr-"), "{}", taken.location());
    sam.get("/work?state=TX").await.form("Take next").press("Take next").await;
    let page = sam.get("/work?tab=unassigned&state=TX").await;
    assert_eq!((rows(&page), page.buttons().contains(&"Take next".to_owned())), (vec![], false));
    let csrf = sam.csrf().await;
    let from = "/work?tab=unassigned&state=TX";
    let nothing = sam.post("/work/take", &[("csrf", &csrf), ("next", "1"), ("from", from)]).await.follow().await;
    assert_eq!(nothing.flash().as_deref(), Some("Nothing is left to take under these filters."));
    let unknown = sam.post("/work/take", &[("csrf", &csrf), ("next", "1"), ("from", "/work?state=ZZ")]).await;
    assert_eq!(unknown.status(), 422);
    assert_eq!(world.count(TAKEN).await, 2);
}

#[tokio::test]
async fn with_scripts_a_row_that_was_taken_stays_and_says_so_and_no_other_moves() {
    let world = World::start().await;
    for _ in 0..3 {
        world.sent(MAYA).await;
    }
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(UNASSIGNED).await;
    let place = page.attribute("tbody tr:nth-child(2)", "id").expect("a row has a place");
    let action = page.attribute("tbody tr:nth-child(2) form", "action").expect("the second row can be taken");
    let answer = page.form(&action).press_htmx("Take").await;
    let target = format!("#{place}");
    assert_eq!((answer.status(), answer.header("hx-retarget")), (200, Some(target.as_str())));
    assert_eq!(rows_of(&answer), [row("Not started", "MN-0002")], "only its own row is drawn again");
    assert_eq!(answer.texts("tr strong[data-focus]"), ["Taken by you"]);
    assert_eq!(
        answer.link("Open MN-0002").as_deref().map(|href| href.starts_with("/submissions/MN-0002#dr-")),
        Some(true)
    );
    assert_eq!(
        (counts(&answer), answer.text("#results-count").as_str()),
        ([1, 0, 2, 0], "2 reviews, nearest effective date first")
    );
    let said = "DMCO review of MN-0002: primary reviewer Sam Lee, secondary reviewer nobody";
    assert_eq!(answer.attribute("tr", "data-announce").as_deref(), Some(said));
    assert!(!answer.has("h1"), "a part of the page");

    let back = answer.form(&action).press_htmx("Unassign me").await;
    assert_eq!((back.header("hx-retarget"), rows_of(&back)), (Some(target.as_str()), vec![row("Take it", "MN-0002")]));
    assert_eq!((back.texts("tr strong[data-focus]"), counts(&back)), (vec!["Unassigned".to_owned()], [0, 0, 3, 0]));
    back.form(&action).press_htmx("Take").await;
    let start = sam.get("/work").await.form("Start").press_htmx("Start").await;
    assert_eq!(
        (rows_of(&start), start.texts("tr strong[data-focus]")),
        (vec![row("In review", "MN-0002")], vec!["Started".to_owned()])
    );
    assert!(!start.buttons().contains(&"Unassign me".to_owned()));
}

/// The rows of an answer that is a row.
fn rows_of(answer: &Page) -> Vec<(String, String)> {
    let cells = |css: &str| answer.texts(css).into_iter();
    cells("td[data-label='Next step']").zip(cells("th[data-label=Subject] a")).collect()
}

#[tokio::test]
async fn a_row_that_somebody_changed_meanwhile_meets_the_panel() {
    let world = World::start().await;
    let story = world.sent(MAYA).await;
    let review = world.review_of(&story).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let reviewers = format!("/department-reviews/{review}/reviewers");
    let mine = kim.get(UNASSIGNED).await.form(&reviewers);
    take(&sam, "/submissions/MN-0001").await;
    for refused in [mine.press("Take").await, mine.press_htmx("Take").await] {
        assert_eq!(refused.status(), 409);
        assert_eq!(refused.text("#conflict-heading"), "Sam Lee took this at 03/10/2026 11:30 PM ET");
        assert_eq!(refused.link("Back to Unassigned").as_deref(), Some(UNASSIGNED));
    }
    let status = format!("/department-reviews/{review}/status");
    let start = sam.get("/work").await.form(&status);
    let stale = sam.get("/work").await.form(&status).tamper("version", "1");
    assert_eq!(stale.press("Start").await.status(), 409);
    assert_eq!(start.press("Start").await.location(), "/work");
    assert_eq!(start.press("Start").await.location(), "/work", "a second press has one effect");
    assert_eq!(world.count("select count(*) from event where kind = 'review_started'").await, 1);
    assert_eq!(world.count(TAKEN).await, 1);
}

#[tokio::test]
async fn a_form_leads_back_to_the_work_and_nowhere_else() {
    let world = World::start().await;
    world.sent(MAYA).await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(UNASSIGNED).await.form("Take DMCO");
    for elsewhere in ["https://elsewhere.example/work", "//work", "/workshop", "/work\r\nx: y", "/submissions"] {
        let answer = form.clone().tamper("from", elsewhere).submit().await;
        assert_eq!(answer.status(), 303, "{elsewhere}");
        assert!(answer.location().starts_with("/submissions/MN-0001#dr-"), "{elsewhere}: {}", answer.location());
    }
}
