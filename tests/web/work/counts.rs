//! The numbers beside the tabs are those of the rows, whatever happened and while it happens.

use std::sync::atomic::{AtomicBool, Ordering};

use mc_review::domain::role::Department;

use super::{TABS, counts, rows};
use crate::support::story::Story;
use crate::support::{Browser, World};

const MAYA: &str = "maya.lindqvist";
const PEOPLE: [&str; 5] = ["sam.lee", "kim.ode", "dana.ruiz", "owen.park", "ruth.abara"];

/// Numbers that are the same at every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// Presses a button of the department reviews of a submission, by chance.
async fn press(chance: &mut Chance, who: &Browser, story: &Story) {
    let page = who.get(&story.path("")).await;
    let deeds = ["Take ", "Start ", "Hand back "];
    let buttons: Vec<String> =
        page.buttons().into_iter().filter(|button| deeds.iter().any(|deed| button.starts_with(deed))).collect();
    if buttons.is_empty() {
        return;
    }
    let button = &buttons[chance.below(buttons.len())];
    assert!([303, 409].contains(&page.form(button).submit().await.status()), "{button}");
}

/// Does something to a submission, if it can be done.
async fn deed(chance: &mut Chance, world: &World, people: &[Browser], story: &Story) {
    let sql = "select c.status::text, d.status::text, c.sent_revision,
                      exists (select from question where contract_review_id = c.id and department = 'DMCO' and status = 'open'),
                      exists (select from question where contract_review_id = c.id and department = 'DMCP' and status = 'open')
                 from contract_review c join department_review d on d.contract_review_id = c.id where c.id = $1";
    let (status, review, revision, dmco, dmcp): (String, String, i32, bool, bool) =
        sqlx::query_as(sql).bind(story.id.0).fetch_one(&world.db).await.unwrap();
    let under_review = ["submitted", "resubmitted"].contains(&status.as_str());
    match chance.below(10) {
        0 if under_review => world.unlock("kim.ode", story).await,
        1 if status == "unlocked" => world.send(MAYA, story).await,
        2 if under_review && chance.below(4) == 0 => world.withdraw("sam.lee", story).await,
        3 if status != "withdrawn" && !dmco => drop(world.ask("sam.lee", story, None).await),
        4 if status != "withdrawn" && !dmcp => drop(world.ask("owen.park", story, None).await),
        5 if dmco => world.respond(MAYA, story, Department::Dmco).await,
        6 if under_review && review == "in_review" && revision == 1 => {
            world.decide(story, "kim.ode", mc_review::domain::lifecycle::Decision::SignedOff).await;
        }
        7 => {
            let form = people[0]
                .get(&story.path("notes"))
                .await
                .form("Add note")
                .set("text", "See here, @Ruth Abara @Kim Ode");
            assert_eq!(form.press("Add note").await.status(), 303);
        }
        _ => {
            let who = &people[chance.below(people.len())];
            press(chance, who, story).await;
        }
    }
}

/// Every page of everybody has as many rows as its tab says; gives how many there were.
async fn all_agree(people: &[Browser]) -> usize {
    let mut seen = 0;
    for (browser, name) in people.iter().zip(PEOPLE) {
        for (at, tab) in TABS.into_iter().enumerate() {
            let page = browser.get(tab).await;
            let number = counts(&page)[at];
            assert_eq!(rows(&page).len(), number, "{name}, {tab}");
            assert!(page.text(".results__count").starts_with(&format!("{number} ")), "{name}, {tab}");
            seen += number;
        }
    }
    seen
}

#[tokio::test]
async fn numbers_and_rows_agree_after_whatever_was_done() {
    let world = World::start().await;
    let mut people = Vec::new();
    for name in PEOPLE {
        people.push(world.signed_in(name).await);
    }
    let mut stories = Vec::new();
    for _ in 0..4 {
        stories.push(world.sent_with_rate(MAYA).await.0);
        stories.push(world.sent(MAYA).await);
    }
    let mut chance = Chance(19);
    let mut seen = 0;
    for round in 0..8 {
        for _ in 0..10 {
            let story = &stories[chance.below(stories.len())];
            deed(&mut chance, &world, &people, story).await;
            world.pass(time::Duration::seconds(40));
        }
        seen += all_agree(&people).await;
        // What the page says nobody has is what plain SQL says nobody has.
        let unassigned = counts(&people[0].get(TABS[2]).await)[2] as i64;
        let plain = "select count(*) from department_review d join contract_review c on c.id = d.contract_review_id
                      where d.primary_reviewer_id is null and c.status in ('submitted', 'resubmitted', 'unlocked')";
        assert_eq!(unassigned, world.count(plain).await, "round {round}");
    }
    assert!(seen > 200, "there was something to agree about: {seen}");
}

#[tokio::test]
async fn numbers_and_rows_agree_while_others_write() {
    let world = World::start().await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let mut stories = Vec::new();
    for _ in 0..6 {
        stories.push(world.sent(MAYA).await);
    }
    let done = AtomicBool::new(false);
    let writing = async {
        let mut chance = Chance(7);
        for _ in 0..60 {
            let story = &stories[chance.below(stories.len())];
            press(&mut chance, &kim, story).await;
        }
        done.store(true, Ordering::Relaxed);
    };
    let reading = async {
        let mut seen = std::collections::BTreeSet::new();
        while !done.load(Ordering::Relaxed) {
            let page = sam.get(TABS[2]).await;
            assert_eq!(rows(&page).len(), counts(&page)[2]);
            seen.insert(counts(&page)[2]);
        }
        seen
    };
    let ((), seen) = tokio::join!(writing, reading);
    assert!(seen.len() > 1, "the rows changed while they were read: {seen:?}");
}
