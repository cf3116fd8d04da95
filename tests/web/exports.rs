//! Lists as files: exactly the rows and columns of the pages, nothing that the reader may not see, and written down.

use crate::support::{Browser, World};

/// The lines of a list as a file, the headings first.
async fn file(who: &Browser, address: &str) -> Vec<Vec<String>> {
    let answer = who.get(address).await;
    assert_eq!(answer.status(), 200, "{address}");
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = answer.body().strip_prefix("\u{feff}".as_bytes()).expect("the mark of UTF-8").to_vec();
    let mut lines = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_slice());
    lines.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_list_is_exported_with_its_filters_its_order_and_its_columns() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    world.ask("sam.lee", &story, None).await;
    world.sent("elena.vargas").await;
    world.approved("maya.lindqvist", "sam.lee", "dana.ruiz").await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?status=submitted&sort=submission").await;
    let href = page.link("Export as CSV").expect("the page leads to its file");
    assert_eq!(href, "/submissions.csv?status=submitted&sort=submission");
    let lines = file(&sam, &href).await;
    let headings = page.texts("thead th");
    assert_eq!(lines[0].len(), headings.len() + 1, "the columns of the page, and the name");
    assert_eq!(lines[0][..3], ["Submission", "Name", "State"]);
    let keys: Vec<&str> = lines[1..].iter().map(|line| line[0].as_str()).collect();
    assert_eq!(keys, ["MN-0001", "TX-0001"]);
    let cell = |heading: &str| &lines[1][lines[0].iter().position(|own| own == heading).unwrap()];
    assert_eq!((cell("Turn").as_str(), cell("Questions").as_str()), ("State and CMS", "1 open"));
    assert!(cell("Departments").starts_with("DMCO: Awaiting state (question) (0 of 1 signed off); DMCP: Not started"));
    assert!(cell("First sent").starts_with("2026-03-1") && cell("First sent").ends_with('Z'), "{}", cell("First sent"));

    let lines = file(&sam, "/rates.csv?status=any").await;
    assert_eq!((lines.len(), lines[1][0].as_str()), (2, rate.as_str()));
    assert_eq!(lines[1].len(), lines[0].len());
    assert_eq!(sam.get("/submissions.csv?status=done").await.status(), 422);
}

#[tokio::test]
async fn every_page_is_in_the_file_and_no_row_twice() {
    let world = World::start().await;
    let made = "insert into contract_review (id, state_code, number, kind, name, last_activity_state_at)
                select gen_random_uuid(), 'MN', n, 'health_plan', case when n = 7 then '=cmd()' else 'MCR-MN-' || n end,
                       timestamptz '2026-01-01' + n % 5 * interval '1 day'
                  from generate_series(1, 2345) n";
    let mut conn = world.db.acquire().await.unwrap();
    for sql in ["set session_replication_role = replica", made, "set session_replication_role = origin"] {
        sqlx::query(sql).execute(&mut *conn).await.unwrap();
    }
    drop(conn);
    let maya = world.signed_in("maya.lindqvist").await;
    let lines = file(&maya, "/submissions.csv").await;
    assert_eq!(lines.len(), 2346);
    let mut keys: Vec<&str> = lines[1..].iter().map(|line| line[0].as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 2345);
    let seventh = lines.iter().find(|line| line[0] == "MN-0007").unwrap();
    assert_eq!(seventh[1], "'=cmd()", "no formula reaches a spreadsheet");
}

#[tokio::test]
async fn nobody_exports_what_they_may_not_see_and_every_export_is_told() {
    let world = World::start().await;
    let sent = world.sent("maya.lindqvist").await;
    world.drafted("maya.lindqvist").await;
    let elena = world.signed_in("elena.vargas").await;
    assert_eq!(file(&elena, "/submissions.csv").await.len(), 1, "another state has nothing here");
    let rita = world.signed_in("rita.olsen").await;
    let lines = file(&rita, "/submissions.csv?status=any").await;
    assert_eq!((lines.len(), lines[1][0].as_str()), (2, sent.key.as_str()), "CMS knows of no draft");
    let maya = world.signed_in("maya.lindqvist").await;
    let lines = file(&maya, "/submissions.csv").await;
    assert_eq!(lines.len(), 3);
    assert!(!lines[0].contains(&"Departments".to_owned()) && !lines.concat().concat().contains("DMCO"));

    let told: Vec<(String, String, i64)> = sqlx::query_as(
        "select a.given_name, x.address, x.matching from event e join export x on x.id = e.row_id join account a on a.id = e.subject_id
          where e.kind = 'list_exported' order by e.seq",
    )
    .fetch_all(&world.db)
    .await
    .unwrap();
    assert_eq!(told.len(), 3);
    assert_eq!(told[1], ("Rita".to_owned(), "/submissions?status=any".to_owned(), 1));
    crate::life::intact(&world).await;
}
