//! Saved views: a list opens with exactly what was kept, the count is the list's, and everybody keeps to what is theirs.

use serde_json::json;

use crate::list_filters::MANY;
use crate::support::{Browser, Page, World};
use crate::walk::run;

mod together;

/// What leads from a list to its views, with what it shows.
const LINK: &str = "Open a view, or save what is shown as one";

/// The views of a list, opened from an address of it.
async fn views_at(who: &Browser, address: &str) -> Page {
    let list = who.get(address).await;
    who.get(&list.link(LINK).expect("a list leads to its views")).await
}

/// Saves what an address of a list shows; `owner` is chosen where it can be.
async fn save(who: &Browser, address: &str, name: &str, owner: Option<&str>) -> Page {
    let mut form = views_at(who, address).await.form("Save view").set("name", name);
    if let Some(owner) = owner {
        form = form.set("for", owner);
    }
    form.press("Save view").await
}

/// The address of a view.
async fn address(world: &World, name: &str) -> String {
    let sql = "select '/views/' || id from saved_view where name = $1";
    sqlx::query_scalar(sql).bind(name).fetch_one(&world.db).await.unwrap()
}

async fn press(who: &Browser, address: &str, button: &str) -> Page {
    let answer = who.get(address).await.form(button).press(button).await;
    assert_eq!(answer.status(), 303, "{button} at {address}");
    answer.follow().await
}

fn names(page: &Page) -> Vec<String> {
    page.texts("main tbody th a")
}

/// Each view's count, compared with the list that its link opens.
async fn counts_are_the_lists(who: &Browser) -> Vec<String> {
    let page = who.get("/views").await;
    let counts = page.texts("td[data-label='Shows now']");
    let links = page.attributes("main tbody th a", "href");
    assert_eq!(counts.len(), links.len());
    for (count, link) in counts.iter().zip(links) {
        assert_eq!(who.get(&link).await.text(".results__count"), *count, "{link}");
    }
    counts
}

#[tokio::test]
async fn the_count_of_a_view_is_that_of_its_list_whatever_it_asks_for_and_whatever_happens() {
    let world = World::start().await;
    run(&world, MANY).await;
    let sam = world.signed_in("sam.lee").await;
    let queries = [
        "/submissions?status=any",
        "/submissions?status=submitted,approved&state=MN&sort=-state&size=25",
        "/submissions?kind=eqro&effective-from=1/2/2026&cols=status,turn",
        "/submissions?reviewer=me,nobody&turn=cms&dmco=in_review",
        "/submissions?status=withdrawn&program=&first-sent-to=3/1/2026",
        "/rates?status=any",
    ];
    for (number, query) in queries.iter().enumerate() {
        let saved = save(&sam, query, &format!("View {number}"), None).await;
        assert_eq!(saved.status(), 303, "{query}");
        let list = saved.follow().await;
        assert_eq!(list.flash().unwrap().split(" is saved").next().unwrap(), format!("“View {number}”"));
        assert_eq!(list.texts(".chip"), sam.get(query).await.texts(".chip"), "{query}");
        assert_eq!(list.texts("thead th"), sam.get(query).await.texts("thead th"), "{query}");
    }
    let before = counts_are_the_lists(&sam).await;
    assert_eq!((before.len(), before[5].as_str()), (6, "0 rates"));
    run(&world, "set local session_replication_role = replica; update contract_review set status = 'approved', released_on = '2026-03-01' where status in ('submitted', 'resubmitted')").await;
    run(&world, "delete from contract_review_tally; insert into contract_review_tally (state_code, status, part, reviews) select state_code, status, 0, count(*) from contract_review group by 1, 2").await;
    let after = counts_are_the_lists(&sam).await;
    assert_ne!(before, after);
}

#[tokio::test]
async fn a_search_is_counted_as_the_list_finds_it_and_near_spellings_too() {
    let world = World::start().await;
    let sam = world.signed_in("sam.lee").await;
    world.sent_with("maya.lindqvist", &json!({ "submission_description": "Telehealth in every county." })).await;
    world.sent("maya.lindqvist").await;
    for (name, words) in [("Found", "telehealth"), ("Near", "telehaelth"), ("Nowhere", "xylophone"), ("Key", "MN-1")] {
        assert_eq!(save(&sam, &format!("/submissions?q={words}"), name, None).await.status(), 303);
    }
    let counts = counts_are_the_lists(&sam).await;
    // In order of names: Found, Key, Near, Nowhere.
    assert_eq!(counts, ["1 submission", "1 submission", "1 submission", "0 submissions"]);
    world.sent_with("maya.lindqvist", &json!({ "submission_description": "Telehealth in no county." })).await;
    assert_eq!(counts_are_the_lists(&sam).await[0], "2 submissions");
}

#[tokio::test]
async fn a_list_opens_with_the_view_that_a_person_chose_until_they_choose_otherwise() {
    let world = World::start().await;
    run(&world, MANY).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    save(&sam, "/submissions?status=approved&kind=eqro", "Done", None).await;
    let view = address(&world, "Done").await;
    let usual = sam.get("/submissions").await.texts(".chip");
    for _ in 0..2 {
        let page = press(&sam, &view, "Open it with this view").await;
        assert_eq!(page.flash().unwrap(), "Submissions opens with “Done” for you.");
        press(&sam, &view, "Open it as usual").await;
        assert_eq!(sam.get("/submissions").await.texts(".chip"), usual);
    }
    press(&sam, &view, "Open it with this view").await;
    let page = sam.get("/submissions").await;
    assert_eq!(page.texts(".chip"), ["Remove filter Status: Approved", "Remove filter Kind: EQRO"]);
    assert_eq!(sam.get("/views").await.table("Views of submissions")[0].cell("Opens the list"), "Yes, for you");
    let file = sam.get("/submissions.csv").await;
    let rows = String::from_utf8(file.body().to_vec()).unwrap().lines().count() - 1;
    assert!(page.text(".results__count").starts_with(&format!("{rows} ")));
    assert_eq!(sam.get("/submissions?status=any").await.texts(".chip"), [""; 0], "a query replaces it whole");
    assert_eq!(kim.get("/submissions").await.texts(".chip"), usual, "another person's list is as it was");
    assert_eq!(sam.get("/rates").await.texts(".chip").len(), 3, "and so is another list");

    // A view of which a part is gone is no reason for an address without a query to fail.
    run(&world, "update saved_view set query = 'status=approved&kind=none' where name = 'Done'").await;
    let page = sam.get("/submissions").await;
    assert_eq!((page.status(), page.texts(".chip")), (200, usual.clone()));
    let said = page.text(".results__said");
    assert!(
        said.starts_with("Your view “Done” asks for what this list does not have any more: kind “none”."),
        "{said}"
    );
    let row = &sam.get("/views").await.table("Views of submissions")[0];
    assert_eq!(row.cell("Shows now"), "Nothing: this list does not have kind “none”");
    assert_eq!(sam.get(&view).await.definition("Asks for"), "Status: Approved");

    let page = press(&sam, &view, "Delete this view").await;
    assert_eq!(page.flash().unwrap(), "The view “Done” is deleted.");
    assert_eq!(sam.get("/submissions").await.texts(".results__said"), [""; 0]);
    assert_eq!(world.count("select count(*) from list_default").await, 0);
    assert_eq!(sam.get(&view).await.status(), 404);
    assert_eq!(page.texts("main h2"), ["No views of submissions yet", "No views of rates yet"]);
}

#[tokio::test]
async fn an_address_asks_for_a_view_as_it_stands_and_nobody_gets_one_that_is_not_theirs() {
    let world = World::start().await;
    run(&world, MANY).await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    save(&sam, "/submissions?status=approved&kind=eqro", "Done", None).await;
    let view = address(&world, "Done").await;
    let link = sam.get(&view).await.link("The list as this view asks for it whenever the link is followed").unwrap();
    assert_eq!(link, format!("/submissions?view={}", view.trim_start_matches("/views/")));
    let page = sam.get(&link).await;
    assert_eq!(page.texts(".chip"), ["Remove filter Status: Approved", "Remove filter Kind: EQRO"]);
    let file = sam.get(&link.replace('?', ".csv?")).await;
    assert_eq!(file.body(), sam.get("/submissions.csv?status=approved&kind=eqro").await.body());
    run(&world, "update saved_view set query = 'status=withdrawn' where name = 'Done'").await;
    assert_eq!(sam.get(&link).await.texts(".chip"), ["Remove filter Status: Withdrawn"]);

    let elsewhere = link.replace("submissions", "rates");
    let (gone, broken) = (link.replace(|digit: char| digit.is_ascii_digit(), "0"), format!("{link}x"));
    for (who, address) in [(&sam, &elsewhere), (&sam, &gone), (&sam, &broken), (&maya, &link)] {
        let refused = who.get(address).await;
        let id = address.split_once('=').expect("it names a view").1;
        assert_eq!((refused.status(), refused.texts("main li")), (422, vec![format!("view “{id}”")]), "{address}");
    }
    press(&sam, &view, "Delete this view").await;
    assert_eq!(sam.get(&link).await.status(), 422);
}

#[tokio::test]
async fn a_department_uses_its_views_and_its_approvers_and_administrators_keep_them() {
    let world = World::start().await;
    run(&world, MANY).await;
    let dana = world.signed_in("dana.ruiz").await;
    assert_eq!(save(&dana, "/submissions?reviewer=me", "Ours", Some("DMCO")).await.status(), 303);
    let view = address(&world, "Ours").await;
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(sam.get("/views").await.table("Views of submissions")[0].cell("Whose"), "DMCO");
    // It holds a query: "me" is whoever reads.
    let (hers, his) = (counts_are_the_lists(&dana).await, counts_are_the_lists(&sam).await);
    assert_ne!(hers, his);
    let page = sam.get(&view).await;
    assert_eq!(page.buttons(), ["Open it with this view"]);
    press(&sam, &view, "Open it with this view").await;
    assert_eq!(sam.get("/submissions").await.texts(".chip"), ["Remove filter Reviewer: Me"]);
    let token = sam.csrf().await;
    for deed in ["save", "delete"] {
        let fields = [("csrf", token.as_str()), ("version", "1"), ("do", deed), ("name", "Mine")];
        assert_eq!(sam.post(&view, &fields).await.status(), 403, "{deed}");
    }
    assert!(!sam.get("/submissions").await.has("form[action='/views']"));
    assert_eq!(views_at(&sam, "/submissions").await.form("Save view").offered("for"), [""; 0]);

    for name in ["owen.park", "ruth.abara", "hannah.desai", "bernard.owusu", "rita.olsen", "maya.lindqvist"] {
        let other = world.signed_in(name).await;
        assert_eq!(other.get(&view).await.status(), 404, "{name}");
        let token = other.csrf().await;
        let fields = [("csrf", token.as_str()), ("version", "1"), ("do", "open")];
        assert_eq!(other.post(&view, &fields).await.status(), 404, "{name}");
        assert_eq!(names(&other.get("/views").await), [""; 0], "{name}");
    }
    let alex = world.signed_in("alex.morgan").await;
    let offered = views_at(&alex, "/rates").await.form("Save view").offered("for");
    assert_eq!(offered, ["me", "DMCO", "DMCP", "OACT"]);
    let renamed = alex.get(&view).await.form("Rename").set("name", "DMCO’s").press("Rename").await;
    assert_eq!(renamed.follow().await.flash().unwrap(), "The view is called “DMCO’s”.");
    // Who leaves the department leaves its views.
    run(&world, "update account set department = 'OACT' where email like 'kim.ode@%'").await;
    let kim = world.signed_in("kim.ode").await;
    assert_eq!(kim.get(&view).await.status(), 404);
    run(&world, "insert into list_default select id, 'submissions', (select id from saved_view) from account where email like 'kim.ode@%'").await;
    assert_eq!(kim.get("/submissions").await.texts(".chip").len(), 3);
}

#[tokio::test]
async fn a_view_is_ones_own_and_a_state_keeps_no_others() {
    let world = World::start().await;
    world.sent("maya.lindqvist").await;
    let (maya, elena) = (world.signed_in("maya.lindqvist").await, world.signed_in("elena.vargas").await);
    let form = views_at(&maya, "/submissions").await.form("Save view").set("name", "All");
    assert_eq!(form.offered("for"), [""; 0]);
    assert_eq!(form.clone().tamper("for", "DMCO").press("Save view").await.status(), 403);
    assert_eq!(form.press("Save view").await.status(), 303);
    assert_eq!(counts_are_the_lists(&maya).await, ["1 submission"]);
    let view = address(&world, "All").await;
    assert_eq!(elena.get(&view).await.status(), 404);
    assert_eq!(world.signed_in("alex.morgan").await.get(&view).await.status(), 404, "not an administrator's either");
    let part = maya.get_htmx("/views?list=submissions&shown=status%3Dany").await;
    assert!(!part.has("main") && !part.has("h1") && part.has("form[action='/views']"));
    assert_eq!(part.texts("h2"), ["Views of submissions", "Save what is shown as a view"]);
    assert_eq!(maya.get("/views?list=rates").await.texts("main h2"), ["No views of rates yet"]);
}
