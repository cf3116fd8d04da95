//! Comparisons of versions of which something was corrected: each value as it counts, beside what it was.

use super::*;
use crate::support::page::Row;
use serde_json::json;

const PDF: &[u8] = b"%PDF-1.7\nAn annex.\n%%EOF";

/// Corrects one thing; what else the form asks is set.
async fn correct(alex: &Browser, of: &str, what: &str, set: &[(&str, &str)]) {
    let form = form(alex, of, what).await;
    let form = set.iter().fold(form, |form, (name, value)| form.set(name, value));
    done(form.press("Correct").await).await;
}

/// The row of a comparison that begins with these words.
fn row(page: &Page, section: &str, what: &str) -> Row {
    let caption = format!("{section}: Version 1 and version 2");
    let rows = page.table(&caption);
    let found = rows.iter().find(|row| row.cell("What").starts_with(what));
    found.unwrap_or_else(|| panic!("nothing is {what}: {rows:#?}")).clone()
}

#[tokio::test]
async fn a_corrected_answer_is_compared_as_it_counts_beside_what_was_sent() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (alex, sam, maya) = (
        world.signed_in("alex.morgan").await,
        world.signed_in("sam.lee").await,
        world.signed_in("maya.lindqvist").await,
    );
    world.resent(&story, &json!({ "submission_description": "Twelve counties." }), &json!({})).await;
    let here = story.path("");
    let untouched = sam.get(&story.path("compare?from=1&to=2&show=all")).await;
    assert!(!untouched.has(".corrected"));
    correct(&alex, &here, "contract_action", &[("contract_action", "BASE")]).await;

    for (who, by) in [(&sam, "Alex Morgan, administrator"), (&maya, "CMS administrator")] {
        let page = who.get(&story.path("compare?from=1&to=2")).await;
        let action = row(&page, "Submission", "Contract action");
        assert!(action.cell("What").ends_with("Changed"), "{action:?}");
        assert_eq!(action.cell("Version 1"), "removed: Amendment to a base contract");
        let now = action.cell("Version 2");
        let mark = ", was Amendment to a base contract. Reason: Noted wrongly.";
        assert!(now.starts_with(&format!("added: Base contract Corrected by {by} on ")), "{now}");
        assert!(now.ends_with(mark), "{now}");
        assert_eq!(page.texts(".corrected").len(), 1, "nothing else is marked");

        let csv = who.get(&story.path("compare.csv?from=1&to=2")).await;
        let csv = String::from_utf8_lossy(csv.body());
        let line = csv.lines().find(|line| line.starts_with("Submission,Contract action,")).expect("it differs");
        assert!(line.contains(&format!("Base contract. Corrected by {by} on ")), "{line}");
        assert!(line.contains(mark) && line.ends_with(",Changed"), "{line}");
    }
    // From the other side it is the same.
    let turned = sam.get(&story.path("compare?from=2&to=1")).await.table("Submission: Version 2 and version 1");
    let action = turned.iter().find(|row| row.cell("What").starts_with("Contract action")).unwrap();
    assert!(action.cell("Version 2").contains("Corrected by Alex Morgan"), "{action:?}");
    assert_eq!(action.cell("Version 1"), "added: Amendment to a base contract");

    undo(&alex, &here, "Contract action").await;
    assert!(!sam.get(&story.path("compare?from=1&to=2&show=all")).await.has(".corrected"));
}

#[tokio::test]
async fn a_correction_that_the_next_version_took_over_is_no_change_and_is_read_among_what_is_equal() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (alex, sam) = (world.signed_in("alex.morgan").await, world.signed_in("sam.lee").await);
    let here = story.path("");
    correct(&alex, &here, "contract_action", &[("contract_action", "BASE")]).await;
    correct(
        &alex,
        &here,
        "document_dated",
        &[("document", &story.document.to_string()), ("day", "03/02/2026"), ("time", "9:30 AM")],
    )
    .await;
    world.resent(&story, &json!({}), &json!({})).await;
    let differs = sam.get(&story.path("compare?from=1&to=2")).await;
    assert!(!differs.has(".corrected"), "{}", differs.text("main"));
    let all = sam.get(&story.path("compare?from=1&to=2&show=all")).await;
    let action = row(&all, "Submission", "Contract action");
    assert!(action.cell("What").ends_with("Unchanged"), "{action:?}");
    assert!(action.cell("Version 1").starts_with("Base contract Corrected by Alex Morgan"), "{action:?}");
    assert_eq!(action.cell("Version 2"), "Base contract");
    let dated = row(&all, "Contract documents", "Contract document MN-0001 contract.pdf, date added");
    assert!(dated.cell("Version 1").starts_with("03/02/2026 9:30 AM ET Corrected by Alex Morgan"), "{dated:?}");
    assert_eq!(dated.cell("Version 2"), "03/02/2026 9:30 AM ET");
}

#[tokio::test]
async fn documents_that_were_added_withdrawn_or_dated_say_so_in_the_version_that_has_them() {
    let world = World::start().await;
    let (story, rate) = world.sent_with_rate("maya.lindqvist").await;
    let (alex, maya) = (world.signed_in("alex.morgan").await, world.signed_in("maya.lindqvist").await);
    let here = story.path("");
    world.resent(&story, &json!({}), &json!({})).await;
    let added = form(&alex, &here, "document_added").await;
    done(added.attach("documents.contract", "annex.pdf", PDF, "application/pdf").press("Correct").await).await;
    let sent = form(&alex, &here, "document_withdrawn").await.offered("document").remove(0);
    correct(&alex, &here, "document_withdrawn", &[("document", &sent)]).await;
    let rate_page = format!("/rates/{rate}");
    let certification = form(&alex, &rate_page, "document_dated").await.offered("document").remove(0);
    let dated = [("document", certification.as_str()), ("day", "03/02/2026"), ("time", "9:30 AM")];
    correct(&alex, &rate_page, "document_dated", &dated).await;

    let page = maya.get(&story.path("compare?from=1&to=2")).await;
    let annex = row(&page, "Contract documents", "Contract document annex.pdf");
    assert_eq!(annex.cell("Version 1"), "Not in this version");
    assert!(annex.cell("Version 2").starts_with("added: annex.pdf Added by CMS administrator on "), "{annex:?}");
    let contract = row(&page, "Contract documents", "Contract document MN-0001 contract.pdf");
    assert_eq!(contract.cell("Version 1"), "removed: MN-0001 contract.pdf");
    let withdrawn = "Not in this version Withdrawn from view by CMS administrator on ";
    assert!(contract.cell("Version 2").starts_with(withdrawn), "{contract:?}");
    assert!(contract.cell("Version 2").ends_with("Reason: Noted wrongly."), "{contract:?}");

    let of_rate = maya.get(&format!("{rate_page}/compare?from=1&to=2")).await;
    for (page, section) in [(&page, format!("Rate {rate}")), (&of_rate, "Rate certification".to_owned())] {
        let name = format!("Rate certification document {rate} certification.pdf, date added");
        let dated = row(page, &section, &name);
        assert_eq!(dated.cell("Version 1"), "removed: 03/10/2026 11:30 PM ET");
        let now = dated.cell("Version 2");
        assert!(now.starts_with("added: 03/02/2026 9:30 AM ET Corrected by CMS administrator on "), "{now}");
        assert!(now.ends_with(", was 03/10/2026 11:30 PM ET. Reason: Noted wrongly."), "{now}");
    }
    let csv = maya.get(&format!("{rate_page}/compare.csv?from=1&to=2")).await;
    let csv = String::from_utf8_lossy(csv.body());
    assert!(csv.contains("03/02/2026 9:30 AM ET. Corrected by CMS administrator on "), "{csv}");
}

#[tokio::test]
async fn answers_that_a_correction_leaves_unasked_stand_under_earlier_questions() {
    let world = World::start().await;
    let story = world.sent("maya.lindqvist").await;
    let (alex, maya) = (world.signed_in("alex.morgan").await, world.signed_in("maya.lindqvist").await);
    let here = story.path("");
    let earlier = "[aria-labelledby=earlier-questions]";
    assert!(!maya.get(&here).await.has(earlier));
    correct(&alex, &here, "contract_action", &[("contract_action", "BASE")]).await;

    for (who, path) in [(&maya, here.clone()), (&alex, here.clone()), (&maya, story.path("versions/1"))] {
        let page = who.get(&path).await;
        assert_eq!(page.texts("main h2[id]").into_iter().filter(|title| title == "Earlier questions").count(), 1);
        assert!(page.text(earlier).contains("By the corrected contract action they are not asked"), "{path}");
        assert_eq!(page.texts(&format!("{earlier} dt")).len(), 9, "an amendment is asked of more than a base contract");
        let areas = "Does this amendment add or change provisions on geographic areas served?";
        assert_eq!(page.definition(areas), "Yes");
    }

    world.resent(&story, &json!({}), &json!({})).await;
    assert!(!maya.get(&here).await.has(earlier), "version 2 was sent without them");
    assert!(maya.get(&story.path("versions/1")).await.has(earlier));
    let page = maya.get(&story.path("compare?from=1&to=2")).await;
    assert!(page.reading().contains("9 changes"), "{}", page.reading());
    let areas = row(&page, "Earlier questions", "Geographic areas served");
    assert_eq!((areas.cell("Version 1"), areas.cell("Version 2")), ("removed: Yes", "Not asked"));
    let csv = maya.get(&story.path("compare.csv?from=1&to=2")).await;
    let csv = String::from_utf8_lossy(csv.body());
    assert!(csv.contains("Earlier questions,Geographic areas served,Yes,Not asked,Removed"), "{csv}");
}
