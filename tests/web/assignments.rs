//! Work given to people in bulk: the lists and who sees which, previews that write nothing, and what became of each row.

mod assigning;
mod lists;
pub mod many;
mod previews;
mod workload;

use crate::support::page::Row;
use crate::support::story::Story;
use crate::support::{Browser, Form, Page, World};

const MAYA: &str = "maya.lindqvist";
const OPEN: &str = "/assignments?tab=open";
const ASSIGNED: &str = "select count(*) from event where kind = 'reviewers_changed'";

/// The numbers beside the tabs that have one, in order.
fn counts(page: &Page) -> Vec<usize> {
    let number = |words: String| words.rsplit_once('(')?.1.trim_end_matches(')').parse().ok();
    page.texts(".tabs a").into_iter().filter_map(number).collect()
}

/// The rows of the page: department and key of the subject.
pub fn rows(page: &Page) -> Vec<String> {
    let departments = page.texts("#results tbody td[data-label=Department]");
    let keys = page.texts("#results tbody th[data-label=Subject] a");
    assert_eq!(departments.len(), keys.len());
    departments.into_iter().zip(keys).map(|(department, key)| format!("{department} {key}")).collect()
}

/// The form of a list with which several are assigned.
async fn deeds(who: &Browser, address: &str) -> Form {
    let page = who.get(address).await;
    assert_eq!(page.status(), 200, "{address}: {}", page.reading());
    page.form("Preview those ticked")
}

/// The same with every row of the page ticked.
async fn all_ticked(who: &Browser, address: &str) -> Form {
    let mut form = deeds(who, address).await;
    for id in form.offered("tick") {
        form = form.tick("tick", &id);
    }
    form
}

/// A row of a preview: what it is of, whether it is ticked, now, to be, and why.
#[derive(Debug, PartialEq, Eq)]
struct Previewed {
    title: String,
    ticked: bool,
    now: String,
    to: String,
    why: String,
}

fn previewed(page: &Page) -> Vec<Previewed> {
    assert_eq!((page.status(), page.h1().as_str()), (200, "Preview of assignments"), "{}", page.reading());
    let row = |number: usize| {
        let row = format!("table.preview tbody tr:nth-child({number})");
        let of = |css: &str| page.texts(&format!("{row} {css}")).into_iter().next().unwrap_or_default();
        let (chosen, control) = (of("option[selected]"), page.has(&format!("{row} select")));
        let to = chosen.split(':').next().unwrap_or_default().to_owned();
        Previewed {
            title: page.texts(&format!("{row} th a")).into_iter().next().unwrap_or_else(|| of("th")),
            ticked: page.has(&format!("{row} input[checked]")),
            now: of("td[data-label=Now]"),
            to: if to.is_empty() && control { "nobody".to_owned() } else { to },
            why: of("td[data-label=Why]"),
        }
    };
    (1..=page.texts("table.preview tbody tr").len()).map(row).collect()
}

/// What became of the rows: the line, and of each title, result and why.
fn told(page: &Page) -> (String, Vec<[String; 3]>) {
    let rows = page.table("What became of each");
    let row = |row: &Row| ["Review", "Result", "Why"].map(|heading| row.cell(heading).to_owned());
    (page.text("#results-heading"), rows.iter().map(row).collect())
}

/// Sends the preview and reads what became of its rows.
async fn assigned(form: &Form) -> Page {
    let answer = form.press("Assign those ticked").await;
    assert_eq!(answer.status(), 303, "{}", answer.reading());
    answer.follow().await
}

/// Who is on DMCO's review of a submission.
async fn on(world: &World, story: &Story) -> (Option<String>, Option<String>) {
    let sql = "select p.given_name, s.given_name from department_review d
                 left join account p on p.id = d.primary_reviewer_id left join account s on s.id = d.secondary_reviewer_id
                where d.contract_review_id = $1";
    sqlx::query_as(sql).bind(story.id.0).fetch_one(&world.db).await.unwrap()
}

pub async fn id_of(world: &World, name: &str) -> String {
    world.person(name).await.id.to_string()
}

/// So many submissions of Minnesota, with the keys of their reviews.
async fn several(world: &World, number: usize) -> Vec<(Story, String)> {
    let mut stories = Vec::new();
    for _ in 0..number {
        let story = world.sent(MAYA).await;
        let review = world.review_of(&story).await.to_string();
        stories.push((story, review));
        world.pass(time::Duration::minutes(1));
    }
    stories
}

#[tokio::test]
async fn assignments_are_the_first_page_of_those_who_assign_for_all() {
    let world = World::start().await;
    for name in ["alex.morgan", "hannah.desai", "bernard.owusu"] {
        let browser = world.signed_in(name).await;
        assert_eq!(browser.get("/").await.location(), "/assignments", "{name}");
        let nav = browser.get("/assignments").await.texts("header nav a");
        assert_eq!(nav, ["Assignments", "Submissions", "Rates", "Settings", "Help"], "{name}");
    }
    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get("/assignments").await;
    assert_eq!((page.h1().as_str(), page.title().as_str()), ("Assignments", "Unassigned – Assignments – MC-Review"));
    assert_eq!(page.texts("header nav a"), ["My work", "Submissions", "Rates", "Assignments", "Help"]);
    assert_eq!(page.attribute("header nav a[aria-current]", "href").as_deref(), Some("/assignments"));
    let sam = world.signed_in("sam.lee").await.get("/help").await;
    assert!(!sam.texts("header nav a").contains(&"Assignments".to_owned()));
}

#[tokio::test]
async fn whoever_assigns_nobody_is_refused_and_a_state_finds_nothing() {
    let world = World::start().await;
    let story = world.sent(MAYA).await;
    let review = world.review_of(&story).await;
    let (row, to) = (format!("{review}:1:primary"), format!("to-{review}"));
    let sams = id_of(&world, "sam.lee").await;
    for (name, status) in [("sam.lee", 403), ("rita.olsen", 403), (MAYA, 404)] {
        let browser = world.signed_in(name).await;
        let csrf = browser.csrf().await;
        assert_eq!(browser.get("/assignments").await.status(), status, "{name}");
        assert_eq!(browser.get("/assignments.csv").await.status(), status, "{name}");
        let fields = [("csrf", csrf.as_str()), ("do", "suggest"), ("all", "1"), ("from", "/assignments")];
        assert_eq!(browser.post("/assignments/preview", &fields).await.status(), status, "{name}");
        let fields = [("csrf", csrf.as_str()), ("ticked", "yes"), ("row", &row), (to.as_str(), sams.as_str())];
        assert_eq!(browser.post("/assignments", &fields).await.status(), status, "{name}");
    }
    assert_eq!(world.count(ASSIGNED).await, 0);
}
