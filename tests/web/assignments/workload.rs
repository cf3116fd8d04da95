//! Who has how much: every number is that of the list to which it leads.

use mc_review::domain::lifecycle::Decision;
use time::Duration;

use super::{MAYA, counts, id_of, rows};
use crate::support::{Browser, Page, World};

const WORKLOAD: &str = "/assignments?tab=workload";
/// The headings of the numbers that are counts.
const COUNTS: [&str; 5] = ["Primary open", "Secondary open", "My turn", "Awaiting state", "Decided in 30 days"];

/// The cells of a column by the people in their rows, all together last.
fn column(page: &Page, heading: &str) -> Vec<(String, String)> {
    let people = page.texts(".workload tr > [data-label=Person]");
    let links = page.texts(&format!(".workload [data-label='{heading}']"));
    let number = |words: &str| words.rsplit_once(": ").map_or(words, |(_, number)| number).to_owned();
    people.into_iter().zip(links.iter().map(|words| number(words))).collect()
}

fn of(page: &Page, heading: &str, name: &str) -> String {
    column(page, heading).into_iter().find(|(person, _)| person == name).expect("they have a row").1
}

/// A world in which people have all kinds of work.
async fn furnished() -> World {
    let world = World::start().await;
    world.in_review(MAYA, "sam.lee").await;
    let asked = world.in_review(MAYA, "sam.lee").await;
    world.ask("sam.lee", &asked, None).await;
    let (rated, rate) = world.sent_with_rate("elena.vargas").await;
    let take = world.signed_in("owen.park").await.get(&format!("/rates/{rate}")).await.form("Take");
    assert_eq!(take.press("Take").await.status(), 303);
    let alex = world.signed_in("alex.morgan").await;
    let page = format!("/department-reviews/{}/reviewers", world.review_of(&rated).await);
    let (kim, sam) = (id_of(&world, "kim.ode").await, id_of(&world, "sam.lee").await);
    let form = alex.get(&page).await.form(&page).set("primary", &kim).set("secondary", &sam);
    assert_eq!(form.press("Assign").await.status(), 303);
    world.decided(MAYA, "sam.lee", Decision::Objection).await;
    world.approved(MAYA, "kim.ode", "dana.ruiz").await;
    let unlocked = world.in_review(MAYA, "kim.ode").await;
    world.unlock("kim.ode", &unlocked).await;
    let withdrawn = world.in_review(MAYA, "kim.ode").await;
    world.withdraw("kim.ode", &withdrawn).await;
    world.pass(Duration::days(3));
    world
}

/// Every number of the page is that of the rows of the list behind it; gives how many rows there were.
async fn all_agree(who: &Browser, address: &str) -> usize {
    let page = who.get(address).await;
    let mut seen = 0;
    for heading in COUNTS {
        let hrefs = page.attributes(&format!(".workload [data-label='{heading}'] a"), "href");
        let numbers = column(&page, heading);
        assert_eq!(hrefs.len(), numbers.len());
        for (href, (person, number)) in hrefs.iter().zip(numbers) {
            let list = who.get(href).await;
            assert_eq!(list.status(), 200, "{href}");
            assert_eq!(rows(&list).len().to_string(), number, "{person}, {heading}, {href}");
            assert!(list.text(".results__count").starts_with(&format!("{number} ")), "{href}");
            seen += rows(&list).len();
        }
    }
    seen
}

#[tokio::test]
async fn every_number_leads_to_a_list_of_so_many_rows() {
    let world = furnished().await;
    let (alex, dana) = (world.signed_in("alex.morgan").await, world.signed_in("dana.ruiz").await);
    assert!(all_agree(&alex, WORKLOAD).await > 20);
    for query in ["&state=MN", "&department=DMCP,OACT", "&department=DMCO&state=TX,WI"] {
        all_agree(&alex, &format!("{WORKLOAD}{query}")).await;
    }
    assert!(all_agree(&dana, WORKLOAD).await > 10);
    let page = alex.get(WORKLOAD).await;
    let numbers: Vec<String> = COUNTS.iter().map(|heading| of(&page, heading, "Sam Lee")).collect();
    assert_eq!(numbers, ["3", "1", "2", "1", "1"]);
    let numbers: Vec<String> = COUNTS.iter().map(|heading| of(&page, heading, "All together")).collect();
    assert_eq!(numbers, ["6", "1", "3", "2", "2"], "a review with two people counts once");
    let open = alex.get("/assignments?tab=open").await;
    assert_eq!(counts(&page), counts(&open));
}

/// A rate that was sent with two packages stays with the one that is unlocked when the other is withdrawn: it is not itself
/// unlocked, and its departments can't go on.
async fn moved_to_an_unlocked_package(world: &World) {
    let (parent, rate) = world.sent_with_rate(MAYA).await;
    let take = world.signed_in("owen.park").await.get(&format!("/rates/{rate}")).await.form("Take");
    assert_eq!(take.press("Take").await.status(), 303);
    let holder = world.drafted_with_link(MAYA, &rate).await;
    world.send(MAYA, &holder).await;
    world.pass(Duration::days(2));
    world.unlock("kim.ode", &holder).await;
    world.withdraw("kim.ode", &parent).await;
}

#[tokio::test]
async fn a_review_that_an_unlocked_package_holds_up_is_counted_where_its_list_has_it() {
    let world = World::start().await;
    moved_to_an_unlocked_package(&world).await;
    let alex = world.signed_in("alex.morgan").await;
    assert!(all_agree(&alex, WORKLOAD).await > 0);
    let page = alex.get(WORKLOAD).await;
    assert_eq!(
        (of(&page, "My turn", "Owen Park"), of(&page, "Longest in status", "Owen Park")),
        ("1".to_owned(), "2 days".to_owned())
    );
    crate::life::intact(&world).await;
}

#[tokio::test]
async fn whoever_gave_everything_back_and_left_stands_there_no_more() {
    let world = World::start().await;
    world.sent(MAYA).await;
    let kim = world.signed_in("kim.ode").await;
    for deed in ["Take", "Hand back"] {
        assert_eq!(kim.get("/submissions/MN-0001").await.form(deed).press(deed).await.status(), 303);
    }
    sqlx::raw_sql("update account set active = false where given_name = 'Kim'").execute(&world.db).await.unwrap();
    let alex = world.signed_in("alex.morgan").await;
    for address in [WORKLOAD.to_owned(), format!("{WORKLOAD}&state=MN")] {
        let people = column(&alex.get(&address).await, "Primary open");
        assert!(
            people.len() > 5 && people.iter().all(|(person, _)| !person.starts_with("Kim")),
            "{address}: {people:?}"
        );
    }
}

#[tokio::test]
async fn the_longest_in_status_is_the_first_row_of_its_list() {
    let world = furnished().await;
    let alex = world.signed_in("alex.morgan").await;
    let page = alex.get(WORKLOAD).await;
    let hrefs = page.attributes(".workload [data-label='Longest in status'] a", "href");
    let cells = column(&page, "Longest in status");
    assert_eq!(of(&page, "Longest in status", "Sam Lee"), "3 days");
    for (href, (person, longest)) in hrefs.iter().zip(cells) {
        let list = alex.get(href).await;
        let first = list.texts("#results td[data-label='Days in status']").into_iter().next();
        assert_eq!(first.unwrap_or_else(|| "–".to_owned()), longest, "{person}, {href}");
    }
}

#[tokio::test]
async fn whoever_has_nothing_stands_there_too_and_whoever_left_with_reviews() {
    let world = furnished().await;
    let left = "set session_replication_role = replica;
                update account set active = false where given_name in ('Kim', 'Ruth');
                set session_replication_role = origin";
    sqlx::raw_sql(left).execute(&world.db).await.unwrap();
    let page = world.signed_in("alex.morgan").await.get(WORKLOAD).await;
    let people: Vec<String> = column(&page, "Primary open").into_iter().map(|(person, _)| person).collect();
    assert_eq!(
        people,
        [
            "Sam Lee",
            "Priscilla Nguyen",
            "Kim Ode (not active)",
            "Dana Ruiz",
            "Owen Park",
            "Linda Castellanos",
            "Ivan Petrov",
            "All together"
        ]
    );
    assert_eq!(of(&page, "Primary open", "Priscilla Nguyen"), "0");
    assert_eq!(page.text(".results__count"), "7 people");
    let follows = page.texts(".workload tbody [data-label='States followed']");
    assert_eq!(follows[0], "MN, WI");
    let dana = world.signed_in("dana.ruiz").await.get(WORKLOAD).await;
    let own: Vec<String> = dana.texts(".workload tbody [data-label=Department]");
    assert!(own.len() == 4 && own.iter().all(|department| department == "DMCO"), "{own:?}");
}

#[tokio::test]
async fn a_decision_counts_for_thirty_days() {
    let world = furnished().await;
    world.pass(Duration::days(27));
    let page = world.signed_in("alex.morgan").await.get(WORKLOAD).await;
    assert_eq!(of(&page, "Decided in 30 days", "All together"), "2");
    world.pass(Duration::days(1));
    let page = world.signed_in("alex.morgan").await.get(WORKLOAD).await;
    assert_eq!(of(&page, "Decided in 30 days", "All together"), "0");
}

#[tokio::test]
async fn the_workload_is_a_file_too() {
    let world = furnished().await;
    let alex = world.signed_in("alex.morgan").await;
    let page = alex.get(WORKLOAD).await;
    let answer = alex.get(&page.link("Export as CSV").expect("the page leads to its file")).await;
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(
        lines[0],
        "Person,Department,States followed,Primary open,Secondary open,My turn,Awaiting state,Longest in status (days),Decided in 30 days"
    );
    assert_eq!(lines[1], "Sam Lee,DMCO,\"MN, WI\",3,1,2,1,3,1");
    assert_eq!(lines.len(), 10, "eight people, and all together");
}
