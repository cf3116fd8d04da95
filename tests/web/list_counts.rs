//! The number that a list says is that of its rows, at every moment, while people write.

use std::sync::atomic::{AtomicBool, Ordering};

use mc_review::domain::permission::Person;
use mc_review::domain::role::{Department, Role};
use mc_review::rates::Rates;
use mc_review::submissions::Submissions;
use mc_review::web::list::{Choices, List, ListQuery, Reader, counts};
use uuid::Uuid;

use crate::life::walks::walk;
use crate::list_filters::{Set, and_some_together, seen};
use crate::support::{Browser, World};
use crate::walk::keys;

/// How many people's lives go on beside the reading, and how many lives each has.
const WRITERS: u64 = 2;
const LIVES: usize = 5;

/// What both sides filter submissions by, and what that means in plain SQL of `r`, `v` being the version that they see:
/// work on rates and questions about them stand with the submission that the rate belongs to.
const BOTH: &[(&str, &str)] = &[
    ("status=submitted,unlocked", "r.status in ('submitted', 'unlocked')"),
    ("type=CONTRACT_AND_RATES", "v.contract_data ->> 'submission_type' = 'CONTRACT_AND_RATES'"),
    (
        "turn=state,both",
        "(select turn from contract_review_turn t where t.contract_review_id = r.id) in ('state', 'both')",
    ),
    ("turn=cms", "(select turn from contract_review_turn t where t.contract_review_id = r.id) = 'cms'"),
    (
        "questions=open",
        "exists (select from question q where q.status = 'open' and q.removed_at is null
                   and (q.contract_review_id = r.id
                        or q.rate_review_id in (select id from rate_review where parent_id = r.id)
                        or q.rate_review_id in (select p.rate_review_id from package_rate p join contract_submission s
                                                    on s.id = p.contract_submission_id and s.contract_review_id = r.id
                                                   and s.revision = r.sent_revision)))",
    ),
];
/// What CMS alone filters them by.
const CMS: &[(&str, &str)] = &[
    ("state=MN", "r.state_code = 'MN'"),
    (
        "oact=in_review",
        "(select min(status) from department_review_page d where d.page_id = r.id and d.department = 'OACT') = 'in_review'",
    ),
    (
        "reviewer=nobody",
        "exists (select from department_review d left join rate_review x on x.id = d.rate_review_id
                  where d.primary_reviewer_id is null
                    and (d.contract_review_id = r.id or x.parent_id = r.id and x.status <> 'withdrawn'))",
    ),
    ("mccrs=yes", "r.mccrs_number is not null"),
];
/// What CMS filters rates by.
const OF_RATES: &[(&str, &str)] = &[
    ("status=submitted,unlocked", "r.status in ('submitted', 'unlocked')"),
    ("state=MN", "r.state_code = 'MN'"),
    (
        "dmcp=signed_off,objection",
        "exists (select from department_review d where d.rate_review_id = r.id and d.department = 'DMCP'
                   and d.status in ('signed_off', 'objection'))",
    ),
    (
        "reviewer=nobody",
        "exists (select from department_review d where d.rate_review_id = r.id and d.primary_reviewer_id is null)",
    ),
    (
        "questions=open",
        "exists (select from question where rate_review_id = r.id and status = 'open' and removed_at is null)",
    ),
];

/// Somebody who reads lists: as a person of the product, and in a browser.
struct Counter {
    person: Person,
    browser: Browser,
}

impl Counter {
    async fn arrive(world: &World, name: &str) -> Self {
        let sql = "select id, given_name || ' ' || family_name, email, role, state_code, department
                     from account where email like $1 || '@%'";
        let (id, full_name, email, role, state_code, department): (Uuid, String, String, Role, _, Option<Department>) =
            sqlx::query_as(sql).bind(name).fetch_one(&world.db).await.expect("everybody has an account");
        let person = Person { id: id.into(), name: full_name, email, role, state_code, state_name: None, department };
        Self { person, browser: world.signed_in(name).await }
    }

    /// In one and the same moment the product counts what plain SQL counts; gives the numbers.
    async fn counts_as_plain_sql<L: List>(
        &self,
        world: &World,
        sets: &[Set],
        plain: impl Fn(&Set) -> String,
    ) -> Vec<i64> {
        let mut tx = world.db.begin().await.expect("a transaction");
        sqlx::raw_sql("set transaction isolation level repeatable read, read only").execute(&mut *tx).await.unwrap();
        let choices = Choices::read::<L>(&mut tx, &self.person, None).await.unwrap();
        let side = self.person.side();
        let query = |set: &Set| ListQuery::<L>::read(&query_of(set), side, &choices).expect("the list has it all");
        let queries: Vec<_> = sets.iter().map(query).collect();
        let reader = Reader::of(&self.person, &choices, world.app.clock.today());
        let numbers = counts(&mut tx, reader, &queries).await.unwrap();
        for (number, set) in numbers.iter().zip(sets) {
            let sql = format!("select count(*) from {} r where r.deleted_at is null and {}", L::TABLE, plain(set));
            let expected: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *tx).await.unwrap();
            assert_eq!(*number, expected, "{:?} {}?{}", self.person.side(), L::PATH, query_of(set));
        }
        numbers
    }

    /// A page says as many rows as it has.
    async fn page_agrees(&self, path: &str, query: &str) {
        let page = self.browser.get(&format!("{path}?{query}&size=100")).await;
        let said = page.text(".results__count");
        let number: usize = said.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
        let (rows, further) = (keys(&page).len(), page.attribute("a[rel=next]", "href").is_some());
        assert_eq!((rows, further), (number.min(100), number > 100), "{said}: {}", page.path);
    }
}

fn query_of(set: &Set) -> String {
    if set.is_empty() {
        return "status=any".to_owned();
    }
    set.iter().map(|(query, _)| *query).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn numbers_are_those_of_the_rows_while_people_write() {
    let world = World::start().await;
    let (sam, maya) = (Counter::arrive(&world, "sam.lee").await, Counter::arrive(&world, "maya.lindqvist").await);
    let (over, written) = (AtomicBool::new(false), AtomicBool::new(false));
    let writing = async {
        let walks = (0..WRITERS).map(|writer| walk(&world, 40 + writer, LIVES, &over));
        let outcomes = futures_util::future::join_all(walks).await;
        written.store(true, Ordering::Relaxed);
        outcomes.into_iter().for_each(|outcome| drop(outcome.unwrap_or_else(|told| panic!("{told}"))));
    };
    let reading = async {
        let mut different = std::collections::BTreeSet::new();
        let of_cms = and_some_together(&[BOTH, CMS].concat(), 6);
        let (of_state, of_rates) = (and_some_together(BOTH, 3), and_some_together(OF_RATES, 3));
        let latest = "(select max(revision) from contract_submission l where l.contract_review_id = r.id and l.discarded_at is null)";
        while !written.load(Ordering::Relaxed) {
            let plain = |set: &Set| seen(set, "r.status <> 'draft'", "r.sent_revision");
            different.insert(sam.counts_as_plain_sql::<Submissions>(&world, &of_cms, plain).await);
            let plain = |set: &Set| seen(set, "r.state_code = 'MN'", latest);
            different.insert(maya.counts_as_plain_sql::<Submissions>(&world, &of_state, plain).await);
            let plain = |set: &Set| {
                set.iter().fold("r.status <> 'draft'".to_owned(), |all, (_, sql)| format!("{all} and {sql}"))
            };
            different.insert(sam.counts_as_plain_sql::<Rates>(&world, &of_rates, plain).await);
            for (who, path, sets) in
                [(&sam, "/submissions", &of_cms), (&maya, "/submissions", &of_state), (&sam, "/rates", &of_rates)]
            {
                let set = &sets[different.len() % sets.len()];
                who.page_agrees(path, &query_of(set)).await;
                who.page_agrees(path, &format!("{}&q=minnesota", query_of(set))).await;
            }
        }
        different
    };
    let ((), different) = tokio::join!(writing, reading);
    assert!(different.len() > 10, "the numbers changed while they were read: {different:?}");
}
