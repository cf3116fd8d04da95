//! Signing in and out.

use crate::support::World;

#[tokio::test]
async fn a_person_signs_in_by_pressing_their_name() {
    let world = World::start().await;
    let browser = world.browser();
    let page = browser.get("/sign-in").await;
    assert_eq!((page.status(), page.h1()), (200, "Sign in".to_owned()));

    let answer = page.form("Sam Lee").submit().await;
    assert_eq!((answer.status(), answer.location()), (303, "/"));
    let account = browser.get("/account").await;
    assert_eq!(account.definition("Name"), "Sam Lee");
    assert_eq!(account.definition("Department"), "DMCO");
}
