//! The lists: who sees which reviews, filters, orders and pages in the address, and numbers that are those of the rows.

use mc_review::domain::lifecycle::Decision;

use super::{MAYA, OPEN, counts, id_of, rows, several};
use crate::support::{Browser, Page, World};

async fn list(who: &Browser, address: &str) -> Vec<String> {
    let page = who.get(address).await;
    assert_eq!(page.status(), 200, "{address}: {}", page.reading());
    rows(&page)
}

fn cells(page: &Page, label: &str) -> Vec<String> {
    page.texts(&format!("#results tbody td[data-label='{label}']"))
}

/// Puts somebody on DMCO's review of a submission by the button of its page.
async fn take(who: &Browser, page: &str) {
    assert_eq!(who.get(page).await.form("Take").press("Take").await.status(), 303);
}

#[tokio::test]
async fn an_approver_sees_the_reviews_of_their_department_and_the_others_those_of_all() {
    let world = World::start().await;
    world.drafted(MAYA).await;
    world.drafted_with_rate(MAYA).await;
    let (story, _) = world.sent_with_rate("elena.vargas").await;
    world.unlock("sam.lee", &story).await;
    let all = ["DMCO TX-0001", "DMCP Rate TX-R0001", "OACT Rate TX-R0001"];
    for (name, expected) in [
        ("alex.morgan", &all[..]),
        ("hannah.desai", &all[..]),
        ("bernard.owusu", &all[..]),
        ("dana.ruiz", &all[..1]),
        ("ruth.abara", &all[1..2]),
        ("linda.castellanos", &all[2..]),
    ] {
        let browser = world.signed_in(name).await;
        for address in ["/assignments", OPEN] {
            let page = browser.get(address).await;
            assert_eq!(rows(&page), expected, "{name}, {address}");
            assert_eq!(counts(&page), [expected.len(), expected.len()], "{name}");
            assert!(!page.reading().contains("MN-") && !page.reading().contains("Version 2"), "{name}");
        }
    }
    let dana = world.signed_in("dana.ruiz").await;
    assert_eq!(dana.get("/assignments?department=OACT").await.status(), 403, "not theirs");
    assert_eq!(dana.get("/assignments.csv?department=OACT,DMCO").await.status(), 403);
    assert_eq!(list(&dana, "/assignments?department=DMCO").await, ["DMCO TX-0001"]);
    assert!(!dana.get("/assignments").await.has("input[name=department]"), "there is nothing to choose");
}

#[tokio::test]
async fn a_row_says_whose_review_it_is_who_is_on_it_and_who_follows_its_state() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate(MAYA).await;
    world.sent("grace.holloway").await;
    take(&world.signed_in("sam.lee").await, "/submissions/MN-0001").await;
    let alex = world.signed_in("alex.morgan").await;
    let page = alex.get(&format!("{OPEN}&state=MN")).await;
    assert_eq!(rows(&page), ["DMCO MN-0001", &format!("DMCP Rate {rate}"), &format!("OACT Rate {rate}")]);
    assert_eq!(cells(&page, "Primary"), ["Sam Lee", "nobody", "nobody"]);
    assert_eq!(cells(&page, "Follows the state"), ["Sam Lee, Kim Ode, Dana Ruiz", "Owen Park", "Ivan Petrov"]);
    assert_eq!(cells(&page, "Status"), ["Not started", "Not started", "Not started"]);
    assert_eq!(cells(&page, "Days in status")[0], "since today");
    assert!(!cells(&page, "Programs")[0].is_empty());
    let href = page.link("MN-0001").expect("the row leads on");
    let (place, anchor) = href.split_once('#').expect("to the very review");
    assert!(alex.get(place).await.has(&format!("[id='{anchor}']")));
    assert_eq!(list(&alex, "/assignments?state=MN").await.len(), 2, "what somebody has is not unassigned");
}

#[tokio::test]
async fn each_filter_lets_through_what_fits_it_and_stays_between_the_lists() {
    let world = World::start().await;
    for author in [MAYA, "elena.vargas", MAYA] {
        world.sent(author).await;
        world.pass(time::Duration::minutes(1));
    }
    world.decided(MAYA, "sam.lee", Decision::Objection).await;
    take(&world.signed_in("kim.ode").await, "/submissions/MN-0002").await;
    let (alex, sam, kim) =
        (world.signed_in("alex.morgan").await, id_of(&world, "sam.lee").await, id_of(&world, "kim.ode").await);
    for (query, expected) in [
        ("state=TX", vec!["DMCO TX-0001"]),
        ("status=objection", vec!["DMCO MN-0003"]),
        ("status=not_started&state=MN", vec!["DMCO MN-0001", "DMCO MN-0002"]),
        ("primary=nobody", vec!["DMCO MN-0001", "DMCO TX-0001"]),
        ("primary=somebody", vec!["DMCO MN-0002", "DMCO MN-0003"]),
        (&format!("primary={sam}"), vec!["DMCO MN-0003"]),
        (&format!("primary={sam},{kim}"), vec!["DMCO MN-0002", "DMCO MN-0003"]),
        (&format!("reviewer={kim}"), vec!["DMCO MN-0002"]),
        ("reviewer=nobody", vec!["DMCO MN-0001", "DMCO TX-0001"]),
        ("secondary=somebody", vec![]),
        ("department=DMCP", vec![]),
    ] {
        assert_eq!(list(&alex, &format!("{OPEN}&{query}")).await, expected, "{query}");
    }
    let program = "select p.id from contract_review_program x join program p on p.id = x.program_id where p.state_code = 'TX' limit 1";
    let program: uuid::Uuid = sqlx::query_scalar(program).fetch_one(&world.db).await.unwrap();
    assert_eq!(list(&alex, &format!("{OPEN}&program={program}")).await, ["DMCO TX-0001"]);

    let page = alex.get(&format!("{OPEN}&state=MN&primary=nobody")).await;
    assert_eq!(page.link("Unassigned (1)").as_deref(), Some("/assignments?state=MN&primary=nobody"));
    assert_eq!(page.link("Workload").as_deref(), Some("/assignments?tab=workload&state=MN"));
    assert_eq!(page.link("Remove filter Primary: nobody").as_deref(), Some("/assignments?tab=open&state=MN"));
    assert_eq!(page.link("Clear all").as_deref(), Some(OPEN));
    let form = alex.get(OPEN).await.form("Apply").tick("state", "TX").set("primary", "nobody");
    assert_eq!(rows(&form.submit().await), ["DMCO TX-0001"]);
    let part = alex.get_htmx(&format!("{OPEN}&state=TX")).await;
    assert!(!part.has("h1") && part.has("#results"));
    assert_eq!(part.attribute("#results", "data-announce").as_deref(), Some("1 result"));
}

#[tokio::test]
async fn an_address_that_asks_for_what_is_not_there_is_refused_with_a_way_on() {
    let world = World::start().await;
    let alex = world.signed_in("alex.morgan").await;
    let page = alex.get("/assignments?tab=open&state=MN,ZZ&status=submitted&q=x").await;
    assert_eq!(page.status(), 422);
    assert_eq!(page.texts("main .usa-list li"), ["state “ZZ”", "status “submitted”", "filter “q”"]);
    assert_eq!(page.link("Show the list without them").as_deref(), Some("/assignments?tab=open&state=MN"));
    assert_eq!(alex.get("/assignments?tab=workload&status=in_review").await.status(), 422);
    assert_eq!(alex.get("/assignments.csv?tab=mine").await.status(), 422);
    assert_eq!(alex.get_htmx("/assignments?tab=other").await.status(), 422);
    let alexes = id_of(&world, "alex.morgan").await;
    assert_eq!(alex.get(&format!("/assignments?primary={alexes}")).await.status(), 422, "nobody reviews less");
}

#[tokio::test]
async fn the_longest_in_status_comes_first_and_every_column_that_sorts_sorts_both_ways() {
    let world = World::start().await;
    several(&world, 3).await;
    let alex = world.signed_in("alex.morgan").await;
    let first = ["DMCO MN-0001", "DMCO MN-0002", "DMCO MN-0003"];
    assert_eq!(list(&alex, "/assignments").await, first);
    assert_eq!(alex.get("/assignments").await.text(".results__count"), "3 reviews, longest in status first");
    for (sort, up) in [("-days", true), ("days", false), ("sent", true), ("-sent", false)] {
        let mut found = list(&alex, &format!("/assignments?sort={sort}")).await;
        if !up {
            found.reverse();
        }
        assert_eq!(found, first, "{sort}");
    }
    let page = alex.get("/assignments?sort=sent").await;
    assert_eq!(page.attribute("th[aria-sort]", "aria-sort").as_deref(), Some("ascending"));
    assert_eq!(page.link("First sent").as_deref(), Some("/assignments?sort=-sent"));
    assert_eq!(page.link("Days in status").as_deref(), Some("/assignments?sort=-days"));
}

#[tokio::test]
async fn the_numbers_are_those_of_the_rows_under_every_filter() {
    let world = World::start().await;
    for at in 0..4 {
        world.sent_with_rate(MAYA).await;
        world.sent(["elena.vargas", "thomas.becker"][at % 2]).await;
    }
    world.decided(MAYA, "sam.lee", Decision::SignedOff).await;
    world.approved(MAYA, "kim.ode", "dana.ruiz").await;
    let unlocked = world.in_review(MAYA, "kim.ode").await;
    world.unlock("kim.ode", &unlocked).await;
    take(&world.signed_in("sam.lee").await, "/submissions/MN-0001").await;
    let sam = id_of(&world, "sam.lee").await;
    let filters = [
        vec!["", "department=DMCO", "department=DMCP,OACT"],
        vec!["", "state=MN", "state=TX,WI"],
        vec!["", "status=not_started", "status=awaiting_state,signed_off,objection"],
        vec!["".to_owned(), format!("primary={sam}"), "primary=nobody".to_owned(), "reviewer=somebody".to_owned()]
            .leak()
            .iter()
            .map(String::as_str)
            .collect(),
    ];
    let (alex, dana) = (world.signed_in("alex.morgan").await, world.signed_in("dana.ruiz").await);
    let mut seen = 0;
    for at in 0..(3 * 3 * 3 * 4) {
        let picks = [filters[0][at % 3], filters[1][at / 3 % 3], filters[2][at / 9 % 3], filters[3][at / 27]];
        let query: Vec<&str> = picks.into_iter().filter(|pick| !pick.is_empty()).collect();
        let query = query.join("&");
        for (tab, place) in [("unassigned", 0), ("open", 1)] {
            let page = alex.get(&format!("/assignments?tab={tab}&{query}")).await;
            assert_eq!(rows(&page).len(), counts(&page)[place], "{tab} {query}");
            seen += counts(&page)[place];
        }
        if picks[0] != "department=DMCP,OACT" {
            let page = dana.get(&format!("{OPEN}&{query}")).await;
            assert!(rows(&page).iter().all(|row| row.starts_with("DMCO ")), "{query}");
        }
    }
    assert!(seen > 100, "there was something to count: {seen}");
    let plain = "select count(*) from department_review d left join rate_review r on r.id = d.rate_review_id
                   join contract_review c on c.id = coalesce(r.parent_id, d.contract_review_id)
                  where c.status in ('submitted', 'resubmitted', 'unlocked')";
    assert_eq!(counts(&alex.get(OPEN).await)[1] as i64, world.count(plain).await);
}
