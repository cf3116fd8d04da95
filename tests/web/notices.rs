//! The notices above the banner of a submission: a package whose rates are gone, a linked rate that went on.

use serde_json::json;

use crate::support::{Browser, Page, World};

fn notices(page: &Page) -> Vec<String> {
    assert_eq!(page.status(), 200);
    page.texts(".notice")
}

async fn withdraw(who: &Browser, rate: &str) {
    let path = format!("/rates/{rate}/withdraw");
    let form = who.get(&path).await.form(&path).set("reason", "Replaced by another.");
    assert_eq!(form.press("Withdraw rate").await.status(), 303);
}

#[tokio::test]
async fn a_package_that_should_have_rates_says_when_none_is_left() {
    let world = World::start().await;
    let (story, rate) = world.drafted_with_rate("maya.lindqvist").await;
    let other = world.add_rate("maya.lindqvist", &story).await;
    world.send("maya.lindqvist", &story).await;
    let alone = world.sent("maya.lindqvist").await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    withdraw(&sam, &rate).await;
    assert_eq!(notices(&sam.get(&story.path("")).await), [""; 0], "one is left");
    withdraw(&sam, &other).await;
    let lacks = "This package should have rates, but none is left.";
    for who in [&sam, &maya] {
        let page = who.get(&story.path("")).await;
        assert_eq!(notices(&page), [format!("{lacks} Once it is unlocked, the state can add others.")]);
        assert_eq!(notices(&who.get(&alone.path("")).await), [""; 0], "this one has no rates");
    }
    world.unlock("sam.lee", &story).await;
    assert_eq!(notices(&sam.get(&story.path("")).await), [format!("{lacks} The state can add others.")]);
}

#[tokio::test]
async fn a_package_that_is_withdrawn_with_its_rates_lacks_none() {
    let world = World::start().await;
    let (story, _) = world.sent_with_rate("maya.lindqvist").await;
    world.withdraw("sam.lee", &story).await;
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(notices(&sam.get(&story.path("")).await), [""; 0]);
}

#[tokio::test]
async fn a_linked_rate_that_was_sent_again_elsewhere_is_named_with_what_changed() {
    let world = World::start().await;
    let (parent, rate) = world.sent_with_rate("maya.lindqvist").await;
    let holder = world.drafted_with_link("maya.lindqvist", &rate).await;
    world.send("maya.lindqvist", &holder).await;
    let (sam, maya) = (world.signed_in("sam.lee").await, world.signed_in("maya.lindqvist").await);
    assert_eq!(notices(&sam.get(&holder.path("")).await), [""; 0], "it has the latest version");

    world.unlock("sam.lee", &parent).await;
    for who in [&sam, &maya] {
        assert_eq!(notices(&who.get(&holder.path("")).await), [""; 0], "what is drafted nobody learns here");
    }
    world.write(&parent, &json!({}), &json!({ "rate_capitation_type": "RATE_RANGE" })).await;
    world.send("maya.lindqvist", &parent).await;
    for who in [&sam, &maya] {
        let page = who.get(&holder.path("")).await;
        let said = format!(
            "Version 2 of linked rate {rate} was sent with {}. This package has version 1. See what changed in {rate}",
            parent.key
        );
        assert_eq!(notices(&page), [said]);
        let links = page.attributes(".notice a", "href");
        assert_eq!(links, [format!("/rates/{rate}"), parent.path(""), format!("/rates/{rate}/compare?from=1&to=2"),]);
        let compared = who.get(&links[2]).await;
        assert!(compared.reading().contains("What is certified"), "{}", compared.reading());
        assert_eq!(notices(&who.get(&parent.path("")).await), [""; 0], "its own submission has it");
    }

    world.resent(&holder, &json!({}), &json!({})).await;
    assert_eq!(notices(&sam.get(&holder.path("")).await), [""; 0], "the next version went with the newest");
}
