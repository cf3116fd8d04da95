//! Lists as files: exactly the rows and columns of the pages, nothing that the reader may not see, and written down.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use crate::support::{Browser, World};

/// The lines of a list as a file, the headings first.
pub async fn file(who: &Browser, address: &str) -> Vec<Vec<String>> {
    let answer = who.get(address).await;
    assert_eq!(answer.status(), 200, "{address}");
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let text = answer.body().strip_prefix("\u{feff}".as_bytes()).expect("the mark of UTF-8").to_vec();
    let mut lines = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_slice());
    lines.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// What stands between two marks, each time.
fn between<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(from).skip(1).map(move |rest| rest.split(to).next().unwrap())
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&amp;", "&")
}

/// The sheets of a workbook with their names, each row as long as the first.
fn sheets(file: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut archive = ZipArchive::new(Cursor::new(file)).expect("a workbook is an archive");
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let book = part("xl/workbook.xml");
    let names: Vec<String> = between(&book, "<sheet name=\"", "\"").map(plain).collect();
    let sheet = |(number, name): (usize, String)| {
        let text = part(&format!("xl/worksheets/sheet{}.xml", number + 1));
        assert!(!text.contains("<f>"), "no cell is a formula");
        let mut rows: Vec<Vec<String>> = Vec::new();
        for row in between(&text, "<row ", "</row>") {
            let mut cells = Vec::new();
            for cell in between(row, "<c r=\"", "</c>") {
                let letter = cell.bytes().next().unwrap();
                assert!(cell.as_bytes()[1].is_ascii_digit(), "no table here is wider than the alphabet");
                cells.resize(usize::from(letter - b'A'), String::new());
                if let Some(number) = between(cell, "<v>", "</v>").next() {
                    assert!(number.parse::<i64>().is_ok() && !cell.contains("t=\""), "a number is one: {cell}");
                    cells.push(number.to_owned());
                    continue;
                }
                assert!(cell.contains("t=\"inlineStr\""), "every other cell is text: {cell}");
                let words = cell.split_once("<t").unwrap().1.split_once('>').unwrap().1;
                cells.push(plain(words.split("</t>").next().unwrap()));
            }
            let width = rows.first().map_or(cells.len(), Vec::len);
            cells.resize(width, String::new());
            rows.push(cells);
        }
        (name, rows)
    };
    names.into_iter().enumerate().map(sheet).collect()
}

/// A list as a workbook: its rows, the headings first, and what is said about it.
pub async fn workbook(who: &Browser, address: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let answer = who.get(address).await;
    assert_eq!(answer.status(), 200, "{address}");
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(answer.header("content-type"), Some(kind));
    let mut sheets = sheets(answer.body());
    assert_eq!(sheets.len(), 2, "{address}");
    let (about, (_, rows)) = (sheets.pop().unwrap(), sheets.pop().unwrap());
    assert_eq!(about.0, "About");
    (rows, about.1)
}

#[tokio::test]
async fn a_workbook_has_the_rows_and_cells_of_the_other_format_and_says_what_it_is() {
    let world = World::start().await;
    let (story, _) = world.sent_with_rate("maya.lindqvist").await;
    world.ask("sam.lee", &story, None).await;
    world.sent("elena.vargas").await;
    let named = "update contract_review set name = '=SUM(A1) <b> & \"c\"' where state_code = 'TX'";
    sqlx::query(named).execute(&world.db).await.unwrap();
    let sam = world.signed_in("sam.lee").await;
    for list in ["submissions", "rates"] {
        let page = sam.get(&format!("/{list}?status=submitted&state=MN,TX&sort=last-activity")).await;
        let (csv, xlsx) = (page.link("Export as CSV").unwrap(), page.link("Export as XLSX").unwrap());
        assert_eq!(csv.replace(".csv?", ".xlsx?"), xlsx);
        let (rows, about) = workbook(&sam, &xlsx).await;
        assert_eq!(rows, file(&sam, &csv).await, "{list}");
        assert!(rows.len() > 1);
        let facts: Vec<(&str, &str)> = about.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
        assert_eq!(facts[1], ("Filters", "Status: Submitted; State: Minnesota; State: Texas"));
        assert_eq!(facts[2], ("Order", "Last activity, oldest first"));
        assert_eq!(facts[3], ("Exported by", "Sam Lee, Reviewer, DMCO"));
        assert_eq!(facts[4], ("Exported at", "2026-03-10T23:30:00-04:00"));
        assert_eq!(facts[5], ("Rows", (rows.len() - 1).to_string().as_str()));
        assert_eq!(facts[6].1, csv.replace(".csv?", "?"));
    }
    let (rows, _) = workbook(&sam, "/submissions.xlsx?state=TX").await;
    assert_eq!(rows[1][1], "'=SUM(A1) <b> & \"c\"", "as the other format has it");
    assert_eq!(sam.get("/submissions.xlsx?status=done").await.status(), 422);
    let told = "select count(*) from export where address = '/submissions?status=any&state=TX' and matching = 1";
    assert_eq!(world.count(told).await, 1);
    crate::life::intact(&world).await;
}

#[tokio::test]
async fn only_the_rows_that_are_ticked_are_exported_in_the_order_of_the_list() {
    let world = World::start().await;
    for _ in 0..4 {
        world.sent("maya.lindqvist").await;
    }
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/submissions?sort=submission&size=25").await;
    let labels = page.texts("tbody .tick");
    assert_eq!(labels, ["Select MN-0001", "Select MN-0002", "Select MN-0003", "Select MN-0004"]);
    let form = page.form("Export those ticked as CSV");
    let ticked = form.clone().tick("only", "MN-0004").tick("only", "MN-0002").submit().await;
    assert_eq!(ticked.status(), 200, "{}", ticked.reading());
    let lines = file(&sam, &ticked.path).await;
    let keys: Vec<&str> = lines[1..].iter().map(|line| line[0].as_str()).collect();
    assert_eq!(keys, ["MN-0002", "MN-0004"]);
    let whole = file(&sam, "/submissions.csv?sort=submission").await;
    assert_eq!(lines[1..], [whole[2].clone(), whole[4].clone()], "with the columns of the list");
    let (rows, about) = workbook(&sam, &ticked.path.replace(".csv?", ".xlsx?")).await;
    assert_eq!(rows, lines);
    assert_eq!(about[1], ["Filters", "Only MN-0002, MN-0004"]);

    let told: (String, i64) = sqlx::query_as(
        "select x.address, x.matching from export x join event e on e.row_id = x.id order by e.seq desc limit 1",
    )
    .fetch_one(&world.db)
    .await
    .unwrap();
    assert_eq!(told, ("/submissions?status=any&only=MN-0002,MN-0004&sort=submission&size=25".to_owned(), 2));
    let list = sam.get(&told.0).await;
    assert_eq!(list.text(".results__count"), "2 submissions", "the address of the history leads to the same rows");
    assert_eq!(list.texts(".chip"), ["Remove filter Only MN-0002, MN-0004"]);

    let before = world.count("select count(*) from export").await;
    let none = form.submit().await;
    assert_eq!((none.status(), none.location()), (303, "/submissions?status=any&sort=submission&size=25"));
    assert_eq!(none.follow().await.flash().as_deref(), Some("No submission was ticked, so nothing was exported."));
    assert_eq!(sam.get("/submissions.csv?only=5").await.status(), 422);
    assert_eq!(world.count("select count(*) from export").await, before, "nothing was taken");
}

#[tokio::test]
async fn a_key_that_somebody_may_not_see_is_not_in_the_file_of_those_ticked() {
    let world = World::start().await;
    let (own, rate) = world.sent_with_rate("maya.lindqvist").await;
    let draft = world.drafted("maya.lindqvist").await;
    let other = world.sent("elena.vargas").await;
    let only = format!("only={},{},{},MN-0999", own.key, draft.key, other.key);
    let keys = async |name: &str, address: &str| {
        let lines = file(&world.signed_in(name).await, address).await;
        lines[1..].iter().map(|line| line[0].clone()).collect::<Vec<_>>()
    };
    let address = format!("/submissions.csv?sort=submission&{only}");
    assert_eq!(keys("maya.lindqvist", &address).await, [own.key.clone(), draft.key.clone()]);
    assert_eq!(keys("rita.olsen", &address).await, [own.key.clone(), other.key.clone()]);
    assert_eq!(keys("elena.vargas", &address).await, [other.key.as_str()]);
    assert_eq!(keys("elena.vargas", &format!("/rates.csv?only={rate}")).await, [""; 0]);
    assert_eq!(keys("rita.olsen", &format!("/rates.csv?only={rate}")).await, [rate.as_str()]);
}

#[tokio::test]
async fn the_work_of_a_tab_is_exported_with_its_filters_its_order_and_its_columns() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    for _ in 0..52 {
        world.sent("maya.lindqvist").await;
    }
    world.sent("elena.vargas").await;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get("/work?tab=unassigned&state=MN&sort=days").await;
    let csv = page.link("Export as CSV").expect("the page leads to its file");
    assert_eq!(csv, "/work.csv?tab=unassigned&state=MN&sort=days");
    let lines = file(&sam, &csv).await;
    let headings: Vec<String> = page.texts("thead th");
    assert_eq!(lines[0][..2], headings[1..3], "after the boxes");
    assert_eq!((lines[0][2].as_str(), &lines[0][3..7]), ("Name", &headings[3..7]));
    let to_start = headings[7].as_str();
    assert_eq!(
        lines[0][7..],
        ["Effective date or first day of rating period", to_start],
        "its day, and the days to it"
    );
    assert_eq!((lines[1][6].as_str(), lines[1][8].parse::<i64>().is_ok()), ("0", true), "days are numbers");
    assert_eq!(lines.len(), 54, "more than one page");
    let on_page = page.texts("tbody th a");
    let keys: Vec<&String> = lines[1..51].iter().map(|line| &line[1]).collect();
    assert_eq!(keys, on_page.iter().collect::<Vec<_>>());
    assert_eq!((lines[1][0].as_str(), lines[1][4].as_str()), ("Take it", "Not started"));
    let (rows, about) = workbook(&sam, &page.link("Export as XLSX").unwrap()).await;
    assert_eq!(rows, lines);
    assert_eq!(about[1], ["Filters", "State: Minnesota"]);
    assert_eq!(about[5], ["Part", "Unassigned in my department"]);

    let owen = world.signed_in("owen.park").await;
    let lines = file(&owen, "/work.csv?tab=unassigned").await;
    assert_eq!((lines.len(), lines[1][1].as_str()), (2, format!("Rate {rate}").as_str()), "their department's alone");
    assert_eq!(file(&owen, "/work.csv").await.len(), 1, "headings where nothing waits");
    let told: Vec<(String, i64)> =
        sqlx::query_as("select x.address, x.matching from export x join event e on e.row_id = x.id order by e.seq")
            .fetch_all(&world.db)
            .await
            .unwrap();
    let own = "/work?tab=unassigned&state=MN&sort=days".to_owned();
    assert_eq!(told[..2], [(own.clone(), 53), (own, 53)]);
    assert_eq!(told[2..], [("/work?tab=unassigned".to_owned(), 1), ("/work".to_owned(), 0)]);
    assert_eq!(sam.get("/work.csv?tab=other").await.status(), 422);
    assert_eq!(world.count("select count(*) from export").await, 4, "what was refused was not taken");
    crate::life::intact(&world).await;
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
    // Those of the page but that of the boxes, and the name; open and answered questions apart, and three of each department.
    assert_eq!(lines[0].len(), headings.len() + 1 + 8);
    assert_eq!(lines[0][..3], ["Submission", "Name", "State"]);
    let keys: Vec<&str> = lines[1..].iter().map(|line| line[0].as_str()).collect();
    assert_eq!(keys, ["MN-0001", "TX-0001"]);
    let cell = |heading: &str| &lines[1][lines[0].iter().position(|own| own == heading).unwrap()];
    assert_eq!(["Turn", "Open questions", "Answered questions"].map(cell), ["State and CMS", "1", "0"]);
    assert_eq!(["DMCO", "DMCP", "OACT"].map(cell), ["Awaiting state (question)", "Not started", "Not started"]);
    assert_eq!(["DMCP reviews", "DMCP signed off"].map(cell), ["1", "0"]);
    assert_eq!(cell("First sent"), "2026-03-10T23:30:00-04:00", "the day of the page, not that of UTC");
    assert!(cell("Days to effective date").parse::<i64>().is_ok(), "{}", cell("Days to effective date"));

    let lines = file(&sam, "/rates.csv?status=any").await;
    assert_eq!((lines.len(), lines[1][0].as_str()), (2, rate.as_str()));
    assert_eq!(lines[1].len(), lines[0].len());
    assert_eq!(sam.get("/submissions.csv?status=done").await.status(), 422);
}

/// The headings of the columns of a workbook that have numbers, not text that looks like one.
async fn numbers(who: &Browser, address: &str) -> Vec<String> {
    let (rows, _) = workbook(who, address).await;
    let mut archive = ZipArchive::new(Cursor::new(who.get(address).await.body().to_vec())).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    let mut headings = Vec::new();
    for cell in between(&sheet, "<c r=\"", "</c>").filter(|cell| cell.contains("<v>")) {
        let heading = &rows[0][usize::from(cell.as_bytes()[0] - b'A')];
        if !headings.contains(heading) {
            headings.push(heading.clone());
        }
    }
    headings
}

#[tokio::test]
async fn what_is_counted_is_a_number_in_a_workbook_and_a_person_stands_under_their_department() {
    let world = World::start().await;
    let (_, rate) = world.sent_with_rate("maya.lindqvist").await;
    let owen = world.signed_in("owen.park").await;
    let review = format!("Take DMCP review of {rate}");
    let page = owen.get(&format!("/rates/{rate}")).await;
    assert_eq!(page.form(&review).press(&review).await.status(), 303);
    let chosen = "cols=primaries,version,days,rates,first-sent";
    let found = numbers(&owen, &format!("/submissions.xlsx?{chosen}")).await;
    assert_eq!(found, ["Version", "Days to effective date", "Rates"]);
    let lines = file(&owen, &format!("/submissions.csv?{chosen}")).await;
    let people = ["DMCO primary reviewer", "DMCP primary reviewers", "OACT primary reviewers"];
    assert_eq!(
        (&lines[0][2..5], &lines[1][2..5]),
        (&people.map(str::to_owned)[..], &["nobody".to_owned(), "Owen Park".to_owned(), "nobody".to_owned()][..])
    );
    let chosen = "cols=primaries,version,days,questions,dmcp";
    let found = numbers(&owen, &format!("/rates.xlsx?{chosen}")).await;
    assert_eq!(found, ["Days to rating period", "Open questions", "Answered questions", "Version"]);
    let lines = file(&owen, &format!("/rates.csv?{chosen}")).await;
    let under = |heading: &str| lines[1][lines[0].iter().position(|own| own == heading).unwrap()].as_str();
    assert_eq!((under("DMCP primary reviewer"), under("OACT primary reviewer")), ("Owen Park", "nobody"));
    let found = numbers(&owen, "/work.xlsx").await;
    assert_eq!(found, ["Days in status", "Days to effective date or rating period"]);
    let alex = world.signed_in("alex.morgan").await;
    assert_eq!(numbers(&alex, "/assignments.xlsx").await, ["Days in status"]);
    assert_eq!(numbers(&alex, "/assignments.xlsx?tab=workload").await.len(), 6, "every number is one");
    let lines = file(&alex, "/assignments.csv").await;
    let first = lines[0].iter().position(|heading| heading == "First sent").unwrap();
    assert_eq!(lines[1][first], "2026-03-10T23:30:00-04:00");
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
