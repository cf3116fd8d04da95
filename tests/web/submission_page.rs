//! The page of a submission: what each side reads of it, and what it says to do next.

use serde_json::json;

use crate::support::{Page, World};

fn address(key: &str) -> String {
    format!("/submissions/{key}")
}

/// DMCO signs off, by the pages.
async fn sign_off(world: &World, key: &str) {
    let sam = world.signed_in("sam.lee").await;
    assert_eq!(sam.get(&address(key)).await.form("Start").submit().await.status(), 303);
    let form = sam.get(&address(key)).await.link("Sign off DMCO review of MN-0001").expect("it can be signed off");
    let signed = sam.get(&form).await.form("Sign off").submit().await;
    assert_eq!(signed.status(), 303);
}

/// Approves, by the page.
async fn approve(world: &World, who: &str, key: &str, reason: Option<&str>) -> Page {
    let browser = world.signed_in(who).await;
    let page = browser.get(&format!("{}/approve", address(key))).await;
    let form = page.form("Approve").set("released_on", "03/10/2026");
    let form = match reason {
        Some(reason) => form.set("reason", reason),
        None => form,
    };
    let approved = form.press("Approve").await;
    assert_eq!(approved.status(), 303);
    approved.follow().await
}

#[tokio::test]
async fn a_reviewer_reads_the_sent_version_and_how_it_stands() {
    let world = World::start().await;
    let key = world.sent("maya.lindqvist").await.key;
    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&address(&key)).await;
    assert_eq!((page.status(), page.h1()), (200, "MCR-MN-0001-MSC+-MSHO".to_owned()));
    assert_eq!(page.title(), "Summary – MN-0001 – MC-Review");
    assert_eq!(page.status_tag(), "Submitted");
    assert_eq!(page.definition("Latest version"), "Version 1, sent 03/10/2026");
    assert_eq!(page.definition("Amendment effective dates"), "07/01/2026 to 12/31/2026 Starts in 113 days");
    assert_eq!(page.definition("Turn"), "CMS since 03/10/2026");
    assert_eq!(page.definition("First sent"), "03/10/2026 11:30 PM ET");
    let programs = ["MSC+ - Senior Care Plus", "MSHO - Senior Health Options"];
    assert_eq!(page.texts("#submission ~ .facts .plain li"), programs);
    assert_eq!(page.texts("#contract ~ .provisions h3"), ["Provisions included (4)", "Provisions not included (13)"]);
    let included = page.texts("#contract ~ .provisions section:first-child li");
    assert!(included.contains(&"Withhold arrangements 42 CFR 438.6(b)(3)".to_owned()), "{included:?}");
    let contract = &page.table("Contract documents")[0];
    assert!(contract.cell("Document").starts_with("MN-0001 contract.pdf PDF"), "{contract:?}");
    assert_eq!(contract.cell("Date added"), "03/10/2026 11:30 PM ET");
    assert!(!page.reading().contains("NEW"), "nothing is new in a first version");
    assert_eq!(page.definition("Email"), "maya.lindqvist@dhs.example.gov");
    assert!(
        page.reading().contains("An approver or an admin can approve this submission; a reviewer or an approver can")
    );
    assert_eq!(page.texts(".timeline strong"), ["DMCO review of MN-0001 made", "Version 1 sent"]);
}

#[tokio::test]
async fn the_state_reads_what_it_sent_and_nothing_of_the_departments() {
    let world = World::start().await;
    let key = world.sent("maya.lindqvist").await.key;
    sign_off(&world, &key).await;
    let robert = world.signed_in("robert.okafor").await;
    let page = robert.get(&address(&key)).await;
    assert_eq!(page.definition("Turn"), "With CMS since 03/10/2026");
    assert_eq!(page.text(".banner h2"), "Submitted to CMS");
    assert!(page.text(".banner").contains("Sent by Maya Lindqvist, Minnesota, on 03/10/2026 11:30 PM ET."));
    assert_eq!(page.texts(".timeline strong"), ["Version 1 sent", "Draft started"]);
    for hidden in ["DMCO", "Sam Lee", "signed off", "Signed off", "Approve"] {
        assert!(!page.reading().contains(hidden), "a state reads {hidden}");
    }
}

#[tokio::test]
async fn approving_is_offered_to_those_who_may_and_is_the_next_step_once_nothing_is_missing() {
    let world = World::start().await;
    let key = world.sent("maya.lindqvist").await.key;
    let dana = world.signed_in("dana.ruiz").await;
    let page = dana.get(&address(&key)).await;
    assert_eq!(page.link("Approve"), Some(format!("/submissions/{key}/approve")));
    let next = "a.usa-button[href$=approve]:not(.usa-button--outline)";
    assert!(!page.has(next), "not the next step yet");
    assert!(page.text(".deeds").contains("Not signed off on version 1: DMCO review of MN-0001 (not started)."));
    sign_off(&world, &key).await;
    let page = dana.get(&address(&key)).await;
    assert!(page.has(next));
    assert!(page.text(".deeds").contains("Every department signed off on version 1."));
    for other in ["sam.lee", "hannah.desai", "rita.olsen", "maya.lindqvist"] {
        let page = world.signed_in(other).await.get(&address(&key)).await;
        assert_eq!(page.link("Approve"), None, "{other}");
    }
}

#[tokio::test]
async fn the_reason_for_approving_without_a_sign_off_stays_inside_cms() {
    let world = World::start().await;
    let key = world.sent("maya.lindqvist").await.key;
    let approved = approve(&world, "alex.morgan", &key, Some("A court ordered it.")).await;
    let banner = approved.text(".banner");
    assert!(banner.contains("Approved by Alex Morgan, administrator, on 03/10/2026 11:30 PM ET."), "{banner}");
    assert!(banner.contains("The release date is 03/10/2026."), "{banner}");
    assert!(
        banner.contains("Not signed off at that time: DMCO.") && banner.contains("A court ordered it."),
        "{banner}"
    );
    assert!(approved.reading().contains("Approved. An admin can undo the approval."));

    let page = world.signed_in("maya.lindqvist").await.get(&address(&key)).await;
    assert_eq!((page.status_tag(), page.definition("Turn")), ("Approved".to_owned(), "Nobody".to_owned()));
    assert!(page.text(".banner").contains("Approved by CMS administrator, on"), "{}", page.text(".banner"));
    for hidden in ["Alex Morgan", "DMCO", "court"] {
        assert!(!page.reading().contains(hidden), "a state reads {hidden}");
    }
}

#[tokio::test]
async fn a_chip_only_contract_says_that_it_is_kept_for_the_record() {
    let world = World::start().await;
    let chip = json!({ "population_covered": "CHIP", "federal_authorities": ["TITLE_XXI"] });
    let key = world.sent_with("maya.lindqvist", &chip).await.key;
    for who in ["maya.lindqvist", "dana.ruiz"] {
        let page = world.signed_in(who).await.get(&address(&key)).await;
        assert_eq!(page.status_tag(), "Not subject to review");
        assert!(page.text(".banner").contains("CHIP-only contracts are kept for the record and not reviewed."));
        assert!(page.text(".banner").contains("42 CFR 457.1201(a) and part 457 subpart L"));
        assert!(page.definition("Determination").starts_with("Not subject to review."));
        assert!(!page.has("#department-reviews") && page.link("Approve").is_none());
    }
}

#[tokio::test]
async fn a_draft_leads_its_state_to_the_form_and_is_not_there_for_anybody_else() {
    let world = World::start().await;
    let key = world.drafted("maya.lindqvist").await.key;
    let answer = world.signed_in("robert.okafor").await.get(&address(&key)).await;
    assert_eq!((answer.status(), answer.location()), (303, "/submissions/MN-0001/edit/type"));
    for other in ["elena.vargas", "sam.lee", "dana.ruiz", "alex.morgan"] {
        let browser = world.signed_in(other).await;
        assert_eq!(browser.get(&address(&key)).await.status(), 404, "{other}");
        assert_eq!(browser.get(&format!("{}/history", address(&key))).await.status(), 404, "{other}");
    }
}
