//! The numbers beside the tabs are those of the rows, whatever happened and while it happens.

use std::sync::atomic::{AtomicBool, Ordering};

use mc_review::domain::role::Department;

use super::{TABS, counts, rows};
use crate::support::standing::misplaced_reviews;
use crate::support::story::Story;
use crate::support::{Browser, World};

const MAYA: &str = "maya.lindqvist";
const PEOPLE: [&str; 5] = ["sam.lee", "kim.ode", "dana.ruiz", "owen.park", "ruth.abara"];

/// Of the tabs, in order, what plain SQL of the reviews, rounds, notes and packages themselves says that somebody, `$1`, of a
/// department, `$2`, has there.
const PLAIN: [&str; 4] = [
    "select coalesce(n.contract_review_id, n.rate_review_id) from mention m join note n on n.id = m.note_id
      where m.account_id = $1 and m.opened_at is null
     union select coalesce(contract_review_id, rate_review_id) from question where department = $2 and asked_by = $1 and status = 'answered'
     union select subject from reviewed where mine and package in ('submitted', 'resubmitted') and not withdrawn
              and status in ('not_started', 'in_review')
     union select c.id from contract_review c
            where c.status in ('submitted', 'resubmitted') and (select role from account where id = $1) = 'cms_approver'
              and not exists (select from department_review d left join rate_review r on r.id = d.rate_review_id
                               where c.id in (d.contract_review_id, r.parent_id) and r.status is distinct from 'withdrawn'
                                 and (d.status <> 'signed_off'
                                      or d.decided_revision <> coalesce(r.sent_revision, c.sent_revision)))",
    "select subject from reviewed where mine and status = 'awaiting_state' and not withdrawn
     union select coalesce(q.contract_review_id, q.rate_review_id) from question q
            where q.department = $2 and q.asked_by = $1 and q.status = 'open'
              and not exists (select from department_review d where d.department = $2
                                 and (d.contract_review_id = q.contract_review_id or d.rate_review_id = q.rate_review_id))",
    "select subject from reviewed where nobodys and package in ('submitted', 'resubmitted', 'unlocked') and not withdrawn",
    "select subject from reviewed where (mine or decided)
        and (withdrawn or package in ('approved', 'withdrawn', 'not_subject_to_review')
             or status in ('signed_off', 'objection') and decided_revision = revision)",
];

/// What [`PLAIN`] calls `reviewed`: the reviews of the department.
const REVIEWED: &str = "with reviewed as (
  select coalesce(r.id, c.id) as subject, d.status, d.decided_revision, c.status as package,
         coalesce(r.status = 'withdrawn', false) as withdrawn,
         case when r.id is null then c.sent_revision else r.sent_revision end as revision,
         coalesce($1 in (d.primary_reviewer_id, d.secondary_reviewer_id), false) as mine,
         coalesce(d.decided_by = $1, false) as decided, d.primary_reviewer_id is null as nobodys
    from department_review d left join rate_review r on r.id = d.rate_review_id
    join contract_review c on c.id = coalesce(d.contract_review_id, r.parent_id)
   where d.department = $2)";

async fn plain(world: &World, name: &str, tab: usize) -> usize {
    let sql = format!("{REVIEWED} select count(distinct subject) from ({}) mine (subject)", PLAIN[tab]);
    let (id, department): (uuid::Uuid, Department) =
        sqlx::query_as("select id, department from account where email like $1 || '@%'")
            .bind(name)
            .fetch_one(&world.db)
            .await
            .unwrap();
    let number: i64 =
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(id).bind(department).fetch_one(&world.db).await.unwrap();
    usize::try_from(number).unwrap()
}

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

/// Every page of everybody has as many rows as its tab and plain SQL say; gives how many there were.
async fn all_agree(world: &World, people: &[Browser]) -> usize {
    let mut seen = 0;
    for (browser, name) in people.iter().zip(PEOPLE) {
        for (at, tab) in TABS.into_iter().enumerate() {
            let page = browser.get(tab).await;
            let number = counts(&page)[at];
            assert_eq!(rows(&page).len(), number, "{name}, {tab}");
            assert_eq!(plain(world, name, at).await, number, "{name}, {tab}");
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
    for _ in 0..8 {
        for _ in 0..10 {
            let story = &stories[chance.below(stories.len())];
            deed(&mut chance, &world, &people, story).await;
            world.pass(time::Duration::seconds(40));
        }
        seen += all_agree(&world, &people).await;
    }
    assert_eq!(misplaced_reviews(&world.db).await, [""; 0]);
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
