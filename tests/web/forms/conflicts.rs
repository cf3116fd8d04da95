//! Two people on one draft, and the same form sent twice.

use super::*;

#[tokio::test]
async fn changes_on_different_pages_do_not_collide_and_one_press_saves_both() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let contract = maya.get(&format!("{draft}/edit/contract")).await;
    let contacts = robert.get(&format!("{draft}/edit/contacts")).await;
    assert_eq!(filled_contact(&contacts).press("Save as draft").await.status(), 303);
    let form = filled_contract(&contract).attach("documents.contract", "contract.pdf", PDF, "application/pdf");
    let panel = form.press("Continue").await;
    assert_eq!(panel.status(), 409);
    assert_eq!(panel.text("#conflict-heading"), "Not saved: Robert Okafor changed this draft after you opened it");
    assert!(panel.alert().contains("does not collide"), "{}", panel.alert());
    assert_eq!(answer(&world, "contract_date_start").await, serde_json::Value::Null);
    let saved = panel.form("Save").press("Save").await;
    assert_eq!(saved.location(), format!("{draft}/edit/contacts"));
    assert_eq!(answer(&world, "contract_date_start").await, "2026-07-01");
    assert_eq!(answer(&world, "state_contacts").await[0]["first_name"], "Maya");
    assert_eq!((version(&world).await, saves(&world).await), (3, 2));
    assert_eq!(world.count("select count(*) from document").await, 1);
    let reading = maya.get(&format!("{draft}/edit/type")).await.reading();
    assert!(reading.contains("Also working on this draft: Robert Okafor"), "{reading}");
}

#[tokio::test]
async fn the_second_of_two_who_change_one_answer_decides_with_both_before_them() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contract");
    let set_end = |page: &Page, end: &str| page.form("Save as draft").set("contract_date_end", end);
    set_end(&maya.get(&address).await, "12/31/2026").press("Save as draft").await;
    let (hers, his) = (maya.get(&address).await, robert.get(&address).await);
    set_end(&his, "06/30/2027").press("Save as draft").await;

    let panel = set_end(&hers, "12/30/2026").press("Save as draft").await;
    assert_eq!(panel.status(), 409);
    let row =
        panel.table("What changed").into_iter().find(|row| row.cell("Field") == "Contract end date").expect("a row");
    let values = ["When you opened", "Now", "You wanted"].map(|column| row.cell(column).to_owned());
    assert_eq!(values, ["12/31/2026", "06/30/2027", "12/30/2026"]);
    assert_eq!(panel.form("Save my choices").value("choose.contract_date_end"), "");
    assert_eq!(answer(&world, "contract_date_end").await, "2027-06-30");

    let unchosen = panel.form("Save my choices").press("Save my choices").await;
    assert_eq!(unchosen.status(), 422);
    assert!(unchosen.reading().contains("Choose what to save for Contract end date"), "{}", unchosen.reading());

    set_end(&robert.get(&address).await, "06/29/2027").press("Save as draft").await;
    let chosen =
        unchosen.form("Save my choices").set("choose.contract_date_end", "mine").press("Save my choices").await;
    assert_eq!(chosen.status(), 409);
    assert!(chosen.alert().contains("12/31/2026 → 06/29/2027"), "{}", chosen.alert());
    let saved = chosen.form("Save my choices").set("choose.contract_date_end", "mine").press("Save my choices").await;
    assert_eq!(saved.location(), address);
    assert_eq!(answer(&world, "contract_date_end").await, "2026-12-30");
    assert_eq!(world.count("select count(distinct version) from draft_save").await, version(&world).await - 1);
}

#[tokio::test]
async fn the_same_save_sent_twice_has_one_effect() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contacts");
    let (hers, his) = (maya.get(&address).await, robert.get(&address).await);
    for _ in 0..2 {
        let answer = filled_contact(&hers).press("Continue").await;
        assert_eq!((answer.status(), answer.location()), (303, format!("{draft}/edit/review").as_str()));
    }
    assert_eq!((version(&world).await, saves(&world).await), (2, 1));
    let same = filled_contact(&his).press("Continue").await;
    assert_eq!(same.status(), 303);
    let news = same.follow().await.flash().expect("news");
    assert!(news.starts_with("Maya Lindqvist had saved the same at "), "{news}");
    assert_eq!((version(&world).await, saves(&world).await), (2, 1));
}

#[tokio::test]
async fn removing_a_file_from_an_old_page_is_asked() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let address = format!("{draft}/edit/contract");
    let form = maya.get(&address).await.form("Save as draft");
    let page =
        form.attach("documents.contract", "contract.pdf", PDF, "application/pdf").press("Upload to Contract").await;
    let page = page.follow().await;
    filled_contact(&robert.get(&format!("{draft}/edit/contacts")).await).press("Save as draft").await;
    let panel = page.form("Save as draft").press("Remove contract.pdf").await;
    assert_eq!(panel.status(), 409);
    let kept = panel.form("Save my choices").set("choose.remove_file", "keep").press("Save my choices").await;
    assert_eq!((kept.status(), world.count("select count(*) from document").await), (303, 1));
    let removed = panel.form("Save my choices").set("choose.remove_file", "mine").press("Save my choices").await;
    assert_eq!((removed.status(), world.count("select count(*) from document").await), (303, 0));
}

#[tokio::test]
async fn submitting_an_old_page_shows_what_changed_first() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = complete(&maya).await;
    let review = maya.get(&format!("{draft}/edit/review")).await.form("Submit to CMS");
    let page = robert.get(&format!("{draft}/edit/contract")).await;
    page.form("Save as draft").set("contract_date_end", "06/30/2027").press("Save as draft").await;
    let panel = review.press("Submit to CMS").await;
    assert_eq!(panel.status(), 409);
    assert!(panel.alert().contains("12/31/2026 → 06/30/2027"), "{}", panel.alert());
    assert_eq!(world.count("select count(*) from event where kind = 'submitted'").await, 0);
    let sent = panel.form("Submit to CMS as it is now").press("Submit to CMS as it is now").await;
    assert_eq!((sent.status(), sent.location()), (303, draft.as_str()));
}
