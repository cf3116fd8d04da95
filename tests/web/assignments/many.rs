//! Long lists: pages, previews of all of them with what is left out, and the list as a file.

use super::{ASSIGNED, assigned, counts, deeds, id_of, previewed, rows, told};
use crate::exports::{file, workbook};
use crate::support::World;

/// So many submissions of Minnesota and Texas in turn, with ties of every kind: without a first day, and all in their
/// status since the same moment.
pub async fn filled(world: &World, number: u32) {
    sqlx::raw_sql(include_str!("../../database/fixture.sql")).execute(&world.db).await.unwrap();
    let many = format!(
        "do $$ begin for n in 1..{number} loop
           perform draft('c' || n, case when n % 2 = 0 then 'MN' else 'TX' end);
           perform attach('c' || n || '/1', 'content ' || n); perform send('c' || n); end loop; end $$;
         update contract_review set effective_from = date '2026-01-01' + (number % 3) where number % 4 > 0"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(many)).execute(&world.db).await.unwrap();
}

#[tokio::test]
async fn pages_follow_each_other_both_ways_and_skip_and_repeat_nothing() {
    let world = World::start().await;
    filled(&world, 120).await;
    let dana = world.signed_in("dana.ruiz").await;
    for order in ["", "?sort=days", "?sort=-days", "?sort=start", "?sort=-start", "?sort=sent", "?sort=-sent"] {
        let mut pages = Vec::new();
        let mut page = dana.get(&format!("/assignments{order}")).await;
        assert_eq!(counts(&page), [120, 120]);
        assert!(page.link("‹ Previous").is_none() && page.link("First").is_none());
        loop {
            pages.push(rows(&page));
            let Some(next) = page.attribute(".pages a[rel=next]", "href") else { break };
            page = dana.get(&next).await;
        }
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20], "{order}");
        let mut all: Vec<_> = pages.concat();
        for before in pages[..2].iter().rev() {
            page = dana.get(&page.attribute(".pages a[rel=prev]", "href").expect("there is a page before")).await;
            assert_eq!(&rows(&page), before, "{order}");
        }
        assert!(page.attribute(".pages a[rel=prev]", "href").is_none(), "{order}");
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 120, "{order}: each once");
    }
    let gone = dana.get("/assignments?tab=open&after=0.0.0.MN-0001.DMCO&state=MN&sort=start").await;
    assert_eq!(gone.status(), 200);
}

#[tokio::test]
async fn a_preview_of_all_holds_the_list_that_was_looked_at_and_one_of_the_page_its_rows() {
    let world = World::start().await;
    filled(&world, 120).await;
    let (dana, sam) = (world.signed_in("dana.ruiz").await, id_of(&world, "sam.lee").await);
    let form = deeds(&dana, "/assignments?state=MN&sort=-sent").await.set("do", "primary").set("primary_to", &sam);
    assert_eq!(form.buttons(), ["Preview those ticked", "Preview the 50 on this page", "Preview all 60"]);
    let page = form.press("Preview the 50 on this page").await;
    assert_eq!(previewed(&page).len(), 50);
    let all = form.press("Preview all 60").await;
    let rows = previewed(&all);
    assert!(rows.len() == 60 && rows.iter().all(|row| row.ticked && row.title.contains("MN-")));
    assert!(!all.has(".usa-alert--warning"), "nothing is left out");
    let page = assigned(&all.form("Assign those ticked")).await;
    assert_eq!(told(&page).0, "60 reviews: 60 assigned.");
    assert_eq!(counts(&page), [0, 60]);
    assert_eq!(world.count(ASSIGNED).await, 60);
    let undo = page.form("Undo these 60").press("Undo these 60").await;
    assert_eq!(previewed(&undo).iter().filter(|row| row.ticked && row.to == "nobody").count(), 60);
}

#[tokio::test]
async fn what_a_preview_can_not_hold_is_named_before_and_after() {
    let world = World::start().await;
    filled(&world, 503).await;
    let (dana, sam) = (world.signed_in("dana.ruiz").await, id_of(&world, "sam.lee").await);
    let form = deeds(&dana, "/assignments").await.set("do", "primary").set("primary_to", &sam);
    let page = form.press("Preview all 503").await;
    assert_eq!(page.texts("table.preview tbody tr").len(), 500);
    let left_out = "A preview holds 500 reviews: these are the first of the list. Left out, and not changed: 3 further reviews. Come back for the rest when these are done.";
    assert_eq!(page.text(".usa-alert--warning .usa-alert__text"), left_out);
    let page = assigned(&page.form("Assign those ticked")).await;
    assert_eq!(told(&page).0, "500 reviews: 500 assigned.");
    assert_eq!(page.text("#results-heading + p"), "3 more of the list were not looked at, and are as they were.");
    assert_eq!(counts(&page), [3, 503]);
    let csrf = dana.csrf().await;
    let ids: Vec<String> = (0..501).map(|_| uuid::Uuid::new_v4().to_string()).collect();
    let mut fields = vec![("csrf", csrf.as_str()), ("do", "suggest")];
    fields.extend(ids.iter().map(|id| ("tick", id.as_str())));
    assert_eq!(dana.post("/assignments/preview", &fields).await.status(), 422, "no page shows so many");
}

#[tokio::test]
async fn a_file_holds_every_row_of_the_list_in_its_order_and_is_told() {
    let world = World::start().await;
    filled(&world, 1_010).await;
    let formula = "alter table contract_review disable trigger user;
                   update contract_review set name = '=cmd()' where state_code = 'MN' and number = 7;
                   alter table contract_review enable trigger user";
    sqlx::raw_sql(formula).execute(&world.db).await.unwrap();
    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get("/assignments?state=MN&sort=start").await;
    let href = page.link("Export as CSV").expect("the page leads to its file");
    assert_eq!(href, "/assignments.csv?state=MN&sort=start");
    let lines = file(&dana, &href).await;
    assert_eq!(lines.len(), 506);
    assert_eq!(lines[0][..6], ["Subject", "Kind", "Name", "State", "Programs", "Department"]);
    let shown: Vec<String> = lines[1..51].iter().map(|line| format!("{} {}", line[5], line[0])).collect();
    assert_eq!(shown, rows(&page), "in the order of the page");
    let seventh = lines.iter().find(|line| line[0] == "MN-0007").unwrap();
    assert_eq!(seventh[2], "'=cmd()", "no formula reaches a spreadsheet");
    let told: (String, String, i64) = sqlx::query_as(
        "select a.given_name, x.address, x.matching from event e join export x on x.id = e.row_id join account a on a.id = e.subject_id
          where e.kind = 'list_exported'",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(told, ("Dana".to_owned(), "/assignments?state=MN&sort=start".to_owned(), 505));
    let (rows, about) = workbook(&dana, &page.link("Export as XLSX").expect("and to a workbook")).await;
    assert_eq!(rows, lines);
    let fact = |heading: &str| about.iter().find(|fact| fact[0] == heading).map(|fact| fact[1].as_str());
    assert_eq!(
        (fact("Part"), fact("Rows"), fact("Filters")),
        (Some("Unassigned"), Some("505"), Some("State: Minnesota"))
    );
}
