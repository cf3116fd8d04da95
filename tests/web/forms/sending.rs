//! Sending a draft to CMS, deleting it, and who may.

use super::*;

#[tokio::test]
async fn submit_lists_what_is_open_and_sends_nothing() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    assert!(review.text("#problems-heading").starts_with("Before you can submit: "));
    assert!(!review.title().starts_with("Error"));
    let refused = review.form("Submit to CMS").press("Submit to CMS").await;
    assert_eq!(refused.status(), 422);
    assert_eq!(refused.attributes("#problems", "tabindex"), ["-1"]);
    assert!(refused.has("#problems[autofocus]"));
    let link = refused.link("Upload the contract").expect("a link to the field");
    assert_eq!(link, format!("{draft}/edit/contract?from=review&check=1#documents.contract"));
    assert_eq!(world.count("select count(*) from event where subject = 'contract_review'").await, 1);
    assert_eq!(version(&world).await, 1);
}

#[tokio::test]
async fn submit_pressed_twice_or_by_two_people_sends_one_version() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = complete(&maya).await;
    let address = format!("{draft}/edit/review");
    let hers = maya.get(&address).await.form("Submit to CMS");
    let his = robert.get(&address).await.form("Submit to CMS");
    let type_page = robert.get(&format!("{draft}/edit/type")).await;
    assert_eq!(hers.press("Submit to CMS").await.location(), draft);
    assert_eq!(hers.press("Submit to CMS").await.location(), draft);
    let late = his.press("Submit to CMS").await;
    assert_eq!(late.status(), 409);
    assert_eq!(
        late.text("#conflict-heading"),
        "Not saved: Maya Lindqvist sent MN-0001 to CMS after you opened this page"
    );
    let typed = type_page.form(TYPE_FORM).set("submission_description", "Typed too late.").press("Save as draft").await;
    assert_eq!(typed.status(), 409);
    assert_eq!(typed.text("textarea"), "Typed too late.");
    assert_eq!(world.count("select count(*) from event where kind = 'submitted'").await, 1);
    assert_eq!(world.count("select count(*) from department_review").await, 1);
    assert_eq!(answer(&world, "submission_description").await, "The yearly contract.");
}

#[tokio::test]
async fn a_chip_only_contract_is_kept_for_the_record() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = complete(&maya).await;
    let page = maya.get(&format!("{draft}/edit/type")).await;
    page.form(TYPE_FORM).set("population_covered", "CHIP").press("Save as draft").await;
    let page = maya.get(&format!("{draft}/edit/contract")).await;
    page.form("Save as draft").tick("federal_authorities", "TITLE_XXI").press("Save as draft").await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    let sent = review.form("Submit to CMS").press("Submit to CMS").await;
    let flash = sent.follow().await.flash();
    assert_eq!(flash.as_deref(), Some("MCR-MN-0001-SNBC was sent to CMS. It is not subject to review."));
    assert_eq!(world.count("select count(*) from department_review").await, 0);
    assert_eq!(answer(&world, "federal_authorities").await, serde_json::json!(["TITLE_XXI"]));
}

#[tokio::test]
async fn a_draft_is_deleted_once_and_its_number_never_given_again() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = complete(&maya).await;
    let page = maya.get(&format!("{draft}/delete")).await;
    assert!(page.reading().contains("contract.pdf"), "{}", page.reading());
    let unticked = page.form("Delete draft").press("Delete draft").await;
    assert_eq!((unticked.status(), unticked.errors()), (422, vec!["Tick the box to delete the draft".to_owned()]));
    let typing = robert.get(&format!("{draft}/edit/type")).await;
    let delete = page.form("Delete draft").tick("confirm", "yes");
    for _ in 0..2 {
        assert_eq!(delete.press("Delete draft").await.location(), "/submissions");
    }
    assert_eq!(world.count("select count(*) from event where kind = 'draft_deleted'").await, 1);
    assert_eq!(maya.get(&format!("{draft}/edit/type")).await.status(), 404);
    let typed = typing.form(TYPE_FORM).set("submission_description", "Typed too late.").press("Save as draft").await;
    assert_eq!(typed.status(), 404);
    assert!(typed.texts("textarea").contains(&"Typed too late.".to_owned()), "{}", typed.reading());
    assert_eq!(started(&robert).await, "/submissions/MN-0002");
}

#[tokio::test]
async fn a_draft_changed_since_is_not_deleted_unseen() {
    let world = World::start().await;
    let (maya, robert) = (world.signed_in("maya.lindqvist").await, world.signed_in("robert.okafor").await);
    let draft = started(&maya).await;
    let delete = maya.get(&format!("{draft}/delete")).await.form("Delete draft").tick("confirm", "yes");
    filled_contact(&robert.get(&format!("{draft}/edit/contacts")).await).press("Save as draft").await;
    let panel = delete.press("Delete draft").await;
    assert_eq!(panel.status(), 409);
    assert_eq!(world.count("select count(*) from contract_submission").await, 1);
    let deleted = panel.form("Delete draft all the same").press("Delete draft all the same").await;
    assert_eq!(deleted.location(), "/submissions");
    assert_eq!(world.count("select count(*) from contract_submission").await, 0);
}

#[tokio::test]
async fn form_pages_are_there_for_the_people_of_the_state_alone() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = started(&maya).await;
    for stranger in ["thomas.becker", "sam.lee", "alex.morgan"] {
        let browser = world.signed_in(stranger).await;
        let csrf = browser.csrf().await;
        for page in ["edit/type", "edit/contract", "edit/contacts", "edit/review", "delete"] {
            let address = format!("{draft}/{page}");
            assert_eq!(browser.get(&address).await.status(), 404, "{stranger} {page}");
            let fields = [("csrf", csrf.as_str()), ("version", "1"), ("action", "save"), ("confirm", "yes")];
            assert_eq!(browser.post(&address, &fields).await.status(), 404, "{stranger} posts to {page}");
        }
    }
    assert_eq!(version(&world).await, 1);
    let other_spelling = maya.get("/submissions/mn-1/edit/type?from=review").await;
    assert_eq!(
        (other_spelling.status(), other_spelling.location()),
        (301, "/submissions/MN-0001/edit/type?from=review")
    );
    let forged = maya.get(&format!("{draft}/edit/type")).await.form(TYPE_FORM).tamper("csrf", "forged");
    assert_eq!(forged.press("Save as draft").await.status(), 403);
    let unversioned = maya.get(&format!("{draft}/edit/type")).await.form(TYPE_FORM).without("version");
    assert_eq!(unversioned.press("Save as draft").await.status(), 422);
}
