//! The settings: the list of programs, and retiring one.

use mc_review::history;

use crate::support::{Browser, Form, Page, World};

async fn address(world: &World, name: &str) -> String {
    let sql = "select '/settings/programs/' || id from program where name = $1";
    sqlx::query_scalar(sql).bind(name).fetch_one(&world.db).await.unwrap()
}

async fn id(world: &World, name: &str) -> String {
    address(world, name).await.rsplit('/').next().unwrap().to_owned()
}

async fn open(who: &Browser, address: &str) -> Form {
    who.get(address).await.form("Save")
}

async fn as_it_is(world: &World, name: &str) -> String {
    let sql = "select concat_ws(' ', p.version, p.retired_on, r.name) from program p
                 left join program r on r.id = p.replaced_by where p.name = $1";
    sqlx::query_scalar(sql).bind(name).fetch_one(&world.db).await.unwrap()
}

fn said(page: &Page) -> String {
    page.flash().unwrap_or_default()
}

#[tokio::test]
async fn the_list_shows_every_program_sorted_and_filtered_by_its_address() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    world.drafted("maya.lindqvist").await;
    let alex = world.signed_in("alex.morgan").await;
    let all = alex.get("/settings").await.follow().await;
    assert_eq!(all.h1(), "Programs");
    let rows = all.table("16 programs");
    assert_eq!(rows.len(), 16);
    let nemt = rows.iter().find(|row| row.cell("Short name").starts_with("NEMT")).unwrap();
    assert_eq!((nemt.cell("Retired on"), nemt.cell("Replaced by")), ("01/01/2026", "HSTD"));
    let kick = rows.iter().find(|row| row.cell("Short name").starts_with("MMA Kick")).unwrap();
    assert_eq!(kick.cell("Rate certifications only"), "Yes");

    let some = alex.get("/settings/programs?state=MN,TX&sort=-name").await;
    let rows = some.table("7 programs");
    let names: Vec<String> = rows.iter().map(|row| row.cell("Short name").to_owned()).collect();
    assert_eq!(names[0], "STAR+PLUS, Texas");
    assert_eq!(names[6], "CHIP Dental, Texas");
    // Drafts are not counted.
    let counts: Vec<&str> =
        rows.iter().filter(|row| row.cell("State") == "Minnesota").map(|row| row.cell("Submissions")).collect();
    let sent = world.count("select count(*) from contract_review_program p join contract_review r on r.id = p.contract_review_id where r.status <> 'draft'").await;
    assert_eq!(counts.iter().map(|count| count.parse::<i64>().unwrap()).sum::<i64>(), sent);
    assert!(sent > 0);
    assert_eq!(some.link("Short name").unwrap(), "/settings/programs?state=MN,TX&sort=name");

    let lost = alex.get("/settings/programs?state=QQ&sort=colour").await;
    assert_eq!(lost.status(), 422);
    assert!(lost.text("main").contains("state: QQ") && lost.text("main").contains("sort: colour"));
    assert_eq!(lost.link("Show the list without them").unwrap(), "/settings/programs");
}

#[tokio::test]
async fn the_list_is_exported_as_it_stands_by_administrators() {
    let world = World::start().await;
    let alex = world.signed_in("alex.morgan").await;
    let list = alex.get("/settings/programs?state=KY&sort=-name").await;
    let export = list.link("Export as CSV").unwrap();
    assert_eq!(export, "/settings/programs.csv?state=KY&sort=-name");
    let file = alex.get(&export).await;
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"programs.csv\""));
    let text = String::from_utf8(file.body().to_vec()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    let nemt = "KY,NEMT,Non-emergency Medical Transportation,no,01/01/2026,HSTD,0,";
    assert!(lines[1].starts_with(nemt), "{}", lines[1]);
    let rita = world.signed_in("rita.olsen").await;
    assert_eq!(rita.get("/settings/programs").await.link("Export as CSV"), None);
}

#[tokio::test]
async fn settings_are_in_the_navigation_of_those_who_keep_them_and_in_the_menu_of_those_who_read_them() {
    let world = World::start().await;
    for (name, in_navigation, in_menu) in [
        ("alex.morgan", true, false),
        ("hannah.desai", true, false),
        ("bernard.owusu", true, false),
        ("sam.lee", false, true),
        ("dana.ruiz", false, true),
        ("rita.olsen", false, true),
        ("maya.lindqvist", false, false),
    ] {
        let page = world.signed_in(name).await.get("/account").await;
        assert_eq!(page.has("nav[aria-label=Main] a[href='/settings']"), in_navigation, "{name}");
        assert_eq!(page.has(".account__menu a[href='/settings']"), in_menu, "{name}");
    }
    // Who reads gets text and no controls.
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&address(&world, "NEMT").await).await;
    assert_eq!((page.definition("Retired on"), page.definition("Replaced by")), ("01/01/2026".into(), "HSTD".into()));
    assert!(!page.has("main form"));
}

#[tokio::test]
async fn a_program_is_retired_told_of_and_brought_back() {
    let world = World::start().await;
    let alex = world.signed_in("alex.morgan").await;
    let (snbc, pmap) = (address(&world, "SNBC").await, id(&world, "PMAP").await);
    let form = open(&alex, &snbc).await.set("retired_on", "3/1/2026").set("replaced_by", &pmap);
    let answer = form.press("Save").await;
    assert_eq!((answer.status(), answer.location()), (303, &*snbc));
    let page = answer.follow().await;
    assert_eq!(said(&page), "MN SNBC is retired from 03/01/2026, replaced by PMAP.");
    assert_eq!(as_it_is(&world, "SNBC").await, "2 2026-03-01 PMAP");
    let happened = page.texts("main section ul li");
    assert!(
        happened[0].contains("Alex Morgan (Administrator) retired on never → 03/01/2026, replaced by nothing → PMAP")
    );
    // Pressed twice, it happened once.
    let again = form.press("Save").await.follow().await;
    assert_eq!(said(&again), "MN SNBC is retired from 03/01/2026, replaced by PMAP.");
    assert_eq!(world.count("select count(*) from event where kind = 'program_retired'").await, 1);
    // New submissions are not offered it.
    let maya = world.signed_in("maya.lindqvist").await;
    let offered = maya.get("/submissions/new?kind=health_plan").await.form("Continue").offered("program_ids");
    assert!(!offered.contains(&id(&world, "SNBC").await) && offered.contains(&pmap));

    let back = open(&alex, &snbc).await.set("retired_on", "").set("replaced_by", "").press("Save").await;
    assert_eq!(said(&back.follow().await), "MN SNBC is not retired: new submissions can choose it.");
    assert_eq!(as_it_is(&world, "SNBC").await, "3");
    assert_eq!(world.count("select count(*) from event where kind = 'program_changed' and version_after = 3").await, 1);
    assert!(history::verify_all(&world.db).await.unwrap().intact());
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_changes_nothing() {
    let world = World::start().await;
    let alex = world.signed_in("alex.morgan").await;
    let (snbc, pmap) = (address(&world, "SNBC").await, id(&world, "PMAP").await);
    let refused = open(&alex, &snbc).await.set("retired_on", "soon").set("replaced_by", &pmap).press("Save").await;
    let sentence = "Enter Retired on as MM/DD/YYYY, for example 07/01/2026.";
    assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]));
    let form = refused.form("Save");
    assert_eq!((form.value("retired_on"), form.value("replaced_by")), ("soon".to_owned(), pmap.clone()));
    let refused = form.set("retired_on", " ").press("Save").await;
    let sentence = "Enter the day from which the program is retired, or choose no replacement.";
    assert_eq!((refused.status(), refused.errors()), (422, vec![sentence.to_owned()]));
    for name in ["STAR", "SNBC"] {
        let other = id(&world, name).await;
        let forged = open(&alex, &snbc).await.set("retired_on", "3/1/2026").tamper("replaced_by", &other);
        let refused = forged.press("Save").await;
        assert_eq!(refused.errors(), ["Choose another program of the same state."], "{name}");
    }
    assert_eq!(as_it_is(&world, "SNBC").await, "1");
    assert_eq!(alex.get("/settings/programs/nothing").await.status(), 404);
}

#[tokio::test]
async fn two_administrators_at_once_are_shown_both_and_choose() {
    let world = World::start().await;
    sqlx::query("update account set role = 'admin' where email like 'hannah.desai@%'")
        .execute(&world.db)
        .await
        .unwrap();
    let (alex, hannah) = (world.signed_in("alex.morgan").await, world.signed_in("hannah.desai").await);
    let (snbc, pmap) = (address(&world, "SNBC").await, id(&world, "PMAP").await);
    let (first, second) = (open(&alex, &snbc).await, open(&hannah, &snbc).await);
    assert_eq!(first.clone().set("retired_on", "03/01/2026").press("Save").await.status(), 303);
    let second = second.set("retired_on", "07/01/2026").set("replaced_by", &pmap);
    let panel = second.press("Save").await;
    assert_eq!(panel.status(), 409);
    let reading = panel.text("#conflict");
    assert!(reading.contains("Alex Morgan (Administrator) changed this program after you opened it"), "{reading}");
    let rows = panel.table("What changed, and what you wanted");
    let values = |field: &str| {
        let row = rows.iter().find(|row| row.cell("Field") == field).unwrap();
        ["When you opened", "Now", "You wanted"].map(|heading| row.cell(heading).to_owned())
    };
    assert_eq!(values("Retired on"), ["never", "03/01/2026", "07/01/2026"]);
    assert_eq!(values("Replaced by"), ["nothing", "nothing", "PMAP"]);
    // Without a choice nothing is saved.
    let unchosen = panel.form("Save my choices").press("Save my choices").await;
    assert_eq!(unchosen.status(), 422);
    assert!(unchosen.text("#conflict").contains("Choose which one it is to be."));
    assert_eq!(as_it_is(&world, "SNBC").await, "2 2026-03-01");
    // A third change conflicts again.
    let third = open(&alex, &snbc).await.set("retired_on", "04/01/2026").press("Save").await;
    assert_eq!(third.status(), 303);
    let choice = unchosen.form("Save my choices").set("choose.retired_on", "keep");
    let again = choice.press("Save my choices").await;
    assert_eq!(again.status(), 409);
    let done = again.form("Save my choices").set("choose.retired_on", "mine").press("Save my choices").await;
    assert_eq!(done.status(), 303);
    assert_eq!(as_it_is(&world, "SNBC").await, "4 2026-07-01 PMAP");
    // A wish that somebody else made come true is news.
    let late = first.set("retired_on", "07/01/2026").set("replaced_by", &pmap).press("Save").await;
    let news = said(&late.follow().await);
    assert!(news.starts_with("Already so, by Hannah Desai (Administrator), "), "{news}");
}
