//! What is done with rows of a list that are ticked: their reviews taken, or given to people.

use crate::support::{Browser, Form, Page, World};
use crate::walk::keys;

const MAYA: &str = "maya.lindqvist";

/// What became of each, from the page that tells it.
fn told(page: &Page) -> Vec<(String, String)> {
    page.table("What became of each")
        .iter()
        .map(|row| (row.cell("Review").to_owned(), row.cell("Result").to_owned()))
        .collect()
}

fn pair(review: &str, result: &str) -> (String, String) {
    (review.to_owned(), result.to_owned())
}

async fn bar(who: &Browser, list: &str) -> Form {
    who.get(list).await.form("Export those ticked as CSV")
}

#[tokio::test]
async fn reviewers_take_what_their_department_reviews_of_the_rows_that_are_ticked() {
    let world = World::start().await;
    world.sent(MAYA).await;
    let (_, rate) = world.sent_with_rate(MAYA).await;
    world.drafted(MAYA).await;
    let (sam, owen) = (world.signed_in("sam.lee").await, world.signed_in("owen.park").await);
    let form = bar(&sam, "/submissions?sort=submission").await;
    assert_eq!(form.buttons(), ["Export those ticked as CSV", "Export those ticked as XLSX", "Take those ticked"]);
    let taken = form.clone().tick("only", "MN-0002").tick("only", "MN-0001").press("Take those ticked").await;
    assert_eq!(
        (taken.status(), taken.location()),
        (303, "/submissions?status=any&sort=submission"),
        "back to the list"
    );
    let page = taken.follow().await;
    assert_eq!(page.text("#taken-heading"), "2 reviews: 2 taken.");
    assert_eq!(told(&page), [pair("DMCO review of MN-0001", "Taken"), pair("DMCO review of MN-0002", "Taken")]);
    let again = form.clone().tick("only", "MN-0001").press("Take those ticked").await.follow().await;
    assert_eq!(again.text("#taken-heading"), "1 review: 1 already yours.");
    assert!(!sam.get("/submissions").await.has("#taken-heading"), "it is told once");
    let kim = world.signed_in("kim.ode").await;
    world.pass(time::Duration::minutes(20));
    let page =
        bar(&kim, "/submissions?state=MN&size=25").await.tick("only", "MN-0001").press("Take those ticked").await;
    assert_eq!(page.location(), "/submissions?status=any&state=MN&size=25");
    let page = page.follow().await;
    assert_eq!(page.text("#taken-heading"), "1 review: 1 already assigned.");
    assert!(page.reading().contains("Already assigned to Sam Lee."));
    let csrf = kim.csrf().await;
    for elsewhere in [
        "https://elsewhere.example/submissions?x",
        "//submissions?",
        "/submissionsx?",
        "/rates?status=any",
        "/submissions?a%0d%0ab",
    ] {
        let action = format!("/work/take/submissions?back={}", elsewhere.replace('%', "%25"));
        let answer = kim.post(&action, &[("csrf", &csrf), ("only", "MN-0001")]).await;
        let expected = if elsewhere.contains("%0d") { elsewhere } else { "/submissions" };
        assert_eq!((answer.status(), answer.location()), (303, expected), "{elsewhere}");
    }

    // Of a submission DMCP reviews the rates; of one without any, nothing.
    let form = bar(&owen, "/submissions?sort=submission").await;
    let page = form.tick("only", "MN-0002").tick("only", "MN-0001").press("Take those ticked").await.follow().await;
    assert_eq!(
        told(&page),
        [pair("MN-0001", "Not in your department"), pair(&format!("DMCP review of {rate}"), "Taken")]
    );
    let form = bar(&world.signed_in("ivan.petrov").await, "/rates").await;
    let page = form.tick("only", &rate).press("Take those ticked").await.follow().await;
    assert_eq!(told(&page), [pair(&format!("OACT review of {rate}"), "Taken")]);
    crate::life::intact(&world).await;
}

#[tokio::test]
async fn nothing_ticked_and_too_much_change_nothing_and_say_so() {
    let world = World::start().await;
    world.sent(MAYA).await;
    let sam = world.signed_in("sam.lee").await;
    let none = bar(&sam, "/submissions?status=any").await.press("Take those ticked").await;
    assert_eq!((none.status(), none.location()), (303, "/submissions?status=any"));
    assert_eq!(none.follow().await.flash().as_deref(), Some("No submission was ticked, so nothing was done."));
    let dana = world.signed_in("dana.ruiz").await;
    let none = bar(&dana, "/submissions?status=any").await.press("Assign those ticked").await;
    assert_eq!(none.follow().await.flash().as_deref(), Some("No submission was ticked, so nothing was done."));

    crate::assignments::many::filled(&world, 501).await;
    let page = sam.get("/submissions?status=any").await;
    assert_eq!(page.texts(".ticked__all"), ["All 502 submissions"]);
    let all = page.form("Export those ticked as CSV").tick("only", "all");
    let refused = all.press("Take those ticked").await.follow().await;
    let too_many = |most: usize| {
        format!(
            "502 submissions are more than can be dealt with at once, which is {most}: filter the list, or tick some of it. Nothing was done."
        )
    };
    assert_eq!(refused.flash(), Some(too_many(100)));
    let all = bar(&dana, "/submissions?status=any").await.tick("only", "all");
    assert_eq!(all.press("Assign those ticked").await.follow().await.flash(), Some(too_many(200)));
    assert_eq!(world.count("select count(*) from event where kind = 'reviewers_changed'").await, 0);
    let whole = crate::exports::file(&sam, "/submissions.csv?state=TX&sort=submission").await;
    let ticked =
        crate::exports::file(&sam, "/submissions.csv?state=TX&sort=submission&only=&only=MN-0001&only=all").await;
    assert_eq!((ticked.len(), ticked), (252, whole), "all of it is the list itself");
}

#[tokio::test]
async fn what_left_the_filters_after_it_was_ticked_is_told_all_the_same() {
    let world = World::start().await;
    let first = world.sent(MAYA).await;
    world.sent(MAYA).await;
    let (sam, kim) = (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await);
    let alex = world.signed_in("alex.morgan").await;
    let list = "/submissions?reviewer=nobody&status=submitted&sort=submission";
    let (his, assigns) = (bar(&sam, list).await, bar(&alex, list).await);
    bar(&kim, list).await.tick("only", "MN-0001").press("Take those ticked").await;
    let page = his.clone().tick("only", "MN-0001").press("Take those ticked").await.follow().await;
    assert_eq!(page.text("#taken-heading"), "1 review: 1 taken meanwhile.");
    world.withdraw("kim.ode", &first).await;
    let page = his.tick("only", "MN-0001").tick("only", "MN-0002").press("Take those ticked").await.follow().await;
    assert_eq!(
        told(&page),
        [pair("DMCO review of MN-0001", "Taken meanwhile"), pair("DMCO review of MN-0002", "Taken")]
    );
    let page = assigns.clone().tick("only", "MN-0001").press("Assign those ticked").await;
    assert_eq!(page.location(), "/assignments?tab=open&submission=MN-0001");
    let back =
        alex.get("/assignments?tab=open&submission=MN-0001").await.link("Back to the list these were selected from");
    assert_eq!(keys(&alex.get(&back.expect("the way back")).await), keys(&alex.get(list).await));
    assert_eq!(alex.get("/assignments?tab=open").await.link("Back to the list these were selected from"), None);
    assert!(page.follow().await.reading().contains("Nothing matches"));
    let page = alex.get("/submissions/assign?only=MN-0999").await;
    assert_eq!((page.status(), page.location()), (303, "/submissions?status=any"));
    assert_eq!(
        page.follow().await.flash().as_deref(),
        Some("There is no such submission any more, so nothing was done.")
    );
    assert_eq!(alex.get("/submissions/assign").await.status(), 422, "nobody means all by saying nothing");
    let page = sam.get("/submissions?status=any&only=MN-0001,MN-0002&size=25").await;
    assert_eq!(page.texts(".ticked__all"), [""; 0]);
}

#[tokio::test]
async fn whoever_assigns_goes_on_with_the_open_reviews_of_the_rows_that_are_ticked() {
    let world = World::start().await;
    world.sent(MAYA).await;
    let (_, rate) = world.sent_with_rate(MAYA).await;
    world.sent("elena.vargas").await;
    let alex = world.signed_in("alex.morgan").await;
    let form = bar(&alex, "/submissions").await;
    assert_eq!(form.buttons()[2..], ["Assign those ticked"]);
    let form = form.tick("only", "MN-0002").tick("only", "TX-0001");
    let page = form.press("Assign those ticked").await;
    assert_eq!((page.status(), page.location()), (303, "/assignments?tab=open&submission=MN-0002,TX-0001"));
    let page = page.follow().await;
    let own = [format!("DMCP Rate {rate}"), format!("OACT Rate {rate}")];
    let expected = [&own[0], &own[1], "DMCO MN-0002", "DMCO TX-0001"];
    assert_eq!(crate::assignments::rows(&page), expected);
    assert_eq!(page.link("Remove filter Submission: MN-0002, TX-0001").as_deref(), Some("/assignments?tab=open"));
    let narrower = page.form("Apply").tick("department", "OACT").submit().await;
    assert_eq!(crate::assignments::rows(&narrower), [own[1].as_str()], "the form keeps what was ticked");
    let sam = crate::assignments::id_of(&world, "sam.lee").await;
    let deeds = page.form("Preview those ticked").set("do", "primary").set("primary_to", &sam);
    let preview = deeds.press("Preview all 4").await;
    assert_eq!(preview.texts("table.preview tbody tr").len(), 4);

    let ruth = world.signed_in("ruth.abara").await;
    let page = bar(&ruth, "/rates").await.tick("only", &rate).press("Assign those ticked").await;
    assert_eq!(page.location(), format!("/assignments?tab=open&rate={rate}"));
    assert_eq!(crate::assignments::rows(&page.follow().await), [own[0].as_str()], "those of her department");
    assert_eq!(ruth.get("/assignments?tab=workload&rate=MN-R0001").await.status(), 422, "people are not of a rate");
    assert_eq!(ruth.get("/assignments?submission=MN").await.status(), 422);
}

#[tokio::test]
async fn who_may_neither_take_nor_assign_exports() {
    let world = World::start().await;
    world.sent(MAYA).await;
    world.sent_with_rate(MAYA).await;
    // Nobody of DMCO reviews a rate.
    for (name, list) in
        [(MAYA, "/submissions"), ("rita.olsen", "/submissions"), ("sam.lee", "/rates"), ("dana.ruiz", "/rates")]
    {
        let who = world.signed_in(name).await;
        let form = bar(&who, list).await;
        assert_eq!(form.buttons(), ["Export those ticked as CSV", "Export those ticked as XLSX"], "{name}");
    }
}
