//! Filters, orders and pages of the work, all in its address.

use mc_review::domain::lifecycle::Decision;

use super::{TABS, UNASSIGNED, counts, rows, take, work};
use crate::support::{Browser, World};

const MAYA: &str = "maya.lindqvist";

async fn keys(who: &Browser, address: &str) -> Vec<String> {
    work(who, address).await.into_iter().map(|(_, key)| key).collect()
}

#[tokio::test]
async fn each_filter_lets_through_what_fits_it_and_the_numbers_follow() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    for author in [MAYA, "elena.vargas", "thomas.becker", MAYA] {
        world.sent(author).await;
    }
    let unlocked = world.sent(MAYA).await;
    world.unlock("sam.lee", &unlocked).await;
    world.decided(MAYA, "sam.lee", Decision::SignedOff).await;
    take(&sam, "/submissions/MN-0002").await;

    let page = sam.get("/work?tab=unassigned&state=MN").await;
    assert_eq!(counts(&page), [1, 0, 2, 1]);
    let found: Vec<String> = rows(&page).into_iter().map(|(_, key)| key).collect();
    assert_eq!(found, ["MN-0001", "MN-0003"]);
    assert_eq!(keys(&sam, "/work?tab=unassigned&state=TX,WI").await, ["TX-0001", "WI-0001"]);
    assert_eq!(keys(&sam, "/work?tab=unassigned&state=MN&status=unlocked").await, ["MN-0003"]);
    assert_eq!(
        keys(&sam, "/work?tab=unassigned&follows=yes").await,
        ["MN-0001", "MN-0003", "WI-0001"],
        "Sam follows two"
    );
    assert_eq!(keys(&sam, "/work?part=primary").await, ["MN-0002"]);
    assert_eq!(keys(&sam, "/work?part=secondary").await, Vec::<String>::new());
    assert_eq!(counts(&sam.get("/work?step=take,not_started").await), [1, 0, 4, 0]);
    assert_eq!(counts(&sam.get("/work?step=nothing").await), [0, 0, 0, 1]);
    let program = "select p.id from contract_review_program x join program p on p.id = x.program_id where p.state_code = 'TX' limit 1";
    let program: uuid::Uuid = sqlx::query_scalar(program).fetch_one(&world.db).await.unwrap();
    assert_eq!(keys(&sam, &format!("/work?tab=unassigned&program={program}")).await, ["TX-0001"]);

    // The filters stay between tabs, as chips that can be taken off.
    let page = sam.get("/work?tab=unassigned&state=MN&follows=yes").await;
    assert_eq!(page.link("Decided (1)").as_deref(), Some("/work?tab=decided&state=MN&follows=yes"));
    assert_eq!(page.link("Remove filter State: Minnesota").as_deref(), Some("/work?tab=unassigned&follows=yes"));
    assert_eq!(page.link("Remove filter States I follow").as_deref(), Some("/work?tab=unassigned&state=MN"));
    assert_eq!(page.link("Clear all").as_deref(), Some(UNASSIGNED));
}

#[tokio::test]
async fn the_form_of_the_filters_asks_for_what_is_ticked_and_keeps_the_tab() {
    let world = World::start().await;
    world.sent(MAYA).await;
    world.sent("elena.vargas").await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(UNASSIGNED).await.form("Apply").tick("state", "TX").tick("step", "take");
    let page = form.submit().await;
    assert_eq!(rows(&page).into_iter().map(|(_, key)| key).collect::<Vec<_>>(), ["TX-0001"]);
    let part = sam.get_htmx("/work?tab=unassigned&state=TX").await;
    assert!(!part.has("h1") && part.has("#results"));
    assert_eq!(part.attribute("#results", "data-announce").as_deref(), Some("1 result"));
}

#[tokio::test]
async fn an_address_that_asks_for_what_is_not_there_is_refused_with_a_way_on() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/work?tab=unassigned&state=MN,ZZ&step=later&draft=yes").await;
    assert_eq!(page.status(), 422);
    assert_eq!(page.texts("main .usa-list li"), ["state “ZZ”", "next step “later”", "filter “draft”"]);
    assert_eq!(page.link("Show the list without them").as_deref(), Some("/work?tab=unassigned&state=MN"));
    assert_eq!(sam.get_htmx("/work?tab=other").await.status(), 422);
    assert_eq!(sam.get("/work?status=draft").await.status(), 422, "drafts are nobody's here");
}

#[tokio::test]
async fn pages_follow_each_other_both_ways_and_skip_and_repeat_nothing() {
    let world = World::start().await;
    let insert = include_str!("../../database/fixture.sql");
    sqlx::raw_sql(insert).execute(&world.db).await.unwrap();
    // Ties of every kind: without a first day, and all in their status since the same moment.
    let many = "do $$ begin for n in 1..120 loop
                  perform draft('c' || n, case when n % 2 = 0 then 'MN' else 'TX' end);
                  perform attach('c' || n || '/1', 'content ' || n); perform send('c' || n); end loop; end $$;
                update contract_review set effective_from = date '2026-01-01' + (number % 3) where number % 4 > 0";
    sqlx::raw_sql(many).execute(&world.db).await.unwrap();
    let sam = world.signed_in("sam.lee").await;
    for order in ["", "&sort=days", "&sort=-days", "&sort=start", "&sort=-start"] {
        let mut pages = Vec::new();
        let mut page = sam.get(&format!("{UNASSIGNED}{order}")).await;
        assert_eq!(counts(&page)[2], 120);
        assert!(page.link("‹ Previous").is_none() && page.link("First").is_none());
        loop {
            pages.push(rows(&page));
            let Some(next) = page.attribute(".pages a[rel=next]", "href") else { break };
            page = sam.get(&next).await;
        }
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20], "{order}");
        let mut all: Vec<_> = pages.concat();
        for before in pages[..2].iter().rev() {
            page = sam.get(&page.attribute(".pages a[rel=prev]", "href").expect("there is a page before")).await;
            assert_eq!(&rows(&page), before, "{order}");
        }
        assert!(page.attribute(".pages a[rel=prev]", "href").is_none(), "{order}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 120, "{order}: each once");
    }
    let gone = sam.get("/work?tab=decided&after=0.0.0.MN-0001.DMCO").await;
    assert_eq!(gone.link("First page").as_deref(), Some(TABS[3]));
}
