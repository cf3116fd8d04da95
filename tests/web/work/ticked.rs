//! Taking several reviews that were ticked: each is told, whatever became of it.

use mc_review::domain::id::DepartmentReviewId;

use super::{UNASSIGNED, counts, rows, take};
use crate::support::{Browser, Page, World};

const MAYA: &str = "maya.lindqvist";

async fn ticked(who: &Browser, ticks: &[String]) -> Page {
    let csrf = who.csrf().await;
    let mut fields = vec![("csrf", csrf.as_str()), ("ticked", "yes"), ("from", UNASSIGNED)];
    fields.extend(ticks.iter().map(|tick| ("row", tick.as_str())));
    who.post("/work/take", &fields).await
}

fn results(page: &Page) -> Vec<(String, String, String)> {
    let rows = page.table("What became of each");
    rows.iter()
        .map(|row| (row.cell("Review").to_owned(), row.cell("Result").to_owned(), row.cell("Why").to_owned()))
        .collect()
}

#[tokio::test]
async fn each_review_that_was_ticked_says_what_became_of_it() {
    let world = World::start().await;
    let mut ids: Vec<DepartmentReviewId> = Vec::new();
    let mut stories = Vec::new();
    for _ in 0..6 {
        let story = world.sent(MAYA).await;
        ids.push(world.review_of(&story).await);
        stories.push(story);
    }
    world.sent_with_rate(MAYA).await;
    let (sam, kim, dana) =
        (world.signed_in("sam.lee").await, world.signed_in("kim.ode").await, world.signed_in("dana.ruiz").await);
    let page = sam.get(UNASSIGNED).await;
    let offered = page.attributes("#results input[name=row]", "value");
    assert_eq!(offered[..6], ids.iter().map(|id| format!("{id}:1")).collect::<Vec<_>>());
    assert!(page.attributes("#results input[name=row]", "form").iter().all(|form| form == "take-ticked"));
    assert!(page.has("form#take-ticked"));

    take(&sam, "/submissions/MN-0002").await;
    take(&kim, "/submissions/MN-0003").await;
    world.withdraw("kim.ode", &stories[3]).await;
    let assign = format!("/department-reviews/{}/reviewers", ids[4]);
    let kims = world.person("kim.ode").await.id.to_string();
    let assigned = dana.get(&assign).await.form(&assign).set("secondary", &kims).press("Assign").await;
    assert_eq!(assigned.status(), 303);
    let dmcp = "select id from department_review where department = 'DMCP'";
    let dmcp: uuid::Uuid = sqlx::query_scalar(dmcp).fetch_one(&world.db).await.unwrap();
    let mut ticks = offered[..5].to_vec();
    ticks.extend([format!("{dmcp}:1"), format!("{}:1", uuid::Uuid::nil())]);

    let answer = ticked(&sam, &ticks).await;
    assert_eq!((answer.status(), answer.location()), (303, UNASSIGNED));
    let page = answer.follow().await;
    let line = "7 reviews: 1 taken, 1 already yours, 1 taken meanwhile, 1 changed meanwhile, 1 closed, 2 not in your department.";
    assert_eq!(page.text("#taken-heading"), line);
    let told = results(&page);
    let at = "03/10/2026 11:30 PM ET";
    let expected = [
        ("DMCO review of MN-0001", "Taken", "You are its primary reviewer now.".to_owned()),
        ("DMCO review of MN-0002", "Already yours", "You are its primary reviewer.".to_owned()),
        ("DMCO review of MN-0003", "Taken meanwhile", format!("Kim Ode took this at {at}.")),
        ("DMCO review of MN-0004", "Closed", "MN-0004 is withdrawn now.".to_owned()),
        (
            "DMCO review of MN-0005",
            "Changed meanwhile",
            format!("Changed by Dana Ruiz (DMCO), {at}. Nobody has it: look at it, and take it then."),
        ),
        ("A review", "Not in your department", "It is not among those of your department.".to_owned()),
        ("A review", "Not in your department", "It is not among those of your department.".to_owned()),
    ];
    for (told, (title, result, why)) in told.iter().zip(&expected) {
        assert_eq!((told.0.as_str(), told.1.as_str(), told.2.as_str()), (*title, *result, why.as_str()));
    }
    assert_eq!(told.len(), expected.len(), "nothing is skipped");
    assert_eq!(rows(&page).into_iter().map(|(_, key)| key).collect::<Vec<_>>(), ["MN-0005", "MN-0006", "MN-0007"]);
    assert_eq!(counts(&page)[0], 2);
    assert!(!sam.get(UNASSIGNED).await.has("#taken-heading"), "it is told once");

    // Sent again, the same form takes nothing more, and says so.
    let again = ticked(&sam, &ticks[..1]).await.follow().await;
    assert_eq!(again.text("#taken-heading"), "1 review: 1 already yours.");
    assert_eq!(world.count("select count(*) from department_review where primary_reviewer_id is not null").await, 3);
}

#[tokio::test]
async fn without_a_tick_nothing_is_taken_and_what_no_page_sends_is_refused() {
    let world = World::start().await;
    world.sent(MAYA).await;
    let sam = world.signed_in("sam.lee").await;
    let form = sam.get(UNASSIGNED).await.form("Take those ticked");
    let page = form.press("Take those ticked").await.follow().await;
    assert_eq!(page.flash().as_deref(), Some("No review was ticked, so none was taken."));
    for tick in ["x", "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000:x"] {
        assert_eq!(ticked(&sam, &[tick.to_owned()]).await.status(), 422, "{tick}");
    }
    let many = vec![format!("{}:1", uuid::Uuid::nil()); 101];
    assert_eq!(ticked(&sam, &many).await.status(), 422);
    assert_eq!(world.count("select count(*) from event where kind = 'reviewers_changed'").await, 0);
}
