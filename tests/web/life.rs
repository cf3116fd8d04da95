//! The life of a package: given back, sent again, withdrawn, and each of it taken back; also when somebody else was
//! there first.

mod leaving;
mod model;
mod pairs;
mod rates;
mod undoing;
mod unlocking;
pub mod walks;
mod withdrawing;

use crate::support::search::stale_entries;
use crate::support::standing::misplaced_reviews;
use crate::support::story::Story;
use crate::support::{Browser, Form, Page, World};

/// The form of a deed.
async fn form(who: &Browser, story: &Story, deed: &str) -> Form {
    let page = who.get(&story.path(deed)).await;
    assert_eq!(page.status(), 200, "{deed}: {:?}", page.header("location"));
    page.form(&story.path(deed))
}

/// Does a deed with a reason; gives what is said afterwards.
async fn do_it(who: &Browser, story: &Story, deed: &str, button: &str) -> String {
    done(form(who, story, deed).await.set("reason", "As agreed on the phone.").press(button).await).await
}

/// What is said after a deed was done.
async fn done(answer: Page) -> String {
    assert_eq!(answer.status(), 303, "{}", answer.text("main"));
    answer.follow().await.text(".usa-alert__text")
}

async fn status(world: &World, key: &str) -> String {
    let (state, number) = key.split_once('-').expect("a key");
    let status = "select status::text from contract_review where state_code = $1 and number = $2::integer";
    sqlx::query_scalar(status).bind(state).bind(number.parse::<i32>().unwrap()).fetch_one(&world.db).await.unwrap()
}

async fn rate_status(world: &World, key: &str) -> String {
    let (state, number) = key.split_once("-R").expect("a key");
    let status = "select status::text from rate_review where state_code = $1 and number = $2::integer";
    sqlx::query_scalar(status).bind(state).bind(number.parse::<i32>().unwrap()).fetch_one(&world.db).await.unwrap()
}

/// Statuses of the department reviews, the contract's first, as `DMCO in_review`.
pub async fn departments(world: &World) -> Vec<String> {
    sqlx::query_scalar(
        "select department || ' ' || d.status from department_review d order by contract_review_id nulls last, rate_review_id, department",
    )
    .fetch_all(&world.db)
    .await
    .unwrap()
}

/// Whether every history is whole, everything is found by what it says, and every review by where it stands.
pub async fn intact(world: &World) {
    assert_eq!(stale_entries(&world.db).await, [""; 0]);
    assert_eq!(misplaced_reviews(&world.db).await, [""; 0]);
    let report = mc_review::history::verify_all(&world.db).await.unwrap();
    assert!(report.intact(), "{:?}", report.breaks.iter().map(ToString::to_string).collect::<Vec<_>>());
}
