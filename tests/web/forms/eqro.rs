//! A contract with an External Quality Review Organization, from the kind to the decision.

use super::*;

/// The first page of a base contract for work on MCOs, filled in.
fn filled_details(page: &Page) -> Form {
    let program = page.by_label("SNBC - Special Needs Basic Care").attr("value").expect("a value").to_owned();
    page.form("Continue")
        .set("population_covered", "MEDICAID")
        .tick("program_ids", &program)
        .tick("managed_care_entities", "MCO")
        .set("contract_type", "BASE")
        .set("submission_description", "The yearly review.")
}

/// Starts a draft; gives its address.
async fn started(browser: &Browser) -> String {
    let new = browser.get("/submissions/new?kind=eqro").await;
    assert_eq!(new.text("h2"), "Step 1 of 4 Submission details");
    let answer = filled_details(&new).press("Continue").await;
    assert_eq!(answer.status(), 303, "{}", answer.reading());
    answer.location().trim_end_matches("/edit/contract").to_owned()
}

/// The contract page with these answers on what the EQRO does.
async fn with_activities(browser: &Browser, draft: &str, activities: &[(&str, &str)]) -> Form {
    let form = browser.get(&format!("{draft}/edit/contract")).await.form("Save as draft");
    let asked: Vec<String> =
        form.names().into_iter().filter(|name| name.starts_with("eqro.")).map(str::to_owned).collect();
    assert_eq!(asked, activities.iter().map(|(key, _)| format!("eqro.{key}")).collect::<Vec<_>>());
    activities
        .iter()
        .fold(form, |form, (key, value)| form.set(&format!("eqro.{key}"), value))
        .set("contract_execution_status", "EXECUTED")
        .set("contract_date_start", "01/01/2026")
        .set("contract_date_end", "12/31/2028")
}

/// A draft that can be sent, with these answers on a base contract.
pub async fn complete(browser: &Browser, new_contractor: &str) -> String {
    let draft = started(browser).await;
    let answers = [
        ("new_contractor", new_contractor),
        ("mco_new_optional_activity", "NO"),
        ("new_mco_eqr_related_activities", "NO"),
    ];
    let contract = with_activities(browser, &draft, &answers).await;
    let contract = contract.attach("documents.contract", "contract.pdf", PDF, "application/pdf");
    let contacts = contract.press("Continue").await;
    assert_eq!(contacts.location(), format!("{draft}/edit/contacts"), "{}", contacts.reading());
    let review = filled_contact(&contacts.follow().await).press("Continue").await;
    assert_eq!(review.location(), format!("{draft}/edit/review"));
    draft
}

#[tokio::test]
async fn a_contract_that_the_answers_make_subject_to_review_goes_to_dmco() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let kinds = maya.get("/submissions/new").await;
    let first = kinds.form("Start").set("kind", "eqro").press("Start").await;
    assert_eq!(first.h1(), "New EQRO submission");

    let draft = complete(&maya, "YES").await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    let said = "with these: subject to review. The contract is with a new contractor.";
    assert!(review.reading().contains(said), "{}", review.reading());
    let sent = review.form("Submit to CMS").press("Submit to CMS").await.follow().await;
    assert_eq!(sent.flash().as_deref(), Some("MCR-MN-0001-SNBC was sent to CMS. Decision: subject to review."));
    assert_eq!(world.count("select count(*) from department_review where department = 'DMCO'").await, 1);
    assert_eq!(
        world.count("select count(*) from contract_review where kind = 'eqro' and status = 'submitted'").await,
        1
    );

    let sam = world.signed_in("sam.lee").await;
    let page = sam.get(&draft).await;
    for shown in ["Subject to review", "The contract is with a new contractor.", "EQRO", "New contractor"] {
        assert!(page.reading().contains(shown), "{shown}: {}", page.reading());
    }
    assert!(sam.get("/submissions").await.reading().contains("EQRO"));
}

#[tokio::test]
async fn a_contract_that_the_answers_do_not_make_subject_to_review_is_kept_for_the_record() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = complete(&maya, "NO").await;
    let review = maya.get(&format!("{draft}/edit/review")).await;
    assert!(review.reading().contains("with these: not subject to review"), "{}", review.reading());
    let form = review.form("Submit to CMS");
    let sent = form.press("Submit to CMS").await.follow().await;
    let decided = "MCR-MN-0001-SNBC was sent to CMS. Decision: not subject to review.";
    assert_eq!(sent.flash().as_deref(), Some(decided));
    let again = form.press("Submit to CMS").await.follow().await;
    assert_eq!(again.flash().as_deref(), Some(decided));
    let why = "The contract is not with a new contractor, adds no optional activities on MCOs";
    assert!(sent.reading().contains(why), "{}", sent.reading());
    assert!(maya.get(&format!("{draft}/history")).await.reading().contains(why));
    assert_eq!(world.count("select count(*) from department_review").await, 0);
    assert_eq!(world.count("select count(*) from event where kind = 'submitted'").await, 1);
}

#[tokio::test]
async fn an_amendment_clears_what_was_answered_of_the_base_contract_and_says_so() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let draft = complete(&maya, "YES").await;
    let details = maya.get(&format!("{draft}/edit/type")).await;
    let saved = details.form(TYPE_FORM).set("contract_type", "AMENDMENT").press("Save as draft").await.follow().await;
    assert!(
        saved.flash().expect("a notice").contains("the answers on its activities were cleared"),
        "{:?}",
        saved.flash()
    );
    assert_eq!(answer(&world, "eqro").await["new_contractor"], serde_json::Value::Null);
    let review = maya.get(&format!("{draft}/edit/review")).await;
    assert!(review.reading().contains("some of them are still missing"), "{}", review.reading());

    let asked = [
        ("mco_eqr_or_related_activities", "YES"),
        ("mco_new_optional_activity", "NO"),
        ("new_mco_eqr_related_activities", "YES"),
    ];
    let going = with_activities(&maya, &draft, &asked).await.press("Continue").await;
    assert_eq!(going.status(), 303, "{}", going.reading());
    let review = maya.get(&format!("{draft}/edit/review")).await;
    let said = "The amendment covers EQR-related activities for a new MCO program.";
    assert!(review.reading().contains(said), "{}", review.reading());
}

#[tokio::test]
async fn an_empty_first_page_names_all_five_answers_and_starts_nothing() {
    let world = World::start().await;
    let maya = world.signed_in("maya.lindqvist").await;
    let refused = maya.get("/submissions/new?kind=eqro").await.form("Continue").submit().await;
    let expected = [
        "Choose the populations",
        "Choose at least one program",
        "Choose at least one entity",
        "Choose base contract or amendment",
        "Describe the submission",
    ];
    assert_eq!((refused.status(), refused.errors()), (422, expected.map(str::to_owned).to_vec()));
    assert_eq!(world.count("select count(*) from contract_review").await, 0);
    let rates = started(&maya).await + "/edit/rates";
    let outside = maya.get(&rates).await;
    assert_eq!((outside.status(), outside.location()), (303, "/submissions/MN-0001/edit/contacts"));
}
